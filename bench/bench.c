/* SPDX-License-Identifier: MIT */
/* The run of a benchmark: one child process per candidate, target and size, then the speed. */
#include "bench/bench.h"

#include "common/interrupt.h"

#include <stdio.h>
#include <unistd.h>

#include "bench/access.h"
#include "bench/child.h"
#include "bench/cost-check.h"
#include "bench/cost-records.h"
#include "bench/exact.h"
#include "bench/question.h"
#include "bench/speed.h"
#include "bench/timing.h"

#define FOREIGN_MAX 255u /* what a real VMM under TCG takes */
#define EXITS_MAX 4096u  /* where every access is an exit: larger machines take minutes each */
#define SPEED_SECONDS 120u
#define QUESTION_SECONDS 0.5 /* for the times of one question at one size */

static const uint32_t sizes[] = {1, 4, 64, 255, 4096, 65535, PV_CPUS_LIMIT};

/* The whole run. */
typedef struct Bench {
        PvLoader *loader;
        const PvBenchPlan *plan;
        PvRecorder *recorder;
        PvBenchTally tally;
        double peak_mib; /* of the hungriest child at the largest size */
        const char *peak_candidate, *peak_target;
} Bench;

/* What one child does. */
typedef struct Job {
        const Bench *bench;
        const PvCandidate *candidate;
        const PvTarget *target;
        uint32_t n;
} Job;

/* What a child tells: one per sample that it has recorded. */
typedef struct Message {
        guint8 question, answer;
} Message;

static gboolean
is_model(const PvTarget *target)
{
        return target->ops == &pv_target_model;
}

static gboolean
is_theirs(const PvTarget *target)
{
        return target->ops->device == PV_ORIGIN_THEIRS;
}

static gboolean
is_fresh_theirs(const PvTarget *target)
{
        return is_theirs(target) && !target->ops->used;
}

static gboolean
is_kvm(const PvTarget *target)
{
        return target->ops == &pv_target_kvm;
}

static void
show_progress(const char *what, const char *target, uint32_t n)
{
        if (!isatty(STDERR_FILENO))
                return;
        if (n)
                fprintf(stderr, "\r\033[K%s on %s, %u CPUs ", what, target, n);
        else
                fprintf(stderr, "\r\033[K%s", what);
}

static void
add_note(PvRecorder *recorder, const char *what, const char *target, const char *why)
{
        JsonObject *note = pv_record_new("note");
        g_autofree char *text = g_strdup_printf("%s on %s was not measured: %s", what, target, why);

        json_object_set_string_member(note, "text", text);
        pv_recorder_add(recorder, note);
}

/* ---- samples ---- */

static void
ask_all(void *data, int fd)
{
        const Job *job = data;

        for (int q = 0; q < PV_N_QUESTIONS && !pv_child_should_stop(fd); q++) {
                Message message = {.question = (guint8) q};
                PvSample sample;

                pv_question_ask(job->bench->loader, job->candidate, job->target, (PvQuestion) q, job->n,
                                NULL, &sample);
                if (sample.answer == PV_ANSWER_OK && job->target->ops == &pv_target_model && job->bench->plan->cost)
                        pv_question_ask_private(job->bench->loader, job->candidate, job->target, (PvQuestion) q, job->n,
                                                &sample);
                pv_recorder_add(job->bench->recorder, pv_question_record(job->candidate, job->target,
                                                                         (PvQuestion) q, job->n, &sample));
                message.answer = (guint8) sample.answer;
                pv_sample_clear(&sample);
                if (write(fd, &message, sizeof message) != sizeof message)
                        _exit(1);
        }
}

static void
count_answer(PvBenchTally *tally, PvAnswer answer)
{
        tally->samples++;
        tally->wrong += answer == PV_ANSWER_WRONG;
        tally->errors += answer == PV_ANSWER_ERROR;
        tally->blocked += answer == PV_ANSWER_BLOCKED;
}

