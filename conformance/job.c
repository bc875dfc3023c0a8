/* SPDX-License-Identifier: MIT */
/* From a plan to jobs, and from what they recorded to what is missing. */
#include "conformance/job.h"

#include <string.h>

#include "conformance/baseline.h"

const char *
pv_job_id(const PvJob *job)
{
        return job->probe ? job->probe->probe->id : job->entry->check->id;
}

PvCell
pv_job_cell(const PvJob *job, size_t i)
{
        size_t n;
        PvCell cell = pv_check_cells(job->entry->check, &n)[i];

        if (job->smp && job->entry->check->any_smp && !cell.smp && !cell.plugged)
                cell.smp = job->smp;
        return cell;
}

size_t
pv_job_n_cells(const PvJob *job)
{
        size_t n;

        if (!job->entry)
                return 1;
        pv_check_cells(job->entry->check, &n);
        return n;
}

/* The verdict record, which says what attempt it is of unless it is the first. */
JsonObject *
pv_job_record(const PvJob *job, const PvCell *cell, const PvResult *result)
{
        JsonObject *record = pv_suite_record(&job->run, job->entry, cell, result);

        if (job->attempt > 1)
                json_object_set_int_member(record, "attempt", job->attempt);
        pv_baseline_mark(job->known, record);
        return record;
}

/* ---- before a run ---- */

/* By name, so that a shard does not depend on what else is run. */
static gboolean
in_shard(const PvPlan *plan, const PvJob *job)
{
        g_autofree char *name = g_strjoin("\n", job->run.candidate->name, job->run.target->name,
                                          pv_job_id(job), NULL);

        return plan->shards == 0 || g_str_hash(name) % plan->shards == plan->shard - 1;
}

/* Records what needs no device; TRUE when that was all. */
static gboolean
settle(const PvPlan *plan, const PvJob *job, PvRecorder *recorder)
{
        PvResult result = {0};
        gboolean settled = pv_suite_settled(&job->run, job->entry, &result);

        if (!settled && plan->blocked) {
                result = (PvResult){.verdict = PV_BLOCKED, .reason = g_strdup(plan->blocked)};
                settled = TRUE;
        }
        if (settled)
                pv_recorder_add(recorder, pv_suite_record(&job->run, job->entry, &(PvCell){0}, &result));
        pv_result_clear(&result);
        return settled;
}

static void
collect_checks(const PvPlan *plan, PvJob job, GArray *suite, PvRecorder *recorder, GArray *jobs)
{
        for (guint i = 0; i < suite->len; i++) {
                job.entry = &g_array_index(suite, PvSuiteEntry, i);
                if (pv_suite_selects(plan->globs, job.entry->check->id) &&
                    job.entry->check->level <= plan->level && in_shard(plan, &job) &&
                    !settle(plan, &job, recorder))
                        g_array_append_val(jobs, job);
        }
}

/* Candidates that differ only in their consumer have one machine, and it is probed once. */
static gboolean
is_probed(const PvPlan *plan, const PvJob *job)
{
        for (guint c = 0; c < job->candidate; c++) {
                const PvCandidate *before = plan->candidates->pdata[c];

                if (!strcmp(before->machine.name, job->run.candidate->machine.name))
                        return TRUE;
        }
        return FALSE;
}

static void
collect_probes(const PvPlan *plan, PvJob job, GArray *probes, GArray *jobs)
{
        if (plan->blocked || is_probed(plan, &job))
                return;
        for (guint i = 0; i < probes->len; i++) {
                job.probe = &g_array_index(probes, PvProbeEntry, i);
                if (pv_suite_selects(plan->globs, job.probe->probe->id) && in_shard(plan, &job))
                        g_array_append_val(jobs, job);
        }
}

/* What jobs point to is added to `kept`. */
void
pv_jobs_collect(PvLoader *loader, const PvPlan *plan, PvRecorder *recorder, GPtrArray *kept, GArray *jobs)
{
        for (guint c = 0; c < plan->candidates->len; c++) {
                PvCandidate *candidate = plan->candidates->pdata[c];
                PvJob job = {.run = {.loader = loader, .candidate = candidate, .target = plan->target},
                           .candidate = c, .smp = plan->smp, .attempt = 1, .known = plan->known};
                GArray *suite = pv_suite_of(candidate), *probes = pv_probes_of(candidate);

                g_ptr_array_add(kept, suite);
                g_ptr_array_add(kept, probes);
                collect_checks(plan, job, suite, recorder, jobs);
                collect_probes(plan, job, probes, jobs);
        }
}

