/* SPDX-License-Identifier: MIT */
/* The terminal's page: the answer, what went wrong unexpectedly, and what was not run. */
#include <string.h>

#include "common/record.h"
#include "reports/report-appendix.h"
#include "reports/report-compare.h"
#include "reports/report-cost.h"
#include "reports/report-draw.h"
#include "reports/report-ledger.h"
#include "reports/report-score.h"
#include "reports/report-sev.h"
#include "reports/report-times.h"
#include "reports/report-words.h"
#include "reports/report-writers.h"

#define FAILURES_SHOWN 20
#define INDENT 4

typedef struct Page {
        const PvReportModel *model;
        GString *out;
        guint width;
        gboolean color;
} Page;

/* Takes the text; NULL says nothing. */
static void
say(const Page *page, guint indent, char *text)
{
        g_autofree char *owned = text;

        if (owned)
                pv_report_draw_text(owned, page->width, indent, page->out);
}

static void
headline(const Page *page, const char *text)
{
        g_string_append_printf(page->out, page->color ? "\n\033[1m%s\033[0m\n" : "\n%s\n", text);
}

static void
legend(const Page *page, gboolean experimental)
{
        for (guint i = 0; i < page->model->columns->len; i++) {
                const PvReportColumn *column = page->model->columns->pdata[i];
                g_autofree char *name = pv_report_column_long_name(column);

                if (experimental ? column->experimental : column->headline)
                        say(page, INDENT, g_strdup_printf("%s: %s", column->letter, name));
        }
}

static void
answer(const Page *page)
{
        g_autoptr(PvReportTable) table = pv_report_table_answer(page->model, TRUE);
        g_autoptr(GPtrArray) remarks = pv_report_remarks(page->model);

        headline(page, "Answer");
        say(page, 0, pv_report_summary(page->model));
        for (guint i = 0; i < remarks->len; i++)
                say(page, 0, g_strdup(remarks->pdata[i]));
        g_string_append_c(page->out, '\n');
        if (table)
                pv_report_draw_table(table, page->width, page->color, page->out);
        legend(page, FALSE);
        if (page->model->checks->len)
                say(page, 0, g_strdup(pv_report_score_legend));
        say(page, 0, pv_report_cost_sentence(page->model));
        say(page, 0, pv_report_sev_sentence(page->model));
        if (page->model->checks->len)
                say(page, 0, pv_report_provenance_sentence(page->model));
}

static void
appendix(const Page *page)
{
        g_autoptr(PvReportTable) table = pv_report_table_appendix(page->model, TRUE);

        if (!table)
                return;
        headline(page, pv_report_appendix_title);
        say(page, 0, g_strdup(pv_report_appendix_legend));
        pv_report_draw_table(table, page->width, page->color, page->out);
        legend(page, TRUE);
}

/* One table of a question on a target: sizes down, candidates across. */
static void
cost_table(const Page *page, const char *question, const char *target)
{
        g_autoptr(PvReportTable) table = pv_report_table_cost(page->model, question, target);
        g_autoptr(PvReportTable) times = pv_report_table_times(page->model, question, target);

        if (!table)
                return;
        say(page, 0, g_strdup_printf("%s %s, on %s:", question, pv_report_question_title(question), target));
        pv_report_draw_table(table, page->width, page->color, page->out);
        if (times)
                pv_report_draw_table(times, page->width, page->color, page->out);
}

/* Takes the table. */
static void
section(const Page *page, const char *title, const char *legend, PvReportTable *owned)
{
        g_autoptr(PvReportTable) table = owned;

        if (!table)
                return;
        headline(page, title);
        if (legend)
                say(page, 0, g_strdup(legend));
        pv_report_draw_table(table, page->width, page->color, page->out);
}

