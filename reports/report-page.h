/* SPDX-License-Identifier: MIT */
/* The page of a report, whatever it is marked up in. */
#ifndef PVABI_REPORTS_REPORT_PAGE_H
#define PVABI_REPORTS_REPORT_PAGE_H

#include "reports/report-table.h"

/* How a format marks up what a page is made of. Each gets plain text and escapes it. */
typedef struct PvReportFormat {
        void (*begin)(GString *out); /* with the title */
        void (*heading)(GString *out, int depth, const char *before, const char *emphasis, const char *after);
        void (*paragraph)(GString *out, const char *text);
        void (*item)(GString *out, const char *name, const char *text); /* "name: text" */
        void (*code)(GString *out, const char *title, GPtrArray *lines);
        void (*table)(GString *out, const PvReportTable *table);
        void (*end)(GString *out);
} PvReportFormat;

void pv_report_write_page(const PvReportModel *model, const PvReportFormat *format, GString *out);

#endif
