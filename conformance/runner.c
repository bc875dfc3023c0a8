/* SPDX-License-Identifier: MIT */
/*
 * Everything about libcriterion. It runs each test by executing this program again: main() does not run there, nothing
 * of the parent is left but the environment and the names of suite and test. So the run is described by a file that
 * $PVABI_RUN names, the suite's name is the candidate by number, the test's name is the check, and verdicts go
 * to the record file by single appending writes. A process that ends without them is given one by its grandparent.
 */
#include "conformance/runner.h"

#include <criterion/criterion.h>
#include <criterion/options.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/error.h"
#include "common/interrupt.h"
#include "common/scratch.h"
#include "conformance/baseline.h"
#include "conformance/probe.h"

#define RUN_VARIABLE "PVABI_RUN"
#define GROUP "run"

/* One test: a check for a candidate, or a probe of its machine. */
typedef struct Job {
        PvSuiteRun run;
        const PvSuiteEntry *entry; /* NULL: a probe */
        const PvProbeEntry *probe;
        guint candidate; /* by number */
        const char *smp; /* see PvPlan */
        guint attempt;   /* from 1 */
        const char *const *known; /* see PvPlan */
} Job;

static PvCell
cell_of(const Job *job, size_t i)
{
        size_t n;
        PvCell cell = pv_check_cells(job->entry->check, &n)[i];

        if (job->smp && job->entry->check->any_smp && !cell.smp && !cell.plugged)
                cell.smp = job->smp;
        return cell;
}

static size_t
n_cells(const Job *job)
{
        size_t n;

        if (!job->entry)
                return 1;
        pv_check_cells(job->entry->check, &n);
        return n;
}

/* The verdict record, which says what attempt it is of unless it is the first. */
static JsonObject *
record_of(const Job *job, const PvCell *cell, const PvResult *result)
{
        JsonObject *record = pv_suite_record(&job->run, job->entry, cell, result);

        if (job->attempt > 1)
                json_object_set_int_member(record, "attempt", job->attempt);
        pv_baseline_mark(job->known, record);
        return record;
}

/* ---- in the test process ---- */

static struct {
        int fd;
        char *line;
        gsize length;
} on_alarm;

static void
time_is_up(int signal_number)
{
        (void) signal_number;
        if (on_alarm.line && write(on_alarm.fd, on_alarm.line, on_alarm.length) < 0)
                _exit(2);
        _exit(1);
}

/* Takes what to write should this never end: rendered now, for a signal handler can only write. */
static void
arm(JsonObject *wedged, const char *records, guint timeout)
{
        g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
        g_autofree char *text = NULL;

        json_node_take_object(node, wedged);
        text = json_to_string(node, FALSE);
        if (!on_alarm.fd)
                on_alarm.fd = open(records, O_WRONLY | O_APPEND | O_CLOEXEC);
        g_free(on_alarm.line);
        on_alarm.line = g_strconcat(text, "\n", NULL);
        on_alarm.length = strlen(on_alarm.line);
        signal(SIGALRM, time_is_up);
        alarm(timeout);
}

static JsonObject *
wedged_cell(const Job *job, const PvCell *cell, guint timeout)
{
        PvResult wedged = {.verdict = PV_FAIL, .failure = PV_FAILURE_WEDGED, .milliseconds = timeout * 1000.0};
        JsonObject *record;

        wedged.reason = g_strdup_printf("did not end within %u s", timeout);
        record = record_of(job, cell, &wedged);
        pv_result_clear(&wedged);
        return record;
}

static void
run_cells(Job *job, const char *records, guint timeout)
{
        g_autoptr(PvRecorder) recorder = pv_recorder_open(records, FALSE, NULL);
        g_autoptr(PvExpectations) expectations = pv_expectations_load(job->run.loader, job->run.candidate, NULL);

        job->run.expectations = expectations;
        for (size_t i = 0; recorder && i < n_cells(job); i++) {
                PvCell cell = cell_of(job, i);
                PvResult result;

                arm(wedged_cell(job, &cell, timeout), records, timeout);
                pv_suite_run(&job->run, job->entry, &cell, &result);
                alarm(0);
                pv_recorder_add(recorder, record_of(job, &cell, &result));
                pv_result_clear(&result);
        }
}

static void
run_probe(const Job *job, const char *records, guint timeout)
{
        g_autoptr(PvRecorder) recorder = pv_recorder_open(records, FALSE, NULL);
        g_autofree char *late = g_strdup_printf("did not end within %u s", timeout);
        JsonObject *record;

        if (!recorder)
                return;
        arm(pv_probe_unanswered(&job->run, job->probe, late), records, timeout);
        record = pv_probe_run(&job->run, job->probe);
        alarm(0);
        pv_recorder_add(recorder, record);
}

