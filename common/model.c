/* SPDX-License-Identifier: MIT */
/* The model target: a machine's devices in this process, with the host that plugs CPUs into it. */
#include <glib.h>
#include <string.h>

#include "common/host-bridge.h"
#include "common/mutate.h"
#include "common/ram.h"
#include "common/target.h"

#define N_PORTS 0x10000u
#define N_RANGES 4
#define N_DEVICES (PV_PARTS_MAX + 1) /* the parts and the host bridge */

typedef struct Model Model;

typedef struct Device {
        const PvDeviceOps *ops;
        void *state;
        PvDeviceEnv env;
        const char *revision;
        Model *model;
} Device;

typedef struct Mmio {
        PvRange range;
        Device *device;
} Mmio;

struct Model {
        PvBus bus; /* first: the bus is the model */
        PvHost host;
        uint64_t stale; /* what was last on the data lines */
        Device *owner[N_PORTS]; /* NULL: nobody */
        Device device[N_DEVICES];
        unsigned n_devices;
        Mmio mmio[N_DEVICES * N_RANGES];
        unsigned n_mmio;
        PvAbsence absence;
        PvRam *ram;
        PvTopology topology;
        uint32_t *apic_id;
        uint8_t *present, *boot_present;
        PvTruth truth;
};

static Model *
model_of_host(PvHost *host)
{
        return (Model *) ((char *) host - offsetof(Model, host));
}

/* ---- bus ---- */

static uint64_t
by_width(uint64_t value, unsigned width)
{
        return width < 8 ? value & (((uint64_t) 1 << 8 * width) - 1) : value;
}

static Device *
find_device(Model *m, PvSpace space, uint64_t address)
{
        if (space == PV_SPACE_PIO)
                return address < N_PORTS ? m->owner[address] : NULL;
        for (unsigned i = 0; i < m->n_mmio; i++)
                if (address - m->mmio[i].range.base < m->mmio[i].range.length)
                        return m->mmio[i].device;
        return NULL;
}

static uint64_t
float_value(const Model *m, unsigned width)
{
        const uint64_t answer[] = {
                [PV_ABSENCE_ONES] = UINT64_MAX,
                [PV_ABSENCE_ZERO] = 0,
                [PV_ABSENCE_STALE] = m->stale,
        };

        return by_width(answer[m->absence], width);
}

static uint64_t
read_piece(Model *m, PvSpace space, uint64_t address, unsigned width)
{
        Device *device = find_device(m, space, address);

        return device ? device->ops->read(device->state, space, address, width) : float_value(m, width);
}

static void
write_piece(Model *m, PvSpace space, uint64_t address, unsigned width, uint64_t value)
{
        Device *device = find_device(m, space, address);

        if (device)
                device->ops->write(device->state, space, address, width, by_width(value, width));
}

/* The widest aligned piece, of at most 4 bytes, that starts here. */
static unsigned
piece_width(uint64_t address, unsigned rest)
{
        unsigned width = 4;

        while (width > rest || address & (width - 1))
                width /= 2;
        return width;
}

/* Who takes an access to a port whole: nearly every access of a guest, so all else is kept out of its way. */
static inline Device *
find_at_once(Model *m, PvSpace space, uint64_t address, unsigned width)
{
        if (G_UNLIKELY(space != PV_SPACE_PIO || width > 4 || address & (width - 1) || address >= N_PORTS))
                return NULL;
        return m->owner[address];
}

static G_GNUC_NO_INLINE int
read_pieces(Model *m, PvSpace space, uint64_t address, unsigned width, uint64_t *ret_value)
{
        uint64_t value = 0;

        for (unsigned done = 0; done < width;) {
                unsigned piece = piece_width(address + done, width - done);

                value |= read_piece(m, space, address + done, piece) << 8 * done;
                done += piece;
        }
        *ret_value = m->stale = value;
        return 0;
}

static int
model_read(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t *ret_value)
{
        Model *m = (Model *) bus;
        Device *device = find_at_once(m, space, address, width);

        if (G_UNLIKELY(!device))
                return read_pieces(m, space, address, width, ret_value);
        *ret_value = m->stale = device->ops->read(device->state, space, address, width);
        return 0;
}

static G_GNUC_NO_INLINE int
write_pieces(Model *m, PvSpace space, uint64_t address, unsigned width, uint64_t value)
{
        for (unsigned done = 0; done < width;) {
                unsigned piece = piece_width(address + done, width - done);

                write_piece(m, space, address + done, piece, value >> 8 * done);
                done += piece;
        }
        return 0;
}

static int
model_write(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t value)
{
        Model *m = (Model *) bus;
        Device *device = find_at_once(m, space, address, width);

        m->stale = value;
        if (G_UNLIKELY(!device))
                return write_pieces(m, space, address, width, value);
        device->ops->write(device->state, space, address, width, by_width(value, width));
        return 0;
}

