/* SPDX-License-Identifier: MIT */
/* The device model gives the answers that a real QEMU gave OVMF and Linux; and what no trace shows. */
#undef NDEBUG
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend-regblock/device.h"
#include "backend-regblock/regblock.h"

#define BASE REGBLOCK_BASE_Q35

/* A machine of one device. */
typedef struct Machine {
        PvTopology topology;
        uint32_t apic_id[512];
        uint8_t boot_present[64];
        PvDeviceEnv env;
        void *device;
        uint32_t n_ejected, n_sci;
} Machine;

static void
ejected(void *host, uint32_t selector)
{
        Machine *m = host;

        m->n_ejected++;
        regblock_device.unplugged(m->device, selector);
}

static void
notify(void *host, PvNotice notice)
{
        assert(notice == PV_NOTICE_SCI);
        ((Machine *) host)->n_sci++;
}

static void
ost(void *host, uint32_t selector, uint32_t event, uint32_t status)
{
        (void) host;
        (void) selector;
        (void) event;
        (void) status;
}

static void
power_on(Machine *m, PvTopology topology, const char *revision)
{
        memset(m, 0, sizeof *m);
        m->topology = topology;
        for (uint32_t i = 0; i < topology.max_cpus; i++)
                m->apic_id[i] = pv_topology_apic_id(&topology, i);
        for (uint32_t i = 0; i < topology.cpus; i++)
                pv_bit_set(m->boot_present, i, true);
        m->env = (PvDeviceEnv){.struct_size = sizeof m->env, .topology = &m->topology, .apic_id = m->apic_id,
                               .boot_present = m->boot_present, .host = m, .notify = notify, .ejected = ejected,
                               .ost = ost};
        m->device = regblock_device.create(&m->env, revision);
        assert(m->device);
}

static uint64_t
in(Machine *m, uint64_t address, unsigned width)
{
        return regblock_device.read(m->device, PV_SPACE_PIO, address, width);
}

static void
out(Machine *m, uint64_t address, unsigned width, uint64_t value)
{
        regblock_device.write(m->device, PV_SPACE_PIO, address, width, value);
}

static void
host_event(Machine *m, const char *line)
{
        unsigned selector = 0;
        char action[32];

        assert(sscanf(line, "H %31s %u", action, &selector) >= 1);
        if (!strcmp(action, "plug"))
                assert(regblock_device.plug(m->device, selector) == 0);
        else if (!strcmp(action, "unplug-request"))
                assert(regblock_device.unplug_request(m->device, selector) == 0);
        else if (!strcmp(action, "switch-modern"))
                out(m, BASE, 4, 0);
        else
                assert(!"an event that this test knows");
}

/* Every read gives the recorded value; returns how many were compared. */
static unsigned
replay(Machine *m, const char *path)
{
        FILE *trace = fopen(path, "r");
        unsigned compared = 0;
        char line[128];

        assert(trace);
        while (fgets(line, sizeof line, trace)) {
                unsigned address, width, value;

                if (line[0] == '#')
                        continue;
                if (line[0] == 'H') {
                        host_event(m, line);
                        continue;
                }
                assert(sscanf(line + 1, "%x %u %x", &address, &width, &value) == 3);
                if (line[0] == 'W') {
                        out(m, address, width, value);
                        continue;
                }
                assert(in(m, address, width) == value);
                compared++;
        }
        fclose(trace);
        return compared;
}

static void
test_traces(const char *ovmf, const char *hot_add)
{
        Machine m;

        power_on(&m, (PvTopology){1, 6, 1, 1, 6, 1}, "qemu-6.0");
        assert(replay(&m, ovmf) == 13);
        regblock_device.free(m.device);
        power_on(&m, (PvTopology){1, 4, 1, 1, 4, 1}, "qemu-6.0");
        assert(replay(&m, hot_add) > 0 && m.n_sci == 2);
        regblock_device.free(m.device);
}

