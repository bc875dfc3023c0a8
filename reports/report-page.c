/* SPDX-License-Identifier: MIT */
/* What stands on the page of a report, and in which order. */
#include <string.h>

#include "common/record.h"
#include "reports/report-appendix.h"
#include "reports/report-compare.h"
#include "reports/report-cost.h"
#include "reports/report-ledger.h"
#include "reports/report-page.h"
#include "reports/report-score.h"
#include "reports/report-sev.h"
#include "reports/report-table.h"
#include "reports/report-times.h"

/* A page as it is written. */
typedef struct Page {
        const PvReportFormat *format;
        GString *out;
} Page;

static void
heading(const Page *page, int depth, const char *text)
{
        page->format->heading(page->out, depth, text, "", "");
}

/* With the word that no one must miss. */
static void
modelled_heading(const Page *page, int depth, const char *before, const char *word, const char *after)
{
        page->format->heading(page->out, depth, before, word, after);
}

/* Takes the text; NULL says nothing. */
static void
paragraph(const Page *page, char *text)
{
        if (text)
                page->format->paragraph(page->out, text);
        g_free(text);
}

/* One item of a list, when there is something to say. */
static void
item(const Page *page, const char *name, const char *text)
{
        if (*text)
                page->format->item(page->out, name, text);
}

static void
code(const Page *page, const char *title, GPtrArray *lines)
{
        if (lines->len)
                page->format->code(page->out, title, lines);
}

/* Takes the table; FALSE when there is none. */
static gboolean
draw(const Page *page, PvReportTable *owned)
{
        g_autoptr(PvReportTable) table = owned;

        if (table)
                page->format->table(page->out, table);
        return table != NULL;
}

static void
page_answer(const PvReportModel *model, const Page *page)
{
        g_autoptr(GPtrArray) remarks = pv_report_remarks(model);

        heading(page, 2, "1. Answer");
        paragraph(page, pv_report_summary(model));
        for (guint i = 0; i < remarks->len; i++)
                paragraph(page, g_strdup(remarks->pdata[i]));
        if (!draw(page, pv_report_table_answer(model, FALSE)))
                paragraph(page, g_strdup("There is no column to show."));
        paragraph(page, g_strdup(pv_report_score_legend));
        paragraph(page, pv_report_cost_sentence(model));
        paragraph(page, pv_report_sev_sentence(model));
        paragraph(page, pv_report_provenance_sentence(model));
        draw(page, pv_report_table_columns(model, FALSE));
        paragraph(page, g_strdup(pv_report_legend));
}

static void
one_failure(const Page *page, const PvReportCell *cell)
{
        g_autofree char *name = pv_report_column_long_name(cell->column);
        g_autofree char *cell_name = pv_report_cell_name(cell->record);
        g_autofree char *outcome = pv_report_outcome(cell);
        g_autofree char *title =
                g_strdup_printf("%s: %s, %s in column %s", cell_name, outcome, name, cell->column->letter);
        g_autoptr(GPtrArray) tail = pv_report_strings(cell->record, "tail");
        g_autoptr(GPtrArray) qtest = pv_report_strings(cell->record, "qtest");

        heading(page, 4, title);
        item(page, "Expected", pv_record_string(cell->record, "expected"));
        item(page, "Actual", pv_record_string(cell->record, "actual"));
        item(page, "Reason", pv_record_string(cell->record, "reason"));
        item(page, "Device", pv_record_string(cell->record, "device"));
        item(page, "Content", pv_record_string(cell->record, "content"));
        item(page, "Consumer", pv_record_string(cell->record, "consumer"));
        code(page, "Last accesses:", tail);
        code(page, "To reproduce, paste into qemu-system-x86_64 -qtest stdio:", qtest);
}

