/* SPDX-License-Identifier: MIT */
/* How long questions take: the candidates in turns, untraced, and nothing but the asking on the clock. */
#ifndef PVABI_BENCH_TIMING_H
#define PVABI_BENCH_TIMING_H

#include <glib.h>

#include "bench/contest.h"
#include "bench/question.h"

/* One candidate's asking, timed. */
typedef struct PvTiming {
        const PvCandidate *candidate;
        PvSample sample; /* is the answer ok? Without it there are no times. */
        PvTimes times;   /* of one asking, without the overhead */
        guint commands;  /* to a guest that were on the clock with it ... */
        double overhead; /* ... which took so many ns, by the clock that took the times; the clock's own among
                            them */
} PvTiming;

/*
 * Times the question on machines of n possible CPUs, for about so many seconds. Fills the timings' outcomes.
 * Errors as pv_contest_run(); no timing has times then.
 */
gboolean pv_timing_run(PvLoader *loader, const PvTarget *target, PvQuestion question, uint32_t n,
                       double seconds, PvTiming *timings, guint n_timings, GError **error);
void pv_timing_clear(PvTiming *timing);

/* A "time" record; error: why there are no times, or NULL. */
JsonObject *pv_timing_record(const PvTarget *target, PvQuestion question, uint32_t n, const PvTiming *timing,
                             const GError *error);

#endif
