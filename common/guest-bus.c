/* SPDX-License-Identifier: MIT */
/* Commands to pvabi-guest, and the consumer that is in it as one like any other. */
#include "common/guest-bus.h"

#include <string.h>

#include "common/composite.h"

static int
command(PvGuestBus *g, PvMailboxCommand command)
{
        g->box->command = command;
        g->commands++;
        return g->exchange(g);
}

/* ---- accesses ---- */

int
pv_guest_repeat(PvGuestBus *g, const PvGuestAccess *access, uint32_t times, uint32_t *value)
{
        int r;

        g->box->size = 0;
        g->box->arg[PV_MAILBOX_SPACE] = access->space;
        g->box->arg[PV_MAILBOX_ADDRESS] = access->address;
        g->box->arg[PV_MAILBOX_WIDTH] = access->width;
        g->box->arg[PV_MAILBOX_TIMES] = times;
        g->box->arg[PV_MAILBOX_VALUE] = *value;
        r = command(g, access->write ? PV_MAILBOX_WRITE : PV_MAILBOX_READ);
        if (!r)
                *value = g->box->arg[PV_MAILBOX_VALUE];
        return r;
}

int
pv_guest_read(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t *ret_value)
{
        const PvGuestAccess access = {false, space, (uint32_t) address, width};
        uint32_t value = 0;
        int r = pv_guest_repeat((PvGuestBus *) bus, &access, 1, &value);

        if (!r)
                *ret_value = pv_by_width(value, width);
        return r;
}

int
pv_guest_write(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t value)
{
        const PvGuestAccess access = {true, space, (uint32_t) address, width};
        uint32_t written = (uint32_t) value;

        return pv_guest_repeat((PvGuestBus *) bus, &access, 1, &written);
}

/* Bytes in pieces that fit the box; `step`: what a piece adds to the address. */
static int
transfer(PvGuestBus *g, PvMailboxCommand what, uint64_t address, uint32_t step, uint8_t *data, size_t n)
{
        for (size_t done = 0; done < n;) {
                uint32_t piece = (uint32_t) MIN(n - done, PV_MAILBOX_DATA);
                int r;

                g->box->arg[PV_MAILBOX_ADDRESS] = (uint32_t) (address + step * done);
                g->box->size = piece;
                if (what == PV_MAILBOX_STORE)
                        memcpy(g->box->data, data + done, piece);
                r = command(g, what);
                if (r)
                        return r;
                if (what != PV_MAILBOX_STORE)
                        memcpy(data + done, g->box->data, piece);
                done += piece;
        }
        return 0;
}

int
pv_guest_read_string(PvBus *bus, uint64_t port, void *ret_data, size_t n)
{
        return transfer((PvGuestBus *) bus, PV_MAILBOX_STRING, port, 0, ret_data, n);
}

int
pv_guest_load(PvGuestBus *g, PvGpa gpa, void *ret_data, size_t n)
{
        return transfer(g, PV_MAILBOX_LOAD, gpa.value, 1, ret_data, n);
}

int
pv_guest_store(PvGuestBus *g, PvGpa gpa, const void *data, size_t n)
{
        return transfer(g, PV_MAILBOX_STORE, gpa.value, 1, (uint8_t *) data, n);
}

int
pv_guest_counts(PvGuestBus *g, gboolean counting, PvPortCounts *ret_counts)
{
        int r;

        g->box->size = 0;
        g->box->arg[PV_MAILBOX_COUNTING] = (uint32_t) counting;
        r = command(g, PV_MAILBOX_COUNTS);
        if (!r)
                memcpy(ret_counts, g->box->data, sizeof *ret_counts);
        return r;
}

/* ---- the consumer in the guest ---- */

typedef struct GuestConsumer {
        PvConsumerOps ops;
        PvGuestBus *guest;
        const PvCandidate *candidate;
        PvTrace *trace;
        PvMailboxView view; /* where its buffers are in the guest */
        PvGpa arena;
} GuestConsumer;

#define ARENA_PAGES 64u /* states of a few KiB each, and a bounce page at a time */

static int
alloc(GuestConsumer *c, size_t n, uint32_t *ret_gpa)
{
        PvBus *bus = &c->guest->bus;
        PvGpa gpa;
        int r = bus->ops->gpa_alloc(bus, n, PV_PRIVATE, &gpa);

        if (!r)
                *ret_gpa = (uint32_t) gpa.value;
        return r;
}

