/* SPDX-License-Identifier: MIT */
/* The mutation score: on the terminal, as JSON and as Markdown. */
#include "cli/score.h"

#include <errno.h>
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>

#include "cli/backends.h"
#include "common/machine.h"
#include "conformance/mutation-score.h"

#define FILE_NAME "mutation-score"

static const PvMutantResult *
result_at(const PvMutationScore *score, guint i)
{
        return &g_array_index(score->results, PvMutantResult, i);
}

/* The other checks that see the bug: "REG-SEL-001 -003, FWC-DMA-002". */
static char *
others_of(const PvMutantResult *result, guint *ret_n)
{
        GString *text = g_string_new(NULL);
        const char *before = "";
        guint n = 0;

        for (guint i = 0; i < result->fails->len; i++) {
                const char *id = result->fails->pdata[i], *number = strrchr(id, '-');
                gsize topic = number ? (gsize) (number - id) : strlen(id);

                if (!g_strcmp0(id, result->mutant->kills))
                        continue;
                if (n++ && !strncmp(before, id, topic + 1))
                        g_string_append_printf(text, " %s", id + topic);
                else
                        g_string_append_printf(text, "%s%s", n > 1 ? ", " : "", id);
                before = id;
        }
        *ret_n = n;
        return g_string_free(text, FALSE);
}

/* Why this fate is none of a mutant's. */
static const char *
reason_of(const PvMutantResult *result)
{
        static const char *const reason[PV_N_FATES] = {
                [PV_FATE_KILLED] = "",
                [PV_FATE_SURVIVED] = "its check does not fail, or not in the way it should",
                [PV_FATE_UNSOUND] = "its check does not pass without it",
                [PV_FATE_CRASHED] = "its check takes the process down, which kills nothing",
                [PV_FATE_TIMED_OUT] = "its check does not end in time, which kills nothing",
        };

        return result->reason ? result->reason : reason[result->fate];
}

static const char *
named_by(const PvMutantResult *result)
{
        return result->mutant->kills ? result->mutant->kills : "no check";
}

static char *
summary_of(const PvMutationScore *score)
{
        return g_strdup_printf("%u of %u mutants killed, %u of %u blind ones among them; "
                               "%u of %u checks have a mutant",
                               pv_mutation_score_killed(score, FALSE), pv_mutation_score_total(score, FALSE),
                               pv_mutation_score_killed(score, TRUE), pv_mutation_score_total(score, TRUE),
                               score->n_checks - score->unproven->len, score->n_checks);
}

/* ---- terminal ---- */

static void
print_survivors(const PvMutationScore *score)
{
        gboolean any = FALSE;

        for (guint i = 0; i < score->results->len; i++) {
                const PvMutantResult *r = result_at(score, i);

                if (r->fate == PV_FATE_KILLED)
                        continue;
                if (!any)
                        puts("\nSurvivors");
                any = TRUE;
                printf("  %s, %s on %s: %s\n", r->mutant->name, named_by(r), r->mutant->candidate,
                       r->mutant->bug);
                printf("    %s: %s\n", pv_fate_word(r->fate), reason_of(r));
        }
}

static void
print_unproven(const PvMutationScore *score)
{
        if (score->unproven->len)
                puts("\nChecks without a mutant");
        for (guint i = 0; i < score->unproven->len; i++) {
                const PvCheck *check = score->unproven->pdata[i];

                printf("  %-13s %s\n", check->id, check->requirement);
        }
}

static void
print_score(const PvMutationScore *score)
{
        g_autofree char *summary = summary_of(score);

        puts("Kill matrix: the check that each mutant is for, how many others fail with it, and which");
        for (guint i = 0; i < score->results->len; i++) {
                const PvMutantResult *r = result_at(score, i);
                guint n;
                g_autofree char *others = others_of(r, &n);

                printf("  %-34s %c%-13s %3u  %s\n", r->mutant->name, r->fate == PV_FATE_KILLED ? ' ' : '!',
                       named_by(r), n, others);
        }
        print_survivors(score);
        print_unproven(score);
        printf("\n%s\n", summary);
}

