/* SPDX-License-Identifier: MIT */
/* The model's bus: from an access to the device that claims its address, to RAM, or to nobody. */
#include "common/model.h"

static PvModelDevice *
find_device(PvModel *m, PvSpace space, uint64_t address)
{
        for (unsigned i = 0; i < m->n_claims; i++) {
                const PvRange *range = &m->claim[i].range;

                if (range->space == space && address - range->base < range->length)
                        return m->claim[i].device;
        }
        return NULL;
}

/* What nobody claims. QEMU has it that behind the last port there is nothing that could float. */
static uint64_t
float_value(const PvModel *m, uint64_t address, unsigned width)
{
        const uint64_t answer[] = {
                [PV_ABSENCE_ONES] = UINT64_MAX,
                [PV_ABSENCE_ZERO] = 0,
                [PV_ABSENCE_STALE] = m->stale,
        };

        return address < PV_MODEL_PORTS ? pv_by_width(answer[m->absence], width) : 0;
}

/* RAM; where there is none, memory reads as zero, as QEMU has it. */
static uint64_t
load(PvModel *m, uint64_t address, unsigned width)
{
        uint8_t bytes[4] = {0};
        uint64_t value = 0;

        pv_ram_guest_read(m->ram, (PvGpa){address}, bytes, width);
        for (unsigned i = 0; i < width; i++)
                value |= (uint64_t) bytes[i] << 8 * i;
        return value;
}

static void
store(PvModel *m, uint64_t address, unsigned width, uint64_t value)
{
        uint8_t bytes[4];

        for (unsigned i = 0; i < width; i++)
                bytes[i] = (uint8_t) (value >> 8 * i);
        pv_ram_guest_write(m->ram, (PvGpa){address}, bytes, width);
}

static uint64_t
read_piece(PvModel *m, PvSpace space, uint64_t address, unsigned width)
{
        PvModelDevice *device = find_device(m, space, address);

        if (device)
                return device->ops.read(device->state, space, address, width);
        return space == PV_SPACE_MMIO ? load(m, address, width) : float_value(m, address, width);
}

static void
write_piece(PvModel *m, PvSpace space, uint64_t address, unsigned width, uint64_t value)
{
        PvModelDevice *device = find_device(m, space, address);

        if (device)
                device->ops.write(device->state, space, address, width, pv_by_width(value, width));
        else if (space == PV_SPACE_MMIO)
                store(m, address, width, value);
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

/* One condition of what are four: MMIO, beyond the ports, not aligned, wider than 4 bytes. */
static inline gboolean
is_odd(PvSpace space, uint64_t address, unsigned width)
{
        return ((uint64_t) space | address / PV_MODEL_PORTS | (address & (width - 1)) | width / 8) != 0;
}

__attribute__((cold, noinline)) static int
read_pieces(PvModel *m, PvSpace space, uint64_t address, unsigned width, uint64_t *ret_value)
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
        PvModel *m = (PvModel *) bus;
        PvModelDevice *device;

        if (G_UNLIKELY(is_odd(space, address, width)) || G_UNLIKELY(!(device = m->owner[address])))
                return read_pieces(m, space, address, width, ret_value);
        *ret_value = device->ops.read(device->state, space, address, width);
        return 0;
}

__attribute__((cold, noinline)) static int
write_pieces(PvModel *m, PvSpace space, uint64_t address, unsigned width, uint64_t value)
{
        m->stale = value;
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
        PvModel *m = (PvModel *) bus;
        PvModelDevice *device;

        if (G_UNLIKELY(is_odd(space, address, width)) || G_UNLIKELY(!(device = m->owner[address])))
                return write_pieces(m, space, address, width, value);
        device->ops.write(device->state, space, address, width, pv_by_width(value, width));
        return 0;
}

static int
model_read_string(PvBus *bus, uint64_t port, void *ret_data, size_t n)
{
        PvModel *m = (PvModel *) bus;
        PvModelDevice *device = find_device(m, PV_SPACE_PIO, port);
        uint8_t *data = ret_data;

        /* The host of a plain SEV guest cannot store to the operand: firmware makes an access for each byte. */
        if (device && device->ops.read_string && bus->guest != PV_GUEST_SEV) {
                device->ops.read_string(device->state, port, data, n);
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
        PvModel *m = (PvModel *) bus;

        if (sharing == PV_SHARED && !(bus->caps & PV_BUS_SHARE))
                return PV_E_REFUSED;
        return pv_ram_alloc(m->ram, n, sharing, ret_gpa);
}

static int
model_gpa_free(PvBus *bus, PvGpa gpa)
{
        return pv_ram_release(((PvModel *) bus)->ram, gpa);
}

static int
model_gpa_read(PvBus *bus, PvGpa gpa, void *ret_data, size_t n)
{
        return pv_ram_guest_read(((PvModel *) bus)->ram, gpa, ret_data, n);
}

static int
model_gpa_write(PvBus *bus, PvGpa gpa, const void *data, size_t n)
{
        return pv_ram_guest_write(((PvModel *) bus)->ram, gpa, data, n);
}

static void
model_free(PvBus *bus)
{
        PvModel *m = (PvModel *) bus;

        for (unsigned i = 0; i < m->n_devices; i++)
                if (m->device[i].state)
                        m->device[i].ops.free(m->device[i].state);
        if (m->ram)
                pv_ram_free(m->ram);
        pv_adversary_free(m->adversary);
        g_free(m->apic_id);
        g_free(m->present);
        g_free(m->boot_present);
        g_free(m);
}

const PvBusOps pv_model_bus_ops = {
        .read = model_read,
        .write = model_write,
        .read_string = model_read_string,
        .gpa_alloc = model_gpa_alloc,
        .gpa_free = model_gpa_free,
        .gpa_read = model_gpa_read,
        .gpa_write = model_gpa_write,
        .free = model_free,
};
