/* SPDX-License-Identifier: MIT */
/* The report as one HTML page that needs no network: for a browser, or an attachment. */
#include <string.h>

#include "reports/report-page.h"
#include "reports/report-writers.h"

/* Well-formed as XML too. Wide tables scroll, for each is as wide as there are columns; dark where the reader
 * wants it. */
static const char head[] =
        "<!DOCTYPE html>\n"
        "<html lang=\"en\">\n"
        "<head>\n"
        "<meta charset=\"utf-8\"/>\n"
        "<meta name=\"viewport\" content=\"width=device-width\"/>\n"
        "<title>pvabi report</title>\n"
        "<style>\n"
        ":root { color-scheme: light dark; }\n"
        "body { font: 1rem/1.45 system-ui, sans-serif; max-width: 80rem; margin: auto; padding: 0 1rem 4rem; "
        "}\n"
        "p { max-width: 50rem; }\n"
        ".table { overflow-x: auto; margin: 1rem 0; }\n"
        "table { border-collapse: collapse; font-size: .9rem; }\n"
        "th, td { border: 1px solid #8886; padding: .2rem .5rem; text-align: left; vertical-align: top; }\n"
        "th { background: #8882; }\n"
        "pre { overflow-x: auto; padding: .5rem; background: #8882; }\n"
        ".item { margin: .1rem 0; }\n"
        ".good { color: #0a7d33; } .bad { color: #d1242f; font-weight: bold; } .warn { color: #a66300; } "
        ".dim { opacity: .6; }\n"
        "</style>\n"
        "</head>\n"
        "<body>\n";

static void
append(GString *out, const char *text)
{
        g_autofree char *escaped = pv_report_escape_xml(text);

        g_string_append(out, escaped);
}

static void
append_element(GString *out, const char *name, const char *text)
{
        g_string_append_printf(out, "<%s>", name);
        append(out, text);
        g_string_append_printf(out, "</%s>\n", name);
}

static void
html_begin(GString *out)
{
        g_string_append(out, head);
        append_element(out, "h1", "pvabi report");
}

static void
html_end(GString *out)
{
        g_string_append(out, "</body>\n</html>\n");
}

static void
html_heading(GString *out, int depth, const char *before, const char *emphasis, const char *after)
{
        g_string_append_printf(out, "<h%d>", depth);
        append(out, before);
        g_string_append(out, *emphasis ? "<em>" : "");
        append(out, emphasis);
        g_string_append(out, *emphasis ? "</em>" : "");
        append(out, after);
        g_string_append_printf(out, "</h%d>\n", depth);
}

static void
html_paragraph(GString *out, const char *text)
{
        append_element(out, "p", text);
}

static void
html_item(GString *out, const char *name, const char *text)
{
        g_string_append(out, "<p class=\"item\"><b>");
        append(out, name);
        g_string_append(out, ":</b> ");
        append(out, text);
        g_string_append(out, "</p>\n");
}

static void
html_code(GString *out, const char *title, GPtrArray *lines)
{
        append_element(out, "p", title);
        g_string_append(out, "<pre>");
        for (guint i = 0; i < lines->len; i++) {
                append(out, lines->pdata[i]);
                g_string_append_c(out, '\n');
        }
        g_string_append(out, "</pre>\n");
}

static void
append_head(GString *out, const char *text)
{
        g_auto(GStrv) lines = g_strsplit(text, "\n", 2);

        g_string_append(out, "<th>");
        for (guint i = 0; lines[i]; i++) {
                g_string_append(out, i ? "<br/>" : "");
                append(out, lines[i]);
        }
        g_string_append(out, "</th>");
}

static void
append_field(GString *out, const PvReportField *field)
{
        static const char *const classes[] = {
                [PV_REPORT_PLAIN] = "",
                [PV_REPORT_GOOD] = " class=\"good\"",
                [PV_REPORT_BAD] = " class=\"bad\"",
                [PV_REPORT_WARN] = " class=\"warn\"",
                [PV_REPORT_DIM] = " class=\"dim\"",
        };

        g_string_append_printf(out, "<td%s>", classes[field->tone]);
        append(out, field->text);
        g_string_append(out, "</td>");
}

static void
html_table(GString *out, const PvReportTable *table)
{
        g_string_append(out, "<div class=\"table\"><table>\n<tr>");
        for (guint i = 0; i < table->heads->len; i++)
                append_head(out, table->heads->pdata[i]);
        g_string_append(out, "</tr>\n");
        for (guint i = 0; i < table->rows->len; i++) {
                const GPtrArray *row = table->rows->pdata[i];

                g_string_append(out, "<tr>");
                for (guint j = 0; j < row->len; j++)
                        append_field(out, row->pdata[j]);
                g_string_append(out, "</tr>\n");
        }
        g_string_append(out, "</table></div>\n");
}

void
pv_report_write_html(const PvReportModel *model, GString *out)
{
        static const PvReportFormat html = {
                .begin = html_begin,
                .heading = html_heading,
                .paragraph = html_paragraph,
                .item = html_item,
                .code = html_code,
                .table = html_table,
                .end = html_end,
        };

        pv_report_write_page(model, &html, out);
}
