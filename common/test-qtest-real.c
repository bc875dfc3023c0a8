/* SPDX-License-Identifier: MIT */
/* The qtest target against the real QEMU; skipped where there is none. With --cost it times an access. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "common/qtest.h"
#include "common/target.h"

#define FILE_NAME "etc/pvabi-test"
#define Q35_BLOCK 0xcd8u
#define PC_BLOCK 0xaf00u
#define SKIPPED 77

typedef struct Opened {
        PvBus *bus;
        PvHost *host;
} Opened;

static const uint8_t *file_data = (const uint8_t *) "a file, made by us";
static const PvTopology small = {
        .cpus = 2, .max_cpus = 12, .sockets = 2, .dies = 1, .cores = 3, .threads = 2};
static const uint8_t plugged[2] = {0, 1 << 2}; /* selector 10 */
static PvTarget target = {.name = (char *) "qtest", .ops = &pv_target_qtest};

static int
test_content(const PvDeviceEnv *env, const char *revision, unsigned index, PvContent *ret_content)
{
        (void) revision;
        g_assert_true(pv_bit_get(env->boot_present, 1) && pv_bit_get(env->boot_present, 10));
        g_assert_cmpuint(env->apic_id[11], ==, 13);
        if (index >= 2)
                return PV_E_UNSUPPORTED;
        *ret_content = (PvContent){.name = index ? "etc/pvabi,empty" : FILE_NAME};
        if (index == 0) {
                ret_content->size = strlen((const char *) file_data);
                ret_content->data = malloc(ret_content->size);
                memcpy(ret_content->data, file_data, ret_content->size);
        }
        return PV_OK;
}

static const PvDeviceOps bare_device = {.content = NULL}, content_device = {.content = test_content};
static const PvBackend bare_backend = {.name = "bare", .device = &bare_device, .in_qemu = true};
static const PvBackend content_backend = {.name = "content", .device = &content_device, .in_qemu = true};
static const PvMachine bare_machine = {
        .name = (char *) "bare", .part = {{.backend = &bare_backend}}, .n_parts = 1};
static const PvMachine content_machine = {
        .name = (char *) "content+bare",
        .part = {{.backend = &content_backend}, {.backend = &bare_backend}},
        .n_parts = 2,
};

static Opened
open_real(const PvMachine *machine, PvChipset chipset)
{
        const PvSetup setup = {.machine = machine,
                               .topology = small,
                               .boot_present = plugged,
                               .chipset = chipset,
                               .phase = PV_PHASE_DXE};
        g_autoptr(GError) error = NULL;
        Opened opened = {0};

        pv_target_qtest.open(&target, &setup, &opened.bus, &opened.host, &error);
        g_assert_no_error(error);
        return opened;
}

static void
close_real(Opened *opened)
{
        opened->bus->ops->free(opened->bus);
}

static uint32_t
in(Opened *opened, uint64_t port, unsigned width)
{
        uint32_t value = 0;

        g_assert_cmpint(pv_bus_in(opened->bus, port, width, &value), ==, PV_OK);
        return value;
}

static void
out(Opened *opened, uint64_t port, unsigned width, uint32_t value)
{
        g_assert_cmpint(pv_bus_out(opened->bus, port, width, value), ==, PV_OK);
}

static PvTruth
truth_of(Opened *opened)
{
        PvTruth truth = {0};

        g_assert_cmpint(opened->host->ops->truth(opened->host, &truth), ==, PV_OK);
        return truth;
}

/* The register block and the host's truth, two independent sources, say the same. */
static void
compare_with_block(Opened *opened, uint64_t base)
{
        PvTruth truth = truth_of(opened);
        uint32_t count = 0;

        out(opened, base, 4, 0);
        for (uint32_t i = 0; i < truth.max_cpus; i++) {
                out(opened, base, 4, i);
                out(opened, base + 5, 1, 3);
                g_assert_cmpuint(in(opened, base + 4, 1) & 1, ==, pv_bit_get(truth.present, i));
                g_assert_cmpuint(in(opened, base + 8, 4), ==, truth.apic_id[i]);
                count += pv_bit_get(truth.present, i);
        }
        g_assert_cmpuint(truth.present_count, ==, count);
}

