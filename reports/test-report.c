/* SPDX-License-Identifier: MIT */
/* Tests of the writers: pages in order, well-formed files, and text that is hostile, unknown or missing. */
#include "reports/test-records.h"

#include <string.h>

#include "common/record.h"
#include "reports/report-words.h"
#include "reports/report-writers.h"
#include "reports/report.h"
/* Last: its PV_ERROR hides the verdict of that name. */
#include "common/error.h"

static void
test_unknown_words(void)
{
        g_autoptr(GPtrArray) records = test_records(
                test_run,
                test_verdict("reg", "elsewhere", "A-A-001", "", "flavour", "splendid", "theirs", "alien"),
                test_sample("reg", "elsewhere", "Q9", 64, "maybe"), g_strdup("{\"record\":\"later\"}\n"),
                g_strdup("{\"record\":5}\n"), NULL);
        g_autoptr(PvReportModel) model = pv_report_model_new(records);
        g_autoptr(GString) md = g_string_new(NULL), json = g_string_new(NULL), junit = g_string_new(NULL);

        g_assert_cmpuint(model->unknown, ==, 2);
        g_assert_true(test_column(model, 0)->theirs);
        pv_report_write_md(model, md);
        pv_report_write_json(model, json);
        pv_report_write_junit(model, junit);
        g_assert_nonnull(strstr(md->str, "error (unknown verdict \"splendid\")"));
        g_assert_nonnull(strstr(md->str, "### other areas"));
        g_assert_nonnull(strstr(md->str, "unknown answer \"maybe\""));
        g_assert_nonnull(strstr(md->str, "Records of an unknown kind, left out: 2."));
        g_assert_nonnull(strstr(json->str, "splendid"));
        g_assert_nonnull(strstr(junit->str, "errors=\"1\""));
}

/* Members missing or of another type everywhere must not bring a writer down. */
static void
test_wrong_types(void)
{
        g_autoptr(GPtrArray) records = test_records(
                "{\"record\":\"run\","
                "\"schema\":1,\"targets\":[5,null,{\"name\":[]},[]],\"candidates\":[1,\"x\"],\"headline\":{},"
                "\"not_run\":[0,{}],\"machine\":4}\n",
                g_strdup("{\"record\":\"verdict\",\"verdict\":[],\"tail\":{},"
                         "\"qtest\":[1,{}],\"ms\":\"x\"}\n"),
                g_strdup("{\"record\":\"sample\","
                         "\"counts\":3}\n{\"record\":\"speed\"}\n{\"record\":\"note\"}\n"
                         "{\"record\":\"unspecified\",\"answers\":[3,{}]}\n"),
                g_strdup("{\"record\":\"cost-model\",\"parameters\":[3,{}],\"environments\":[1,{}]}\n"
                         "{\"record\":\"modelled\",\"time\":3}\n{\"record\":\"modelled-crossover\",\"spans\":[1,{}]}\n"
                         "{\"record\":\"prediction\",\"error\":[]}\n"),
                NULL);

        g_assert_true(pv_report_write(records, test_dir, NULL, NULL));
}

static void
count_element(GMarkupParseContext *context, const char *element, const char **names, const char **values,
              void *data, GError **error)
{
        GHashTable *seen = data;
        const char *message = NULL;

        (void) context;
        (void) error;
        for (guint i = 0; names[i]; i++)
                if (!strcmp(names[i], "message") || !strcmp(names[i], "classname"))
                        message = values[i];
        g_hash_table_insert(seen, g_strdup(element),
                            GINT_TO_POINTER(GPOINTER_TO_INT(g_hash_table_lookup(seen, element)) + 1));
        if (message)
                g_hash_table_insert(seen, g_strdup(message), GINT_TO_POINTER(-1));
}

