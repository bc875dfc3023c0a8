/* SPDX-License-Identifier: MIT */
/* From the tables of mutants to who killed which. */
#include "conformance/mutation-score.h"

#include <string.h>

#include "common/error.h"
#include "conformance/checks.h"
#include "conformance/trial.h"

/* A candidate that mutants live in. */
typedef struct Home {
        PvCandidate *candidate;
        GArray *suite;
        guint sound; /* its trial without a mutant, by number */
} Home;

typedef struct Work {
        const PvMutationPlan *plan;
        PvTarget *target;
        GHashTable *homes; /* by the name that mutants give their candidate */
        GArray *trials;    /* PvTrial */
        GArray *results;   /* PvMutantResult; the trial of result i is trial_of[i] */
        GArray *trial_of;  /* guint */
} Work;

#define NO_TRIAL G_MAXUINT

static void
home_free(gpointer data)
{
        Home *home = data;

        pv_candidate_free(home->candidate);
        g_array_unref(home->suite);
        g_free(home);
}

/* ---- what is to be run ---- */

static guint
add_trial(Work *w, const Home *home, const PvMutation *mutation, const PvBackend *backend)
{
        PvTrial trial = {
                .run = {.loader = w->plan->loader, .candidate = home->candidate, .target = w->target,
                        .mutation = mutation, .mutated_backend = backend},
                .suite = home->suite,
        };

        g_array_append_val(w->trials, trial);
        return w->trials->len - 1;
}

static const Home *
home_of(Work *w, const char *name, GError **error)
{
        Home *home = g_hash_table_lookup(w->homes, name);
        PvCandidate *candidate;

        if (home)
                return home;
        candidate = pv_candidate_parse(w->plan->loader, name, error);
        if (!candidate)
                return NULL;
        home = g_new0(Home, 1);
        home->candidate = candidate;
        home->suite = pv_suite_of(candidate);
        home->sound = add_trial(w, home, NULL, NULL);
        g_hash_table_insert(w->homes, (gpointer) name, home);
        return home;
}

static void
add_mutant(Work *w, const PvMutant *mutant, const PvBackend *backend, gboolean blind)
{
        g_autoptr(GError) error = NULL;
        PvMutantResult result = {.mutant = mutant, .backend = backend, .blind = blind,
                                 .fate = PV_FATE_UNKNOWN,
                                 .fails = g_ptr_array_new()};
        const Home *home = home_of(w, mutant->candidate, &error);
        guint trial = NO_TRIAL;

        if (!home)
                result.reason = g_strdup(error->message);
        else if (mutant->kills && !pv_suite_find(home->suite, mutant->kills))
                result.reason = g_strdup_printf("%s has no check %s", mutant->candidate, mutant->kills);
        else
                trial = add_trial(w, home, &mutant->mutation, backend);
        g_array_append_val(w->results, result);
        g_array_append_val(w->trial_of, trial);
}

static void
add_table(Work *w, const PvMutant *mutants, size_t n, const PvBackend *backend, gboolean blind)
{
        for (size_t i = 0; i < n; i++)
                if (pv_suite_selects(w->plan->globs, mutants[i].kills ? mutants[i].kills : ""))
                        add_mutant(w, &mutants[i], backend, blind);
}

static void
add_tables(Work *w)
{
        add_table(w, pv_check_mutants, pv_n_check_mutants, NULL, FALSE);
        add_table(w, pv_check_blind_mutants, pv_n_check_blind_mutants, NULL, TRUE);
        for (guint i = 0; i < w->plan->backends->len; i++) {
                const PvBackend *b = w->plan->backends->pdata[i];

                add_table(w, b->mutants, b->n_mutants, b, FALSE);
                add_table(w, b->blind_mutants, b->n_blind_mutants, b, TRUE);
        }
}

/* ---- what came of it ---- */

/* Does any cell end in this way that passes without the mutant? */
static gboolean
is_struck(const guint8 *sound, const guint8 *mutated, size_t n, PvOutcome how)
{
        for (size_t i = 0; i < n; i++)
                if (sound[i] == PV_OUTCOME_PASS && mutated[i] == how)
                        return TRUE;
        return FALSE;
}

static gboolean
is_sound(const guint8 *sound, size_t n)
{
        return memchr(sound, PV_OUTCOME_PASS, n) && !memchr(sound, PV_OUTCOME_WRONG, n) &&
               !memchr(sound, PV_OUTCOME_WEDGED, n);
}

/* What the named check says of its mutant. */
static PvFate
fate_of(const guint8 *sound, const guint8 *mutated, size_t n, PvOutcome how)
{
        if (!is_sound(sound, n))
                return PV_FATE_UNSOUND;
        if (is_struck(sound, mutated, n, how))
                return PV_FATE_KILLED;
        if (memchr(mutated, PV_OUTCOME_CRASHED, n))
                return PV_FATE_CRASHED;
        return memchr(mutated, PV_OUTCOME_TIMED_OUT, n) ? PV_FATE_TIMED_OUT : PV_FATE_SURVIVED;
}

