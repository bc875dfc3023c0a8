/* SPDX-License-Identifier: MIT */
/* A differential run: walks until the accesses are made, then what was covered; or what differs, made short.
 */
#include "conformance/differential.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "common/interrupt.h"
#include "conformance/differential-minimise.h"
#include "conformance/differential-report.h"
#include "conformance/differential-walk.h"

#define WALK 2000u /* accesses of one life of the machines */

typedef struct Run {
        const PvDifferentialPlan *plan;
        PvCover *cover;
        guint64 accesses;
        guint walks, events;
        gint64 begin;
} Run;

/* Both, where the target has no chipset of its own. */
static unsigned
chipsets_of(const PvTarget *target)
{
        return 1u << pv_target_chipset(target, PV_CHIPSET_Q35) |
               1u << pv_target_chipset(target, PV_CHIPSET_PC);
}

static PvPairSetup
setup_of(const Run *run)
{
        const PvDifferentialPlan *plan = run->plan;

        return (PvPairSetup){.loader = plan->loader,
                             .candidate = plan->candidate,
                             .target = plan->target,
                             .chipset = run->walks % 2 ? PV_CHIPSET_PC : PV_CHIPSET_Q35,
                             .smp = plan->smp};
}

static void
print_progress(const Run *run)
{
        if (isatty(STDERR_FILENO))
                fprintf(stderr, "\r%" PRIu64 " accesses%s", run->accesses,
                        run->accesses < run->plan->accesses ? " " : "\r\033[K");
}

/* ---- what went wrong ---- */

/* The target died: what it was given is kept for whoever looks into it. */
static PvExit
save_end(const Run *run, const PvPairSetup *setup, const PvPair *pair, GError **error)
{
        const PvSequence sequence = {setup, pair, run->plan->seed, "the target did not survive this"};
        g_autofree char *text = pv_sequence_trace(&sequence);
        g_autofree char *path = pv_sequence_save(text, run->plan->folder, "ended.trace", error);

        if (path)
                g_set_error(
                        error, PV_ERROR, PV_ERROR_HARNESS,
                        "the target ended in walk %u; what it was given is in %s: pvabi replay repeats it",
                        run->walks, path);
        return PV_EXIT_ERROR;
}

static gboolean
save_both(const Run *run, const char *trace, const char *qtest, GError **error)
{
        g_autofree char *trace_path = NULL, *qtest_path = NULL;

        if (!run->plan->folder)
                return TRUE;
        trace_path = pv_sequence_save(trace, run->plan->folder, "mismatch.trace", error);
        qtest_path = trace_path ? pv_sequence_save(qtest, run->plan->folder, "mismatch.qtest", error) : NULL;
        if (qtest_path)
                printf("\nsaved as %s and %s\n", trace_path, qtest_path);
        return qtest_path != NULL;
}

/* Takes the pair. */
static PvExit
show_mismatch(const Run *run, const PvPairSetup *setup, PvPair *found, GError **error)
{
        gboolean minimal;
        guint before = found->items->len;
        g_autoptr(PvPair) pair = pv_minimise(setup, found, run->plan->minimise_s, &minimal);
        g_autofree char *remark = g_strdup_printf("%u lines of %u%s", pair->items->len, before,
                                                  minimal ? "; none of them can be left out"
                                                          : "; there was no time for a shorter one");
        const PvSequence sequence = {setup, pair, run->plan->seed, remark};
        g_autofree char *trace = pv_sequence_trace(&sequence), *qtest = pv_sequence_qtest(&sequence);

        printf("MISMATCH in walk %u: %s: the model has %s, the target %s\n\n%s\n%s", run->walks,
               pair->mismatch->what, pair->mismatch->model, pair->mismatch->other, trace, qtest);
        return save_both(run, trace, qtest, error) ? PV_EXIT_UNEXPECTED : PV_EXIT_ERROR;
}

/* ---- running ---- */

/* One walk; PV_EXIT_OK: go on. */
static PvExit
walk(Run *run, GError **error)
{
        const PvDifferentialPlan *plan = run->plan;
        PvPairSetup setup = setup_of(run);
        g_autoptr(PvPair) pair = pv_pair_open(&setup, error);
        guint length = (guint) MIN(WALK, plan->accesses - run->accesses), made;

        if (!pair)
                return PV_EXIT_ERROR;
        /* Walks differ, and each follows from the seed and its number. */
        made = pv_walk_run(pair, run->cover, &plan->candidate->machine, length,
                           ((uint64_t) plan->seed << 32 | run->walks) * 0x9e3779b97f4a7c15u);
        run->accesses += made;
        run->events += pair->n_events;
        print_progress(run);
        if (pair->gone)
                return save_end(run, &setup, pair, error);
        if (pair->mismatch)
                return show_mismatch(run, &setup, g_steal_pointer(&pair), error);
        run->walks++;
        if (made || pv_interrupted())
                return PV_EXIT_OK;
        g_set_error(error, PV_ERROR, PV_ERROR_HARNESS,
                    "%s: its backends could not make a single access; look at their reach()",
                    plan->candidate->machine.name);
        return PV_EXIT_ERROR;
}

static gboolean
save_coverage(const Run *run, GError **error)
{
        g_autofree char *path =
                run->plan->folder ? g_build_filename(run->plan->folder, "coverage.txt", NULL) : NULL;
        FILE *file = path ? fopen(path, "w") : NULL;

        if (!path)
                return TRUE;
        if (!file) {
                g_set_error(error, PV_ERROR, PV_ERROR_USAGE,
                            "cannot write %s; name a writable folder with -o", path);
                return FALSE;
        }
        pv_cover_print_cells(run->cover, file);
        fclose(file);
        return TRUE;
}

static void
print_result(const Run *run)
{
        g_autofree char *version = run->plan->target->ops->version(run->plan->target);
        double seconds = (double) (g_get_monotonic_time() - run->begin) / G_USEC_PER_SEC;

        printf("%s, model and %s (%s), seed %u: %" PRIu64
               " accesses and %u host events in %u walks, 0 mismatches; "
               "%.1f s, %.0f accesses a second\n",
               run->plan->candidate->machine.name, run->plan->target->name,
               version ? version : "unknown version", run->plan->seed, run->accesses, run->events, run->walks,
               seconds, (double) run->accesses / seconds);
        pv_cover_print(run->cover, stdout);
}

/* Fewer accesses cannot be expected to hit everything. */
static PvExit
judge(const Run *run)
{
        gboolean enough = run->accesses >= PV_DIFFERENTIAL_ACCESSES;

        if (pv_cover_n_impossible(run->cover) || (enough && pv_cover_n_missed(run->cover)))
                return PV_EXIT_UNEXPECTED;
        return PV_EXIT_OK;
}

PvExit
pv_differential_run(const PvDifferentialPlan *plan, GError **error)
{
        g_autoptr(PvCover) cover = pv_cover_new(&plan->candidate->machine, chipsets_of(plan->target), error);
        Run run = {.plan = plan, .cover = cover, .begin = g_get_monotonic_time()};
        PvExit code = PV_EXIT_OK;

        if (!cover)
                return PV_EXIT_ERROR;
        while (code == PV_EXIT_OK && run.accesses < plan->accesses && !pv_interrupted())
                code = walk(&run, error);
        if (code != PV_EXIT_OK)
                return code;
        print_result(&run);
        if (!save_coverage(&run, error))
                return PV_EXIT_ERROR;
        return pv_interrupted() ? PV_EXIT_INTERRUPTED : judge(&run);
}