/* The requirement once, then each column and cell that broke it. */
static void
failures_of_check(const Page *page, const PvReportModel *model, const PvReportCheck *check)
{
        g_autoptr(GPtrArray) cells = pv_report_cells(model, PV_REPORT_UNEXPECTED);
        gboolean titled = FALSE;

        for (guint i = 0; i < cells->len; i++) {
                const PvReportCell *cell = cells->pdata[i];

                if (strcmp(pv_record_string(cell->record, "check"), check->id))
                        continue;
                if (!titled) {
                        heading(page, 3, check->id);
                        item(page, "Requirement", pv_record_string(check->record, "requirement"));
                        item(page, "Level", pv_record_string(check->record, "level"));
                        item(page, "Basis", pv_record_string(check->record, "basis"));
                        item(page, "Source", pv_record_string(check->record, "source"));
                        item(page, "Advice", pv_record_string(check->record, "advice"));
                }
                titled = TRUE;
                one_failure(page, cell);
        }
}

static void
page_failures(const PvReportModel *model, const Page *page)
{
        g_autoptr(GPtrArray) cells = pv_report_cells(model, PV_REPORT_UNEXPECTED);
        PvReportTable *admitted = pv_report_table_admitted(model), *newer = pv_report_table_newer(model);
        PvReportTable *retried = pv_report_table_retried(model);

        heading(page, 2, "2. Failures");
        if (cells->len == 0)
                paragraph(page, g_strdup("No unexpected failure was recorded."));
        for (guint i = 0; i < model->checks->len; i++)
                failures_of_check(page, model, model->checks->pdata[i]);
        if (retried)
                heading(page, 3, "Retried");
        draw(page, retried);
        if (admitted)
                heading(page, 3, "Admitted failures");
        draw(page, admitted);
        if (newer)
                heading(page, 3, "Newer than claimed");
        draw(page, newer);
}

static void
unspecified(const PvReportModel *model, const Page *page)
{
        char *sentence = pv_report_unspecified_sentence(model);

        if (!sentence)
                return;
        heading(page, 3, "Unspecified accesses: recorded, never judged");
        paragraph(page, sentence);
        draw(page, pv_report_table_unspecified(model, FALSE));
}

static void
compared(const PvReportModel *model, const Page *page)
{
        g_autoptr(GPtrArray) comparisons = pv_report_comparisons(model);

        for (guint i = 0; i < comparisons->len; i++) {
                const PvReportComparison *comparison = comparisons->pdata[i];

                heading(page, 3, comparison->title);
                draw(page, pv_report_table_compared(model, comparison));
                paragraph(page, i ? NULL : g_strdup(pv_report_tally_legend));
                if (!draw(page, pv_report_table_differences(model, comparison, FALSE)))
                        paragraph(page, g_strdup("No check tells them apart."));
        }
}

static void
page_matrix(const PvReportModel *model, const Page *page)
{
        heading(page, 2, "3. Matrix");
        if (model->checks->len == 0)
                paragraph(page, g_strdup("No check was run."));
        compared(model, page);
        for (unsigned area = 0; area <= PV_REPORT_OTHER_AREA; area++) {
                PvReportTable *table = pv_report_table_matrix(model, area);

                if (table)
                        heading(page, 3, pv_report_area_title(area));
                draw(page, table);
        }
        unspecified(model, page);
}

/* The first column of each target stands for it. */
static gboolean
is_first_of_target(const PvReportModel *model, guint index)
{
        const PvReportColumn *column = model->columns->pdata[index];

        for (guint i = 0; i < index; i++)
                if (!strcmp(((PvReportColumn *) model->columns->pdata[i])->target, column->target))
                        return FALSE;
        return TRUE;
}

/* Takes the table. */
static void
measured(const Page *page, const char *how, const PvReportColumn *column, PvReportTable *table)
{
        if (table)
                paragraph(page, g_strdup_printf("%s on %s (%s; device: %s):", how, column->target,
                                                *column->version ? column->version : "version unknown",
                                                column->theirs ? "theirs" : "ours"));
        draw(page, table);
}

