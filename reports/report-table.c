/* SPDX-License-Identifier: MIT */
/* The tables of the pages Answer, Matrix, Cost, SEV and Speed. */
#include "reports/report-table.h"

#include <string.h>

#include "common/record.h"
#include "reports/report-score.h"

#define NAMED_COLUMNS 4 /* that many heads fit beside each other with the candidate's name */

static void
field_free(void *data)
{
        PvReportField *field = data;

        g_free(field->text);
        g_free(field);
}

PvReportTable *
pv_report_table_new(const char *const *heads)
{
        PvReportTable *table = g_new0(PvReportTable, 1);

        table->heads = g_ptr_array_new_with_free_func(g_free);
        table->rows = g_ptr_array_new_with_free_func((GDestroyNotify) g_ptr_array_unref);
        while (*heads)
                pv_report_table_head(table, *heads++);
        return table;
}

void
pv_report_table_free(PvReportTable *table)
{
        if (!table)
                return;
        g_ptr_array_unref(table->rows);
        g_ptr_array_unref(table->heads);
        g_free(table);
}

void
pv_report_table_head(PvReportTable *table, const char *head)
{
        g_ptr_array_add(table->heads, g_strdup(head));
}

void
pv_report_table_row(PvReportTable *table)
{
        g_ptr_array_add(table->rows, g_ptr_array_new_with_free_func(field_free));
}

void
pv_report_table_take(PvReportTable *table, char *text, PvReportTone tone)
{
        PvReportField *field = g_new0(PvReportField, 1);

        field->text = text;
        field->tone = tone;
        g_ptr_array_add(table->rows->pdata[table->rows->len - 1], field);
}

void
pv_report_table_add(PvReportTable *table, const char *text)
{
        pv_report_table_take(table, g_strdup(text), PV_REPORT_PLAIN);
}

/* A table without rows says nothing. */
static PvReportTable *
unless_empty(PvReportTable *table)
{
        if (table->rows->len)
                return table;
        pv_report_table_free(table);
        return NULL;
}

static void
column_head(PvReportTable *table, const PvReportColumn *column, gboolean name)
{
        const char *answered = *column->version ? column->version : column->target;
        g_autofree char *head = g_strdup_printf("%s%s%s\n%s", column->letter, name ? ": " : "",
                                                name ? column->candidate : "", answered);

        pv_report_table_head(table, head);
}

static GPtrArray *
headline_columns(const PvReportModel *model)
{
        GPtrArray *columns = g_ptr_array_new();

        for (guint i = 0; i < model->columns->len; i++)
                if (((PvReportColumn *) model->columns->pdata[i])->headline)
                        g_ptr_array_add(columns, model->columns->pdata[i]);
        return columns;
}

/* What a sample costs in full, or at a glance. */
static char *
cost_text(const PvReportSample *sample, gboolean brief)
{
        PvReportCost cost = pv_report_cost(sample);
        const struct {
                gint64 value;
                const char *unit;
                gboolean shown;
        } extras[] = {
                {cost.string_accesses, "rep", cost.string_accesses != cost.accesses},
                {cost.bytes, "B", !brief},
                {cost.transfers, "DMA", TRUE},
                {cost.platform, "platform", !brief},
                {cost.shared_pages, "shared", !brief},
        };
        GString *text = g_string_new(NULL);
        const char *separator = " (";

        g_string_append_printf(text, "%" G_GINT64_FORMAT, cost.accesses);
        for (size_t i = 0; i < G_N_ELEMENTS(extras); i++) {
                if (!extras[i].shown || extras[i].value == 0)
                        continue;
                g_string_append_printf(text, "%s%" G_GINT64_FORMAT " %s", separator, extras[i].value,
                                       extras[i].unit);
                separator = ", ";
        }
        return g_string_free(g_string_append(text, *separator == ',' ? ")" : ""), FALSE);
}

static void
add_sample(PvReportTable *table, const PvReportSample *sample, gboolean brief)
{
        static const struct {
                const char *answer, *text;
                PvReportTone tone;
        } words[] = {
                {"cannot-answer", "cannot answer", PV_REPORT_WARN},
                {"wrong", "WRONG", PV_REPORT_BAD},
                {"n/a", "n/a", PV_REPORT_DIM},
                {"error", "ERROR", PV_REPORT_BAD},
        };
        const char *answer = sample ? pv_record_string(sample->record, "answer") : ".";

        if (!strcmp(answer, "ok")) {
                pv_report_table_take(table, cost_text(sample, brief), PV_REPORT_PLAIN);
                return;
        }
        for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
                if (!strcmp(words[i].answer, answer)) {
                        pv_report_table_take(table, g_strdup(words[i].text), words[i].tone);
                        return;
                }
        pv_report_table_take(table, sample ? g_strdup_printf("unknown answer \"%s\"", answer) : g_strdup("."),
                             PV_REPORT_DIM);
}