static void
test_chipsets(void)
{
        static const uint32_t ids[] = {0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13};
        Opened q35 = open_real(&bare_machine, PV_CHIPSET_Q35), pc = open_real(&bare_machine, PV_CHIPSET_PC);
        PvTruth truth = truth_of(&q35);

        g_assert_cmpmem(truth.apic_id, truth.max_cpus * sizeof *ids, ids, sizeof ids);
        g_assert_cmpuint(truth.present_count, ==, 3);
        g_assert_cmpmem(truth.present, 2, truth.boot_present, 2);
        g_assert_cmpint(q35.bus->phase, ==, PV_PHASE_DXE);
        out(&q35, 0xcf8, 4, 0x80000000);
        out(&pc, 0xcf8, 4, 0x80000000);
        g_assert_cmphex(in(&q35, 0xcfc, 4), ==, 0x29c08086);
        g_assert_cmphex(in(&pc, 0xcfc, 4), ==, 0x12378086);
        g_assert_cmphex(in(&pc, 0x10cfc, 2), ==, 0x8086); /* a port has 16 bits */
        compare_with_block(&q35, Q35_BLOCK);
        compare_with_block(&pc, PC_BLOCK);
        close_real(&q35);
        close_real(&pc);
}

/* Directory entries are 64 bytes: big-endian size and key, two bytes of nothing, a name. */
static void
test_fw_cfg(void)
{
        Opened opened = open_real(&content_machine, PV_CHIPSET_Q35);
        uint8_t head[4], data[64] = {0};
        unsigned found = 0;

        out(&opened, 0x510, 2, 0x19);
        g_assert_cmpint(opened.bus->ops->read_string(opened.bus, 0x511, head, 4), ==, PV_OK);
        g_autofree uint8_t *entries = g_malloc(64u * head[3]);
        g_assert_cmpint(opened.bus->ops->read_string(opened.bus, 0x511, entries, 64u * head[3]), ==, PV_OK);
        for (unsigned i = 0; i < head[3]; i++) {
                const uint8_t *entry = entries + 64 * i;

                if (!strcmp((const char *) entry + 8, "etc/pvabi,empty"))
                        found += entry[3] == 0;
                if (strcmp((const char *) entry + 8, FILE_NAME))
                        continue;
                found += entry[3] == strlen((const char *) file_data);
                out(&opened, 0x510, 2, (uint32_t) entry[4] << 8 | entry[5]);
                g_assert_cmpint(opened.bus->ops->read_string(opened.bus, 0x511, data, entry[3]), ==, PV_OK);
        }
        g_assert_cmpuint(found, ==, 2);
        g_assert_cmpstr((const char *) data, ==, (const char *) file_data);
        close_real(&opened);
}

static void
test_memory(void)
{
        Opened opened = open_real(&bare_machine, PV_CHIPSET_Q35);
        const PvBusOps *ops = opened.bus->ops;
        uint8_t sent[5001], got[5001], zero[8] = {1};
        uint64_t value = 0;
        PvGpa gpa;

        for (size_t i = 0; i < sizeof sent; i++)
                sent[i] = (uint8_t) (i * 7 + i / 256);
        g_assert_cmpint(ops->gpa_alloc(opened.bus, sizeof sent + 1, PV_SHARED, &gpa), ==, PV_OK);
        g_assert_cmphex(gpa.value % PV_PAGE_SIZE, ==, 0);
        g_assert_cmpint(ops->gpa_write(opened.bus, (PvGpa){gpa.value + 1}, sent, sizeof sent), ==, PV_OK);
        g_assert_cmpint(ops->gpa_read(opened.bus, (PvGpa){gpa.value + 1}, got, sizeof got), ==, PV_OK);
        g_assert_cmpmem(sent, sizeof sent, got, sizeof got);
        g_assert_cmpint(ops->write(opened.bus, PV_SPACE_MMIO, gpa.value, 8, UINT64_C(0xfedcba9876543210)), ==,
                        PV_OK);
        g_assert_cmpint(ops->read(opened.bus, PV_SPACE_MMIO, gpa.value, 8, &value), ==, PV_OK);
        g_assert_cmphex(value, ==, UINT64_C(0xfedcba9876543210));
        g_assert_cmpint(ops->gpa_free(opened.bus, gpa), ==, PV_OK);
        g_assert_cmpint(ops->gpa_alloc(opened.bus, 1, PV_PRIVATE, &gpa), ==, PV_OK);
        g_assert_cmpint(ops->gpa_read(opened.bus, gpa, zero, sizeof zero), ==, PV_OK);
        g_assert_cmphex(zero[0], ==, 0);
        g_assert_cmpint(ops->gpa_read(opened.bus, (PvGpa){0x7ffffff}, got, 2), ==, PV_E_REFUSED);
        g_assert_cmpint(ops->gpa_write(opened.bus, (PvGpa){UINT64_MAX}, sent, 2), ==, PV_E_REFUSED);
        g_assert_cmpint(ops->gpa_write(opened.bus, (PvGpa){0xa0000}, sent, 1), ==, PV_E_REFUSED);
        close_real(&opened);
}

