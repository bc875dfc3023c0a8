/* SPDX-License-Identifier: MIT */
/* The hostile host: consumers across, lies down, and what each came to, over every kind of guest and memory
 * model. */
#include "cli/hostile.h"

#include <stdio.h>
#include <string.h>

#include "cli/folder.h"
#include "cli/header.h"
#include "cli/legs.h"
#include "common/machine.h"
#include "conformance/hostile.h"
#include "reports/report-draw.h"
#include "reports/report-table.h"
#include "reports/report.h"
#include "common/error.h" /* after the above, where PV_ERROR is a verdict */

#define WIDTH 110u

typedef struct Hostile {
        PvLoader *loader;
        PvTarget *model;
        GPtrArray *candidates; /* PvCandidate */
        GArray *rows;          /* PvToldLie */
        gboolean all;          /* no lie was left out */
        gboolean json;         /* records instead of tables */
        PvRecorder *recorder;  /* NULL: none are kept */
        guint n_tried, n_bad;  /* contrast apart */
        guint n_unseen;        /* habits that no lie shows */
} Hostile;

static void
print_record(JsonObject *record)
{
        g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
        g_autofree char *text = NULL;

        json_node_set_object(node, record);
        text = json_to_string(node, FALSE);
        puts(text);
}

static void
record(const Hostile *h, const PvCandidate *candidate, const PvHostileResult *result)
{
        g_autoptr(JsonObject) record = pv_hostile_record(candidate, result);

        if (h->json)
                print_record(record);
        if (h->recorder)
                pv_recorder_add(h->recorder, json_object_ref(record));
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
applies(const Hostile *h, guint c, const PvToldLie *row)
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

/* One lie told to one consumer. */
typedef struct Telling {
        Hostile *h;
        guint candidate;
        GArray *outcomes;
        guint n_bad;
} Telling;

static void
take(void *data, const PvHostileResult *result)
{
        Telling *t = data;

        t->h->n_tried += !is_contrast(t->h, t->candidate);
        t->n_bad += !pv_hostile_well(result->end);
        if (result->end != PV_HOSTILE_HARMLESS)
                note(t->outcomes, letter_of(t->h, t->candidate), result);
        record(t->h, t->h->candidates->pdata[t->candidate], result);
}

/* Returns how often it came to an end that is not well. */
static guint
try_everywhere(Hostile *h, guint c, const PvToldLie *row, GArray *outcomes)
{
        Telling telling = {h, c, outcomes, 0};

        pv_hostile_everywhere(h->loader, h->candidates->pdata[c], h->model, row->backend, row->lie, take,
                              &telling);
        return telling.n_bad;
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
                const PvToldLie *row = &g_array_index(h->rows, PvToldLie, i);
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
        for (guint c = 0; c < h->candidates->len && h->all; c++) {
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
                const PvToldLie *row = &g_array_index(h->rows, PvToldLie, i);
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
                               "that names the lie. A consumer that is\n"
                               "not listed accepted no false value; it may not have noticed the lie. %u came "
                               "to another end.\n",
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

static guint
n_contrast(const Hostile *h)
{
        guint n = 0;

        for (guint c = 0; c < h->candidates->len; c++)
                n += is_contrast(h, c);
        return n;
}

/* ---- the verb ---- */

static gboolean
is_usage(const PvOptions *o)
{
        return !(o->targets || o->smp || o->baseline || o->fail_on || o->profile || o->level_word ||
                 o->shard_word || o->retries || o->jobs || o->strict || o->mutation_score || o->differential || o->ledger);
}

/* Without -c those that are meant to be careful, and the habits. */
static gboolean
choose_candidates(PvLegs *legs, const PvOptions *options, GError **error)
{
        static const PvCampaign campaign = {.check = TRUE};
        g_autoptr(GPtrArray) names = g_ptr_array_new();
        PvOptions chosen = *options;

        for (gsize i = 0; pv_hostile_candidates[i]; i++)
                g_ptr_array_add(names, (gpointer) pv_hostile_candidates[i]);
        for (gsize i = 0; pv_contrast_candidates[i]; i++)
                g_ptr_array_add(names, (gpointer) pv_contrast_candidates[i]);
        g_ptr_array_add(names, NULL);
        if (!chosen.candidates)
                chosen.candidates = (char **) names->pdata;
        return pv_legs_add(legs, &campaign, &chosen, error);
}

static gboolean
open_records(PvFolder *folder, const PvOptions *o, const PvLegs *legs, GError **error)
{
        const PvHeader header = {.command = o->command, .seed = o->seed, .level = o->level, .legs = legs,
                                 .asked_for = o->candidates != NULL};

        if (!o->out)
                return TRUE;
        if (!pv_folder_open(folder, o->out, error))
                return FALSE;
        pv_recorder_add(folder->recorder, pv_header_record(&header));
        return TRUE;
}

static void
tell_and_print(Hostile *h)
{
        g_autoptr(PvReportTable) table = run(h), contrast = NULL;

        if (!h->json && n_contrast(h) < h->candidates->len)
                print(h, table);
        contrast = run_contrast(h);
        if (!h->json && n_contrast(h))
                print_contrast(h, contrast);
}

/* Makes the report, when there are records to make it of. */
static gboolean
report(const Hostile *h, const PvFolder *folder, GError **error)
{
        g_autoptr(GPtrArray) records = folder->recorder ? pv_record_read(folder->records_path, error) : NULL;
        g_autofree char *files = pv_report_files(NULL);

        if (!folder->recorder)
                return TRUE;
        if (!records || !pv_report_write(records, folder->path, NULL, error))
                return FALSE;
        if (!h->json)
                printf("\nFiles in %s: " PV_RECORD_FILE ", %s\n", folder->path, files);
        return TRUE;
}

int
pv_hostile_verb(const PvOptions *o)
{
        g_autoptr(PvLoader) loader = pv_loader_new();
        g_autoptr(PvTarget) model = pv_target_parse("model", NULL);
        g_autoptr(GArray) rows = NULL;
        g_autoptr(GError) error = NULL;
        g_auto(PvFolder) folder = {.lock = -1};
        g_auto(PvLegs) legs = {0};
        Hostile h = {.loader = loader, .model = model, .all = !o->rest, .json = o->json};

        if (!is_usage(o)) {
                fputs("pvabi: --hostile takes lies, -c, -o and --json; leave out the rest\n", stderr);
                return PV_EXIT_USAGE;
        }
        pv_legs_init(&legs, loader);
        if (!choose_candidates(&legs, o, &error))
                return pv_complain(error);
        h.candidates = legs.candidates;
        h.rows = rows = pv_hostile_lies(h.candidates, (const char *const *) o->rest);
        if (rows->len == 0) {
                fputs("pvabi: no lie matches; 'pvabi check --hostile' without arguments shows their IDs\n",
                      stderr);
                return PV_EXIT_INCOMPLETE;
        }
        if (!open_records(&folder, o, &legs, &error))
                return pv_complain(error);
        h.recorder = folder.recorder;
        tell_and_print(&h);
        if (!report(&h, &folder, &error))
                return pv_complain(error);
        if (h.recorder && pv_recorder_failed(h.recorder))
                return PV_EXIT_ERROR;
        return h.n_bad || h.n_unseen ? PV_EXIT_UNEXPECTED : PV_EXIT_OK;
}