/* The view's buffers, of the size that the first caller's have: a session has one size. */
static int
place_buffers(GuestConsumer *c, const PvView *view)
{
        int r;

        if (c->view.capacity >= view->capacity)
                return 0;
        c->view.id_slots_n = view->id_slots_n;
        r = alloc(c, view->capacity * sizeof *view->apic_id, &c->view.apic_id);
        r = r ? r : alloc(c, pv_bitmap_size(view->capacity), &c->view.present);
        r = r ? r : alloc(c, view->id_slots_n * sizeof *view->id_slots, &c->view.id_slots);
        if (!r)
                c->view.capacity = view->capacity;
        return r;
}

/* What the guest answered is no access of its consumer: it is not counted as one. */
static int
fetch(const GuestConsumer *c, uint32_t gpa, void *ret_data, size_t n)
{
        if (!c->guest->memory)
                return pv_guest_load(c->guest, (PvGpa){gpa}, ret_data, n);
        memcpy(ret_data, c->guest->memory + gpa, n);
        return 0;
}

/* Buffers travel only where they say something. */
static int
fetch_buffers(GuestConsumer *c, PvView *view)
{
        size_t n = MIN(view->possible, view->capacity);
        int r = 0;

        if (!(view->facets & PV_FACET_POSSIBLE_COUNT))
                n = view->capacity;
        if (view->facets & PV_FACET_APIC_ID)
                r = fetch(c, c->view.apic_id, view->apic_id, n * sizeof *view->apic_id);
        if (!r && view->facets & PV_FACET_PRESENT_SET)
                r = fetch(c, c->view.present, view->present, pv_bitmap_size((uint32_t) n));
        return r;
}

/* Single accesses are the trace's to count; what a call does in a guest that nobody watches is not. */
static int
start_account(GuestConsumer *c)
{
        PvPortCounts none;

        return c->guest->blind ? pv_guest_counts(c->guest, TRUE, &none) : 0;
}

static int
account(GuestConsumer *c)
{
        uint32_t gpa_bytes = c->guest->box->arg[PV_MAILBOX_GPA_BYTES];
        PvPortCounts ports = {0};
        int r = c->guest->blind ? pv_guest_counts(c->guest, FALSE, &ports) : 0;

        if (!r && c->trace)
                pv_trace_add(c->trace, &ports, gpa_bytes);
        return r;
}

static void
pack(const GuestConsumer *c, const PvView *view, PvMailbox *box)
{
        PvMailboxView packed = c->view;

        packed.facets = view->facets;
        packed.possible = view->possible;
        packed.present_count = view->present_count;
        packed.event_kind = view->event.kind;
        packed.event_selector = view->event.selector;
        packed.event_apic_id = view->event.apic_id;
        memcpy(box->data, &packed, sizeof packed);
        box->size = sizeof packed;
}

static void
unpack(const PvMailbox *box, PvView *view)
{
        PvMailboxView packed;

        memcpy(&packed, box->data, sizeof packed);
        view->facets = packed.facets;
        view->needed = packed.needed;
        view->possible = packed.possible;
        view->present_count = packed.present_count;
        view->event = (PvEvent){(PvEventKind) packed.event_kind, packed.event_selector, packed.event_apic_id};
}

/* A function of the consumer that has no view. */
static int
call(GuestConsumer *c, PvMailboxCommand what, uint32_t a, uint32_t b, uint32_t d)
{
        uint32_t *arg = c->guest->box->arg;
        int r = start_account(c), result;

        if (r)
                return r;
        c->guest->box->size = 0;
        arg[0] = a;
        arg[1] = b;
        arg[2] = d;
        r = command(c->guest, what);
        result = c->guest->box->result;
        r = r ? r : account(c);
        return r ? r : result;
}

static int
call_on_view(GuestConsumer *c, PvMailboxCommand what, uint32_t wanted, PvView *view)
{
        int r = place_buffers(c, view), result;

        r = r ? r : start_account(c);
        if (r)
                return r;
        c->guest->box->arg[PV_MAILBOX_WANTED] = wanted;
        pack(c, view, c->guest->box);
        r = command(c->guest, what);
        if (r)
                return r;
        result = c->guest->box->result;
        unpack(c->guest->box, view);
        r = account(c);
        r = r ? r : fetch_buffers(c, view);
        return r ? r : result;
}

