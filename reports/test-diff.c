/* SPDX-License-Identifier: MIT */
/* Tests of the comparison of two record files, from literal records. */
#undef G_DISABLE_ASSERT
#include "reports/diff.h"

#include <string.h>

#include "common/error.h"
#include "common/record.h"
#include "reports/diff-limit.h"

#define RUN_OF(machine, version)                                                                             \
        "{\"record\":\"run\",\"schema\":1,\"build\":\"gcc\",\"machine\":{" machine                           \
        "},\"candidates\":[\"reg\"],"                                                                        \
        "\"targets\":[{\"name\":\"model\",\"version\":\"m\"},{\"name\":\"qtest\",\"version\":\"" version     \
        "\"}]}\n"
#define RUN RUN_OF("\"cpu\":\"c\",\"kernel\":\"k\"", "QEMU 7")
#define VERDICT(target, check, verdict, failure)                                                             \
        "{\"record\":\"verdict\",\"candidate\":\"reg\",\"target\":\"" target "\",\"check\":\"" check         \
        "\",\"cell\":\"\",\"verdict\":\"" verdict "\",\"failure\":\"" failure "\"}\n"
#define SAMPLE(answer, counts)                                                                               \
        "{\"record\":\"sample\",\"candidate\":\"reg\",\"target\":\"model\",\"question\":\"Q4\",\"n\":64,"    \
        "\"answer\":\"" answer "\",\"counts\":{" counts "}}\n"
#define COUNTS(reads, strings)                                                                               \
        "\"reads\":" reads ",\"writes\":10,\"strings\":" strings ",\"string_bytes\":50,\"platform\":2"
#define LIE_IN(memory, end, more)                                                                            \
        "{\"record\":\"hostile\",\"candidate\":\"reg\",\"target\":\"model\",\"backend\":\"dev\",\"lie\":"    \
        "\"A01\",\"guest\":\"sev\",\"memory\":\"" memory "\",\"end\":\"" end "\"" more "}\n"
#define LIE(end) LIE_IN("opaque", end, "")
#define TIME(target, value, more)                                                                            \
        "{\"record\":\"speed\",\"name\":\"step\",\"target\":\"" target                                       \
        "\",\"unit\":\"ns\",\"value\":" value more "}\n"
#define FLOOR(floor) ",\"floor\":" floor

static PvDiff *
diff_of(const char *old_text, const char *new_text)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) old = pv_record_parse(old_text, strlen(old_text), "old", &error);
        g_autoptr(GPtrArray) new = old ? pv_record_parse(new_text, strlen(new_text), "new", &error) : NULL;

        g_assert_no_error(error);
        return pv_diff_new(old, new);
}

/* Of two files that hold one thing. */
static PvDiffSense
sense_of(const char *old, const char *new)
{
        g_autoptr(PvDiff) diff = diff_of(old, new);

        g_assert_cmpuint(diff->rows->len, ==, 1);
        return g_array_index(diff->rows, PvDiffRow, 0).sense;
}

static gboolean
got_worse(const char *old, const char *new, gboolean counts_too)
{
        g_autoptr(PvDiff) diff = diff_of(old, new);

        return pv_diff_got_worse(diff, counts_too);
}

/* ---- lies ---- */

static void
test_lies(void)
{
        g_autoptr(PvDiff) contrast = diff_of(RUN LIE_IN("opaque", "named", ",\"contrast\":true"), RUN);
        g_autoptr(PvDiff) memories = diff_of(RUN LIE("named"), RUN LIE("named") LIE_IN("aes-xex", "named", ""));

        g_assert_cmpint(sense_of(RUN LIE("named"), RUN LIE("named")), ==, PV_DIFF_SAME);
        g_assert_cmpint(sense_of(RUN LIE("named"), RUN LIE("harmless")), ==, PV_DIFF_OTHER);
        g_assert_cmpint(sense_of(RUN LIE("harmless"), RUN LIE("BELIEVED")), ==, PV_DIFF_WORSE);
        g_assert_cmpint(sense_of(RUN LIE("ENDLESS"), RUN LIE("named")), ==, PV_DIFF_BETTER);
        g_assert_cmpint(sense_of(RUN, RUN LIE("taken for something else")), ==, PV_DIFF_WORSE);
        g_assert_true(got_worse(RUN LIE("named"), RUN LIE("not tried"), FALSE));
        g_assert_cmpuint(contrast->rows->len, ==, 0);
        g_assert_cmpuint(memories->tally[PV_DIFF_LIE][PV_DIFF_CAME], ==, 1);
}

