/* SPDX-License-Identifier: MIT */
/* The report as one Markdown page, fit for a mailing list or a repository. */
#include <string.h>

#include "common/record.h"
#include "reports/report-appendix.h"
#include "reports/report-compare.h"
#include "reports/report-cost.h"
#include "reports/report-ledger.h"
#include "reports/report-score.h"
#include "reports/report-sev.h"
#include "reports/report-table.h"
#include "reports/report-times.h"
#include "reports/report-writers.h"

/* Whatever stood before, one blank line. */
static void
blank_line(GString *out)
{
        while (out->len && out->str[out->len - 1] == '\n')
                g_string_truncate(out, out->len - 1);
        g_string_append(out, "\n\n");
}

static void
heading(GString *out, int depth, const char *text)
{
        g_autofree char *escaped = pv_report_escape_md(text);

        blank_line(out);
        g_string_append_printf(out, "%.*s %s\n\n", depth, "######", escaped);
}

/* Takes the text; NULL says nothing. */
static void
paragraph(GString *out, char *text)
{
        g_autofree char *owned = text;
        g_autofree char *escaped = owned ? pv_report_escape_md(owned) : NULL;

        if (escaped)
                g_string_append_printf(out, "%s\n\n", escaped);
}

/* One item of a list, when there is something to say. */
static void
item(GString *out, const char *name, const char *text)
{
        g_autofree char *escaped = pv_report_escape_md(text);

        if (*text)
                g_string_append_printf(out, "- %s: %s\n", name, escaped);
}

/* Lines as a code block: indented, so that nothing in them can end it. */
static void
code(GString *out, const char *title, GPtrArray *lines)
{
        if (lines->len == 0)
                return;
        blank_line(out);
        g_string_append_printf(out, "%s\n\n", title);
        for (guint i = 0; i < lines->len; i++) {
                g_autofree char *line = pv_report_visible(lines->pdata[i]);

                g_string_append_printf(out, "    %s\n", line);
        }
}

static void
append_head(GString *out, const char *head)
{
        g_auto(GStrv) lines = g_strsplit(head, "\n", 2);

        for (guint i = 0; lines[i]; i++) {
                g_autofree char *escaped = pv_report_escape_md(lines[i]);

                g_string_append_printf(out, "%s%s", i ? "<br>" : "", escaped);
        }
}

static void
append_field(GString *out, const PvReportField *field)
{
        g_autofree char *escaped = pv_report_escape_md(field->text);
        gboolean bold = field->tone == PV_REPORT_BAD && *escaped;

        g_string_append_printf(out, bold ? " **%s** |" : " %s |", escaped);
}

/* Takes the table; FALSE when there is none. */
static gboolean
draw(GString *out, PvReportTable *owned)
{
        g_autoptr(PvReportTable) table = owned;

        if (!table)
                return FALSE;
        g_string_append_c(out, '|');
        for (guint i = 0; i < table->heads->len; i++) {
                g_string_append_c(out, ' ');
                append_head(out, table->heads->pdata[i]);
                g_string_append(out, " |");
        }
        g_string_append(out, "\n|");
        for (guint i = 0; i < table->heads->len; i++)
                g_string_append(out, "---|");
        for (guint i = 0; i < table->rows->len; i++) {
                const GPtrArray *row = table->rows->pdata[i];

                g_string_append(out, "\n|");
                for (guint j = 0; j < row->len; j++)
                        append_field(out, row->pdata[j]);
        }
        g_string_append(out, "\n\n");
        return TRUE;
}

static void
page_answer(const PvReportModel *model, GString *out)
{
        g_autoptr(GPtrArray) remarks = pv_report_remarks(model);

        heading(out, 2, "1. Answer");
        paragraph(out, pv_report_summary(model));
        for (guint i = 0; i < remarks->len; i++)
                paragraph(out, g_strdup(remarks->pdata[i]));
        if (!draw(out, pv_report_table_answer(model, FALSE)))
                paragraph(out, g_strdup("There is no column to show."));
        paragraph(out, g_strdup(pv_report_score_legend));
        paragraph(out, pv_report_cost_sentence(model));
        paragraph(out, pv_report_sev_sentence(model));
        paragraph(out, pv_report_provenance_sentence(model));
        draw(out, pv_report_table_columns(model, FALSE));
        paragraph(out, g_strdup(pv_report_legend));
}

