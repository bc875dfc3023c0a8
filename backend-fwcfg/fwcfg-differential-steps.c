/* SPDX-License-Identifier: MIT */
/* Steps towards a cell: a key of the kind that is wanted, the offset into its item, a transfer. */
#include "backend-fwcfg/fwcfg-differential.h"

#define LONG_FROM 64u

const char *const fwcfg_kinds[] = {
        "short item", "long item",  "writable item",   "item with a callback", "directory", "arch item",
        "empty item", "unused key", "unused arch key", "invalid key",          NULL};

/* ---- items ---- */

static const FwcfgItem *
item_of(const FwcfgDevice *d, uint16_t key)
{
        uint16_t index = key & (uint16_t) ~(FWCFG_KEY_WRITE | FWCFG_KEY_ARCH);

        if (index >= FWCFG_KEY_LIMIT)
                return NULL;
        return key & FWCFG_KEY_ARCH ? &d->arch[index] : &d->generic[index];
}

uint32_t
fwcfg_length_of(const FwcfgDevice *d, uint16_t key)
{
        const FwcfgItem *item = item_of(d, key);

        return item && item->data ? item->length : 0;
}

FwcfgKind
fwcfg_kind_of(const FwcfgDevice *d, uint16_t key)
{
        const FwcfgItem *item = item_of(d, key);

        if (!item)
                return FWCFG_INVALID;
        if (item->partial)
                return FWCFG_NO_KIND;
        if (key & FWCFG_KEY_ARCH)
                return item->data ? FWCFG_ARCH : FWCFG_UNUSED_ARCH;
        if (!item->data)
                return FWCFG_UNUSED;
        if (item == &d->generic[FWCFG_KEY_DIRECTORY])
                return FWCFG_DIRECTORY;
        if (item->writable)
                return FWCFG_WRITABLE;
        if (item->selected)
                return FWCFG_CALLBACK;
        if (!item->length)
                return FWCFG_EMPTY;
        return item->length < LONG_FROM ? FWCFG_SHORT : FWCFG_LONG;
}

/* ---- choosing ---- */

FwcfgSteps
fwcfg_steps(const PvWalk *walk, PvStep *ret_steps)
{
        return (FwcfgSteps){.walk = walk, .device = walk->device, .step = ret_steps};
}

uint32_t
fwcfg_any_of(const FwcfgSteps *s, uint32_t n)
{
        return pv_random(s->walk->random, n);
}

/* Bit 14 has no meaning, and may be in any of them. */
bool
fwcfg_any_key(const FwcfgSteps *s, FwcfgKind kind, uint16_t *ret_key)
{
        uint32_t first = fwcfg_any_of(s, 2 * FWCFG_KEY_LIMIT);
        uint16_t flag = fwcfg_any_of(s, 4) ? 0 : FWCFG_KEY_WRITE;

        if (kind == FWCFG_INVALID) {
                const uint16_t invalid[] = {
                        FWCFG_KEY_LIMIT, 0x3fff, FWCFG_KEY_INVALID,
                        (uint16_t) (FWCFG_KEY_ARCH | (FWCFG_KEY_LIMIT + fwcfg_any_of(s, 256)))};

                *ret_key = invalid[fwcfg_any_of(s, 4)] | flag;
                return true;
        }
        for (uint32_t i = 0; i < 2 * FWCFG_KEY_LIMIT; i++) {
                uint32_t place = (first + i) % (2 * FWCFG_KEY_LIMIT);
                uint16_t key =
                        (uint16_t) (place < FWCFG_KEY_LIMIT ? place
                                                            : FWCFG_KEY_ARCH | (place - FWCFG_KEY_LIMIT));

                if (fwcfg_kind_of(s->device, key) != kind)
                        continue;
                *ret_key = key | flag;
                return true;
        }
        return false;
}

/* ---- steps ---- */

static void
add_step(FwcfgSteps *s, char action, unsigned width, uint32_t where, PvValue value)
{
        if (s->n < PV_REACH_MAX)
                s->step[s->n++] = (PvStep){action, (uint8_t) width, where, value};
}

unsigned
fwcfg_add(FwcfgSteps *s, char action, unsigned width, uint32_t port, uint64_t value)
{
        add_step(s, action, width, port - FWCFG_BASE, (PvValue){PV_VALUE_LITERAL, pv_by_width(value, width)});
        return s->n;
}

void
fwcfg_add_load(FwcfgSteps *s, uint32_t where, unsigned n)
{
        add_step(s, 'm', n, where, (PvValue){PV_VALUE_ANY, 0});
}

void
fwcfg_add_store(FwcfgSteps *s, uint32_t where, uint64_t value)
{
        add_step(s, 'M', 8, where, (PvValue){PV_VALUE_LITERAL, value});
}

bool
fwcfg_is_doorbell(const PvStep *step)
{
        return step->action == 'W' && step->width == 4 && FWCFG_BASE + step->where == FWCFG_DMA_LOW_RW;
}

unsigned
fwcfg_add_transfer(FwcfgSteps *s, const FwcfgTransfer *t)
{
        uint64_t head = (uint64_t) t->control << 32 | t->length;

        fwcfg_add_store(s, t->descriptor, head);
        add_step(s, 'M', 8, t->descriptor + FWCFG_DMA_BE_ADDRESS, t->buffer);
        if (t->high)
                fwcfg_add(s, 'W', 4, FWCFG_DMA_HIGH_RW, 0);
        add_step(s, 'W', 4, FWCFG_DMA_LOW_RW - FWCFG_BASE, (PvValue){PV_VALUE_PAGE_BE, t->descriptor});
        return s->n;
}

void
fwcfg_add_position(FwcfgSteps *s, uint16_t key, uint32_t offset)
{
        const FwcfgTransfer skip = {
                .control = (uint32_t) key << FWCFG_DMA_KEY_SHIFT | FWCFG_DMA_SELECT | FWCFG_DMA_SKIP,
                .length = offset,
                .descriptor = FWCFG_DESCRIPTOR,
                .buffer = {PV_VALUE_LITERAL, 0},
                .high = s->device->dma_address != 0,
        };

        if (offset)
                fwcfg_add_transfer(s, &skip);
        else
                fwcfg_add(s, 'W', 2, FWCFG_SELECTOR_W, key);
}
