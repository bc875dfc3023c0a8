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
#define LINES_SHOWN 60u

typedef struct Run {
        const PvDifferentialPlan *plan;
        PvCover *cover;
        guint64 accesses;
        guint walks, events;
        gint64 begin;
        guint64 enough; /* accesses, to hit everything */
        char *folder; /* once something was to be kept */
} Run;

static PvPairSetup
setup_of(const Run *run)
{
        const PvDifferentialPlan *plan = run->plan;
        PvChipset asked = run->walks % 2 ? PV_CHIPSET_PC : PV_CHIPSET_Q35;

        return (PvPairSetup){.loader = plan->loader,
                             .candidate = plan->candidate,
                             .target = plan->target,
                             .chipset = pv_target_chipset(plan->target, asked),
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

/* Where sequences are kept: a new folder for temporary files where the user named none. */
static const char *
folder_of(Run *run, GError **error)
{
        if (!run->folder)
                run->folder = run->plan->folder ? g_strdup(run->plan->folder)
                                                : g_dir_make_tmp("pvabi-XXXXXX", error);
        return run->folder;
}

/* The target died: what it was given is kept for whoever looks into it. */
static PvExit
save_end(Run *run, const PvPairSetup *setup, const PvPair *pair, GError **error)
{
        const PvSequence sequence = {setup, pair, run->plan->seed, "the target did not survive this"};
        g_autofree char *text = pv_sequence_trace(&sequence);
        const char *folder = folder_of(run, error);
        g_autofree char *path = folder ? pv_sequence_save(text, folder, "ended.trace", error) : NULL;

        if (path)
                g_set_error(
                        error, PV_ERROR, PV_ERROR_HARNESS,
                        "the target ended in walk %u; what it was given is in %s: pvabi replay repeats it",
                        run->walks, path);
        return PV_EXIT_ERROR;
}

static gboolean
save_both(Run *run, const char *trace, const char *qtest, GError **error)
{
        const char *folder = folder_of(run, error);
        g_autofree char *trace_path =
                folder ? pv_sequence_save(trace, folder, "mismatch.trace", error) : NULL;
        g_autofree char *qtest_path =
                trace_path ? pv_sequence_save(qtest, folder, "mismatch.qtest", error) : NULL;

        if (qtest_path)
                printf("\nsaved as %s and %s\n", trace_path, qtest_path);
        return qtest_path != NULL;
}

/* Takes the pair. What is too long to read is saved, wherever that may be. */
static PvExit
show_mismatch(Run *run, const PvPairSetup *setup, PvPair *found, GError **error)
{
        gboolean minimal;
        guint before = found->items->len;
        g_autoptr(PvPair) pair = pv_minimise(setup, found, run->plan->minimise_s, &minimal);
        gboolean readable = pair->items->len <= LINES_SHOWN;
        g_autofree char *remark = g_strdup_printf("%u lines of %u%s", pair->items->len, before,
                                                  minimal ? "; none of them can be left out"
                                                          : "; there was no time for a shorter one");
        const PvSequence sequence = {setup, pair, run->plan->seed, remark};
        g_autofree char *trace = pv_sequence_trace(&sequence), *qtest = pv_sequence_qtest(&sequence);

        printf("MISMATCH in walk %u: %s: the model has %s, the target %s; %s\n", run->walks,
               pair->mismatch->what, pair->mismatch->model, pair->mismatch->other, remark);
        if (readable)
                printf("\n%s\n%s", trace, qtest);
        if (readable && !run->plan->folder)
                return PV_EXIT_UNEXPECTED;
        return save_both(run, trace, qtest, error) ? PV_EXIT_UNEXPECTED : PV_EXIT_ERROR;
}

/* ---- running ---- */

/* What can be covered depends on what the target lives through, which it says once it is there. */
static gboolean
ensure_cover(Run *run, const PvPair *pair, GError **error)
{
        const PvCoverTerms terms = {
                .q35 = pv_target_chipset(run->plan->target, PV_CHIPSET_Q35) == PV_CHIPSET_Q35,
                .one_eject = pair->other->bus->limits.max_ejects == 1,
        };

        run->enough = (terms.one_eject ? 2 : 1) * (guint64) PV_DIFFERENTIAL_ACCESSES;
        if (!run->cover)
                run->cover = pv_cover_new(&run->plan->candidate->machine, &terms, error);
        return run->cover != NULL;
}

/* One walk; PV_EXIT_OK: go on. */
static PvExit
walk(Run *run, GError **error)
{
        const PvDifferentialPlan *plan = run->plan;
        PvPairSetup setup = setup_of(run);
        g_autoptr(PvPair) pair = pv_pair_open(&setup, error);
        guint length = (guint) MIN(WALK, plan->accesses - run->accesses), made;

        if (!pair || !ensure_cover(run, pair, error))
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
        gboolean enough = run->accesses >= run->enough;

        if (pv_cover_n_impossible(run->cover) || (enough && pv_cover_n_missed(run->cover)))
                return PV_EXIT_UNEXPECTED;
        return PV_EXIT_OK;
}

PvExit
pv_differential_run(const PvDifferentialPlan *plan, GError **error)
{
        Run run = {.plan = plan, .begin = g_get_monotonic_time()};
        PvExit code = PV_EXIT_OK;

        while (code == PV_EXIT_OK && run.accesses < plan->accesses && !pv_interrupted())
                code = walk(&run, error);
        if (code == PV_EXIT_OK && run.cover) {
                print_result(&run);
                code = save_coverage(&run, error) ? judge(&run) : PV_EXIT_ERROR;
        }
        if (code == PV_EXIT_OK && pv_interrupted())
                code = PV_EXIT_INTERRUPTED;
        pv_cover_free(run.cover);
        g_free(run.folder);
        return code;
}
