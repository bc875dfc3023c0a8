/* SPDX-License-Identifier: MIT */
/* The writers: each turns the model into one text. */
#ifndef PVABI_REPORTS_REPORT_WRITERS_H
#define PVABI_REPORTS_REPORT_WRITERS_H

#include "reports/report-model.h"

void pv_report_write_md(const PvReportModel *model, GString *out);
void pv_report_write_html(const PvReportModel *model, GString *out);
void pv_report_write_json(const PvReportModel *model, GString *out);
void pv_report_write_junit(const PvReportModel *model, GString *out);
/* No line is longer than width, unless one word is. */
void pv_report_write_terminal(const PvReportModel *model, guint width, gboolean color, GString *out);
/* The trust ledger alone, every account of it. */
void pv_report_write_ledger(const PvReportModel *model, guint width, gboolean color, GString *out);

#endif
