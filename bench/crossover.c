/* SPDX-License-Identifier: MIT */
/* Bisection over the number of CPUs, with a real asking at every step. */
#include "bench/crossover.h"

#include "bench/question.h"
#include "bench/timing.h"
#include "common/error.h"

#define LEAST 2u        /* one CPU has nothing to enumerate */
#define MOST 65535u     /* above, fw_cfg's NB_CPUS cannot say how many are present */
#define MOST_TIMED 512u /* a walk of so many CPUs takes 17 ms at least where an exit takes 11 us */
#define LEAST_TIMED 16u
#define SECONDS 0.3    /* for one comparison of times */
#define ALL_SECONDS 60 /* after which no further crossover by time is looked for */

/* The register block as it is, and what was proposed instead. */
static const char *const rivals[] = {
        "regblock:qemu-6.0",
        "fwcfg:topology+regblock:qemu-2.7/port-bytes",
        "fwcfg:topology+regblock:qemu-2.7/port-fields",
        "fwcfg:topology+regblock:qemu-2.7/port",
        "fwcfg:topology+regblock:qemu-2.7/dma",
        "fwcfg:map+regblock:qemu-2.7/port-bytes",
        "fwcfg:map+regblock:qemu-2.7/port-fields",
        "fwcfg:map+regblock:qemu-2.7/port",
        "fwcfg:map+regblock:qemu-2.7/dma",
        NULL,
};

/* ---- bisection ---- */

/* What has been found so far; orders are seen from who is less at the lower end. */
typedef struct Search {
        PvCompareAt compare;
        void *data;
        int sign;
        uint32_t less, not_less; /* the largest at which it is, the smallest at which it is not */
        uint32_t more;           /* the smallest at which the other one is */
} Search;

static gboolean
probe(Search *s, uint32_t n, int *ret_order, GError **error)
{
        int order;

        if (!s->compare(s->data, n, &order, error))
                return FALSE;
        order *= s->sign;
        if (order < 0)
                s->less = MAX(s->less, n);
        else
                s->not_less = MIN(s->not_less, n);
        if (order > 0)
                s->more = MIN(s->more, n);
        *ret_order = order;
        return TRUE;
}

/* Down to neighbours, between a size at which it is not more and one at which it is. */
static gboolean
find_more(Search *s, uint32_t from, GError **error)
{
        int order;

        for (uint32_t low = from; s->more - low > 1;) {
                uint32_t middle = low + (s->more - low) / 2;

                if (!probe(s, middle, &order, error))
                        return FALSE;
                low = order > 0 ? low : middle;
        }
        return TRUE;
}

static gboolean
find_less(Search *s, GError **error)
{
        int order;

        while (s->not_less > s->less + 1)
                if (!probe(s, s->less + (s->not_less - s->less) / 2, &order, error))
                        return FALSE;
        return TRUE;
}

gboolean
pv_crossing_find(PvCompareAt compare, void *data, uint32_t from, uint32_t to, PvCrossing *ret_crossing,
                 GError **error)
{
        Search s = {.compare = compare, .data = data, .sign = 1, .not_less = to, .more = to};
        int at_from, at_to;

        if (!compare(data, from, &at_from, error) || !compare(data, to, &at_to, error))
                return FALSE;
        if (at_to == 0 || (at_from != 0 && (at_from < 0) == (at_to < 0))) {
                *ret_crossing = (PvCrossing){.how = at_to == 0  ? PV_CROSS_SAME
                                                    : at_to < 0 ? PV_CROSS_FIRST
                                                                : PV_CROSS_SECOND,
                                             .n = to};
                return TRUE;
        }
        s.sign = at_to > 0 ? 1 : -1;
        s.less = at_from != 0 ? from : 0;
        if (!find_more(&s, from, error) || (s.less && !find_less(&s, error)))
                return FALSE;
        *ret_crossing = (PvCrossing){PV_CROSS_CROSSES, s.sign < 0, s.less, s.more};
        return TRUE;
}

/* ---- two candidates ---- */

typedef struct Point {
        uint32_t n;
        int order;
        double cost[2];
} Point;

typedef struct Pair {
        PvLoader *loader;
        const PvTarget *target;
        const PvCandidate *candidate[2];
        PvQuestion question;
        gint64 deadline; /* 0: none */
        GArray *points;  /* Point: nothing is asked twice */
} Pair;

static gboolean
fails(const PvCandidate *candidate, const PvSample *sample, GError **error)
{
        if (sample->answer == PV_ANSWER_OK)
                return FALSE;
        g_set_error(error, PV_ERROR,
                    sample->answer == PV_ANSWER_CANNOT || sample->answer == PV_ANSWER_NA ? PV_ERROR_LIMIT
                                                                                         : PV_ERROR_HARNESS,
                    "%s: %s", candidate->name, sample->reason);
        return TRUE;
}

