/* SPDX-License-Identifier: MIT */
/* Baselines: what failed in an earlier run is known when it fails again. */
#ifndef PVABI_CONFORMANCE_BASELINE_H
#define PVABI_CONFORMANCE_BASELINE_H

#include <glib.h>

#include "common/record.h"

/*
 * What failed in the records of this file, a word for each cell, sorted; for an attached program the name of
 * its socket does not matter. g_strfreev. PV_ERROR_USAGE.
 */
char **pv_baseline_load(const char *path, GError **error);

/* A verdict record that fails and is known becomes an expected failure that says so. NULL: no baseline. */
void pv_baseline_mark(const char *const *known, JsonObject *record);

/* What became of them, for these records: how many are still there, which no longer fail. g_free. */
char *pv_baseline_words(const char *path, const char *const *known, GPtrArray *records);

#endif