/* ---- verdicts ---- */

static void
test_verdicts(void)
{
        static const struct {
                const char *old, *old_failure, *new, *new_failure;
                PvDiffSense sense;
        } cases[] = {
                {"pass", "none", "pass", "none", PV_DIFF_SAME},
                {"pass", "none", "fail", "wrong", PV_DIFF_WORSE},
                {"pass", "none", "n/a", "none", PV_DIFF_WORSE},
                {"pass", "none", "xpass", "none", PV_DIFF_WORSE},
                {"xfail", "none", "fail", "wrong", PV_DIFF_WORSE},
                {"fail", "wrong", "error", "none", PV_DIFF_WORSE},
                {"fail", "wrong", "pass", "none", PV_DIFF_BETTER},
                {"xfail", "wrong", "xpass", "none", PV_DIFF_BETTER},
                {"blocked", "none", "pass", "none", PV_DIFF_BETTER},
                {"n/a", "none", "not-claimed", "none", PV_DIFF_OTHER},
                {"fail", "wrong", "fail", "crashed", PV_DIFF_OTHER},
        };

        for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autofree char *old = g_strdup_printf(RUN VERDICT("model", "A-A-001", "%s", "%s"),
                                                       cases[i].old, cases[i].old_failure);
                g_autofree char *new = g_strdup_printf(RUN VERDICT("model", "A-A-001", "%s", "%s"),
                                                       cases[i].new, cases[i].new_failure);

                g_assert_cmpint(sense_of(old, new), ==, cases[i].sense);
                g_assert_cmpint(got_worse(old, new, FALSE), ==, cases[i].sense == PV_DIFF_WORSE);
        }
}

static void
test_came_and_gone(void)
{
        static const char pass[] = RUN VERDICT("model", "A-A-001", "pass", "none");

        g_assert_cmpint(sense_of(RUN, pass), ==, PV_DIFF_CAME);
        g_assert_cmpint(sense_of(pass, RUN), ==, PV_DIFF_GONE);
        g_assert_cmpint(sense_of(RUN, RUN VERDICT("model", "A-A-001", "xfail", "wrong")), ==, PV_DIFF_CAME);
        g_assert_cmpint(sense_of(RUN, RUN VERDICT("model", "A-A-001", "fail", "wrong")), ==, PV_DIFF_WORSE);
        g_assert_cmpint(sense_of(RUN, RUN VERDICT("model", "A-A-001", "xpass", "none")), ==, PV_DIFF_WORSE);
        g_assert_true(got_worse(RUN, RUN SAMPLE("wrong", ""), FALSE));
        g_assert_false(got_worse(pass, RUN, TRUE));
}

/*
 * Another attempt replaces the one before; a socket's path does not tell targets apart, a target's name does.
 */