/* The run file of this process, and its candidate by the number in the suite's name. */
static void
run_one(void)
{
        g_autoptr(GKeyFile) file = g_key_file_new();
        g_autoptr(PvLoader) loader = pv_loader_new();
        g_autoptr(PvCandidate) candidate = NULL;
        g_autoptr(PvTarget) target = NULL;
        g_autoptr(GArray) suite = NULL, probes = NULL;
        g_auto(GStrv) candidates = NULL, known = NULL;
        g_autofree char *records = NULL, *target_name = NULL, *smp = NULL;
        guint timeout;
        Job job = {0};

        pv_loader_trust(loader);
        if (!g_key_file_load_from_file(file, g_getenv(RUN_VARIABLE), G_KEY_FILE_NONE, NULL))
                return;
        candidates = g_key_file_get_string_list(file, GROUP, "candidates", NULL, NULL);
        target_name = g_key_file_get_string(file, GROUP, "target", NULL);
        records = g_key_file_get_string(file, GROUP, "records", NULL);
        smp = g_key_file_get_string(file, GROUP, "smp", NULL);
        known = g_key_file_get_string_list(file, GROUP, "known", NULL, NULL);
        candidate = pv_candidate_parse(loader, candidates[atoi(criterion_current_suite->name)], NULL);
        target = pv_target_parse(target_name, NULL);
        if (!candidate || !target)
                return;
        target->told = g_strdup(smp);
        timeout = (guint) g_key_file_get_integer(file, GROUP, "timeout", NULL);
        suite = pv_suite_of(candidate);
        probes = pv_probes_of(candidate);
        job = (Job){.run = {.loader = loader, .candidate = candidate, .target = target,
                            .seed = (uint32_t) g_key_file_get_integer(file, GROUP, "seed", NULL)},
                    .entry = pv_suite_find(suite, criterion_current_test->name),
                    .probe = pv_probe_find(probes, criterion_current_test->name),
                    .smp = smp,
                    .known = (const char *const *) known,
                    .attempt = (guint) g_key_file_get_integer(file, GROUP, "attempt", NULL)};
        if (job.entry)
                run_cells(&job, records, timeout);
        else if (job.probe)
                run_probe(&job, records, timeout);
}

/* ---- in the process that drives criterion ---- */

static guint jobs_total, jobs_done;

static void
show_progress(struct criterion_test_stats *stats)
{
        (void) stats;
        if (isatty(STDERR_FILENO))
                fprintf(stderr, "\r%u of %u checks ", ++jobs_done, jobs_total);
}

static struct criterion_test *
new_test(const Job *job)
{
        struct criterion_test *test = g_new0(struct criterion_test, 1);
        struct criterion_test_extra_data *data = g_new0(struct criterion_test_extra_data, 1);

        test->name = job->entry ? job->entry->check->id : job->probe->probe->id;
        test->category = g_strdup_printf("%u", job->candidate);
        test->test = run_one;
        test->data = data;
        data->identifier_ = test->name;
        data->lang_ = CR_LANG_C;
        data->file_ = __FILE__;
        return test;
}

static void
drive_criterion(GArray *jobs, guint parallel)
{
        struct criterion_test_set *set = criterion_initialize();
        static struct criterion_logger quiet = {.log_post_test = show_progress};

        for (guint i = 0; i < jobs->len; i++)
                criterion_register_test(set, new_test(&g_array_index(jobs, Job, i)));
        jobs_total = jobs->len;
        criterion_options.logger = &quiet;
        criterion_options.jobs = parallel;
        criterion_run_all_tests(set);
        if (isatty(STDERR_FILENO))
                fputs("\r                         \r", stderr);
        _exit(0);
}

/* ---- in the process of the user's command ---- */

/* By name, so that a shard does not depend on what else is run. */
static gboolean
in_shard(const PvPlan *plan, const Job *job)
{
        g_autofree char *name = g_strjoin("\n", job->run.candidate->name, job->run.target->name,
                                          job->probe ? job->probe->probe->id : job->entry->check->id, NULL);

        return plan->shards == 0 || g_str_hash(name) % plan->shards == plan->shard - 1;
}

/* Records what needs no device; TRUE when that was all. */
static gboolean
settle(const PvPlan *plan, const Job *job, PvRecorder *recorder)
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
collect_checks(const PvPlan *plan, Job job, GArray *suite, PvRecorder *recorder, GArray *jobs)
{
        for (guint i = 0; i < suite->len; i++) {
                job.entry = &g_array_index(suite, PvSuiteEntry, i);
                if (pv_suite_selects(plan->globs, job.entry->check->id) && job.entry->check->level <= plan->level &&
                    in_shard(plan, &job) && !settle(plan, &job, recorder))
                        g_array_append_val(jobs, job);
        }
}

