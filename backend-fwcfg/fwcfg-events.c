/* SPDX-License-Identifier: MIT */
/* The guest side of revision `live`: which event waits, and how it is answered. Freestanding. */
#include "backend-fwcfg/fwcfg-consumer.h"

#define ATTEMPTS 4u /* readings of an event that changes meanwhile */

/* Is there such a file, and can this transport write where it has to? */
static int
usable(FwcfgConsumer *c, bool to_write)
{
        int r = c->format ? 0 : fwcfg_detect(c);

        if (r)
                return r;
        return c->format == FWCFG_FEATURE_LIVE && (!to_write || c->transport->write) ? 0 : PV_E_UNSUPPORTED;
}

/* ---- the event ---- */

/* Its number stands before and behind what it says: where they differ, it changed while it was read. */
static int
read_record(FwcfgConsumer *c, uint8_t *ret_record)
{
        if (c->events.size != FWCFG_EVENTS_SIZE)
                return PV_E_BAD_SIZE;
        for (uint32_t i = 0; i < ATTEMPTS; i++) {
                int r;

                c->at_known = false; /* others may have used the device since */
                r = c->transport->read(c, c->events.key, 0, ret_record, FWCFG_EVENTS_SIZE);
                if (r)
                        return r;
                if (fwcfg_load_le32(ret_record + FWCFG_EVENTS_LE_SEQUENCE) ==
                    fwcfg_load_le32(ret_record + FWCFG_EVENTS_LE_SEQUENCE_AGAIN))
                        return 0;
        }
        return PV_E_UNSTEADY;
}

/* Number and kind are both 0, or neither is; and where there is no event, there is no CPU of it. */
static int
event_of(const uint8_t *record, PvEvent *ret_event)
{
        static const PvEventKind kinds[FWCFG_N_EVENTS] = {PV_EVENT_NONE, PV_EVENT_INSERT, PV_EVENT_REMOVE};
        const uint32_t kind = fwcfg_load_le16(record + FWCFG_EVENTS_LE_KIND);
        const bool numbered = fwcfg_load_le32(record + FWCFG_EVENTS_LE_SEQUENCE) != 0;
        PvEvent event;

        if (fwcfg_load_le32(record + FWCFG_EVENTS_LE_MAGIC) != FWCFG_EVENTS_MAGIC ||
            fwcfg_load_le16(record + FWCFG_EVENTS_LE_VERSION) != FWCFG_EVENTS_VERSION)
                return PV_E_BAD_FORMAT;
        if (kind >= FWCFG_N_EVENTS || numbered != (kind != FWCFG_EVENT_NONE))
                return PV_E_BAD_STATUS;
        event = (PvEvent){kinds[kind], fwcfg_load_le32(record + FWCFG_EVENTS_LE_SELECTOR),
                          fwcfg_load_le32(record + FWCFG_EVENTS_LE_APIC_ID)};
        if (!numbered && (event.selector || event.apic_id))
                return PV_E_BAD_STATUS;
        *ret_event = event;
        return 0;
}

/* The CPU must be possible, and its ID the one of boot: IDs do not change while a machine runs. */
static int
check_cpu(const FwcfgConsumer *c, const PvView *view, const PvEvent *event)
{
        const bool told = view->facets & PV_FACET_POSSIBLE_COUNT;

        if (event->selector >= (told ? view->possible : fwcfg_map_cpus(c->size)))
                return PV_E_BAD_SELECTOR;
        if (event->selector == 0 && event->kind != PV_EVENT_INSERT)
                return PV_E_BOOT_CPU; /* not ours to give away */
        if (event->apic_id == 0xffffffffu)
                return PV_E_BAD_ID;
        if (view->facets & PV_FACET_APIC_ID && event->selector < view->capacity &&
            event->apic_id != view->apic_id[event->selector])
                return PV_E_CONTRADICTION;
        return 0;
}

int
fwcfg_poll(void *state, PvView *view)
{
        uint8_t record[FWCFG_EVENTS_SIZE];
        FwcfgConsumer *c = state;
        PvEvent event;
        int r = usable(c, false);

        r = r ? r : read_record(c, record);
        r = r ? r : event_of(record, &event);
        if (!r && event.kind == PV_EVENT_NONE)
                r = PV_E_IDLE;
        r = r ? r : check_cpu(c, view, &event);
        if (r)
                return r;
        c->sequence = fwcfg_load_le32(record + FWCFG_EVENTS_LE_SEQUENCE);
        c->selector = event.selector;
        view->event = event;
        view->facets = (view->facets & ~(uint32_t) PV_FACETS_EVENT) | PV_FACET_ARRIVED | PV_FACET_ARRIVED_ID;
        return 0;
}

/* ---- answers ---- */

static int
answer(FwcfgConsumer *c, const uint32_t *words)
{
        uint8_t bytes[FWCFG_ANSWER_SIZE];

        if (c->answer.size != sizeof bytes)
                return PV_E_BAD_SIZE;
        for (uint32_t i = 0; i < sizeof bytes / 4; i++)
                fwcfg_store_le(bytes + 4 * i, words[i], 4);
        return c->transport->write(c, c->answer.key, bytes, sizeof bytes);
}

/* The transfer says that the bytes arrived; only the events file says that the event is over. */
int
fwcfg_ack(void *state, PvView *view)
{
        FwcfgConsumer *c = state;
        const uint32_t words[] = {FWCFG_ANSWER_ACK, c->sequence, c->selector, 0, 0};
        uint8_t record[FWCFG_EVENTS_SIZE];
        int r = usable(c, true);

        if (r)
                return r;
        if (!c->sequence || c->selector != view->event.selector)
                return PV_E_REFUSED; /* nothing was found that this could be the answer to */
        r = answer(c, words);
        r = r ? r : read_record(c, record);
        if (r)
                return r;
        if (fwcfg_load_le32(record + FWCFG_EVENTS_LE_SEQUENCE) == c->sequence)
                return PV_E_REFUSED;
        c->sequence = 0;
        view->facets |= PV_FACET_ACKED;
        return 0;
}

/* Never the boot CPU, whatever the host says. That it has gone, the map says. */
int
fwcfg_eject(void *state, uint32_t selector)
{
        const uint32_t words[] = {FWCFG_ANSWER_EJECT, 0, selector, 0, 0};
        FwcfgConsumer *c = state;
        uint32_t n, bitmap;
        uint8_t present;
        int r = usable(c, true);

        if (r)
                return r;
        n = fwcfg_map_cpus(c->size);
        if (n == 0)
                return PV_E_BAD_SIZE;
        if (selector == 0 || selector >= n)
                return PV_E_REFUSED;
        r = answer(c, words);
        bitmap = FWCFG_MAP_HEADER_SIZE + FWCFG_MAP_ENTRY_SIZE * n;
        r = r ? r : c->transport->read(c, c->key, bitmap + selector / 8, &present, 1);
        if (r)
                return r;
        return present >> selector % 8 & 1 ? PV_E_REFUSED : 0;
}

int
fwcfg_ost(void *state, uint32_t selector, uint32_t event, uint32_t status)
{
        const uint32_t words[] = {FWCFG_ANSWER_OST, 0, selector, event, status};
        FwcfgConsumer *c = state;
        int r = usable(c, true);

        return r ? r : answer(c, words);
}
