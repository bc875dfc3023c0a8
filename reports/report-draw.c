/* SPDX-License-Identifier: MIT */
/* Tables and paragraphs for a terminal, with libsmartcols where it was found and without where not. */
#include "reports/report-draw.h"

#include <stdlib.h>
#include <string.h>

#ifdef HAVE_SMARTCOLS
#include <libsmartcols.h>
#endif

#define GAP 2 /* blanks between two columns */

/* The columns of a table that fit beside each other: the first, and from..to-1. */
typedef struct Part {
        const PvReportTable *table;
        const guint *widths;
        guint from, to;
} Part;

static guint
characters(const char *text)
{
        return (guint) g_utf8_strlen(text, -1);
}

static void
make_visible(char **text)
{
        char *visible = pv_report_visible(*text);

        g_free(*text);
        *text = visible;
}

/*
 * A terminal has one line for heads, so their second lines become the first row; and nothing may be obeyed.
 */
static void
prepare(PvReportTable *table)
{
        GPtrArray *second;
        gboolean needed = FALSE;

        pv_report_table_row(table);
        for (guint i = 0; i < table->heads->len; i++) {
                char *rest = strchr(table->heads->pdata[i], '\n');

                if (rest)
                        *rest++ = '\0';
                needed |= rest != NULL;
                pv_report_table_take(table, g_strdup(rest ? rest : ""),
                                     rest ? PV_REPORT_DIM : PV_REPORT_PLAIN);
                make_visible((char **) &table->heads->pdata[i]);
        }
        second = g_ptr_array_steal_index(table->rows, table->rows->len - 1);
        if (needed)
                g_ptr_array_insert(table->rows, 0, second);
        else
                g_ptr_array_unref(second);
        for (guint i = 0; i < table->rows->len; i++) {
                GPtrArray *row = table->rows->pdata[i];

                for (guint j = 0; j < row->len; j++)
                        make_visible(&((PvReportField *) row->pdata[j])->text);
        }
}

static guint *
measure(const PvReportTable *table)
{
        guint *widths = g_new0(guint, table->heads->len);

        for (guint i = 0; i < table->heads->len; i++)
                widths[i] = characters(table->heads->pdata[i]);
        for (guint i = 0; i < table->rows->len; i++) {
                const GPtrArray *row = table->rows->pdata[i];

                for (guint j = 0; j < row->len; j++)
                        widths[j] = MAX(widths[j], characters(((PvReportField *) row->pdata[j])->text));
        }
        return widths;
}

static PvReportField *
field_at(const Part *part, guint row, guint column)
{
        return ((GPtrArray *) part->table->rows->pdata[row])->pdata[column];
}

/* The column of the table that stands at this place of the part. */
static guint
column_at(const Part *part, guint place)
{
        return place == 0 ? 0 : part->from + place - 1;
}

#ifdef HAVE_SMARTCOLS

static void
draw_row(struct libscols_table *drawn, const Part *part, guint row)
{
        static const char *const colors[] = {NULL, "green", "red", "yellow", "halfbright"};
        struct libscols_line *line = scols_table_new_line(drawn, NULL);

        for (guint place = 0; line && place <= part->to - part->from; place++) {
                const PvReportField *field = field_at(part, row, column_at(part, place));

                scols_line_set_data(line, place, field->text);
                scols_cell_set_color(scols_line_get_cell(line, place), colors[field->tone]);
        }
}

static void
draw_part(const Part *part, gboolean color, GString *out)
{
        struct libscols_table *drawn = scols_new_table();
        guint width = 0;
        char *text = NULL;

        for (guint place = 0; place <= part->to - part->from; place++) {
                guint column = column_at(part, place);

                width += part->widths[column] + GAP;
                scols_table_new_column(drawn, part->table->heads->pdata[column], part->widths[column], 0);
        }
        for (guint row = 0; row < part->table->rows->len; row++)
                draw_row(drawn, part, row);
        scols_table_enable_colors(drawn, color);
        scols_table_set_column_separator(drawn, "  ");
        scols_table_set_termforce(drawn, SCOLS_TERMFORCE_ALWAYS);
        scols_table_set_termwidth(drawn, width);
        if (scols_print_table_to_string(drawn, &text) == 0 && text)
                g_string_append(out, text);
        if (out->len && out->str[out->len - 1] != '\n')
                g_string_append_c(out, '\n');
        free(text);
        scols_unref_table(drawn);
}

#else

static void
draw_field(const char *text, PvReportTone tone, guint width, gboolean color, GString *out)
{
        static const char *const colors[] = {"", "\033[32m", "\033[31m", "\033[33m", "\033[2m"};
        gboolean painted = color && tone != PV_REPORT_PLAIN;

        g_string_append_printf(out, "%s%s%s", painted ? colors[tone] : "", text, painted ? "\033[0m" : "");
        g_string_append_printf(out, "%*s", (int) (width - characters(text)), "");
}

static void
end_line(GString *out)
{
        while (out->len && out->str[out->len - 1] == ' ')
                g_string_truncate(out, out->len - 1);
        g_string_append_c(out, '\n');
}

static void
draw_part(const Part *part, gboolean color, GString *out)
{
        guint last = part->to - part->from;

        for (guint place = 0; place <= last; place++) {
                guint column = column_at(part, place);

                draw_field(part->table->heads->pdata[column], PV_REPORT_PLAIN, part->widths[column] + GAP,
                           color, out);
        }
        end_line(out);
        for (guint row = 0; row < part->table->rows->len; row++) {
                for (guint place = 0; place <= last; place++) {
                        guint column = column_at(part, place);
                        const PvReportField *field = field_at(part, row, column);

                        draw_field(field->text, field->tone, part->widths[column] + GAP, color, out);
                }
                end_line(out);
        }
}

#endif

void
pv_report_draw_table(PvReportTable *table, guint width, gboolean color, GString *out)
{
        g_autofree guint *widths = NULL;
        Part part = {.table = table, .from = 1, .to = 1};

        prepare(table);
        part.widths = widths = measure(table);
        do {
                guint used = widths[0];

                /* At least one: a column wider than the terminal is shown all the same. */
                for (part.to = part.from; part.to < table->heads->len; part.to++) {
                        used += GAP + widths[part.to];
                        if (used > width && part.to > part.from)
                                break;
                }
                draw_part(&part, color, out);
                g_string_append_c(out, '\n');
                part.from = part.to;
        } while (part.from < table->heads->len);
}

void
pv_report_draw_text(const char *text, guint width, guint indent, GString *out)
{
        g_autofree char *visible = pv_report_visible(text);
        g_auto(GStrv) words = g_strsplit(visible, " ", -1);
        guint column = 0;

        for (guint i = 0; words[i]; i++) {
                guint n = characters(words[i]);

                if (n == 0)
                        continue;
                if (column > indent && column + 1 + n > width) {
                        g_string_append_printf(out, "\n%*s", (int) indent, "");
                        column = indent;
                } else if (column > 0) {
                        g_string_append_c(out, ' ');
                        column++;
                }
                g_string_append(out, words[i]);
                column += n;
        }
        g_string_append_c(out, '\n');
}