/* Plugged, acknowledged, asked to go, ejected: by the register block, and as the host sees it. */
static void
test_hotplug(void)
{
        Opened o = open_real(&bare_machine, PV_CHIPSET_Q35);
        PvTruth truth;

        out(&o, Q35_BLOCK, 4, 0);
        g_assert_cmpint(o.host->ops->plug(o.host, 0), ==, PV_E_REFUSED);
        g_assert_cmpint(o.host->ops->plug(o.host, 10), ==, PV_E_REFUSED);
        g_assert_cmpint(o.host->ops->plug(o.host, 12), ==, PV_E_REFUSED);
        g_assert_cmpint(o.host->ops->plug(o.host, 7), ==, PV_OK);
        g_assert_cmpint(o.host->ops->plug(o.host, 3), ==, PV_OK);
        compare_with_block(&o, Q35_BLOCK);
        out(&o, Q35_BLOCK, 4, 7);
        g_assert_cmphex(in(&o, Q35_BLOCK + 4, 1), ==, 3);
        out(&o, Q35_BLOCK + 4, 1, 2);
        g_assert_cmpint(o.host->ops->unplug_request(o.host, 7), ==, PV_OK);
        g_assert_cmpint(o.host->ops->unplug_request(o.host, 8), ==, PV_E_REFUSED);
        g_assert_cmpint(o.host->ops->unplug_request(o.host, 0), ==, PV_E_REFUSED);
        g_assert_cmphex(in(&o, Q35_BLOCK + 4, 1), ==, 5);
        truth = truth_of(&o);
        g_assert_true(truth.present_count == 5 && truth.n_ejected == 0 && pv_bit_get(truth.present, 7));
        out(&o, Q35_BLOCK + 4, 1, 4);
        out(&o, Q35_BLOCK + 4, 1, 8);
        truth = truth_of(&o);
        g_assert_true(truth.present_count == 4 && truth.n_ejected == 1 && truth.last_ejected == 7);
        g_assert_true(!pv_bit_get(truth.present, 7) && !pv_bit_get(truth.boot_present, 7));
        /* Not after the ejection: under TCG, QEMU 7.2 does not go on for long then. */
        close_real(&o);
}

/* Two CPUs of other origins go in one stretch: cold-plugged 10 first, then 1, there from the start. */
static void
test_eject_order(void)
{
        Opened o = open_real(&bare_machine, PV_CHIPSET_Q35);
        PvTruth truth;

        out(&o, Q35_BLOCK, 4, 0);
        g_assert_cmpint(o.host->ops->unplug_request(o.host, 10), ==, PV_OK);
        out(&o, Q35_BLOCK, 4, 10);
        out(&o, Q35_BLOCK + 4, 1, 8);
        out(&o, Q35_BLOCK, 4, 1);
        out(&o, Q35_BLOCK + 4, 1, 8);
        truth = truth_of(&o);
        g_assert_cmpuint(truth.n_ejected, ==, 2);
        g_assert_cmpuint(truth.last_ejected, ==, 1);
        g_assert_cmpuint(truth.present_count, ==, 1);
        truth = truth_of(&o);
        g_assert_cmpuint(truth.n_ejected, ==, 2);
        close_real(&o);
}