/* All sizes, where there is nothing else to show: beside verdicts one size stands in the answer. */
static void
costs(const Page *page)
{
        g_autoptr(GPtrArray) questions = pv_report_questions(page->model);
        g_autoptr(GPtrArray) targets = g_ptr_array_new();

        if (page->model->checks->len || questions->len == 0)
                return;
        headline(page, "Cost");
        say(page, 0, g_strdup(pv_report_cost_legend));
        if (page->model->times->len)
                say(page, 0, g_strdup(pv_report_times_legend));
        for (guint i = 0; i < page->model->columns->len; i++) {
                const PvReportColumn *column = page->model->columns->pdata[i];

                if (!g_ptr_array_find_with_equal_func(targets, column->target, g_str_equal, NULL))
                        g_ptr_array_add(targets, (gpointer) column->target);
        }
        for (guint q = 0; q < questions->len; q++)
                for (guint t = 0; t < targets->len; t++)
                        cost_table(page, questions->pdata[q], targets->pdata[t]);
        say(page, 0, pv_report_exactness_sentence(page->model));
}

/* Beside verdicts the Markdown page has them. */
static void
modelled(const Page *page)
{
        g_autoptr(GPtrArray) questions = pv_report_questions(page->model);
        g_autoptr(PvReportTable) crossovers = pv_report_table_modelled_crossovers(page->model);
        g_autoptr(PvReportTable) predictions = pv_report_table_predictions(page->model);
        char *sentence = page->model->checks->len ? NULL : pv_report_modelled_sentence(page->model);

        if (!sentence)
                return;
        headline(page, "Modelled times");
        say(page, 0, sentence);
        for (guint i = 0; i < questions->len; i++) {
                g_autoptr(PvReportTable) table = pv_report_table_modelled(page->model, questions->pdata[i]);

                if (!table)
                        continue;
                say(page, 0, g_strdup_printf("%s %s:", (const char *) questions->pdata[i],
                                             pv_report_question_title(questions->pdata[i])));
                pv_report_draw_table(table, page->width, page->color, page->out);
        }
        if (crossovers) {
                pv_report_draw_table(crossovers, page->width, page->color, page->out);
                say(page, 0, g_strdup(pv_report_modelled_legend));
        }
        say(page, 0, pv_report_prediction_sentence(page->model));
        if (predictions)
                pv_report_draw_table(predictions, page->width, page->color, page->out);
}

/* The table's columns are name, what, measured on, value, bound, noise floor: too wide for a terminal, so a line each. */
static void
speed(const Page *page)
{
        g_autoptr(PvReportTable) table = pv_report_table_speed(page->model);

        if (!table)
                return;
        headline(page, "Speed");
        for (guint i = 0; i < table->rows->len; i++) {
                const GPtrArray *row = table->rows->pdata[i];
                const PvReportField *name = row->pdata[0], *what = row->pdata[1], *on = row->pdata[2],
                                    *value = row->pdata[3], *bound = row->pdata[4], *noise = row->pdata[5];

                gboolean bounded = strcmp(bound->text, "none") != 0;

                say(page, INDENT, g_strdup_printf("%s: %s%s%s%s, on %s (noise floor: %s); %s", name->text, value->text,
                                                  bounded ? " (at most " : "", bounded ? bound->text : "",
                                                  bounded ? ")" : "", on->text, noise->text, what->text));
        }
}

static void
crossovers(const Page *page)
{
        g_autoptr(GPtrArray) groups = pv_report_crossover_groups(page->model);

        if (groups->len == 0)
                return;
        headline(page, "Crossovers");
        say(page, 0, g_strdup(pv_report_crossover_legend));
        for (guint i = 0; i < groups->len; i++) {
                g_autoptr(PvReportTable) table = pv_report_table_crossover_group(page->model, groups->pdata[i]);

                say(page, 0, pv_report_crossover_title(groups->pdata[i]));
                pv_report_draw_table(table, page->width, page->color, page->out);
        }
}

/* As wide as that one: what, measured on, time or why there is none, interval, noise floor, ratio. */
static void
accesses(const Page *page)
{
        g_autoptr(PvReportTable) table = pv_report_table_accesses(page->model);

        if (!table)
                return;
        headline(page, "Other ways to access");
        for (guint i = 0; i < table->rows->len; i++) {
                const char *field[6];

                for (guint f = 0; f < G_N_ELEMENTS(field); f++)
                        field[f] = ((const PvReportField *) g_ptr_array_index((GPtrArray *) table->rows->pdata[i], f))->text;
                if (*field[3])
                        say(page, INDENT, g_strdup_printf("%s: %s [%s]%s%s, on %s (noise floor: %s)", field[0], field[2], field[3],
                                                          *field[5] ? ", to the plain one " : "", field[5], field[1], field[4]));
                else
                        say(page, INDENT, g_strdup_printf("%s: %s, on %s", field[0], field[2], field[1]));
        }
}

