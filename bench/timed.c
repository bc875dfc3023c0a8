/* SPDX-License-Identifier: MIT */
/* Everything that is timed, and the crossovers: one child process for each figure or table. */
#include "bench/access.h"
#include "bench/child.h"
#include "bench/crossover.h"
#include "bench/exits-cost.h"
#include "bench/run.h"
#include "bench/speed.h"
#include "bench/timing.h"
#include "common/interrupt.h"

#include <unistd.h>

#define SPEED_SECONDS 240u   /* for what is not one question */
#define QUESTION_SECONDS 0.5 /* for the times of one question at one size */
#define TIMED_MAX 255u       /* CPUs, where an access takes microseconds */

typedef struct Task Task;

/* What one child does. */
struct Task {
        PvBench *bench;
        const char *name;
        gboolean (*run)(const Task *task, GError **error);
        const PvTarget *target; /* NULL: it is not about one */
        guint seconds;          /* that it may take */

        /* run_plain() */
        gboolean (*plain)(PvLoader *loader, const PvTarget *target, PvRecorder *recorder, GError **error);

        /* time_question() */
        PvQuestion question;
        uint32_t n;
};

/* ---- targets ---- */

static gboolean
is_model(const PvTarget *target)
{
        return target->ops == &pv_target_model;
}

static gboolean
is_kvm(const PvTarget *target)
{
        return target->ops == &pv_target_kvm;
}

/* A guest in somebody's VMM. */
static gboolean
is_far(const PvTarget *target)
{
        return target->ops->consumer && target->ops->device == PV_ORIGIN_THEIRS;
}

static gboolean
is_theirs(const PvTarget *target)
{
        return target->ops->device == PV_ORIGIN_THEIRS && !target->ops->used;
}

/* ---- a child ---- */

/* Says nothing when all went well, or cannot go at all; else what kind of trouble it was. */
static void
carry_out(void *data, int fd)
{
        const Task *task = data;
        g_autoptr(GError) error = NULL;
        guint8 answer;

        if (task->run(task, &error))
                return;
        pv_bench_note(task->bench->recorder, task->name, task->target ? task->target->name : "all targets",
                      error->message);
        if (g_error_matches(error, PV_ERROR, PV_ERROR_LIMIT))
                return;
        answer = g_error_matches(error, PV_ERROR, PV_ERROR_BLOCKED) ? PV_ANSWER_BLOCKED : PV_ANSWER_ERROR;
        if (write(fd, &answer, 1) != 1)
                _exit(1);
}

static gboolean
run_task(Task *task, GError **error)
{
        PvBench *bench = task->bench;
        const char *on = task->target ? task->target->name : "all targets";
        PvChildEnd end;

        if (pv_interrupted())
                return TRUE;
        pv_bench_progress(task->name, on, task->n);
        if (!pv_child_run(carry_out, task, task->seconds, &end, error))
                return FALSE;
        if (end.why)
                pv_bench_note(bench->recorder, task->name, on, end.why);
        bench->tally.blocked += end.messages->len && end.messages->data[0] == PV_ANSWER_BLOCKED;
        bench->tally.errors += end.why || (end.messages->len && end.messages->data[0] == PV_ANSWER_ERROR);
        pv_child_end_clear(&end);
        return TRUE;
}

/* ---- the questions: all candidates beside each other ---- */

static gboolean
time_question(const Task *task, GError **error)
{
        const GPtrArray *candidates = task->bench->plan->candidates;
        g_autofree PvTiming *timings = g_new0(PvTiming, candidates->len);
        g_autoptr(GError) why = NULL;

        for (guint i = 0; i < candidates->len; i++)
                timings[i].candidate = candidates->pdata[i];
        pv_timing_run(task->bench->loader, task->target, task->question, task->n, QUESTION_SECONDS, timings,
                      candidates->len, &why);
        for (guint i = 0; i < candidates->len; i++) {
                if (timings[i].sample.answer == PV_ANSWER_OK)
                        pv_recorder_add(task->bench->recorder, pv_timing_record(task->target, task->question,
                                                                                task->n, &timings[i], why));
                pv_timing_clear(&timings[i]);
        }
        if (!why || g_error_matches(why, PV_ERROR, PV_ERROR_LIMIT)) /* which the records say */
                return TRUE;
        g_propagate_error(error, g_steal_pointer(&why));
        return FALSE;
}

