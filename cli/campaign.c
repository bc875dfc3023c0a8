/* SPDX-License-Identifier: MIT */
/* What check, bench and compare have in common. */
#include "cli/campaign.h"

#include <stdio.h>

#include "bench/bench.h"
#include "cli/derive.h"
#include "cli/folder.h"
#include "cli/header.h"
#include "cli/hostile.h"
#include "cli/ledger.h"
#include "cli/legs.h"
#include "cli/limits.h"
#include "cli/outcome.h"
#include "cli/profile.h"
#include "cli/records.h"
#include "common/error.h"
#include "common/interrupt.h"
#include "common/record.h"
#include "common/scratch.h"
#include "common/smp.h"
#include "common/target.h"
#include "conformance/baseline.h"
#include "conformance/probe.h"
#include "conformance/requirement.h"
#include "conformance/runner.h"
#include "conformance/suite.h"
#include "reports/report.h"

typedef struct Run {
        const PvCampaign *campaign;
        const PvOptions *options;
        PvLoader *loader;
        PvLegs legs;
        PvFolder folder;
        char *scratch; /* every temporary file of this run and its children */
        char **known; /* failures of the baseline */
        GPtrArray *old; /* all its records */
        GArray *limits; /* PvDiffLimit, on what changed since */
        PvCostModel *cost;
        char *no_cost; /* why there is none that is shipped */
        gboolean interrupted, broken;
} Run;

static void
run_clear(Run *run)
{
        pv_legs_clear(&run->legs);
        pv_folder_clear(&run->folder);
        g_clear_pointer(&run->loader, pv_loader_free);
        pv_scratch_remove(run->scratch);
        g_free(run->scratch);
        g_strfreev(run->known);
        g_clear_pointer(&run->old, g_ptr_array_unref);
        g_clear_pointer(&run->limits, g_array_unref);
        pv_cost_model_free(run->cost);
        g_free(run->no_cost);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Run, run_clear)

/* ---- which checks ---- */

static gboolean
matches_any(const Run *run, const char *glob)
{
        for (guint c = 0; c < run->legs.candidates->len; c++) {
                g_autoptr(GArray) suite = pv_suite_of(run->legs.candidates->pdata[c]);
                g_autoptr(GArray) probes = pv_probes_of(run->legs.candidates->pdata[c]);

                for (guint i = 0; i < suite->len; i++) {
                        const PvCheck *check = g_array_index(suite, PvSuiteEntry, i).check;

                        if (check->level <= run->options->level && g_pattern_match_simple(glob, check->id))
                                return TRUE;
                }
                for (guint i = 0; i < probes->len; i++)
                        if (g_pattern_match_simple(glob, g_array_index(probes, PvProbeEntry, i).probe->id))
                                return TRUE;
        }
        return FALSE;
}

/* A mistyped ID must not hide behind one that is right. */
static gboolean
names_match(const Run *run, GError **error)
{
        char **globs = run->options->rest;

        for (guint i = 0; globs && globs[i]; i++)
                if (!matches_any(run, globs[i])) {
                        g_set_error(error, PV_ERROR, PV_ERROR_BLOCKED,
                                    "no check of these candidates and this level matches '%s'; 'pvabi list checks' shows "
                                    "their IDs, and * and ? stand for others",
                                    globs[i]);
                        return FALSE;
                }
        return TRUE;
}

/* ---- records ---- */

static gboolean
open_records(Run *run, GError **error)
{
        const char *named = run->options->out ? run->options->out : run->campaign->folder;
        g_autofree char *folder = named ? g_strdup(named) : pv_scratch_folder(error);

        if (!folder || !pv_folder_open(&run->folder, folder, error))
                return FALSE;
        run->scratch = pv_scratch_folder(error);
        if (run->scratch)
                pv_scratch_enter(run->scratch);
        return run->scratch != NULL;
}