/* The first question without a sample is where the child went down; those behind it were not reached. */
static void
add_missing(Bench *bench, const Job *job, guint32 recorded, const char *why)
{
        const char *culprit = NULL;

        for (int q = 0; q < PV_N_QUESTIONS; q++) {
                PvSample sample = {.answer = PV_ANSWER_ERROR};

                if (recorded >> q & 1)
                        continue;
                sample.reason = culprit ? g_strdup_printf("not reached: %s %s", culprit, why) : g_strdup(why);
                culprit = culprit ? culprit : pv_question_name((PvQuestion) q);
                pv_recorder_add(bench->recorder, pv_question_record(job->candidate, job->target,
                                                                    (PvQuestion) q, job->n, &sample));
                pv_sample_clear(&sample);
                count_answer(&bench->tally, PV_ANSWER_ERROR);
        }
}

static guint32
collect(Bench *bench, const GByteArray *messages)
{
        guint32 recorded = 0;

        for (guint i = 0; i + sizeof(Message) <= messages->len; i += sizeof(Message)) {
                const guint8 *at = messages->data + i;

                if (at[0] >= PV_N_QUESTIONS || at[1] >= PV_N_ANSWERS)
                        continue;
                recorded |= 1u << at[0];
                count_answer(&bench->tally, (PvAnswer) at[1]);
        }
        return recorded;
}

static void
note_peak(Bench *bench, const Job *job, double mib)
{
        if (job->n != PV_CPUS_LIMIT || mib <= bench->peak_mib)
                return;
        bench->peak_mib = mib;
        bench->peak_candidate = job->candidate->name;
        bench->peak_target = job->target->name;
}

static gboolean
run_job(Bench *bench, Job *job, GError **error)
{
        PvChildEnd end;
        guint32 recorded;

        show_progress(job->candidate->name, job->target->name, job->n);
        if (!pv_child_run(ask_all, job, bench->plan->timeout, &end, error))
                return FALSE;
        recorded = collect(bench, end.messages);
        if (!end.interrupted)
                add_missing(bench, job, recorded, end.why ? end.why : "ended early");
        if (!end.interrupted && !end.why)
                note_peak(bench, job, end.peak_mib);
        pv_child_end_clear(&end);
        return TRUE;
}

static uint32_t
largest_on(const Bench *bench, const PvTarget *target)
{
        uint32_t most = bench->plan->max_n ? bench->plan->max_n : PV_CPUS_LIMIT;

        if (is_theirs(target))
                return MIN(most, FOREIGN_MAX);
        return is_model(target) ? most : MIN(most, EXITS_MAX);
}

static gboolean
run_pair(Bench *bench, const PvCandidate *candidate, const PvTarget *target, GError **error)
{
        uint32_t most = largest_on(bench, target);

        for (size_t i = 0; i < G_N_ELEMENTS(sizes) && sizes[i] <= most && !pv_interrupted(); i++) {
                Job job = {bench, candidate, target, sizes[i]};

                if (!run_job(bench, &job, error))
                        return FALSE;
        }
        return TRUE;
}

static gboolean
run_samples(Bench *bench, GError **error)
{
        const PvBenchPlan *plan = bench->plan;
        PvSpeed peak;

        for (guint t = 0; t < plan->targets->len; t++)
                for (guint c = 0; c < plan->candidates->len; c++)
                        if (!run_pair(bench, plan->candidates->pdata[c], plan->targets->pdata[t], error))
                                return FALSE;
        peak = (PvSpeed){"peak memory at 2^20 CPUs", "MiB",       bench->peak_candidate, bench->peak_target,
                         .value = bench->peak_mib,   .bound = 200};
        if (bench->peak_mib > 0 && !pv_interrupted())
                pv_speed_record(bench->recorder, &peak);
        return TRUE;
}

/* ---- exactness ---- */

static void
compare_accounts(void *data, int fd)
{
        static const uint32_t few[] = {4, 64};
        const Job *job = data;
        const uint32_t most = job->bench->plan->max_n;
        g_autofree char *missing = pv_exits_missing();
        g_autoptr(PvExits) exits = missing ? NULL : pv_exits_open(0, NULL, NULL);

        for (size_t i = 0; i < G_N_ELEMENTS(few) && (!most || few[i] <= most); i++)
                for (int q = 0; q < PV_N_QUESTIONS && !pv_child_should_stop(fd); q++) {
                        guint8 equal = (guint8) pv_exact_ask(job->bench->loader, job->candidate, job->target,
                                                             (PvQuestion) q, few[i], exits, missing,
                                                             job->bench->recorder);

                        if (write(fd, &equal, 1) != 1)
                                _exit(1);
                }
}

