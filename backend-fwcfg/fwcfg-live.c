/* SPDX-License-Identifier: MIT */
/* The device side of revision `live`: events that wait, the file that shows the oldest, and answers. */
#include <stdlib.h>
#include <string.h>

#include "backend-fwcfg/fwcfg-device.h"

#define KINDS (FWCFG_N_EVENTS - 1u) /* of events that a CPU can have at once */

/* The number of this event. */
static uint32_t *
pending(const FwcfgDevice *d, uint32_t selector, unsigned kind)
{
        return &d->live.pending[KINDS * selector + kind - FWCFG_EVENT_INSERT];
}

int
fwcfg_live_build(FwcfgDevice *d)
{
        if (!d->live.events)
                return 0;
        d->live.pending = calloc(d->env->topology->max_cpus, KINDS * sizeof *d->live.pending);
        return d->live.pending ? 0 : PV_E_NO_MEMORY;
}

/* Which has waited longest? NULL: none waits. Numbers wrap, so it is their distance that counts. */
static const uint32_t *
oldest(const FwcfgLive *l, uint32_t n)
{
        const uint32_t *found = NULL;

        for (const uint32_t *p = l->pending; p < l->pending + (size_t) KINDS * n; p++)
                if (*p && (!found || l->last - *p > l->last - *found))
                        found = p;
        return found;
}

static void
show(FwcfgDevice *d)
{
        uint8_t *file = d->live.events->data;
        const uint32_t *p = oldest(&d->live, d->env->topology->max_cpus);
        const uint32_t place = p ? (uint32_t) (p - d->live.pending) : 0, selector = place / KINDS;

        fwcfg_store_le(file + FWCFG_EVENTS_LE_SEQUENCE, p ? *p : 0, 4);
        fwcfg_store_le(file + FWCFG_EVENTS_LE_KIND, p ? FWCFG_EVENT_INSERT + place % KINDS : 0, 2);
        fwcfg_store_le(file + FWCFG_EVENTS_LE_SELECTOR, p ? selector : 0, 4);
        fwcfg_store_le(file + FWCFG_EVENTS_LE_APIC_ID, p ? d->env->apic_id[selector] : 0, 4);
        fwcfg_store_le(file + FWCFG_EVENTS_LE_SEQUENCE_AGAIN, p ? *p : 0, 4);
}

/* One that waits already keeps its number. */
void
fwcfg_live_event(FwcfgDevice *d, uint32_t selector, unsigned kind)
{
        if (!d->live.events)
                return;
        if (!*pending(d, selector, kind)) {
                d->live.last += d->live.last == UINT32_MAX ? 2 : 1; /* 0 stands for none */
                *pending(d, selector, kind) = d->live.last;
                show(d);
        }
        d->env->notify(d->env->host, PV_NOTICE_SCI);
}

void
fwcfg_live_forget(FwcfgDevice *d, uint32_t selector)
{
        if (!d->live.events)
                return;
        *pending(d, selector, FWCFG_EVENT_INSERT) = *pending(d, selector, FWCFG_EVENT_REMOVE) = 0;
        show(d);
}

/* ---- answers ---- */

/* An answer to an event that is gone by now is one to nothing. */
static void
acknowledge(FwcfgDevice *d, uint32_t selector, uint32_t sequence)
{
        for (unsigned kind = FWCFG_EVENT_INSERT; kind < FWCFG_N_EVENTS; kind++)
                if (sequence && *pending(d, selector, kind) == sequence)
                        *pending(d, selector, kind) = 0;
        show(d);
}

/* Never the boot CPU. As with the register block, no request of the host is needed. */
static void
eject(FwcfgDevice *d, uint32_t selector)
{
        if (selector > 0 && pv_bit_get(d->present, selector))
                d->env->ejected(d->env->host, selector);
}

/* Only a transfer of all of it says something. */
void
fwcfg_live_answered(FwcfgDevice *d, uint32_t offset, uint32_t n)
{
        const uint8_t *answer = d->live.answer->data;
        const uint32_t selector = fwcfg_load_le32(answer + FWCFG_ANSWER_LE_SELECTOR);

        if (offset > 0 || n != FWCFG_ANSWER_SIZE || selector >= d->env->topology->max_cpus)
                return;
        switch (fwcfg_load_le32(answer + FWCFG_ANSWER_LE_VERB)) {
        case FWCFG_ANSWER_ACK:
                acknowledge(d, selector, fwcfg_load_le32(answer + FWCFG_ANSWER_LE_SEQUENCE));
                break;
        case FWCFG_ANSWER_EJECT:
                eject(d, selector);
                break;
        case FWCFG_ANSWER_OST:
                d->env->ost(d->env->host, selector, fwcfg_load_le32(answer + FWCFG_ANSWER_LE_OST_EVENT),
                            fwcfg_load_le32(answer + FWCFG_ANSWER_LE_OST_STATUS));
                break;
        default:
                break;
        }
}

/* ---- migration: the last number, what the answer file holds, then the number of each event ---- */

enum {
        IMAGE_LAST = 0,
        IMAGE_ANSWER = 4,
        IMAGE_PENDING = IMAGE_ANSWER + FWCFG_ANSWER_SIZE,
};

static uint32_t
n_pending(const FwcfgDevice *d)
{
        return KINDS * d->env->topology->max_cpus;
}

size_t
fwcfg_live_image_size(const FwcfgDevice *d)
{
        return d->live.events ? IMAGE_PENDING + (size_t) 4 * n_pending(d) : 0;
}

void
fwcfg_live_save(const FwcfgDevice *d, uint8_t *ret_image)
{
        if (!d->live.events)
                return;
        fwcfg_store_le(ret_image + IMAGE_LAST, d->live.last, 4);
        memcpy(ret_image + IMAGE_ANSWER, d->live.answer->data, FWCFG_ANSWER_SIZE);
        for (uint32_t i = 0; i < n_pending(d); i++)
                fwcfg_store_le(ret_image + IMAGE_PENDING + (size_t) 4 * i, d->live.pending[i], 4);
}

/* No CPU that is not there has an event. */
bool
fwcfg_live_fits(const FwcfgDevice *d, const uint8_t *present, const uint8_t *image)
{
        for (uint32_t i = 0; d->live.events && i < n_pending(d); i++)
                if (fwcfg_load_le32(image + IMAGE_PENDING + (size_t) 4 * i) &&
                    !pv_bit_get(present, i / KINDS))
                        return false;
        return true;
}

void
fwcfg_live_load(FwcfgDevice *d, const uint8_t *image)
{
        if (!d->live.events)
                return;
        d->live.last = fwcfg_load_le32(image + IMAGE_LAST);
        memcpy(d->live.answer->data, image + IMAGE_ANSWER, FWCFG_ANSWER_SIZE);
        for (uint32_t i = 0; i < n_pending(d); i++)
                d->live.pending[i] = fwcfg_load_le32(image + IMAGE_PENDING + (size_t) 4 * i);
        show(d);
}