/* One CPU has no events; a program that is attached to, one connection at a time, cannot have candidates in
 * turns. */
static gboolean
time_questions(PvBench *bench, const PvTarget *target, GError **error)
{
        uint32_t most = MIN(pv_bench_largest(bench, target), is_model(target) ? PV_CPUS_LIMIT : TIMED_MAX);

        if (is_far(target)) {
                pv_bench_note(bench->recorder, "how long questions take", target->name,
                              "each travels by a serial line, which takes longer than the accesses that it "
                              "asks for");
                return TRUE;
        }
        for (size_t i = 1; i < PV_BENCH_SIZES && pv_bench_sizes[i] <= most && !target->ops->addressed; i++)
                for (int q = 0; q < PV_N_QUESTIONS; q++) {
                        g_autofree char *name =
                                g_strdup_printf("the time of %s", pv_question_name((PvQuestion) q));
                        Task task = {bench,
                                     name,
                                     time_question,
                                     target,
                                     bench->plan->timeout,
                                     .question = (PvQuestion) q,
                                     .n = pv_bench_sizes[i]};

                        if (!run_task(&task, error))
                                return FALSE;
                }
        return TRUE;
}

/* ---- what is not about all candidates ---- */

static gboolean
run_plain(const Task *task, GError **error)
{
        return task->plain(task->bench->loader, task->target, task->bench->recorder, error);
}

static gboolean
cross_by_exits(const Task *task, GError **error)
{
        const PvBenchPlan *plan = task->bench->plan;

        return pv_crossovers_by_exits(task->bench->loader, plan->named ? plan->candidates : NULL,
                                      plan->max_n ? plan->max_n : PV_CPUS_LIMIT, task->bench->recorder,
                                      error);
}

static gboolean
cross_by_time(const Task *task, GError **error)
{
        const PvBenchPlan *plan = task->bench->plan;

        return pv_crossovers_by_time(task->bench->loader, plan->named ? plan->candidates : NULL, task->target,
                                     pv_bench_largest(task->bench, task->target), task->bench->recorder,
                                     error);
}

static gboolean
climb(const Task *task, GError **error)
{
        return pv_access_ladder(task->bench->loader, task->bench->plan->targets, task->bench->recorder,
                                error);
}

static gboolean
time_target(PvBench *bench, const PvTarget *target, GError **error)
{
        const struct {
                gboolean (*where)(const PvTarget *target);
                Task task;
        } all[] = {
                {is_model, {.name = "one access", .run = run_plain, .plain = pv_speed_access}},
                {is_model, {.name = "all APIC IDs", .run = run_plain, .plain = pv_speed_ids}},
                {is_model, {.name = "a page of memory", .run = run_plain, .plain = pv_speed_memory}},
                {is_model, {.name = "a whole process", .run = run_plain, .plain = pv_speed_list}},
                {is_theirs, {.name = "one qtest access", .run = run_plain, .plain = pv_speed_qtest}},
                {is_kvm, {.name = "one exit", .run = run_plain, .plain = pv_speed_kvm}},
                {is_kvm, {.name = "bytes", .run = run_plain, .plain = pv_access_bytes}},
                {is_kvm, {.name = "writes", .run = run_plain, .plain = pv_access_writes}},
                {is_kvm, {.name = "counted exits", .run = run_plain, .plain = pv_exits_cost}},
                {is_kvm, {.name = "crossovers by time", .run = cross_by_time}},
        };

        for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
                Task task = all[i].task;

                task.bench = bench;
                task.target = target;
                task.seconds = MAX(bench->plan->timeout, SPEED_SECONDS);
                if (all[i].where(target) && !run_task(&task, error))
                        return FALSE;
        }
        return TRUE;
}

gboolean
pv_bench_times(PvBench *bench, GError **error)
{
        const PvBenchPlan *plan = bench->plan;
        Task ladder = {bench, "the ladder", climb, NULL, SPEED_SECONDS, NULL, 0, 0};
        Task exits = {bench, "crossovers by exits", cross_by_exits, NULL, SPEED_SECONDS, NULL, 0, 0};

        if (!run_task(&exits, error))
                return FALSE;
        for (guint t = 0; plan->speed && t < plan->targets->len; t++)
                if (!time_questions(bench, plan->targets->pdata[t], error) ||
                    !time_target(bench, plan->targets->pdata[t], error))
                        return FALSE;
        return !plan->speed || plan->targets->len == 0 || run_task(&ladder, error);
}