/* Candidates that differ only in their consumer have one machine, and it is probed once. */
static gboolean
is_probed(const PvPlan *plan, const Job *job)
{
        for (guint c = 0; c < job->candidate; c++) {
                const PvCandidate *before = plan->candidates->pdata[c];

                if (!strcmp(before->machine.name, job->run.candidate->machine.name))
                        return TRUE;
        }
        return FALSE;
}

static void
collect_probes(const PvPlan *plan, Job job, GArray *probes, GArray *jobs)
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
static void
collect(PvLoader *loader, const PvPlan *plan, PvRecorder *recorder, GPtrArray *kept, GArray *jobs)
{
        for (guint c = 0; c < plan->candidates->len; c++) {
                PvCandidate *candidate = plan->candidates->pdata[c];
                Job job = {.run = {.loader = loader, .candidate = candidate, .target = plan->target},
                           .candidate = c, .smp = plan->smp, .attempt = 1, .known = plan->known};
                GArray *suite = pv_suite_of(candidate), *probes = pv_probes_of(candidate);

                g_ptr_array_add(kept, suite);
                g_ptr_array_add(kept, probes);
                collect_checks(plan, job, suite, recorder, jobs);
                collect_probes(plan, job, probes, jobs);
        }
}

static char *
write_run_file(const PvPlan *plan, guint attempt, const char *records, GError **error)
{
        g_autoptr(GKeyFile) file = g_key_file_new();
        g_autoptr(GPtrArray) candidates = g_ptr_array_new();
        g_autofree char *absolute = g_canonicalize_filename(records, NULL);
        g_autofree char *path = g_build_filename(pv_scratch_entered(), "run", NULL);

        for (guint i = 0; i < plan->candidates->len; i++)
                g_ptr_array_add(candidates, ((PvCandidate *) plan->candidates->pdata[i])->name);
        g_key_file_set_string_list(file, GROUP, "candidates", (const char *const *) candidates->pdata,
                                   candidates->len);
        g_key_file_set_string(file, GROUP, "target", plan->target->name);
        if (plan->smp)
                g_key_file_set_string(file, GROUP, "smp", plan->smp);
        if (plan->known)
                g_key_file_set_string_list(file, GROUP, "known", plan->known, g_strv_length((char **) plan->known));
        g_key_file_set_string(file, GROUP, "records", absolute);
        g_key_file_set_integer(file, GROUP, "timeout", (int) plan->timeout);
        g_key_file_set_integer(file, GROUP, "seed", plan->seed);
        g_key_file_set_integer(file, GROUP, "attempt", (int) attempt);
        return g_key_file_save_to_file(file, path, error) ? g_steal_pointer(&path) : NULL;
}

/* Waits for the driver; an interrupt or the time for all jobs together ends it and its children. */
static gboolean
await(pid_t driver, guint seconds, GError **error)
{
        gint64 deadline = g_get_monotonic_time() + (gint64) seconds * G_USEC_PER_SEC;
        int status = 0;

        while (waitpid(driver, &status, WNOHANG) == 0) {
                if (pv_interrupted() || g_get_monotonic_time() > deadline)
                        kill(-driver, SIGKILL);
                g_usleep(5000);
        }
        kill(-driver, SIGKILL); /* whatever it left behind */
        if (pv_interrupted() || (WIFEXITED(status) && WEXITSTATUS(status) == 0))
                return TRUE;
        g_set_error(error, PV_ERROR, PV_ERROR_HARNESS,
                    "the test runner ended early; what was recorded is kept, run again with fewer --jobs");
        return FALSE;
}

static gboolean
run_jobs(GArray *jobs, const PvPlan *plan, const char *run_file, gboolean *ret_interrupted, GError **error)
{
        guint parallel = plan->target->ops->one ? 1 : plan->jobs ? plan->jobs : (guint) g_get_num_processors();
        gboolean ok;
        pid_t driver;
        guint cells = 0;

        if (jobs->len == 0)
                return TRUE;
        g_setenv(RUN_VARIABLE, run_file, TRUE);
        fflush(NULL);
        for (guint i = 0; i < jobs->len; i++)
                cells += (guint) n_cells(&g_array_index(jobs, Job, i));
        pv_interrupt_catch();
        driver = fork();
        if (driver == 0) {
                pv_interrupt_default();
                setpgid(0, 0);
                prctl(PR_SET_PDEATHSIG, SIGKILL);
                drive_criterion(jobs, parallel);
        }
        setpgid(driver, driver);
        ok = await(driver, 60 + plan->timeout * cells, error);
        *ret_interrupted = pv_interrupted();
        pv_interrupt_release();
        return ok;
}

