/* SPDX-License-Identifier: MIT */
/* Runs many checks under libcriterion, one process each, and sees to it that each leaves a verdict. */
#ifndef PVABI_CONFORMANCE_RUNNER_H
#define PVABI_CONFORMANCE_RUNNER_H

#include <glib.h>

#include "common/loader.h"
#include "common/record.h"
#include "common/target.h"

typedef struct PvPlan {
        GPtrArray *candidates;    /* PvCandidate */
        const PvTarget *target;
        const char *blocked;      /* why the target cannot run here; NULL: it can */
        const char *const *globs; /* NULL-terminated IDs or globs of checks and probes; NULL or empty: all */
        const char *smp;          /* for checks that hold for any topology; NULL: their own */
        const char *errata;  /* of the user; NULL: none */
        const char *const *known; /* of conformance/baseline.h; NULL: there is no baseline */
        gint seed;
        guint jobs;               /* 0: one per processor */
        guint timeout;            /* seconds a cell may take */
        PvLevel level;            /* the weakest that is run */
        guint shard, shards;      /* of so many parts of the checks, this one, from 1; 0 parts: all */
        guint retries;            /* times that a check which failed, or ended in an error, is run again */
} PvPlan;

/*
 * In a scratch folder (common/scratch.h). Appends one verdict record per check, candidate, cell and attempt,
 * the last of which counts, and one record per machine and probe; none when no ID matches. PV_ERROR_HARNESS
 * when the runner itself could not work. On SIGINT what was recorded stays.
 */
gboolean pv_runner_run(PvLoader *loader, const PvPlan *plan, PvRecorder *recorder, gboolean *ret_interrupted,
                       GError **error);

#endif
