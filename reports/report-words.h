/* SPDX-License-Identifier: MIT */
/* The words and sentences of a report, without markup, and the escaping that each format needs. */
#ifndef PVABI_REPORTS_REPORT_WORDS_H
#define PVABI_REPORTS_REPORT_WORDS_H

#include "reports/report-model.h"

/* How a field should strike the eye; a format that has no colours leaves it out. */
typedef enum PvReportTone {
        PV_REPORT_PLAIN,
        PV_REPORT_GOOD,
        PV_REPORT_BAD,
        PV_REPORT_WARN,
        PV_REPORT_DIM,
} PvReportTone;

/* As it stands in a table: "pass", "FAIL", "-", ... */
const char *pv_report_verdict_word(PvVerdict verdict);
PvReportTone pv_report_verdict_tone(PvVerdict verdict);
/* What those words mean. */
extern const char pv_report_legend[];
extern const char pv_report_score_legend[];
/* What the fields of a cost table mean. */
extern const char pv_report_cost_legend[];

/* The area as a heading says it; SEV carries the word modelled. */
const char *pv_report_area_title(unsigned area);
/* What a question asks; "" for one this version does not know. */
const char *pv_report_question_title(const char *question);

/* "CANDIDATE on TARGET", and the same with what answered and whose device it is. */
char *pv_report_column_name(const PvReportColumn *column);
char *pv_report_column_long_name(const PvReportColumn *column);
/* "CHECK", or "CHECK [CELL]". */
char *pv_report_cell_name(JsonObject *record);
/* "fail (wedged)": as recorded, and an unknown word as such. */
char *pv_report_outcome(const PvReportCell *cell);

/* Sentences generated from the records; each is a whole paragraph. */
char *pv_report_summary(const PvReportModel *model);
char *pv_report_provenance_sentence(const PvReportModel *model);
char *pv_report_sev_sentence(const PvReportModel *model);
char *pv_report_cost_sentence(const PvReportModel *model);
/* What a reader must know before anything else: notes, interruptions, replaced verdicts; one string each. */
GPtrArray *pv_report_remarks(const PvReportModel *model);

/* A number as people read it, in every locale alike. */
char *pv_report_number(double value);

/* Valid UTF-8 on one line; what a terminal would obey is spelt \xNN. */
char *pv_report_visible(const char *text);
/* Markdown text, safe in a table; and XML text, safe in an attribute. Both go through pv_report_visible(). */
char *pv_report_escape_md(const char *text);
char *pv_report_escape_xml(const char *text);

#endif
