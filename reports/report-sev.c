/* SPDX-License-Identifier: MIT */
/* The page on SEV, put together: scores, requirements, predictions, lies, and what is not known. */
#include "reports/report-sev.h"

#include <string.h>

#include "common/record.h"
#include "reports/report-score.h"

static const char scores_legend[] =
        "by construction: of the requirements that hold or fail so, how many hold; only by care: those that "
        "hold besides, in some cell, since the guest's side was careful. An ABI has no merit in the second.";

static const char requirements_legend[] =
        "What the ABIs were predicted to differ in by construction comes first, then whatever holds "
        "for one candidate and fails for another. holds: by construction; by care: in some cell only "
        "since the guest's side was careful; FAILS: also where it was expected; n/a: does not apply, "
        "or was never claimed: SMM does not exist for SEV-ES and SEV-SNP guests on KVM, and is no pass "
        "there. Where a requirement fares differently by kind of guest and phase, both are named, or "
        "the phase alone where every kind fares alike.";

static const char requirements_brief[] =
        "What tells the candidates apart, or was predicted to. holds: by construction; by care: only "
        "since the guest's side was careful; FAILS k/n: in k of n cells that apply. report.md has all "
        "of them, by kind of guest and phase.";

/* Of a column it does not show which part holds. */
static const char composites_legend[] =
        " A column of two ABIs (X+Y) is asked for what both tell together: where a file without events "
        "stands beside a register block, SEV-STA-005 (C05) holds by the register block alone.";

static const char places_legend[] = "Cells of all requirements, by kind of guest and phase.";
static const char places_brief[] = "Cells that hold of those that apply, by kind of guest and phase.";

static const char care_legend[] =
        "No ABI has a part in these. The care is the guest's side's: that of the consumer, or of the "
        "platform code below it (#VC handler, page state changes, page service), all of it ours. "
        "Another guest has all of it to do again.";

static const char predictions_legend[] =
        "What docs/sev.md predicts of each way to be asked, before there was a check, beside what the "
        "run says; of a composite, the worst of its parts was predicted. Predicted n/a and measured "
        "'holds' count as agreement: the lie does not reach this consumer.";

static const char unchecked_legend[] =
        "untested: could be tested here, and the last column says what is missing; excluded: cannot be "
        "tested with this model.";

static const char limits_legend[] = "No memory is encrypted here. Of hardware the opaque model has page "
                                    "states, and who may change them in which phase; the "
                                    "AES model has, besides, blocks of 16 bytes, the same ciphertext for the "
                                    "same bytes at one address, and no integrity. The "
                                    "tweak of real processors is not public. No figure here is one of "
                                    "hardware: no cost of an exit, of a page state change or "
                                    "of a cache flush, no side channel, and no ownership of pages that "
                                    "hardware enforces. docs/sev.md has what is modelled.";

/* ---- scores ---- */

static PvReportTable *
table_scores(const PvReportModel *model, gboolean brief)
{
        static const char *const heads[] = {"column", "by construction", "fails so", "only by care", NULL};
        g_autoptr(GPtrArray) columns = pv_report_sev_columns(model, brief);
        PvReportTable *table = columns->len ? pv_report_table_new(heads) : NULL;

        if (table && !brief)
                pv_report_table_head(table, "candidate");
        for (guint i = 0; i < columns->len; i++) {
                const PvReportColumn *column = columns->pdata[i];
                PvReportSevScore score = pv_report_sev_score(model, column);

                pv_report_table_row(table);
                pv_report_table_add(table, column->letter);
                pv_report_table_take(table, g_strdup_printf("%u/%u", score.passed, score.decided),
                                     PV_REPORT_PLAIN);
                pv_report_table_take(table, g_strdup_printf("%u", score.decided - score.passed),
                                     score.decided > score.passed ? PV_REPORT_WARN : PV_REPORT_PLAIN);
                pv_report_table_take(table, g_strdup_printf("%u", score.care), PV_REPORT_PLAIN);
                if (!brief)
                        pv_report_table_add(table, column->candidate);
        }
        return table;
}

