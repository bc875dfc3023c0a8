/* SPDX-License-Identifier: MIT */
/* junit.xml: a test suite per column and a test case per cell, for CI systems. */
#include <math.h>
#include <string.h>

#include "common/record.h"
#include "reports/report-words.h"
#include "reports/report-writers.h"

/* What JUnit calls a verdict; NULL: a plain pass. */
static const char *
element_of(PvVerdict verdict)
{
        switch (verdict) {
        case PV_PASS:
                return NULL;
        case PV_FAIL:
        case PV_XPASS:
                return "failure";
        case PV_BROKEN:
                return "error";
        default:
                return "skipped";
        }
}

static void
attribute(GString *out, const char *name, const char *value)
{
        g_autofree char *escaped = pv_report_escape_xml(value);

        g_string_append_printf(out, " %s=\"%s\"", name, escaped);
}

/* JUnit has seconds; what is no duration is none. */
static void
time_attribute(GString *out, double ms)
{
        char seconds[G_ASCII_DTOSTR_BUF_SIZE];

        g_ascii_formatd(seconds, sizeof seconds, "%.6f", isfinite(ms) && ms > 0 ? ms / 1000 : 0);
        attribute(out, "time", seconds);
}

/* Why a case is not a pass, in one line. */
static char *
message_of(const PvReportCell *cell)
{
        JsonObject *record = cell->record;
        const char *reason = pv_record_string(record, "reason");
        const char *separator = *reason ? ": " : "";

        switch (cell->verdict) {
        case PV_XFAIL:
                return g_strdup_printf("expected failure%s%s", separator, reason);
        case PV_XPASS:
                return g_strdup_printf("passed against an expectation%s%s", separator, reason);
        case PV_NOT_CLAIMED:
                return g_strdup_printf("not claimed%s%s", separator, reason);
        case PV_CANNOT_TELL:
                return g_strdup_printf("cannot tell%s%s", separator, reason);
        case PV_BLOCKED:
                return g_strdup_printf("blocked%s%s", separator, reason);
        case PV_NA:
                return g_strdup_printf("n/a%s%s", separator, reason);
        case PV_FAIL:
                return g_strdup_printf("expected %s, got %s%s%s", pv_record_string(record, "expected"),
                                       pv_record_string(record, "actual"), separator, reason);
        default: {
                g_autofree char *outcome = pv_report_outcome(cell);

                return g_strdup_printf("%s%s%s", outcome, separator, reason);
        }
        }
}

static void
text_line(GString *out, const char *name, const char *text)
{
        g_autofree char *escaped = pv_report_escape_xml(text);

        if (*text)
                g_string_append_printf(out, "%s: %s\n", name, escaped);
}

static void
text_lines(GString *out, const char *name, JsonObject *record, const char *member)
{
        g_autoptr(GPtrArray) lines = pv_report_strings(record, member);

        for (guint i = 0; i < lines->len; i++)
                text_line(out, name, lines->pdata[i]);
}

static void
explanation(GString *out, const PvReportCell *cell, const char *element)
{
        g_autofree char *message = message_of(cell);
        JsonObject *record = cell->record;
        const char *failure = pv_record_string(record, "failure");

        g_string_append_printf(out, "      <%s", element);
        attribute(out, "message", message);
        if (!strcmp(element, "skipped")) {
                g_string_append(out, "/>\n");
                return;
        }
        attribute(out, "type",
                  cell->verdict == PV_FAIL && *failure ? failure : pv_verdict_word(cell->verdict));
        g_string_append(out, ">");
        text_line(out, "requirement", pv_record_string(record, "requirement"));
        text_line(out, "expected", pv_record_string(record, "expected"));
        text_line(out, "actual", pv_record_string(record, "actual"));
        text_line(out, "reason", pv_record_string(record, "reason"));
        text_line(out, "advice", pv_record_string(record, "advice"));
        text_lines(out, "access", record, "tail");
        text_lines(out, "qtest", record, "qtest");
        g_string_append_printf(out, "</%s>\n", element);
}

