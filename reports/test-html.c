/* SPDX-License-Identifier: MIT */
/* The HTML page: read back by a parser, so that what a record says can be nothing but text. */
#include <string.h>

#include "reports/report-writers.h"
#include "reports/test-records.h"

/* What was seen of a page; fields and heads of the row and table that it is in. */
typedef struct Seen {
        guint tables, rows, heads, fields, foreign;
} Seen;

static void
start(GMarkupParseContext *context, const char *element, const char **names, const char **values, void *data,
      GError **error)
{
        static const char *const known[] = {"html",  "head", "meta", "title", "style", "body", "div",
                                            "table", "tr",   "th",   "td",    "p",     "b",    "em",
                                            "pre",   "br",   "h1",   "h2",    "h3",    "h4",   NULL};
        gboolean table = !strcmp(element, "table"), row = !strcmp(element, "tr");
        Seen *seen = data;

        (void) context, (void) names, (void) values, (void) error;
        seen->foreign += !g_strv_contains(known, element);
        seen->tables += table;
        seen->rows += row;
        seen->heads = table ? 0 : seen->heads + !strcmp(element, "th");
        seen->fields = row ? 0 : seen->fields + !strcmp(element, "td");
}

static void
end(GMarkupParseContext *context, const char *element, void *data, GError **error)
{
        const Seen *seen = data;

        (void) context, (void) error;
        if (!strcmp(element, "tr") && seen->fields)
                g_assert_cmpuint(seen->fields, ==, seen->heads);
}

/* Takes the records. */
static char *
write_and_parse(GPtrArray *records, Seen *seen)
{
        static const GMarkupParser parser = {.start_element = start, .end_element = end};
        g_autoptr(PvReportModel) model = pv_report_model_new(records);
        g_autoptr(GMarkupParseContext) context = g_markup_parse_context_new(&parser, 0, seen, NULL);
        g_autoptr(GError) error = NULL;
        GString *html = g_string_new(NULL);

        pv_report_write_html(model, html);
        g_markup_parse_context_parse(context, html->str, (gssize) html->len, &error);
        g_assert_no_error(error);
        g_assert_true(g_markup_parse_context_end_parse(context, &error));
        g_ptr_array_unref(records);
        return g_string_free(html, FALSE);
}

static void
test_usual_page(void)
{
        Seen seen = {0};
        g_autofree char *html = write_and_parse(test_usual(), &seen);

        g_assert_cmpuint(seen.tables, >, 5);
        g_assert_cmpuint(seen.rows, >, seen.tables);
        g_assert_cmpuint(seen.foreign, ==, 0);
        g_assert_nonnull(strstr(html, "<h2>5. SEV (<em>modelled</em>)</h2>"));
        g_assert_nonnull(strstr(html, "<th>A: reg<br/>QEMU 7.2.22</th>"));
        g_assert_nonnull(strstr(html, "<p class=\"item\"><b>Requirement:</b> The device answers.</p>"));
        g_assert_nonnull(strstr(html, "<pre>R 0xcd8 1 0x0\n</pre>"));
        g_assert_nonnull(strstr(html, "<td class=\"bad\">1.1 ratio: BROKEN</td>"));
}

/* It needs no network, and runs nothing. */
static void
test_self_contained(void)
{
        Seen seen = {0};
        g_autofree char *html = write_and_parse(test_usual(), &seen);

        g_assert_null(strstr(html, "http"));
        g_assert_null(strstr(html, "src="));
        g_assert_null(strstr(html, "url("));
}

static void
test_hostile_text(void)
{
        Seen seen = {0};
        g_autofree char *html = write_and_parse(
                test_records(test_run,
                             g_strdup("{\"record\":\"note\",\"text\":\"</p><script>&\\u001b[31m]]>\"}\n"),
                             test_verdict("reg", "model", "<i>A-A-001", "<b>", "sev", "fail", "<u>", "ours"),
                             NULL),
                &seen);

        g_assert_cmpuint(seen.foreign, ==, 0);
        g_assert_nonnull(strstr(html, "Note: &lt;/p&gt;&lt;script&gt;&amp;\\x1b[31m]]&gt;"));
        g_assert_nonnull(strstr(html, "<h3>&lt;i&gt;A-A-001</h3>"));
}

int
main(void)
{
        test_begin();
        test_usual_page();
        test_self_contained();
        test_hostile_text();
        test_end();
        return 0;
}
