/* SPDX-License-Identifier: MIT */
/* --fail-on: what the thresholds of a command line come to. */
#ifndef PVABI_CLI_LIMITS_H
#define PVABI_CLI_LIMITS_H

#include "common/error.h"
#include "reports/diff-limit.h"

typedef struct PvLimitsEnd {
        GPtrArray *broken;    /* lines */
        GPtrArray *idle;      /* limits that found nothing to compare */
        gboolean rule_counts; /* one of them decides about counts */
} PvLimitsEnd;

/* PvDiffLimit of each text; texts may be NULL. PV_ERROR_USAGE. */
GArray *pv_cli_limits_parse(char **texts, GError **error);

PvLimitsEnd pv_cli_limits_judge(const GArray *limits, const PvDiff *diff);
void pv_cli_limits_end_clear(PvLimitsEnd *end);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PvLimitsEnd, pv_cli_limits_end_clear)

/* What broke or found nothing, a line each on stderr. */
void pv_cli_limits_end_say(const PvLimitsEnd *end);
PvExit pv_cli_limits_end_exit(const PvLimitsEnd *end);

#endif
