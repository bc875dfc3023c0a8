/* SPDX-License-Identifier: MIT */
/* A benchmark's children: one that dies, one that never ends, one whose user has had enough. */
#undef NDEBUG
#include <assert.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "bench/bench.h"

#define N_QUESTIONS 6u

static const char run_header[] = "{\"record\":\"run\",\"schema\":1}\n";

static int
init(void *state, PvBus *bus, const char *assumed)
{
        (void) state;
        (void) bus;
        (void) assumed;
        return 0;
}

static int
detect(void *state)
{
        (void) state;
        return 0;
}

static int
enumerate(void *state, uint32_t wanted, PvView *view)
{
        (void) state;
        if (wanted != PV_FACET_POSSIBLE_COUNT)
                return PV_E_UNSUPPORTED;
        view->possible = view->capacity;
        view->facets |= PV_FACET_POSSIBLE_COUNT;
        return 0;
}

/* The second question ends the process. */
static int
enumerate_and_die(void *state, uint32_t wanted, PvView *view)
{
        if (wanted == PV_FACET_PRESENT_COUNT)
                kill(getpid(), SIGKILL);
        return enumerate(state, wanted, view);
}

static int
enumerate_for_ever(void *state, uint32_t wanted, PvView *view)
{
        while (wanted == PV_FACET_PRESENT_COUNT)
                pause();
        return enumerate(state, wanted, view);
}

static int
enumerate_until_interrupted(void *state, uint32_t wanted, PvView *view)
{
        if (wanted == PV_FACET_PRESENT_COUNT)
                kill(getppid(), SIGINT);
        return enumerate_for_ever(state, wanted, view);
}

typedef int (*Enumerate)(void *state, uint32_t wanted, PvView *view);

/* One candidate on the model, one CPU; the records without the header. */
static GPtrArray *
run(Enumerate how, guint timeout, PvBenchTally *ret_tally)
{
        const PvConsumerOps ops = {.name = "test",
                                   .facets = PV_FACETS_BOOT,
                                   .state_size = 1,
                                   .init = init,
                                   .detect = detect,
                                   .enumerate = how};
        g_autoptr(PvLoader) loader = pv_loader_new();
        g_autoptr(PvCandidate) candidate = pv_candidate_parse(loader, "regblock:qemu-6.0", NULL);
        g_autoptr(PvTarget) model = pv_target_parse("model", NULL);
        g_autoptr(GPtrArray) candidates = g_ptr_array_new(), targets = g_ptr_array_new();
        g_autofree char *path = NULL;
        g_autoptr(PvRecorder) recorder = NULL;
        PvBenchPlan plan = {.candidates = candidates, .targets = targets, .max_n = 1, .timeout = timeout};
        GPtrArray *records;
        int fd = g_file_open_tmp("pvabi-test-XXXXXX", &path, NULL);

        assert(fd >= 0 && write(fd, run_header, strlen(run_header)) == (ssize_t) strlen(run_header));
        close(fd);
        recorder = pv_recorder_open(path, FALSE, NULL);
        assert(candidate && recorder);
        candidate->consumer[0].ops = &ops;
        g_ptr_array_add(candidates, candidate);
        g_ptr_array_add(targets, model);
        assert(pv_bench_run(loader, &plan, recorder, ret_tally, NULL));
        records = pv_record_read(path, NULL);
        assert(records);
        g_ptr_array_remove_index(records, 0);
        unlink(path);
        return records;
}

static gboolean
has_reason(GPtrArray *records, guint i, const char *answer, const char *reason)
{
        return !strcmp(pv_record_string(records->pdata[i], "answer"), answer) &&
               strstr(pv_record_string(records->pdata[i], "reason"), reason) != NULL;
}

static void
test_sound(void)
{
        PvBenchTally tally;
        g_autoptr(GPtrArray) records = run(enumerate, 60, &tally);

        assert(records->len == N_QUESTIONS && tally.samples == N_QUESTIONS);
        assert(tally.wrong == 0 && tally.errors == 0 && tally.blocked == 0 && !tally.interrupted);
        assert(has_reason(records, 0, "ok", ""));
        assert(has_reason(records, 1, "cannot-answer", "unsupported"));
}

static void
test_child_dies(void)
{
        PvBenchTally tally;
        g_autoptr(GPtrArray) records = run(enumerate_and_die, 60, &tally);

        assert(records->len == N_QUESTIONS && tally.samples == N_QUESTIONS &&
               tally.errors == N_QUESTIONS - 1);
        assert(has_reason(records, 0, "ok", ""));
        assert(has_reason(records, 1, "error", "crashed"));
        assert(has_reason(records, 2, "error", "not reached: Q2 crashed"));
}

static void
test_child_hangs(void)
{
        PvBenchTally tally;
        g_autoptr(GPtrArray) records = run(enumerate_for_ever, 2, &tally);

        assert(records->len == N_QUESTIONS && tally.errors == N_QUESTIONS - 1 && !tally.interrupted);
        assert(has_reason(records, 1, "error", "did not end within 2 s"));
}

/* What was recorded stays; nothing is made up for the rest. */
static void
test_interrupt(void)
{
        PvBenchTally tally;
        g_autoptr(GPtrArray) records = run(enumerate_until_interrupted, 60, &tally);

        assert(tally.interrupted && tally.samples == 1 && tally.errors == 0);
        assert(records->len == 1 && has_reason(records, 0, "ok", ""));
}

int
main(void)
{
        test_sound();
        test_child_dies();
        test_child_hangs();
        test_interrupt();
        return 0;
}