/* ---- predictions ---- */

static const struct {
        const char *word;
        PvReportSevOutcome outcome;
        const char *text;
} predictions[] = {
        {"construction", PV_REPORT_SEV_HOLDS, "holds"},
        {"care", PV_REPORT_SEV_CARE, "by care"},
        {"fails", PV_REPORT_SEV_FAILS, "FAILS"},
        {"n/a", PV_REPORT_SEV_NA, "n/a"},
};

/* Place of a word; -1: there is none. */
static int
find_prediction(const char *word)
{
        for (int i = 0; i < (int) G_N_ELEMENTS(predictions); i++)
                if (!strcmp(predictions[i].word, word))
                        return i;
        return -1;
}

/* What was predicted of this result, where the run says something else; -1: nothing, or it agrees. */
static int
contradicted(const PvReportResult *result)
{
        const PvReportCell *cell = result->cells->pdata[0];
        int i = find_prediction(pv_record_string(cell->record, "predicted"));
        PvReportSevOutcome outcome = pv_report_sev_outcome(result);

        if (i < 0 || outcome == PV_REPORT_SEV_OPEN || predictions[i].outcome == outcome)
                return -1;
        return predictions[i].outcome == PV_REPORT_SEV_NA && outcome == PV_REPORT_SEV_HOLDS ? -1 : i;
}

/* NULL: nobody has said. */
static const char *
why(const PvReportModel *model, const char *id, int predicted, PvReportSevOutcome outcome)
{
        JsonObject *record = pv_report_requirement(model, id);
        JsonArray *deviations = record ? pv_report_array(record, "deviations") : NULL;

        for (guint i = 0; deviations && i < json_array_get_length(deviations); i++) {
                JsonNode *node = json_array_get_element(deviations, i);
                JsonObject *deviation = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
                int run = deviation ? find_prediction(pv_record_string(deviation, "run")) : -1;

                if (run >= 0 && find_prediction(pv_record_string(deviation, "predicted")) == predicted &&
                    predictions[run].outcome == outcome)
                        return pv_record_string(deviation, "why");
        }
        return NULL;
}

static void
add_contradiction(PvReportTable *table, const PvReportModel *model, const PvReportCheck *check, int predicted,
                  PvReportSevOutcome outcome, gboolean headline_only)
{
        const char *reason = why(model, check->id, predicted, outcome);
        GString *letters = g_string_new(NULL);

        for (guint i = 0; i < check->results->len; i++) {
                const PvReportResult *result = check->results->pdata[i];

                if ((result->column->headline || !headline_only) && contradicted(result) == predicted &&
                    pv_report_sev_outcome(result) == outcome)
                        pv_report_list_add(letters, result->column->letter);
        }
        if (letters->len) {
                pv_report_table_row(table);
                pv_report_table_take(table, pv_report_requirement_name(model, check->id), PV_REPORT_PLAIN);
                pv_report_table_add(table, predictions[predicted].text);
                pv_report_table_add(table, pv_report_sev_word(outcome));
                pv_report_table_add(table, letters->str);
                pv_report_table_take(table, g_strdup(reason ? reason : "nobody has said why yet"),
                                     reason ? PV_REPORT_PLAIN : PV_REPORT_WARN);
        }
        g_string_free(letters, TRUE);
}

static PvReportTable *
table_contradictions(const PvReportModel *model, gboolean headline_only)
{
        static const char *const heads[] = {"check", "predicted", "the run says", "in columns", "why", NULL};
        g_autoptr(PvReportTable) table = pv_report_table_new(heads);

        for (guint i = 0; i < model->checks->len; i++)
                for (int p = 0; p < (int) G_N_ELEMENTS(predictions); p++)
                        for (guint o = 0; o < PV_REPORT_SEV_N_OUTCOMES; o++)
                                add_contradiction(table, model, model->checks->pdata[i], p,
                                                  (PvReportSevOutcome) o, headline_only);
        return table->rows->len ? g_steal_pointer(&table) : NULL;
}

