/* SPDX-License-Identifier: MIT */
/* What was timed, and where one candidate becomes cheaper than another. */
#ifndef PVABI_REPORTS_REPORT_TIMES_H
#define PVABI_REPORTS_REPORT_TIMES_H

#include "reports/report-table.h"

/* What the fields of the tables mean. */
extern const char pv_report_times_legend[];
extern const char pv_report_crossover_legend[];

/* Each is NULL when there is nothing to show. */
PvReportTable *pv_report_table_times(const PvReportModel *model, const char *question, const char *target);
/* A register read on every target, the fastest first, with ratios. */
PvReportTable *pv_report_table_ladder(const PvReportModel *model);
/* Other accesses, and each against what it stands for. */
PvReportTable *pv_report_table_accesses(const PvReportModel *model);
PvReportTable *pv_report_table_crossovers(const PvReportModel *model);

/* Crossovers with one candidate by one measure: the first record of each group, and its candidates by
 * questions. */
GPtrArray *pv_report_crossover_groups(const PvReportModel *model);
char *pv_report_crossover_title(JsonObject *group);
PvReportTable *pv_report_table_crossover_group(const PvReportModel *model, JsonObject *group);

#endif
