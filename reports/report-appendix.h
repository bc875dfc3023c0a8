/* SPDX-License-Identifier: MIT */
/* Experimental ABIs, apart from the answer. */
#ifndef PVABI_REPORTS_REPORT_APPENDIX_H
#define PVABI_REPORTS_REPORT_APPENDIX_H

#include "reports/report-table.h"

extern const char pv_report_appendix_title[], pv_report_appendix_legend[];

/* NULL: none was run. */
PvReportTable *pv_report_table_appendix(const PvReportModel *model, gboolean letters_only);

#endif
