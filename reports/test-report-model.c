/* SPDX-License-Identifier: MIT */
/* Tests of the model: merging, order, scores, shares, costs. */
#include "reports/test-records.h"

#include <math.h>
#include <string.h>

#include "common/record.h"
#include "reports/report-appendix.h"
#include "reports/report-score.h"
#include "reports/report-table.h"
#include "reports/report-words.h"
#include "reports/report-writers.h"

static void
test_order(void)
{
        g_autoptr(GPtrArray) records = test_usual();
        g_autoptr(PvReportModel) model = pv_report_model_new(records);
        static const char *const expected[][3] = {
                {"reg", "qtest", "A"}, {"map", "qtest", "B"},  {"reg", "model", "C"},
                {"map", "model", "D"}, {"live", "model", "E"},
        };

        g_assert_cmpuint(model->columns->len, ==, G_N_ELEMENTS(expected));
        for (guint i = 0; i < G_N_ELEMENTS(expected); i++) {
                g_assert_cmpstr(test_column(model, i)->candidate, ==, expected[i][0]);
                g_assert_cmpstr(test_column(model, i)->target, ==, expected[i][1]);
                g_assert_cmpstr(test_column(model, i)->letter, ==, expected[i][2]);
        }
        g_assert_cmpstr(test_column(model, 0)->version, ==, "QEMU 7.2.22");
        g_assert_true(test_column(model, 0)->headline && !test_column(model, 4)->headline &&
                      !model->no_headline);
        /* Named by the run, and silent. */
        g_assert_cmpuint(model->not_run->len, ==, 2);
        g_assert_cmpstr(((PvReportNotRun *) model->not_run->pdata[0])->what, ==, "target kvm");
        g_assert_cmpstr(((PvReportNotRun *) model->not_run->pdata[1])->what, ==, "live on qtest");
}

static void
expect_score(const PvReportModel *model, guint at, PvArea area, const char *expected)
{
        PvReportScore score = pv_report_score(model, test_column(model, at), area);
        g_autofree char *text = pv_report_score_text(&score);

        g_assert_cmpstr(text, ==, expected);
}

static void
test_scores(void)
{
        g_autoptr(GPtrArray) records = test_usual();
        g_autoptr(PvReportModel) model = pv_report_model_new(records);
        PvReportResult *result = pv_report_result(model->checks->pdata[0], test_column(model, 0));

        g_assert_true(result->verdict == PV_PASS && result->partial && result->cells->len == 2);
        expect_score(model, 0, PV_AREA_DISCOVERY, "1/2* +1?");
        expect_score(model, 0, PV_AREA_EVENTS, "not claimed");
        expect_score(model, 0, PV_AREA_COHERENCE, ".");
        expect_score(model, 1, PV_AREA_DISCOVERY, "n/a");
        expect_score(model, 2, PV_AREA_DISCOVERY, "0/1");
        expect_score(model, 3, PV_AREA_DISCOVERY, "1/1");
}

/* Every pair of verdicts merges to the worse, whichever came first. */
static void
test_merge(void)
{
        static const char *const worst_first[] = {
                "error", "fail", "xfail", "xpass", "blocked", "cannot-tell", "pass", "not-claimed", "n/a",
        };

        for (size_t i = 0; i < G_N_ELEMENTS(worst_first); i++)
                for (size_t j = 0; j < G_N_ELEMENTS(worst_first); j++) {
                        g_autoptr(GPtrArray) records =
                                test_records(test_run,
                                             test_verdict("reg", "model", "A-A-001", "1", "sev",
                                                          worst_first[i], "ours", "ours"),
                                             test_verdict("reg", "model", "A-A-001", "2", "sev",
                                                          worst_first[j], "ours", "ours"),
                                             NULL);
                        g_autoptr(PvReportModel) model = pv_report_model_new(records);
                        PvReportResult *result =
                                pv_report_result(model->checks->pdata[0], test_column(model, 0));

                        g_assert_cmpstr(pv_verdict_word(result->verdict), ==, worst_first[MIN(i, j)]);
                        g_assert_true(result->partial == (MIN(i, j) == 6 && MAX(i, j) > 6));
                }
}

