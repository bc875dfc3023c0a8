/* SPDX-License-Identifier: MIT */
/* The mutation score: which seeded bugs the suite sees, and which checks see each. */
#ifndef PVABI_CONFORMANCE_MUTATION_SCORE_H
#define PVABI_CONFORMANCE_MUTATION_SCORE_H

#include <glib.h>

#include "common/loader.h"

/* What became of a mutant. Only the first is a success. */
typedef enum PvFate {
        PV_FATE_KILLED,    /* the check it names fails where it passed before, in the way it should */
        PV_FATE_SURVIVED,
        PV_FATE_UNSOUND,   /* that check does not pass without the mutant either: no evidence */
        PV_FATE_CRASHED,   /* that check takes its process down with it, which kills nothing */
        PV_FATE_TIMED_OUT, /* likewise it does not end in time */
        PV_FATE_UNKNOWN,   /* there is no such candidate, or no such check for it */
        PV_N_FATES,
} PvFate;

typedef struct PvMutantResult {
        const PvMutant *mutant;
        const PvBackend *backend; /* whose table; NULL: the ABI-blind checks' */
        gboolean blind;           /* written before its check was read */
        PvFate fate;
        char *reason;     /* NULL, or one sentence */
        GPtrArray *fails; /* const char *: every check that passed without it and fails with it */
} PvMutantResult;

typedef struct PvMutationScore {
        GArray *results;     /* PvMutantResult, in the order of the tables */
        GPtrArray *unproven; /* const PvCheck *: no mutant names it */
        guint n_checks;
} PvMutationScore;

typedef struct PvMutationPlan {
        PvLoader *loader;
        GPtrArray *backends;      /* const PvBackend *: whose mutants, and whose rules */
        const char *const *globs; /* of the checks that mutants name; NULL or empty: all */
        guint jobs;               /* processes at a time; 0: one per processor */
        guint timeout;            /* seconds a cell may take */
} PvMutationPlan;

/*
 * Runs, for each mutant, the whole suite of its candidate on the model, without it and with it, each in a
 * process of its own. PV_ERROR_HARNESS when processes cannot be had; NULL without an error when interrupted.
 */
PvMutationScore *pv_mutation_score(const PvMutationPlan *plan, GError **error);
void pv_mutation_score_free(PvMutationScore *score);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PvMutationScore, pv_mutation_score_free)

guint pv_mutation_score_killed(const PvMutationScore *score, gboolean blind_only);
guint pv_mutation_score_total(const PvMutationScore *score, gboolean blind_only);
const char *pv_fate_word(PvFate fate);

#endif
