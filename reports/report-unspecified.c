/* SPDX-License-Identifier: MIT */
/* Unspecified accesses: what each target answers, side by side. Nothing here is judged. */
#include <string.h>

#include "common/record.h"
#include "reports/report-table.h"

/* One read of a probe. */
typedef struct Row {
        const char *probe;
        guint index; /* of the read */
} Row;

/* A member of the record's answer with this index; NULL when it broke off before. */
static const char *
answer_of(JsonObject *record, guint index, const char *member)
{
        JsonArray *answers = pv_report_array(record, "answers");
        JsonNode *node = answers && index < json_array_get_length(answers)
                                 ? json_array_get_element(answers, index)
                                 : NULL;

        return node && JSON_NODE_HOLDS_OBJECT(node) ? pv_record_string(json_node_get_object(node), member) : NULL;
}

static int
by_probe(gconstpointer a, gconstpointer b)
{
        const Row *x = a, *y = b;
        int order = strcmp(x->probe, y->probe);

        return order ? order : (int) x->index - (int) y->index;
}

static gboolean
has_row(GArray *rows, const Row *row)
{
        for (guint i = 0; i < rows->len; i++)
                if (!by_probe(&g_array_index(rows, Row, i), row))
                        return TRUE;
        return FALSE;
}

/* One for each read that any target was asked for; a probe that got no answer anywhere has one too. */
static GArray *
rows_of(const PvReportModel *model)
{
        GArray *rows = g_array_new(FALSE, FALSE, sizeof(Row));

        for (guint i = 0; i < model->unspecified->len; i++) {
                const PvReportUnspecified *u = model->unspecified->pdata[i];
                Row row = {pv_record_string(u->record, "probe"), 0};

                do {
                        if (!has_row(rows, &row))
                                g_array_append_val(rows, row);
                } while (answer_of(u->record, ++row.index, "value"));
        }
        g_array_sort(rows, by_probe);
        return rows;
}

/* The targets as columns, each with the first of its candidates. */
static GPtrArray *
targets_of(const PvReportModel *model)
{
        GPtrArray *targets = g_ptr_array_new();

        for (guint i = 0; i < model->columns->len; i++) {
                PvReportColumn *column = model->columns->pdata[i];
                gboolean known = FALSE;

                for (guint j = 0; j < targets->len; j++)
                        known |= !strcmp(((PvReportColumn *) targets->pdata[j])->target, column->target);
                if (!known)
                        g_ptr_array_add(targets, column);
        }
        return targets;
}

/* What the machines on this target answered: one value, or each with the letters of its columns. */
static char *
answers_on(const PvReportModel *model, const Row *row, const char *target, gboolean *ret_answered)
{
        g_autoptr(GPtrArray) values = g_ptr_array_new();
        g_autoptr(GPtrArray) letters = g_ptr_array_new_with_free_func(g_free);
        GString *text = g_string_new(NULL);

        for (guint i = 0; i < model->unspecified->len; i++) {
                const PvReportUnspecified *u = model->unspecified->pdata[i];
                const char *value = answer_of(u->record, row->index, "value");
                guint at;

                if (strcmp(u->column->target, target) || strcmp(pv_record_string(u->record, "probe"), row->probe))
                        continue;
                *ret_answered |= value != NULL;
                value = value ? value : pv_record_string(u->record, "reason");
                if (g_ptr_array_find_with_equal_func(values, value, g_str_equal, &at)) {
                        char *before = letters->pdata[at];

                        letters->pdata[at] = g_strdup_printf("%s, %s", before, u->column->letter);
                        g_free(before);
                } else {
                        g_ptr_array_add(values, (gpointer) value);
                        g_ptr_array_add(letters, g_strdup(u->column->letter));
                }
        }
        for (guint i = 0; i < values->len; i++)
                g_string_append_printf(text, values->len > 1 ? "%s%s (%s)" : "%s%s", i ? "; " : "",
                                       (char *) values->pdata[i], (char *) letters->pdata[i]);
        return g_string_free(text, FALSE);
}

/* Do two targets answer this read differently? Those that do not answer are not counted. */
static gboolean
differs(const PvReportModel *model, const Row *row, GPtrArray *targets)
{
        g_autofree char *first = NULL;

        for (guint i = 0; i < targets->len; i++) {
                gboolean answered = FALSE;
                g_autofree char *text = answers_on(model, row, ((PvReportColumn *) targets->pdata[i])->target,
                                                   &answered);

                if (answered && first && strcmp(first, text))
                        return TRUE;
                if (answered && !first)
                        first = g_steal_pointer(&text);
        }
        return FALSE;
}

static const char *
access_of(const PvReportModel *model, const Row *row)
{
        for (guint i = 0; i < model->unspecified->len; i++) {
                const PvReportUnspecified *u = model->unspecified->pdata[i];
                const char *access = answer_of(u->record, row->index, "access");

                if (access && !strcmp(pv_record_string(u->record, "probe"), row->probe))
                        return access;
        }
        return "";
}

static PvReportTable *
new_table(GPtrArray *targets)
{
        static const char *const heads[] = {"probe", "read", NULL};
        PvReportTable *table = pv_report_table_new(heads);

        for (guint i = 0; i < targets->len; i++) {
                const PvReportColumn *column = targets->pdata[i];
                g_autofree char *head = *column->version ? g_strdup_printf("%s\n%s", column->target, column->version)
                                                         : g_strdup(column->target);

                pv_report_table_head(table, head);
        }
        return table;
}

PvReportTable *
pv_report_table_unspecified(const PvReportModel *model, gboolean differing_only)
{
        g_autoptr(GArray) rows = rows_of(model);
        g_autoptr(GPtrArray) targets = targets_of(model);
        g_autoptr(PvReportTable) table = new_table(targets);

        for (guint i = 0; i < rows->len; i++) {
                const Row *row = &g_array_index(rows, Row, i);
                gboolean ignored;

                if (differing_only && !differs(model, row, targets))
                        continue;
                pv_report_table_row(table);
                pv_report_table_add(table, row->probe);
                pv_report_table_add(table, access_of(model, row));
                for (guint t = 0; t < targets->len; t++)
                        pv_report_table_take(table,
                                             answers_on(model, row, ((PvReportColumn *) targets->pdata[t])->target,
                                                        &ignored),
                                             PV_REPORT_PLAIN);
        }
        return table->rows->len ? g_steal_pointer(&table) : NULL;
}

char *
pv_report_unspecified_sentence(const PvReportModel *model)
{
        g_autoptr(GArray) rows = rows_of(model);
        g_autoptr(GPtrArray) targets = targets_of(model);
        guint n = 0;

        if (rows->len == 0)
                return NULL;
        for (guint i = 0; i < rows->len; i++)
                n += differs(model, &g_array_index(rows, Row, i), targets);
        if (targets->len == 1)
                return g_strdup_printf("Reads whose answer no document fixes, recorded and never judged: %u on one "
                                       "target.",
                                       rows->len);
        return g_strdup_printf("Reads whose answer no document fixes, recorded and never judged: %u on %u targets, "
                               "which agree on %u and differ on %u.",
                               rows->len, targets->len, rows->len - n, n);
}