static void
record_header(Run *run)
{
        PvHeader header = {.command = run->options->command, .seed = run->options->seed,
                           .asked_for = run->options->candidates != NULL, .legs = &run->legs,
                           .level = run->options->level, .shard = run->options->shard_word};

        pv_recorder_add(run->folder.recorder, pv_header_record(&header));
}

static void
record_note(Run *run, const char *text)
{
        JsonObject *note = pv_record_new("note");

        json_object_set_string_member(note, "text", text);
        pv_recorder_add(run->folder.recorder, note);
}

static void
record_profiles(Run *run)
{
        for (guint i = 0; i < run->legs.leg->len; i++) {
                const PvTarget *target = g_array_index(run->legs.leg, PvLeg, i).target;
                g_autofree char *words = target->profile ? pv_cli_profile_words(target->profile) : NULL;

                if (words)
                        record_note(run, words);
        }
}

/* Of SEV a report says what was predicted, and what has no check: no verdict does. */
static void
record_requirements(Run *run)
{
        const PvOptions *o = run->options;
        g_autoptr(GArray) requirements = pv_requirements(NULL, 0);

        for (guint i = 0; run->campaign->check && i < requirements->len; i++) {
                const PvRequirement *requirement = &g_array_index(requirements, PvRequirement, i);

                if (g_str_has_prefix(requirement->id, "SEV-") && requirement->level <= o->level &&
                    pv_suite_selects((const char *const *) o->rest, requirement->id))
                        pv_recorder_add(run->folder.recorder, pv_requirement_record(requirement));
        }
}

/* ---- running ---- */

static gboolean
run_checks(Run *run, const PvLeg *leg, GError **error)
{
        const PvOptions *o = run->options;
        PvPlan plan = {
                .candidates = leg->candidates,
                .target = leg->target,
                .blocked = leg->blocked,
                .globs = (const char *const *) o->rest,
                .errata = o->errata,
                .known = (const char *const *) run->known,
                .smp = o->smp ? o->smp : pv_derive_smp(leg->target),
                .seed = o->seed,
                .jobs = (guint) o->jobs,
                .timeout = (guint) o->timeout,
                .level = o->level,
                .shard = (guint) o->shard,
                .shards = (guint) o->shards,
                .retries = (guint) o->retries,
        };

        return pv_runner_run(run->loader, &plan, run->folder.recorder, &run->interrupted, error);
}

static gboolean
run_bench(Run *run, GError **error)
{
        g_autoptr(GPtrArray) targets = g_ptr_array_new();
        PvBenchTally tally = {0};
        PvBenchPlan plan = {
                .candidates = run->legs.candidates,
                .targets = targets,
                .max_n = (guint32) run->options->max_cpus,
                .speed = run->campaign->speed,
                .named = run->options->candidates != NULL,
                .cost = run->cost,
                .timeout = (guint) run->options->timeout,
        };
        gboolean ok;

        for (guint i = 0; i < run->legs.leg->len; i++)
                if (!g_array_index(run->legs.leg, PvLeg, i).blocked)
                        g_ptr_array_add(targets, g_array_index(run->legs.leg, PvLeg, i).target);
        ok = pv_bench_run(run->loader, &plan, run->folder.recorder, &tally, error);
        run->interrupted |= tally.interrupted;
        return ok;
}

/* Consumers that are firmware: AML compares nothing, so that to lie to it would show nothing. */
static GPtrArray *
lied_to(const PvLeg *leg)
{
        GPtrArray *candidates = g_ptr_array_new();

        for (guint i = 0; i < leg->candidates->len; i++) {
                PvCandidate *candidate = leg->candidates->pdata[i];

                if (candidate->consumer[0].ops->role == PV_ROLE_FIRMWARE)
                        g_ptr_array_add(candidates, candidate);
        }
        return candidates;
}