static char *
failure_line(const PvReportCell *cell)
{
        g_autofree char *name = pv_report_cell_name(cell->record);
        g_autofree char *column = pv_report_column_name(cell->column);
        g_autofree char *outcome = pv_report_outcome(cell);
        const char *expected = pv_record_string(cell->record, "expected");
        const char *actual = pv_record_string(cell->record, "actual");
        const char *reason = pv_record_string(cell->record, "reason");
        GString *line = g_string_new(NULL);

        g_string_append_printf(line, "%s: %s, %s", name, outcome, column);
        if (*expected || *actual)
                g_string_append_printf(line, ": expected %s, got %s", expected, actual);
        if (*reason)
                g_string_append_printf(line, "; %s", reason);
        return g_string_free(line, FALSE);
}

static void
failures(const Page *page)
{
        g_autoptr(GPtrArray) unexpected = pv_report_cells(page->model, PV_REPORT_UNEXPECTED);
        g_autoptr(GPtrArray) admitted = pv_report_cells(page->model, PV_REPORT_MASK(PV_XFAIL));

        if (page->model->checks->len == 0 && unexpected->len == 0)
                return;
        headline(page, "Failures");
        if (unexpected->len == 0)
                say(page, 0, g_strdup("No unexpected failure was recorded."));
        for (guint i = 0; i < unexpected->len && i < FAILURES_SHOWN; i++)
                say(page, INDENT, failure_line(unexpected->pdata[i]));
        if (unexpected->len > FAILURES_SHOWN)
                say(page, 0,
                    g_strdup_printf("... and %u more, each with its accesses and reproducer in report.md.",
                                    unexpected->len - FAILURES_SHOWN));
        if (admitted->len)
                say(page, 0,
                    g_strdup_printf("Expected, and scored as failures all the same (XFAIL): %u; report.md says why.",
                                    admitted->len));
}

/* A row of a table by reason: one line for each reason, not for each cell. */
static char *
reason_line(const char *before, const GPtrArray *row)
{
        const PvReportField *why = row->pdata[0], *columns = row->pdata[1], *checks = row->pdata[2];

        return g_strdup_printf("%s%s (columns %s; checks %s)", before, why->text, columns->text, checks->text);
}

static void
retried(const Page *page)
{
        g_autoptr(PvReportTable) table = pv_report_table_retried(page->model);

        if (!table)
                return;
        headline(page, "Retried");
        pv_report_draw_table(table, page->width, page->color, page->out);
}

static void
newer(const Page *page)
{
        g_autoptr(PvReportTable) table = pv_report_table_newer(page->model);

        if (!table)
                return;
        headline(page, "Newer than claimed");
        for (guint i = 0; i < table->rows->len; i++)
                say(page, INDENT, reason_line("", table->rows->pdata[i]));
}

/* Only what differs between targets: all of it is in the Markdown page. */
static void
unspecified(const Page *page)
{
        g_autoptr(PvReportTable) table = pv_report_table_unspecified(page->model, TRUE);
        char *sentence = pv_report_unspecified_sentence(page->model);

        if (!sentence)
                return;
        headline(page, "Unspecified accesses");
        say(page, 0, sentence);
        if (table)
                pv_report_draw_table(table, page->width, page->color, page->out);
}

static void
one_comparison(const Page *page, const PvReportComparison *comparison)
{
        g_autoptr(PvReportTable) table = pv_report_table_compared(page->model, comparison);
        g_autoptr(PvReportTable) differences = pv_report_table_differences(page->model, comparison, TRUE);

        headline(page, comparison->title);
        pv_report_draw_table(table, page->width, page->color, page->out);
        if (!differences)
                say(page, 0, g_strdup("No check tells them apart."));
        for (guint i = 0; differences && i < differences->rows->len; i++) {
                const GPtrArray *row = differences->rows->pdata[i];
                const PvReportField *words = row->pdata[0], *checks = row->pdata[1];

                say(page, INDENT, g_strdup_printf("%s: %s", checks->text, words->text));
        }
}