/* ---- after it ---- */

static char *
key_of(const char *candidate, const char *target, const char *id, const char *cell)
{
        return g_strjoin("\n", candidate, target, id, cell, NULL);
}

/* What was recorded of one attempt, by key. */
static GHashTable *
index_records(GPtrArray *records, guint attempt)
{
        GHashTable *index = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

        for (guint i = 0; i < records->len; i++) {
                JsonObject *r = records->pdata[i];
                const char *kind = pv_record_string(r, "record");
                gboolean is_probe = !strcmp(kind, "unspecified");

                if ((is_probe || !strcmp(kind, "verdict")) && MAX(1, pv_record_int(r, "attempt")) == attempt)
                        g_hash_table_insert(index,
                                            key_of(pv_record_string(r, "candidate"),
                                                   pv_record_string(r, "target"),
                                                   pv_record_string(r, is_probe ? "probe" : "check"),
                                                   pv_record_string(r, "cell")),
                                            r);
        }
        return index;
}

/* NULL when nothing was recorded of it. cell: NULL for a probe. */
static JsonObject *
recorded(GHashTable *index, const PvJob *job, const PvCell *cell)
{
        g_autofree char *name = cell ? pv_cell_name(cell) : g_strdup("");
        g_autofree char *key = key_of(job->run.candidate->name, job->run.target->name,
                                      pv_job_id(job), name);

        return g_hash_table_lookup(index, key);
}

/*
 * The first cell without a verdict is where the process went down, unless the one before it ran out of time
 * and ended the process itself; those after it were not reached.
 */
static void
add_missing_cells(const PvJob *job, GHashTable *index, PvRecorder *recorder)
{
        gboolean down = FALSE;

        for (size_t i = 0; i < pv_job_n_cells(job); i++) {
                PvCell cell = pv_job_cell(job, i);
                JsonObject *verdict = recorded(index, job, &cell);
                PvResult result = {.verdict = down ? PV_NA : PV_FAIL,
                                   .failure = down ? PV_FAILURE_NONE : PV_FAILURE_CRASHED};

                if (verdict) {
                        down |= !strcmp(pv_record_string(verdict, "failure"),
                                        pv_failure_word(PV_FAILURE_WEDGED));
                        continue;
                }
                result.reason = g_strdup(down ? "not reached: an earlier cell ended the process"
                                              : "the process went down: run this check alone to see why");
                down = TRUE;
                pv_recorder_add(recorder, pv_job_record(job, &cell, &result));
                pv_result_clear(&result);
        }
}

static void
add_missing(const PvJob *job, GHashTable *index, PvRecorder *recorder)
{
        if (!job->probe)
                add_missing_cells(job, index, recorder);
        else if (!recorded(index, job, NULL))
                pv_recorder_add(recorder,
                                pv_probe_unanswered(&job->run, job->probe, "the process went down"));
}

/* Did a cell of this check fail, end in an error, or leave nothing? */
static gboolean
went_wrong(const PvJob *job, GHashTable *index)
{
        for (size_t i = 0; !job->probe && i < pv_job_n_cells(job); i++) {
                PvCell cell = pv_job_cell(job, i);
                JsonObject *verdict = recorded(index, job, &cell);
                const char *word = verdict ? pv_record_string(verdict, "verdict") : pv_verdict_word(PV_FAIL);

                if (!strcmp(word, pv_verdict_word(PV_FAIL)) || !strcmp(word, pv_verdict_word(PV_BROKEN)))
                        return TRUE;
        }
        return FALSE;
}

/* Gives each cell of this attempt its verdict, and leaves in jobs those for another attempt. */
gboolean
pv_jobs_complete(GArray *jobs, guint attempt, PvRecorder *recorder, GError **error)
{
        g_autoptr(GPtrArray) records = pv_record_read(pv_recorder_path(recorder), error);
        g_autoptr(GHashTable) index = records ? index_records(records, attempt) : NULL;

        for (guint i = jobs->len; index && i-- > 0 && !pv_recorder_failed(recorder);) {
                PvJob *job = &g_array_index(jobs, PvJob, i);

                add_missing(job, index, recorder);
                job->attempt = attempt + 1;
                if (!went_wrong(job, index))
                        g_array_remove_index(jobs, i);
        }
        return index != NULL;
}
