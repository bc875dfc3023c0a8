/* SPDX-License-Identifier: MIT */
/* Versions and ranges. */
#include "common/version.h"

static void
test_at_end(void)
{
        g_assert_cmpuint(pv_version_at_end("QEMU 7.2.22"), ==, PV_VERSION(7, 2) + 22);
        g_assert_cmpuint(pv_version_at_end("pc-q35-2.10"), ==, PV_VERSION(2, 10));
        g_assert_cmpuint(pv_version_at_end("pc-q35-4.0.1"), ==, PV_VERSION(4, 0) + 1);
        g_assert_cmpuint(pv_version_at_end("pc-q35-2.9"), <, pv_version_at_end("pc-q35-2.10"));
        g_assert_cmpuint(pv_version_at_end("microvm"), ==, 0);
        g_assert_cmpuint(pv_version_at_end(""), ==, 0);
        g_assert_cmpuint(pv_version_at_end("1.2.3.4"), ==, 0);
        g_assert_cmpuint(pv_version_at_end("q35"), ==, PV_VERSION(35, 0)); /* who asks knows what q35 is */
}

static gboolean
in(const char *range, const char *version)
{
        PvVersionRange parsed;

        g_assert_true(pv_version_range_parse(range, &parsed));
        return pv_version_in(&parsed, pv_version_at_end(version));
}

static void
test_ranges(void)
{
        PvVersionRange unused;

        g_assert_true(in("*", "7.2.22") && in("*", "no number"));
        g_assert_true(in("7.2", "7.2") && in("7.2", "7.2.22") && !in("7.2", "7.3") && !in("7.2", "7.1.9"));
        g_assert_true(in("6.0-", "6.0.0") && in("6.0-", "11.1.3") && !in("6.0-", "5.2.9"));
        g_assert_true(in("-5.2", "5.2.1") && in("-5.2", "0.1") && !in("-5.2", "6.0"));
        g_assert_true(in("5.0-5.2", "5.1") && in("5-5", "5.9.9") && !in("5-5", "6.0"));
        g_assert_true(in("7.2.0-7.2.9", "7.2.9") && !in("7.2.0-7.2.9", "7.2.10"));
        for (const char *const *bad = (const char *const[]){"", "-", "x", "6.0-x", "x-6.0", "6.0-5.0", "1.2.3.4", "6..0", NULL}; *bad; bad++)
                g_assert_false(pv_version_range_parse(*bad, &unused));
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/version/at-end", test_at_end);
        g_test_add_func("/version/ranges", test_ranges);
        return g_test_run();
}
