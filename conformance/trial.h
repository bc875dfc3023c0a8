/* SPDX-License-Identifier: MIT */
/* Trials: the whole suite of a candidate on the model, with a seeded bug or without, in its own process. */
#ifndef PVABI_CONFORMANCE_TRIAL_H
#define PVABI_CONFORMANCE_TRIAL_H

#include <glib.h>

#include "conformance/suite.h"

/* What a cell ended as: all that is asked of a trial. */
typedef enum PvOutcome {
        PV_OUTCOME_NONE, /* not reached */
        PV_OUTCOME_PASS,
        PV_OUTCOME_WRONG,  /* fail: wrong */
        PV_OUTCOME_WEDGED, /* fail: its access budget ran out */
        PV_OUTCOME_OTHER,
        PV_OUTCOME_CRASHED,   /* it took the process down; another goes on with the next cell */
        PV_OUTCOME_TIMED_OUT, /* likewise, after the time a cell may take */
} PvOutcome;

typedef struct PvTrial {
        PvSuiteRun run;
        GArray *suite;    /* of run.candidate */
        guint8 *outcomes; /* PvOutcome of every cell of every check, in order; filled in by the process */
        /* private */
        int pid;
        guint ended; /* processes that went down */
} PvTrial;

guint pv_trial_n_cells(GArray *suite);

/*
 * Runs them, `jobs` at a time; one whose processes go down again and again is left as it is. FALSE with an
 * error when a process cannot be had; without one when interrupted.
 */
gboolean pv_trials_run(PvTrial *trials, guint n_trials, guint jobs, guint timeout, GError **error);
void pv_trials_clear(PvTrial *trials, guint n_trials);

#endif
