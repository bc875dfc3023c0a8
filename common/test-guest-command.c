/* SPDX-License-Identifier: MIT */
/* What a user's command line for a VMM comes to. */
#include <string.h>

#include "common/error.h"
#include "common/guest-command.h"
#include "common/target.h"

static PvTarget *
parse(const char *name)
{
        g_autoptr(GError) error = NULL;
        PvTarget *target = pv_target_parse(name, &error);

        g_assert_no_error(error);
        return target;
}

static void
words_are(const char *name, const char *expected)
{
        g_autoptr(PvTarget) target = parse(name);
        g_autofree char *words = g_strjoinv(" ", target->words);

        g_assert_cmpstr(words, ==, expected);
}

#define TAIL "-nodefaults -display none -kernel {image} -serial unix:{serial} -qmp unix:{qmp} -smp {smp}"

/* A QEMU is given what it lacks, and nothing else is. */
static void
test_words(void)
{
        g_setenv("QTEST_QEMU_BINARY", "/opt/my-vmm", TRUE);
        words_are("guest", "/opt/my-vmm -machine {machine} -accel tcg " TAIL);
        words_are("guest:", "/opt/my-vmm -machine {machine} -accel tcg " TAIL);
        words_are("guest:qemu-system-x86_64 -M pc", "qemu-system-x86_64 -M pc -accel tcg " TAIL);
        words_are("guest:/a/qemu-kvm -accel kvm -cpu 'max,x=a b'",
                  "/a/qemu-kvm -accel kvm -cpu max,x=a b -machine {machine} " TAIL);
        words_are("guest:qemu-system-x86_64 -kernel {image} -serial stdio",
                  "qemu-system-x86_64 -kernel {image} -serial stdio");
        words_are("guest:cloud-hypervisor --cpus boot={cpus},max={max_cpus}",
                  "cloud-hypervisor --cpus boot={cpus},max={max_cpus}");
        words_are("guest:sleep 100", "sleep 100");
}

static void
type_is(const char *name, const char *expected, gboolean tcg)
{
        g_autoptr(PvTarget) target = parse(name);

        g_assert_cmpstr(target->machine_type, ==, expected);
        g_assert_cmpint(pv_guest_command_is_tcg(target->words), ==, tcg);
}

static void
test_machine(void)
{
        type_is("guest", NULL, TRUE);
        type_is("guest:qemu-system-x86_64 -M microvm,acpi=off", "microvm", TRUE);
        type_is("guest:qemu-system-x86_64 -machine type=pc-q35-5.2,accel=kvm", "pc-q35-5.2", FALSE);
        type_is("guest:qemu-system-x86_64 -M {machine} -accel kvm {image}", NULL, FALSE);
        type_is("guest:qemu-system-x86_64 -enable-kvm", NULL, FALSE);
        type_is("guest:qemu-system-x86_64 -kernel {image}", "pc", TRUE);
        type_is("guest:firecracker --no-api", NULL, TRUE);
}

static void
test_bad(void)
{
        static const char *const bad[] = {"guest:qemu 'unclosed", "guest: ", "guests:qemu"};

        for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
                g_autoptr(GError) error = NULL;

                g_assert_null(pv_target_parse(bad[i], &error));
                g_assert_error(error, PV_ERROR, PV_ERROR_USAGE);
                g_assert_null(strchr(error->message, '\n'));
        }
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/guest-command/words", test_words);
        g_test_add_func("/guest-command/machine", test_machine);
        g_test_add_func("/guest-command/bad", test_bad);
        return g_test_run();
}
