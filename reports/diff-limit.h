/* SPDX-License-Identifier: MIT */
/* Thresholds that a user sets on a comparison: METRIC>X%. */
#ifndef PVABI_REPORTS_DIFF_LIMIT_H
#define PVABI_REPORTS_DIFF_LIMIT_H

#include "reports/diff.h"

typedef struct PvDiffMetric PvDiffMetric; /* a row of the table */

typedef struct PvDiffLimit {
        const PvDiffMetric *metric;
        double percent;
        const char *text; /* as given; borrowed */
} PvDiffLimit;

/* PV_ERROR_USAGE, with the metrics that there are. */
gboolean pv_diff_limit_parse(const char *text, PvDiffLimit *ret_limit, GError **error);

/* The metrics and what they mean, a line each, for --help. g_free. */
char *pv_diff_limit_help(void);

/* Does it decide about counts, in place of "none may rise"? */
gboolean pv_diff_limit_rules_counts(const PvDiffLimit *limit);

typedef struct PvDiffLimitResult {
        guint compared;    /* pairs of figures that it was put to */
        GPtrArray *broken; /* lines, one for each that rose by more */
} PvDiffLimitResult;

PvDiffLimitResult pv_diff_limit_judge(const PvDiffLimit *limit, const PvDiff *diff);
void pv_diff_limit_result_clear(PvDiffLimitResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PvDiffLimitResult, pv_diff_limit_result_clear)

#endif