static void
test_which_are_joined(void)
{
        g_autoptr(PvDiff) apart = diff_of(RUN VERDICT("model", "A-A-001", "pass", "none"),
                                          RUN VERDICT("qtest", "A-A-001", "pass", "none"));

        g_assert_cmpint(sense_of(RUN VERDICT("model", "A-A-001", "pass", "none"),
                                 RUN VERDICT("model", "A-A-001", "fail", "wrong")
                                         VERDICT("model", "A-A-001", "pass", "none")),
                        ==, PV_DIFF_SAME);
        g_assert_cmpint(sense_of(RUN VERDICT("qtest:unix:/tmp/a", "A-A-001", "pass", "none"),
                                 RUN VERDICT("qtest:unix:/tmp/b", "A-A-001", "pass", "none")),
                        ==, PV_DIFF_SAME);
        g_assert_cmpuint(apart->tally[PV_DIFF_VERDICT][PV_DIFF_GONE], ==, 1);
        g_assert_cmpuint(apart->tally[PV_DIFF_VERDICT][PV_DIFF_CAME], ==, 1);
        g_assert_cmpuint(pv_diff_compared(apart, PV_DIFF_VERDICT), ==, 0);
}

/* ---- counts ---- */

static void
test_counts(void)
{
        static const char old[] = RUN SAMPLE("ok", COUNTS("100", "2"));

        g_assert_cmpint(sense_of(old, old), ==, PV_DIFF_SAME);
        g_assert_cmpint(sense_of(old, RUN SAMPLE("ok", COUNTS("101", "2"))), ==, PV_DIFF_WORSE);
        g_assert_cmpint(sense_of(old, RUN SAMPLE("ok", COUNTS("99", "2"))), ==, PV_DIFF_BETTER);
        g_assert_cmpint(sense_of(old, RUN SAMPLE("ok", COUNTS("99", "3"))), ==, PV_DIFF_OTHER);
        g_assert_cmpint(sense_of(old, RUN SAMPLE("cannot-answer", COUNTS("0", "0"))), ==, PV_DIFF_WORSE);
        g_assert_cmpint(
                sense_of(RUN SAMPLE("ok", COUNTS("1", "0") "},\"private_counts\":{\"shared_pages\":1"),
                         RUN SAMPLE("ok", COUNTS("1", "0") "},\"private_counts\":{\"shared_pages\":2")),
                ==, PV_DIFF_WORSE);
        /* A count that older files lack is not one that was zero. */
        g_assert_cmpint(sense_of(old, RUN SAMPLE("ok", COUNTS("100", "2") ",\"retries\":5")), ==,
                        PV_DIFF_SAME);
        g_assert_true(got_worse(old, RUN SAMPLE("ok", COUNTS("101", "2")), TRUE));
        g_assert_false(got_worse(old, RUN SAMPLE("ok", COUNTS("101", "2")), FALSE));
}

static void
test_sums(void)
{
        g_autoptr(PvDiff) diff = diff_of(RUN SAMPLE("ok", COUNTS("100", "2")),
                                         RUN SAMPLE("ok", COUNTS("100", "2") ",\"exits\":777"));
        const PvDiffRow *row = &g_array_index(diff->rows, PvDiffRow, 0);

        g_assert_cmpfloat(pv_diff_figure(row->old, "accesses")->value, ==, 100 + 10 + 50);
        g_assert_cmpfloat(pv_diff_figure(row->old, "exits")->value, ==, 100 + 10 + 2 + 2);
        g_assert_cmpfloat(pv_diff_figure(row->new, "exits")->value, ==, 777);
        g_assert_null(pv_diff_figure(row->new, "nonsense"));
}

#define EXACTNESS(agreement, exits)                                                                          \
        "{\"record\":\"exactness\",\"candidate\":\"reg\",\"target\":\"kvm\",\"question\":\"Q4\",\"n\":64,"   \
        "\"agreement\":\"" agreement "\",\"vmm\":{\"exits\":" exits "}}\n"

static void
test_exactness(void)
{
        static const char old[] = RUN EXACTNESS("equal", "16");

        g_assert_cmpint(sense_of(old, old), ==, PV_DIFF_SAME);
        g_assert_cmpint(sense_of(old, RUN EXACTNESS("equal", "17")), ==, PV_DIFF_WORSE);
        g_assert_cmpint(sense_of(old, RUN EXACTNESS("differ", "16")), ==, PV_DIFF_WORSE);
        g_assert_true(got_worse(RUN, RUN EXACTNESS("differ", "16"), FALSE));
        g_assert_false(got_worse(RUN, old, TRUE));
}