static void
answer_areas(PvReportTable *table, const PvReportModel *model, GPtrArray *columns)
{
        for (unsigned area = 0; area <= PV_REPORT_OWN_RULES; area++) {
                pv_report_table_row(table);
                pv_report_table_add(table, pv_report_area_title(area));
                for (guint i = 0; i < columns->len; i++) {
                        PvReportScore score = pv_report_score(model, columns->pdata[i], area);

                        pv_report_table_take(table, pv_report_score_text(&score),
                                             pv_report_verdict_tone(score.worst));
                }
        }
}

static void
answer_costs(PvReportTable *table, const PvReportModel *model, GPtrArray *columns)
{
        static const char *const questions[][2] = {
                {"Q1", "Q1 possible"},         {"Q2", "Q2 present"},  {"Q1+Q2", "Q1+Q2 both"},
                {"Q3", "Q3 ID of plugged"},    {"Q4", "Q4 all IDs"}, {"Q5", "Q5 eject"},
        };
        gint64 n = pv_report_answer_n(model);

        for (size_t q = 0; n > 0 && q < G_N_ELEMENTS(questions); q++) {
                pv_report_table_row(table);
                pv_report_table_add(table, questions[q][1]);
                for (guint i = 0; i < columns->len; i++)
                        add_sample(table, pv_report_sample(model, columns->pdata[i], questions[q][0], n),
                                   TRUE);
        }
}

PvReportTable *
pv_report_table_answer(const PvReportModel *model, gboolean letters_only)
{
        g_autoptr(GPtrArray) columns = headline_columns(model);

        return pv_report_table_scores(model, columns, letters_only);
}

PvReportTable *
pv_report_table_scores(const PvReportModel *model, GPtrArray *columns, gboolean letters_only)
{
        static const char *const heads[] = {"", NULL};
        PvReportTable *table;

        if (columns->len == 0)
                return NULL;
        table = pv_report_table_new(heads);
        for (guint i = 0; i < columns->len; i++)
                column_head(table, columns->pdata[i], !letters_only && columns->len <= NAMED_COLUMNS);
        if (model->checks->len)
                answer_areas(table, model, columns);
        answer_costs(table, model, columns);
        return table;
}

PvReportTable *
pv_report_table_columns(const PvReportModel *model, gboolean headline_only)
{
        static const char *const heads[] = {"column", "candidate", "target", "what answered", "device", NULL};
        PvReportTable *table = pv_report_table_new(heads);

        for (guint i = 0; i < model->columns->len; i++) {
                const PvReportColumn *column = model->columns->pdata[i];

                if (headline_only && !column->headline)
                        continue;
                pv_report_table_row(table);
                pv_report_table_add(table, column->letter);
                pv_report_table_add(table, column->candidate);
                pv_report_table_add(table, column->target);
                pv_report_table_add(table, *column->version ? column->version : "unknown");
                pv_report_table_add(table, column->theirs ? "theirs" : "ours");
        }
        return unless_empty(table);
}

static void
matrix_row(PvReportTable *table, const PvReportModel *model, const PvReportCheck *check)
{
        pv_report_table_row(table);
        pv_report_table_add(table, check->id);
        pv_report_table_add(table, pv_record_string(check->record, "level"));
        pv_report_table_add(table, pv_record_string(check->record, "basis"));
        pv_report_table_add(table, pv_record_string(check->record, "requirement"));
        for (guint i = 0; i < model->columns->len; i++) {
                const PvReportResult *result = pv_report_result(check, model->columns->pdata[i]);

                if (result)
                        pv_report_table_take(table,
                                             g_strconcat(pv_report_verdict_word(result->verdict),
                                                         result->partial ? "*" : "", NULL),
                                             pv_report_verdict_tone(result->verdict));
                else
                        pv_report_table_take(table, g_strdup("."), PV_REPORT_DIM);
        }
}

