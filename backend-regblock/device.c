/* SPDX-License-Identifier: MIT */
/* The register block as QEMU's hw/acpi/cpu.c and hw/acpi/cpu_hotplug.c behave: a selector, a command, flags per CPU. */
#include "backend-regblock/device.h"

#include <stdlib.h>
#include <string.h>

#include "backend-regblock/regblock.h"

typedef struct Ost {
        uint32_t event, status;
} Ost;

typedef struct Regblock {
        const PvDeviceEnv *env;
        uint32_t features;
        uint32_t n; /* possible CPUs */
        uint64_t base;
        bool modern;
        uint8_t command;
        uint32_t selector;
        uint8_t *flags; /* status byte per possible CPU */
        Ost *ost;       /* last report per possible CPU */
        uint8_t legacy_map[REGBLOCK_LEGACY_LENGTH];
} Regblock;

/* ---- reading ---- */

/* A bit stands for an APIC ID, not for a selector. */
static void
legacy_set(Regblock *r, uint32_t selector)
{
        uint32_t id = r->env->apic_id[selector];

        if (id < 8 * REGBLOCK_LEGACY_LENGTH)
                pv_bit_set(r->legacy_map, id, true);
}

/* Does the bitmap take an access of this width? The memory core splits it into bytes, or refuses it. */
static bool
legacy_accepts(const Regblock *r, unsigned width)
{
        return width == 1 || !(r->features & REGBLOCK_BYTE_LEGACY);
}

static uint64_t
legacy_read(const Regblock *r, uint64_t offset, unsigned width)
{
        uint64_t value = 0;

        if (!legacy_accepts(r, width))
                return 0;
        for (unsigned i = 0; i < width && offset + i < REGBLOCK_LEGACY_LENGTH; i++)
                value |= (uint64_t) r->legacy_map[offset + i] << 8 * i;
        return value;
}

static uint32_t
command_data(const Regblock *r)
{
        if (r->command == REGBLOCK_CMD_NEXT_EVENT)
                return r->selector;
        return r->command == REGBLOCK_CMD_GET_CPU_ID ? r->env->apic_id[r->selector] : 0;
}

/* Only the offset decides: a wide access never joins two registers. Out of range, everything reads 0. */
static uint64_t
regblock_read(void *state, PvSpace space, uint64_t address, unsigned width)
{
        const Regblock *r = state;
        uint64_t offset = address - r->base;
        bool valid = r->selector < r->n;

        (void) space;
        if (!r->modern)
                return legacy_read(r, offset, width);
        if (offset == REGBLOCK_STATUS_R)
                return valid ? r->flags[r->selector] : 0;
        if (offset == REGBLOCK_DATA_RW)
                return valid ? pv_by_width(command_data(r), width) : 0;
        if (offset >= REGBLOCK_MODERN_LENGTH)
                return pv_by_width(UINT64_MAX, width); /* the tail of the bitmap is gone with it */
        return 0; /* data 2 too: it holds bits 63:32 of an ID, which are 0 on x86 */
}

/* ---- writing ---- */

static bool
has_event(const Regblock *r, uint32_t selector)
{
        return r->flags[selector] & (REGBLOCK_INSERT | REGBLOCK_REMOVE | REGBLOCK_FW_REMOVE);
}

/* From the selector on, inclusive, once around. A miss leaves the selector where it was. */
static void
next_event(Regblock *r)
{
        uint32_t i = r->selector;

        do {
                if (has_event(r, i)) {
                        r->selector = i;
                        return;
                }
                i = i + 1 < r->n ? i + 1 : 0;
        } while (i != r->selector);
}

static uint8_t
last_command(const Regblock *r)
{
        return r->features & REGBLOCK_GET_CPU_ID ? REGBLOCK_CMD_GET_CPU_ID : REGBLOCK_CMD_OST_STATUS;
}

static void
write_command(Regblock *r, uint64_t value)
{
        if (value > last_command(r))
                return; /* the previous command stays in force */
        r->command = (uint8_t) value;
        if (r->command == REGBLOCK_CMD_NEXT_EVENT)
                next_event(r);
}

/* May the guest let go of the selected CPU? No request of the host is needed. */
static bool
removable(const Regblock *r)
{
        bool bsp = r->selector == 0 && r->features & REGBLOCK_BSP_KEPT;

        return r->flags[r->selector] & REGBLOCK_ENABLED && !bsp;
}

