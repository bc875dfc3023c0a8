/* SPDX-License-Identifier: MIT */
/* Statistics from literals, and the order in which contestants have their turns. */
#undef NDEBUG
#include <assert.h>
#include <math.h>
#include <string.h>

#include "bench/contest.h"
#include "common/error.h"

static gboolean
is(double a, double b)
{
        return fabs(a - b) < 1e-9;
}

/* Ranks of the sign test's interval for a median at 95 %, as tables of it have them. */
static void
test_rank(void)
{
        static const struct {
                guint n, rank;
        } known[] = {{1, 0},  {5, 0},  {6, 1},  {8, 1},   {9, 2},   {10, 2},
                     {12, 3}, {15, 4}, {20, 6}, {30, 10}, {50, 18}, {100, 40}};

        for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
                assert(pv_times_interval_rank(known[i].n) == known[i].rank);
}

static void
test_times(void)
{
        double odd[] = {9, 1, 8, 2, 7, 3, 6, 4, 5};
        double even[] = {40, 10, 30, 20, 1000, 50};
        PvTimes t = pv_times_of(odd, G_N_ELEMENTS(odd));

        assert(t.samples == 9 && is(t.median, 5) && is(t.q1, 3) && is(t.q3, 7) && is(t.low, 2) &&
               is(t.high, 8));
        t = pv_times_of(even, G_N_ELEMENTS(even));
        assert(t.samples == 6 && is(t.median, 35) && is(t.q1, 22.5) && is(t.q3, 47.5) && is(t.low, 10) &&
               is(t.high, 1000));
        t.floor = 1.06;
        t = pv_times_less(&t, 5);
        assert(is(t.floor, 1.07));
        assert(is(pv_times_share(&t, 10).high, 99.5) && is(pv_times_share(&t, 10).floor, 1.07));
        assert(t.samples == 6 && is(t.median, 30) && is(t.low, 5) && is(t.high, 995) && is(t.q1, 17.5) &&
               is(t.q3, 42.5));
}

static void
test_floor(void)
{
        double a[] = {10, 11, 12}, b[] = {22, 24, 20}, nothing[] = {0, 0, 0};

        assert(is(pv_times_floor(a, 3, b, 3), 2) && is(pv_times_floor(b, 3, a, 3), 2));
        assert(is(pv_times_floor(a, 3, a, 3), 1) && is(pv_times_floor(a, 3, nothing, 3), 0));
}

/* Less is what is less beyond the floor, and only where the intervals are apart. */
static void
test_compare(void)
{
        PvTimes a = {.median = 100, .low = 95, .high = 105, .floor = 1.02};
        PvTimes b = {.median = 110, .low = 106, .high = 114, .floor = 1.05};

        assert(pv_times_compare(&a, &b) == -1 && pv_times_compare(&b, &a) == 1 &&
               pv_times_compare(&a, &a) == 0);
        b.floor = 1.10;
        assert(pv_times_compare(&a, &b) == 0 && pv_times_compare(&b, &a) == 0);
        b.floor = 1.05;
        b.low = 104;
        assert(pv_times_compare(&a, &b) == 0);
}

/* ---- a contest ---- */

static GString *turns;

typedef struct Runner {
        char name;
        double ns;
        guint fails_at; /* the turn from which on it fails; 0: none */
        guint taken;
} Runner;

static double
run(void *data)
{
        Runner *runner = data;

        g_string_append_c(turns, runner->name);
        runner->taken++;
        return runner->fails_at && runner->taken >= runner->fails_at ? -1 : runner->ns;
}

/* Long beside what a busy machine adds to it: the least of rounds is for turns of one to four times that. */
#define DAWDLE_US 100000u

static double
dawdle(void *data)
{
        g_usleep(DAWDLE_US);
        return run(data);
}

static void
test_contest(void)
{
        Runner a = {.name = 'a', .ns = 10}, b = {.name = 'b', .ns = 30};
        PvContestant both[] = {{.turn = run, .data = &a}, {.turn = run, .data = &b}};

        turns = g_string_new(NULL);
        assert(pv_contest_run(both, 2, 60, NULL));
        assert(g_str_has_prefix(turns->str, "ab"
                                            "abba"
                                            "baab"
                                            "abba") &&
               turns->len == 2 + 4 * PV_CONTEST_ROUNDS);
        assert(both[0].times.samples == 2 * PV_CONTEST_ROUNDS && is(both[0].times.median, 10));
        assert(is(both[0].times.floor, 1) && is(both[1].times.low, 30) && is(both[1].times.high, 30));
        assert(pv_times_compare(&both[0].times, &both[1].times) == -1);
        g_string_free(turns, TRUE);
}

/* What fails has no time; what takes too long is not begun; what there is little time for has the least of
 * rounds. */
static void
test_contest_ends(void)
{
        Runner a = {.name = 'a', .ns = 10}, b = {.name = 'b', .ns = 30, .fails_at = 4},
               c = {.name = 'c', .ns = 1};
        PvContestant both[] = {{.turn = run, .data = &a}, {.turn = run, .data = &b}};
        PvContestant slow = {.turn = dawdle, .data = &c};
        g_autoptr(GError) error = NULL;

        turns = g_string_new(NULL);
        assert(!pv_contest_run(both, 2, 60, &error) && g_error_matches(error, PV_ERROR, PV_ERROR_HARNESS));
        assert(both[0].times.samples == 0 && b.taken == 4);
        g_clear_error(&error);
        assert(!pv_contest_run(&slow, 1, 0.001, &error) && g_error_matches(error, PV_ERROR, PV_ERROR_LIMIT));
        assert(c.taken == 1);
        assert(pv_contest_run(&slow, 1, 0.6, NULL) && slow.times.samples == PV_SAMPLES_MIN);
        g_string_free(turns, TRUE);
}

static void
test_record(void)
{
        PvTimes t = {
                .samples = 6, .median = 35, .q1 = 22.5, .q3 = 47.5, .low = 10, .high = 1000, .floor = 1.25};
        JsonObject *record = pv_record_new("time"), *times;
        PvTimes again;

        assert(!pv_record_get_times(record, &again));
        pv_record_set_times(record, &t);
        assert(pv_record_get_times(record, &again) && !memcmp(&t, &again, sizeof t));
        times = json_object_get_object_member(record, "times");
        assert(!strcmp(pv_record_string(times, "unit"), "ns") && pv_record_int(times, "samples") == 6);
        assert(is(pv_record_double(times, "median"), 35) && is(pv_record_double(times, "q1"), 22.5));
        assert(is(pv_record_double(times, "low"), 10) && is(pv_record_double(times, "floor"), 1.25));
        json_object_unref(record);
}

int
main(void)
{
        test_rank();
        test_times();
        test_floor();
        test_compare();
        test_contest();
        test_contest_ends();
        test_record();
        return 0;
}
