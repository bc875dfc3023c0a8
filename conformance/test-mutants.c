/* SPDX-License-Identifier: MIT */
/* Every check has a mutant, every mutant is killed by its check, and without the mutant the check passes. */
#undef NDEBUG
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "conformance/checks.h"
#include "conformance/suite.h"

typedef struct Score {
        guint killed, survived;
        GHashTable *checked; /* IDs that some mutant is for */
} Score;

/* Runs every cell; does any of them end as a wrong answer, or within its access budget only? */
static gboolean
any_cell_fails(PvSuiteRun *run, const PvSuiteEntry *entry, gboolean *ret_any_passes)
{
        gboolean fails = FALSE;
        size_t n;
        const PvCell *cells = pv_check_cells(entry->check, &n);

        *ret_any_passes = FALSE;
        for (size_t i = 0; i < n; i++) {
                PvResult result;

                pv_suite_run(run, entry, &cells[i], &result);
                fails |= result.verdict == PV_FAIL &&
                         (result.failure == PV_FAILURE_WRONG || result.failure == PV_FAILURE_WEDGED);
                *ret_any_passes |= result.verdict == PV_PASS;
                pv_result_clear(&result);
        }
        return fails;
}

static void
try_mutant(PvLoader *loader, const PvTarget *target, const PvMutant *mutant, const PvBackend *backend, Score *score)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(PvCandidate) candidate = pv_candidate_parse(loader, mutant->candidate, &error);
        g_autoptr(GArray) suite = candidate ? pv_suite_of(candidate) : NULL;
        const PvSuiteEntry *entry = suite ? pv_suite_find(suite, mutant->kills) : NULL;
        PvSuiteRun run = {.loader = loader, .candidate = candidate, .target = target};
        gboolean sound, passes, killed, ignored;

        if (!entry) {
                printf("%s: no check %s on %s: %s\n", mutant->name, mutant->kills, mutant->candidate,
                       error ? error->message : "not in its suite");
                score->survived++;
                return;
        }
        g_hash_table_add(score->checked, (gpointer) entry->check->id);
        sound = !any_cell_fails(&run, entry, &passes) && passes;
        run.mutation = &mutant->mutation;
        run.mutated_backend = backend;
        killed = any_cell_fails(&run, entry, &ignored);
        if (sound && killed) {
                score->killed++;
                return;
        }
        printf("%s: %s %s\n", mutant->name, mutant->kills, sound ? "did not see it" : "does not pass without it");
        score->survived++;
}

static void
try_all(PvLoader *loader, const PvTarget *target, const PvMutant *mutants, size_t n, const PvBackend *backend,
        Score *score)
{
        for (size_t i = 0; i < n; i++)
                try_mutant(loader, target, &mutants[i], backend, score);
}

static guint
count_unproven(const PvBackend *const *backends, guint n, Score *score)
{
        g_autoptr(GArray) suite = pv_suite(backends, n);
        guint unproven = 0;

        for (guint i = 0; i < suite->len; i++) {
                const char *id = g_array_index(suite, PvSuiteEntry, i).check->id;

                if (g_hash_table_contains(score->checked, id))
                        continue;
                printf("%s: no mutant shows that it can fail\n", id);
                unproven++;
        }
        printf("%u checks, %u mutants killed, %u survived, %u checks unproven\n", suite->len, score->killed,
               score->survived, unproven);
        return unproven;
}

int
main(void)
{
        g_autoptr(PvLoader) loader = pv_loader_new();
        g_autoptr(PvTarget) target = pv_target_parse("model", NULL);
        const PvBackend *backends[] = {pv_loader_get(loader, "regblock", NULL), pv_loader_get(loader, "fwcfg", NULL)};
        Score score = {.checked = g_hash_table_new(g_str_hash, g_str_equal)};
        guint unproven;

        assert(backends[0] && backends[1]);
        try_all(loader, target, pv_check_mutants, pv_n_check_mutants, NULL, &score);
        for (gsize i = 0; i < G_N_ELEMENTS(backends); i++)
                try_all(loader, target, backends[i]->mutants, backends[i]->n_mutants, backends[i], &score);
        unproven = count_unproven(backends, G_N_ELEMENTS(backends), &score);
        g_hash_table_unref(score.checked);
        return score.survived || unproven;
}