/* ---- Markdown ---- */

static char *
markdown_of(const PvMutationScore *score)
{
        GString *out = g_string_new("# Mutation score\n\n");
        g_autofree char *summary = summary_of(score);

        g_string_append_printf(out,
                               "%s.\n\n"
                               "| mutant | blind | candidate | bug | check | fate | others that fail |\n"
                               "|---|---|---|---|---|---|---|\n",
                               summary);
        for (guint i = 0; i < score->results->len; i++) {
                const PvMutantResult *r = result_at(score, i);
                guint n;
                g_autofree char *others = others_of(r, &n);

                g_string_append_printf(out, "| %s | %s | `%s` | %s | %s | %s | %u%s%s |\n", r->mutant->name,
                                       r->blind ? "yes" : "", r->mutant->candidate, r->mutant->bug,
                                       named_by(r), pv_fate_word(r->fate), n, n ? ": " : "", others);
        }
        if (score->unproven->len)
                g_string_append(out, "\nChecks without a mutant:\n\n");
        for (guint i = 0; i < score->unproven->len; i++)
                g_string_append_printf(out, "* %s\n", ((const PvCheck *) score->unproven->pdata[i])->id);
        return g_string_free(out, FALSE);
}

/* ---- JSON ---- */

static JsonObject *
json_of_result(const PvMutantResult *r)
{
        JsonObject *object = json_object_new();
        JsonArray *fails = json_array_new();
        const struct {
                const char *member, *value;
        } text[] = {
                {"name", r->mutant->name},
                {"kills", r->mutant->kills ? r->mutant->kills : ""},
                {"candidate", r->mutant->candidate},
                {"rules", r->backend ? r->backend->name : ""},
                {"bug", r->mutant->bug},
                {"fate", pv_fate_word(r->fate)},
                {"reason", reason_of(r)},
        };

        for (gsize i = 0; i < G_N_ELEMENTS(text); i++)
                json_object_set_string_member(object, text[i].member, text[i].value);
        json_object_set_boolean_member(object, "blind", r->blind);
        json_object_set_boolean_member(object, "hangs", r->mutant->hangs);
        for (guint i = 0; i < r->fails->len; i++)
                json_array_add_string_element(fails, r->fails->pdata[i]);
        json_object_set_array_member(object, "fails", fails);
        return object;
}

static char *
json_of(const PvMutationScore *score)
{
        g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
        JsonObject *object = json_object_new();
        JsonArray *mutants = json_array_new(), *unproven = json_array_new();
        g_autofree char *text = NULL;

        json_object_set_int_member(object, "killed", pv_mutation_score_killed(score, FALSE));
        json_object_set_int_member(object, "total", pv_mutation_score_total(score, FALSE));
        json_object_set_int_member(object, "killed_blind", pv_mutation_score_killed(score, TRUE));
        json_object_set_int_member(object, "total_blind", pv_mutation_score_total(score, TRUE));
        json_object_set_int_member(object, "checks", score->n_checks);
        for (guint i = 0; i < score->unproven->len; i++)
                json_array_add_string_element(unproven, ((const PvCheck *) score->unproven->pdata[i])->id);
        json_object_set_array_member(object, "without_mutant", unproven);
        for (guint i = 0; i < score->results->len; i++)
                json_array_add_object_element(mutants, json_of_result(result_at(score, i)));
        json_object_set_array_member(object, "mutants", mutants);
        json_node_take_object(node, object);
        text = json_to_string(node, TRUE);
        return g_strconcat(text, "\n", NULL);
}

/* ---- the verb ---- */

static gboolean
write_file(const char *folder, const char *extension, const char *text, GError **error)
{
        g_autofree char *name = g_strconcat(FILE_NAME, extension, NULL);
        g_autofree char *path = g_build_filename(folder, name, NULL);

        if (g_file_set_contents(path, text, -1, NULL))
                return TRUE;
        g_set_error(error, PV_ERROR, PV_ERROR_USAGE, "cannot write %s: %s; name a writable folder with -o",
                    path, g_strerror(errno));
        return FALSE;
}