static void
one_failure(GString *out, const PvReportCell *cell)
{
        g_autofree char *name = pv_report_column_long_name(cell->column);
        g_autofree char *cell_name = pv_report_cell_name(cell->record);
        g_autofree char *outcome = pv_report_outcome(cell);
        g_autofree char *title =
                g_strdup_printf("%s: %s, %s in column %s", cell_name, outcome, name, cell->column->letter);
        g_autoptr(GPtrArray) tail = pv_report_strings(cell->record, "tail");
        g_autoptr(GPtrArray) qtest = pv_report_strings(cell->record, "qtest");

        heading(out, 4, title);
        item(out, "Expected", pv_record_string(cell->record, "expected"));
        item(out, "Actual", pv_record_string(cell->record, "actual"));
        item(out, "Reason", pv_record_string(cell->record, "reason"));
        item(out, "Device", pv_record_string(cell->record, "device"));
        item(out, "Content", pv_record_string(cell->record, "content"));
        item(out, "Consumer", pv_record_string(cell->record, "consumer"));
        code(out, "Last accesses:", tail);
        code(out, "To reproduce, paste into `qemu-system-x86_64 -qtest stdio`:", qtest);
}

/* The requirement once, then each column and cell that broke it. */
static void
failures_of_check(GString *out, const PvReportModel *model, const PvReportCheck *check)
{
        g_autoptr(GPtrArray) cells = pv_report_cells(model, PV_REPORT_UNEXPECTED);
        gboolean titled = FALSE;

        for (guint i = 0; i < cells->len; i++) {
                const PvReportCell *cell = cells->pdata[i];

                if (strcmp(pv_record_string(cell->record, "check"), check->id))
                        continue;
                if (!titled) {
                        heading(out, 3, check->id);
                        item(out, "Requirement", pv_record_string(check->record, "requirement"));
                        item(out, "Level", pv_record_string(check->record, "level"));
                        item(out, "Basis", pv_record_string(check->record, "basis"));
                        item(out, "Source", pv_record_string(check->record, "source"));
                        item(out, "Advice", pv_record_string(check->record, "advice"));
                }
                titled = TRUE;
                one_failure(out, cell);
        }
}

static void
page_failures(const PvReportModel *model, GString *out)
{
        g_autoptr(GPtrArray) cells = pv_report_cells(model, PV_REPORT_UNEXPECTED);
        PvReportTable *admitted = pv_report_table_admitted(model), *newer = pv_report_table_newer(model);
        PvReportTable *retried = pv_report_table_retried(model);

        heading(out, 2, "2. Failures");
        if (cells->len == 0)
                paragraph(out, g_strdup("No unexpected failure was recorded."));
        for (guint i = 0; i < model->checks->len; i++)
                failures_of_check(out, model, model->checks->pdata[i]);
        if (retried)
                heading(out, 3, "Retried");
        draw(out, retried);
        if (admitted)
                heading(out, 3, "Admitted failures");
        draw(out, admitted);
        if (newer)
                heading(out, 3, "Newer than claimed");
        draw(out, newer);
}

static void
unspecified(const PvReportModel *model, GString *out)
{
        char *sentence = pv_report_unspecified_sentence(model);

        if (!sentence)
                return;
        heading(out, 3, "Unspecified accesses: recorded, never judged");
        paragraph(out, sentence);
        draw(out, pv_report_table_unspecified(model, FALSE));
}

static void
compared(const PvReportModel *model, GString *out)
{
        g_autoptr(GPtrArray) comparisons = pv_report_comparisons(model);

        for (guint i = 0; i < comparisons->len; i++) {
                const PvReportComparison *comparison = comparisons->pdata[i];

                heading(out, 3, comparison->title);
                draw(out, pv_report_table_compared(model, comparison));
                paragraph(out, i ? NULL : g_strdup(pv_report_tally_legend));
                if (!draw(out, pv_report_table_differences(model, comparison, FALSE)))
                        paragraph(out, g_strdup("No check tells them apart."));
        }
}

