/* SPDX-License-Identifier: MIT */
/* The trust ledger, from literal records. */
#include <string.h>

#include "common/record.h"
#include "reports/report-ledger.h"
#include "reports/report-writers.h"
#include "reports/test-records.h"

static char *
row(const char *guest, const char *phase, const char *field, const char *channel, const char *figures,
    const char *checks)
{
        return g_strdup_printf("{\"record\":\"ledger\",\"candidate\":\"reg\",\"target\":\"model\",\"guest\":"
                               "\"%s\",\"phase\":\"%s\",\"part\":\"dev\",\"field\":\"%s\",\"use\":\"names it\","
                               "\"channel\":\"%s\",\"supplier\":\"host\",%s,\"checks\":[%s]}\n",
                               guest, phase, field, channel, figures, checks);
}

static char *
pages(const char *guest, const char *phase, int shared, int kept, const char *finding)
{
        return g_strdup_printf("{\"record\":\"ledger-pages\",\"candidate\":\"reg\",\"target\":\"model\",\"guest\":"
                               "\"%s\",\"phase\":\"%s\",\"shared\":%d,\"at_once\":1,\"kept\":%d,\"accesses\":9,"
                               "\"longest\":6,\"requests\":0,\"calls\":[\"detect\",\"poll\"],\"call\":\"poll\","
                               "\"finding\":\"%s\"}\n",
                               guest, phase, shared, kept, finding);
}

#define LIE(id, end, finding) "{\"lie\":\"" id "\",\"end\":\"" end "\",\"finding\":\"" finding "\"}"
#define TWICE LIE("A06", "named", "malformed (APIC ID twice)")
#define ALSO_TWICE LIE("A06m", "named", "malformed (APIC ID twice)")
#define HARMLESS LIE("A13", "harmless", "")
#define BELIEVED LIE("A07", "BELIEVED", "")
#define ONCE "\"bytes\":4,\"reads\":4,\"most\":1"
#define AGAIN "\"bytes\":4,\"reads\":8,\"most\":1"
#define TWO "\"bytes\":4,\"reads\":8,\"most\":2"

/* Two phases of a plain guest read the same; in another kind one page is kept. */
static PvReportModel *
new_model(void)
{
        g_autoptr(GPtrArray) records = test_records(
                test_run, row("plain", "pei", "ID", "port", ONCE, TWICE "," ALSO_TWICE "," HARMLESS),
                row("plain", "pei", "", "port", AGAIN, ""), pages("plain", "pei", 0, 0, ""),
                row("plain", "os", "ID", "port", ONCE, TWICE "," ALSO_TWICE "," HARMLESS),
                row("plain", "os", "", "port", AGAIN, ""), pages("plain", "os", 0, 0, ""),
                row("sev", "os", "ID", "shared page", TWO, BELIEVED), pages("sev", "os", 2, 1, "refused"), NULL);

        return pv_report_model_new(records);
}

static void
assert_row(const PvReportTable *table, guint at, const char *expected)
{
        g_autoptr(GString) text = g_string_new(NULL);
        const GPtrArray *fields;

        g_assert_cmpuint(at, <, table->rows->len);
        fields = table->rows->pdata[at];
        g_assert_cmpuint(fields->len, ==, table->heads->len);
        for (guint i = 0; i < fields->len; i++)
                g_string_append_printf(text, "%s%s", i ? " | " : "", ((PvReportField *) fields->pdata[i])->text);
        g_assert_cmpstr(text->str, ==, expected);
}

static void
test_accounts(void)
{
        g_autoptr(PvReportModel) model = new_model();
        g_autoptr(GPtrArray) ledgers = pv_report_ledgers(model);
        const PvReportLedger *first, *second;

        g_assert_cmpuint(model->unknown, ==, 0);
        g_assert_cmpuint(ledgers->len, ==, 2);
        first = ledgers->pdata[0];
        second = ledgers->pdata[1];
        g_assert_cmpstr(first->where->str, ==, "plain in pei, os");
        g_assert_cmpuint(first->table->rows->len, ==, 2);
        assert_row(first->table, 0,
                   "ID | dev | host, port | 4 | once | APIC ID twice (A06, A06m), nothing untrue believed (A13) | "
                   "names it");
        assert_row(first->table, 1,
                   "not declared | dev | host, port | 4 | once, and again | no lie of it is told | names it");
        g_assert_cmpstr(first->pages, ==, "No page was shared for it.");
        g_assert_cmpstr(second->where->str, ==, "sev in os");
        assert_row(second->table, 0,
                   "ID | dev | host, shared page | 4 | up to 2 times | BELIEVED (A07) | names it");
        g_assert_cmpstr(second->pages, ==,
                        "Pages shared: 2, at most 1 at once, for at most 6 accesses each and 9 together, "
                        "in detect(), poll(); still shared at the end: 1. poll() ended with: refused.");
}

static void
test_summary(void)
{
        g_autoptr(PvReportModel) model = new_model();
        g_autoptr(GPtrArray) ledgers = pv_report_ledgers(model);
        g_autoptr(PvReportTable) table = pv_report_table_ledgers(ledgers);

        g_assert_cmpuint(table->rows->len, ==, 2);
        assert_row(table, 0, "reg | plain in pei, os | 2 | 1 | 8 | 12 | 1 | 0 | 9 | 0");
        assert_row(table, 1, "reg | sev in os | 1 | 0 | 4 | 8 | 2 | 2 | 9 | 1");
}

/* In every writer; and where nothing was kept, nothing is said. */
static void
test_writers(void)
{
        g_autoptr(PvReportModel) model = new_model();
        g_autoptr(GPtrArray) none = test_usual();
        g_autoptr(PvReportModel) empty = pv_report_model_new(none);
        g_autoptr(GString) md = g_string_new(NULL), json = g_string_new(NULL), terminal = g_string_new(NULL);
        g_autoptr(GString) nothing = g_string_new(NULL);

        pv_report_write_md(model, md);
        g_assert_nonnull(strstr(md->str, "Trust ledger"));
        g_assert_nonnull(strstr(md->str, "\n#### reg: plain in pei, os\n"));
        g_assert_nonnull(strstr(md->str, "**BELIEVED"));
        pv_report_write_json(model, json);
        g_assert_nonnull(strstr(json->str, "\"ledger_pages\""));
        pv_report_write_terminal(model, 120, FALSE, terminal);
        g_assert_nonnull(strstr(terminal->str, "\nTrust ledger (modelled)\n"));
        pv_report_write_md(empty, nothing);
        pv_report_write_terminal(empty, 120, FALSE, nothing);
        g_assert_null(strstr(nothing->str, "Trust ledger"));
}

int
main(int argc, char **argv)
{
        int code;

        g_test_init(&argc, &argv, NULL);
        test_begin();
        g_test_add_func("/report-ledger/accounts", test_accounts);
        g_test_add_func("/report-ledger/summary", test_summary);
        g_test_add_func("/report-ledger/writers", test_writers);
        code = g_test_run();
        test_end();
        return code;
}
