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
        guint n_tried, n_bad;  /* contrast apart */
        guint n_unseen;        /* habits that no lie shows */
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

static gboolean
applies(const Hostile *h, guint c, const Row *row)
{
        return pv_hostile_applies(row->lie, row->backend, h->candidates->pdata[c]);
}

static gboolean
is_contrast(const Hostile *h, guint c)
{
        return pv_candidate_is_contrast(h->candidates->pdata[c]);
}

/* Contrast has small ones of its own. */
static char
letter_of(const Hostile *h, guint c)
{
        guint before = 0;

        for (guint i = 0; i < c; i++)
                before += is_contrast(h, i) == is_contrast(h, c);
        return (char) ((is_contrast(h, c) ? 'a' : 'A') + before % 26);
}

/* In every kind of guest and every memory model. Returns how often it came to an end that is not well. */
static guint
try_everywhere(Hostile *h, guint c, const Row *row, GArray *outcomes)
{
        const PvCandidate *candidate = h->candidates->pdata[c];
        guint n_bad = 0;

        for (int guest = PV_GUEST_PLAIN; guest <= PV_GUEST_SEV_SNP; guest++)
                for (gsize m = 0; pv_memory_models[m]; m++) {
                        PvHostileResult result;

                        pv_hostile_try(h->loader, candidate, h->model, row->backend, row->lie,
                                       (PvGuestKind) guest, pv_memory_models[m], &result);
                        h->n_tried += !is_contrast(h, c);
                        n_bad += !pv_hostile_well(result.end);
                        if (result.end != PV_HOSTILE_HARMLESS)
                                note(outcomes, letter_of(h, c), &result);
                        if (h->json)
                                print_record(candidate, &result);
                        pv_hostile_result_clear(&result);
                }
        return n_bad;
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

static void
add_row(PvReportTable *table, const PvLie *lie, GArray *outcomes)
{
        PvReportTone tone;
        char *sentence = sentence_of(outcomes, &tone);

        pv_report_table_row(table);
        pv_report_table_add(table, lie->id);
        pv_report_table_add(table, lie->what);
        pv_report_table_take(table, sentence, tone);
}

static PvReportTable *
run(Hostile *h)
{
        static const char *const heads[] = {"lie", "the device says", "and is found out by", NULL};
        PvReportTable *table = pv_report_table_new(heads);

        for (guint i = 0; i < h->rows->len; i++) {
                const Row *row = &g_array_index(h->rows, Row, i);
                g_autoptr(GArray) outcomes = g_array_new(FALSE, FALSE, sizeof(Outcome));

                g_array_set_clear_func(outcomes, outcome_clear);
                for (guint c = 0; c < h->candidates->len; c++)
                        if (!is_contrast(h, c) && applies(h, c, row))
                                h->n_bad += try_everywhere(h, c, row, outcomes);
                add_row(table, row->lie, outcomes);
        }
        return table;
}

/* A consumer that lives through every lie has not the habit that it is named for. */
static void
count_unseen(Hostile *h, const guint *caught)
{
        for (guint c = 0; c < h->candidates->len && !h->wanted; c++) {
                const PvCandidate *candidate = h->candidates->pdata[c];

                if (!is_contrast(h, c) || caught[c])
                        continue;
                fprintf(stderr, "pvabi: %s lives through every lie, so its habit does not show\n",
                        candidate->name);
                h->n_unseen++;
        }
}

/* What comes of habits: only lies that show one have a row. */
static PvReportTable *
run_contrast(Hostile *h)
{
        static const char *const heads[] = {"lie", "the device says", "and what comes of it", NULL};
        PvReportTable *table = pv_report_table_new(heads);
        g_autofree guint *caught = g_new0(guint, h->candidates->len);

        for (guint i = 0; i < h->rows->len; i++) {
                const Row *row = &g_array_index(h->rows, Row, i);
                g_autoptr(GArray) outcomes = g_array_new(FALSE, FALSE, sizeof(Outcome));
                guint n_caught = 0;

                g_array_set_clear_func(outcomes, outcome_clear);
                for (guint c = 0; c < h->candidates->len; c++) {
                        guint n = 0;

                        if (is_contrast(h, c) && applies(h, c, row))
                                n = try_everywhere(h, c, row, outcomes);
                        caught[c] += n;
                        n_caught += n;
                }
                if (n_caught)
                        add_row(table, row->lie, outcomes);
        }
        count_unseen(h, caught);
        return table;
}

static void
draw(const Hostile *h, PvReportTable *table, gboolean contrast, GString *out)
{
        if (table->rows->len)
                pv_report_draw_table(table, WIDTH, pv_wants_color(), out);
        g_string_append_c(out, '\n');
        for (guint c = 0; c < h->candidates->len; c++)
                if (is_contrast(h, c) == contrast)
                        g_string_append_printf(out, "%c: %s\n", letter_of(h, c),
                                               ((PvCandidate *) h->candidates->pdata[c])->name);
}

static void
print(const Hostile *h, PvReportTable *table)
{
        g_autoptr(GString) out = g_string_new(NULL);

        draw(h, table, FALSE, out);
        g_string_append_printf(out,
                               "\n%u lies, told %u times: to each consumer that uses the device, in plain, "
                               "SEV, SEV-ES and SEV-SNP "
                               "guests\nand every memory model. All of it is modelled. A word is the finding "
                               "that names the lie; who is not named\n"
                               "believed nothing untrue. %u came to another end.\n",
                               h->rows->len, h->n_tried, h->n_bad);
        fputs(out->str, stdout);
}

static void
print_contrast(const Hostile *h, PvReportTable *table)
{
        g_autoptr(GString) out = g_string_new(NULL);

        g_string_append(out, "\nFor contrast, the same lies told to consumers that lack one check each. They are ours: "
                             "a name is that of a\nhabit, and none is another project's code. Lies that they all "
                             "live through are left out.\n\n");
        draw(h, table, TRUE, out);
        fputs(out->str, stdout);
}

static gboolean
add_candidates(Hostile *h, const char *const *name, GError **error)
{
        for (; *name; name++) {
                PvCandidate *candidate = pv_candidate_parse(h->loader, *name, error);

                if (!candidate)
                        return FALSE;
                g_ptr_array_add(h->candidates, candidate);
        }
        return TRUE;
}

/* Without -c those that are meant to be careful, and the habits. */
static gboolean
choose_candidates(Hostile *h, char **names, GError **error)
{
        if (names)
                return add_candidates(h, (const char *const *) names, error);
        return add_candidates(h, pv_hostile_candidates, error) &&
               add_candidates(h, pv_contrast_candidates, error);
}

static guint
n_contrast(const Hostile *h)
{
        guint n = 0;

        for (guint c = 0; c < h->candidates->len; c++)
                n += is_contrast(h, c);
        return n;
}

int
pv_hostile_verb(const PvOptions *o)
{
        g_autoptr(PvLoader) loader = pv_loader_new();
        g_autoptr(PvTarget) model = pv_target_parse("model", NULL);
        g_autoptr(GPtrArray) candidates = g_ptr_array_new_with_free_func((GDestroyNotify) pv_candidate_free);
        g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(Row));
        g_autoptr(PvReportTable) table = NULL, contrast = NULL;
        g_autoptr(GError) error = NULL;
        Hostile h = {loader, model, candidates, rows, o->rest, o->json, 0, 0, 0};

        if (o->targets || o->smp || o->out || o->baseline || o->fail_on || o->profile || o->level_word ||
            o->shard_word || o->retries || o->jobs || o->strict || o->mutation_score || o->differential) {
                fputs("pvabi: --hostile takes lies, -c and --json; leave out the rest\n", stderr);
                return PV_EXIT_USAGE;
        }
        if (!choose_candidates(&h, o->candidates, &error))
                return pv_complain(error);
        collect_rows(&h);
        if (rows->len == 0) {
                fputs("pvabi: no lie matches; 'pvabi check --hostile' without arguments shows their IDs\n",
                      stderr);
                return PV_EXIT_INCOMPLETE;
        }
        table = run(&h);
        if (!o->json && n_contrast(&h) < candidates->len)
                print(&h, table);
        contrast = run_contrast(&h);
        if (!o->json && n_contrast(&h))
                print_contrast(&h, contrast);
        return h.n_bad || h.n_unseen ? PV_EXIT_UNEXPECTED : PV_EXIT_OK;
}
