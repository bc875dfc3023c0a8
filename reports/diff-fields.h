/* SPDX-License-Identifier: MIT */
/* The environments of two record files beside each other: what keeps their times from being compared. */
#ifndef PVABI_REPORTS_DIFF_FIELDS_H
#define PVABI_REPORTS_DIFF_FIELDS_H

#include <json-glib/json-glib.h>

#include "reports/diff.h"

/* PvDiffField of each field of the run records in which they differ. */
GPtrArray *pv_diff_fields(GPtrArray *old_runs, GPtrArray *new_runs);

/* Does one of them keep times on this target from being compared? */
gboolean pv_diff_fields_bear_on(GPtrArray *fields, const char *target);

#endif