/* Only the model's devices lie; and who names checks wants no more than those. */
static gboolean
run_lies(Run *run, GError **error)
{
        const PvOptions *o = run->options;
        PvRecorder *recorder = run->folder.recorder;
        guint timeout = (guint) o->timeout;
        gboolean ok = TRUE;

        for (guint i = 0; ok && !o->rest && o->shard <= 1 && i < run->legs.leg->len; i++) {
                const PvLeg *leg = &g_array_index(run->legs.leg, PvLeg, i);
                g_autoptr(GPtrArray) candidates = lied_to(leg);

                if (leg->target->ops != &pv_target_model)
                        continue;
                ok = pv_hostile_record_all(run->loader, candidates, timeout, recorder, error);
                if (ok && !o->candidates)
                        ok = pv_hostile_record_contrast(run->loader, timeout, recorder, error);
        }
        return ok || pv_interrupted();
}

static gboolean
run_ledger(Run *run, GError **error)
{
        const PvOptions *o = run->options;
        gboolean ok = TRUE;

        for (guint i = 0; ok && !o->rest && o->shard <= 1 && i < run->legs.leg->len; i++) {
                const PvLeg *leg = &g_array_index(run->legs.leg, PvLeg, i);

                if (leg->target->ops == &pv_target_model)
                        ok = pv_ledger_append(run->loader, leg->candidates, run->folder.recorder, error);
        }
        return ok;
}

static gboolean
run_all(Run *run, GError **error)
{
        gboolean ok = TRUE;

        for (guint i = 0; run->campaign->check && ok && !pv_interrupted() && i < run->legs.leg->len; i++)
                ok = run_checks(run, &g_array_index(run->legs.leg, PvLeg, i), error);
        if (ok && run->campaign->hostile && !pv_interrupted())
                ok = run_lies(run, error);
        if (ok && run->campaign->bench && run->options->shard <= 1 && !pv_interrupted()) /* its figures need one machine */
                ok = run_bench(run, error);
        if (ok && run->campaign->ledger && !pv_interrupted())
                ok = run_ledger(run, error);
        run->interrupted |= pv_interrupted();
        run->broken |= pv_recorder_failed(run->folder.recorder);
        return ok;
}

/* ---- the end ---- */

static PvExit
exit_code(const Run *run, GPtrArray *records)
{
        PvExit code = pv_outcome(records, run->options->strict);

        if (run->interrupted)
                return PV_EXIT_INTERRUPTED;
        if (run->broken)
                return PV_EXIT_ERROR;
        for (guint i = 0; code == PV_EXIT_OK && i < run->legs.leg->len; i++)
                if (g_array_index(run->legs.leg, PvLeg, i).blocked)
                        return PV_EXIT_INCOMPLETE;
        return code;
}

static void
print_records(const char *path)
{
        g_autofree char *text = NULL;

        if (g_file_get_contents(path, &text, NULL, NULL))
                fputs(text, stdout);
}

static gboolean
is_temporary(const Run *run)
{
        return !run->options->out && !run->campaign->folder;
}

/* Limits decide where nothing else did, and say in any case what they found. */
static PvExit
judge_limits(const Run *run, GPtrArray *records, PvExit code)
{
        g_autoptr(PvDiff) diff = run->limits->len ? pv_diff_new(run->old, records) : NULL;
        g_auto(PvLimitsEnd) end = {0};

        if (!diff)
                return code;
        end = pv_cli_limits_judge(run->limits, diff);
        pv_cli_limits_end_say(&end);
        return code == PV_EXIT_OK ? pv_cli_limits_end_exit(&end) : code;
}