/* Elements by number, and every message and class name as -1. */
static GHashTable *
parse_junit(const PvReportModel *model)
{
        static const GMarkupParser parser = {.start_element = count_element};
        GHashTable *seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_autoptr(GMarkupParseContext) context = g_markup_parse_context_new(&parser, 0, seen, NULL);
        g_autoptr(GString) text = g_string_new(NULL);
        g_autoptr(GError) error = NULL;

        pv_report_write_junit(model, text);
        g_markup_parse_context_parse(context, text->str, (gssize) text->len, &error);
        g_assert_no_error(error);
        g_assert_true(g_markup_parse_context_end_parse(context, &error));
        return seen;
}

static void
test_junit(void)
{
        g_autoptr(GPtrArray) records = test_usual();
        g_autoptr(PvReportModel) model = pv_report_model_new(records);
        g_autoptr(GHashTable) seen = parse_junit(model);

        g_assert_cmpint(GPOINTER_TO_INT(g_hash_table_lookup(seen, "testsuite")), ==, 5);
        g_assert_cmpint(GPOINTER_TO_INT(g_hash_table_lookup(seen, "testcase")), ==, 10);
        g_assert_cmpint(GPOINTER_TO_INT(g_hash_table_lookup(seen, "failure")), ==, 1);
        g_assert_cmpint(GPOINTER_TO_INT(g_hash_table_lookup(seen, "skipped")), ==, 5);
        g_assert_true(g_hash_table_contains(seen, "expected failure: because"));
        g_assert_true(g_hash_table_contains(seen, "not claimed: because"));
        g_assert_true(g_hash_table_contains(seen, "expected 12, got 14: because"));
        g_assert_true(g_hash_table_contains(seen, "reg.qtest.discovery"));
}

/* The verdicts that the usual run lacks. */
static void
test_junit_rest(void)
{
        g_autoptr(GPtrArray) records = test_records(
                test_run, test_verdict("reg", "model", "A-A-001", "", "sev", "xpass", "ours", "ours"),
                test_verdict("reg", "model", "A-A-002", "", "sev", "error", "ours", "ours"),
                test_verdict("reg", "model", "A-A-003", "", "sev", "cannot-tell", "ours", "ours"), NULL);
        g_autoptr(PvReportModel) model = pv_report_model_new(records);
        g_autoptr(GHashTable) seen = parse_junit(model);

        g_assert_cmpint(GPOINTER_TO_INT(g_hash_table_lookup(seen, "failure")), ==, 1);
        g_assert_cmpint(GPOINTER_TO_INT(g_hash_table_lookup(seen, "error")), ==, 1);
        g_assert_cmpint(GPOINTER_TO_INT(g_hash_table_lookup(seen, "skipped")), ==, 1);
        g_assert_true(g_hash_table_contains(seen, "passed against an expectation: because"));
        g_assert_true(g_hash_table_contains(seen, "error: because"));
        g_assert_true(g_hash_table_contains(seen, "cannot tell: because"));
}

/* What a record says stays text: no row, tag, colour or code block of its own. */
#define EVIL "a|b<i>&\\\"'`*\\u001b[31m\\u0001\\n# x\\ufffe\\u202e"

static void
test_hostile_text(void)
{
        static const char begins[] =
                "{\"record\":\"verdict\",\"candidate\":\"" EVIL "\",\"target\":\"" EVIL "\",\"check\":\"" EVIL
                "\",\"cell\":\"" EVIL "\",\"area\":\"sev\",\"verdict\":"
                "\"fail\",\"expected\":\"" EVIL "\",\"reason\":\"" EVIL "\",\"requirement\":\"" EVIL
                "\",\"tail\":[\"" EVIL "\"],\"qtest\":[\"```" EVIL "\"]}\n";
        g_autoptr(GPtrArray) records = test_records(test_run, g_strdup(begins), NULL);
        g_autoptr(PvReportModel) model = pv_report_model_new(records);
        g_autoptr(GHashTable) seen = parse_junit(model);
        g_autoptr(GString) md = g_string_new(NULL), screen = g_string_new(NULL), junit = g_string_new(NULL);

        pv_report_write_md(model, md);
        pv_report_write_terminal(model, 80, FALSE, screen);
        pv_report_write_junit(model, junit);
        g_assert_null(strchr(md->str, 0x1b));
        g_assert_null(strchr(screen->str, 0x1b));
        g_assert_null(strchr(junit->str, 1));
        g_assert_null(strstr(md->str, "\n# x"));
        g_assert_null(strstr(md->str, "\n```"));
        g_assert_nonnull(strstr(md->str, "a\\|b&lt;i&gt;&amp;\"'\\`\\*\\\\x1b\\[31m\\\\x01 # x"));
        g_assert_nonnull(
                strstr(junit->str, "a|b&lt;i&gt;&amp;&quot;&apos;`*\\x1b[31m\\x01 # x\\u{fffe}\\u{202e}"));
        g_assert_cmpint(GPOINTER_TO_INT(g_hash_table_lookup(seen, "testcase")), ==, 1);
}