static void
test_provenance(void)
{
        g_autoptr(GPtrArray) records = test_usual();
        g_autoptr(PvReportModel) model = pv_report_model_new(records);
        PvReportProvenance p = pv_report_provenance(model);
        g_autofree char *sentence = pv_report_provenance_sentence(model);

        /*
         * map/model pass, reg/model fail, reg/qtest pass, xfail and sev pass; not live, n/a, blocked, not-
         * claimed.
         */
        g_assert_cmpuint(p.cells, ==, 5);
        g_assert_cmpuint(p.device_and_consumer_theirs, ==, 1);
        g_assert_cmpuint(p.device_theirs, ==, 2);
        g_assert_cmpuint(p.content_ours, ==, 5);
        g_assert_nonnull(strstr(sentence, "1 of 5 headline cells (20 %)"));
        g_assert_nonnull(strstr(sentence, "theirs in 2 (40 %), the content is ours in 5 (100 %)"));
        g_assert_cmpuint(pv_report_percent(299, 300), ==, 99);
}

static void
test_replaced(void)
{
        g_autoptr(GPtrArray) records = test_records(
                test_run, test_verdict("reg", "qtest", "A-A-001", "", "sev", "fail", "theirs", "ours"),
                test_verdict("reg", "qtest", "A-A-001", "", "sev", "pass", "theirs", "ours"),
                test_verdict("reg", "qtest", "A-A-001", "", "sev", "pass", "theirs", "ours"),
                test_sample("reg", "qtest", "Q1", 3, "wrong"), test_sample("reg", "qtest", "Q1", 3, "ok"),
                NULL);
        g_autoptr(PvReportModel) model = pv_report_model_new(records);
        g_autoptr(GString) text = g_string_new(NULL);
        PvReportResult *result = pv_report_result(model->checks->pdata[0], test_column(model, 0));

        g_assert_cmpuint(model->replaced, ==, 3);
        g_assert_cmpuint(model->changed, ==, 1);
        g_assert_true(result->verdict == PV_PASS && result->cells->len == 1);
        g_assert_cmpstr(pv_record_string(((PvReportSample *) model->samples->pdata[0])->record, "answer"), ==,
                        "ok");
        pv_report_write_md(model, text);
        g_assert_nonnull(strstr(
                text->str,
                "Records replaced by later ones on the same question: 3; verdicts among them that read "
                "otherwise: 1."));
}

/*
 * Two files after one another: the versions of one target name are both said, also when one begins the
 * other.
 */
static void
test_two_runs(void)
{
        g_autoptr(GString) other = g_string_new(test_run);
        g_autoptr(GPtrArray) records = NULL;
        g_autoptr(PvReportModel) model = NULL;

        g_string_replace(other, "QEMU 7.2.22", "QEMU 7.2.2", 0);
        records = test_records(test_run,
                               test_verdict("reg", "qtest", "A-A-001", "", "sev", "pass", "theirs", "ours"),
                               g_strdup(other->str), NULL);
        model = pv_report_model_new(records);
        g_assert_cmpuint(model->runs->len, ==, 2);
        g_assert_cmpstr(test_column(model, 0)->version, ==, "QEMU 7.2.22, QEMU 7.2.2");
}

/*
 * What one run left out and another ran is not "not run"; and a target left out is said once, not per
 * candidate.
 */
static void
test_not_run_elsewhere(void)
{
        static const char other[] = "{\"record\":\"run\",\"schema\":1,\"candidates\":[\"reg\",\"map\"],"
                                    "\"targets\":[{\"name\":\"kvm\"},{\"name\":\"guest\"}],"
                                    "\"not_run\":[{\"target\":\"guest\",\"why\":\"no image\"}]}\n";
        g_autoptr(GPtrArray) records =
                test_records(test_run, g_strdup(other),
                             test_verdict("reg", "kvm", "A-A-001", "", "sev", "pass", "ours", "ours"), NULL);
        g_autoptr(PvReportModel) model = pv_report_model_new(records);
        g_autoptr(GString) what = g_string_new(NULL);

        for (guint i = 0; i < model->not_run->len; i++)
                g_string_append_printf(what, "%s; ", ((PvReportNotRun *) model->not_run->pdata[i])->what);
        g_assert_cmpstr(what->str, ==,
                        "target guest; live on model; map on model; reg on model; live on qtest; map on "
                        "qtest; reg on qtest; map on kvm; ");
}

