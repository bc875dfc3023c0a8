/* SPDX-License-Identifier: MIT */
/* The page on SEV: for every writer the same sections, each a paragraph and a table. All of it is modelled.
 */
#ifndef PVABI_REPORTS_REPORT_SEV_H
#define PVABI_REPORTS_REPORT_SEV_H

#include "reports/report-table.h"

typedef struct PvReportSection {
        const char *title;
        char *text;           /* NULL: none */
        PvReportTable *table; /* NULL: none */
        gboolean wide;        /* its rows are sentences rather than fields */
} PvReportSection;

/* Those that have something to say, in the order of the page; brief: as much as fits on a terminal. */
GPtrArray *pv_report_sev_sections(const PvReportModel *model, gboolean brief);

/* ---- what they are made of ---- */

/* What came of a requirement, the worse the later. */
typedef enum PvReportSevOutcome {
        PV_REPORT_SEV_NONE, /* not asked */
        PV_REPORT_SEV_NA,
        PV_REPORT_SEV_HOLDS, /* by construction */
        PV_REPORT_SEV_CARE,  /* since the guest's side was careful */
        PV_REPORT_SEV_OPEN,  /* undecided */
        PV_REPORT_SEV_FAILS,
        PV_REPORT_SEV_N_OUTCOMES,
} PvReportSevOutcome;

PvReportSevOutcome pv_report_sev_cell_outcome(const PvReportCell *cell);
/* The worst of its cells. */
PvReportSevOutcome pv_report_sev_outcome(const PvReportResult *result);
const char *pv_report_sev_word(PvReportSevOutcome outcome);

/* What follows this key in the cell's name, "guest="; NULL when it has none. g_free. */
char *pv_report_cell_part(const PvReportCell *cell, const char *key);
/* Those that were asked where memory can be encrypted. */
GPtrArray *pv_report_sev_columns(const PvReportModel *model, gboolean headline_only);
/* Heads that are letters; with the candidate's name where few stand beside each other. */
void pv_report_sev_heads(PvReportTable *table, GPtrArray *columns, gboolean brief);
/* The record of this requirement, or NULL. */
JsonObject *pv_report_requirement(const PvReportModel *model, const char *id);
/* "SEV-MEM-001 (M01)". g_free. */
char *pv_report_requirement_name(const PvReportModel *model, const char *id);

/* "A, B": adds a word unless it is there. */
void pv_report_list_add(GString *list, const char *word);

/* Each is NULL when there is nothing to show. */
PvReportTable *pv_report_table_requirements(const PvReportModel *model, gboolean brief);
PvReportTable *pv_report_table_places(const PvReportModel *model, gboolean brief);
/* Lies down, candidates across; brief: lies that did not end well. */
PvReportTable *pv_report_table_lies(const PvReportModel *model, gboolean brief);
/* Consumers of ours that are not meant to be careful, and what became of them. */
PvReportTable *pv_report_table_contrast(const PvReportModel *model);
char *pv_report_lies_sentence(const PvReportModel *model, gboolean contrast);

#endif