static gboolean
was_predicted(const PvReportModel *model)
{
        for (guint i = 0; i < model->checks->len; i++) {
                const PvReportCheck *check = model->checks->pdata[i];

                for (guint r = 0; r < check->results->len; r++) {
                        const PvReportResult *result = check->results->pdata[r];
                        const PvReportCell *cell = result->cells->pdata[0];

                        if (*pv_record_string(cell->record, "predicted"))
                                return TRUE;
                }
        }
        return FALSE;
}

/* ---- by care ---- */

/* One finding, of whoever found it. */
typedef struct Found {
        const char *what;
        GString *letters, *lies;
} Found;

static void
found_clear(gpointer data)
{
        Found *found = data;

        g_string_free(found->letters, TRUE);
        g_string_free(found->lies, TRUE);
}

static Found *
get_found(GArray *all, const char *what)
{
        Found found = {.what = what};

        for (guint i = 0; i < all->len; i++)
                if (!strcmp(g_array_index(all, Found, i).what, what))
                        return &g_array_index(all, Found, i);
        found.letters = g_string_new(NULL);
        found.lies = g_string_new(NULL);
        g_array_append_val(all, found);
        return &g_array_index(all, Found, all->len - 1);
}

static void
find_care(GArray *all, const PvReportResult *result)
{
        for (guint i = 0; i < result->cells->len; i++) {
                const PvReportCell *cell = result->cells->pdata[i];
                g_autofree char *lie = pv_report_cell_part(cell, "hostile=");
                Found *found;

                if (pv_report_sev_cell_outcome(cell) != PV_REPORT_SEV_CARE)
                        continue;
                found = get_found(all, pv_record_string(cell->record, "actual"));
                pv_report_list_add(found->letters, result->column->letter);
                if (lie)
                        pv_report_list_add(found->lies, lie);
        }
}

static PvReportTable *
table_care(const PvReportModel *model)
{
        static const char *const heads[] = {"check", "what was found", "in columns", "when the host told",
                                            NULL};
        g_autoptr(PvReportTable) table = pv_report_table_new(heads);

        for (guint i = 0; i < model->checks->len; i++) {
                const PvReportCheck *check = model->checks->pdata[i];
                g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(Found));

                g_array_set_clear_func(all, found_clear);
                for (guint r = 0; check->area == PV_AREA_SEV && r < check->results->len; r++)
                        find_care(all, check->results->pdata[r]);
                for (guint f = 0; f < all->len; f++) {
                        const Found *found = &g_array_index(all, Found, f);

                        pv_report_table_row(table);
                        pv_report_table_take(table, pv_report_requirement_name(model, check->id),
                                             PV_REPORT_PLAIN);
                        pv_report_table_add(table, found->what);
                        pv_report_table_add(table, found->letters->str);
                        pv_report_table_add(table, found->lies->str);
                }
        }
        return table->rows->len ? g_steal_pointer(&table) : NULL;
}

/* ---- without a check ---- */

static PvReportTable *
table_unchecked(const PvReportModel *model)
{
        static const char *const heads[] = {"requirement", "level", "what is asked", "state", "why", NULL};
        g_autoptr(PvReportTable) table = pv_report_table_new(heads);

        for (guint i = 0; i < model->requirements->len; i++) {
                JsonObject *record = model->requirements->pdata[i];

                if (!strcmp(pv_record_string(record, "state"), "tested"))
                        continue;
                pv_report_table_row(table);
                pv_report_table_take(table, pv_report_requirement_name(model, pv_record_string(record, "id")),
                                     PV_REPORT_PLAIN);
                pv_report_table_add(table, pv_record_string(record, "level"));
                pv_report_table_add(table, pv_record_string(record, "requirement"));
                pv_report_table_add(table, pv_record_string(record, "state"));
                pv_report_table_add(table, pv_record_string(record, "reason"));
        }
        return table->rows->len ? g_steal_pointer(&table) : NULL;
}

