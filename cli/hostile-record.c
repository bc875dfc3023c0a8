/* SPDX-License-Identifier: MIT */
/* Lies beside checks: told to each candidate of a campaign, in a process for each, and recorded. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/hostile.h"
#include "common/error.h"
#include "common/interrupt.h"
#include "common/machine.h"
#include "conformance/hostile.h"

typedef struct Teller {
        PvLoader *loader;
        PvTarget *model;
        GArray *lies; /* PvToldLie */
        guint timeout;
        PvRecorder *recorder;
} Teller;

typedef struct Told {
        const Teller *teller;
        const PvCandidate *candidate;
} Told;

static void
take(void *data, const PvHostileResult *result)
{
        const Told *told = data;

        pv_recorder_add(told->teller->recorder, pv_hostile_record(told->candidate, result));
}

/* In the candidate's process, which this ends. */
static void
tell(const Teller *t, const PvCandidate *candidate)
{
        Told told = {t, candidate};

        pv_interrupt_default();
        signal(SIGALRM, SIG_DFL);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (guint i = 0; i < t->lies->len; i++) {
                const PvToldLie *lie = &g_array_index(t->lies, PvToldLie, i);

                alarm(t->timeout);
                if (pv_hostile_applies(lie->lie, lie->backend, candidate))
                        pv_hostile_everywhere(t->loader, candidate, t->model, lie->backend, lie->lie, take,
                                              &told);
        }
        _exit(pv_recorder_failed(t->recorder));
}

static gboolean
went_well(const PvCandidate *candidate, int status, GError **error)
{
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
                return TRUE;
        if (WIFEXITED(status))
                g_set_error(error, PV_ERROR, PV_ERROR_HARNESS,
                            "what %s made of lies could not be recorded; name a folder with room by -o",
                            candidate->name);
        else
                g_set_error(error, PV_ERROR, PV_ERROR_HARNESS,
                            "%s %s while its device lied to it (signal %d); 'pvabi check --hostile --json -c "
                            "%s' ends at "
                            "the lie",
                            candidate->name, WTERMSIG(status) == SIGALRM ? "did not end" : "went down",
                            WTERMSIG(status), candidate->name);
        return FALSE;
}

static gboolean
tell_in_process(const Teller *t, const PvCandidate *candidate, GError **error)
{
        int status = 0;
        pid_t pid;

        fflush(NULL);
        pid = fork();
        if (pid == 0)
                tell(t, candidate);
        if (pid < 0) {
                g_set_error(error, PV_ERROR, PV_ERROR_HARNESS,
                            "cannot start a process: %s; try again with fewer of them", g_strerror(errno));
                return FALSE;
        }
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
                if (pv_interrupted())
                        kill(pid, SIGKILL);
        return !pv_interrupted() && went_well(candidate, status, error);
}

gboolean
pv_hostile_record_all(PvLoader *loader, GPtrArray *candidates, guint timeout, PvRecorder *recorder,
                      GError **error)
{
        g_autoptr(PvTarget) model = pv_target_parse("model", NULL);
        g_autoptr(GArray) lies = pv_hostile_lies(candidates, NULL);
        const Teller teller = {loader, model, lies, timeout, recorder};
        gboolean ok = TRUE;

        for (guint c = 0; ok && c < candidates->len; c++)
                ok = tell_in_process(&teller, candidates->pdata[c], error);
        return ok;
}

gboolean
pv_hostile_record_contrast(PvLoader *loader, guint timeout, PvRecorder *recorder, GError **error)
{
        g_autoptr(GPtrArray) candidates = g_ptr_array_new_with_free_func((GDestroyNotify) pv_candidate_free);

        for (gsize i = 0; pv_contrast_candidates[i]; i++) {
                PvCandidate *candidate = pv_candidate_parse(loader, pv_contrast_candidates[i], error);

                if (!candidate)
                        return FALSE;
                g_ptr_array_add(candidates, candidate);
        }
        return pv_hostile_record_all(loader, candidates, timeout, recorder, error);
}