static void
test_cost(void)
{
        g_autoptr(GPtrArray) records = test_usual();
        g_autoptr(PvReportModel) model = pv_report_model_new(records);
        PvReportCost cost = pv_report_cost(pv_report_sample(model, test_column(model, 0), "Q1", 12));
        g_autoptr(PvReportTable) table = pv_report_table_cost(model, "Q1", "qtest");
        const GPtrArray *row = table->rows->pdata[0];

        g_assert_cmpint(cost.accesses, ==, 145);
        g_assert_cmpint(cost.string_accesses, ==, 15);
        g_assert_cmpint(cost.bytes, ==, 152);
        g_assert_cmpint(pv_report_answer_n(model), ==, 64);
        g_assert_cmpuint(table->rows->len, ==, 2);
        g_assert_cmpstr(((PvReportField *) row->pdata[1])->text, ==,
                        "145 (15 rep, 152 B, 2 DMA, 1 platform, 1 shared)");
        /* Without a 64: the most that is common, and else the most. */
        {
                g_autoptr(GPtrArray) few = test_records(test_run, test_sample("reg", "qtest", "Q1", 12, "ok"),
                                                        test_sample("reg", "qtest", "Q1", 48, "ok"),
                                                        test_sample("map", "model", "Q2", 12, "ok"), NULL);
                g_autoptr(PvReportModel) other = pv_report_model_new(few);

                g_assert_cmpint(pv_report_answer_n(other), ==, 12);
        }
}

static void
test_numbers(void)
{
        g_autofree char *small = pv_report_number(1.25), *large = pv_report_number(123456.7);
        g_autofree char *none = pv_report_number(NAN), *zero = pv_report_number(0);

        g_assert_cmpstr(small, ==, "1.25");
        g_assert_cmpstr(large, ==, "123457");
        g_assert_cmpstr(none, ==, "?");
        g_assert_cmpstr(zero, ==, "0");
}

/* A pass that says what was found is the consumer's; a failure in another cell is the ABI's all the same. */
static char *
by_care(const char *check, const char *cell)
{
        g_autofree char *line = test_verdict("reg", "model", check, cell, "sev", "pass", "modelled", "ours");
        GString *text = g_string_new(line);

        g_string_replace(text, "\"expected\":\"12\"", "\"expected\":\"\"", 0);
        return g_string_free(text, FALSE);
}

static void
test_sev_scores(void)
{
        g_autoptr(GPtrArray) records = test_records(
                test_run, test_verdict("reg", "model", "SEV-A-001", "", "sev", "pass", "modelled", "ours"),
                test_verdict("reg", "model", "SEV-A-002", "", "sev", "xfail", "modelled", "ours"),
                test_verdict("map", "model", "SEV-A-002", "", "sev", "pass", "modelled", "ours"),
                by_care("SEV-A-003", ""), by_care("SEV-A-004", "1"),
                test_verdict("reg", "model", "SEV-A-004", "2", "sev", "fail", "modelled", "ours"),
                test_verdict("reg", "model", "SEV-A-005", "", "sev", "n/a", "modelled", "ours"), NULL);
        g_autoptr(PvReportModel) model = pv_report_model_new(records);
        PvReportSevScore score = pv_report_sev_score(model, test_column(model, 0));
        g_autofree char *sentence = pv_report_sev_sentence(model);
        g_autoptr(PvReportTable) table = pv_report_table_sev(model);
        const GPtrArray *first = table->rows->pdata[0];

        g_assert_cmpuint(score.passed, ==, 1);
        g_assert_cmpuint(score.decided, ==, 3);
        g_assert_cmpuint(score.care, ==, 1);
        g_assert_nonnull(strstr(sentence, "fail so: A 1/3, B 1/1;"));
        g_assert_nonnull(strstr(sentence, "for the ABI: A 1, B 0."));
        g_assert_cmpstr(((const PvReportField *) first->pdata[0])->text, ==, "SEV-A-002"); /* it tells them apart */
}

