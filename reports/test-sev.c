/* SPDX-License-Identifier: MIT */
/* The page on SEV, from literal records. */
#include <string.h>

#include "reports/report-sev.h"
#include "reports/report-writers.h"
#include "reports/test-records.h"

/* A cell of a SEV check: what the consumer found makes a pass one by care. */
static char *
cell(const char *candidate, const char *check, const char *where, const char *verdict, const char *found,
     const char *predicted)
{
        return g_strdup_printf(
                "{\"record\":\"verdict\",\"candidate\":\"%s\",\"target\":\"model\",\"check\":\"%s\",\"cell\":"
                "\"smp=2;%s\",\"level\":\"MUST\",\"area\":\"sev\",\"requirement\":\"It "
                "holds.\",\"verdict\":\"%s\","
                "\"reason\":\"because\",\"expected\":\"\",\"actual\":\"%s\"%s%s%s}\n",
                candidate, check, where, verdict, found, predicted ? ",\"predicted\":\"" : "",
                predicted ? predicted : "", predicted ? "\"" : "");
}

static char *
requirement(const char *id, const char *row, const char *state, gboolean leads, const char *why)
{
        return g_strdup_printf(
                "{\"record\":\"requirement\",\"id\":\"%s\",\"level\":\"MUST\",\"source\":\"doc\","
                "\"requirement\":\"It "
                "holds.\",\"state\":\"%s\",\"reason\":\"%s\",\"row\":\"%s\",\"leads\":%s,"
                "\"deviations\":[{\"predicted\":\"construction\",\"run\":\"care\",\"why\":\"%s\"}]}\n",
                id, state, strcmp(state, "tested") ? "a hook is missing" : "", row, leads ? "true" : "false",
                why);
}

static char *
lie(const char *candidate, const char *id, const char *guest, const char *memory, const char *end,
    gboolean contrast)
{
        return g_strdup_printf("{\"record\":\"hostile\",\"candidate\":\"%s\",\"target\":\"model\","
                               "\"backend\":\"dev\",\"lie\":"
                               "\"%s\",\"what\":\"two of "
                               "one\",\"guest\":\"%s\",\"memory\":\"%s\",\"end\":\"%s\",\"call\":\"poll\","
                               "\"finding\":\"%s\",\"expected\":\"malformed (twice)\",\"believed\":\"\"%s}\n",
                               candidate, id, guest, memory, end,
                               strcmp(end, "named") ? "" : "malformed (twice)",
                               contrast ? ",\"contrast\":true" : "");
}

/* SEV-B-001 leads though it comes later, SEV-C-001 leads and has no check, SEV-A-001 tells reg from map. */
static PvReportModel *
new_model(void)
{
        g_autoptr(GPtrArray) records = test_records(
                test_run, requirement("SEV-B-001", "B01", "tested", TRUE, "the wind has turned"),
                requirement("SEV-C-001", "C01", "untested", TRUE, ""),
                requirement("SEV-D-001", "D01", "excluded", FALSE, ""),
                cell("reg", "SEV-A-001", "guest=sev;phase=smm", "pass", "", NULL),
                cell("reg", "SEV-A-001", "guest=sev-es;phase=smm", "n/a", "", NULL),
                cell("map", "SEV-A-001", "guest=sev;phase=smm", "xfail", "", NULL),
                cell("map", "SEV-A-001", "guest=sev;phase=pei", "pass", "", NULL),
                cell("reg", "SEV-B-001", "guest=sev-snp;phase=os;hostile=A01", "pass", "malformed (twice)",
                     "construction"),
                cell("map", "SEV-B-001", "guest=sev-snp;phase=os;hostile=A01", "pass", "", "n/a"),
                lie("reg", "A01", "sev", "opaque", "named", FALSE),
                lie("reg", "A01", "sev", "aes-xex", "named", FALSE),
                lie("reg", "A01", "plain", "opaque", "harmless", FALSE),
                lie("map", "A01", "sev", "opaque", "BELIEVED", FALSE),
                lie("map", "A01", "sev", "opaque", "harmless", FALSE),
                lie("careless", "A01", "sev", "opaque", "ENDLESS", TRUE),
                lie("careless", "A02", "sev", "opaque", "named", TRUE), NULL);

        return pv_report_model_new(records);
}

static const PvReportSection *
section(GPtrArray *sections, const char *title)
{
        for (guint i = 0; i < sections->len; i++)
                if (g_str_has_prefix(((PvReportSection *) sections->pdata[i])->title, title))
                        return sections->pdata[i];
        g_error("no section \"%s\"", title);
}

/* A row as "one | two". */
static void
assert_row(const PvReportTable *table, guint row, const char *expected)
{
        g_autoptr(GString) text = g_string_new(NULL);
        const GPtrArray *fields;

        g_assert_cmpuint(row, <, table->rows->len);
        fields = table->rows->pdata[row];
        g_assert_cmpuint(fields->len, ==, table->heads->len);
        for (guint i = 0; i < fields->len; i++)
                g_string_append_printf(text, "%s%s", i ? " | " : "",
                                       ((PvReportField *) fields->pdata[i])->text);
        g_assert_cmpstr(text->str, ==, expected);
}

static void
test_requirements(GPtrArray *full, GPtrArray *brief)
{
        const PvReportTable *table = section(full, "Requirements")->table;

        g_assert_cmpuint(table->rows->len, ==, 3);
        assert_row(table, 0, "SEV-B-001 (B01) | It holds. | by care | holds");
        assert_row(table, 1, "SEV-C-001 (C01) | It holds. | no check | no check");
        assert_row(table, 2,
                   "SEV-A-001 | It holds. | holds | FAILS: sev smm; holds: sev pei");
        assert_row(section(brief, "Requirements")->table, 2, "SEV-A-001 | holds | FAILS 1/2");
}