static void
test_ost_and_reset(void)
{
        Opened o = open_real(&bare_machine, PV_CHIPSET_Q35);
        PvTruth truth;

        out(&o, Q35_BLOCK, 4, 0);
        out(&o, Q35_BLOCK, 4, 5);
        out(&o, Q35_BLOCK + 5, 1, 1);
        out(&o, Q35_BLOCK + 8, 4, 0x103);
        out(&o, Q35_BLOCK + 5, 1, 2);
        out(&o, Q35_BLOCK + 8, 4, 0x80);
        truth = truth_of(&o);
        g_assert_true(truth.n_ost == 1 && truth.ost_selector == 5);
        g_assert_true(truth.ost_event == 0x103 && truth.ost_status == 0x80);
        g_assert_cmpint(o.host->ops->reset(o.host), ==, PV_OK);
        g_assert_cmpint(o.host->ops->reset(o.host), ==, PV_OK);
        compare_with_block(&o, Q35_BLOCK);
        close_real(&o);
}

/* What migrates: registers, events, memory, CPUs plugged and let go of. A second time too, and plugging goes on. */
static void
test_migration(void)
{
        Opened o = open_real(&content_machine, PV_CHIPSET_Q35);
        const PvBusOps *ops = o.bus->ops;
        uint8_t sent[] = "kept", got[sizeof sent];
        PvTruth truth;
        PvGpa gpa;

        out(&o, Q35_BLOCK, 4, 0);
        g_assert_cmpint(o.host->ops->plug(o.host, 7), ==, PV_OK);
        out(&o, Q35_BLOCK, 4, 1);
        out(&o, Q35_BLOCK + 4, 1, 8); /* one of the first two goes */
        out(&o, Q35_BLOCK, 4, 7);
        out(&o, Q35_BLOCK + 5, 1, 3);
        g_assert_cmpint(ops->gpa_alloc(o.bus, 4096, PV_SHARED, &gpa), ==, PV_OK);
        g_assert_cmpint(ops->gpa_write(o.bus, gpa, sent, sizeof sent), ==, PV_OK);
        for (int i = 0; i < 2; i++) {
                g_assert_cmpint(o.host->ops->save_load(o.host), ==, PV_OK);
                g_assert_cmphex(in(&o, Q35_BLOCK + 4, 1), ==, 3);
                g_assert_cmphex(in(&o, Q35_BLOCK + 8, 4), ==, 9);
                g_assert_cmpint(ops->gpa_read(o.bus, gpa, got, sizeof got), ==, PV_OK);
                g_assert_cmpmem(sent, sizeof sent, got, sizeof got);
        }
        truth = truth_of(&o);
        g_assert_true(truth.n_ejected == 1 && truth.last_ejected == 1 && truth.present_count == 3);
        g_assert_true(!pv_bit_get(truth.present, 1) && pv_bit_get(truth.present, 7) && pv_bit_get(truth.boot_present, 1));
        g_assert_cmpint(o.host->ops->plug(o.host, 3), ==, PV_OK);
        compare_with_block(&o, Q35_BLOCK);
        close_real(&o);
}

