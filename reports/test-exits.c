/* SPDX-License-Identifier: MIT */
/* What is shown of a traced machine, from literal records. */
#include "reports/test-records.h"

#include <string.h>

#include "reports/report-table.h"
#include "reports/report-writers.h"

static char *
exits(const char *process, const char *abi, const char *part, const char *kind, const char *numbers)
{
        return g_strdup_printf("{\"record\":\"exits\",\"process\":\"%s\",\"abi\":\"%s\",\"part\":\"%s\","
                               "\"kind\":\"%s\",%s}\n",
                               process, abi, part, kind, numbers);
}

/* Threads, ports and widths together; what KVM did not announce is known by leaving; the rest are no accesses. */
static GPtrArray *
traced(void)
{
        return test_records(
                test_run,
                exits("vmm", "other", "", "mmio-read", "\"width\":8,\"units\":1,\"seen\":0,\"user\":2"),
                exits("vmm", "regblock", "q35", "out", "\"width\":4,\"units\":1,\"seen\":3,\"user\":3"),
                exits("vmm", "fwcfg", "data", "in", "\"width\":1,\"units\":100,\"seen\":2,\"user\":2"),
                exits("vmm", "fwcfg", "data", "in", "\"width\":1,\"units\":1,\"seen\":5,\"user\":4"),
                exits("vmm", "other", "", "userspace-exit", "\"width\":0,\"units\":0,\"seen\":0,\"user\":9"),
                exits("vmm", "other", "", "guest-entry", "\"width\":0,\"units\":1,\"seen\":7,\"user\":0"),
                exits("a", "fwcfg", "data", "in", "\"width\":1,\"units\":1,\"seen\":1,\"user\":1"),
                g_strdup("{\"record\":\"exit-times\"}\n"), g_strdup("{\"record\":\"exits-end\"}\n"),
                g_strdup("{\"record\":\"exits\"}\n"), NULL);
}

static const char *const expected[][7] = {
        {"a", "fwcfg data", "1", "0", "0", "1", "1"},
        {"vmm", "fwcfg data", "7", "0", "0", "205", "6"},
        {"vmm", "regblock q35", "0", "3", "0", "12", "3"},
        {"vmm", "other", "0", "0", "2", "16", "2"},
};

static void
test_table(const PvReportModel *model)
{
        g_autoptr(PvReportTable) table = pv_report_table_exits(model);

        g_assert_cmpuint(table->rows->len, ==, G_N_ELEMENTS(expected));
        for (guint i = 0; i < table->rows->len; i++) {
                const GPtrArray *row = table->rows->pdata[i];

                g_assert_cmpuint(row->len, ==, table->heads->len);
                for (guint j = 0; j < row->len; j++)
                        g_assert_cmpstr(((PvReportField *) row->pdata[j])->text, ==, expected[i][j]);
        }
}

static void
test_writers(const PvReportModel *model)
{
        g_autoptr(GString) md = g_string_new(NULL), json = g_string_new(NULL), terminal = g_string_new(NULL);

        pv_report_write_md(model, md);
        pv_report_write_json(model, json);
        pv_report_write_terminal(model, 100, FALSE, terminal);
        g_assert_nonnull(strstr(md->str, "VM exits of traced machines"));
        g_assert_nonnull(strstr(json->str, "\"exit_times\""));
        g_assert_nonnull(strstr(terminal->str, "VM exits of traced machines"));
}

static void
test_none(void)
{
        g_autoptr(GPtrArray) records = test_records(test_run, NULL);
        g_autoptr(PvReportModel) model = pv_report_model_new(records);

        g_assert_null(pv_report_table_exits(model));
}

int
main(void)
{
        g_autoptr(GPtrArray) records = NULL;
        g_autoptr(PvReportModel) model = NULL;

        test_begin();
        records = traced();
        model = pv_report_model_new(records);
        g_assert_cmpuint(model->unknown, ==, 0);
        test_table(model);
        test_writers(model);
        test_none();
        test_end();
        return 0;
}
