/* SPDX-License-Identifier: MIT */
/* Literal records for the tests of reports. */
#include "reports/test-records.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#include "common/record.h"

#define COUNTS                                                              \
        "\"counts\":{\"reads\":10,\"writes\":3,\"strings\":2,"              \
        "\"string_bytes\":132,\"platform\":1,\"doorbells\":2,"              \
        "\"gpa_bytes\":20,\"shared_pages\":1}"

/* "model" is named first, and a candidate outside the headline before one inside. */
const char test_run[] =
        "{\"record\":\"run\",\"schema\":1,\"version\":\"0.1\",\"commit\":\"abc\",\"command\":\"pvabi "
        "compare\",\"seed\":7,\"started\":\"2026-01-02T03:04:05Z\",\"machine\":{\"cpu\":\"c\","
        "\"kernel\":\"k\",\"os\":\"o\"},\"candidates\":[\"live\",\"map\",\"reg\"],\"headline\":[\"reg\","
        "\"map\"],\"targets\":[{\"name\":\"model\",\"kind\":\"model\",\"version\":\"pvabi model\","
        "\"device\":\"ours\"},{\"name\":\"qtest\",\"kind\":\"qtest\",\"version\":\"QEMU 7.2.22\","
        "\"device\":\"theirs\"}],\"not_run\":[{\"target\":\"kvm\",\"why\":\"/dev/kvm is missing\"}]}\n";

char *test_dir;

void
test_begin(void)
{
        setlocale(LC_ALL, "");
        test_dir = g_dir_make_tmp("pvabi-report-XXXXXX", NULL);
        g_assert_nonnull(test_dir);
}

void
test_end(void)
{
        static const char *const files[] = {
                "one/results.json",
                "one",
                "a/ll/report.md",
                "a/ll/report.html",
                "a/ll/results.json",
                "a/ll/junit.xml",
                "a/ll",
                "a",
                "report.md",
                "report.html",
                "results.json",
                "junit.xml",
                "records.jsonl",
                "",
        };

        for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
                g_autofree char *path = g_build_filename(test_dir, files[i], NULL);

                g_remove(path);
        }
        g_free(test_dir);
}

char *
test_verdict(const char *candidate, const char *target, const char *check, const char *cell, const char *area,
             const char *word, const char *device, const char *consumer)
{
        return g_strdup_printf(
                "{\"record\":\"verdict\",\"candidate\":\"%s\",\"target\":\"%s\",\"check\":\"%s\","
                "\"cell\":\"%s\",\"level\":\"MUST\",\"area\":\"%s\",\"basis\":\"documented\","
                "\"source\":\"doc 1\",\"requirement\":\"The device answers.\",\"advice\":\"Look at it.\","
                "\"verdict\":\"%s\",\"failure\":\"%s\",\"reason\":\"because\",\"rules\":\"\",\"expected\":\"12\","
                "\"actual\":\"14\",\"device\":\"%s\",\"content\":\"ours\",\"consumer\":"
                "\"%s\",\"ms\":1.5," COUNTS ",\"tail\":[\"R 0xcd8 1 0x0\"],\"qtest\":[\"inb 0xcd8\"]}\n",
                candidate, target, check, cell, area, word, strcmp(word, "fail") ? "none" : "wrong", device,
                consumer);
}

char *
test_sample(const char *candidate, const char *target, const char *question, int n, const char *answer)
{
        return g_strdup_printf(
                "{\"record\":\"sample\",\"candidate\":\"%s\",\"target\":\"%s\",\"question\":\"%s\","
                "\"n\":%d,\"answer\":\"%s\",\"reason\":\"\"," COUNTS "}\n",
                candidate, target, question, n, answer);
}

char *
test_unspecified(const char *candidate, const char *target, const char *first, const char *second)
{
        g_autofree char *more =
                second ? g_strdup_printf(",{\"access\":\"R 0xcde 4\",\"value\":\"%s\"}", second) : g_strdup("");

        return g_strdup_printf(
                "{\"record\":\"unspecified\",\"candidate\":\"%s\",\"target\":\"%s\",\"probe\":\"REG-A-900\","
                "\"rules\":\"reg\",\"revision\":\"one\",\"what\":\"Unaligned reads.\",\"source\":\"doc 2\","
                "\"answers\":[{\"access\":\"R 0xcdd 4\",\"value\":\"%s\"}%s],\"reason\":\"%s\"}\n",
                candidate, target, first, more, second ? "" : "it is gone");
}

GPtrArray *
test_records(const char *first, ...)
{
        g_autoptr(GString) text = g_string_new(first);
        g_autofree char *path = g_build_filename(test_dir, "records.jsonl", NULL);
        GPtrArray *records;
        va_list lines;
        char *line;

        va_start(lines, first);
        while ((line = va_arg(lines, char *))) {
                g_string_append(text, line);
                g_free(line);
        }
        va_end(lines);
        g_assert_true(g_file_set_contents(path, text->str, (gssize) text->len, NULL));
        records = pv_record_read(path, NULL);
        g_assert_nonnull(records);
        return records;
}

GPtrArray *
test_usual(void)
{
        return test_records(
                test_run,
                test_verdict("live", "model", "DISC-A-001", "", "discovery", "pass", "ours", "ours"),
                test_verdict("map", "model", "DISC-A-001", "", "discovery", "pass", "ours", "ours"),
                test_verdict("map", "qtest", "DISC-A-001", "", "discovery", "n/a", "", ""),
                test_verdict("reg", "model", "DISC-A-001", "", "discovery", "fail", "ours", "ours"),
                test_verdict("reg", "qtest", "DISC-A-001", "smp=2", "discovery", "pass", "theirs", "theirs"),
                test_verdict("reg", "qtest", "DISC-A-001", "smp=4", "discovery", "n/a", "theirs", "theirs"),
                test_verdict("reg", "qtest", "DISC-A-002", "", "discovery", "xfail", "theirs", "ours"),
                test_verdict("reg", "qtest", "DISC-A-003", "", "discovery", "blocked", "theirs", "ours"),
                test_verdict("reg", "qtest", "EVT-A-001", "", "events", "not-claimed", "theirs", "ours"),
                test_verdict("reg", "qtest", "SEV-A-001", "sev-es", "sev", "pass", "modelled", "ours"),
                test_unspecified("reg", "model", "0x7", "0x5"), test_unspecified("reg", "model", "0x0", "0x5"),
                test_unspecified("live", "model", "0x1", "0x5"), test_unspecified("reg", "qtest", "0x1000000", NULL),
                test_sample("reg", "qtest", "Q1", 12, "ok"), test_sample("reg", "qtest", "Q1", 64, "ok"),
                test_sample("map", "model", "Q1", 64, "cannot-answer"),
                g_strdup(
                        "{\"record\":\"speed\",\"name\":\"step\",\"value\":1.25,\"unit\":\"ratio\","
                        "\"bound\":1.1,\"what\":\"a step\",\"target\":\"model\"}\n"),
                g_strdup("{\"record\":\"note\",\"text\":\"interrupted\"}\n"), NULL);
}

PvReportColumn *
test_column(const PvReportModel *model, guint i)
{
        g_assert_cmpuint(i, <, model->columns->len);
        return model->columns->pdata[i];
}