static gboolean
run_exactness(Bench *bench, const PvCandidate *candidate, const PvTarget *target, GError **error)
{
        Job job = {bench, candidate, target, 0};
        PvChildEnd end;

        show_progress("exactness", target->name, 0);
        if (!pv_child_run(compare_accounts, &job, bench->plan->timeout, &end, error))
                return FALSE;
        for (guint i = 0; i < end.messages->len; i++)
                bench->tally.wrong += !end.messages->data[i];
        if (end.why)
                add_note(bench->recorder, "exactness", target->name, end.why);
        bench->tally.errors += end.why != NULL;
        pv_child_end_clear(&end);
        return TRUE;
}

/* Only where exits arrive at us can they be counted by three. */
static gboolean
run_all_exactness(Bench *bench, GError **error)
{
        const PvBenchPlan *plan = bench->plan;

        for (guint t = 0; t < plan->targets->len; t++)
                for (guint c = 0; c < plan->candidates->len && !pv_interrupted(); c++) {
                        const PvTarget *target = plan->targets->pdata[t];

                        if (is_kvm(target) &&
                            !run_exactness(bench, plan->candidates->pdata[c], target, error))
                                return FALSE;
                }
        return TRUE;
}

/* ---- times ---- */

/* What one child times: all candidates beside each other. */
typedef struct TimeJob {
        const Bench *bench;
        const PvTarget *target;
        PvQuestion question;
        uint32_t n;
} TimeJob;

static void
record_timings(const TimeJob *job, const PvTiming *timings, guint n, const GError *error, int fd)
{
        guint8 answer = PV_ANSWER_ERROR;

        for (guint i = 0; i < n; i++)
                if (timings[i].sample.answer == PV_ANSWER_OK)
                        pv_recorder_add(job->bench->recorder,
                                        pv_timing_record(job->target, job->question, job->n, &timings[i], error));
        if (g_error_matches(error, PV_ERROR, PV_ERROR_HARNESS) && write(fd, &answer, 1) != 1)
                _exit(1);
}

static void
time_all(void *data, int fd)
{
        const TimeJob *job = data;
        const GPtrArray *candidates = job->bench->plan->candidates;
        g_autofree PvTiming *timings = g_new0(PvTiming, candidates->len);
        g_autoptr(GError) error = NULL;

        for (guint i = 0; i < candidates->len; i++)
                timings[i].candidate = candidates->pdata[i];
        pv_timing_run(job->bench->loader, job->target, job->question, job->n, QUESTION_SECONDS, timings, candidates->len,
                      &error);
        record_timings(job, timings, candidates->len, error, fd);
        for (guint i = 0; i < candidates->len; i++)
                pv_timing_clear(&timings[i]);
}

static gboolean
run_time_job(Bench *bench, TimeJob *job, GError **error)
{
        g_autofree char *what = g_strdup_printf("the time of %s at %u CPUs", pv_question_name(job->question), job->n);
        PvChildEnd end;

        show_progress(what, job->target->name, job->n);
        if (!pv_child_run(time_all, job, bench->plan->timeout, &end, error))
                return FALSE;
        if (end.why)
                add_note(bench->recorder, what, job->target->name, end.why);
        bench->tally.errors += end.why || end.messages->len;
        pv_child_end_clear(&end);
        return TRUE;
}

/* A machine of one CPU has no events, and a program that is attached to cannot have candidates in turns. */
static gboolean
run_times_on(Bench *bench, const PvTarget *target, GError **error)
{
        uint32_t most = largest_on(bench, target);

        for (size_t i = 1; i < G_N_ELEMENTS(sizes) && sizes[i] <= most && !target->ops->addressed; i++)
                for (int q = 0; q < PV_N_QUESTIONS && !pv_interrupted(); q++) {
                        TimeJob job = {bench, target, (PvQuestion) q, sizes[i]};

                        if (!run_time_job(bench, &job, error))
                                return FALSE;
                }
        return TRUE;
}

static gboolean
run_times(Bench *bench, GError **error)
{
        for (guint t = 0; t < bench->plan->targets->len; t++)
                if (!run_times_on(bench, bench->plan->targets->pdata[t], error))
                        return FALSE;
        return TRUE;
}

/* ---- cost model: of the counts that were just recorded ---- */

