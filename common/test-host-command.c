/* SPDX-License-Identifier: MIT */
/* Host events by commands: what is run, what is true afterwards, and what is said where a command is missing
 * or fails. */
#include <string.h>

#include "common/error.h"
#include "common/host-command.h"

static int
count_reset(void *data)
{
        ++*(guint *) data;
        return 0;
}

static PvHost *
make(const char *commands, guint *resets)
{
        const PvHostCommandPlan plan = {.commands = commands,
                                        .folder = "/folder",
                                        .topology = {2, 12, 2, 1, 3, 2},
                                        .was_reset = count_reset,
                                        .data = resets};

        g_assert_true(!commands || pv_host_command_check(commands, NULL));
        return pv_host_command_new(&plan);
}

static void
says(const PvHost *host, const char *why)
{
        g_assert_nonnull(host->limit);
        if (!strstr(host->limit, why))
                g_error("\"%s\" is not in: %s", why, host->limit);
}

static void
test_events(void)
{
        guint resets = 0;
        PvHost *host = make("'plug=test {selector}:{apic_id}:{count}:{folder} = 10:12:3:/folder' reset=true",
                            &resets);
        PvTruth truth;

        g_assert_cmpint(host->ops->plug(host, 10), ==, 0);
        g_assert_cmpint(host->ops->plug(host, 10), ==, PV_E_REFUSED);
        g_assert_cmpint(host->ops->plug(host, 12), ==, PV_E_REFUSED);
        g_assert_cmpint(host->ops->truth(host, &truth), ==, 0);
        g_assert_cmpuint(truth.present_count, ==, 3);
        g_assert_true(pv_bit_get(truth.present, 10));
        g_assert_false(pv_bit_get(truth.boot_present, 10));
        g_assert_true(truth.no_ejected && truth.no_ost);
        g_assert_cmpint(host->ops->reset(host), ==, 0);
        g_assert_cmpuint(resets, ==, 1);
        g_assert_cmpint(host->ops->save_load(host), ==, PV_E_UNSUPPORTED);
        pv_host_command_free(host);
}

/* Once a CPU was asked for, only a command knows whether it is there. */
static void
test_unplug(void)
{
        static const char cpus[] =
                "unplug=true 'cpus=echo max=2 present=0 apic-ids=0,1 ejected=1 last-ejected=1'";
        PvHost *host = make("unplug=true", NULL);
        PvTruth truth;

        g_assert_cmpint(host->ops->unplug_request(host, 1), ==, 0);
        g_assert_cmpint(host->ops->truth(host, &truth), ==, PV_E_UNSUPPORTED);
        says(host, "nobody says here whether a CPU has gone");
        pv_host_command_free(host);

        host = make(cpus, NULL);
        g_assert_cmpint(host->ops->unplug_request(host, 1), ==, 0);
        g_assert_cmpint(host->ops->truth(host, &truth), ==, 0);
        g_assert_cmpuint(truth.max_cpus, ==, 2);
        g_assert_cmpuint(truth.n_ejected, ==, 1);
        pv_host_command_free(host);
}

static void
test_limits(void)
{
        static const struct {
                const char *commands, *why;
        } cases[] = {
                {NULL, "no host events here; add --host-cmd 'plug=COMMAND'"},
                {"plug=false", "--host-cmd plug=: false ended with status 1"},
                {"'plug=sh -c \"echo no slot >&2; exit 4\"'", "sh ended with status 4: no slot"},
                {"'plug=sh -c \"kill -9 \\$\\$\"'", "sh was killed by signal 9"},
                {"plug=/nonexistent", "/nonexistent"},
        };

        for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
                PvHost *host = make(cases[i].commands, NULL);
                PvTruth truth;

                g_assert_cmpint(host->ops->plug(host, 5), ==, PV_E_UNSUPPORTED);
                says(host, cases[i].why);
                g_assert_cmpint(host->ops->truth(host, &truth), ==, 0);
                g_assert_cmpuint(truth.present_count, ==, 2);
                pv_host_command_free(host);
        }
}

static void
test_babble(void)
{
        PvHost *host = make("'cpus=echo many'", NULL);
        PvTruth truth;

        g_assert_cmpint(host->ops->truth(host, &truth), ==, PV_E_UNSUPPORTED);
        says(host, "cpus= printed something else");
        pv_host_command_free(host);
}

static void
test_option(void)
{
        static const char *const bad[] = {
                "plug", "plug=", "'plug=", "push=true", "plug=true reset", "'plug=a \"b'"};

        g_assert_true(pv_host_command_check("plug=true unplug='a b' reset=\"c 'd e'\"", NULL));
        for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
                g_autoptr(GError) error = NULL;

                g_assert_false(pv_host_command_check(bad[i], &error));
                g_assert_error(error, PV_ERROR, PV_ERROR_USAGE);
        }
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/host-command/events", test_events);
        g_test_add_func("/host-command/unplug", test_unplug);
        g_test_add_func("/host-command/limits", test_limits);
        g_test_add_func("/host-command/babble", test_babble);
        g_test_add_func("/host-command/option", test_option);
        return g_test_run();
}