/* Temporary records are removed when nothing went wrong with the run itself. */
static int
finish(Run *run)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) records = pv_record_read(run->folder.records_path, &error);
        gboolean temporary = is_temporary(run);
        PvExit code;

        if (!records)
                return pv_complain(error);
        code = exit_code(run, records);
        if (run->options->json)
                print_records(run->folder.records_path);
        else
                pv_report_terminal(records, pv_wants_color());
        if (!temporary && !pv_report_write(records, run->folder.path, NULL, &error))
                return pv_complain(error);
        fflush(stdout);
        code = judge_limits(run, records, code);
        if (run->interrupted || run->broken)
                fprintf(stderr, "pvabi: %s; what was recorded is kept in %s\n",
                        run->interrupted ? "interrupted" : "ended early", run->folder.records_path);
        else if (temporary)
                pv_scratch_remove(run->folder.path);
        else if (!run->options->json) {
                g_autofree char *files = pv_report_files(NULL);

                printf("\nFiles in %s: " PV_RECORD_FILE ", %s\n", run->folder.path, files);
        }
        return code;
}

/* Before the folder is opened, for it may be that of the earlier run. */
static gboolean
load_baseline(Run *run, GError **error)
{
        g_autofree char *path = run->options->baseline ? pv_cli_records_path(run->options->baseline) : NULL;

        run->limits = pv_cli_limits_parse(run->options->fail_on, error);
        if (!run->limits)
                return FALSE;
        if (run->limits->len && !path) {
                g_set_error(error, PV_ERROR, PV_ERROR_USAGE,
                            "--fail-on compares with an earlier run; name its records with --baseline");
                return FALSE;
        }
        run->old = path ? pv_record_read(path, error) : NULL;
        run->known = run->old ? pv_baseline_load(path, error) : NULL;
        return !path || run->known;
}

/* Early, for the same reason that a topology is: what is wrong with it is better said before anything is run. */
static gboolean
load_cost(Run *run, GError **error)
{
        g_autoptr(GError) cause = NULL;

        run->cost = run->campaign->bench ? pv_cost_model_load(run->options->cost_model, &cause) : NULL;
        if (g_error_matches(cause, PV_ERROR, PV_ERROR_BLOCKED))
                run->no_cost = g_strdup_printf("nothing is modelled: %s", cause->message);
        else if (cause)
                g_propagate_error(error, g_steal_pointer(&cause));
        return !run->campaign->bench || run->cost || run->no_cost;
}

static void
record_baseline(Run *run)
{
        g_autoptr(GPtrArray) records = run->known ? pv_record_read(run->folder.records_path, NULL) : NULL;
        g_autofree char *words = NULL;

        if (!records || !run->campaign->check)
                return;
        words = pv_baseline_words(run->options->baseline, (const char *const *) run->known, records);
        record_note(run, words);
}

/* Everything up to the verdicts; FALSE: *ret_code is the exit code, and nothing was run. */
static gboolean
carry_out(Run *run, int *ret_code)
{
        g_autoptr(GError) error = NULL;
        PvTopology topology;

        if ((run->options->smp && !pv_smp_parse(run->options->smp, &topology, &error)) || !load_baseline(run, &error) ||
            !load_cost(run, &error) ||
            !pv_legs_add(&run->legs, run->campaign, run->options, &error) ||
            (run->campaign->check && !names_match(run, &error)) || !open_records(run, &error)) {
                *ret_code = pv_complain(error);
                return FALSE;
        }
        record_header(run);
        record_profiles(run);
        record_requirements(run);
        if (run->no_cost)
                record_note(run, run->no_cost);
        if (run_all(run, &error))
                return TRUE;
        *ret_code = pv_complain(error);
        run->broken |= *ret_code == PV_EXIT_ERROR;
        if (!run->broken && is_temporary(run))
                pv_scratch_remove(run->folder.path);
        return run->broken;
}

int
pv_campaign_run(const PvCampaign *campaign, const PvOptions *options)
{
        g_auto(Run) run = {.campaign = campaign, .options = options, .folder.lock = -1};
        int code = PV_EXIT_OK;

        run.loader = pv_loader_new();
        pv_legs_init(&run.legs, run.loader);
        pv_interrupt_catch();
        if (carry_out(&run, &code)) {
                record_baseline(&run);
                if (run.interrupted)
                        record_note(&run, "interrupted: the records end with what had been recorded by then");
                code = finish(&run);
        }
        pv_interrupt_release();
        return code;
}