static int
model_read_string(PvBus *bus, uint64_t port, void *ret_data, size_t n)
{
        Model *m = (Model *) bus;
        Device *device = find_device(m, PV_SPACE_PIO, port);
        uint8_t *data = ret_data;

        if (device && device->ops->read_string) {
                device->ops->read_string(device->state, port, data, n);
                return 0;
        }
        for (size_t i = 0; i < n; i++)
                data[i] = (uint8_t) read_piece(m, PV_SPACE_PIO, port, 1);
        return 0;
}

/* Where the guest has no page-table service, nothing can be made shared. In a plain guest everything already is. */
static int
model_gpa_alloc(PvBus *bus, size_t n, PvSharing sharing, PvGpa *ret_gpa)
{
        Model *m = (Model *) bus;

        if (sharing == PV_SHARED && !(bus->caps & PV_BUS_SHARE))
                return PV_E_REFUSED;
        return pv_ram_alloc(m->ram, n, sharing, ret_gpa);
}

static int
model_gpa_free(PvBus *bus, PvGpa gpa)
{
        return pv_ram_release(((Model *) bus)->ram, gpa);
}

static int
model_gpa_read(PvBus *bus, PvGpa gpa, void *ret_data, size_t n)
{
        return pv_ram_guest_read(((Model *) bus)->ram, gpa, ret_data, n);
}

static int
model_gpa_write(PvBus *bus, PvGpa gpa, const void *data, size_t n)
{
        return pv_ram_guest_write(((Model *) bus)->ram, gpa, data, n);
}

static void
model_free(PvBus *bus)
{
        Model *m = (Model *) bus;

        for (unsigned i = 0; i < m->n_devices; i++)
                if (m->device[i].state)
                        m->device[i].ops->free(m->device[i].state);
        if (m->ram)
                pv_ram_free(m->ram);
        g_free(m->apic_id);
        g_free(m->present);
        g_free(m->boot_present);
        g_free(m);
}

static const PvBusOps model_bus_ops = {
        .read = model_read,
        .write = model_write,
        .read_string = model_read_string,
        .gpa_alloc = model_gpa_alloc,
        .gpa_free = model_gpa_free,
        .gpa_read = model_gpa_read,
        .gpa_write = model_gpa_write,
        .free = model_free,
};

/* ---- what devices ask of the machine ---- */

static int
env_dma_read(void *host, PvGpa gpa, void *ret_data, size_t n)
{
        return pv_ram_host_read(((Device *) host)->model->ram, gpa, ret_data, n);
}

static int
env_dma_write(void *host, PvGpa gpa, const void *data, size_t n)
{
        return pv_ram_host_write(((Device *) host)->model->ram, gpa, data, n);
}

static void
env_notify(void *host, PvNotice notice)
{
        (void) host;
        (void) notice;
}

static void
env_ejected(void *host, uint32_t selector)
{
        Model *m = ((Device *) host)->model;

        if (selector >= m->topology.max_cpus || !pv_bit_get(m->present, selector))
                return;
        pv_bit_set(m->present, selector, false);
        m->truth.present_count--;
        m->truth.n_ejected++;
        m->truth.last_ejected = selector;
        for (unsigned i = 0; i < m->n_devices; i++)
                if (m->device[i].ops->unplugged)
                        m->device[i].ops->unplugged(m->device[i].state, selector);
}

static void
env_ost(void *host, uint32_t selector, uint32_t event, uint32_t status)
{
        Model *m = ((Device *) host)->model;

        m->truth.n_ost++;
        m->truth.ost_selector = selector;
        m->truth.ost_event = event;
        m->truth.ost_status = status;
}

static void
env_log(void *host, const char *line)
{
        (void) host;
        g_printerr("pvabi: device: %s\n", line);
}

/* ---- host ---- */

static int
model_plug(PvHost *host, uint32_t selector)
{
        Model *m = model_of_host(host);

        if (selector >= m->topology.max_cpus || pv_bit_get(m->present, selector))
                return PV_E_REFUSED;
        for (unsigned i = 0; i < m->n_devices; i++) {
                int r = m->device[i].ops->plug ? m->device[i].ops->plug(m->device[i].state, selector) : 0;

                if (r)
                        return r;
        }
        pv_bit_set(m->present, selector, true);
        m->truth.present_count++;
        return 0;
}

static int
model_unplug_request(PvHost *host, uint32_t selector)
{
        Model *m = model_of_host(host);

        if (selector >= m->topology.max_cpus || !pv_bit_get(m->present, selector))
                return PV_E_REFUSED;
        for (unsigned i = 0; i < m->n_devices; i++) {
                const PvDeviceOps *ops = m->device[i].ops;
                int r = ops->unplug_request ? ops->unplug_request(m->device[i].state, selector) : 0;

                if (r)
                        return r;
        }
        return 0;
}

static int
model_reset(PvHost *host)
{
        Model *m = model_of_host(host);

        for (unsigned i = 0; i < m->n_devices; i++)
                m->device[i].ops->reset(m->device[i].state);
        return 0;
}