static void
test_scores(GPtrArray *full)
{
        const PvReportTable *table = section(full, "Two scores")->table;

        g_assert_cmpuint(table->rows->len, ==, 2);
        assert_row(table, 0, "A | 1/1 | 0 | 1 | reg");
        assert_row(table, 1, "B | 1/2 | 1 | 0 | map");
}

/* What does not exist is no pass. */
static void
test_places(GPtrArray *full, GPtrArray *brief)
{
        const PvReportTable *table = section(full, "Guests and phases")->table;

        g_assert_cmpuint(table->rows->len, ==, 4);
        assert_row(table, 0, "sev pei | . | 1 hold");
        assert_row(table, 1, "sev smm | 1 hold | 1 FAIL");
        assert_row(table, 2, "sev-es smm | 1 n/a | .");
        assert_row(table, 3, "sev-snp os | 1 by care | 1 hold");
        assert_row(section(brief, "Guests and phases")->table, 2, "sev-es smm | n/a | .");
}

static void
test_care(GPtrArray *full)
{
        const PvReportTable *table = section(full, "Held only by care")->table;

        g_assert_cmpuint(table->rows->len, ==, 1);
        assert_row(table, 0, "SEV-B-001 (B01) | malformed (twice) | A | A01");
}

/* map was predicted n/a and holds, which agrees. */
static void
test_contradictions(GPtrArray *full)
{
        const PvReportTable *table = section(full, "Other than predicted")->table;

        g_assert_cmpuint(table->rows->len, ==, 1);
        assert_row(table, 0, "SEV-B-001 (B01) | holds | by care | A | the wind has turned");
}

/* A later record replaced the one that was believed. */
static void
test_lies(GPtrArray *full, GPtrArray *brief)
{
        const PvReportSection *lies = section(full, "A host that lies");

        assert_row(lies->table, 0,
                   "A01 | dev | two of one | twice | twice in sev; harmless in plain | harmless");
        g_assert_nonnull(strstr(lies->text, "consumers: 2; told 4 times"));
        g_assert_nonnull(strstr(lies->text, "Named: 2; "));
        g_assert_null(section(brief, "A host that lies")->table);
        assert_row(section(full, "For contrast")->table, 0, "careless | 1 | ENDLESS: A01");
}

static void
test_unchecked(GPtrArray *full, GPtrArray *brief)
{
        const PvReportTable *table = section(full, "Without a check")->table;

        g_assert_cmpuint(table->rows->len, ==, 2);
        assert_row(table, 0, "SEV-C-001 (C01) | MUST | It holds. | untested | a hook is missing");
        g_assert_nonnull(strstr(section(brief, "Without a check")->text, "2 of 3: C01, D01;"));
}

/* A consumer that is not meant to be careful is no candidate, and stands in no other table. */
static void
test_writers(const PvReportModel *model)
{
        g_autoptr(GString) md = g_string_new(NULL), screen = g_string_new(NULL), json = g_string_new(NULL);
        g_autoptr(JsonNode) node = NULL;
        JsonObject *first;

        g_assert_cmpuint(model->columns->len, ==, 2);
        g_assert_cmpuint(model->unknown, ==, 0);
        pv_report_write_md(model, md);
        pv_report_write_terminal(model, 80, FALSE, screen);
        pv_report_write_json(model, json);
        g_assert_nonnull(strstr(md->str, "| SEV-C-001 (C01) | It holds. | no check | no check |"));
        g_assert_nonnull(strstr(screen->str, "FAILS 1/2"));
        g_assert_nonnull(strstr(screen->str, "SEV-B-001 (B01): predicted: holds; the run says: by care"));
        node = json_from_string(json->str, NULL);
        first = json_array_get_object_element(json_object_get_array_member(json_node_get_object(node), "sev"),
                                              0);
        g_assert_cmpstr(json_object_get_string_member(first, "title"), ==, "Two scores");
        g_assert_cmpstr(json_object_get_string_member(first, "how"), ==, "modelled");
        g_assert_cmpuint(json_array_get_length(json_object_get_array_member(first, "rows")), ==, 2);
}

/* Lies alone, as `check --hostile` records them, give a column all the same; nothing at all gives no page. */
static void
test_alone(void)
{
        g_autoptr(GPtrArray) lies =
                test_records(test_run, lie("reg", "A01", "sev", "opaque", "named", FALSE), NULL);
        g_autoptr(PvReportModel) model = pv_report_model_new(lies), empty = pv_report_model_empty();
        g_autoptr(GPtrArray) sections = pv_report_sev_sections(model, FALSE),
                             none = pv_report_sev_sections(empty, FALSE);
        g_autoptr(GString) md = g_string_new(NULL);

        g_assert_cmpuint(sections->len, ==, 2);
        assert_row(section(sections, "A host that lies")->table, 0, "A01 | dev | two of one | twice | twice");
        g_assert_cmpuint(none->len, ==, 0);
        pv_report_write_md(model, md);
        g_assert_nonnull(strstr(md->str, "### A host that lies"));
}

int
main(void)
{
        test_begin();
        {
                g_autoptr(PvReportModel) model = new_model();
                g_autoptr(GPtrArray) full = pv_report_sev_sections(model, FALSE),
                                     brief = pv_report_sev_sections(model, TRUE);

                test_scores(full);
                test_requirements(full, brief);
                test_places(full, brief);
                test_care(full);
                test_contradictions(full);
                test_lies(full, brief);
                test_unchecked(full, brief);
                test_writers(model);
        }
        test_alone();
        test_end();
        return 0;
}
