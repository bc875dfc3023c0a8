/* SPDX-License-Identifier: MIT */
/* The trust ledger: what each candidate's consumer believes, of whom, and what it shares for that. */
#ifndef PVABI_REPORTS_REPORT_LEDGER_H
#define PVABI_REPORTS_REPORT_LEDGER_H

#include "reports/report-table.h"

/* Kinds of guest and phases in which the account of a candidate reads the same. */
typedef struct PvReportLedger {
        const char *candidate;
        GString *where;       /* "plain in pei, os; sev in pei" */
        PvReportTable *table; /* a row for each field and channel */
        char *pages;          /* a sentence */
        GPtrArray *rows;      /* JsonObject: the records of the first of them */
        JsonObject *shared;   /* that of its pages */
} PvReportLedger;

/* PvReportLedger, in the order of records; empty where none was kept. */
GPtrArray *pv_report_ledgers(const PvReportModel *model);

/* All of them, in one row each; NULL: there is none. */
PvReportTable *pv_report_table_ledgers(GPtrArray *ledgers);

extern const char pv_report_ledger_legend[];

#endif