static void
test_escape(void)
{
        g_autofree char *md = pv_report_escape_md("GET_CPU_ID _x_ \xff");
        g_autofree char *xml = pv_report_escape_xml("a\x7f\tb\xc2\x85");

        g_assert_cmpstr(md, ==, "GET_CPU_ID \\_x\\_ \xef\xbf\xbd");
        g_assert_cmpstr(xml, ==, "a\\x7f b\\x85");
}

/* Every row of a Markdown table has as many fields as its head. */
static void
check_tables(const char *md)
{
        g_auto(GStrv) lines = g_strsplit(md, "\n", -1);
        guint expected = 0, tables = 0;

        for (guint i = 0; lines[i]; i++) {
                guint fields = 0;

                for (const char *at = lines[i]; *lines[i] == '|' && *at; at++)
                        fields += *at == '|' && (at == lines[i] || at[-1] != '\\');
                tables += fields && !expected;
                if (fields && expected)
                        g_assert_cmpuint(fields, ==, expected);
                expected = fields;
        }
        g_assert_cmpuint(tables, >, 0);
}

static const char *const md_in_order[] = {
        "## 1. Answer",
        "Note: interrupted",
        "| A: reg<br>QEMU 7.2.22 |",
        "| discovery | 1/2\\* +1? |",
        "| Q1 possible | 145 (15 rep, 2 DMA) |",
        "Provenance: ",
        "## 2. Failures",
        "### DISC-A-001",
        "- Requirement: The device answers.",
        "fail (wrong)",
        "- Expected: 12",
        "- Actual: 14",
        "    R 0xcd8 1 0x0",
        "    inb 0xcd8",
        "### Admitted failures",
        "DISC-A-002",
        "## 3. Matrix",
        "pass\\*",
        "### SEV (modelled)",
        "## 4. Cost",
        "### Q1 possible CPUs",
        "Counted on qtest (QEMU 7.2.22",
        "cannot answer",
        "## 5. SEV (*modelled*)",
        "| SEV-A-001 | sev-es | modelled | pass |",
        "## 6. Speed",
        "**1.1 ratio: BROKEN**",
        "## 7. Not run",
        "/dev/kvm is missing",
        "### Blocked",
        "### Does not apply",
        "## 8. How to reproduce",
        "- Command: pvabi compare",
        "- Seed: 7",
        "- Commit: abc",
        "- kernel: k",
};

static void
test_md(void)
{
        g_autoptr(GPtrArray) records = test_usual();
        g_autoptr(PvReportModel) model = pv_report_model_new(records);
        g_autoptr(GString) md = g_string_new(NULL);
        const char *at;

        pv_report_write_md(model, md);
        at = md->str;
        for (size_t i = 0; i < G_N_ELEMENTS(md_in_order); i++) {
                const char *found = strstr(at, md_in_order[i]);

                if (!found)
                        g_error("\"%s\" is missing or out of order in:\n%s", md_in_order[i], md->str);
                at = found;
        }
        g_assert_nonnull(strstr(md->str, "| REG-A-900 | R 0xcdd 4 | 0x1000000 | 0x0 (C); 0x1 (E) |"));
        g_assert_nonnull(strstr(md->str, "| REG-A-900 | R 0xcde 4 | it is gone | 0x5 |"));
        check_tables(md->str);
}