static void
cost_of_question(const PvReportModel *model, const Page *page, const char *question)
{
        g_autofree char *title = g_strdup_printf("%s %s", question, pv_report_question_title(question));

        heading(page, 3, title);
        for (guint i = 0; i < model->columns->len; i++) {
                const PvReportColumn *column = model->columns->pdata[i];
                if (!is_first_of_target(model, i))
                        continue;
                measured(page, "Counted", column, pv_report_table_cost(model, question, column->target));
                measured(page, "Timed", column, pv_report_table_times(model, question, column->target));
        }
}

static void
page_exactness(const PvReportModel *model, const Page *page)
{
        char *sentence = pv_report_exactness_sentence(model);

        if (!sentence)
                return;
        heading(page, 3, "Exactness");
        paragraph(page, sentence);
        draw(page, pv_report_table_exactness(model));
}

static void
section(const Page *page, const char *title, const char *legend, PvReportTable *table)
{
        if (!table)
                return;
        heading(page, 3, title);
        if (legend)
                paragraph(page, g_strdup(legend));
        draw(page, table);
}

static void
modelled(const PvReportModel *model, GPtrArray *questions, const Page *page)
{
        char *sentence = pv_report_modelled_sentence(model);

        if (!sentence)
                return;
        modelled_heading(page, 3, "", "Modelled", " times");
        paragraph(page, sentence);
        for (guint i = 0; i < questions->len; i++) {
                PvReportTable *table = pv_report_table_modelled(model, questions->pdata[i]);

                if (table)
                        paragraph(page, g_strdup_printf("%s %s:", (const char *) questions->pdata[i],
                                                        pv_report_question_title(questions->pdata[i])));
                draw(page, table);
        }
        if (draw(page, pv_report_table_modelled_crossovers(model)))
                paragraph(page, g_strdup(pv_report_modelled_legend));
        paragraph(page, pv_report_prediction_sentence(model));
        draw(page, pv_report_table_predictions(model));
        draw(page, pv_report_table_parameters(model));
}

static void
page_crossovers(const PvReportModel *model, const Page *page)
{
        g_autoptr(GPtrArray) groups = pv_report_crossover_groups(model);

        if (groups->len == 0)
                return;
        heading(page, 3, "Crossovers");
        paragraph(page, g_strdup(pv_report_crossover_legend));
        for (guint i = 0; i < groups->len; i++) {
                paragraph(page, pv_report_crossover_title(groups->pdata[i]));
                draw(page, pv_report_table_crossover_group(model, groups->pdata[i]));
        }
        paragraph(page, g_strdup("What each costs where it crosses, or at the largest size that was asked:"));
        draw(page, pv_report_table_crossovers(model));
}

static void
page_cost(const PvReportModel *model, const Page *page)
{
        g_autoptr(GPtrArray) questions = pv_report_questions(model);

        heading(page, 2, "4. Cost");
        if (questions->len == 0) {
                paragraph(page, g_strdup("Nothing was sampled."));
                return;
        }
        paragraph(
                page,
                g_strdup(
                        "What is counted and what is timed stands apart; N is the number of possible CPUs."));
        paragraph(page, g_strdup(pv_report_cost_legend));
        if (model->times->len)
                paragraph(page, g_strdup(pv_report_times_legend));
        for (guint i = 0; i < questions->len; i++)
                cost_of_question(model, page, questions->pdata[i]);
        page_crossovers(model, page);
        section(page, "Ladder", NULL, pv_report_table_ladder(model));
        section(page, "Other ways to access", NULL, pv_report_table_accesses(model));
        page_exactness(model, page);
        modelled(model, questions, page);
}