/* ---- times ---- */

static void
test_floor(void)
{
        static const char old[] = RUN TIME("model", "100", FLOOR("1.05"));

        g_assert_cmpint(sense_of(old, RUN TIME("model", "105", FLOOR("1.01"))), ==, PV_DIFF_SAME);
        g_assert_cmpint(sense_of(old, RUN TIME("model", "106", FLOOR("1.01"))), ==, PV_DIFF_WORSE);
        g_assert_cmpint(sense_of(old, RUN TIME("model", "106", FLOOR("1.20"))), ==, PV_DIFF_SAME);
        g_assert_cmpint(sense_of(old, RUN TIME("model", "95.3", FLOOR("1.01"))), ==, PV_DIFF_SAME);
        g_assert_cmpint(sense_of(old, RUN TIME("model", "95.1", FLOOR("1.01"))), ==, PV_DIFF_BETTER);
        g_assert_cmpint(sense_of(old, RUN TIME("model", "1000", "")), ==, PV_DIFF_NO_FLOOR);
        g_assert_cmpint(sense_of(RUN TIME("model", "1", ""), old), ==, PV_DIFF_NO_FLOOR);
        g_assert_false(got_worse(old, RUN TIME("model", "1000", FLOOR("1.01")), TRUE));
}

static PvDiffSense
between_machines(const char *machine, const char *other, const char *version, const char *target)
{
        g_autofree char *old =
                g_strdup_printf(RUN_OF("%s", "QEMU 7") TIME("%s", "1", FLOOR("1.1")), machine, target);
        g_autofree char *new =
                g_strdup_printf(RUN_OF("%s", "%s") TIME("%s", "9", FLOOR("1.1")), other, version, target);

        return sense_of(old, new);
}

static void
test_environments(void)
{
        g_assert_cmpint(between_machines("\"cpu\":\"c\"", "\"cpu\":\"c\"", "QEMU 7", "model"), ==,
                        PV_DIFF_WORSE);
        g_assert_cmpint(between_machines("\"cpu\":\"c\"", "\"cpu\":\"d\"", "QEMU 7", "model"), ==,
                        PV_DIFF_UNLIKE);
        g_assert_cmpint(between_machines("\"cpu\":\"c\"", "\"cpu\":\"c\",\"kvm\":\"x\"", "QEMU 7", "model"),
                        ==, PV_DIFF_UNLIKE);
        /* Another VMM bears on its own times only. */
        g_assert_cmpint(between_machines("\"cpu\":\"c\"", "\"cpu\":\"c\"", "QEMU 9", "qtest"), ==,
                        PV_DIFF_UNLIKE);
        g_assert_cmpint(between_machines("\"cpu\":\"c\"", "\"cpu\":\"c\"", "QEMU 9", "model"), ==,
                        PV_DIFF_WORSE);
}

static void
test_shift(void)
{
        static const char *const names[] = {"a", "b", "c", "d", "e"};
        static const char form[] =
                "{\"record\":\"speed\",\"name\":\"%s\",\"target\":\"model\",\"unit\":\"ns\","
                "\"value\":%u,\"floor\":1.01}\n";
        g_autoptr(GString) old = g_string_new(RUN), new = g_string_new(RUN);

        for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
                g_autoptr(PvDiff) few = diff_of(old->str, new->str);

                g_assert_cmpfloat(pv_diff_shift(few, "model"), ==, 0);
                g_string_append_printf(old, form, names[i], 100u);
                g_string_append_printf(new, form, names[i], 100u + 10 * i); /* 1.2 in the middle */
        }
        {
                g_autoptr(PvDiff) diff = diff_of(old->str, new->str);

                g_assert_cmpfloat_with_epsilon(pv_diff_shift(diff, "model"), 1.2, 1e-9);
                g_assert_cmpfloat(pv_diff_shift(diff, "qtest"), ==, 0);
        }
}

