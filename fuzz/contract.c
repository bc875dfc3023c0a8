/* SPDX-License-Identifier: MIT */
/*
 * A consumer answers nothing but what its contract knows, touches nothing outside of its buffers, and believes nothing that
 * contradicts itself. A function that it does not have answers PV_E_UNSUPPORTED.
 */
#include "fuzz/contract.h"

#include <stdlib.h>

#include "common/guarded.h"

void
must(gboolean holds, const char *what)
{
        if (holds)
                return;
        g_printerr("consumer of %s: %s\n", FUZZ_BACKEND, what);
        abort();
}

PvView
guarded_view(uint32_t capacity)
{
        uint32_t slots = 2;

        while (slots < 2 * capacity)
                slots *= 2;
        return (PvView){
                .capacity = capacity,
                .apic_id = pv_guarded_new(capacity * sizeof(uint32_t)),
                .present = pv_guarded_new(pv_bitmap_size(capacity)),
                .id_slots = pv_guarded_new(slots * sizeof(uint32_t)),
                .id_slots_n = slots,
        };
}

void
guarded_view_free(PvView *view)
{
        pv_guarded_free(view->apic_id);
        pv_guarded_free(view->present);
        pv_guarded_free(view->id_slots);
}

/* What must hold after every call: the answer is a fatal code or a finding, and all canaries live. */
static void
must_be_sound(int r, const PvView *view, const void *state)
{
        must(r >= PV_E_TERMINATED && (r <= PV_E_TOO_SMALL || pv_is_malformed(r)), "answers what no contract knows");
        must(pv_guarded_intact(state), "wrote outside of its state");
        if (view)
                must(pv_guarded_intact(view->apic_id) && pv_guarded_intact(view->present) &&
                             pv_guarded_intact(view->id_slots),
                     "wrote outside of the view");
}

int
contract_detect(const PvConsumerOps *ops, void *state)
{
        int r = ops->detect(state);

        must_be_sound(r, NULL, state);
        return r;
}

static uint32_t
count_present(const PvView *view, uint32_t n)
{
        uint32_t present = 0;

        for (uint32_t i = 0; i < n; i++)
                present += pv_bit_get(view->present, i);
        return present;
}

static void
must_agree(const PvView *view)
{
        const uint32_t facets = view->facets, possible = view->possible;

        if (!(facets & PV_FACET_POSSIBLE_COUNT))
                return;
        must(possible > 0, "believes that there is no CPU");
        if (facets & PV_FACET_PRESENT_COUNT)
                must(view->present_count > 0 && view->present_count <= possible,
                     "believes that nobody is present, or more than can be");
        if (facets & (PV_FACET_PRESENT_SET | PV_FACET_APIC_ID))
                must(possible <= view->capacity, "states arrays of more CPUs than the view holds");
        if (facets & PV_FACET_PRESENT_SET)
                must(count_present(view, possible) > 0, "believes that nobody is present");
}

int
contract_enumerate(const PvConsumerOps *ops, void *state, uint32_t wanted, PvView *view)
{
        const uint32_t before = view->facets;
        int r;

        if (!ops->enumerate)
                return PV_E_UNSUPPORTED;
        r = ops->enumerate(state, wanted, view);
        must_be_sound(r, view, state);
        must(!(view->facets & ~before & ~ops->facets), "states a facet that it never claimed");
        must(r == 0 || view->facets == before, "states a facet that it did not learn");
        must(r != PV_E_TOO_SMALL || view->needed > view->capacity, "does not say what a view needs that is too small");
        if (r)
                return r;
        must_agree(view);
        if (view->facets & PV_FACET_APIC_ID && view->facets & PV_FACET_POSSIBLE_COUNT)
                must(pv_view_check_ids(view, view->possible) == 0, "believes two CPUs with one APIC ID");
        return 0;
}

static void
must_be_an_event(const PvView *view)
{
        const PvEvent *event = &view->event;
        const uint32_t facets = view->facets;

        must(facets & PV_FACET_ARRIVED, "found an event and does not say so");
        must(event->kind >= PV_EVENT_INSERT && event->kind <= PV_EVENT_FW_REMOVE, "found an event of no kind");
        if (!(facets & PV_FACET_POSSIBLE_COUNT))
                return;
        must(event->selector < view->possible, "believes in an event of a CPU that cannot be");
        if (facets & PV_FACET_ARRIVED_ID && facets & PV_FACET_APIC_ID)
                must(event->apic_id == view->apic_id[event->selector],
                     "believes an APIC ID that is not the one of boot");
}

int
contract_poll(const PvConsumerOps *ops, void *state, PvView *view)
{
        const uint32_t before = view->facets;
        int r;

        if (!ops->poll)
                return PV_E_UNSUPPORTED;
        r = ops->poll(state, view);
        must_be_sound(r, view, state);
        must(!(view->facets & ~before & ~ops->facets), "states a facet that it never claimed");
        if (r == 0)
                must_be_an_event(view);
        return r;
}

int
contract_ack(const PvConsumerOps *ops, void *state, PvView *view)
{
        int r;

        if (!ops->ack)
                return PV_E_UNSUPPORTED;
        r = ops->ack(state, view);
        must_be_sound(r, view, state);
        return r;
}

int
contract_eject(const PvConsumerOps *ops, void *state, uint32_t selector)
{
        int r;

        if (!ops->eject)
                return PV_E_UNSUPPORTED;
        r = ops->eject(state, selector);
        must_be_sound(r, NULL, state);
        return r;
}

int
contract_ost(const PvConsumerOps *ops, void *state, uint32_t selector)
{
        int r;

        if (!ops->ost)
                return PV_E_UNSUPPORTED;
        r = ops->ost(state, selector, 3, 0x80);
        must_be_sound(r, NULL, state);
        return r;
}
