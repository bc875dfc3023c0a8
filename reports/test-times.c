/* SPDX-License-Identifier: MIT */
/* Times, the ladder and crossovers, as a report shows them: from records that are literals. */
#undef NDEBUG
#include <assert.h>
#include <string.h>

#include "common/record.h"
#include "reports/report-times.h"

#define RUN                                                                                                  \
        "{\"record\":\"run\",\"schema\":1,\"candidates\":[\"a\",\"b\"],\"headline\":[\"a\",\"b\"],"          \
        "\"targets\":"                                                                                       \
        "[{\"name\":\"kvm\",\"kind\":\"kvm\",\"version\":\"K\",\"device\":\"ours\"}],\"not_run\":[]}\n"
#define SAMPLE(candidate)                                                                                    \
        "{\"record\":\"sample\",\"candidate\":\"" candidate                                                  \
        "\",\"target\":\"kvm\",\"question\":\"Q4\",\"n\":64,"                                                \
        "\"answer\":\"ok\",\"reason\":\"\",\"counts\":{}}\n"
#define TIMES(median, low, high, floor)                                                                      \
        "\"times\":{\"unit\":\"ns\",\"samples\":30,\"median\":" median ",\"q1\":1,\"q3\":2,\"low\":" low     \
        ",\"high\":" high ",\"floor\":" floor "}}\n"
#define TIME(candidate, times)                                                                               \
        "{\"record\":\"time\",\"candidate\":\"" candidate                                                    \
        "\",\"target\":\"kvm\",\"question\":\"Q4\",\"n\":64,"                                                \
        "\"answer\":\"ok\",\"reason\":\"\",\"commands\":2,\"overhead\":1," times
#define ACCESS(target, operation, times)                                                                     \
        "{\"record\":\"access\",\"target\":\"" target "\",\"operation\":\"" operation "\",\"what\":\"w\","   \
        "\"answer\":\"ok\",\"reason\":\"\"," times
#define CROSSOVER(question, answer, rest)                                                                    \
        "{\"record\":\"crossover\",\"question\":\"" question                                                 \
        "\",\"first\":\"a\",\"second\":\"b\",\"target\":\"model\","                                          \
        "\"measure\":\"exits\",\"answer\":\"" answer "\",\"reason\":\"why\"" rest "}\n"

static PvReportModel *
model_of(const char *text)
{
        g_autoptr(GPtrArray) records = pv_record_parse(text, strlen(text), "literal", NULL);

        assert(records);
        return pv_report_model_new(records);
}

static const char *
field(const PvReportTable *table, guint row, guint column)
{
        return ((const PvReportField *) g_ptr_array_index((GPtrArray *) table->rows->pdata[row], column))
                ->text;
}

/* Apart is what is beyond the floor and whose intervals are apart; the rest is the same. */
static void
test_times(void)
{
        g_autoptr(PvReportModel) apart = model_of(RUN SAMPLE("a") SAMPLE("b") TIME(
                "a", TIMES("1000", "900", "1100", "1.1")) TIME("b", TIMES("2500", "2400", "2600", "1.05")));
        g_autoptr(PvReportModel) same = model_of(RUN SAMPLE("a") SAMPLE("b") TIME(
                "a", TIMES("1000", "900", "1100", "1.1")) TIME("b", TIMES("2500", "1050", "2600", "1.05")));
        g_autoptr(PvReportTable) table = pv_report_table_times(apart, "Q4", "kvm");
        g_autoptr(PvReportTable) other = pv_report_table_times(same, "Q4", "kvm");

        assert(table->rows->len == 1 && !strcmp(field(table, 0, 0), "64"));
        assert(!strcmp(field(table, 0, 1), "1 us [900 ns to 1.1 us]"));
        assert(!strcmp(field(table, 0, 2), "2.5 us [2.4-2.6 us] x2.5"));
        assert(!strcmp(field(table, 0, 3), "1.1"));
        assert(!strcmp(field(other, 0, 2), "2.5 us [1.05-2.6 us] same"));
        assert(!pv_report_table_times(apart, "Q1", "kvm") && !pv_report_table_times(apart, "Q4", "model"));
}