static void
ledger(const PvReportModel *model, const Page *page)
{
        g_autoptr(GPtrArray) ledgers = pv_report_ledgers(model);

        section(page, "Trust ledger (modelled)", pv_report_ledger_legend, pv_report_table_ledgers(ledgers));
        for (guint i = 0; i < ledgers->len; i++) {
                const PvReportLedger *one = ledgers->pdata[i];
                g_autofree char *title = g_strdup_printf("%s: %s", one->candidate, one->where->str);

                heading(page, 4, title);
                draw(page, g_steal_pointer(&((PvReportLedger *) ledgers->pdata[i])->table));
                paragraph(page, g_strdup(one->pages));
        }
}

static void
page_sev(const PvReportModel *model, const Page *page)
{
        g_autoptr(GPtrArray) sections = pv_report_sev_sections(model, FALSE);

        modelled_heading(page, 2, "5. SEV (", "modelled", ")");
        if (sections->len == 0)
                paragraph(page, g_strdup("No SEV check was run."));
        for (guint i = 0; i < sections->len; i++) {
                PvReportSection *s = sections->pdata[i];

                heading(page, 3, s->title);
                paragraph(page, g_steal_pointer(&s->text));
                draw(page, g_steal_pointer(&s->table));
        }
        section(page, "Every cell", NULL, pv_report_table_sev(model));
        ledger(model, page);
}

static void
page_speed(const PvReportModel *model, const Page *page)
{
        heading(page, 2, "6. Speed");
        if (!draw(page, pv_report_table_speed(model)))
                paragraph(page, g_strdup("Nothing was timed."));
        section(page, "VM exits of traced machines", NULL, pv_report_table_exits(model));
}

static void
page_not_run(const PvReportModel *model, const Page *page)
{
        PvReportTable *blocked = pv_report_table_blocked(model),
                      *limits = pv_report_table_not_applicable(model);

        heading(page, 2, "7. Not run");
        if (!draw(page, pv_report_table_not_run(model)))
                paragraph(page, g_strdup("Everything that the runs named was run."));
        if (blocked)
                heading(page, 3, "Blocked");
        draw(page, blocked);
        if (limits)
                heading(page, 3, "Does not apply");
        draw(page, limits);
}

/* Whatever the run says of its machine. */
static void
environment(JsonObject *run, const Page *page)
{
        JsonNode *node = json_object_get_member(run, "machine");
        JsonObject *machine = node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
        g_autoptr(GList) members = machine ? json_object_get_members(machine) : NULL;

        for (GList *m = members; m; m = m->next) {
                item(page, m->data, pv_record_string(machine, m->data));
        }
}

static void
page_reproduce(const PvReportModel *model, const Page *page)
{
        heading(page, 2, "8. How to reproduce");
        for (guint i = 0; i < model->runs->len; i++) {
                JsonObject *run = model->runs->pdata[i];
                g_autofree char *title = g_strdup_printf("Run %u", i + 1);
                g_autofree char *seed = g_strdup_printf("%" G_GINT64_FORMAT, pv_record_int(run, "seed"));

                heading(page, 3, title);
                item(page, "Command", pv_record_string(run, "command"));
                item(page, "Seed", seed);
                item(page, "Version", pv_record_string(run, "version"));
                item(page, "Commit", pv_record_string(run, "commit"));
                item(page, "Started", pv_record_string(run, "started"));
                item(page, "Build", pv_record_string(run, "build"));
                environment(run, page);
        }
}

static void
page_appendix(const PvReportModel *model, const Page *page)
{
        PvReportTable *table = pv_report_table_appendix(model, FALSE);

        if (!table)
                return;
        heading(page, 2, pv_report_appendix_title);
        paragraph(page, g_strdup(pv_report_appendix_legend));
        draw(page, table);
}

void
pv_report_write_page(const PvReportModel *model, const PvReportFormat *format, GString *out)
{
        const Page p = {format, out}, *page = &p;

        format->begin(out);
        page_answer(model, page);
        page_failures(model, page);
        page_matrix(model, page);
        page_cost(model, page);
        page_sev(model, page);
        page_speed(model, page);
        page_not_run(model, page);
        page_reproduce(model, page);
        page_appendix(model, page);
        format->end(out);
}
