/* SPDX-License-Identifier: MIT */
/* The relocating bus: consumers and scripts know one place of a device, a profile knows the other. */
#include "common/relocate.h"

#include "common/host-bridge.h"
#include "common/wrap-bus.h"

typedef struct RelocatingBus {
        PvWrapBus wrap;
        PvRelocation map[PV_RELOCATIONS_MAX];
        unsigned n;
        void *bridge; /* NULL: the host bridge is the program's */
        PvRange bridge_range;
} RelocatingBus;

static gboolean
within(const PvRange *range, PvSpace space, uint64_t address)
{
        return range->space == space && address - range->base < range->length;
}

/* Where it is: the first entry that has it decides. */
static void
move(const PvRelocation *map, unsigned n, PvSpace *space, uint64_t *address)
{
        for (unsigned i = 0; i < n; i++) {
                if (!within(&map[i].from, *space, *address))
                        continue;
                *address = map[i].base + (*address - map[i].from.base);
                *space = map[i].space;
                return;
        }
}

static int
relocate_read(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t *ret_value)
{
        RelocatingBus *b = (RelocatingBus *) bus;

        if (b->bridge && within(&b->bridge_range, space, address)) {
                *ret_value = pv_host_bridge.read(b->bridge, space, address, width);
                return 0;
        }
        move(b->map, b->n, &space, &address);
        return b->wrap.inner->ops->read(b->wrap.inner, space, address, width, ret_value);
}

static int
relocate_write(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t value)
{
        RelocatingBus *b = (RelocatingBus *) bus;

        if (b->bridge && within(&b->bridge_range, space, address)) {
                pv_host_bridge.write(b->bridge, space, address, width, value);
                return 0;
        }
        move(b->map, b->n, &space, &address);
        return b->wrap.inner->ops->write(b->wrap.inner, space, address, width, value);
}

/* There is no REP INS from memory: byte by byte, as firmware does it there. */
static int
relocate_read_string(PvBus *bus, uint64_t port, void *ret_data, size_t n)
{
        RelocatingBus *b = (RelocatingBus *) bus;
        PvSpace space = PV_SPACE_PIO;
        uint8_t *bytes = ret_data;

        move(b->map, b->n, &space, &port);
        if (space == PV_SPACE_PIO)
                return b->wrap.inner->ops->read_string(b->wrap.inner, port, ret_data, n);
        for (size_t i = 0; i < n; i++) {
                uint64_t value;
                int r = b->wrap.inner->ops->read(b->wrap.inner, space, port, 1, &value);

                if (r)
                        return r;
                bytes[i] = (uint8_t) value;
        }
        return 0;
}

static void
relocate_free(PvBus *bus)
{
        RelocatingBus *b = (RelocatingBus *) bus;

        if (b->bridge)
                pv_host_bridge.free(b->bridge);
        b->wrap.inner->ops->free(b->wrap.inner);
        g_free(b);
}

static const PvBusOps relocate_ops = {
        .read = relocate_read,
        .write = relocate_write,
        .read_string = relocate_read_string,
        .gpa_alloc = pv_wrap_gpa_alloc,
        .gpa_free = pv_wrap_gpa_free,
        .gpa_read = pv_wrap_gpa_read,
        .gpa_write = pv_wrap_gpa_write,
        .free = relocate_free,
};

PvBus *
pv_relocate_new(PvBus *inner, const PvRelocation *map, unsigned n, const PvChipset *chipset)
{
        RelocatingBus *b = g_new0(RelocatingBus, 1);

        pv_wrap_init(&b->wrap, inner, &relocate_ops);
        b->n = MIN(n, PV_RELOCATIONS_MAX);
        for (unsigned i = 0; i < b->n; i++)
                b->map[i] = map[i];
        if (chipset) {
                PvDeviceEnv env = {.struct_size = sizeof env, .chipset = *chipset};

                b->bridge = pv_host_bridge.create(&env, NULL);
                pv_host_bridge.ranges(NULL, *chipset, &b->bridge_range, 1);
        }
        return &b->wrap.bus;
}

/* The first range of a device stands at its new base, the others as far from it as before. */
unsigned
pv_relocations(const PvProfile *profile, const PvMachine *machine, PvChipset chipset,
               PvRelocation ret_map[PV_RELOCATIONS_MAX])
{
        unsigned n = 0;

        for (unsigned p = 0; p < machine->n_parts; p++) {
                const PvPart *part = &machine->part[p];
                const PvProfilePart *where = pv_profile_part(profile, part->backend->name);
                PvRange range[PV_RELOCATIONS_MAX];
                int n_ranges;

                if (!where || !where->moved)
                        continue;
                n_ranges = part->backend->device->ranges(part->revision->name, chipset, range,
                                                         PV_RELOCATIONS_MAX);
                for (int i = 0; i < MIN(n_ranges, PV_RELOCATIONS_MAX) && n < PV_RELOCATIONS_MAX; i++)
                        ret_map[n++] = (PvRelocation){range[i], where->space,
                                                      where->base + range[i].base - range[0].base};
        }
        return n;
}

PvRange
pv_relocate_range(const PvRelocation *map, unsigned n, const PvRange *range)
{
        PvRange moved = *range;

        move(map, n, &moved.space, &moved.base);
        if (moved.doorbell)
                moved.doorbell += moved.base - range->base;
        return moved;
}
