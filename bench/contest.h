/* SPDX-License-Identifier: MIT */
/* Contestants that are timed in turns, so that a slow spell of the machine hits all of them. */
#ifndef PVABI_BENCH_CONTEST_H
#define PVABI_BENCH_CONTEST_H

#include <glib.h>

#include "bench/statistics.h"

/* One turn: nanoseconds of what is measured, negative when it failed. */
typedef double (*PvTurn)(void *data);

typedef struct PvContestant {
        PvTurn turn;
        void *data;
        PvTimes times; /* the outcome, with its noise floor */
} PvContestant;

#define PV_CONTEST_ROUNDS 15u /* where time allows */

/*
 * After one round that is discarded, every contestant has two turns a round: there and back, and each second
 * round the other way. So each has two series, whose medians say what the same looks like against itself. As
 * many rounds as fit into so many seconds, at least PV_SAMPLES_MIN / 2 and at most PV_CONTEST_ROUNDS.
 * PV_ERROR_LIMIT when the least would take several times as long; PV_ERROR_HARNESS when a turn fails.
 */
gboolean pv_contest_run(PvContestant *contestants, guint n, double seconds, GError **error);

double pv_now_ns(void);

#endif