/* The fields are named, and verdicts and counts are compared all the same. */
static void
test_unlike(void)
{
        g_autoptr(PvDiff) diff = diff_of(RUN_OF("\"cpu\":\"c\",\"os\":\"o\"", "QEMU 7")
                                                 VERDICT("model", "A-A-001", "pass", "none"),
                                         RUN_OF("\"cpu\":\"d\",\"os\":\"o\",\"kvm\":\"x\"", "QEMU 9")
                                                 VERDICT("model", "A-A-001", "pass", "none"));
        static const char *const expected[][4] = {
                {"machine.cpu", NULL, "c", "d"},
                {"machine.kvm", NULL, "not recorded", "x"},
                {"version", "qtest", "QEMU 7", "QEMU 9"},
        };

        g_assert_cmpuint(diff->fields->len, ==, G_N_ELEMENTS(expected));
        for (guint i = 0; i < G_N_ELEMENTS(expected); i++) {
                const PvDiffField *field = diff->fields->pdata[i];

                g_assert_cmpstr(field->name, ==, expected[i][0]);
                g_assert_cmpstr(field->target, ==, expected[i][1]);
                g_assert_cmpstr(field->old, ==, expected[i][2]);
                g_assert_cmpstr(field->new, ==, expected[i][3]);
        }
        g_assert_cmpuint(pv_diff_compared(diff, PV_DIFF_VERDICT), ==, 1);
}

#define WHOLE(median, low, high)                                                                             \
        "{\"record\":\"time\",\"candidate\":\"reg\",\"target\":\"model\",\"question\":\"Q4\",\"n\":64,"      \
        "\"times\":"                                                                                         \
        "{\"samples\":9,\"median\":" median ",\"low\":" low ",\"high\":" high ",\"floor\":1.01}}\n"

/* Times of which more is known must be apart as well: above the floor is not enough. */
static void
test_intervals(void)
{
        static const char old[] = RUN WHOLE("100", "90", "120");

        g_assert_cmpint(sense_of(old, RUN WHOLE("130", "119", "140")), ==, PV_DIFF_SAME);
        g_assert_cmpint(sense_of(old, RUN WHOLE("130", "121", "140")), ==, PV_DIFF_WORSE);
        g_assert_cmpint(sense_of(old, RUN WHOLE("80", "70", "89")), ==, PV_DIFF_BETTER);
}

/* Members missing or of another type are no crash, and no difference of a file from itself. */
static void
test_wrong_types(void)
{
        static const char odd[] =
                "{\"record\":\"run\",\"schema\":1,\"machine\":4,\"targets\":[5,null,{\"name\":[]}]}\n"
                "{\"record\":\"verdict\",\"verdict\":[]}\n{\"record\":\"sample\",\"answer\":\"ok\","
                "\"counts\":3}\n"
                "{\"record\":\"sample\",\"answer\":\"ok\",\"n\":2,\"counts\":{\"reads\":\"x\",\"writes\":[]}}"
                "\n"
                "{\"record\":\"speed\",\"value\":\"x\"}\n{\"record\":\"exactness\",\"vmm\":1}\n{\"record\":"
                "\"time\"}\n";
        g_autoptr(PvDiff) diff = diff_of(odd, odd);
        g_autoptr(JsonObject) json = pv_diff_to_json(diff);

        g_assert_cmpuint(diff->fields->len, ==, 0);
        g_assert_cmpuint(diff->tally[PV_DIFF_SAMPLE][PV_DIFF_SAME], ==, 3);
        g_assert_cmpuint(diff->tally[PV_DIFF_VERDICT][PV_DIFF_SAME], ==, 1);
        g_assert_true(json_object_has_member(json, "tally"));
}