static void
compared(const Page *page)
{
        g_autoptr(GPtrArray) comparisons = pv_report_comparisons(page->model);

        for (guint i = 0; i < comparisons->len; i++)
                one_comparison(page, comparisons->pdata[i]);
        if (comparisons->len)
                say(page, 0, g_strdup(pv_report_tally_legend));
}

/* A row as a line: what does not fit beside each other. */
static void
row_line(const Page *page, const PvReportTable *table, const GPtrArray *row)
{
        GString *line = g_string_new(((const PvReportField *) row->pdata[0])->text);

        for (guint i = 1; i < row->len; i++)
                g_string_append_printf(line, "%s%s: %s", i == 1 ? ": " : "; ", (char *) table->heads->pdata[i],
                                       ((const PvReportField *) row->pdata[i])->text);
        say(page, INDENT, g_string_free(line, FALSE));
}

static void
sev(const Page *page)
{
        g_autoptr(GPtrArray) sections = pv_report_sev_sections(page->model, TRUE);

        if (sections->len)
                headline(page, "SEV (modelled)");
        for (guint i = 0; i < sections->len; i++) {
                PvReportSection *s = sections->pdata[i];

                headline(page, s->title);
                say(page, 0, g_steal_pointer(&s->text));
                for (guint r = 0; s->wide && s->table && r < s->table->rows->len; r++)
                        row_line(page, s->table, s->table->rows->pdata[r]);
                if (s->table && !s->wide)
                        pv_report_draw_table(s->table, page->width, page->color, page->out);
        }
}

static void
not_run(const Page *page)
{
        g_autoptr(PvReportTable) blocked = pv_report_table_blocked(page->model);

        if (page->model->not_run->len == 0 && !blocked)
                return;
        headline(page, "Not run");
        for (guint i = 0; i < page->model->not_run->len; i++) {
                const PvReportNotRun *entry = page->model->not_run->pdata[i];

                say(page, INDENT, g_strdup_printf("%s: %s", entry->what, entry->why));
        }
        for (guint i = 0; blocked && i < blocked->rows->len; i++)
                say(page, INDENT, reason_line("blocked: ", blocked->rows->pdata[i]));
}

static void
ledger(const Page *page)
{
        g_autoptr(GPtrArray) ledgers = pv_report_ledgers(page->model);

        section(page, "Trust ledger (modelled)", NULL, pv_report_table_ledgers(ledgers));
}

void
pv_report_write_ledger(const PvReportModel *model, guint width, gboolean color, GString *out)
{
        const Page page = {.model = model, .out = out, .width = width, .color = color};
        g_autoptr(GPtrArray) ledgers = pv_report_ledgers(model);

        for (guint i = 0; i < ledgers->len; i++) {
                const PvReportLedger *one = ledgers->pdata[i];
                g_autofree char *title = g_strdup_printf("%s: %s", one->candidate, one->where->str);

                headline(&page, title);
                pv_report_draw_table(one->table, width, color, out);
                say(&page, 0, g_strdup(one->pages));
        }
        section(&page, "Trust ledger (modelled)", pv_report_ledger_legend, pv_report_table_ledgers(ledgers));
}

void
pv_report_write_terminal(const PvReportModel *model, guint width, gboolean color, GString *out)
{
        const Page page = {.model = model, .out = out, .width = width, .color = color};

        answer(&page);
        compared(&page);
        costs(&page);
        crossovers(&page);
        section(&page, "Ladder", NULL, pv_report_table_ladder(model));
        accesses(&page);
        modelled(&page);
        speed(&page);
        section(&page, "VM exits of traced machines", NULL, pv_report_table_exits(model));
        sev(&page);
        ledger(&page);
        failures(&page);
        retried(&page);
        newer(&page);
        unspecified(&page);
        not_run(&page);
        appendix(&page);
}
