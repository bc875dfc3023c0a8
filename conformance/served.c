/* SPDX-License-Identifier: MIT */
/* A served machine: opened on the model target, and opened anew for a power cycle. */
#include "conformance/served.h"

struct PvServed {
        const PvMachine *machine;
        PvServedShape shape;
        PvBus *bus;
        PvHost *host;
};

static uint8_t *
first_cpus(const PvTopology *topology)
{
        uint8_t *present = g_malloc0(pv_bitmap_size(topology->max_cpus));

        for (uint32_t i = 0; i < topology->cpus; i++)
                pv_bit_set(present, i, true);
        return present;
}

gboolean
pv_served_power_cycle(PvServed *served, const PvServedShape *shape, GError **error)
{
        g_autofree uint8_t *first = shape->boot_present ? NULL : first_cpus(&shape->topology);
        const PvTarget target = {.ops = &pv_target_model};
        const PvSetup setup = {
                .machine = served->machine,
                .topology = shape->topology,
                .boot_present = first ? first : shape->boot_present,
                .chipset = shape->chipset,
                .phase = PV_PHASE_OS,
        };
        PvBus *bus;

        if (!target.ops->open(&target, &setup, &bus, &served->host, error))
                return FALSE;
        if (served->bus)
                served->bus->ops->free(served->bus);
        served->bus = bus;
        return TRUE;
}

PvServed *
pv_served_new(const PvMachine *machine, const PvServedShape *shape, GError **error)
{
        g_autoptr(PvServed) served = g_new0(PvServed, 1);

        served->machine = machine;
        served->shape = *shape;
        return pv_served_power_cycle(served, &served->shape, error) ? g_steal_pointer(&served) : NULL;
}

void
pv_served_free(PvServed *served)
{
        if (!served)
                return;
        if (served->bus)
                served->bus->ops->free(served->bus);
        g_free(served);
}

const PvServedShape *
pv_served_shape(const PvServed *served)
{
        return &served->shape;
}

PvBus *
pv_served_bus(PvServed *served)
{
        return served->bus;
}

PvHost *
pv_served_host(PvServed *served)
{
        return served->host;
}