/* Machine types that have no CPU hotplug: what there is of them is true, and what there is not is said. */
static void
test_no_hotplug(void)
{
        static const PvMachine absent = {.name = (char *) "none:ones"};
        PvTarget few = {.name = (char *) "qtest::microvm", .ops = &pv_target_qtest, .machine_type = (char *) "microvm"};
        PvSetup setup = {.machine = &absent, .topology = small};
        PvTarget one = few;
        g_autoptr(GError) error = NULL, many = NULL;
        PvTruth truth;
        Opened o;

        g_assert_true(pv_target_qtest.open(&few, &setup, &o.bus, &o.host, &error));
        g_assert_cmphex(in(&o, Q35_BLOCK, 4), ==, 0xffffffff);
        truth = truth_of(&o);
        g_assert_true(truth.present_count == 2 && pv_bit_get(truth.present, 1) && truth.apic_id[11] == 13);
        g_assert_null(o.host->limit);
        g_assert_cmpint(o.host->ops->plug(o.host, 3), ==, PV_E_UNSUPPORTED);
        g_assert_nonnull(strstr(o.host->limit, "no CPU hotplug"));
        g_assert_cmpint(o.host->ops->save_load(o.host), ==, PV_OK);
        g_assert_cmpuint(truth_of(&o).present_count, ==, 2);
        close_real(&o);
        setup.boot_present = plugged;
        g_assert_false(pv_target_qtest.open(&few, &setup, &o.bus, &o.host, &error));
        g_assert_error(error, PV_ERROR, PV_ERROR_LIMIT);
        one.machine_type = (char *) "isapc";
        g_assert_false(pv_target_qtest.open(&one, &setup, &o.bus, &o.host, &many));
        g_assert_error(many, PV_ERROR, PV_ERROR_LIMIT);
}

static void
test_refused(void)
{
        PvTarget odd = target;
        PvSetup setup = {.machine = &bare_machine, .topology = small};
        g_autoptr(GError) product = NULL, type = NULL;
        PvBus *bus;
        PvHost *host;

        setup.topology.max_cpus = 11;
        g_assert_false(pv_target_qtest.open(&odd, &setup, &bus, &host, &product));
        g_assert_error(product, PV_ERROR, PV_ERROR_HARNESS);
        g_assert_nonnull(strstr(product->message, "Invalid CPU topology"));
        setup.topology.max_cpus = 12;
        odd.machine_type = (char *) "pc-q35-0.1";
        g_assert_false(pv_target_qtest.open(&odd, &setup, &bus, &host, &type));
        g_assert_error(type, PV_ERROR, PV_ERROR_HARNESS);
        g_test_message("%s / %s", product->message, type->message);
        g_assert_nonnull(strstr(type->message, "unsupported machine type"));
}

/* A pipeline gives what single accesses give, in order, and more than one piece of it. */
static void
test_batch(void)
{
        Opened o = open_real(&bare_machine, PV_CHIPSET_Q35);
        uint8_t sent[300], got[300] = {0};
        PvTraceItem items[2 * 250 + 2], beyond = {.action = 'M', .width = 1, .where = UINT64_MAX, .data = sent};
        PvGpa gpa;

        for (unsigned i = 0; i < 250; i++) {
                items[2 * i] = (PvTraceItem){.action = 'W', .width = 4, .where = Q35_BLOCK, .value = i % 14};
                items[2 * i + 1] = (PvTraceItem){.action = 'R', .width = 4, .where = Q35_BLOCK + 8};
        }
        for (unsigned i = 0; i < sizeof sent; i++)
                sent[i] = (uint8_t) (i * 7);
        g_assert_cmpint(o.bus->ops->gpa_alloc(o.bus, sizeof sent, PV_SHARED, &gpa), ==, PV_OK);
        items[500] = (PvTraceItem){.action = 'M', .width = sizeof sent, .where = gpa.value, .data = sent};
        items[501] = (PvTraceItem){.action = 'm', .width = sizeof got, .where = gpa.value, .data = got};
        out(&o, Q35_BLOCK, 4, 0);
        g_assert_cmpint(pv_qtest_batch(o.bus, items, 502), ==, PV_OK);
        for (unsigned i = 0; i < 250; i++) /* 12 and 13 are out of range */
                g_assert_cmpuint(items[2 * i + 1].value, ==, i % 14 < 12 ? i % 14 : 0);
        g_assert_cmpmem(sent, sizeof sent, got, sizeof got);
        g_assert_cmpint(pv_qtest_batch(o.bus, &beyond, 1), ==, PV_E_REFUSED);
        g_assert_cmphex(in(&o, Q35_BLOCK + 8, 4), ==, items[499].value);
        close_real(&o);
}

