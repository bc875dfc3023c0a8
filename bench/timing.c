/* SPDX-License-Identifier: MIT */
/* Askings with a watch. */
#include "bench/timing.h"

#include "common/error.h"
#include "common/guest-bus.h"

#define TURN_NS 20000.0 /* shorter askings are repeated: the clock itself takes some 20 ns */
#define REPEATS_MAX 1000u
#define WARM_NS 2e6 /* the first accesses of a machine are several times as slow as the others */
#define WARM_MAX 20u

/* A candidate while it is timed. */
typedef struct Contender {
        PvLoader *loader;
        const PvTarget *target;
        PvQuestion question;
        uint32_t n;
        PvTiming *timing;
        PvAsking *asking;
        guint repeats;
} Contender;

/* NULL: consumers run in this process. */
static PvGuestBus *
guest_of(const Contender *c)
{
        return c->target->ops->consumer ? (PvGuestBus *) pv_asking_session(c->asking)->bus : NULL;
}

/* A machine in the state for one asking; one that was asked will do, unless that used it up. */
static gboolean
be_ready(Contender *c)
{
        PvSample *sample = &c->timing->sample;
        double start = pv_now_ns();
        PvSession *session;

        if (c->asking && !pv_asking_uses_up(c->asking))
                return TRUE;
        g_clear_pointer(&c->asking, pv_asking_free);
        pv_sample_clear(sample);
        c->asking =
                pv_asking_new(c->loader, c->timing->candidate, c->target, c->question, c->n, TRUE, sample);
        if (!c->asking)
                return FALSE;
        session = pv_asking_session(c->asking);
        for (guint i = 0; i < WARM_MAX && (i == 0 || pv_now_ns() - start < WARM_NS); i++)
                if (session->consumer->detect(session->consumer_state) < 0)
                        return FALSE;
        return TRUE;
}

static double
time_askings(Contender *c)
{
        double start = pv_now_ns();

        for (guint i = 0; i < c->repeats; i++)
                pv_asking_act(c->asking);
        return pv_now_ns() - start;
}

static void
choose_repeats(Contender *c, double ns)
{
        if (!pv_asking_uses_up(c->asking))
                c->repeats = (guint) CLAMP(TURN_NS / ns, 1.0, (double) REPEATS_MAX);
}

/* A turn of the contest. An answer that is not right is no time. */
static double
ask(void *data)
{
        Contender *c = data;
        guint64 before;
        double ns;

        if (!be_ready(c))
                return -1;
        before = guest_of(c) ? guest_of(c)->commands : 0;
        ns = time_askings(c);
        if (guest_of(c))
                c->timing->commands = (guint) (guest_of(c)->commands - before) / c->repeats;
        pv_asking_judge(c->asking, &c->timing->sample);
        if (c->timing->sample.answer != PV_ANSWER_OK)
                return -1;
        ns /= c->repeats;
        if (c->repeats == 1)
                choose_repeats(c, ns);
        return ns;
}

/* What the clock and the commands to a guest take alone. */
static double
ask_nothing(void *data)
{
        const PvGuestAccess none = {.width = 1};
        Contender *c = data;
        guint commands = c->repeats * c->timing->commands;
        uint32_t value = 0;
        double start = pv_now_ns();

        for (guint i = 0; i < commands; i++)
                if (pv_guest_repeat(guest_of(c), &none, 0, &value))
                        return -1;
        return (pv_now_ns() - start) / c->repeats;
}

static void
settle(PvTiming *timing, const PvTimes *asking, const PvTimes *nothing)
{
        timing->overhead = nothing->median;
        timing->times = pv_times_less(asking, nothing->median);
}

/* Whether it can be asked at all is found before the contest, which is among those that can. */
static guint
enter(Contender *contenders, guint n, PvContestant *ret_contestants)
{
        guint entered = 0;

        for (guint i = 0; i < n; i++) {
                if (ask(&contenders[i]) < 0)
                        continue;
                ret_contestants[entered++] = (PvContestant){.turn = ask, .data = &contenders[i]};
                ret_contestants[entered++] = (PvContestant){.turn = ask_nothing, .data = &contenders[i]};
        }
        return entered;
}

gboolean
pv_timing_run(PvLoader *loader, const PvTarget *target, PvQuestion question, uint32_t n, double seconds,
              PvTiming *timings, guint n_timings, GError **error)
{
        g_autofree Contender *contenders = g_new0(Contender, n_timings);
        g_autofree PvContestant *contestants = g_new0(PvContestant, 2 * n_timings);
        guint entered;
        gboolean ok;

        for (guint i = 0; i < n_timings; i++)
                contenders[i] = (Contender){loader, target, question, n, &timings[i], NULL, 1};
        entered = enter(contenders, n_timings, contestants);
        ok = !entered || pv_contest_run(contestants, entered, seconds, error);
        for (guint i = 0; ok && i < entered; i += 2)
                settle(((Contender *) contestants[i].data)->timing, &contestants[i].times,
                       &contestants[i + 1].times);
        for (guint i = 0; i < n_timings; i++)
                g_clear_pointer(&contenders[i].asking, pv_asking_free);
        return ok;
}

void
pv_timing_clear(PvTiming *timing)
{
        pv_sample_clear(&timing->sample);
}

/* The commands that drown what they carry leave no time to speak of. */
static gboolean
is_drowned(const PvTiming *timing)
{
        return timing->times.low <= 0 || timing->overhead > timing->times.median;
}

JsonObject *
pv_timing_record(const PvTarget *target, PvQuestion question, uint32_t n, const PvTiming *timing,
                 const GError *error)
{
        JsonObject *record = pv_record_new("time");
        gboolean drowned = !error && is_drowned(timing),
                 limit = g_error_matches(error, PV_ERROR, PV_ERROR_LIMIT);

        json_object_set_string_member(record, "candidate", timing->candidate->name);
        json_object_set_string_member(record, "target", target->name);
        json_object_set_string_member(record, "question", pv_question_name(question));
        json_object_set_int_member(record, "n", n);
        json_object_set_string_member(record, "answer", drowned || limit ? "n/a" : error ? "error" : "ok");
        json_object_set_string_member(record, "reason",
                                      error ? error->message
                                      : drowned
                                              ? "what carries the question to the guest takes longer than it"
                                              : "");
        json_object_set_int_member(record, "commands", timing->commands);
        json_object_set_double_member(record, "overhead", timing->overhead);
        if (!error && !drowned)
                pv_record_set_times(record, &timing->times);
        return record;
}
