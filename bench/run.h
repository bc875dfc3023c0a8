/* SPDX-License-Identifier: MIT */
/* What the parts of a benchmark's run share. */
#ifndef PVABI_BENCH_RUN_H
#define PVABI_BENCH_RUN_H

#include "bench/bench.h"

/* The whole run. */
typedef struct PvBench {
        PvLoader *loader;
        const PvBenchPlan *plan;
        PvRecorder *recorder;
        PvBenchTally tally;
        double peak_mib; /* of the hungriest child at the largest size */
        const char *peak_candidate, *peak_target;
} PvBench;

#define PV_BENCH_SIZES 8u
extern const uint32_t pv_bench_sizes[PV_BENCH_SIZES];

/* The most CPUs that a machine on this target is given. */
uint32_t pv_bench_largest(const PvBench *bench, const PvTarget *target);

/* On a terminal: what is going on. n: 0 or a number of CPUs. */
void pv_bench_progress(const char *what, const char *target, uint32_t n);

/* For the report's first page: what could not be measured. */
void pv_bench_note(PvRecorder *recorder, const char *what, const char *target, const char *why);

/* Everything that is timed or compared by it. FALSE: no process can be started. */
gboolean pv_bench_times(PvBench *bench, GError **error);

#endif