/* As many ejects as the target says it lives through, and a plug after each but the last. */
static void
test_many_events(void)
{
        const PvSetup setup = {.machine = &bare_machine, .topology = small, .boot_present = plugged, .many_events = TRUE};
        g_autoptr(GError) error = NULL;
        Opened o;

        if (!pv_target_qtest.open(&target, &setup, &o.bus, &o.host, &error))
                g_error("%s", error->message);
        out(&o, Q35_BLOCK, 4, 0);
        g_assert_cmpuint(o.bus->limits.max_ejects, >, 0);
        for (uint32_t i = 0; i < o.bus->limits.max_ejects; i++) {
                g_assert_cmpint(o.host->ops->plug(o.host, 7), ==, PV_OK);
                out(&o, Q35_BLOCK, 4, 7);
                out(&o, Q35_BLOCK + 4, 1, 8);
                g_assert_cmpuint(truth_of(&o).n_ejected, ==, i + 1);
        }
        close_real(&o);
}

/* Nanoseconds per access of a bare client, or through the bus. */
static double
time_accesses(PvBus *bus, bool bare, int n)
{
        static const char command[] = "inb 0xcdc\n";
        int fd = pv_qtest_fd(bus);
        gint64 begin = g_get_monotonic_time();
        uint32_t value;
        char answer[64];

        for (int i = 0; i < n; i++) {
                if (!bare)
                        g_assert_cmpint(pv_bus_in(bus, 0xcdc, 1, &value), ==, PV_OK);
                else if (send(fd, command, sizeof command - 1, 0) < 0 ||
                         recv(fd, answer, sizeof answer, 0) <= 0)
                        g_error("the socket is gone");
        }
        return (double) (g_get_monotonic_time() - begin) * 1000 / n;
}

static int
compare_doubles(const void *a, const void *b)
{
        double x = *(const double *) a, y = *(const double *) b;

        return (x > y) - (x < y);
}

/* Medians of interleaved batches, and of opening. */
static int
print_cost(void)
{
        enum { ROUNDS = 41 };
        double ours[ROUNDS], bare[ROUNDS], open_ms[ROUNDS];
        Opened o;

        for (int i = 0; i < ROUNDS; i++) {
                gint64 begin = g_get_monotonic_time();

                o = open_real(&bare_machine, PV_CHIPSET_Q35);
                in(&o, 0xcdc, 1);
                open_ms[i] = (double) (g_get_monotonic_time() - begin) / 1000;
                bare[i] = time_accesses(o.bus, true, 1000);
                ours[i] = time_accesses(o.bus, false, 1000);
                close_real(&o);
        }
        qsort(open_ms, ROUNDS, sizeof *open_ms, compare_doubles);
        qsort(ours, ROUNDS, sizeof *ours, compare_doubles);
        qsort(bare, ROUNDS, sizeof *bare, compare_doubles);
        printf("open %.1f ms; access %.0f ns, bare %.0f ns, ratio %.3f\n", open_ms[ROUNDS / 2],
               ours[ROUNDS / 2], bare[ROUNDS / 2], ours[ROUNDS / 2] / bare[ROUNDS / 2]);
        return 0;
}

int
main(int argc, char **argv)
{
        g_autofree char *why = NULL;

        if (!pv_target_qtest.usable(&target, &why)) {
                printf("1..0 # SKIP %s\n", why);
                return SKIPPED;
        }
        if (argc > 1 && !strcmp(argv[1], "--cost"))
                return print_cost();
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/qtest/real/chipsets", test_chipsets);
        g_test_add_func("/qtest/real/fw-cfg", test_fw_cfg);
        g_test_add_func("/qtest/real/memory", test_memory);
        g_test_add_func("/qtest/real/hotplug", test_hotplug);
        g_test_add_func("/qtest/real/migration", test_migration);
        g_test_add_func("/qtest/real/no-hotplug", test_no_hotplug);
        g_test_add_func("/qtest/real/eject-order", test_eject_order);
        g_test_add_func("/qtest/real/ost-and-reset", test_ost_and_reset);
        g_test_add_func("/qtest/real/batch", test_batch);
        g_test_add_func("/qtest/real/many-events", test_many_events);
        g_test_add_func("/qtest/real/refused", test_refused);
        return g_test_run();
}
