/* SPDX-License-Identifier: MIT */
/* Rounds of turns. */
#include "bench/contest.h"

#include <time.h>

#include "common/error.h"

#define ROUNDS_MIN (PV_SAMPLES_MIN / 2)
#define PATIENCE 8 /* times the seconds that were given, for the least of rounds */

double
pv_now_ns(void)
{
        struct timespec t;

        clock_gettime(CLOCK_MONOTONIC, &t);
        return (double) t.tv_sec * 1e9 + (double) t.tv_nsec;
}

/* What was measured: series of each contestant, one after the other. */
typedef struct Series {
        PvContestant *contestants;
        guint n, rounds;
        double *value; /* [contestant][series][round] */
} Series;

static double *
series_of(const Series *s, guint contestant, guint series)
{
        return s->value + ((gsize) contestant * 2 + series) * s->rounds;
}

static gboolean
take_turn(PvContestant *contestant, double *ret_ns, GError **error)
{
        double ns = contestant->turn(contestant->data);

        if (ns < 0)
                g_set_error_literal(error, PV_ERROR, PV_ERROR_HARNESS, "an access failed while it was timed");
        else
                *ret_ns = ns;
        return ns >= 0;
}

static gboolean
run_round(const Series *s, guint round, GError **error)
{
        for (guint turn = 0; turn < 2 * s->n; turn++) {
                guint back = turn < s->n ? turn : 2 * s->n - 1 - turn;
                guint i = round % 2 ? s->n - 1 - back : back;

                if (!take_turn(&s->contestants[i], &series_of(s, i, turn >= s->n)[round], error))
                        return FALSE;
        }
        return TRUE;
}

/* The round that is discarded says how many there is time for. */
static gboolean
warm_up(PvContestant *contestants, guint n, double seconds, guint *ret_rounds, GError **error)
{
        double start = pv_now_ns(), took, ignored;

        for (guint i = 0; i < n; i++)
                if (!take_turn(&contestants[i], &ignored, error))
                        return FALSE;
        took = 2 * (pv_now_ns() - start) / 1e9;
        if (took * ROUNDS_MIN > PATIENCE * seconds) {
                g_set_error(error, PV_ERROR, PV_ERROR_LIMIT,
                            "one round of all takes %.1f s, which is too long", took);
                return FALSE;
        }
        *ret_rounds = (guint) CLAMP(seconds / took, (double) ROUNDS_MIN, (double) PV_CONTEST_ROUNDS);
        return TRUE;
}

static void
settle(const Series *s, guint contestant)
{
        double *first = series_of(s, contestant, 0);
        double floor = pv_times_floor(first, s->rounds, first + s->rounds, s->rounds);

        s->contestants[contestant].times = pv_times_of(first, 2 * s->rounds);
        s->contestants[contestant].times.floor = floor;
}

gboolean
pv_contest_run(PvContestant *contestants, guint n, double seconds, GError **error)
{
        g_autofree double *value = NULL;
        Series s = {.contestants = contestants, .n = n};

        if (!warm_up(contestants, n, seconds, &s.rounds, error))
                return FALSE;
        s.value = value = g_new(double, (gsize) n * 2 * s.rounds);
        for (guint round = 0; round < s.rounds; round++)
                if (!run_round(&s, round, error))
                        return FALSE;
        for (guint i = 0; i < n; i++)
                settle(&s, i);
        return TRUE;
}