PvReportTable *
pv_report_table_matrix(const PvReportModel *model, unsigned area)
{
        static const char *const heads[] = {"check", "level", "basis", "requirement", NULL};
        PvReportTable *table = pv_report_table_new(heads);

        for (guint i = 0; i < model->columns->len; i++)
                column_head(table, model->columns->pdata[i], FALSE);
        for (guint i = 0; i < model->checks->len; i++) {
                const PvReportCheck *check = model->checks->pdata[i];

                if (check->area == area)
                        matrix_row(table, model, check);
        }
        return unless_empty(table);
}

PvReportTable *
pv_report_table_cost(const PvReportModel *model, const char *question, const char *target)
{
        static const char *const heads[] = {"N", NULL};
        g_autoptr(GArray) sizes = pv_report_sizes(model, question, target);
        PvReportTable *table = pv_report_table_new(heads);

        for (guint i = 0; i < model->columns->len; i++)
                if (!strcmp(((PvReportColumn *) model->columns->pdata[i])->target, target))
                        column_head(table, model->columns->pdata[i], FALSE);
        for (guint row = 0; row < sizes->len; row++) {
                gint64 n = g_array_index(sizes, gint64, row);

                pv_report_table_row(table);
                pv_report_table_take(table, g_strdup_printf("%" G_GINT64_FORMAT, n), PV_REPORT_PLAIN);
                for (guint i = 0; i < model->columns->len; i++) {
                        const PvReportColumn *column = model->columns->pdata[i];

                        if (!strcmp(column->target, target))
                                add_sample(table, pv_report_sample(model, column, question, n), FALSE);
                }
        }
        return unless_empty(table);
}

/* Names of a check's cells in every column, each once. */
static GPtrArray *
cell_names(const PvReportCheck *check)
{
        GPtrArray *names = g_ptr_array_new();

        for (guint i = 0; i < check->results->len; i++) {
                const PvReportResult *result = check->results->pdata[i];

                for (guint j = 0; j < result->cells->len; j++) {
                        const PvReportCell *cell = result->cells->pdata[j];
                        const char *name = pv_record_string(cell->record, "cell");

                        if (!g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
                                g_ptr_array_add(names, (char *) name);
                }
        }
        return names;
}

static void
add_cell(PvReportTable *table, const PvReportResult *result, const char *name)
{
        for (guint i = 0; result && i < result->cells->len; i++) {
                const PvReportCell *cell = result->cells->pdata[i];

                if (strcmp(pv_record_string(cell->record, "cell"), name))
                        continue;
                pv_report_table_take(table, g_strdup(pv_report_verdict_word(cell->verdict)),
                                     pv_report_verdict_tone(cell->verdict));
                return;
        }
        pv_report_table_take(table, g_strdup("."), PV_REPORT_DIM);
}

static void
sev_rows(PvReportTable *table, const PvReportModel *model, const PvReportCheck *check)
{
        g_autoptr(GPtrArray) names = cell_names(check);

        for (guint row = 0; row < names->len; row++) {
                pv_report_table_row(table);
                pv_report_table_add(table, check->id);
                pv_report_table_add(table, names->pdata[row]);
                pv_report_table_add(table, pv_origin_word(PV_ORIGIN_MODELLED));
                for (guint i = 0; i < model->columns->len; i++)
                        add_cell(table, pv_report_result(check, model->columns->pdata[i]), names->pdata[row]);
        }
}

/* Does it hold for one candidate and fail for another? */
static gboolean
tells_apart(const PvReportCheck *check)
{
        unsigned seen = 0;

        for (guint i = 0; i < check->results->len; i++)
                seen |= PV_REPORT_MASK(((PvReportResult *) check->results->pdata[i])->verdict);
        return seen & PV_REPORT_MASK(PV_PASS) && seen & (PV_REPORT_MASK(PV_FAIL) | PV_REPORT_MASK(PV_XFAIL));
}

static void
sev_checks(PvReportTable *table, const PvReportModel *model, gboolean telling)
{
        for (guint i = 0; i < model->checks->len; i++) {
                const PvReportCheck *check = model->checks->pdata[i];

                if (check->area == PV_AREA_SEV && tells_apart(check) == telling)
                        sev_rows(table, model, check);
        }
}

/* Those that tell the candidates apart come first. */
PvReportTable *
pv_report_table_sev(const PvReportModel *model)
{
        static const char *const heads[] = {"check", "cell", "how", NULL};
        PvReportTable *table = pv_report_table_new(heads);

        for (guint i = 0; i < model->columns->len; i++)
                column_head(table, model->columns->pdata[i], FALSE);
        sev_checks(table, model, TRUE);
        sev_checks(table, model, FALSE);
        return unless_empty(table);
}