static void
test_json(void)
{
        g_autoptr(GPtrArray) records = test_usual();
        g_autoptr(PvReportModel) model = pv_report_model_new(records);
        g_autoptr(GString) text = g_string_new(NULL);
        g_autoptr(JsonNode) node = NULL;
        JsonObject *root, *check, *result, *cell;

        pv_report_write_json(model, text);
        node = json_from_string(text->str, NULL);
        root = json_node_get_object(node);
        g_assert_cmpint(json_object_get_int_member(root, "schema"), ==, 1);
        g_assert_cmpuint(json_array_get_length(json_object_get_array_member(root, "columns")), ==, 5);
        g_assert_cmpuint(json_array_get_length(json_object_get_array_member(root, "unspecified")), ==, 3);
        g_assert_cmpuint(json_array_get_length(json_object_get_array_member(root, "samples")), ==, 3);
        g_assert_cmpuint(json_array_get_length(json_object_get_array_member(root, "speed")), ==, 1);
        check = json_array_get_object_element(json_object_get_array_member(root, "checks"), 0);
        g_assert_cmpstr(json_object_get_string_member(check, "id"), ==, "DISC-A-001");
        result = json_array_get_object_element(json_object_get_array_member(check, "results"), 0);
        g_assert_cmpstr(json_object_get_string_member(result, "target"), ==, "qtest");
        g_assert_cmpstr(json_object_get_string_member(result, "verdict"), ==, "pass");
        g_assert_true(json_object_get_boolean_member(result, "partial"));
        cell = json_array_get_object_element(json_object_get_array_member(result, "cells"), 0);
        g_assert_cmpstr(json_object_get_string_member(cell, "cell"), ==, "smp=2");
        g_assert_false(json_object_has_member(cell, "requirement"));
        g_assert_cmpint(json_object_get_int_member(json_object_get_object_member(root, "provenance"),
                                                   "headline_cells"),
                        ==, 5);
}

static void
test_terminal(void)
{
        g_autoptr(GPtrArray) records = test_usual();
        g_autoptr(PvReportModel) model = pv_report_model_new(records);
        g_autoptr(GString) plain = g_string_new(NULL), colored = g_string_new(NULL),
                           narrow = g_string_new(NULL);
        g_auto(GStrv) lines = NULL;

        pv_report_write_terminal(model, 80, FALSE, plain);
        pv_report_write_terminal(model, 80, TRUE, colored);
        pv_report_write_terminal(model, 40, FALSE, narrow);
        g_assert_null(strchr(plain->str, 0x1b));
        g_assert_nonnull(strchr(colored->str, 0x1b));
        g_assert_nonnull(
                strstr(plain->str, "DISC-A-001: fail (wrong), reg on model: expected 12, got 14; because"));
        g_assert_nonnull(strstr(plain->str, "target kvm: /dev/kvm is missing"));
        g_assert_nonnull(strstr(plain->str, "2 on 2 targets"));
        g_assert_nonnull(strstr(plain->str, "0x1000000"));
        g_assert_null(strstr(plain->str, "it is gone")); /* no answer differs from none */
        g_assert_true(strstr(plain->str, "QEMU 7.2.22") < strstr(plain->str, "pvabi model"));
        lines = g_strsplit(narrow->str, "\n", -1);
        for (guint i = 0; lines[i]; i++)
                g_assert_cmpint(g_utf8_strlen(lines[i], -1), <=, 40);
}

static void
test_empty(void)
{
        g_autoptr(GPtrArray) records = test_records(
                "{\"record\":\"run\","
                "\"schema\":1,\"candidates\":[],\"headline\":[],\"targets\":[],\"not_run\":[]}\n",
                NULL);
        g_autoptr(GPtrArray) none = g_ptr_array_new();
        g_autoptr(PvReportModel) model = pv_report_model_new(records);
        g_autoptr(GHashTable) seen = parse_junit(model);
        g_autoptr(GString) md = g_string_new(NULL), screen = g_string_new(NULL);

        pv_report_write_md(model, md);
        pv_report_write_terminal(model, 80, TRUE, screen);
        g_assert_nonnull(strstr(md->str, "No verdict was recorded."));
        g_assert_nonnull(strstr(md->str, "there is no share to print"));
        g_assert_nonnull(strstr(screen->str, "No verdict was recorded."));
        g_assert_cmpint(GPOINTER_TO_INT(g_hash_table_lookup(seen, "testsuites")), ==, 1);
        g_assert_true(pv_report_write(none, test_dir, NULL, NULL));
}

