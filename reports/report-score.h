/* SPDX-License-Identifier: MIT */
/* Numbers derived from the model: area scores, provenance shares, costs. */
#ifndef PVABI_REPORTS_REPORT_SCORE_H
#define PVABI_REPORTS_REPORT_SCORE_H

#include "reports/report-model.h"

/* The checks of one area in one column. */
typedef struct PvReportScore {
        guint checks;
        guint passed;    /* pass and xpass */
        guint partial;   /* of those, passed only where they apply */
        guint decided;   /* pass, xpass, fail and xfail */
        guint undecided; /* cannot-tell, blocked and error */
        guint not_claimed;
        PvVerdict worst; /* PV_NA without checks */
} PvReportScore;

PvReportScore pv_report_score(const PvReportModel *model, const PvReportColumn *column, unsigned area);
/* "12/13": passed of decided. Never a share of something undecided: those stand apart, as "+2?". */
char *pv_report_score_text(const PvReportScore *score);

/* Of the SEV checks that were decided: by construction, or since the guest's side was careful. */
typedef struct PvReportSevScore {
        guint passed, decided; /* by construction */
        guint care;            /* passed, and in a cell for no other reason */
} PvReportSevScore;

/* Did it pass since the guest's side was careful? */
gboolean pv_report_cell_by_care(const PvReportCell *cell);
PvReportSevScore pv_report_sev_score(const PvReportModel *model, const PvReportColumn *column);

/* Headline cells in which a device was put to the question and answered, and whose parts they were. */
typedef struct PvReportProvenance {
        guint cells;
        guint device_and_consumer_theirs;
        guint device_theirs;
        guint content_ours;
} PvReportProvenance;

PvReportProvenance pv_report_provenance(const PvReportModel *model);
/* Rounded down, so that 100 means every one. whole is not 0. */
guint pv_report_percent(guint part, guint whole);

typedef struct PvReportCost {
        gint64 accesses;        /* scalar ones, and each byte of string IO as one */
        gint64 string_accesses; /* scalar ones, and each REP INS as one */
        gint64 bytes;           /* moved by string IO and through memory a device may see */
        gint64 transfers;       /* DMA */
        gint64 platform;        /* accesses to the host bridge, apart from accesses */
        gint64 shared_pages;
} PvReportCost;

PvReportCost pv_report_cost(const PvReportSample *sample);

/*
 * Possible CPUs at which the answer page states costs: 64, else the most that every headline column knows;
 * 0: none.
 */
gint64 pv_report_answer_n(const PvReportModel *model);
/* Distinct questions, and the distinct N (gint64) of one on one target, ascending. */
GPtrArray *pv_report_questions(const PvReportModel *model);
GArray *pv_report_sizes(const PvReportModel *model, const char *question, const char *target);

#endif
