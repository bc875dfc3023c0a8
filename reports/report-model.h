/* SPDX-License-Identifier: MIT */
/* What a report says, gathered from records once for every writer. */
#ifndef PVABI_REPORTS_REPORT_MODEL_H
#define PVABI_REPORTS_REPORT_MODEL_H

#include <glib.h>
#include <json-glib/json-glib.h>

#include "common/verdict.h"

/* A candidate on a target. */
typedef struct PvReportColumn {
        char *candidate;
        char *target;
        char *version; /* what answered, "" unknown; of several runs with different ones, all of them */
        char *machine_type; /* "": none was named */
        char *letter;  /* A, B, ... Z, AA, ...; the same on every page */
        gboolean theirs;
        gboolean headline;
        gboolean experimental; /* stands in the appendix */
        guint rank[4]; /* what columns are sorted by */
} PvReportColumn;

/* One verdict that no later one replaced. */
typedef struct PvReportCell {
        PvReportColumn *column;
        JsonObject *record;
        PvVerdict verdict; /* PV_BROKEN for a word this version does not know */
        char *earlier;     /* verdicts of earlier attempts at it, "fail, error"; NULL: it was the first */
} PvReportCell;

/* A check in one column, its cells merged: the worst wins. */
typedef struct PvReportResult {
        PvReportColumn *column;
        GPtrArray *cells; /* PvReportCell */
        PvVerdict verdict;
        gboolean partial; /* passed, but some of its cells do not apply */
} PvReportResult;

/*
 * Rules of one ABI stand apart from the checks that every ABI is asked: their author marks his own work, and their
 * numbers do not compare.
 */
#define PV_REPORT_OWN_RULES PV_N_AREAS
#define PV_REPORT_OTHER_AREA (PV_N_AREAS + 1) /* a word this version does not know */

typedef struct PvReportCheck {
        char *id;
        unsigned area;      /* PvArea, or one of the two below */
        JsonObject *record; /* a verdict on it: level, basis, source, requirement, advice */
        GPtrArray *results; /* PvReportResult, in the order of columns; none where it was not run */
} PvReportCheck;

typedef struct PvReportSample {
        PvReportColumn *column;
        JsonObject *record;
        const char *question;
        gint64 n;
} PvReportSample;

/* The answers to a probe's accesses. */
typedef struct PvReportUnspecified {
        PvReportColumn *column;
        JsonObject *record;
} PvReportUnspecified;

typedef struct PvReportNotRun {
        char *what;
        char *why;
} PvReportNotRun;

typedef struct PvReportModel {
        GPtrArray *runs;    /* JsonObject */
        GPtrArray *columns; /* PvReportColumn: real VMMs first, then headline candidates, experimental ones last */
        GPtrArray *checks;  /* PvReportCheck, by area, then ID */
        GPtrArray *samples; /* PvReportSample */
        GPtrArray *unspecified; /* PvReportUnspecified */
        GPtrArray *times, *accesses, *crossovers; /* JsonObject */
        GPtrArray *speeds;  /* JsonObject */
        GPtrArray *exactness; /* JsonObject */
        GPtrArray *exits, *exit_times, *exits_end; /* JsonObject */
        GPtrArray *cost_models, *modelled, *modelled_crossovers, *predictions; /* JsonObject */
        GPtrArray *requirements; /* JsonObject, of SEV */
        GPtrArray *hostiles;     /* JsonObject */
        GPtrArray *ledger, *ledger_pages; /* JsonObject */
        GPtrArray *notes;   /* JsonObject */
        GPtrArray *not_run; /* PvReportNotRun */
        gboolean no_headline; /* no headline candidate was run, so all stand in it but those of the appendix */
        gboolean only_experimental;
        guint replaced;       /* verdicts and samples replaced by later ones ... */
        guint changed;        /* ... and verdicts among them that read otherwise */
        guint unknown;        /* records of a kind this version does not know */

        /* While it is built. */
        GPtrArray *candidates; /* names, headline first */
        GPtrArray *experimental; /* names */
        guint n_headline;
        GPtrArray *targets; /* names */
        GHashTable *by_key; /* a column, check, result, cell or sample by kind and names */
} PvReportModel;

/* Keeps references to the records. */
PvReportModel *pv_report_model_new(GPtrArray *records);
PvReportModel *pv_report_model_empty(void);
void pv_report_model_free(PvReportModel *model);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PvReportModel, pv_report_model_free)

/* Keeps a record of a kind that is shown as it is; FALSE: it is none. */
gboolean pv_report_keep(PvReportModel *model, JsonObject *record);

/* The one that decides when both are merged; n/a and not-claimed lose against every other. */
PvVerdict pv_report_worse(PvVerdict a, PvVerdict b);

/* NULL where the check was not run, or nothing was sampled. */
PvReportResult *pv_report_result(const PvReportCheck *check, const PvReportColumn *column);
PvReportSample *pv_report_sample(const PvReportModel *model, const PvReportColumn *column,
                                 const char *question, gint64 n);

/*
 * Every cell of one of the verdicts in the mask (1 << PvVerdict), in the order of checks and columns;
 * borrowed.
 */
GPtrArray *pv_report_cells(const PvReportModel *model, unsigned verdicts);
#define PV_REPORT_MASK(verdict) (1u << (verdict))
/* What nobody expected: it ends a run with exit code 1 or 5. */
#define PV_REPORT_UNEXPECTED (PV_REPORT_MASK(PV_FAIL) | PV_REPORT_MASK(PV_XPASS) | PV_REPORT_MASK(PV_BROKEN))

/*
 * The strings of an array member; anything else in it is left out. Free the array; the strings are the
 * record's.
 */
GPtrArray *pv_report_strings(JsonObject *record, const char *member);
/* An array member, or NULL. */
JsonArray *pv_report_array(JsonObject *record, const char *member);
/* Member of an object member, "" when missing. */
const char *pv_report_inner(JsonObject *record, const char *member, const char *inner);

#endif