static void
page_matrix(const PvReportModel *model, GString *out)
{
        heading(out, 2, "3. Matrix");
        if (model->checks->len == 0)
                paragraph(out, g_strdup("No check was run."));
        compared(model, out);
        for (unsigned area = 0; area <= PV_REPORT_OTHER_AREA; area++) {
                PvReportTable *table = pv_report_table_matrix(model, area);

                if (table)
                        heading(out, 3, pv_report_area_title(area));
                draw(out, table);
        }
        unspecified(model, out);
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
measured(GString *out, const char *how, const PvReportColumn *column, PvReportTable *table)
{
        if (table)
                paragraph(out, g_strdup_printf("%s on %s (%s; device: %s):", how, column->target,
                                               *column->version ? column->version : "version unknown",
                                               column->theirs ? "theirs" : "ours"));
        draw(out, table);
}

static void
cost_of_question(const PvReportModel *model, GString *out, const char *question)
{
        g_autofree char *title = g_strdup_printf("%s %s", question, pv_report_question_title(question));

        heading(out, 3, title);
        for (guint i = 0; i < model->columns->len; i++) {
                const PvReportColumn *column = model->columns->pdata[i];
                if (!is_first_of_target(model, i))
                        continue;
                measured(out, "Counted", column, pv_report_table_cost(model, question, column->target));
                measured(out, "Timed", column, pv_report_table_times(model, question, column->target));
        }
}

static void
page_exactness(const PvReportModel *model, GString *out)
{
        char *sentence = pv_report_exactness_sentence(model);

        if (!sentence)
                return;
        heading(out, 3, "Exactness");
        paragraph(out, sentence);
        draw(out, pv_report_table_exactness(model));
}

static void
section(GString *out, const char *title, const char *legend, PvReportTable *table)
{
        if (!table)
                return;
        heading(out, 3, title);
        if (legend)
                paragraph(out, g_strdup(legend));
        draw(out, table);
}

static void
modelled(const PvReportModel *model, GPtrArray *questions, GString *out)
{
        char *sentence = pv_report_modelled_sentence(model);

        if (!sentence)
                return;
        blank_line(out);
        g_string_append(out, "### *Modelled* times\n\n");
        paragraph(out, sentence);
        for (guint i = 0; i < questions->len; i++) {
                PvReportTable *table = pv_report_table_modelled(model, questions->pdata[i]);

                if (table)
                        paragraph(out, g_strdup_printf("%s %s:", (const char *) questions->pdata[i],
                                                       pv_report_question_title(questions->pdata[i])));
                draw(out, table);
        }
        if (draw(out, pv_report_table_modelled_crossovers(model)))
                paragraph(out, g_strdup(pv_report_modelled_legend));
        paragraph(out, pv_report_prediction_sentence(model));
        draw(out, pv_report_table_predictions(model));
        draw(out, pv_report_table_parameters(model));
}

static void
page_crossovers(const PvReportModel *model, GString *out)
{
        g_autoptr(GPtrArray) groups = pv_report_crossover_groups(model);

        if (groups->len == 0)
                return;
        heading(out, 3, "Crossovers");
        paragraph(out, g_strdup(pv_report_crossover_legend));
        for (guint i = 0; i < groups->len; i++) {
                paragraph(out, pv_report_crossover_title(groups->pdata[i]));
                draw(out, pv_report_table_crossover_group(model, groups->pdata[i]));
        }
        paragraph(out, g_strdup("What each costs where it crosses, or at the largest size that was asked:"));
        draw(out, pv_report_table_crossovers(model));
}

static void
page_cost(const PvReportModel *model, GString *out)
{
        g_autoptr(GPtrArray) questions = pv_report_questions(model);

        heading(out, 2, "4. Cost");
        if (questions->len == 0) {
                paragraph(out, g_strdup("Nothing was sampled."));
                return;
        }
        paragraph(out, g_strdup("What is counted and what is timed stands apart; N is the number of possible CPUs."));
        paragraph(out, g_strdup(pv_report_cost_legend));
        if (model->times->len)
                paragraph(out, g_strdup(pv_report_times_legend));
        for (guint i = 0; i < questions->len; i++)
                cost_of_question(model, out, questions->pdata[i]);
        page_crossovers(model, out);
        section(out, "Ladder", NULL, pv_report_table_ladder(model));
        section(out, "Other ways to access", NULL, pv_report_table_accesses(model));
        page_exactness(model, out);
        modelled(model, questions, out);
}

static void
ledger(const PvReportModel *model, GString *out)
{
        g_autoptr(GPtrArray) ledgers = pv_report_ledgers(model);

        section(out, "Trust ledger (modelled)", pv_report_ledger_legend, pv_report_table_ledgers(ledgers));
        for (guint i = 0; i < ledgers->len; i++) {
                const PvReportLedger *one = ledgers->pdata[i];
                g_autofree char *title = g_strdup_printf("%s: %s", one->candidate, one->where->str);

                heading(out, 4, title);
                draw(out, g_steal_pointer(&((PvReportLedger *) ledgers->pdata[i])->table));
                paragraph(out, g_strdup(one->pages));
        }
}

static void
page_sev(const PvReportModel *model, GString *out)
{
        g_autoptr(GPtrArray) sections = pv_report_sev_sections(model, FALSE);

        blank_line(out);
        g_string_append(out, "## 5. SEV (*modelled*)\n\n");
        if (sections->len == 0)
                paragraph(out, g_strdup("No SEV check was run."));
        for (guint i = 0; i < sections->len; i++) {
                PvReportSection *s = sections->pdata[i];

                heading(out, 3, s->title);
                paragraph(out, g_steal_pointer(&s->text));
                draw(out, g_steal_pointer(&s->table));
        }
        section(out, "Every cell", NULL, pv_report_table_sev(model));
        ledger(model, out);
}

static void
page_speed(const PvReportModel *model, GString *out)
{
        heading(out, 2, "6. Speed");
        if (!draw(out, pv_report_table_speed(model)))
                paragraph(out, g_strdup("Nothing was timed."));
        section(out, "VM exits of traced machines", NULL, pv_report_table_exits(model));
}

static void
page_not_run(const PvReportModel *model, GString *out)
{
        PvReportTable *blocked = pv_report_table_blocked(model),
                      *limits = pv_report_table_not_applicable(model);

        heading(out, 2, "7. Not run");
        if (!draw(out, pv_report_table_not_run(model)))
                paragraph(out, g_strdup("Everything that the runs named was run."));
        if (blocked)
                heading(out, 3, "Blocked");
        draw(out, blocked);
        if (limits)
                heading(out, 3, "Does not apply");
        draw(out, limits);
}

/* Whatever the run says of its machine. */
static void
environment(JsonObject *run, GString *out)
{
        JsonNode *node = json_object_get_member(run, "machine");
        JsonObject *machine = node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
        g_autoptr(GList) members = machine ? json_object_get_members(machine) : NULL;

        for (GList *m = members; m; m = m->next) {
                g_autofree char *name = pv_report_escape_md(m->data);

                item(out, name, pv_record_string(machine, m->data));
        }
}

static void
page_reproduce(const PvReportModel *model, GString *out)
{
        heading(out, 2, "8. How to reproduce");
        for (guint i = 0; i < model->runs->len; i++) {
                JsonObject *run = model->runs->pdata[i];
                g_autofree char *title = g_strdup_printf("Run %u", i + 1);
                g_autofree char *seed = g_strdup_printf("%" G_GINT64_FORMAT, pv_record_int(run, "seed"));

                heading(out, 3, title);
                item(out, "Command", pv_record_string(run, "command"));
                item(out, "Seed", seed);
                item(out, "Version", pv_record_string(run, "version"));
                item(out, "Commit", pv_record_string(run, "commit"));
                item(out, "Started", pv_record_string(run, "started"));
                item(out, "Build", pv_record_string(run, "build"));
                environment(run, out);
        }
}

static void
page_appendix(const PvReportModel *model, GString *out)
{
        PvReportTable *table = pv_report_table_appendix(model, FALSE);

        if (!table)
                return;
        heading(out, 2, pv_report_appendix_title);
        paragraph(out, g_strdup(pv_report_appendix_legend));
        draw(out, table);
}

void
pv_report_write_md(const PvReportModel *model, GString *out)
{
        g_string_append(out, "# pvabi report\n");
        page_answer(model, out);
        page_failures(model, out);
        page_matrix(model, out);
        page_cost(model, out);
        page_sev(model, out);
        page_speed(model, out);
        page_not_run(model, out);
        page_reproduce(model, out);
        page_appendix(model, out);
}
