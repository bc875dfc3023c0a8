/* SPDX-License-Identifier: MIT */
/* Fields: what was written last at each register, where an item stands, and what a descriptor says. */
#include "conformance/watch-fields.h"

static PvWatchLatch *
find_latch(const PvWatchPart *part, guint64 offset)
{
        for (guint i = 0; i < part->latches->len; i++) {
                PvWatchLatch *latch = &g_array_index(part->latches, PvWatchLatch, i);

                if (latch->offset == offset)
                        return latch;
        }
        return NULL;
}

static void
latch_value(PvWatchPart *part, guint64 offset, guint64 value)
{
        PvWatchLatch *latch = find_latch(part, offset), new = {offset, value, part->n_writes};

        if (latch)
                *latch = new;
        else
                g_array_append_val(part->latches, new);
}

static guint64
latched(const PvWatchPart *part, guint64 offset)
{
        const PvWatchLatch *latch = find_latch(part, offset);

        return latch ? latch->value : 0;
}

gboolean
pv_watch_part_has(const PvWatchPart *part, PvSpace space, guint64 address, guint64 *ret_offset)
{
        for (guint i = 0; i < part->n_ranges; i++) {
                const PvRange *range = &part->range[i];

                if (range->space != space || address - range->base >= range->length)
                        continue;
                *ret_offset = address - part->range[0].base;
                return TRUE;
        }
        return FALSE;
}

void
pv_watch_part_written(PvWatchPart *part, guint64 offset, guint64 value)
{
        part->n_writes++;
        latch_value(part, offset, value);
        if (part->items && offset == part->items->select) {
                part->item = value;
                part->position = 0;
        }
}

/* ---- which field ---- */

static gboolean
spans(const PvWatchPart *part, const PvField *f, guint64 at)
{
        guint64 from = at - f->offset;

        if (at < f->offset || (f->needs && !(f->needs & part->features)))
                return FALSE;
        if (f->stride)
                from %= f->stride;
        return f->length == 0 || from < f->length * (f->per_cpu ? part->cpus : 1);
}

/* Is what was written before as this field has it? */
static gboolean
is_latched(const PvWatchPart *part, const PvField *f)
{
        const PvWatchLatch *latch = find_latch(part, f->latch_offset);

        if (!f->latched)
                return TRUE;
        return latch && (latch->value & f->latch_mask) == f->latch_match &&
               (!f->fresh || latch->when == part->n_writes);
}

PvWatchByte
pv_watch_part_byte(const PvWatchPart *part, PvFieldPlace place, guint64 item, guint64 at)
{
        PvWatchByte byte = {.at = at};

        if (place == PV_FIELD_DESCRIPTOR)
                byte.instance = part->n_transfers;
        for (gsize i = 0; i < part->n_fields && !byte.field; i++) {
                const PvField *f = &part->fields[i];

                if (f->place == place && f->item == item && spans(part, f, at) && is_latched(part, f))
                        byte.field = f;
        }
        if (byte.field && byte.field->indexed)
                byte.instance = latched(part, byte.field->index_offset);
        return byte;
}

PvWatchByte
pv_watch_part_register(PvWatchPart *part, guint64 offset, guint byte)
{
        if (part->items && offset == part->items->data)
                return pv_watch_part_byte(part, PV_FIELD_ITEM, part->item, part->position++);
        return pv_watch_part_byte(part, PV_FIELD_REGISTER, 0, offset + byte);
}

void
pv_watch_part_told(PvWatchPart *part, const PvField *field, guint64 value)
{
        if (field && field->moves)
                latch_value(part, field->index_offset, value);
}

/* ---- what comes by DMA ---- */

static guint64
load(const PvItems *items, const guint8 *bytes, guint n)
{
        guint64 value = 0;

        for (guint i = 0; i < n; i++)
                value |= (guint64) bytes[i] << 8 * (items->big_endian ? n - 1 - i : i);
        return value;
}

static guint32
half(const PvWatchPart *part, guint64 offset)
{
        guint32 value = (guint32) latched(part, offset);

        return part->items->big_endian ? GUINT32_SWAP_LE_BE(value) : value;
}

gboolean
pv_watch_part_rung(PvWatchPart *part, guint64 offset, PvGpa *ret_descriptor)
{
        if (!part->items || !part->items->dma || offset != part->items->low)
                return FALSE;
        part->descriptor.value = (guint64) half(part, part->items->high) << 32 | half(part, offset);
        part->n_transfers++;
        *ret_descriptor = part->descriptor;
        return TRUE;
}

gboolean
pv_watch_part_transfer(PvWatchPart *part, const guint8 *descriptor, PvWatchTransfer *ret_transfer)
{
        const PvItems *items = part->items;
        const guint32 control = (guint32) load(items, descriptor + items->control, 4);
        const guint64 length = load(items, descriptor + items->length, 4);

        if (control & items->choose) {
                part->item = control >> items->shift;
                part->position = 0;
        }
        if (!(control & (items->read | items->write | items->skip)))
                return FALSE;
        *ret_transfer = (PvWatchTransfer){.address = load(items, descriptor + items->address, 8),
                                          .length = length,
                                          .item = part->item,
                                          .position = part->position};
        part->position += length;
        return (control & items->read) != 0;
}
