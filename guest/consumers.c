/* SPDX-License-Identifier: MIT */
/* The consumers in the image, and calls to them from outside. */
#include "guest/guest.h"

#include "backend-fwcfg/fwcfg-consumer.h"
#include "backend-regblock/consumers.h"
#include "common/composite.h"

static const struct {
        const char *backend;
        const PvConsumerOps *ops;
} consumers[] = {
        {"regblock", &regblock_firmware},       {"regblock", &regblock_ospm},
        {"regblock", &regblock_doc_5_0},        {"regblock", &regblock_doc_11_0},
        {"regblock", &regblock_cmd3_v1},        {"regblock", &regblock_byte_read},
        {"fwcfg", &fwcfg_consumer_port},        {"fwcfg", &fwcfg_consumer_dma},
        {"fwcfg", &fwcfg_consumer_dma_private}, {"fwcfg", &fwcfg_consumer_os_driver},
        {"fwcfg", &fwcfg_consumer_port_bytes}, {"fwcfg", &fwcfg_consumer_port_fields},
};

static GuestBus bus;
static PvComposite composite;
static const PvConsumerOps *consumer; /* NULL: there was no INIT */
static void *state;
static char names[PV_MAILBOX_DATA]; /* of INIT; consumers keep pointers to revisions */

/* ---- which consumer ---- */

static uint32_t
length(const char *text)
{
        uint32_t n = 0;

        while (text[n])
                n++;
        return n;
}

static bool
is_named(const char *name, uint32_t i)
{
        const uint32_t n = length(consumers[i].backend), m = length(consumers[i].ops->name);

        return length(name) == n + 1 + m && !__builtin_memcmp(name, consumers[i].backend, n) &&
               name[n] == '.' && !__builtin_memcmp(name + n + 1, consumers[i].ops->name, m);
}

static const PvConsumerOps *
find(const char *name)
{
        for (uint32_t i = 0; i < sizeof consumers / sizeof consumers[0]; i++)
                if (is_named(name, i))
                        return consumers[i].ops;
        return NULL;
}

/* The next string of the names; NULL: there is none. */
static const char *
next_name(uint32_t size, uint32_t *at)
{
        const char *name = names + *at;

        if (*at >= size)
                return NULL;
        *at += length(name) + 1;
        return name;
}

static int
add_part(const char *name, const char *assumed, GuestBus *memory)
{
        PvCompositePart *part = &composite.part[composite.n_parts];
        PvGpa gpa;
        int r;

        part->ops = name && assumed ? find(name) : NULL;
        if (!part->ops)
                return PV_E_UNSUPPORTED;
        r = memory->bus.ops->gpa_alloc(&memory->bus, part->ops->state_size + 1, PV_PRIVATE, &gpa);
        if (r)
                return r;
        part->state = (void *) (uintptr_t) gpa.value;
        part->assumed = *assumed ? assumed : NULL;
        part->usable = false;
        composite.n_parts++;
        return 0;
}

static int
init(PvMailbox *box)
{
        const uint32_t arena = box->arg[PV_MAILBOX_ARENA], n_parts = box->arg[PV_MAILBOX_PARTS];
        uint32_t size = box->size, at = 0;
        GuestBus memory;

        consumer = NULL;
        __builtin_memcpy(names, box->data, size);
        if (!size || names[size - 1] || !n_parts || n_parts > PV_COMPOSITE_MAX)
                return PV_E_UNSUPPORTED;
        guest_bus_init(&memory, arena, arena + box->arg[PV_MAILBOX_LENGTH]);
        composite.n_parts = 0;
        for (uint32_t i = 0; i < n_parts; i++) {
                const char *name = next_name(size, &at), *assumed = next_name(size, &at);
                int r = add_part(name, assumed, &memory);

                if (r)
                        return r;
        }
        guest_bus_init(&bus, memory.next, memory.end);
        bus.budget = box->arg[PV_MAILBOX_BUDGET];
        bus.bus.limits.max_cpus = box->arg[PV_MAILBOX_MAX_CPUS];
        bus.bus.limits.max_apic_id = box->arg[PV_MAILBOX_MAX_APIC_ID];
        consumer = n_parts > 1 ? &pv_composite : composite.part[0].ops;
        state = n_parts > 1 ? &composite : composite.part[0].state;
        return consumer->init(state, &bus.bus, composite.part[0].assumed);
}

/* ---- calls ---- */

static PvView
unpack(const PvMailboxView *p)
{
        return (PvView){
                .capacity = p->capacity,
                .apic_id = (uint32_t *) (uintptr_t) p->apic_id,
                .present = (uint8_t *) (uintptr_t) p->present,
                .id_slots = (uint32_t *) (uintptr_t) p->id_slots,
                .id_slots_n = p->id_slots_n,
                .facets = p->facets,
                .needed = p->needed,
                .possible = p->possible,
                .present_count = p->present_count,
                .event = {(PvEventKind) p->event_kind, p->event_selector, p->event_apic_id},
        };
}

static void
pack(const PvView *view, PvMailboxView *p)
{
        p->facets = view->facets;
        p->needed = view->needed;
        p->possible = view->possible;
        p->present_count = view->present_count;
        p->event_kind = view->event.kind;
        p->event_selector = view->event.selector;
        p->event_apic_id = view->event.apic_id;
}

static int
call_on_view(const PvMailbox *box, PvView *view)
{
        switch (box->command) {
        case PV_MAILBOX_ENUMERATE:
                return consumer->enumerate ? consumer->enumerate(state, box->arg[PV_MAILBOX_WANTED], view)
                                           : PV_E_UNSUPPORTED;
        case PV_MAILBOX_POLL:
                return consumer->poll ? consumer->poll(state, view) : PV_E_UNSUPPORTED;
        default:
                return consumer->ack ? consumer->ack(state, view) : PV_E_UNSUPPORTED;
        }
}

static int
call(PvMailbox *box)
{
        const uint32_t *arg = box->arg;
        PvMailboxView packed;
        PvView view;
        int r;

        switch (box->command) {
        case PV_MAILBOX_DETECT:
                return consumer->detect(state);
        case PV_MAILBOX_EJECT:
                return consumer->eject ? consumer->eject(state, arg[PV_MAILBOX_SELECTOR]) : PV_E_UNSUPPORTED;
        case PV_MAILBOX_OST:
                return consumer->ost ? consumer->ost(state, arg[PV_MAILBOX_SELECTOR], arg[PV_MAILBOX_EVENT],
                                                     arg[PV_MAILBOX_STATUS])
                                     : PV_E_UNSUPPORTED;
        default:
                __builtin_memcpy(&packed, box->data, sizeof packed);
                view = unpack(&packed);
                r = call_on_view(box, &view);
                pack(&view, &packed);
                __builtin_memcpy(box->data, &packed, sizeof packed);
                return r;
        }
}

int32_t
guest_consume(PvMailbox *box)
{
        int r;

        if (box->command == PV_MAILBOX_INIT)
                return init(box);
        if (!consumer || box->command > PV_MAILBOX_OST)
                return PV_E_UNSUPPORTED;
        bus.gpa_bytes = 0;
        r = call(box);
        box->arg[PV_MAILBOX_GPA_BYTES] = bus.gpa_bytes;
        return r;
}