static guint
columns_in(PvReportTable *owned)
{
        g_autoptr(PvReportTable) table = owned;

        return table ? table->heads->len - 1 : 0;
}

/* Experimental: last, whatever answered, and in no headline, though the user named it. */
static void
test_appendix(void)
{
        g_autoptr(GPtrArray) records = test_records(
                "{\"record\":\"run\",\"schema\":1,\"candidates\":[\"ours\",\"map\"],\"headline\":[\"ours\",\"map\"],"
                "\"experimental\":[\"ours\"]}\n",
                test_verdict("ours", "theirs", "A-A-001", "", "sev", "pass", "theirs", "ours"),
                test_verdict("map", "model", "A-A-001", "", "sev", "pass", "ours", "ours"), NULL);
        g_autoptr(PvReportModel) model = pv_report_model_new(records);
        g_autofree char *share = pv_report_provenance_sentence(model);
        g_autoptr(GString) md = g_string_new(NULL), terminal = g_string_new(NULL), json = g_string_new(NULL);

        g_assert_cmpstr(test_column(model, 1)->candidate, ==, "ours");
        g_assert_true(test_column(model, 0)->headline && !test_column(model, 1)->headline && !model->no_headline);
        g_assert_cmpuint(columns_in(pv_report_table_answer(model, TRUE)), ==, 1);
        g_assert_cmpuint(columns_in(pv_report_table_appendix(model, TRUE)), ==, 1);
        g_assert_nonnull(strstr(share, "of 1 headline cells"));
        pv_report_write_md(model, md);
        pv_report_write_terminal(model, 80, FALSE, terminal);
        pv_report_write_json(model, json);
        g_assert_nonnull(strstr(strstr(md->str, "## 8. How to reproduce"), "## Appendix: experimental ABIs"));
        g_assert_nonnull(strstr(terminal->str, "Of the columns 1 stand in the appendix, with 1 of the cells"));
        g_assert_nonnull(strstr(strstr(terminal->str, "\nAppendix: experimental ABIs\n"), "\nB: ours on theirs ("));
        g_assert_nonnull(strstr(json->str, "\"experimental\" : true"));
}

/* With nothing beside it, it still is no answer; sizes and the page on SEV go by what there is. */
static void
test_only_experimental(void)
{
        g_autoptr(GPtrArray) records = test_records(
                "{\"record\":\"run\",\"schema\":1,\"candidates\":[\"ours\"],\"headline\":[],"
                "\"experimental\":[\"ours\"]}\n",
                test_verdict("ours", "model", "SEV-A-001", "", "sev", "pass", "modelled", "ours"),
                test_sample("ours", "model", "Q1", 12, "ok"), NULL);
        g_autoptr(PvReportModel) model = pv_report_model_new(records);
        g_autoptr(GString) terminal = g_string_new(NULL);

        g_assert_true(model->only_experimental && !test_column(model, 0)->headline);
        g_assert_null(pv_report_table_answer(model, TRUE));
        g_assert_cmpuint(columns_in(pv_report_table_appendix(model, TRUE)), ==, 1);
        g_assert_cmpint(pv_report_answer_n(model), ==, 12);
        pv_report_write_terminal(model, 80, FALSE, terminal);
        g_assert_nonnull(strstr(terminal->str, "Nothing but experimental ABIs was run"));
        g_assert_null(strstr(terminal->str, "No headline candidate was run"));
}

int
main(void)
{
        test_begin();
        test_order();
        test_scores();
        test_merge();
        test_provenance();
        test_replaced();
        test_two_runs();
        test_not_run_elsewhere();
        test_sev_scores();
        test_cost();
        test_numbers();
        test_appendix();
        test_only_experimental();
        test_end();
        return 0;
}