/* Through the image only, into a device that was created fresh. */
static int
migrate(Device *device)
{
        size_t n = device->ops->save(device->state, NULL, 0);
        g_autofree void *image = g_malloc0(n);
        void *fresh = device->ops->create(&device->env, device->revision);
        int r;

        if (!fresh)
                return PV_E_REFUSED;
        device->ops->save(device->state, image, n);
        r = device->ops->load(fresh, image, n);
        device->ops->free(r ? fresh : device->state);
        if (!r)
                device->state = fresh;
        return r;
}

static int
model_save_load(PvHost *host)
{
        Model *m = model_of_host(host);

        for (unsigned i = 0; i < m->n_devices; i++) {
                Device *device = &m->device[i];
                int r;

                if (!device->ops->save || !device->ops->load || !device->ops->create)
                        continue;
                r = migrate(device);
                if (r)
                        return r;
        }
        return 0;
}

static int
model_truth(PvHost *host, PvTruth *ret_truth)
{
        *ret_truth = model_of_host(host)->truth;
        return 0;
}

static const PvHostOps model_host_ops = {
        .plug = model_plug,
        .unplug_request = model_unplug_request,
        .reset = model_reset,
        .save_load = model_save_load,
        .truth = model_truth,
};

/* ---- construction ---- */

static gboolean
claim(Model *m, const PvRange *range, Device *device, GError **error)
{
        if (range->space == PV_SPACE_MMIO) {
                m->mmio[m->n_mmio++] = (Mmio){*range, device};
                return TRUE;
        }
        for (uint64_t port = range->base; port < range->base + range->length; port++) {
                if (port >= N_PORTS || m->owner[port]) {
                        g_set_error(error, PV_ERROR, PV_ERROR_HARNESS,
                                    "two devices of this machine claim port 0x%" G_GINT64_MODIFIER
                                    "x, or it is beyond 0xffff; change the range in one of the backends",
                                    (guint64) port);
                        return FALSE;
                }
                m->owner[port] = device;
        }
        return TRUE;
}

static void
fill_env(Model *m, Device *device, const PvSetup *setup)
{
        device->model = m;
        device->env = (PvDeviceEnv){
                .struct_size = sizeof(PvDeviceEnv),
                .chipset = setup->chipset,
                .topology = &m->topology,
                .apic_id = m->apic_id,
                .boot_present = m->boot_present,
                .host = device,
                .dma_read = env_dma_read,
                .dma_write = env_dma_write,
                .notify = env_notify,
                .ejected = env_ejected,
                .ost = env_ost,
                .log = env_log,
        };
}

static gboolean
add_device(Model *m, const PvDeviceOps *ops, const char *revision, const PvSetup *setup, const PvMutation *mutation,
           GError **error)
{
        Device *device = &m->device[m->n_devices];
        PvRange range[N_RANGES];
        int n = MIN(ops->ranges(revision, setup->chipset, range, N_RANGES), N_RANGES);

        fill_env(m, device, setup);
        device->revision = revision;
        device->ops = mutation ? &pv_mutate_device : ops;
        device->state = mutation ? pv_mutate_device_create(ops, mutation, range[0].base, &device->env, revision)
                                 : ops->create(&device->env, revision);
        if (!device->state) {
                g_set_error(error, PV_ERROR, PV_ERROR_HARNESS,
                            "%s: the device could not be created; look at its create()", setup->machine->name);
                return FALSE;
        }
        m->n_devices++;
        for (int i = 0; i < n; i++)
                if (!claim(m, &range[i], device, error))
                        return FALSE;
        return TRUE;
}

static void
fill_truth(Model *m, const PvSetup *setup)
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

static gboolean
model_open(const PvTarget *target, const PvSetup *setup, PvBus **ret_bus, PvHost **ret_host, GError **error)
{
        Model *m = g_new0(Model, 1);
        gboolean ok;

        (void) target;
        m->bus = (PvBus){
                .ops = &model_bus_ops,
                .guest = setup->guest,
                .phase = setup->phase,
                .caps = caps_of(setup),
                .limits = {PV_CPUS_LIMIT, UINT32_MAX - 1, true, true},
        };
        m->host.ops = &model_host_ops;
        m->absence = setup->machine->absence;
        m->ram = pv_ram_new(setup->guest);
        fill_truth(m, setup);
        ok = add_device(m, &pv_host_bridge, "", setup, NULL, error);
        for (unsigned i = 0; ok && i < setup->machine->n_parts; i++) {
                const PvPart *part = &setup->machine->part[i];
                const PvMutation *mutation = setup->mutated_part == i ? setup->mutation : NULL;

                ok = add_device(m, part->backend->device, part->revision->name, setup, mutation, error);
        }
        if (!ok) {
                model_free(&m->bus);
                return FALSE;
        }
        *ret_bus = &m->bus;
        *ret_host = &m->host;
        return TRUE;
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
