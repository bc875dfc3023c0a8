/* SPDX-License-Identifier: MIT */
/* The native target, without its ports: which machine, whose CPUs, which mode, what is not done, and why. */
#include <string.h>

#include "common/error.h"
#include "common/native-bus.h"
#include "common/native-cpus.h"
#include "common/native-platform.h"

#define Q35_BRIDGE .vendor = 0x8086, .device = 0x29c0, .subsystem_vendor = 0x1af4, .subsystem = 0x1100

/* ---- which machine ---- */

static void
test_known_machines(void)
{
        static const struct {
                PvNativeSigns signs;
                const char *type, *accelerator;
                PvChipset chipset;
        } rows[] = {
                {{TRUE, "TCGTCGTCGTCG", Q35_BRIDGE, .type = (char *) "pc-q35-7.2"},
                 "pc-q35-7.2", "TCG", PV_CHIPSET_Q35},
                {{TRUE, "KVMKVMKVM", Q35_BRIDGE, .type = (char *) "pc-q35-rhel9.2.0"},
                 "q35", "KVM", PV_CHIPSET_Q35},
                {{TRUE, "KVMKVMKVM", Q35_BRIDGE, .type = (char *) ""}, "q35", "KVM", PV_CHIPSET_Q35},
                {{TRUE, "", 0x8086, 0x1237, 0x1af4, 0x1100, .type = (char *) "pc-i440fx-2.4"},
                 "pc-i440fx-2.4", "an unnamed accelerator", PV_CHIPSET_PC},
        };

        for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
                g_auto(PvNativePlatform) platform = {0};

                g_assert_true(pv_native_identify(&rows[i].signs, &platform, NULL));
                g_assert_cmpstr(platform.type, ==, rows[i].type);
                g_assert_cmpstr(platform.accelerator, ==, rows[i].accelerator);
                g_assert_cmpint(platform.chipset, ==, rows[i].chipset);
        }
}

static void
test_unknown_machines(void)
{
        static const PvNativeSigns rows[] = {
                {FALSE, "", Q35_BRIDGE, (char *) "QEMU", (char *) "a PC", (char *) "pc-q35-7.2"},
                {TRUE, "XenVMMXenVMM", Q35_BRIDGE, (char *) "QEMU", (char *) "a PC", (char *) "pc-q35-7.2"},
                {TRUE, "KVMKVMKVM", 0x8086, 0x0d57, 0, 0, (char *) "Cloud", (char *) "Hypervisor",
                 (char *) ""},
                {TRUE, "KVMKVMKVM", 0x8086, 0x1237, 0, 0, (char *) "", (char *) "", (char *) ""},
                {TRUE, "KVMKVMKVM", 0x1b36, 0x0008, 0x1af4, 0x1100, (char *) "", (char *) "", (char *) ""},
        };

        for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
                g_autoptr(GError) error = NULL;
                PvNativePlatform platform;

                g_assert_false(pv_native_identify(&rows[i], &platform, &error));
                g_assert_error(error, PV_ERROR, PV_ERROR_BLOCKED);
                g_assert_nonnull(strstr(error->message, "none of them was touched"));
        }
}

/* ---- whose CPUs ---- */

#define APIC(uid, id, enabled) 0, 8, uid, id, enabled, 0, 0, 0
#define X2APIC(uid, id, enabled) 9, 16, 0, 0, id, 0, 0, 0, enabled, 0, 0, 0, uid, 0, 0, 0
#define IO_APIC 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
#define HEAD(size) 'A', 'P', 'I', 'C', size, 0, 0, 0, [44] =

static const char cpuinfo[] =
        "processor\t: 0\ninitial apicid\t: 0\napicid\t\t: 0\n\nprocessor\t: 1\napicid\t\t: 5\n";

/* Two sockets of three cores, in no order, an I/O APIC and an x2APIC between them. */
static const guint8 madt[44 + 5 * 8 + 12 + 16] = {
        HEAD(sizeof madt) APIC(1, 1, 0), APIC(0, 0, 1), IO_APIC, APIC(2, 2, 0), APIC(5, 6, 0), X2APIC(4, 5, 0),
        APIC(3, 4, 1)};

