/* SPDX-License-Identifier: MIT */
/* The hostile host: consumers across, lies down, and what each came to, over every kind of guest and memory
 * model. */
#include "cli/hostile.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/machine.h"
#include "conformance/hostile.h"
#include "reports/report-draw.h"
#include "reports/report-table.h"

#define WIDTH 110u

/* A lie and whose it is; NULL: the GHCB's. */
typedef struct Row {
        const PvBackend *backend;
        const PvLie *lie;
} Row;

typedef struct Hostile {
        PvLoader *loader;
        PvTarget *model;
        GPtrArray *candidates; /* PvCandidate */
        GArray *rows;          /* Row */
        char **wanted;         /* globs of IDs; NULL: all */
        gboolean json;
        guint n_tried, n_bad;
} Hostile;

static gboolean
is_wanted(const Hostile *h, const char *id)
{
        for (guint i = 0; h->wanted && h->wanted[i]; i++)
                if (g_pattern_match_simple(h->wanted[i], id))
                        return TRUE;
        return !h->wanted;
}

static void
add_rows(Hostile *h, const PvBackend *backend, const PvLie *lies, gsize n)
{
        for (gsize i = 0; i < n; i++) {
                const Row row = {backend, &lies[i]};

                if (is_wanted(h, lies[i].id))
                        g_array_append_val(h->rows, row);
        }
}

/* Of every backend that a candidate has, once. */
static void
collect_rows(Hostile *h)
{
        g_autoptr(GPtrArray) seen = g_ptr_array_new();

        for (guint c = 0; c < h->candidates->len; c++) {
                const PvCandidate *candidate = h->candidates->pdata[c];

                for (unsigned p = 0; p < candidate->machine.n_parts; p++) {
                        const PvBackend *backend = candidate->machine.part[p].backend;

                        if (g_ptr_array_find(seen, backend, NULL))
                                continue;
                        g_ptr_array_add(seen, (gpointer) backend);
                        add_rows(h, backend, backend->lies, backend->n_lies);
                }
        }
        add_rows(h, NULL, pv_ghcb_lies, pv_n_ghcb_lies);
}

static void
print_record(const PvCandidate *candidate, const PvHostileResult *result)
{
        g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
        g_autofree char *text = NULL;

        json_node_take_object(node, pv_hostile_record(candidate, result));
        text = json_to_string(node, FALSE);
        puts(text);
}

/* What the reader wants to know first: a finding without the word that all of them have. */
static char *
words_of(const PvHostileResult *result)
{
        const char *word = pv_finding_word(result->finding);
        const char *start = strchr(word, '(');

        if (result->end == PV_HOSTILE_HARMLESS)
                return g_strdup("harmless");
        if (result->end != PV_HOSTILE_NAMED)
                return g_strdup(pv_hostile_word(result->end));
        return start ? g_strndup(start + 1, strlen(start) - 2) : g_strdup(word);
}

/* Which consumers came to what, in the order in which it was first met. */
typedef struct Outcome {
        char *words;
        GString *letters;
        gboolean bad;
} Outcome;

static void
outcome_clear(gpointer data)
{
        Outcome *outcome = data;

        g_free(outcome->words);
        g_string_free(outcome->letters, TRUE);
}

static void
note(GArray *outcomes, char letter, const PvHostileResult *result)
{
        Outcome new = {.words = words_of(result), .bad = !pv_hostile_well(result->end)};

        for (guint i = 0; i < outcomes->len; i++) {
                Outcome *outcome = &g_array_index(outcomes, Outcome, i);

                if (strcmp(outcome->words, new.words))
                        continue;
                if (outcome->letters->str[outcome->letters->len - 1] != letter)
                        g_string_append_c(outcome->letters, letter);
                g_free(new.words);
                return;
        }
        new.letters = g_string_new(NULL);
        g_string_append_c(new.letters, letter);
        g_array_append_val(outcomes, new);
}

/* In every kind of guest and every memory model. */
static void
try_everywhere(Hostile *h, guint c, const Row *row, GArray *outcomes)
{
        const PvCandidate *candidate = h->candidates->pdata[c];

        for (int guest = PV_GUEST_PLAIN; guest <= PV_GUEST_SEV_SNP; guest++)
                for (gsize m = 0; pv_memory_models[m]; m++) {
                        PvHostileResult result;

                        pv_hostile_try(h->loader, candidate, h->model, row->backend, row->lie,
                                       (PvGuestKind) guest, pv_memory_models[m], &result);
                        h->n_tried++;
                        h->n_bad += !pv_hostile_well(result.end);
                        if (result.end != PV_HOSTILE_HARMLESS)
                                note(outcomes, (char) ('A' + c % 26), &result);
                        if (h->json)
                                print_record(candidate, &result);
                        pv_hostile_result_clear(&result);
                }
}