/* A plug-in's author runs one candidate of his own: it stands in the answer, and the report says why. */
static void
test_no_headline(void)
{
        g_autoptr(GPtrArray) records = test_records(
                "{\"record\":\"run\",\"schema\":1,\"candidates\":[\"mine\"],\"headline\":[]}\n",
                test_verdict("mine", "model", "A-A-001", "", "sev", "pass", "ours", "ours"), NULL);
        g_autoptr(PvReportModel) model = pv_report_model_new(records);
        g_autoptr(GString) md = g_string_new(NULL);

        pv_report_write_md(model, md);
        g_assert_true(model->no_headline && test_column(model, 0)->headline);
        g_assert_nonnull(strstr(md->str, "No real VMM was asked"));
        g_assert_nonnull(strstr(md->str, "No headline candidate was run"));
        g_assert_nonnull(strstr(md->str, "0 of 1 headline cells (0 %)"));
}

static gboolean
exists(const char *sub, const char *file)
{
        g_autofree char *path = g_build_filename(test_dir, sub, file, NULL);

        return g_file_test(path, G_FILE_TEST_IS_REGULAR);
}

static void
test_write(void)
{
        g_autoptr(GPtrArray) records = test_usual();
        g_autofree char *one = g_build_filename(test_dir, "one", NULL),
                        *all = g_build_filename(test_dir, "a", "ll", NULL);
        g_autofree char *bad = g_build_filename(test_dir, "bad", NULL),
                        *file = g_build_filename(test_dir, "records.jsonl", NULL);
        g_autofree char *files = pv_report_files("junit, md"), *every = pv_report_files(NULL);
        g_autoptr(GError) error = NULL;

        g_assert_true(pv_report_write(records, one, "json", NULL));
        g_assert_true(exists("one", "results.json") && !exists("one", "report.md") &&
                      !exists("one", "junit.xml"));
        g_assert_true(pv_report_write(records, all, NULL, NULL));
        g_assert_true(exists("a/ll", "results.json") && exists("a/ll", "report.md") &&
                      exists("a/ll", "junit.xml"));
        g_assert_false(pv_report_write(records, bad, "md,pdf", &error));
        g_assert_error(error, PV_ERROR, PV_ERROR_USAGE);
        g_assert_nonnull(strstr(error->message, "pdf"));
        g_assert_false(g_file_test(bad, G_FILE_TEST_EXISTS));
        g_assert_false(pv_report_write(records, one, "", NULL));
        g_clear_error(&error);
        g_assert_false(pv_report_write(records, file, NULL, &error));
        g_assert_error(error, PV_ERROR, PV_ERROR_USAGE);
        g_assert_cmpstr(files, ==, "junit.xml, report.md");
        g_assert_cmpstr(every, ==, "report.md, report.html, results.json, junit.xml");
}

/* The usual records under this name, for a validator of the schema. */
static void
keep_records(const char *path)
{
        g_autoptr(GPtrArray) records = test_usual();
        g_autofree char *from = g_build_filename(test_dir, "records.jsonl", NULL), *text = NULL;

        g_assert_cmpuint(records->len, >, 0);
        g_assert_true(g_file_get_contents(from, &text, NULL, NULL));
        g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

int
main(int argc, char **argv)
{
        test_begin();
        if (argc > 1)
                keep_records(argv[1]);
        test_unknown_words();
        test_wrong_types();
        test_junit();
        test_junit_rest();
        test_hostile_text();
        test_escape();
        test_md();
        test_json();
        test_terminal();
        test_empty();
        test_no_headline();
        test_write();
        test_end();
        return 0;
}