static void
test_case(GString *out, const PvReportCell *cell)
{
        JsonObject *record = cell->record;
        const char *cell_name = pv_record_string(record, "cell"), *element = element_of(cell->verdict);
        g_autofree char *class_name = g_strdup_printf("%s.%s.%s", cell->column->candidate,
                                                      cell->column->target, pv_record_string(record, "area"));
        g_autofree char *name =
                *cell_name ? g_strdup_printf("%s[%s]", pv_record_string(record, "check"), cell_name)
                           : g_strdup(pv_record_string(record, "check"));

        g_string_append(out, "    <testcase");
        attribute(out, "classname", class_name);
        attribute(out, "name", name);
        time_attribute(out, pv_record_double(record, "ms"));
        if (!element && !cell->earlier) {
                g_string_append(out, "/>\n");
                return;
        }
        g_string_append(out, ">\n");
        if (element)
                explanation(out, cell, element);
        if (cell->earlier) {
                g_autofree char *earlier = pv_report_escape_xml(cell->earlier);

                g_string_append_printf(out, "      <system-out>attempts before: %s</system-out>\n", earlier);
        }
        g_string_append(out, "    </testcase>\n");
}

typedef struct Totals {
        guint tests, failures, errors, skipped;
        double ms;
} Totals;

/* Of one column, or of all when it is NULL. */
static Totals
count(GPtrArray *cells, const PvReportColumn *column)
{
        Totals totals = {0};

        for (guint i = 0; i < cells->len; i++) {
                const PvReportCell *cell = cells->pdata[i];
                const char *element = element_of(cell->verdict);
                double ms = pv_record_double(cell->record, "ms");

                if (column && cell->column != column)
                        continue;
                totals.tests++;
                totals.failures += !g_strcmp0(element, "failure");
                totals.errors += !g_strcmp0(element, "error");
                totals.skipped += !g_strcmp0(element, "skipped");
                totals.ms += isfinite(ms) && ms > 0 ? ms : 0;
        }
        return totals;
}

static void
totals_attributes(GString *out, const Totals *totals)
{
        g_string_append_printf(out, " tests=\"%u\" failures=\"%u\" errors=\"%u\" skipped=\"%u\"",
                               totals->tests, totals->failures, totals->errors, totals->skipped);
        time_attribute(out, totals->ms);
}

static void
property(GString *out, const char *name, const char *value)
{
        g_string_append(out, "      <property");
        attribute(out, "name", name);
        attribute(out, "value", value);
        g_string_append(out, "/>\n");
}

static void
test_suite(GString *out, GPtrArray *cells, const PvReportColumn *column)
{
        g_autofree char *name = g_strdup_printf("%s@%s", column->candidate, column->target);
        Totals totals = count(cells, column);

        if (totals.tests == 0)
                return;
        g_string_append(out, "  <testsuite");
        attribute(out, "name", name);
        totals_attributes(out, &totals);
        g_string_append(out, ">\n    <properties>\n");
        property(out, "version", column->version);
        property(out, "device", column->theirs ? "theirs" : "ours");
        g_string_append(out, "    </properties>\n");
        for (guint i = 0; i < cells->len; i++)
                if (((PvReportCell *) cells->pdata[i])->column == column)
                        test_case(out, cells->pdata[i]);
        g_string_append(out, "  </testsuite>\n");
}

void
pv_report_write_junit(const PvReportModel *model, GString *out)
{
        g_autoptr(GPtrArray) cells = pv_report_cells(model, ~0u);
        Totals totals = count(cells, NULL);

        g_string_append(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"pvabi\"");
        totals_attributes(out, &totals);
        g_string_append(out, ">\n");
        for (guint i = 0; i < model->columns->len; i++)
                test_suite(out, cells, model->columns->pdata[i]);
        g_string_append(out, "</testsuites>\n");
}