static void
write_control(Regblock *r, uint64_t value)
{
        uint8_t *flags = &r->flags[r->selector];

        if (value & REGBLOCK_CLEAR_INSERT) {
                *flags &= (uint8_t) ~REGBLOCK_INSERT;
        } else if (value & REGBLOCK_CLEAR_REMOVE) {
                *flags &= (uint8_t) ~REGBLOCK_REMOVE;
        } else if (value & REGBLOCK_EJECT) {
                if (removable(r))
                        r->env->ejected(r->env->host, r->selector);
        } else if (value & REGBLOCK_SET_FW_REMOVE && r->features & REGBLOCK_FW_REMOVE_BIT) {
                if (removable(r))
                        *flags |= REGBLOCK_FW_REMOVE;
        }
}

static void
write_data(Regblock *r, uint64_t value)
{
        Ost *ost = &r->ost[r->selector];

        if (r->command == REGBLOCK_CMD_OST_EVENT) {
                ost->event = (uint32_t) value;
        } else if (r->command == REGBLOCK_CMD_OST_STATUS) {
                ost->status = (uint32_t) value;
                r->env->ost(r->env->host, r->selector, ost->event, ost->status);
        }
}

/* A bitmap that is byte-wide inside: only the byte that meets offset 0 matters, the rest of that access is lost. */
static void
legacy_write(Regblock *r, uint64_t offset, unsigned width, uint64_t value)
{
        if (offset == 0 && (value & 0xff) == 0 && legacy_accepts(r, width) && r->features & REGBLOCK_MODERN)
                r->modern = true;
}

static void
regblock_write(void *state, PvSpace space, uint64_t address, unsigned width, uint64_t value)
{
        Regblock *r = state;
        uint64_t offset = address - r->base;

        (void) space;
        if (!r->modern) {
                legacy_write(r, offset, width, value);
                return;
        }
        if (offset == REGBLOCK_SELECTOR_W)
                r->selector = (uint32_t) value; /* a narrow write replaces all of it */
        if (offset == REGBLOCK_SELECTOR_W || r->selector >= r->n)
                return;
        if (offset == REGBLOCK_CONTROL_W)
                write_control(r, value);
        else if (offset == REGBLOCK_COMMAND_W)
                write_command(r, value);
        else if (offset == REGBLOCK_DATA_RW)
                write_data(r, value);
}

/* ---- host events ---- */

/*
 * In legacy mode the bitmap takes the new CPU and no insert event is kept for later; an APIC ID that the bitmap
 * cannot hold forces modern mode instead, and up to QEMU 8.2 this CPU's arrival is lost (commit 45e48809d3).
 */
static int
regblock_plug(void *state, uint32_t selector)
{
        Regblock *r = state;
        bool wide = r->env->apic_id[selector] >= 8 * REGBLOCK_LEGACY_LENGTH;

        if (!r->modern && wide && r->features & REGBLOCK_WIDE_ID_SWITCHES) {
                r->modern = true;
                if (!(r->features & REGBLOCK_WIDE_ID_ARRIVES))
                        return 0;
        }
        legacy_set(r, selector);
        r->flags[selector] |= r->modern ? REGBLOCK_ENABLED | REGBLOCK_INSERT : REGBLOCK_ENABLED;
        r->env->notify(r->env->host, PV_NOTICE_SCI);
        return 0;
}

static int
regblock_unplug_request(void *state, uint32_t selector)
{
        Regblock *r = state;

        if (!r->modern)
                return PV_E_REFUSED; /* the bitmap has no way to ask */
        r->flags[selector] |= REGBLOCK_REMOVE;
        r->env->notify(r->env->host, PV_NOTICE_SCI);
        return 0;
}

/* Insert and remove stay pending: only the guest clears them. */
static void
regblock_unplugged(void *state, uint32_t selector)
{
        Regblock *r = state;

        r->flags[selector] &= (uint8_t) ~(REGBLOCK_ENABLED | REGBLOCK_FW_REMOVE);
}

/* Selector, command, events and mode all survive: the block has no reset. */
static void
regblock_reset(void *state)
{
        (void) state;
}

/* ---- lifetime ---- */

static int
regblock_ranges(const char *name, PvChipset chipset, PvRange *ret_ranges, int capacity)
{
        const PvRevision *revision = regblock_revision(name);
        bool legacy = revision && revision->features & REGBLOCK_STARTS_LEGACY;

        if (capacity > 0)
                ret_ranges[0] = (PvRange){
                        .space = PV_SPACE_PIO,
                        .base = chipset == PV_CHIPSET_Q35 ? REGBLOCK_BASE_Q35 : REGBLOCK_BASE_PC,
                        .length = legacy ? REGBLOCK_LEGACY_LENGTH : REGBLOCK_MODERN_LENGTH,
                };
        return 1;
}