static void
test_cpus(void)
{
        static const guint32 ids[] = {0, 1, 2, 4, 5, 6};
        PvHostCpus cpus;
        PvTopology t;

        g_assert_true(pv_native_cpus_parse(madt, sizeof madt, cpuinfo, "0-1\n", &cpus, NULL));
        g_assert_cmpuint(cpus.truth.max_cpus, ==, 6);
        g_assert_cmpuint(cpus.truth.present_count, ==, 2);
        g_assert_cmpmem(cpus.apic_id, sizeof ids, ids, sizeof ids);
        g_assert_cmphex(cpus.present[0], ==, 1 << 0 | 1 << 4);
        g_assert_cmphex(cpus.boot_present[0], ==, 1 << 0 | 1 << 3);
        g_assert_true(cpus.truth.no_ejected && cpus.truth.no_ost);
        g_assert_true(pv_native_topology(&cpus.truth, &t));
        g_assert_cmpuint(t.sockets, ==, 2);
        g_assert_cmpuint(t.cores, ==, 3);
        cpus.apic_id[5] = 7;
        g_assert_false(pv_native_topology(&cpus.truth, &t));
        pv_host_cpus_clear(&cpus);
}

static void
test_no_truth(void)
{
        const struct {
                gsize n, at; /* length, and a byte that is */
                guint8 byte;
                const char *cpuinfo, *present, *why;
        } rows[] = {
                {10, 0, 'A', cpuinfo, "0-1", "no table"},
                {sizeof madt - 1, 0, 'A', cpuinfo, "0-1", "no table"},
                {sizeof madt, 45, 0, cpuinfo, "0-1", "no table"},
                {sizeof madt, sizeof madt - 7, 9, cpuinfo, "0-1", "no table"},
                {sizeof madt, 46, 6, cpuinfo, "0-1", "from 0 on"},
                {sizeof madt, 46, 0, cpuinfo, "0-1", "from 0 on"},
                {sizeof madt, 0, 'A', "apicid : 3\n", "0", "does not have"},
                {sizeof madt, 0, 'A', "apicid : 1\napicid : 1\n", "0-1", "does not have"},
                {sizeof madt, 0, 'A', cpuinfo, "0-2", "online"},
                {sizeof madt, 0, 'A', cpuinfo, "", "online"},
        };

        for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
                guint8 *table = g_memdup2(madt, sizeof madt);
                g_autoptr(GError) error = NULL;
                PvHostCpus cpus;

                table[rows[i].at] = rows[i].byte;
                g_assert_false(pv_native_cpus_parse(table, rows[i].n, rows[i].cpuinfo, rows[i].present, &cpus,
                                                    &error));
                g_assert_error(error, PV_ERROR, PV_ERROR_LIMIT);
                g_assert_nonnull(strstr(error->message, rows[i].why));
                g_free(table);
        }
}

/* ---- which mode ---- */

static void
test_block(void)
{
        static const guint32 ids[] = {0, 200};
        static const guint8 present[] = {3};
        const PvTruth truth = {.max_cpus = 2, .present_count = 2, .apic_id = ids, .present = present};
        guint8 bytes[PV_NATIVE_BLOCK_SIZE];

        memset(bytes, 0xff, sizeof bytes);
        g_assert_cmpint(pv_native_block(bytes, &truth), ==, PV_NATIVE_ABSENT);
        memset(bytes, 0, 12);
        g_assert_cmpint(pv_native_block(bytes, &truth), ==, PV_NATIVE_MODERN);
        bytes[6] = 1;
        g_assert_cmpint(pv_native_block(bytes, &truth), ==, PV_NATIVE_UNCLEAR);
        memset(bytes, 0, sizeof bytes);
        bytes[0] = 1;
        g_assert_cmpint(pv_native_block(bytes, &truth), ==, PV_NATIVE_UNCLEAR); /* without 200 */
        bytes[25] = 1;
        g_assert_cmpint(pv_native_block(bytes, &truth), ==, PV_NATIVE_LEGACY);
        bytes[0] = 3; /* one that was taken away again keeps its bit */
        g_assert_cmpint(pv_native_block(bytes, &truth), ==, PV_NATIVE_LEGACY);
}

/* With all CPUs from 96 to 255 a bitmap ends as nothing does. */
static void
test_block_full(void)
{
        guint32 ids[256];
        guint8 present[32], bytes[PV_NATIVE_BLOCK_SIZE];
        const PvTruth truth = {.max_cpus = 256, .present_count = 256, .apic_id = ids, .present = present};

        for (guint i = 0; i < 256; i++)
                ids[i] = i;
        memset(present, 0xff, sizeof present);
        memset(bytes, 0xff, sizeof bytes);
        g_assert_cmpint(pv_native_block(bytes, &truth), ==, PV_NATIVE_UNCLEAR);
}

/* ---- what is not done ---- */

