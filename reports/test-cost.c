/* SPDX-License-Identifier: MIT */
/* Tests of what a report says of modelled times, from literal records. */
#include "reports/test-records.h"

#include <string.h>

#include "reports/report-cost.h"

#define COST_MODEL                                                                                           \
        "{\"record\":\"cost-model\",\"file\":\"f\",\"parameters\":[{\"name\":\"pio\",\"low\":5000,\"high\":" \
        "15000,"                                                                                             \
        "\"unit\":\"cycles\",\"mark\":\"memory\",\"confidence\":\"low\",\"source\":\"folklore\"}],"          \
        "\"environments\":[{"                                                                                \
        "\"name\":\"kvm\",\"title\":\"bare metal\"},{\"name\":\"es\",\"title\":\"SEV-ES\"}]}\n"

static char *
modelled(const char *candidate, const char *environment, const char *low, const char *high, const char *more)
{
        return g_strdup_printf(
                "{\"record\":\"modelled\",\"how\":\"modelled\",\"candidate\":\"%s\",\"target\":\"model\","
                "\"question\":\"Q1\",\"n\":64,\"environment\":\"%s\",\"time\":{\"low\":%s,\"high\":%s}%s}\n",
                candidate, environment, low, high, more);
}

static char *
crossover(const char *environment, const char *spans)
{
        return g_strdup_printf("{\"record\":\"modelled-crossover\",\"target\":\"model\",\"question\":\"Q1\","
                               "\"environment\":\"%s\",\"a\":\"reg\",\"b\":\"map\",\"spans\":[%s]}\n",
                               environment, spans);
}

static char *
prediction(const char *question, const char *low, const char *high)
{
        return g_strdup_printf(
                "{\"record\":\"prediction\",\"candidate\":\"reg\",\"target\":\"model\",\"question\":\"%s\","
                "\"n\":64,\"predicted\":{\"low\":1,\"high\":2},\"measured\":{\"median\":4},"
                "\"error\":{\"low\":%s,\"high\":%s}}\n",
                question, low, high);
}

static PvReportModel *
model_of(void)
{
        g_autoptr(GPtrArray) records = test_records(
                test_run, test_sample("reg", "model", "Q1", 64, "ok"),
                test_sample("map", "model", "Q1", 64, "ok"), g_strdup(COST_MODEL),
                modelled("reg", "kvm", "21.4", "1236", ",\"rendezvous\":{\"low\":330,\"high\":3300}"),
                modelled("map", "kvm", "0.0123", "99.4", ""), modelled("reg", "es", "1", "2", ""),
                crossover("kvm", "{\"cheaper\":\"a\",\"from\":1,\"to\":7},{\"cheaper\":\"depends\",\"from\":"
                                 "8,\"to\":13},"
                                 "{\"cheaper\":\"b\",\"from\":14,\"to\":64}"),
                crossover("es", "{\"cheaper\":\"depends\",\"from\":1,\"to\":64}"),
                prediction("Q1", "-0.75", "-0.5"), prediction("Q2", "-0.5", "0.25"),
                prediction("Q4", "0.5", "1"), NULL);

        return pv_report_model_new(records);
}

static const char *
field(const PvReportTable *table, guint row, guint column)
{
        const GPtrArray *fields = table->rows->pdata[row];

        return ((const PvReportField *) fields->pdata[column])->text;
}

/* Two digits of each end, the share beside an SMI where there is one, a dot where nothing is known. */
static void
test_times(void)
{
        g_autoptr(PvReportModel) model = model_of();
        g_autoptr(PvReportTable) table = pv_report_table_modelled(model, "Q1");
        g_autoptr(PvReportTable) none = pv_report_table_modelled(model, "Q5");
        static const char *const expected[][3] = {
                {"bare metal", "21–1200 us", "0.012–99 us"},
                {"bare metal, share", "0.64–79 %", "."},
                {"SEV-ES", "1–2 us", "."},
        };

        g_assert_null(none);
        g_assert_cmpuint(table->rows->len, ==, G_N_ELEMENTS(expected));
        for (guint row = 0; row < G_N_ELEMENTS(expected); row++)
                for (guint column = 0; column < 3; column++)
                        g_assert_cmpstr(field(table, row, column), ==, expected[row][column]);
}

static void
test_crossovers(void)
{
        g_autoptr(PvReportModel) model = model_of();
        g_autoptr(PvReportTable) table = pv_report_table_modelled_crossovers(model);

        g_assert_cmpuint(table->rows->len, ==, 1);
        g_assert_cmpstr(field(table, 0, 0), ==, "Q1: A and B");
        g_assert_cmpstr(field(table, 0, 1), ==, "A to 7, B from 14");
        g_assert_cmpstr(field(table, 0, 2), ==, "?");
}

static void
test_parameters(void)
{
        g_autoptr(PvReportModel) model = model_of();
        g_autoptr(PvReportTable) table = pv_report_table_parameters(model);

        g_assert_cmpuint(table->rows->len, ==, 1);
        g_assert_cmpstr(field(table, 0, 1), ==, "5000–15000 cycles");
        g_assert_cmpstr(field(table, 0, 4), ==, "folklore");
}

static void
test_predictions(void)
{
        g_autoptr(PvReportModel) model = model_of();
        g_autoptr(PvReportTable) table = pv_report_table_predictions(model);
        g_autofree char *sentence = pv_report_prediction_sentence(model);

        g_assert_cmpuint(table->rows->len, ==, 3);
        g_assert_cmpstr(field(table, 0, 4), ==, "-75 to -50 %");
        g_assert_nonnull(strstr(
                sentence, "On model, of 3 predictions 1 hold what was measured, 1 are below it and 1 above; "
                          "the error is -75 to +100 %."));
}

/* The word stands wherever such a figure does. */
static void
test_nothing(void)
{
        g_autoptr(GPtrArray) records =
                test_records(test_run, test_sample("reg", "model", "Q1", 64, "ok"), NULL);
        g_autoptr(PvReportModel) empty = pv_report_model_new(records), model = model_of();
        g_autofree char *sentence = pv_report_modelled_sentence(model);

        g_assert_null(pv_report_modelled_sentence(empty));
        g_assert_null(pv_report_prediction_sentence(empty));
        g_assert_null(pv_report_table_modelled_crossovers(empty));
        g_assert_null(pv_report_table_parameters(empty));
        g_assert_true(g_str_has_prefix(sentence, "Modelled, not measured"));
}

int
main(int argc, char **argv)
{
        int result;

        g_test_init(&argc, &argv, NULL);
        test_begin();
        g_test_add_func("/report/cost/times", test_times);
        g_test_add_func("/report/cost/crossovers", test_crossovers);
        g_test_add_func("/report/cost/parameters", test_parameters);
        g_test_add_func("/report/cost/predictions", test_predictions);
        g_test_add_func("/report/cost/nothing", test_nothing);
        result = g_test_run();
        test_end();
        return result;
}
