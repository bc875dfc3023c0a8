/* SPDX-License-Identifier: MIT */
/* The run of a benchmark: one child process per candidate, target and size, then the speed. */
#include "bench/bench.h"

#include "common/interrupt.h"

#include <stdio.h>
#include <unistd.h>

#include "bench/child.h"
#include "bench/cost-check.h"
#include "bench/cost-records.h"
#include "bench/exact.h"
#include "bench/question.h"
#include "bench/run.h"
#include "bench/speed.h"

/* What one child does. */
typedef struct Job {
        const PvBench *bench;
        const PvCandidate *candidate;
        const PvTarget *target;
        uint32_t n;
} Job;

/* What a child tells: one per sample that it has recorded. */
typedef struct Message {
        guint8 question, answer;
} Message;

/* ---- samples ---- */

static void
ask_all(void *data, int fd)
{
        const Job *job = data;

        for (int q = 0; q < PV_N_QUESTIONS && !pv_child_should_stop(fd); q++) {
                Message message = {.question = (guint8) q};
                PvSample sample;

                pv_question_ask(job->bench->loader, job->candidate, job->target, (PvQuestion) q, job->n,
                                &sample);
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
add_missing(PvBench *bench, const Job *job, guint32 recorded, const char *why)
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
collect(PvBench *bench, const GByteArray *messages)
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
note_peak(PvBench *bench, const Job *job, double mib)
{
        if (job->n != PV_CPUS_LIMIT || mib <= bench->peak_mib)
                return;
        bench->peak_mib = mib;
        bench->peak_candidate = job->candidate->name;
        bench->peak_target = job->target->name;
}

static gboolean
run_job(PvBench *bench, Job *job, GError **error)
{
        PvChildEnd end;
        guint32 recorded;

        pv_bench_progress(job->candidate->name, job->target->name, job->n);
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

/* Where a target ends before the model does, the reader is told. */
static void
note_largest(PvBench *bench, const PvTarget *target)
{
        uint32_t most = pv_bench_largest(bench, target);
        g_autofree char *what = g_strdup_printf("what questions cost at more than %u CPUs", most);

        if (target->ops == &pv_target_kvm && most < (bench->plan->max_n ? bench->plan->max_n : PV_CPUS_LIMIT))
                pv_bench_note(bench->recorder, what, target->name,
                              "every access is an exit there; the model counts the same accesses");
}

static gboolean
run_pair(PvBench *bench, const PvCandidate *candidate, const PvTarget *target, GError **error)
{
        uint32_t most = pv_bench_largest(bench, target);

        for (size_t i = 0; i < PV_BENCH_SIZES && pv_bench_sizes[i] <= most && !pv_interrupted(); i++) {
                Job job = {bench, candidate, target, pv_bench_sizes[i]};

                if (!run_job(bench, &job, error))
                        return FALSE;
        }
        return TRUE;
}

/* Experimental candidates that nobody named are counted on the model alone. */
static gboolean
is_asked(const PvBench *bench, const PvCandidate *candidate, const PvTarget *target)
{
        return target->ops == &pv_target_model || bench->plan->named || !pv_candidate_is_experimental(candidate);
}

static gboolean
run_samples(PvBench *bench, GError **error)
{
        const PvBenchPlan *plan = bench->plan;
        PvSpeed peak;

        for (guint t = 0; t < plan->targets->len; t++) {
                note_largest(bench, plan->targets->pdata[t]);
                for (guint c = 0; c < plan->candidates->len; c++)
                        if (is_asked(bench, plan->candidates->pdata[c], plan->targets->pdata[t]) &&
                            !run_pair(bench, plan->candidates->pdata[c], plan->targets->pdata[t], error))
                                return FALSE;
        }
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
run_exactness(PvBench *bench, const PvCandidate *candidate, const PvTarget *target, GError **error)
{
        Job job = {bench, candidate, target, 0};
        PvChildEnd end;

        pv_bench_progress("exactness", target->name, 0);
        if (!pv_child_run(compare_accounts, &job, bench->plan->timeout, &end, error))
                return FALSE;
        for (guint i = 0; i < end.messages->len; i++)
                bench->tally.wrong += !end.messages->data[i];
        if (end.why)
                pv_bench_note(bench->recorder, "exactness", target->name, end.why);
        bench->tally.errors += end.why != NULL;
        pv_child_end_clear(&end);
        return TRUE;
}

/* Only where exits arrive at us can they be counted by three. */
static gboolean
run_all_exactness(PvBench *bench, GError **error)
{
        const PvBenchPlan *plan = bench->plan;

        for (guint t = 0; t < plan->targets->len; t++)
                for (guint c = 0; c < plan->candidates->len && !pv_interrupted(); c++) {
                        const PvTarget *target = plan->targets->pdata[t];

                        if (target->ops == &pv_target_kvm &&
                            is_asked(bench, plan->candidates->pdata[c], target) &&
                            !run_exactness(bench, plan->candidates->pdata[c], target, error))
                                return FALSE;
                }
        return TRUE;
}

/* ---- cost model: of the counts that were just recorded ---- */

static gboolean
run_costs(PvBench *bench, GError **error)
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

/* ---- all ---- */

gboolean
pv_bench_run(PvLoader *loader, const PvBenchPlan *plan, PvRecorder *recorder, PvBenchTally *ret_tally,
             GError **error)
{
        PvBench bench = {.loader = loader, .plan = plan, .recorder = recorder};
        gboolean ok;

        pv_interrupt_catch();
        ok = run_samples(&bench, error) && run_all_exactness(&bench, error) &&
             pv_bench_times(&bench, error) && run_costs(&bench, error);
        bench.tally.interrupted = pv_interrupted();
        pv_interrupt_release();
        pv_bench_progress("", NULL, 0);
        if (ok)
                *ret_tally = bench.tally;
        return ok;
}