static void
judge(PvMutantResult *result, const PvTrial *sound, const PvTrial *mutated)
{
        PvOutcome how = result->mutant->hangs ? PV_OUTCOME_WEDGED : PV_OUTCOME_WRONG;
        guint at = 0;
        size_t n;

        result->fate = PV_FATE_SURVIVED;
        for (guint i = 0; i < sound->suite->len; i++, at += (guint) n) {
                const PvCheck *check = g_array_index(sound->suite, PvSuiteEntry, i).check;

                pv_check_cells(check, &n);
                if (is_struck(sound->outcomes + at, mutated->outcomes + at, n, how))
                        g_ptr_array_add(result->fails, (gpointer) check->id);
                if (!g_strcmp0(check->id, result->mutant->kills))
                        result->fate = fate_of(sound->outcomes + at, mutated->outcomes + at, n, how);
        }
        if (!result->mutant->kills)
                result->reason = g_strdup("it names no check; the kill matrix has those that fail");
}

static void
judge_all(Work *w)
{
        for (guint i = 0; i < w->results->len; i++) {
                PvMutantResult *result = &g_array_index(w->results, PvMutantResult, i);
                guint trial = g_array_index(w->trial_of, guint, i);
                const Home *home = g_hash_table_lookup(w->homes, result->mutant->candidate);

                if (trial != NO_TRIAL)
                        judge(result, &g_array_index(w->trials, PvTrial, home->sound),
                              &g_array_index(w->trials, PvTrial, trial));
        }
}

static gboolean
is_named(const Work *w, const char *id)
{
        for (guint i = 0; i < w->results->len; i++)
                if (!g_strcmp0(g_array_index(w->results, PvMutantResult, i).mutant->kills, id))
                        return TRUE;
        return FALSE;
}

static void
result_clear(gpointer data)
{
        PvMutantResult *result = data;

        g_free(result->reason);
        g_ptr_array_unref(result->fails);
}

static PvMutationScore *
score_of(Work *w)
{
        PvMutationScore *score = g_new0(PvMutationScore, 1);
        g_autoptr(GArray) suite = pv_suite((const PvBackend *const *) w->plan->backends->pdata,
                                           w->plan->backends->len);

        score->results = g_array_ref(w->results);
        score->unproven = g_ptr_array_new();
        for (guint i = 0; i < suite->len; i++) {
                const PvCheck *check = g_array_index(suite, PvSuiteEntry, i).check;

                if (!pv_suite_selects(w->plan->globs, check->id))
                        continue;
                score->n_checks++;
                if (!is_named(w, check->id))
                        g_ptr_array_add(score->unproven, (gpointer) check);
        }
        return score;
}

PvMutationScore *
pv_mutation_score(const PvMutationPlan *plan, GError **error)
{
        g_autoptr(GHashTable) homes = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, home_free);
        g_autoptr(GArray) trials = g_array_new(FALSE, FALSE, sizeof(PvTrial));
        g_autoptr(GArray) results = g_array_new(FALSE, FALSE, sizeof(PvMutantResult));
        g_autoptr(GArray) trial_of = g_array_new(FALSE, FALSE, sizeof(guint));
        g_autoptr(PvTarget) target = pv_target_parse("model", error);
        Work work = {plan, target, homes, trials, results, trial_of};
        PvMutationScore *score = NULL;

        if (!target)
                return NULL;
        g_array_set_clear_func(results, result_clear);
        add_tables(&work);
        if (pv_trials_run((PvTrial *) (void *) trials->data, trials->len,
                          plan->jobs ? plan->jobs : (guint) g_get_num_processors(), plan->timeout, error)) {
                judge_all(&work);
                score = score_of(&work);
        }
        pv_trials_clear((PvTrial *) (void *) trials->data, trials->len);
        return score;
}

void
pv_mutation_score_free(PvMutationScore *score)
{
        if (!score)
                return;
        g_array_unref(score->results);
        g_ptr_array_unref(score->unproven);
        g_free(score);
}

guint
pv_mutation_score_total(const PvMutationScore *score, gboolean blind_only)
{
        guint sum = 0;

        for (guint i = 0; i < score->results->len; i++)
                sum += !blind_only || g_array_index(score->results, PvMutantResult, i).blind;
        return sum;
}

guint
pv_mutation_score_killed(const PvMutationScore *score, gboolean blind_only)
{
        guint sum = 0;

        for (guint i = 0; i < score->results->len; i++) {
                const PvMutantResult *result = &g_array_index(score->results, PvMutantResult, i);

                sum += result->fate == PV_FATE_KILLED && (!blind_only || result->blind);
        }
        return sum;
}

const char *
pv_fate_word(PvFate fate)
{
        static const char *const word[PV_N_FATES] = {
                [PV_FATE_KILLED] = "killed",       [PV_FATE_SURVIVED] = "survived",
                [PV_FATE_UNSOUND] = "unsound",     [PV_FATE_CRASHED] = "crashed",
                [PV_FATE_TIMED_OUT] = "timed out", [PV_FATE_UNKNOWN] = "unknown",
        };

        return word[fate];
}