static char *
sentence_of(GArray *outcomes, PvReportTone *ret_tone)
{
        GString *text = g_string_new(NULL);

        *ret_tone = outcomes->len ? PV_REPORT_GOOD : PV_REPORT_DIM;
        for (guint i = 0; i < outcomes->len; i++) {
                const Outcome *outcome = &g_array_index(outcomes, Outcome, i);

                if (outcome->bad)
                        *ret_tone = PV_REPORT_BAD;
                g_string_append_printf(text, "%s%s %s", i ? ", " : "", outcome->words, outcome->letters->str);
        }
        return g_string_free(text, FALSE);
}

static PvReportTable *
run(Hostile *h)
{
        static const char *const heads[] = {"lie", "the device says", "and is found out by", NULL};
        PvReportTable *table = pv_report_table_new(heads);

        for (guint i = 0; i < h->rows->len; i++) {
                const Row *row = &g_array_index(h->rows, Row, i);
                g_autoptr(GArray) outcomes = g_array_new(FALSE, FALSE, sizeof(Outcome));
                PvReportTone tone;
                char *sentence;

                g_array_set_clear_func(outcomes, outcome_clear);
                for (guint c = 0; c < h->candidates->len; c++)
                        if (pv_hostile_applies(row->lie, row->backend, h->candidates->pdata[c]))
                                try_everywhere(h, c, row, outcomes);
                pv_report_table_row(table);
                pv_report_table_add(table, row->lie->id);
                pv_report_table_add(table, row->lie->what);
                sentence = sentence_of(outcomes, &tone);
                pv_report_table_take(table, sentence, tone);
        }
        return table;
}

static void
print(const Hostile *h, PvReportTable *table)
{
        g_autoptr(GString) out = g_string_new(NULL);

        pv_report_draw_table(table, WIDTH, pv_wants_color(), out);
        g_string_append_c(out, '\n');
        for (guint c = 0; c < h->candidates->len; c++)
                g_string_append_printf(out, "%c: %s\n", 'A' + (int) (c % 26),
                                       ((PvCandidate *) h->candidates->pdata[c])->name);
        g_string_append_printf(out,
                               "\n%u lies, told %u times: to each consumer that uses the device, in plain, "
                               "SEV, SEV-ES and SEV-SNP "
                               "guests\nand every memory model. All of it is modelled. A word is the finding "
                               "that names the lie; who is not named\n"
                               "believed nothing untrue. %u came to another end.\n",
                               h->rows->len, h->n_tried, h->n_bad);
        fputs(out->str, stdout);
}

static gboolean
add_candidates(Hostile *h, char **names, GError **error)
{
        const char *const *name = names ? (const char *const *) names : pv_hostile_candidates;

        for (; *name; name++) {
                PvCandidate *candidate = pv_candidate_parse(h->loader, *name, error);

                if (!candidate)
                        return FALSE;
                g_ptr_array_add(h->candidates, candidate);
        }
        return TRUE;
}

int
pv_hostile_verb(const PvOptions *o)
{
        g_autoptr(PvLoader) loader = pv_loader_new();
        g_autoptr(PvTarget) model = pv_target_parse("model", NULL);
        g_autoptr(GPtrArray) candidates = g_ptr_array_new_with_free_func((GDestroyNotify) pv_candidate_free);
        g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(Row));
        g_autoptr(PvReportTable) table = NULL;
        g_autoptr(GError) error = NULL;
        Hostile h = {loader, model, candidates, rows, o->rest, o->json, 0, 0};

        if (o->targets || o->smp || o->out || o->baseline || o->fail_on || o->profile || o->level_word ||
            o->shard_word || o->retries || o->jobs || o->strict || o->mutation_score || o->differential) {
                fputs("pvabi: --hostile takes lies, -c and --json; leave out the rest\n", stderr);
                return PV_EXIT_USAGE;
        }
        if (!add_candidates(&h, o->candidates, &error))
                return pv_complain(error);
        collect_rows(&h);
        if (rows->len == 0) {
                fputs("pvabi: no lie matches; 'pvabi check --hostile' without arguments shows their IDs\n",
                      stderr);
                return PV_EXIT_INCOMPLETE;
        }
        table = run(&h);
        if (!o->json)
                print(&h, table);
        return h.n_bad ? PV_EXIT_UNEXPECTED : PV_EXIT_OK;
}
