/* SPDX-License-Identifier: MIT */
/* What the cost model made of the counts: modelled times, who is cheaper at which size, and its sources. */
#ifndef PVABI_REPORTS_REPORT_COST_H
#define PVABI_REPORTS_REPORT_COST_H

#include "reports/report-table.h"

/*
 * Environments down, columns across, at pv_report_answer_n() possible CPUs. Each is NULL when there is
 * nothing.
 */
PvReportTable *pv_report_table_modelled(const PvReportModel *model, const char *question);
PvReportTable *pv_report_table_modelled_crossovers(const PvReportModel *model);
PvReportTable *pv_report_table_parameters(const PvReportModel *model);

/*
 * The model with measured prices beside the measured whole, at pv_report_answer_n() possible CPUs; and all in
 * one sentence.
 */
PvReportTable *pv_report_table_predictions(const PvReportModel *model);
char *pv_report_prediction_sentence(const PvReportModel *model);

/* What those figures are, and are not; NULL: nothing was modelled. Free it. */
char *pv_report_modelled_sentence(const PvReportModel *model);
extern const char pv_report_modelled_legend[];

#endif
