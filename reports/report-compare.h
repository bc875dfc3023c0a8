/* SPDX-License-Identifier: MIT */
/* Real VMMs beside each other: versions, and the machine types of one version. */
#ifndef PVABI_REPORTS_REPORT_COMPARE_H
#define PVABI_REPORTS_REPORT_COMPARE_H

#include "reports/report-table.h"

/* Targets of which one thing differs; the candidates on each are taken together, the worst verdict wins. */
typedef struct PvReportComparison {
        char *title;
        gboolean by_version; /* else by machine type */
        GPtrArray *targets;  /* PvReportColumn, the first of each target */
} PvReportComparison;

/* Versions, where there are several, by the first target of each; then each version's machine types, likewise. */
GPtrArray *pv_report_comparisons(const PvReportModel *model);

/* What stands for this target in the comparison. g_free. */
char *pv_report_compared_name(const PvReportComparison *comparison, const PvReportColumn *target);

/* What a row stands for: the checks of an area that every ABI is asked, or the rules of one ABI. */
typedef struct PvReportRow {
        unsigned area;
        const char *rules; /* "": every ABI is asked */
        char *title;
} PvReportRow;

GPtrArray *pv_report_compared_rows(const PvReportModel *model);

typedef struct PvReportTally {
        guint passed, failed, undecided, inapplicable;
} PvReportTally;

PvReportTally pv_report_tally(const PvReportModel *model, const PvReportColumn *target, const PvReportRow *row);
extern const char pv_report_tally_legend[];

/* Checks of which all targets say the same do not stand here; the others together, where they differ in the same way. */
typedef struct PvReportDifference {
        char *words;       /* "A, B: failed; others: passed" */
        GPtrArray *checks; /* IDs */
} PvReportDifference;

GPtrArray *pv_report_differences(const PvReportModel *model, const PvReportComparison *comparison);

/* "A-B-001, A-B-002", or of many in brief "A-B (43), A-C (2)". g_free. */
char *pv_report_difference_checks(const PvReportDifference *difference, gboolean brief);

/* Rows down, targets across; and differences, which is NULL when there are none. */
PvReportTable *pv_report_table_compared(const PvReportModel *model, const PvReportComparison *comparison);
PvReportTable *pv_report_table_differences(const PvReportModel *model, const PvReportComparison *comparison, gboolean brief);

#endif
