/* SPDX-License-Identifier: MIT */
/* A consumer around a consumer, with one seeded bug in what it passes on. */
#include "common/mutate.h"

#include <stdlib.h>

typedef struct Mutant {
        const PvConsumerOps *inner;
        const PvMutation *mutation;
        void *state;
        PvBus *bus;
        unsigned enumerations;
} Mutant;

bool
pv_mutates_consumer(const PvMutation *mutation)
{
        return mutation->kind >= PV_MUTATE_CONSUMER_DETECT;
}

bool
pv_mutates_bus(const PvMutation *mutation)
{
        return mutation->kind >= PV_MUTATE_BUS_READ_SET;
}

void *
pv_mutate_consumer_new(const PvConsumerOps *inner, void *inner_state, const PvMutation *mutation)
{
        Mutant *m = calloc(1, sizeof *m);

        if (m)
                *m = (Mutant){.inner = inner, .mutation = mutation, .state = inner_state};
        return m;
}

static int
mutant_init(void *state, PvBus *bus, const char *assumed)
{
        Mutant *m = state;

        m->bus = bus;
        return m->inner->init(m->state, bus, assumed);
}

/* As firmware waits before it tries again: by a port that nobody needs. Fatal once the bus has had enough. */
static int
wait_a_little(Mutant *m)
{
        uint32_t ignored;

        return pv_bus_in(m->bus, 0x80, 1, &ignored);
}

/* Of what ended the call, or the guest, this consumer makes nothing. */
static int
believed(const Mutant *m, int r)
{
        const bool stopped = r == PV_E_TERMINATED || (r > 0 && r != PV_E_IDLE && r != PV_E_UNSUPPORTED);

        return m->mutation->kind == PV_MUTATE_CONSUMER_BELIEVES && stopped ? 0 : r;
}

static int
mutant_detect(void *state)
{
        Mutant *m = state;
        int r = m->inner->detect(m->state);

        while (r > 0 && m->mutation->kind == PV_MUTATE_CONSUMER_RETRY) {
                r = wait_a_little(m);
                if (!r)
                        r = m->inner->detect(m->state);
        }
        r = believed(m, r);
        return r >= 0 && m->mutation->kind == PV_MUTATE_CONSUMER_DETECT ? (int) m->mutation->operand : r;
}

/* A page that nobody needs, and in it a buffer as it is. */
static int
use_memory(Mutant *m, const PvView *view)
{
        PvGpa gpa;
        int r = m->bus->ops->gpa_alloc(m->bus, PV_PAGE_SIZE, (PvSharing) m->mutation->operand, &gpa);

        if (!r)
                r = m->bus->ops->gpa_write(m->bus, gpa, view->id_slots, sizeof *view->id_slots);
        return r < 0 ? r : 0;
}

/* The inner consumer, tried again for as long as it has a finding, if that is the bug. */
static int
inner_enumerate(Mutant *m, uint32_t wanted, PvView *view)
{
        int r = m->inner->enumerate ? m->inner->enumerate(m->state, wanted, view) : PV_E_UNSUPPORTED;

        while (r > 0 && m->mutation->kind == PV_MUTATE_CONSUMER_RETRY) {
                r = wait_a_little(m);
                if (!r)
                        r = m->inner->enumerate(m->state, wanted, view);
        }
        return r;
}

static int
mutant_enumerate(void *state, uint32_t wanted, PvView *view)
{
        Mutant *m = state;
        uint32_t operand = (uint32_t) m->mutation->operand;
        int r = believed(m, inner_enumerate(m, wanted, view));

        if (r < 0)
                return r;
        switch (m->mutation->kind) {
        case PV_MUTATE_CONSUMER_FACETS:
                view->facets |= operand;
                break;
        case PV_MUTATE_CONSUMER_BELIEVES:
                view->facets |= operand & PV_FACETS_BOOT;
                break;
        case PV_MUTATE_CONSUMER_POSSIBLE:
                view->possible += operand;
                break;
        case PV_MUTATE_CONSUMER_SECOND:
                view->possible += m->enumerations++ ? operand : 0;
                break;
        case PV_MUTATE_CONSUMER_OVERRUN:
                if (r == PV_E_TOO_SMALL)
                        view->apic_id[view->capacity] = 0;
                break;
        case PV_MUTATE_CONSUMER_PRESENT_COUNT:
                view->present_count += operand;
                break;
        case PV_MUTATE_CONSUMER_PRESENT_FLIP:
                pv_bit_set(view->present, operand, !pv_bit_get(view->present, operand));
                break;
        case PV_MUTATE_CONSUMER_IDS_ARE_SELECTORS:
                for (uint32_t i = 0; i < view->capacity; i++)
                        view->apic_id[i] = i;
                break;
        case PV_MUTATE_CONSUMER_MEMORY:
                return use_memory(m, view) ? PV_E_GONE : r;
        default:
                break;
        }
        return r;
}

static int
mutant_poll(void *state, PvView *view)
{
        Mutant *m = state;
        int r = 0;

        if (m->mutation->kind == PV_MUTATE_CONSUMER_WALK)
                r = m->inner->enumerate(m->state, PV_FACETS_BOOT, view);
        if (!r)
                r = m->inner->poll ? m->inner->poll(m->state, view) : PV_E_UNSUPPORTED;
        if (r > 0 && !believed(m, r))
                view->facets |= (uint32_t) m->mutation->operand & PV_FACETS_EVENT;
        r = believed(m, r);
        if (!r && m->mutation->kind == PV_MUTATE_CONSUMER_TAKES && m->inner->ack)
                r = m->inner->ack(m->state, view);
        while (!r && m->mutation->kind == PV_MUTATE_CONSUMER_COLLECT)
                r = m->inner->poll(m->state, view);
        if (r == PV_E_IDLE && m->mutation->kind == PV_MUTATE_CONSUMER_POLL) {
                view->event.kind = PV_EVENT_INSERT;
                r = 0;
        }
        if (m->mutation->kind == PV_MUTATE_CONSUMER_EVENT)
                view->event.selector += (uint32_t) m->mutation->operand;
        if (m->mutation->kind == PV_MUTATE_CONSUMER_EVENT_ID)
                view->event.apic_id += (uint32_t) m->mutation->operand;
        return r;
}

static int
mutant_ack(void *state, PvView *view)
{
        Mutant *m = state;

        if (m->mutation->kind == PV_MUTATE_CONSUMER_ACK) {
                view->facets |= PV_FACET_ACKED;
                return 0;
        }
        return m->inner->ack ? m->inner->ack(m->state, view) : PV_E_UNSUPPORTED;
}

static int
mutant_eject(void *state, uint32_t selector)
{
        Mutant *m = state;

        if (m->mutation->kind == PV_MUTATE_CONSUMER_EJECT)
                return 0;
        return m->inner->eject ? m->inner->eject(m->state, selector) : PV_E_UNSUPPORTED;
}

static int
mutant_ost(void *state, uint32_t selector, uint32_t event, uint32_t status)
{
        Mutant *m = state;

        if (m->mutation->kind == PV_MUTATE_CONSUMER_OST)
                return 0;
        return m->inner->ost ? m->inner->ost(m->state, selector, event, status) : PV_E_UNSUPPORTED;
}

const PvConsumerOps pv_mutate_consumer = {
        .name = "mutant",
        .init = mutant_init,
        .detect = mutant_detect,
        .enumerate = mutant_enumerate,
        .poll = mutant_poll,
        .ack = mutant_ack,
        .eject = mutant_eject,
        .ost = mutant_ost,
};
