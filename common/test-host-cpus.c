/* SPDX-License-Identifier: MIT */
/* What a program says of its own CPUs: taken when it is whole, refused when it is not. */
#include <string.h>

#include "common/host-cpus.h"

static void
test_whole(void)
{
        PvHostCpus cpus;
        const char *why;

        g_assert_true(
                pv_host_cpus_parse("colour=red apic-ids=0-5,8-13 present=0-1,10 max=12 boot=0-1 ejected=1 "
                                   "last-ejected=4 ost=2 last-ost=10,259,132",
                                   &cpus, &why));
        g_assert_cmpuint(cpus.truth.max_cpus, ==, 12);
        g_assert_cmpuint(cpus.truth.present_count, ==, 3);
        g_assert_true(pv_bit_get(cpus.truth.present, 10));
        g_assert_false(pv_bit_get(cpus.truth.boot_present, 10));
        g_assert_cmpuint(cpus.truth.apic_id[11], ==, 13);
        g_assert_cmpuint(cpus.truth.last_ejected, ==, 4);
        g_assert_cmpuint(cpus.truth.n_ost, ==, 2);
        g_assert_cmpuint(cpus.truth.ost_selector, ==, 10);
        g_assert_cmpuint(cpus.truth.ost_event, ==, 259);
        g_assert_cmpuint(cpus.truth.ost_status, ==, 132);
        g_assert_false(cpus.truth.no_ejected || cpus.truth.no_ost);
        pv_host_cpus_clear(&cpus);
}

/* What is not counted is unknown, not zero. */
static void
test_least(void)
{
        PvHostCpus cpus;
        const char *why;

        g_assert_true(pv_host_cpus_parse("max=2 present= apic-ids=7,3", &cpus, &why));
        g_assert_cmpuint(cpus.truth.present_count, ==, 0);
        g_assert_cmpuint(cpus.truth.apic_id[0], ==, 7);
        g_assert_true(cpus.truth.no_ejected && cpus.truth.no_ost);
        pv_host_cpus_clear(&cpus);
}

static void
test_bad(void)
{
        static const struct {
                const char *words, *why;
        } cases[] = {
                {"", "max="},
                {"max=0 present= apic-ids=", "max="},
                {"max=1048577 present= apic-ids=0", "max="},
                {"max=2", "present="},
                {"max=2 present=2 apic-ids=0,1", "present="},
                {"max=2 present=1-0 apic-ids=0,1", "present="},
                {"max=2 present=0 apic-ids=0", "apic-ids="},
                {"max=2 present=0 apic-ids=0-4294967295", "apic-ids="},
                {"max=2 present=0 apic-ids=0,x", "apic-ids="},
                {"max=2 present=0 apic-ids=0,1 boot=9", "boot="},
                {"max=2 present=0 apic-ids=0,1 ejected=-1", "ejected="},
                {"max=2 present=0 apic-ids=0,1 ejected=1", "last-ejected="},
                {"max=2 present=0 apic-ids=0,1 ost=some", "ost="},
                {"max=2 present=0 apic-ids=0,1 ost=1 last-ost=1,2", "last-ost="},
        };

        for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
                PvHostCpus cpus;
                const char *why = NULL;

                g_assert_false(pv_host_cpus_parse(cases[i].words, &cpus, &why));
                g_assert_nonnull(strstr(why, cases[i].why));
        }
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/host-cpus/whole", test_whole);
        g_test_add_func("/host-cpus/least", test_least);
        g_test_add_func("/host-cpus/bad", test_bad);
        return g_test_run();
}