static gboolean
count_exits(Pair *pair, Point *point, GError **error)
{
        for (guint i = 0; i < 2; i++) {
                PvSample sample;
                gboolean failed;

                pv_question_ask(pair->loader, pair->candidate[i], pair->target, pair->question, point->n,
                                &sample);
                failed = fails(pair->candidate[i], &sample, error);
                point->cost[i] = (double) (sample.counts.reads + sample.counts.writes +
                                           sample.counts.strings + sample.counts.platform);
                pv_sample_clear(&sample);
                if (failed)
                        return FALSE;
        }
        point->order = (point->cost[0] > point->cost[1]) - (point->cost[0] < point->cost[1]);
        return TRUE;
}

static gboolean
take_times(Pair *pair, Point *point, GError **error)
{
        PvTiming timing[2] = {{.candidate = pair->candidate[0]}, {.candidate = pair->candidate[1]}};
        gboolean ok = pv_timing_run(pair->loader, pair->target, pair->question, point->n, SECONDS, timing, 2,
                                    error);

        for (guint i = 0; i < 2; i++) {
                ok = ok && !fails(pair->candidate[i], &timing[i].sample, error);
                point->cost[i] = timing[i].times.median;
                pv_timing_clear(&timing[i]);
        }
        point->order = ok ? pv_times_compare(&timing[0].times, &timing[1].times) : 0;
        return ok;
}

static gboolean
point_at(Pair *pair, uint32_t n, gboolean (*measure)(Pair *, Point *, GError **), Point *ret_point,
         GError **error)
{
        Point point = {.n = n};

        for (guint i = 0; i < pair->points->len; i++)
                if (g_array_index(pair->points, Point, i).n == n) {
                        *ret_point = g_array_index(pair->points, Point, i);
                        return TRUE;
                }
        if (!measure(pair, &point, error))
                return FALSE;
        g_array_append_val(pair->points, point);
        *ret_point = point;
        return TRUE;
}

static gboolean
compare_exits(void *data, uint32_t n, int *ret_order, GError **error)
{
        Point point;

        if (!point_at(data, n, count_exits, &point, error))
                return FALSE;
        *ret_order = point.order;
        return TRUE;
}

static gboolean
compare_times(void *data, uint32_t n, int *ret_order, GError **error)
{
        Point point;

        if (!point_at(data, n, take_times, &point, error))
                return FALSE;
        *ret_order = point.order;
        return TRUE;
}

/* ---- records ---- */

static const char *
word_of(const PvCrossing *crossing, const GError *error)
{
        static const char *const words[] = {
                [PV_CROSS_CROSSES] = "crosses",
                [PV_CROSS_FIRST] = "first",
                [PV_CROSS_SECOND] = "second",
                [PV_CROSS_SAME] = "same",
        };

        if (error)
                return g_error_matches(error, PV_ERROR, PV_ERROR_LIMIT) ? "n/a" : "error";
        return words[crossing->how];
}

static void
add_costs(JsonObject *record, const Pair *pair, const PvCrossing *crossing)
{
        guint first = crossing->swapped ? 1 : 0;

        if (crossing->how == PV_CROSS_CROSSES)
                json_object_set_int_member(record, "below", crossing->below);
        json_object_set_int_member(record, "n", crossing->n);
        for (guint i = 0; i < pair->points->len; i++) {
                const Point *point = &g_array_index(pair->points, Point, i);

                if (point->n != crossing->n)
                        continue;
                json_object_set_double_member(record, "first_cost", point->cost[first]);
                json_object_set_double_member(record, "second_cost", point->cost[1 - first]);
        }
}

static void
record_crossing(PvRecorder *recorder, const Pair *pair, const char *measure, const PvCrossing *crossing,
                const GError *error)
{
        JsonObject *record = pv_record_new("crossover");
        guint first = crossing->swapped ? 1 : 0;

        json_object_set_string_member(record, "question", pv_question_name(pair->question));
        json_object_set_string_member(record, "first", pair->candidate[first]->name);
        json_object_set_string_member(record, "second", pair->candidate[1 - first]->name);
        json_object_set_string_member(record, "target", pair->target->name);
        json_object_set_string_member(record, "measure", measure);
        json_object_set_string_member(record, "answer", word_of(crossing, error));
        json_object_set_string_member(record, "reason", error ? error->message : "");
        if (!error)
                add_costs(record, pair, crossing);
        pv_recorder_add(recorder, record);
}

