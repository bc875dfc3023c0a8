/* SPDX-License-Identifier: MIT */
/* Forked processes that leave a byte per cell in memory shared with their parent: a crash costs no other. */
#include "conformance/trial.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/error.h"
#include "common/interrupt.h"
#include "common/mutate.h"

#define PROCESSES_MAX 8 /* that a trial may take down */

guint
pv_trial_n_cells(GArray *suite)
{
        guint sum = 0;
        size_t n;

        for (guint i = 0; i < suite->len; i++) {
                pv_check_cells(g_array_index(suite, PvSuiteEntry, i).check, &n);
                sum += (guint) n;
        }
        return sum;
}

/* ---- in the process of a trial ---- */

static PvOutcome
outcome_of(const PvResult *result)
{
        if (result->verdict == PV_PASS)
                return PV_OUTCOME_PASS;
        if (result->verdict == PV_FAIL && result->failure == PV_FAILURE_WRONG)
                return PV_OUTCOME_WRONG;
        if (result->verdict == PV_FAIL && result->failure == PV_FAILURE_WEDGED)
                return PV_OUTCOME_WEDGED;
        return PV_OUTCOME_OTHER;
}

static PvOutcome
run_cell(const PvTrial *trial, const PvSuiteEntry *entry, const PvCell *cell, guint timeout)
{
        const PvMutation *mutation = trial->run.mutation;
        PvResult result = {0};
        PvOutcome outcome;

        /* One device cannot both lie as the cell says and have the bug: what came of it would be no evidence. */
        if (cell->hostile && mutation && !pv_mutates_consumer(mutation))
                return PV_OUTCOME_OTHER;
        alarm(timeout);
        if (!pv_suite_settled(&trial->run, entry, &result))
                pv_suite_run(&trial->run, entry, cell, &result);
        outcome = outcome_of(&result);
        pv_result_clear(&result);
        return outcome;
}

/* What a dying process prints is of no use to anybody: its mutant is named as crashed. */
static void
be_quiet(void)
{
        int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

        if (null >= 0)
                dup2(null, STDERR_FILENO);
}

/* From the first cell on that has no outcome. */
static void
run_here(const PvTrial *trial, guint timeout)
{
        guint8 *outcome = trial->outcomes;

        be_quiet();
        for (guint i = 0; i < trial->suite->len; i++) {
                const PvSuiteEntry *entry = &g_array_index(trial->suite, PvSuiteEntry, i);
                size_t n;
                const PvCell *cells = pv_check_cells(entry->check, &n);

                for (size_t c = 0; c < n; c++, outcome++)
                        if (*outcome == PV_OUTCOME_NONE)
                                *outcome = (guint8) run_cell(trial, entry, &cells[c], timeout);
        }
        _exit(0);
}

/* ---- in the parent ---- */

static gboolean
start(PvTrial *trial, guint timeout, GError **error)
{
        trial->pid = fork();
        if (trial->pid == 0) {
                pv_interrupt_default();
                signal(SIGALRM, SIG_DFL);
                prctl(PR_SET_PDEATHSIG, SIGKILL);
                run_here(trial, timeout);
        }
        if (trial->pid > 0)
                return TRUE;
        g_set_error(error, PV_ERROR, PV_ERROR_HARNESS,
                    "cannot start a process for a mutant: %s; try fewer --jobs", g_strerror(errno));
        return FALSE;
}

static gboolean
map_outcomes(PvTrial *trials, guint n_trials, GError **error)
{
        for (guint i = 0; i < n_trials; i++) {
                void *shared = mmap(NULL, pv_trial_n_cells(trials[i].suite), PROT_READ | PROT_WRITE,
                                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

                if (shared == MAP_FAILED) {
                        g_set_error(error, PV_ERROR, PV_ERROR_HARNESS,
                                    "no memory to share with a mutant: %s; try with fewer checks",
                                    g_strerror(errno));
                        return FALSE;
                }
                trials[i].outcomes = shared;
        }
        return TRUE;
}

/* The cell that the process went down in; TRUE when the trial is to go on behind it. */
static gboolean
went_down(PvTrial *trial, int status)
{
        gboolean late = WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM;
        guint8 *outcome = memchr(trial->outcomes, PV_OUTCOME_NONE, pv_trial_n_cells(trial->suite));

        if (!outcome)
                return FALSE;
        *outcome = late ? PV_OUTCOME_TIMED_OUT : PV_OUTCOME_CRASHED;
        return ++trial->ended < PROCESSES_MAX;
}

/* Waits until one of the processes ends, and puts another in its place when it went down. */
static gboolean
reap(PvTrial *trials, guint n_trials, guint timeout, guint *running, GError **error)
{
        int status;
        pid_t pid = waitpid(-1, &status, 0);

        for (guint i = 0; i < n_trials; i++) {
                if (pid <= 0 || trials[i].pid != pid)
                        continue;
                trials[i].pid = 0;
                if (went_down(&trials[i], status))
                        return start(&trials[i], timeout, error);
                --*running;
        }
        return TRUE;
}

static void
end_all(PvTrial *trials, guint n_trials)
{
        for (guint i = 0; i < n_trials; i++)
                if (trials[i].pid > 0) {
                        kill(trials[i].pid, SIGKILL);
                        waitpid(trials[i].pid, NULL, 0);
                        trials[i].pid = 0;
                }
}

gboolean
pv_trials_run(PvTrial *trials, guint n_trials, guint jobs, guint timeout, GError **error)
{
        guint next = 0, running = 0;
        gboolean ok = map_outcomes(trials, n_trials, error);

        fflush(NULL);
        pv_interrupt_catch();
        while (ok && (next < n_trials || running > 0) && !pv_interrupted()) {
                if (next < n_trials && running < jobs)
                        ok = start(&trials[next++], timeout, error) && ++running;
                else
                        ok = reap(trials, n_trials, timeout, &running, error);
        }
        ok &= !pv_interrupted();
        end_all(trials, n_trials);
        pv_interrupt_release();
        return ok;
}

void
pv_trials_clear(PvTrial *trials, guint n_trials)
{
        for (guint i = 0; i < n_trials; i++)
                if (trials[i].outcomes)
                        munmap(trials[i].outcomes, pv_trial_n_cells(trials[i].suite));
}