/* A later record of the same question replaces it; one without times says what it is. */
static void
test_replaced(void)
{
        g_autoptr(PvReportModel) model = model_of(RUN SAMPLE("a") TIME(
                "a",
                TIMES("1000", "900", "1100",
                      "1.1")) "{\"record\":\"time\",\"candidate\":\"a\",\"target\":\"kvm\",\"question\":"
                              "\"Q4\",\"n\":64,"
                              "\"answer\":\"n/a\",\"reason\":\"too long\",\"commands\":0,\"overhead\":0}\n");
        g_autoptr(PvReportTable) table = pv_report_table_times(model, "Q4", "kvm");

        assert(model->times->len == 1 && model->replaced == 1 && model->unknown == 0);
        assert(!strcmp(field(table, 0, 1), "n/a"));
}

/* The fastest first, whatever was measured first. */
static void
test_ladder(void)
{
        g_autoptr(PvReportModel) model = model_of(
                RUN ACCESS("kvm", "read", TIMES("12000", "11000", "13000", "1.1")) ACCESS(
                        "model", "read", TIMES("6", "5", "7", "1.01"))
                        ACCESS("kvm", "byte", TIMES("12000", "11000", "13000", "1.1")) ACCESS(
                                "kvm", "string-byte",
                                TIMES("6", "5", "7",
                                      "1.1")) "{\"record\":\"access\",\"target\":\"kvm\",\"operation\":"
                                              "\"write-coalesced\",\"what\":\"w\",\"answer\":\"n/a\","
                                              "\"reason\":\"KVM_CAP_COALESCED_PIO is missing here\"}\n");
        g_autoptr(PvReportTable) ladder = pv_report_table_ladder(model),
                                 rest = pv_report_table_accesses(model);

        assert(ladder->rows->len == 2);
        assert(!strcmp(field(ladder, 0, 1), "6 ns") && !strcmp(field(ladder, 0, 5), ""));
        assert(!strcmp(field(ladder, 1, 1), "12 us") && !strcmp(field(ladder, 1, 5), "x2000"));
        assert(rest->rows->len == 3 && !strcmp(field(rest, 1, 5), "x0.0005"));
        assert(!strcmp(field(rest, 2, 2), "n/a: KVM_CAP_COALESCED_PIO is missing here"));
}

static void
test_crossovers(void)
{
        g_autoptr(PvReportModel) model = model_of(
                RUN CROSSOVER("Q1", "crosses",
                              ",\"below\":324,\"n\":325,\"first_cost\":989,\"second_cost\":987")
                        CROSSOVER("Q2", "crosses", ",\"below\":3,\"n\":5,\"first_cost\":9,\"second_cost\":7")
                                CROSSOVER("Q3", "first", ",\"n\":65535")
                                        CROSSOVER("Q4", "second", ",\"n\":65535") CROSSOVER("Q5", "n/a", ""));
        static const char *const expected[] = {"b", "325", "3..5", "never", "always", "n/a"};
        g_autoptr(GPtrArray) groups = pv_report_crossover_groups(model);
        g_autoptr(PvReportTable) table = pv_report_table_crossover_group(model, groups->pdata[0]);
        g_autoptr(PvReportTable) all = pv_report_table_crossovers(model);
        g_autofree char *title = pv_report_crossover_title(groups->pdata[0]);

        assert(groups->len == 1 && table->rows->len == 1 && all->rows->len == 5);
        for (guint i = 0; i < G_N_ELEMENTS(expected); i++)
                assert(!strcmp(field(table, 0, i), expected[i]));
        assert(!strcmp(field(all, 0, 6), "989, 987") && !strcmp(field(all, 4, 6), "why"));
        assert(!strcmp(title, "Held against a, by exits on model:"));
}

int
main(void)
{
        test_times();
        test_replaced();
        test_ladder();
        test_crossovers();
        return 0;
}
