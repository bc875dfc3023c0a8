/* SPDX-License-Identifier: MIT */
/* Drawing on a terminal: tables cut to its width, and paragraphs. */
#ifndef PVABI_REPORTS_REPORT_DRAW_H
#define PVABI_REPORTS_REPORT_DRAW_H

#include "reports/report-table.h"

/* A table too wide is drawn in parts, each with the first column. */
void pv_report_draw_table(PvReportTable *table, guint width, gboolean color, GString *out);
/* Words of the text from left to right; lines after the first are indented. */
void pv_report_draw_text(const char *text, guint width, guint indent, GString *out);

#endif