static gboolean
write_files(const PvMutationScore *score, const char *folder, GError **error)
{
        g_autofree char *json = json_of(score), *markdown = markdown_of(score);

        if (g_mkdir_with_parents(folder, 0755) < 0) {
                g_set_error(error, PV_ERROR, PV_ERROR_USAGE,
                            "cannot make folder %s: %s; name a writable one with -o", folder,
                            g_strerror(errno));
                return FALSE;
        }
        return write_file(folder, ".json", json, error) && write_file(folder, ".md", markdown, error);
}

/* What -c names may be a plug-in that is not on the search path. */
static gboolean
add_named(PvLoader *loader, char **candidates, GPtrArray *backends, GError **error)
{
        for (guint i = 0; candidates && candidates[i]; i++) {
                g_autoptr(PvCandidate) candidate = pv_candidate_parse(loader, candidates[i], error);

                if (!candidate)
                        return FALSE;
                for (unsigned p = 0; p < candidate->machine.n_parts; p++) {
                        gpointer backend = (gpointer) candidate->machine.part[p].backend;

                        if (!g_ptr_array_find(backends, backend, NULL))
                                g_ptr_array_add(backends, backend);
                }
        }
        return TRUE;
}

static PvExit
exit_code(const PvMutationScore *score)
{
        PvExit code = score->unproven->len ? PV_EXIT_UNEXPECTED : PV_EXIT_OK;

        for (guint i = 0; i < score->results->len; i++) {
                if (result_at(score, i)->fate == PV_FATE_UNKNOWN)
                        return PV_EXIT_ERROR;
                if (result_at(score, i)->fate != PV_FATE_KILLED)
                        code = PV_EXIT_UNEXPECTED;
        }
        return code;
}

static int
show(const PvMutationScore *score, const PvOptions *options)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *json = options->json ? json_of(score) : NULL;

        if (score->n_checks == 0 && score->results->len == 0) {
                fputs("pvabi: no check matches; 'pvabi list checks' shows their IDs\n", stderr);
                return PV_EXIT_INCOMPLETE;
        }
        if (json)
                fputs(json, stdout);
        else
                print_score(score);
        if (options->out && !write_files(score, options->out, &error))
                return pv_complain(error);
        return exit_code(score);
}

/* Mutants live on the model and in the cells of their checks: most options of a run are not for them. */
static gboolean
asks_for_more(const PvOptions *o)
{
        return o->targets || o->smp || o->baseline || o->fail_on || o->profile || o->level_word || o->shard_word ||
               o->retries || o->differential || o->strict;
}

int
pv_score_run(const PvOptions *options)
{
        g_autoptr(PvLoader) loader = pv_loader_new();
        g_autoptr(GError) error = NULL;
        PvExit code = PV_EXIT_OK;
        g_autoptr(GPtrArray) backends = pv_backends_all(loader, &code);
        PvMutationPlan plan = {loader, backends, (const char *const *) options->rest, (guint) options->jobs,
                               (guint) options->timeout};
        g_autoptr(PvMutationScore) score = NULL;

        if (asks_for_more(options)) {
                fputs("pvabi: --mutation-score takes IDs, -c, -o, --json, --jobs, --timeout; "
                      "leave out the rest\n",
                      stderr);
                return PV_EXIT_USAGE;
        }
        if (!add_named(loader, options->candidates, backends, &error))
                return pv_complain(error);
        score = code == PV_EXIT_OK ? pv_mutation_score(&plan, &error) : NULL;
        if (score)
                return show(score, options);
        if (error)
                return pv_complain(error);
        if (code == PV_EXIT_OK)
                fputs("pvabi: interrupted; nothing was scored, run it again\n", stderr);
        return code == PV_EXIT_OK ? PV_EXIT_INTERRUPTED : code;
}