static void
test_guard(void)
{
        static const struct {
                guint64 address;
                unsigned width;
                gboolean writes;
                guint64 value;
                const char *modern, *legacy; /* why not; NULL: it is done */
        } rows[] = {
                {0xcd8, 4, FALSE, 0, NULL, NULL},
                {0xcf7, 1, FALSE, 0, NULL, NULL},
                {0xcf7, 2, FALSE, 0, "were opened", "were opened"},
                {0xcd7, 2, FALSE, 0, "were opened", "were opened"},
                {0xcf8, 4, TRUE, 0x80000000, "were opened", "were opened"},
                {0xb2, 1, TRUE, 0, "were opened", "were opened"},
                {0xcd8, 4, TRUE, 5, NULL, NULL},
                {0xcd8, 4, TRUE, 0, NULL, "switch"},
                {0xcd8, 1, TRUE, 0, NULL, "switch"},
                {0xcd8, 4, TRUE, 0x100, NULL, "switch"}, /* byte by byte, its first is 0 */
                {0xcd8, 4, TRUE, 0x101, NULL, NULL},
                {0xcd9, 2, TRUE, 0, NULL, NULL},
                {0xcdd, 1, TRUE, 3, NULL, NULL},
                {0xcdc, 1, TRUE, 0xe1, NULL, NULL},
                {0xcdc, 1, TRUE, 0x08, "control", "control"},
                {0xcdc, 1, TRUE, 0x02, "control", "control"},
                {0xcd9, 4, TRUE, 0x08000000, "control", "control"}, /* taken apart, it ejects */
                {0xcdc, 4, TRUE, 0x100, NULL, NULL},
                {0xce0, 4, TRUE, 0, "_OST", "_OST"},
                {0xcdf, 2, TRUE, 0, "_OST", "_OST"},
                {0xce4, 1, TRUE, 0, "behind", "behind"},
                {0x510, 2, TRUE, 0x19, NULL, NULL},
                {0x510, 4, TRUE, 0x19, "between", "between"},
                {0x511, 1, TRUE, 0, "item", "item"},
                {0x511, 1, FALSE, 0, NULL, NULL},
                {0x514, 4, FALSE, 0, NULL, NULL},
                {0x514, 4, TRUE, 0, "memory", "memory"},
                {0x518, 4, TRUE, 0x1000, "memory", "memory"},
        };

        for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
                for (int legacy = 0; legacy < 2; legacy++) {
                        const PvNativeGuard guard = {0xcd8, legacy};
                        const char *expected = legacy ? rows[i].legacy : rows[i].modern;
                        const char *why = pv_native_forbids(&guard, PV_SPACE_PIO, rows[i].address,
                                                            rows[i].width, rows[i].writes, rows[i].value);

                        g_assert_cmpint(!why, ==, !expected);
                        g_assert_true(!why || strstr(why, expected));
                }
}

static void
test_guard_elsewhere(void)
{
        const PvNativeGuard pc = {0xaf00, FALSE};

        g_assert_null(pv_native_forbids(&pc, PV_SPACE_PIO, 0xaf00, 4, TRUE, 0));
        g_assert_nonnull(pv_native_forbids(&pc, PV_SPACE_PIO, 0xcd8, 4, FALSE, 0));
        g_assert_nonnull(pv_native_forbids(&pc, PV_SPACE_MMIO, 0xaf00, 4, FALSE, 0));
        g_assert_nonnull(pv_native_forbids(&pc, PV_SPACE_PIO, 0xaf00, 8, FALSE, 0));
        g_assert_nonnull(pv_native_forbids(&pc, PV_SPACE_PIO, UINT64_MAX, 4, FALSE, 0));
}

/* Three answers to one EPERM; ENOSYS is a fourth line, which no permission changes. */
static void
test_refusals(void)
{
        g_assert_nonnull(strstr(pv_native_refusal(FALSE, ""), "as root"));
        g_assert_nonnull(strstr(pv_native_refusal(FALSE, "[none] integrity confidentiality\n"), "as root"));
        g_assert_nonnull(
                strstr(pv_native_refusal(TRUE, "none [integrity] confidentiality\n"), "lockdown=none"));
        g_assert_nonnull(
                strstr(pv_native_refusal(FALSE, "none integrity [confidentiality]\n"), "lockdown=none"));
        g_assert_nonnull(strstr(pv_native_refusal(TRUE, "[none] integrity\n"), "seccomp"));
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/native/known-machines", test_known_machines);
        g_test_add_func("/native/unknown-machines", test_unknown_machines);
        g_test_add_func("/native/cpus", test_cpus);
        g_test_add_func("/native/no-truth", test_no_truth);
        g_test_add_func("/native/block", test_block);
        g_test_add_func("/native/block-full", test_block_full);
        g_test_add_func("/native/guard", test_guard);
        g_test_add_func("/native/guard-elsewhere", test_guard_elsewhere);
        g_test_add_func("/native/refusals", test_refusals);
        return g_test_run();
}