/* ---- limits ---- */

static void
expect_limit(const char *text, const char *old, const char *new, guint compared, guint broken)
{
        g_autoptr(PvDiff) diff = diff_of(old, new);
        g_autoptr(GError) error = NULL;
        PvDiffLimit limit;
        g_auto(PvDiffLimitResult) result = {0};

        g_assert_true(pv_diff_limit_parse(text, &limit, &error));
        result = pv_diff_limit_judge(&limit, diff);
        g_assert_cmpuint(result.compared, ==, compared);
        g_assert_cmpuint(result.broken->len, ==, broken);
}

static void
test_limits(void)
{
        static const char old[] = RUN SAMPLE("ok", COUNTS("100", "0")),
                          more[] = RUN SAMPLE("ok", COUNTS("110", "0"));
        static const char fast[] = RUN TIME("model", "100", FLOOR("1.5")),
                          slow[] = RUN TIME("model", "140", FLOOR("1.5"));

        expect_limit("reads>10%", old, more, 1, 0);
        expect_limit("reads>9.9%", old, more, 1, 1);
        expect_limit(" reads > 0% ", more, old, 1, 0);
        expect_limit("exits>8%", old, more, 1, 1);                                   /* 112 -> 122 */
        expect_limit("strings>100%", old, RUN SAMPLE("ok", COUNTS("1", "1")), 1, 1); /* from nothing */
        expect_limit("doorbells>0%", old, more, 0, 0);
        expect_limit("time>10%", old, more, 0, 0);
        expect_limit("time>10%", fast, slow, 1, 0);
        expect_limit("time>10%", RUN TIME("model", "100", FLOOR("1.3")),
                     RUN TIME("model", "140", FLOOR("1.3")), 1, 1);
        expect_limit("time>10%", fast, RUN TIME("model", "900", ""), 0, 0);
        expect_limit("gone>50%",
                     RUN VERDICT("model", "A-A-001", "pass", "none")
                             VERDICT("model", "A-A-002", "pass", "none"),
                     RUN VERDICT("model", "A-A-001", "pass", "none"), 2, 0);
        expect_limit("gone>49%",
                     RUN VERDICT("model", "A-A-001", "pass", "none")
                             VERDICT("model", "A-A-002", "pass", "none"),
                     RUN VERDICT("model", "A-A-001", "pass", "none"), 2, 1);
}

static void
test_bad_limits(void)
{
        static const char *const bad[] = {"",           "exits",    "exits>",    "exits>x%",   "exits>5",
                                          "exits>-1%",  ">5%",      "exits>5%%", "exits>nan%", "exits<5%",
                                          "exits>inf%", "EXITS>5%", "time>1e9%", "exits>5%>6%"};

        for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
                g_autoptr(GError) error = NULL;
                PvDiffLimit limit;

                g_assert_false(pv_diff_limit_parse(bad[i], &limit, &error));
                g_assert_error(error, PV_ERROR, PV_ERROR_USAGE);
        }
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/diff/verdicts", test_verdicts);
        g_test_add_func("/diff/lies", test_lies);
        g_test_add_func("/diff/came-and-gone", test_came_and_gone);
        g_test_add_func("/diff/joined", test_which_are_joined);
        g_test_add_func("/diff/counts", test_counts);
        g_test_add_func("/diff/sums", test_sums);
        g_test_add_func("/diff/exactness", test_exactness);
        g_test_add_func("/diff/floor", test_floor);
        g_test_add_func("/diff/intervals", test_intervals);
        g_test_add_func("/diff/environments", test_environments);
        g_test_add_func("/diff/shift", test_shift);
        g_test_add_func("/diff/unlike", test_unlike);
        g_test_add_func("/diff/wrong-types", test_wrong_types);
        g_test_add_func("/diff/limits", test_limits);
        g_test_add_func("/diff/bad-limits", test_bad_limits);
        return g_test_run();
}
