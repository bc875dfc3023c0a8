/* SPDX-License-Identifier: MIT */
/* The model target: builds a machine of devices in this process. */
#include "common/model.h"

#include <string.h>

#include "common/ghcb.h"
#include "common/host-bridge.h"
#include "common/mutate.h"

static gboolean
overlap(const PvRange *a, const PvRange *b)
{
        return a->space == b->space && a->base < b->base + b->length && b->base < a->base + a->length;
}

static gboolean
claim(PvModel *m, const PvRange *range, PvModelDevice *device, GError **error)
{
        gboolean pio = range->space == PV_SPACE_PIO;
        const PvRange *other = NULL;

        for (unsigned i = 0; i < m->n_claims && !other; i++)
                if (overlap(range, &m->claim[i].range))
                        other = &m->claim[i].range;
        if (other || (pio && range->base + range->length > PV_MODEL_PORTS)) {
                g_set_error(error, PV_ERROR, PV_ERROR_HARNESS,
                            "two devices of this machine claim %s 0x%" G_GINT64_MODIFIER
                            "x, or it is beyond 0xffff; change the range in one of the backends",
                            pio ? "port" : "address", (guint64) (other ? MAX(other->base, range->base) : range->base));
                return FALSE;
        }
        m->claim[m->n_claims++] = (PvModelClaim){*range, device};
        for (uint64_t i = 0; pio && m->absence != PV_ABSENCE_STALE && i < range->length; i++)
                m->owner[range->base + i] = device;
        return TRUE;
}

static gboolean
add_device(PvModel *m, const PvDeviceOps *ops, const char *revision, const PvSetup *setup, const PvMutation *mutation,
           GError **error)
{
        PvModelDevice *device = &m->device[m->n_devices];
        PvRange range[PV_MODEL_RANGES];
        int n = MIN(ops->ranges(revision, setup->chipset, range, PV_MODEL_RANGES), PV_MODEL_RANGES);

        device->model = m;
        device->env = pv_model_env(device, setup);
        device->revision = revision;
        device->ops = mutation ? pv_mutate_device : *ops;
        device->state = mutation ? pv_mutate_device_create(ops, mutation, range[0].base, &device->env, revision)
                                 : ops->create(&device->env, revision);
        if (!device->state) {
                g_set_error(error, PV_ERROR, PV_ERROR_HARNESS,
                            "%s: the device could not be created; look at its create()", setup->machine->name);
                return FALSE;
        }
        if (mutation)
                pv_mutate_device_count(device->state, &pv_ram_guest_steps(m->ram)->lies_told);
        m->n_devices++;
        for (int i = 0; i < n; i++)
                if (!claim(m, &range[i], device, error))
                        return FALSE;
        return TRUE;
}

static const PvRevision *
revision_of(const PvPart *part, const PvMutation *mutation)
{
        if (!mutation || mutation->kind != PV_MUTATE_REVISION)
                return part->revision;
        return &part->backend->revisions[mutation->operand % part->backend->n_revisions];
}

static void
fill_truth(PvModel *m, const PvSetup *setup)
{
        uint32_t n = setup->topology.max_cpus;

        m->topology = setup->topology;
        m->apic_id = g_new(uint32_t, n);
        for (uint32_t i = 0; i < n; i++)
                m->apic_id[i] = pv_topology_apic_id(&m->topology, i);
        m->boot_present = g_memdup2(setup->boot_present, pv_bitmap_size(n));
        m->present = g_memdup2(setup->boot_present, pv_bitmap_size(n));
        m->truth = (PvTruth){
                .max_cpus = n,
                .apic_id = m->apic_id,
                .present = m->present,
                .boot_present = m->boot_present,
        };
        for (uint32_t i = 0; i < n; i++)
                m->truth.present_count += pv_bit_get(m->present, i);
}

/* Page tables can be changed where boot services or an OS own them; never in SMM or by AML. */
static uint32_t
caps_of(const PvSetup *setup)
{
        gboolean service = setup->phase == PV_PHASE_PEI || setup->phase == PV_PHASE_DXE ||
                           setup->phase == PV_PHASE_OS || setup->guest == PV_GUEST_PLAIN;

        return PV_BUS_PIO | PV_BUS_STRING | PV_BUS_GPA | (service ? PV_BUS_SHARE : 0);
}

/* KVM has none where the host cannot reach the guest's registers. */
static gboolean
exists(const PvSetup *setup, GError **error)
{
        if (setup->phase != PV_PHASE_SMM || (setup->guest != PV_GUEST_SEV_ES && setup->guest != PV_GUEST_SEV_SNP))
                return TRUE;
        g_set_error(error, PV_ERROR, PV_ERROR_LIMIT, "SMM does not exist in SEV-ES and SEV-SNP guests on KVM");
        return FALSE;
}

static gboolean
model_open(const PvTarget *target, const PvSetup *setup, PvBus **ret_bus, PvHost **ret_host, GError **error)
{
        PvModel *m;
        gboolean ok;

        (void) target;
        if (!exists(setup, error))
                return FALSE;
        m = g_new0(PvModel, 1);
        m->bus = (PvBus){
                .ops = &pv_model_bus_ops,
                .guest = setup->guest,
                .phase = setup->phase,
                .caps = caps_of(setup),
                .limits = {.max_cpus = PV_CPUS_LIMIT, .max_apic_id = UINT32_MAX - 1, .hotplug = true, .migrate = true},
        };
        m->host.ops = &pv_model_host_ops;
        m->absence = setup->machine->absence;
        m->ram = pv_ram_new(setup->guest, setup->memory ? setup->memory : pv_memory_models[0], setup->seed);
        pv_ram_tamper(m->ram, setup->mutation);
        m->adversary = pv_adversary_new(m->ram, setup->mutation);
        m->bus.guest_steps = pv_ram_guest_steps(m->ram);
        fill_truth(m, setup);
        ok = add_device(m, &pv_host_bridge, "", setup, NULL, error);
        for (unsigned i = 0; ok && i < setup->machine->n_parts; i++) {
                const PvPart *part = &setup->machine->part[i];
                const PvMutation *mutation = setup->mutated_part == i ? setup->mutation : NULL;

                ok = add_device(m, part->backend->device, revision_of(part, mutation)->name, setup, mutation, error);
        }
        if (!ok) {
                pv_model_bus_ops.free(&m->bus);
                return FALSE;
        }
        *ret_bus = setup->guest >= PV_GUEST_SEV_ES ? pv_ghcb_new(&m->bus, setup->mutation, pv_ram_guest_steps(m->ram)) : &m->bus;
        *ret_host = &m->host;
        return TRUE;
}

/* The first device is the host bridge. */
const void *
pv_model_device(const PvBus *bus, unsigned part)
{
        const PvModel *m = (const PvModel *) bus;

        return bus->ops == &pv_model_bus_ops && part + 1 < m->n_devices ? m->device[part + 1].state : NULL;
}

PvRam *
pv_model_ram(PvBus *bus)
{
        return ((PvModel *) bus)->ram;
}

static gboolean
model_usable(const PvTarget *target, char **ret_why)
{
        (void) target;
        (void) ret_why;
        return TRUE;
}

static char *
model_version(const PvTarget *target)
{
        (void) target;
        return g_strdup("pvabi model");
}

const PvTargetOps pv_target_model = {
        .kind = "model",
        .summary = "our device models in this process; needs nothing",
        .device = PV_ORIGIN_OURS,
        .usable = model_usable,
        .version = model_version,
        .open = model_open,
};