/* What takes too long at the upper end is looked for below half of it. */
static void
find_below(Pair *pair, PvCompareAt compare, uint32_t most, PvCrossing *ret_crossing, GError **error)
{
        g_autoptr(GError) why = NULL;

        while (!pv_crossing_find(compare, pair, LEAST, most, ret_crossing, &why)) {
                if (!pair->deadline || !g_error_matches(why, PV_ERROR, PV_ERROR_LIMIT) ||
                    most / 2 < LEAST_TIMED) {
                        g_propagate_error(error, g_steal_pointer(&why));
                        return;
                }
                g_clear_error(&why);
                most /= 2;
        }
}

static void
cross(Pair *pair, PvCompareAt compare, const char *measure, uint32_t most, PvRecorder *recorder)
{
        g_autoptr(GError) error = NULL;
        PvCrossing crossing = {0};

        g_array_set_size(pair->points, 0);
        if (pair->deadline && g_get_monotonic_time() > pair->deadline)
                g_set_error_literal(&error, PV_ERROR, PV_ERROR_LIMIT,
                                    "those before it left no time for it; name fewer with -c");
        else
                find_below(pair, compare, most, &crossing, &error);
        record_crossing(recorder, pair, measure, &crossing, error);
}

/* ---- which candidates ---- */

static GPtrArray *
parse_rivals(PvLoader *loader, GError **error)
{
        g_autoptr(GPtrArray) candidates = g_ptr_array_new_with_free_func((GDestroyNotify) pv_candidate_free);

        for (guint i = 0; rivals[i]; i++) {
                PvCandidate *candidate = pv_candidate_parse(loader, rivals[i], error);

                if (!candidate)
                        return NULL;
                g_ptr_array_add(candidates, candidate);
        }
        return g_steal_pointer(&candidates);
}

/* What cannot be answered by definition crosses nothing, and is no row. */
static gboolean
both_claim(const Pair *pair)
{
        for (guint i = 0; i < 2; i++)
                if (!pv_question_claimed(pair->question, pair->candidate[i]))
                        return FALSE;
        return TRUE;
}

/* What is compared, and by what. */
typedef struct Plan {
        const PvTarget *target;
        PvCompareAt compare;
        const char *measure;
        const PvQuestion *questions;
        guint n_questions;
        uint32_t most;
        gint64 deadline;
} Plan;

static gboolean
cross_all(PvLoader *loader, GPtrArray *named, const Plan *plan, PvRecorder *recorder, GError **error)
{
        g_autoptr(GPtrArray) candidates = named ? g_ptr_array_ref(named) : parse_rivals(loader, error);
        g_autoptr(GArray) points = g_array_new(FALSE, FALSE, sizeof(Point));

        for (guint q = 0; candidates && q < plan->n_questions && plan->most > LEAST; q++)
                for (guint i = 1; i < candidates->len; i++) {
                        Pair pair = {.loader = loader,
                                     .target = plan->target,
                                     .candidate = {candidates->pdata[0], candidates->pdata[i]},
                                     .question = plan->questions[q],
                                     .deadline = plan->deadline,
                                     .points = points};

                        if (both_claim(&pair))
                                cross(&pair, plan->compare, plan->measure, plan->most, recorder);
                }
        return candidates != NULL;
}

gboolean
pv_crossovers_by_exits(PvLoader *loader, GPtrArray *candidates, uint32_t most, PvRecorder *recorder,
                       GError **error)
{
        static const PvQuestion questions[] = {PV_QUESTION_POSSIBLE, PV_QUESTION_PRESENT, PV_QUESTION_COUNTS,
                                               PV_QUESTION_PLUGGED,  PV_QUESTION_IDS,     PV_QUESTION_EJECT};
        g_autoptr(PvTarget) model = pv_target_parse("model", error);
        const Plan plan = {model, compare_exits, "exits", questions, G_N_ELEMENTS(questions), MIN(most, MOST),
                           0};

        return model && cross_all(loader, candidates, &plan, recorder, error);
}

gboolean
pv_crossovers_by_time(PvLoader *loader, GPtrArray *candidates, const PvTarget *target, uint32_t most,
                      PvRecorder *recorder, GError **error)
{
        static const PvQuestion questions[] = {PV_QUESTION_IDS, PV_QUESTION_POSSIBLE};
        const Plan plan = {target,
                           compare_times,
                           "time",
                           questions,
                           G_N_ELEMENTS(questions),
                           MIN(most, MOST_TIMED),
                           g_get_monotonic_time() + ALL_SECONDS * G_USEC_PER_SEC};

        return cross_all(loader, candidates, &plan, recorder, error);
}
