/* SPDX-License-Identifier: MIT */
/* What records come to: the exit code that they earn, and whether the shards among them make a whole. */
#ifndef PVABI_CLI_OUTCOME_H
#define PVABI_CLI_OUTCOME_H

#include <glib.h>

#include "common/error.h"

/* Of several verdicts on one cell the last counts. strict: what a limit of a target kept from running is incomplete. */
PvExit pv_outcome(GPtrArray *records, gboolean strict);

/*
 * NULL when every part of a campaign that was run in shards is there, or none was; else a line that names those that
 * are missing (g_free). PV_ERROR_USAGE when they are parts of different campaigns.
 */
char *pv_outcome_missing_shards(GPtrArray *records, GError **error);

#endif