/* A CPU plugged in legacy mode shows in the bitmap, and leaves no event behind for the modern block. */
static void
test_legacy_plug(void)
{
        Machine m;

        power_on(&m, (PvTopology){2, 12, 2, 1, 3, 2}, "qemu-6.0");
        assert(regblock_device.plug(m.device, 6) == 0); /* APIC ID 8 */
        assert(in(&m, BASE, 4) == 0x103 && in(&m, BASE + 1, 1) == 0x01);
        assert(regblock_device.unplug_request(m.device, 6) == PV_E_REFUSED);
        out(&m, BASE, 4, 0x100); /* its low byte is 0 */
        out(&m, BASE, 4, 6);
        assert(in(&m, BASE + 4, 1) == REGBLOCK_ENABLED);
        regblock_device.free(m.device);
}

/* An APIC ID that the bitmap cannot hold forces modern mode, and that arrival is lost: QEMU up to 8.2. */
static void
test_wide_id(void)
{
        Machine m;

        power_on(&m, (PvTopology){1, 288, 288, 1, 1, 1}, "qemu-6.0");
        assert(in(&m, BASE, 1) == 0x01);
        assert(regblock_device.plug(m.device, 260) == 0);
        out(&m, BASE, 4, 260);
        assert(in(&m, BASE + 4, 1) == 0);
        regblock_device.free(m.device);
        power_on(&m, (PvTopology){288, 288, 288, 1, 1, 1}, "qemu-6.0");
        out(&m, BASE, 4, 260);
        assert(in(&m, BASE + 4, 1) == REGBLOCK_ENABLED);
        regblock_device.free(m.device);
}

/* Under TCG, 5.1 to 7.2.0 refused all but bytes in legacy mode; from 9.0 on a wide APIC ID arrives with its event. */
static void
test_byte_legacy(void)
{
        Machine m;

        power_on(&m, (PvTopology){2, 4, 1, 1, 4, 1}, "qemu-5.1-tcg");
        out(&m, BASE, 4, 0);
        out(&m, BASE, 2, 0);
        assert(in(&m, BASE, 4) == 0 && in(&m, BASE, 2) == 0 && in(&m, BASE, 1) == 0x03);
        out(&m, BASE, 1, 0);
        out(&m, BASE, 4, 1);
        assert(in(&m, BASE + 4, 1) == REGBLOCK_ENABLED && in(&m, BASE + 8, 4) == 1);
        regblock_device.free(m.device);
        power_on(&m, (PvTopology){1, 288, 288, 1, 1, 1}, "qemu-9.0");
        assert(regblock_device.plug(m.device, 260) == 0 && m.n_sci == 1);
        out(&m, BASE, 4, 260);
        assert(in(&m, BASE + 4, 1) == (REGBLOCK_ENABLED | REGBLOCK_INSERT));
        regblock_device.free(m.device);
}

/* The boot CPU could be ejected before 3.1. */
static void
test_boot_cpu(void)
{
        Machine m;

        power_on(&m, (PvTopology){2, 4, 1, 1, 4, 1}, "qemu-2.7");
        out(&m, BASE, 4, 0);
        out(&m, BASE + 4, 1, REGBLOCK_EJECT);
        assert(m.n_ejected == 1 && in(&m, BASE + 4, 1) == 0);
        regblock_device.free(m.device);
        power_on(&m, (PvTopology){2, 4, 1, 1, 4, 1}, "qemu-11.0");
        out(&m, BASE + 4, 1, REGBLOCK_EJECT);
        assert(m.n_ejected == 0 && in(&m, BASE + 4, 1) == REGBLOCK_ENABLED);
        regblock_device.free(m.device);
}

static void
test_bad_image(void)
{
        uint8_t image[512];
        Machine m;
        size_t n;

        power_on(&m, (PvTopology){1, 4, 1, 1, 4, 1}, "qemu-6.0");
        n = regblock_device.save(m.device, image, sizeof image);
        assert(n < sizeof image && regblock_device.load(m.device, image, n) == 0);
        assert(regblock_device.load(m.device, image, n - 1) == PV_E_MALFORMED);
        image[0]++; /* the number of CPUs */
        assert(regblock_device.load(m.device, image, n) == PV_E_MALFORMED);
        regblock_device.free(m.device);
        assert(!regblock_device.create(&m.env, "qemu-1.0"));
}

int
main(int argc, char **argv)
{
        assert(argc == 3);
        test_traces(argv[1], argv[2]);
        test_legacy_plug();
        test_wide_id();
        test_byte_legacy();
        test_boot_cpu();
        test_bad_image();
        return 0;
}
