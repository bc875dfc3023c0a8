/* SPDX-License-Identifier: MIT */
/* Tests of comparisons: which targets stand beside each other, what is counted, and what tells them apart. */
#include "reports/test-records.h"

#include <string.h>

#include "reports/report-compare.h"
#include "reports/report-writers.h"

#define TARGET(name, version, type)                                                                  \
        "{\"name\":\"" name "\",\"kind\":\"qtest\",\"version\":\"" version "\",\"machine_type\":\"" type \
        "\",\"device\":\"theirs\",\"candidates\":[\"reg\"]}"

static const char run[] =
        "{\"record\":\"run\",\"schema\":1,\"candidates\":[\"reg\",\"map\"],\"headline\":[\"reg\"],\"targets\":["
        TARGET("new", "QEMU 7.2", "q35") "," TARGET("newer", "QEMU 7.2", "isapc") "," TARGET("old", "QEMU 5.2", "q35")
        "]}\n";

static char *
verdict(const char *target, const char *check, const char *word)
{
        return test_verdict("reg", target, check, "", "discovery", word, "theirs", "ours");
}

static GPtrArray *
records(void)
{
        return test_records(run, verdict("new", "A-A-001", "pass"), verdict("newer", "A-A-001", "n/a"),
                            verdict("old", "A-A-001", "pass"), verdict("new", "A-A-002", "pass"),
                            verdict("old", "A-A-002", "xfail"), verdict("new", "A-A-003", "error"),
                            verdict("old", "A-A-003", "pass"), NULL);
}

static void
test_what_is_compared(void)
{
        g_autoptr(GPtrArray) read = records();
        g_autoptr(PvReportModel) model = pv_report_model_new(read);
        g_autoptr(GPtrArray) comparisons = pv_report_comparisons(model);
        PvReportComparison *versions, *types;

        g_assert_cmpuint(model->not_run->len, ==, 0); /* map was asked for on no target */
        g_assert_cmpuint(comparisons->len, ==, 2);
        versions = comparisons->pdata[0];
        types = comparisons->pdata[1];
        g_assert_true(versions->by_version && !types->by_version);
        g_assert_cmpuint(versions->targets->len, ==, 2);
        g_assert_cmpstr(((PvReportColumn *) versions->targets->pdata[1])->target, ==, "old");
        g_assert_cmpstr(types->title, ==, "Compat settings of one device: QEMU 7.2");
        g_assert_cmpstr(((PvReportColumn *) types->targets->pdata[1])->machine_type, ==, "isapc");
}

static void
test_what_differs(void)
{
        g_autoptr(GPtrArray) read = records();
        g_autoptr(PvReportModel) model = pv_report_model_new(read);
        g_autoptr(GPtrArray) comparisons = pv_report_comparisons(model), rows = pv_report_compared_rows(model);
        const PvReportComparison *versions = comparisons->pdata[0];
        g_autoptr(GPtrArray) differences = pv_report_differences(model, versions);
        PvReportTally tally = pv_report_tally(model, versions->targets->pdata[0], rows->pdata[0]);
        const PvReportDifference *first = differences->pdata[0], *second = differences->pdata[1];
        g_autoptr(GString) md = g_string_new(NULL), json = g_string_new(NULL), terminal = g_string_new(NULL);

        g_assert_cmpuint(rows->len, ==, 1);
        g_assert_true(tally.passed == 2 && tally.failed == 0 && tally.undecided == 1 && tally.inapplicable == 0);
        tally = pv_report_tally(model, versions->targets->pdata[1], rows->pdata[0]);
        g_assert_true(tally.passed == 2 && tally.failed == 1);
        g_assert_cmpuint(differences->len, ==, 2);
        g_assert_cmpstr(first->words, ==, "QEMU 5.2: failed; others: passed");
        g_assert_cmpstr(second->words, ==, "QEMU 7.2: undecided; others: passed");
        g_assert_cmpstr(first->checks->pdata[0], ==, "A-A-002");
        pv_report_write_md(model, md);
        pv_report_write_json(model, json);
        pv_report_write_terminal(model, 80, FALSE, terminal);
        g_assert_nonnull(strstr(md->str, "### Version matrix"));
        g_assert_nonnull(strstr(md->str, "| QEMU 5.2: failed; others: passed | A-A-002 |"));
        g_assert_nonnull(strstr(json->str, "\"outcomes\" : \"QEMU 5.2: failed; others: passed\""));
        g_assert_nonnull(strstr(terminal->str, "A-A-002: QEMU 5.2: failed; others: passed"));
        g_assert_nonnull(strstr(terminal->str, "isapc: does not apply; others: passed"));
}

/* One target, or none that is real: nothing to compare. */
static void
test_nothing_to_compare(void)
{
        g_autoptr(GPtrArray) read = test_usual();
        g_autoptr(PvReportModel) model = pv_report_model_new(read);
        g_autoptr(GPtrArray) comparisons = pv_report_comparisons(model);
        g_autoptr(GString) terminal = g_string_new(NULL);

        g_assert_cmpuint(comparisons->len, ==, 0);
        pv_report_write_terminal(model, 80, FALSE, terminal);
        g_assert_null(strstr(terminal->str, "Version matrix"));
}

static void
test_brief(void)
{
        g_autoptr(GPtrArray) checks = g_ptr_array_new();
        PvReportDifference difference = {.checks = checks};
        g_autofree char *few = NULL, *many = NULL, *all = NULL;
        static const char *const ids[] = {"A-A-001", "A-A-002", "A-B-001", "A-B-002", "A-B-003", "A-C-001", "B-A-001"};

        for (gsize i = 0; i < 2; i++)
                g_ptr_array_add(checks, (gpointer) ids[i]);
        few = pv_report_difference_checks(&difference, TRUE);
        g_assert_cmpstr(few, ==, "A-A-001, A-A-002");
        for (gsize i = 2; i < G_N_ELEMENTS(ids); i++)
                g_ptr_array_add(checks, (gpointer) ids[i]);
        many = pv_report_difference_checks(&difference, TRUE);
        g_assert_cmpstr(many, ==, "A-A (2), A-B (3), A-C (1), B-A (1)");
        all = pv_report_difference_checks(&difference, FALSE);
        g_assert_cmpstr(all, ==, "A-A-001, A-A-002, A-B-001, A-B-002, A-B-003, A-C-001, B-A-001");
}

int
main(int argc, char **argv)
{
        int result;

        g_test_init(&argc, &argv, NULL);
        test_begin();
        g_test_add_func("/report/compare/what", test_what_is_compared);
        g_test_add_func("/report/compare/differs", test_what_differs);
        g_test_add_func("/report/compare/nothing", test_nothing_to_compare);
        g_test_add_func("/report/compare/brief", test_brief);
        result = g_test_run();
        test_end();
        return result;
}
