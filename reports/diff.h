/* SPDX-License-Identifier: MIT */
/* What changed between two record files: verdicts, counts, and times where they can be compared at all. */
#ifndef PVABI_REPORTS_DIFF_H
#define PVABI_REPORTS_DIFF_H

#include <glib.h>
#include <json-glib/json-glib.h>

#include "common/record.h"

typedef enum PvDiffKind {
        PV_DIFF_VERDICT, /* of one cell of a check */
        PV_DIFF_LIE,     /* what a consumer made of one, in one guest and memory model */
        PV_DIFF_SAMPLE,  /* what a question cost at one machine size: counted, so compared exactly */
        PV_DIFF_TIME,    /* measured: compared above the noise floor, in like environments */
        PV_N_DIFF_KINDS,
} PvDiffKind;

typedef enum PvDiffSense {
        PV_DIFF_SAME,
        PV_DIFF_BETTER,
        PV_DIFF_WORSE,  /* also: it came, and it is what no run should show */
        PV_DIFF_OTHER,  /* neither: some counts rose and others fell, "n/a" for "not-claimed" */
        PV_DIFF_CAME,   /* only the new file has it */
        PV_DIFF_GONE,   /* only the old one */
        PV_DIFF_UNLIKE, /* a time, measured in another environment */
        PV_DIFF_NO_FLOOR, /* a time, and a file does not say how far times scatter */
        PV_N_DIFF_SENSES,
} PvDiffSense;

typedef struct PvDiffFigure {
        const char *name; /* static */
        double value;
} PvDiffFigure;

/* One thing that a file says. */
typedef struct PvDiffItem {
        PvDiffKind kind;
        char *candidate; /* "" for a time that is of none */
        char *target;
        char *what;      /* "REG-SEL-003 [cell]", "Q4 at N=64", what was timed */
        char *word;      /* the verdict with the kind of failure, the answer, the unit */
        GArray *figures; /* PvDiffFigure; of a verdict none */
        PvTimes times;   /* of a time */
} PvDiffItem;

typedef struct PvDiffRow {
        const PvDiffItem *old, *new; /* one of them may be NULL */
        PvDiffSense sense;
} PvDiffRow;

/* A field of the environment in which the files differ. */
typedef struct PvDiffField {
        char *name;
        char *target; /* NULL: it bears on all times */
        char *old, *new;
} PvDiffField;

typedef struct PvDiff {
        GPtrArray *items;  /* PvDiffItem, of both */
        GArray *rows;      /* PvDiffRow: the old file's order, then what came */
        GPtrArray *fields; /* PvDiffField */
        guint tally[PV_N_DIFF_KINDS][PV_N_DIFF_SENSES];
} PvDiff;

/* Records as pv_record_read() returns them, of one or more runs each. */
PvDiff *pv_diff_new(GPtrArray *old, GPtrArray *new);
void pv_diff_free(PvDiff *diff);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PvDiff, pv_diff_free)

/* How many rows of a kind both files have and could be compared. */
guint pv_diff_compared(const PvDiff *diff, PvDiffKind kind);

/*
 * Did a verdict or an answer get worse or, unless somebody else decides about those, a count? Times never say
 * so: two runs of the same differ by more than the noise inside each.
 */
gboolean pv_diff_got_worse(const PvDiff *diff, gboolean counts_too);

/*
 * By how much times on this target shifted as a whole: the median of new by old, of at least
 * PV_DIFF_SHIFT_LEAST that were compared; 0: there are fewer.
 */
double pv_diff_shift(const PvDiff *diff, const char *target);
#define PV_DIFF_SHIFT_LEAST 5

/* The one that the row is about: the new one, else the old. */
const PvDiffItem *pv_diff_item(const PvDiffRow *row);
/* Figure of this name, or NULL; the item may be NULL. */
const PvDiffFigure *pv_diff_figure(const PvDiffItem *item, const char *name);

const char *pv_diff_kind_word(PvDiffKind kind);
const char *pv_diff_sense_word(PvDiffSense sense);

/* To stdout, a line for each change. */
void pv_diff_print(const PvDiff *diff);
/* The same for programs: every row that is not PV_DIFF_SAME. */
JsonObject *pv_diff_to_json(const PvDiff *diff);

#endif
