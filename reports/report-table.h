/* SPDX-License-Identifier: MIT */
/* Tables of a report as plain text and tone; a writer only has to draw them. */
#ifndef PVABI_REPORTS_REPORT_TABLE_H
#define PVABI_REPORTS_REPORT_TABLE_H

#include "reports/report-words.h"

typedef struct PvReportField {
        char *text;
        PvReportTone tone;
} PvReportField;

typedef struct PvReportTable {
        GPtrArray *heads; /* char *; what follows a newline is a second line */
        GPtrArray *rows;  /* GPtrArray of PvReportField, as many as heads */
} PvReportTable;

PvReportTable *pv_report_table_new(const char *const *heads);
void pv_report_table_free(PvReportTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PvReportTable, pv_report_table_free)
void pv_report_table_head(PvReportTable *table, const char *head);
void pv_report_table_row(PvReportTable *table);
/* Appends to the last row; _take owns the text. */
void pv_report_table_add(PvReportTable *table, const char *text);
void pv_report_table_take(PvReportTable *table, char *text, PvReportTone tone);

/* Each is NULL when there is nothing to show. */
PvReportTable *pv_report_table_answer(const PvReportModel *model, gboolean letters_only);
/* The same of any columns. */
PvReportTable *pv_report_table_scores(const PvReportModel *model, GPtrArray *columns, gboolean letters_only);
PvReportTable *pv_report_table_columns(const PvReportModel *model, gboolean headline_only);
PvReportTable *pv_report_table_admitted(const PvReportModel *model);
/* Cells that took more than one attempt, with the verdict of each. */
PvReportTable *pv_report_table_retried(const PvReportModel *model);
PvReportTable *pv_report_table_newer(const PvReportModel *model);
PvReportTable *pv_report_table_matrix(const PvReportModel *model, unsigned area);
PvReportTable *pv_report_table_cost(const PvReportModel *model, const char *question, const char *target);
PvReportTable *pv_report_table_sev(const PvReportModel *model);
/* What each target answers to unspecified reads; differing_only: where two targets answer differently. */
PvReportTable *pv_report_table_unspecified(const PvReportModel *model, gboolean differing_only);
PvReportTable *pv_report_table_speed(const PvReportModel *model);
/* What traced machines made KVM do, by ABI. */
PvReportTable *pv_report_table_exits(const PvReportModel *model);
PvReportTable *pv_report_table_exactness(const PvReportModel *model);
PvReportTable *pv_report_table_not_run(const PvReportModel *model);
PvReportTable *pv_report_table_blocked(const PvReportModel *model);
PvReportTable *pv_report_table_not_applicable(const PvReportModel *model);

/* How many unspecified reads there are; NULL: none were recorded. Free it. */
char *pv_report_unspecified_sentence(const PvReportModel *model);
/* Whether three who counted agree; NULL: nobody did. Free it. */
char *pv_report_exactness_sentence(const PvReportModel *model);

#endif