/* ---- afterwards ---- */

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
                                            key_of(pv_record_string(r, "candidate"), pv_record_string(r, "target"),
                                                   pv_record_string(r, is_probe ? "probe" : "check"),
                                                   pv_record_string(r, "cell")),
                                            r);
        }
        return index;
}

/* NULL when nothing was recorded of it. cell: NULL for a probe. */
static JsonObject *
recorded(GHashTable *index, const Job *job, const PvCell *cell)
{
        g_autofree char *name = cell ? pv_cell_name(cell) : g_strdup("");
        g_autofree char *key = key_of(job->run.candidate->name, job->run.target->name,
                                      job->probe ? job->probe->probe->id : job->entry->check->id, name);

        return g_hash_table_lookup(index, key);
}

/*
 * The first cell without a verdict is where the process went down, unless the one before it ran out of time and ended
 * the process itself; those after it were not reached.
 */
static void
add_missing_cells(const Job *job, GHashTable *index, PvRecorder *recorder)
{
        gboolean down = FALSE;

        for (size_t i = 0; i < n_cells(job); i++) {
                PvCell cell = cell_of(job, i);
                JsonObject *verdict = recorded(index, job, &cell);
                PvResult result = {.verdict = down ? PV_NA : PV_FAIL,
                                   .failure = down ? PV_FAILURE_NONE : PV_FAILURE_CRASHED};

                if (verdict) {
                        down |= !strcmp(pv_record_string(verdict, "failure"), pv_failure_word(PV_FAILURE_WEDGED));
                        continue;
                }
                result.reason = g_strdup(down ? "not reached: an earlier cell ended the process"
                                              : "the process went down: run this check alone to see why");
                down = TRUE;
                pv_recorder_add(recorder, record_of(job, &cell, &result));
                pv_result_clear(&result);
        }
}

static void
add_missing(const Job *job, GHashTable *index, PvRecorder *recorder)
{
        if (!job->probe)
                add_missing_cells(job, index, recorder);
        else if (!recorded(index, job, NULL))
                pv_recorder_add(recorder, pv_probe_unanswered(&job->run, job->probe, "the process went down"));
}

/* Did a cell of this check fail, end in an error, or leave nothing? */
static gboolean
went_wrong(const Job *job, GHashTable *index)
{
        for (size_t i = 0; !job->probe && i < n_cells(job); i++) {
                PvCell cell = cell_of(job, i);
                JsonObject *verdict = recorded(index, job, &cell);
                const char *word = verdict ? pv_record_string(verdict, "verdict") : pv_verdict_word(PV_FAIL);

                if (!strcmp(word, pv_verdict_word(PV_FAIL)) || !strcmp(word, pv_verdict_word(PV_BROKEN)))
                        return TRUE;
        }
        return FALSE;
}

/* Gives each cell of this attempt its verdict, and leaves in jobs those for another attempt. */
static gboolean
complete(GArray *jobs, guint attempt, PvRecorder *recorder, GError **error)
{
        g_autoptr(GPtrArray) records = pv_record_read(pv_recorder_path(recorder), error);
        g_autoptr(GHashTable) index = records ? index_records(records, attempt) : NULL;

        for (guint i = jobs->len; index && i-- > 0 && !pv_recorder_failed(recorder);) {
                Job *job = &g_array_index(jobs, Job, i);

                add_missing(job, index, recorder);
                job->attempt = attempt + 1;
                if (!went_wrong(job, index))
                        g_array_remove_index(jobs, i);
        }
        return index != NULL;
}

static gboolean
run_attempt(GArray *jobs, const PvPlan *plan, guint attempt, PvRecorder *recorder, gboolean *ret_interrupted,
            GError **error)
{
        g_autofree char *run_file = write_run_file(plan, attempt, pv_recorder_path(recorder), error);
        gboolean ok;

        if (!run_file)
                return FALSE;
        ok = run_jobs(jobs, plan, run_file, ret_interrupted, error);
        unlink(run_file);
        if (*ret_interrupted)
                return ok;
        return complete(jobs, attempt, recorder, ok ? error : NULL) && ok;
}

gboolean
pv_runner_run(PvLoader *loader, const PvPlan *plan, PvRecorder *recorder, gboolean *ret_interrupted, GError **error)
{
        g_autoptr(GPtrArray) kept = g_ptr_array_new_with_free_func((GDestroyNotify) g_array_unref);
        g_autoptr(GArray) jobs = g_array_new(FALSE, FALSE, sizeof(Job));
        gboolean ok = TRUE;

        collect(loader, plan, recorder, kept, jobs);
        for (guint attempt = 1; ok && jobs->len > 0 && attempt <= 1 + plan->retries && !*ret_interrupted; attempt++)
                ok = run_attempt(jobs, plan, attempt, recorder, ret_interrupted, error);
        return ok;
}