static char *
unchecked_sentence(const PvReportModel *model)
{
        g_autoptr(GString) names = g_string_new(NULL);
        guint n = 0;

        for (guint i = 0; i < model->requirements->len; i++) {
                JsonObject *record = model->requirements->pdata[i];
                const char *row = pv_record_string(record, "row");

                if (!strcmp(pv_record_string(record, "state"), "tested"))
                        continue;
                pv_report_list_add(names, *row ? row : pv_record_string(record, "id"));
                n++;
        }
        return n ? g_strdup_printf("Requirements without a check: %u of %u: %s; report.md says why.", n,
                                   model->requirements->len, names->str)
                 : NULL;
}

/* ---- the page ---- */

static void
section_free(gpointer data)
{
        PvReportSection *section = data;

        g_free(section->text);
        pv_report_table_free(section->table);
        g_free(section);
}

/* Takes text and table. A section without a table says nothing, unless its text stands for itself. */
static PvReportSection *
add(GPtrArray *sections, const char *title, char *text, PvReportTable *table)
{
        PvReportSection *section = g_new0(PvReportSection, 1);

        section->title = title;
        section->text = text;
        section->table = table;
        g_ptr_array_add(sections, section);
        return section;
}

static void
add_table(GPtrArray *sections, const char *title, const char *legend, PvReportTable *table)
{
        if (table)
                add(sections, title, g_strdup(legend), table);
}

static void
add_lies(GPtrArray *sections, const PvReportModel *model, gboolean brief)
{
        char *lies = pv_report_lies_sentence(model, FALSE), *contrast = pv_report_lies_sentence(model, TRUE);

        if (lies)
                add(sections, "A host that lies", lies, pv_report_table_lies(model, brief));
        if (contrast)
                add(sections, "For contrast: habits of today, in consumers of ours", contrast,
                    pv_report_table_contrast(model))
                        ->wide = TRUE;
}

static void
add_unchecked(GPtrArray *sections, const PvReportModel *model, gboolean brief)
{
        char *sentence = unchecked_sentence(model);

        if (sentence && brief)
                add(sections, "Without a check", sentence, NULL);
        else
                g_free(sentence);
        if (!brief)
                add_table(sections, "Without a check", unchecked_legend, table_unchecked(model));
}

static gboolean
has_composite(const PvReportModel *model, gboolean headline_only)
{
        g_autoptr(GPtrArray) columns = pv_report_sev_columns(model, headline_only);

        for (guint i = 0; i < columns->len; i++)
                if (strchr(((const PvReportColumn *) columns->pdata[i])->candidate, '+'))
                        return TRUE;
        return FALSE;
}

GPtrArray *
pv_report_sev_sections(const PvReportModel *model, gboolean brief)
{
        GPtrArray *sections = g_ptr_array_new_with_free_func(section_free);
        g_autofree char *requirements =
                g_strconcat(brief ? requirements_brief : requirements_legend,
                            has_composite(model, brief) ? composites_legend : "", NULL);

        add_table(sections, "Two scores", scores_legend, table_scores(model, brief));
        add_table(sections, "Requirements", requirements, pv_report_table_requirements(model, brief));
        add_table(sections, "Guests and phases", brief ? places_brief : places_legend,
                  pv_report_table_places(model, brief));
        if (!brief)
                add_table(sections, "Held only by care", care_legend, table_care(model));
        if (was_predicted(model))
                add(sections, "Other than predicted", g_strdup(predictions_legend),
                    table_contradictions(model, brief))
                        ->wide = TRUE;
        add_lies(sections, model, brief);
        add_unchecked(sections, model, brief);
        if (sections->len)
                add(sections, "What these models share with hardware", g_strdup(limits_legend), NULL);
        return sections;
}