static gboolean
run_costs(Bench *bench, GError **error)
{
        const PvCostModel *cost = bench->plan->cost;
        g_autoptr(GPtrArray) records = NULL;

        if (!cost || pv_interrupted())
                return TRUE;
        records = pv_record_read(pv_recorder_path(bench->recorder), error);
        if (records)
                pv_cost_record(cost, records, bench->recorder);
        if (records)
                pv_cost_check(records, bench->recorder);
        return records != NULL;
}

/* ---- speed ---- */

typedef gboolean (*Speed)(PvLoader *, const PvTarget *, PvRecorder *, GError **);

typedef struct SpeedJob {
        const Bench *bench;
        const PvTarget *target; /* NULL: the ladder, on all of them */
        Speed speed;
} SpeedJob;

static gboolean
run_speed_of(const SpeedJob *job, GError **error)
{
        const Bench *bench = job->bench;

        return job->target ? job->speed(bench->loader, job->target, bench->recorder, error)
                           : pv_access_ladder(bench->loader, bench->plan->targets, bench->recorder, error);
}

static const char *
name_of(const SpeedJob *job)
{
        return job->target ? job->target->name : "the ladder";
}

/* Says nothing when all went well, else what kind of trouble it was. */
static void
measure(void *data, int fd)
{
        const SpeedJob *job = data;
        g_autoptr(GError) error = NULL;
        guint8 answer;

        if (run_speed_of(job, &error))
                return;
        add_note(job->bench->recorder, "speed", name_of(job), error->message);
        if (g_error_matches(error, PV_ERROR, PV_ERROR_LIMIT))
                return;
        answer = g_error_matches(error, PV_ERROR, PV_ERROR_BLOCKED) ? PV_ANSWER_BLOCKED : PV_ANSWER_ERROR;
        if (write(fd, &answer, 1) != 1)
                _exit(1);
}

static gboolean
run_speed_job(Bench *bench, const PvTarget *target, Speed speed, GError **error)
{
        SpeedJob job = {bench, target, speed};
        PvChildEnd end;

        if (pv_interrupted())
                return TRUE;
        if (!pv_child_run(measure, &job, MAX(bench->plan->timeout, SPEED_SECONDS), &end, error))
                return FALSE;
        if (end.why)
                add_note(bench->recorder, "speed", name_of(&job), end.why);
        bench->tally.blocked += end.messages->len && end.messages->data[0] == PV_ANSWER_BLOCKED;
        bench->tally.errors += end.why || (end.messages->len && end.messages->data[0] == PV_ANSWER_ERROR);
        pv_child_end_clear(&end);
        return TRUE;
}

static const struct {
        gboolean (*where)(const PvTarget *target);
        Speed speed;
} speeds[] = {
        {is_model, pv_speed_access}, {is_model, pv_speed_ids}, {is_model, pv_speed_list},   {is_fresh_theirs, pv_speed_qtest},
        {is_kvm, pv_speed_kvm},      {is_kvm, pv_access_bytes}, {is_kvm, pv_access_writes},
};

static gboolean
run_speed(Bench *bench, GError **error)
{
        GPtrArray *targets = bench->plan->targets;

        for (guint t = 0; t < targets->len; t++) {
                const PvTarget *target = targets->pdata[t];

                show_progress("speed", target->name, 0);
                for (size_t i = 0; i < G_N_ELEMENTS(speeds); i++)
                        if (speeds[i].where(target) && !run_speed_job(bench, target, speeds[i].speed, error))
                                return FALSE;
        }
        return run_speed_job(bench, NULL, NULL, error);
}

gboolean
pv_bench_run(PvLoader *loader, const PvBenchPlan *plan, PvRecorder *recorder, PvBenchTally *ret_tally,
             GError **error)
{
        Bench bench = {.loader = loader, .plan = plan, .recorder = recorder};
        gboolean ok;

        pv_interrupt_catch();
        ok = run_samples(&bench, error) && run_all_exactness(&bench, error) &&
             (!plan->speed || (run_times(&bench, error) && run_speed(&bench, error))) && run_costs(&bench, error);
        bench.tally.interrupted = pv_interrupted();
        pv_interrupt_release();
        show_progress("", NULL, 0);
        if (ok)
                *ret_tally = bench.tally;
        return ok;
}
