/* SPDX-License-Identifier: MIT */
/* The report as one Markdown page, fit for a mailing list or a repository. */
#include "reports/report-page.h"
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
append(GString *out, const char *text)
{
        g_autofree char *escaped = pv_report_escape_md(text);

        g_string_append(out, escaped);
}

static void
md_begin(GString *out)
{
        g_string_append(out, "# pvabi report\n");
}

static void
md_end(GString *out)
{
        (void) out;
}

static void
md_heading(GString *out, int depth, const char *before, const char *emphasis, const char *after)
{
        blank_line(out);
        g_string_append_printf(out, "%.*s ", depth, "######");
        append(out, before);
        g_string_append(out, *emphasis ? "*" : "");
        append(out, emphasis);
        g_string_append(out, *emphasis ? "*" : "");
        append(out, after);
        g_string_append(out, "\n\n");
}

static void
md_paragraph(GString *out, const char *text)
{
        append(out, text);
        g_string_append(out, "\n\n");
}

static void
md_item(GString *out, const char *name, const char *text)
{
        g_string_append(out, "- ");
        append(out, name);
        g_string_append(out, ": ");
        append(out, text);
        g_string_append_c(out, '\n');
}

/* Indented, so that nothing in the lines can end the block. */
static void
md_code(GString *out, const char *title, GPtrArray *lines)
{
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

        g_string_append_c(out, ' ');
        for (guint i = 0; lines[i]; i++) {
                g_string_append(out, i ? "<br>" : "");
                append(out, lines[i]);
        }
        g_string_append(out, " |");
}

static void
append_field(GString *out, const PvReportField *field)
{
        g_autofree char *escaped = pv_report_escape_md(field->text);
        gboolean bold = field->tone == PV_REPORT_BAD && *escaped;

        g_string_append_printf(out, bold ? " **%s** |" : " %s |", escaped);
}

static void
md_table(GString *out, const PvReportTable *table)
{
        g_string_append_c(out, '|');
        for (guint i = 0; i < table->heads->len; i++)
                append_head(out, table->heads->pdata[i]);
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
}

void
pv_report_write_md(const PvReportModel *model, GString *out)
{
        static const PvReportFormat md = {
                .begin = md_begin,
                .heading = md_heading,
                .paragraph = md_paragraph,
                .item = md_item,
                .code = md_code,
                .table = md_table,
                .end = md_end,
        };

        pv_report_write_page(model, &md, out);
}
