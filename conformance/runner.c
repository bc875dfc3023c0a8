/* SPDX-License-Identifier: MIT */
/*
 * Everything about libcriterion. It runs each test by executing this program again: main() does not run
 * there, nothing of the parent is left but the environment and the names of suite and test. So the run is
 * described by a file that $PVABI_RUN names, the suite's name is the candidate by number, the test's name is
 * the check, and verdicts go to the record file by single appending writes. A process that ends without them
 * is given one by its grandparent.
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
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/error.h"
#include "common/interrupt.h"
#include "common/scratch.h"
#include "conformance/job.h"

#define RUN_VARIABLE "PVABI_RUN"
#define GROUP "run"

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
wedged_cell(const PvJob *job, const PvCell *cell, guint timeout)
{
        PvResult wedged = {
                .verdict = PV_FAIL, .failure = PV_FAILURE_WEDGED, .milliseconds = timeout * 1000.0};
        JsonObject *record;

        wedged.reason = g_strdup_printf("did not end within %u s", timeout);
        record = pv_job_record(job, cell, &wedged);
        pv_result_clear(&wedged);
        return record;
}

static void
run_cells(PvJob *job, const char *records, guint timeout)
{
        g_autoptr(PvRecorder) recorder = pv_recorder_open(records, FALSE, NULL);
        for (size_t i = 0; recorder && i < pv_job_n_cells(job); i++) {
                PvCell cell = pv_job_cell(job, i);
                PvResult result;

                arm(wedged_cell(job, &cell, timeout), records, timeout);
                pv_suite_run(&job->run, job->entry, &cell, &result);
                alarm(0);
                pv_recorder_add(recorder, pv_job_record(job, &cell, &result));
                pv_result_clear(&result);
        }
}

static void
run_probe(const PvJob *job, const char *records, guint timeout)
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

static PvExpectations *
read_expectations(GKeyFile *file, PvLoader *loader, const PvCandidate *candidate, const PvTarget *target)
{
        g_autofree char *version = g_key_file_get_string(file, GROUP, "version", NULL);
        g_autofree char *errata = g_key_file_get_string(file, GROUP, "errata", NULL);
        const PvImplementation theirs = {version, target->machine_type, errata};

        return pv_expectations_load(loader, candidate, target->ops->device == PV_ORIGIN_THEIRS ? &theirs : NULL, NULL);
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
        g_autoptr(PvExpectations) expectations = NULL;
        g_auto(GStrv) candidates = NULL, known = NULL;
        g_autofree char *records = NULL, *target_name = NULL, *smp = NULL;
        guint timeout;
        PvJob job = {0};

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
        expectations = read_expectations(file, loader, candidate, target);
        timeout = (guint) g_key_file_get_integer(file, GROUP, "timeout", NULL);
        suite = pv_suite_of(candidate);
        probes = pv_probes_of(candidate);
        job = (PvJob){.run = {.loader = loader, .candidate = candidate, .target = target,
                            .expectations = expectations,
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
new_test(const PvJob *job)
{
        struct criterion_test *test = g_new0(struct criterion_test, 1);
        struct criterion_test_extra_data *data = g_new0(struct criterion_test_extra_data, 1);

        test->name = pv_job_id(job);
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
                criterion_register_test(set, new_test(&g_array_index(jobs, PvJob, i)));
        jobs_total = jobs->len;
        criterion_options.logger = &quiet;
        criterion_options.jobs = parallel;
        criterion_run_all_tests(set);
        if (isatty(STDERR_FILENO))
                fputs("\r                         \r", stderr);
        _exit(0);
}

/* ---- in the process of the user's command ---- */

#define SHM "/dev/shm/"
#define SHM_PREFIX "bxfi_"
#define STALE_SECONDS 60

/*
 * Criterion hands each test its orders in a file that is named after its process. One that was killed between the two
 * leaves it behind, and the next process of that number, days later, cannot be started.
 */
static void
remove_left_behind(void)
{
        g_autoptr(GDir) dir = g_dir_open(SHM, 0, NULL);
        const char *name;

        while (dir && (name = g_dir_read_name(dir))) {
                g_autofree char *path = g_strconcat(SHM, name, NULL);
                struct stat st;
                guint64 pid;

                if (g_str_has_prefix(name, SHM_PREFIX) &&
                    g_ascii_string_to_unsigned(name + strlen(SHM_PREFIX), 10, 1, G_MAXINT32, &pid, NULL) &&
                    kill((pid_t) pid, 0) < 0 && errno == ESRCH && lstat(path, &st) == 0 &&
                    st.st_mtime + STALE_SECONDS < time(NULL))
                        unlink(path);
        }
}

static char *
write_run_file(const PvPlan *plan, guint attempt, const char *records, GError **error)
{
        g_autoptr(GKeyFile) file = g_key_file_new();
        g_autoptr(GPtrArray) candidates = g_ptr_array_new();
        g_autofree char *absolute = g_canonicalize_filename(records, NULL);
        g_autofree char *path = g_build_filename(pv_scratch_entered(), "run", NULL);
        g_autofree char *version = plan->blocked ? NULL : plan->target->ops->version(plan->target);
        g_autofree char *errata = plan->errata ? g_canonicalize_filename(plan->errata, NULL) : NULL;

        for (guint i = 0; i < plan->candidates->len; i++)
                g_ptr_array_add(candidates, ((PvCandidate *) plan->candidates->pdata[i])->name);
        g_key_file_set_string_list(file, GROUP, "candidates", (const char *const *) candidates->pdata,
                                   candidates->len);
        g_key_file_set_string(file, GROUP, "target", plan->target->name);
        if (plan->smp)
                g_key_file_set_string(file, GROUP, "smp", plan->smp);
        if (version)
                g_key_file_set_string(file, GROUP, "version", version);
        if (errata)
                g_key_file_set_string(file, GROUP, "errata", errata);
        if (plan->known)
                g_key_file_set_string_list(file, GROUP, "known", plan->known,
                                           g_strv_length((char **) plan->known));
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
        guint parallel = plan->target->ops->one ? 1
                         : plan->jobs           ? plan->jobs
                                                : (guint) g_get_num_processors();
        gboolean ok;
        pid_t driver;
        guint cells = 0;

        if (jobs->len == 0)
                return TRUE;
        remove_left_behind();
        g_setenv(RUN_VARIABLE, run_file, TRUE);
        fflush(NULL);
        for (guint i = 0; i < jobs->len; i++)
                cells += (guint) pv_job_n_cells(&g_array_index(jobs, PvJob, i));
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
        return pv_jobs_complete(jobs, attempt, recorder, ok ? error : NULL) && ok;
}

gboolean
pv_runner_run(PvLoader *loader, const PvPlan *plan, PvRecorder *recorder, gboolean *ret_interrupted,
              GError **error)
{
        g_autoptr(GPtrArray) kept = g_ptr_array_new_with_free_func((GDestroyNotify) g_array_unref);
        g_autoptr(GArray) jobs = g_array_new(FALSE, FALSE, sizeof(PvJob));
        gboolean ok = TRUE;

        pv_jobs_collect(loader, plan, recorder, kept, jobs);
        for (guint attempt = 1; ok && jobs->len > 0 && attempt <= 1 + plan->retries && !*ret_interrupted;
             attempt++)
                ok = run_attempt(jobs, plan, attempt, recorder, ret_interrupted, error);
        return ok;
}