static void
regblock_free(void *state)
{
        Regblock *r = state;

        free(r->flags);
        free(r->ost);
        free(r);
}

static void
power_on(Regblock *r)
{
        r->modern = !(r->features & REGBLOCK_STARTS_LEGACY);
        for (uint32_t i = 0; i < r->n; i++) {
                if (!pv_bit_get(r->env->boot_present, i))
                        continue;
                r->flags[i] = REGBLOCK_ENABLED;
                legacy_set(r, i);
                if (r->features & REGBLOCK_WIDE_ID_SWITCHES &&
                    r->env->apic_id[i] >= 8 * REGBLOCK_LEGACY_LENGTH)
                        r->modern = true;
        }
}

static void *
regblock_create(const PvDeviceEnv *env, const char *name)
{
        const PvRevision *revision = regblock_revision(name);
        Regblock *r = revision ? calloc(1, sizeof *r) : NULL;
        PvRange range;

        if (!r)
                return NULL;
        r->env = env;
        r->features = (uint32_t) revision->features;
        r->n = env->topology->max_cpus;
        r->flags = calloc(r->n, sizeof *r->flags);
        r->ost = calloc(r->n, sizeof *r->ost);
        if (!r->flags || !r->ost) {
                regblock_free(r);
                return NULL;
        }
        regblock_ranges(name, env->chipset, &range, 1);
        r->base = range.base;
        power_on(r);
        return r;
}

/* ---- migration ---- */

typedef struct Image {
        uint32_t n, selector;
        uint8_t command, modern, pad[2];
        uint8_t legacy_map[REGBLOCK_LEGACY_LENGTH];
} Image; /* then n status bytes, then n Ost */

static size_t
image_size(const Regblock *r)
{
        return sizeof(Image) + r->n * (sizeof *r->flags + sizeof *r->ost);
}

static size_t
regblock_save(void *state, void *ret_image, size_t n)
{
        const Regblock *r = state;
        Image head = {.n = r->n, .selector = r->selector, .command = r->command, .modern = r->modern};
        uint8_t *at = ret_image;

        if (n < image_size(r))
                return image_size(r);
        memcpy(head.legacy_map, r->legacy_map, sizeof head.legacy_map);
        memcpy(at, &head, sizeof head);
        at += sizeof head;
        for (uint32_t i = 0; i < r->n; i++) /* fw_remove is not migrated: QEMU's vmstate lacks it, 6.0 to 11.1 */
                at[i] = (uint8_t) (r->flags[i] & ~REGBLOCK_FW_REMOVE);
        memcpy(at + r->n, r->ost, r->n * sizeof *r->ost);
        return image_size(r);
}

static bool
mode_possible(const Regblock *r, uint8_t modern)
{
        return modern <= 1 && r->features & (modern ? REGBLOCK_MODERN : REGBLOCK_STARTS_LEGACY);
}

static int
regblock_load(void *state, const void *image, size_t n)
{
        Regblock *r = state;
        const uint8_t *at = image;
        Image head;

        if (n != image_size(r))
                return PV_E_MALFORMED;
        memcpy(&head, at, sizeof head);
        if (head.n != r->n || head.command > last_command(r) || !mode_possible(r, head.modern))
                return PV_E_MALFORMED;
        at += sizeof head;
        for (uint32_t i = 0; i < r->n; i++)
                if (at[i] & ~REGBLOCK_STATUS_MASK)
                        return PV_E_MALFORMED;
        r->selector = head.selector;
        r->command = head.command;
        r->modern = head.modern;
        memcpy(r->legacy_map, head.legacy_map, sizeof head.legacy_map);
        memcpy(r->flags, at, r->n);
        memcpy(r->ost, at + r->n, r->n * sizeof *r->ost);
        return 0;
}

RegblockLook
regblock_look(const void *device)
{
        const Regblock *r = device;

        return (RegblockLook){r->features, r->n, r->selector, r->command, r->modern, r->flags};
}

const PvDeviceOps regblock_device = {
        .ranges = regblock_ranges,
        .create = regblock_create,
        .free = regblock_free,
        .reset = regblock_reset,
        .read = regblock_read,
        .write = regblock_write,
        .plug = regblock_plug,
        .unplug_request = regblock_unplug_request,
        .unplugged = regblock_unplugged,
        .save = regblock_save,
        .load = regblock_load,
};
