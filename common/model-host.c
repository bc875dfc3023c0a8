/* SPDX-License-Identifier: MIT */
/* The model's other side: what its devices ask of the machine, what an operator does to it, and what is true of it. */
#include "common/model.h"

/* ---- what devices ask of the machine ---- */

static int
env_dma_read(void *host, PvGpa gpa, void *ret_data, size_t n)
{
        return pv_ram_host_read(((PvModelDevice *) host)->model->ram, gpa, ret_data, n);
}

static int
env_dma_write(void *host, PvGpa gpa, const void *data, size_t n)
{
        return pv_ram_host_write(((PvModelDevice *) host)->model->ram, gpa, data, n);
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
        PvModel *m = ((PvModelDevice *) host)->model;

        if (selector >= m->topology.max_cpus || !pv_bit_get(m->present, selector))
                return;
        pv_bit_set(m->present, selector, false);
        m->truth.present_count--;
        m->truth.n_ejected++;
        m->truth.last_ejected = selector;
        for (unsigned i = 0; i < m->n_devices; i++)
                if (m->device[i].ops.unplugged)
                        m->device[i].ops.unplugged(m->device[i].state, selector);
}

static void
env_ost(void *host, uint32_t selector, uint32_t event, uint32_t status)
{
        PvModel *m = ((PvModelDevice *) host)->model;

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

PvDeviceEnv
pv_model_env(PvModelDevice *device, const PvSetup *setup)
{
        PvModel *m = device->model;

        return (PvDeviceEnv){
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
                .kvm = setup->kvm,
        };
}

/* ---- host ---- */

static PvModel *
model_of_host(PvHost *host)
{
        return (PvModel *) ((char *) host - offsetof(PvModel, host));
}

static int
ask_all(PvModel *m, bool plug, uint32_t selector)
{
        int r = 0;

        for (unsigned i = 0; i < m->n_devices && !r; i++)
                if (m->device[i].ops.allows)
                        r = m->device[i].ops.allows(m->device[i].state, plug, selector);
        return r;
}

static int
model_plug(PvHost *host, uint32_t selector)
{
        PvModel *m = model_of_host(host);

        if (selector >= m->topology.max_cpus || pv_bit_get(m->present, selector) || ask_all(m, true, selector))
                return PV_E_REFUSED;
        for (unsigned i = 0; i < m->n_devices; i++) {
                int r = m->device[i].ops.plug ? m->device[i].ops.plug(m->device[i].state, selector) : 0;

                if (r)
                        return r;
        }
        pv_bit_set(m->present, selector, true);
        m->truth.present_count++;
        return 0;
}

/* The boot CPU is not to be asked for, as in QEMU's pc and q35; nor is any where no device could pass the request on. */
static int
model_unplug_request(PvHost *host, uint32_t selector)
{
        PvModel *m = model_of_host(host);
        gboolean asked = FALSE;

        if (selector == 0 || selector >= m->topology.max_cpus || !pv_bit_get(m->present, selector) ||
            ask_all(m, false, selector))
                return PV_E_REFUSED;
        for (unsigned i = 0; i < m->n_devices; i++) {
                const PvDeviceOps *ops = &m->device[i].ops;
                int r = ops->unplug_request ? ops->unplug_request(m->device[i].state, selector) : PV_E_UNSUPPORTED;

                if (r && r != PV_E_UNSUPPORTED)
                        return r;
                asked |= !r;
        }
        return asked ? 0 : PV_E_REFUSED;
}

static int
model_reset(PvHost *host)
{
        PvModel *m = model_of_host(host);

        for (unsigned i = 0; i < m->n_devices; i++)
                m->device[i].ops.reset(m->device[i].state);
        return 0;
}

/* Through the image only, into a device that was created fresh; a wrapper without create() sees to that itself. */
static int
migrate(PvModelDevice *device)
{
        size_t n = device->ops.save(device->state, NULL, 0);
        g_autofree void *image = g_malloc0(n);
        void *fresh;
        int r;

        if (!device->ops.create) {
                device->ops.save(device->state, image, n);
                return device->ops.load(device->state, image, n);
        }
        fresh = device->ops.create(&device->env, device->revision);
        if (!fresh)
                return PV_E_REFUSED;
        device->ops.save(device->state, image, n);
        r = device->ops.load(fresh, image, n);
        device->ops.free(r ? fresh : device->state);
        if (!r)
                device->state = fresh;
        return r;
}

static int
model_save_load(PvHost *host)
{
        PvModel *m = model_of_host(host);

        for (unsigned i = 0; i < m->n_devices; i++) {
                PvModelDevice *device = &m->device[i];
                int r;

                if (!device->ops.save || !device->ops.load)
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

const PvHostOps pv_model_host_ops = {
        .plug = model_plug,
        .unplug_request = model_unplug_request,
        .reset = model_reset,
        .save_load = model_save_load,
        .truth = model_truth,
};