static int
guest_detect(void *state)
{
        return call(state, PV_MAILBOX_DETECT, 0, 0, 0);
}

static int
guest_enumerate(void *state, uint32_t wanted, PvView *view)
{
        return call_on_view(state, PV_MAILBOX_ENUMERATE, wanted, view);
}

static int
guest_poll(void *state, PvView *view)
{
        return call_on_view(state, PV_MAILBOX_POLL, 0, view);
}

static int
guest_ack(void *state, PvView *view)
{
        return call_on_view(state, PV_MAILBOX_ACK, 0, view);
}

static int
guest_eject(void *state, uint32_t selector)
{
        return call(state, PV_MAILBOX_EJECT, selector, 0, 0);
}

static int
guest_ost(void *state, uint32_t selector, uint32_t event, uint32_t status)
{
        return call(state, PV_MAILBOX_OST, selector, event, status);
}

/* Two strings for each part: which consumer, and the revision it takes for granted. */
static gboolean
add_name(PvMailbox *box, const char *name)
{
        size_t n = strlen(name) + 1;

        if (n > PV_MAILBOX_DATA - box->size)
                return FALSE;
        memcpy(box->data + box->size, name, n);
        box->size += (uint32_t) n;
        return TRUE;
}

static gboolean
name_parts(PvMailbox *box, const PvCandidate *candidate)
{
        box->size = 0;
        for (unsigned i = 0; i < candidate->n_consumers; i++) {
                const PvConsumerChoice *choice = &candidate->consumer[i];
                g_autofree char *name = g_strdup_printf("%s.%s", choice->backend->name, choice->ops->name);

                if (!add_name(box, name) || !add_name(box, choice->assumed ? choice->assumed : ""))
                        return FALSE;
        }
        return TRUE;
}

/* The bus is the guest's own, and who assumes what was named: both arguments say nothing new. */
static int
guest_init(void *state, PvBus *bus, const char *assumed)
{
        GuestConsumer *c = state;
        PvMailbox *box = c->guest->box;
        uint32_t arena;
        int r = c->arena.value ? 0 : alloc(c, ARENA_PAGES * PV_PAGE_SIZE, &arena);

        (void) bus;
        (void) assumed;
        if (r)
                return r;
        if (!c->arena.value)
                c->arena.value = arena;
        if (!name_parts(box, c->candidate))
                return PV_E_UNSUPPORTED;
        box->arg[PV_MAILBOX_PARTS] = c->candidate->n_consumers;
        box->arg[PV_MAILBOX_ARENA] = (uint32_t) c->arena.value;
        box->arg[PV_MAILBOX_LENGTH] = ARENA_PAGES * PV_PAGE_SIZE;
        box->arg[PV_MAILBOX_BUDGET] = c->guest->blind && c->trace ? (uint32_t) pv_trace_budget(c->trace) : 0;
        box->arg[PV_MAILBOX_MAX_CPUS] = c->guest->bus.limits.max_cpus;
        box->arg[PV_MAILBOX_MAX_APIC_ID] = c->guest->bus.limits.max_apic_id;
        r = command(c->guest, PV_MAILBOX_INIT);
        return r ? r : box->result;
}

/* Slots that the consumers do not have are not there. */
static PvConsumerOps
ops_like(const PvConsumerOps *real)
{
        PvConsumerOps ops = *real;

        ops.init = guest_init;
        ops.detect = guest_detect;
        ops.enumerate = real->enumerate ? guest_enumerate : NULL;
        ops.poll = real->poll ? guest_poll : NULL;
        ops.ack = real->ack ? guest_ack : NULL;
        ops.eject = real->eject ? guest_eject : NULL;
        ops.ost = real->ost ? guest_ost : NULL;
        return ops;
}

const PvConsumerOps *
pv_guest_consumer_new(PvGuestBus *guest, const PvCandidate *candidate, PvTrace *trace, void **ret_state)
{
        g_autofree GuestConsumer *c = g_new0(GuestConsumer, 1);

        c->ops = ops_like(candidate->n_consumers > 1 ? &pv_composite : candidate->consumer[0].ops);
        c->guest = guest;
        c->candidate = candidate;
        c->trace = trace;
        if (guest_init(c, &guest->bus, NULL))
                return NULL;
        *ret_state = c;
        return &((GuestConsumer *) g_steal_pointer(&c))->ops;
}
