/* SPDX-License-Identifier: MIT */
/* What each question costs each candidate, and how fast we are ourselves. */
#ifndef PVABI_BENCH_BENCH_H
#define PVABI_BENCH_BENCH_H

#include <glib.h>

#include "bench/cost.h"
#include "common/record.h"
#include "common/target.h"

typedef struct PvBenchPlan {
        GPtrArray *candidates; /* PvCandidate */
        GPtrArray *targets;    /* PvTarget; usable() has said yes */
        guint32 max_n;         /* largest number of possible CPUs; 0: all sizes */
        gboolean speed;        /* also measure times */
        gboolean named;        /* the user has named the candidates: crossovers are theirs */
        const PvCostModel *cost; /* NULL: nothing is modelled */
        guint timeout;         /* seconds per candidate, target and size */
} PvBenchPlan;

typedef struct PvBenchTally {
        guint samples, wrong, errors, blocked;
        gboolean interrupted;
} PvBenchTally;

/*
 * Appends "sample" and "speed" records as they come, and what the cost model makes of the former; what was recorded before an interrupt stays. FALSE only
 * when no process can be started: PV_ERROR_HARNESS.
 */
gboolean pv_bench_run(PvLoader *loader, const PvBenchPlan *plan, PvRecorder *recorder,
                      PvBenchTally *ret_tally, GError **error);

#endif
