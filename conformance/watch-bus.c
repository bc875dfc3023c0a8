/* SPDX-License-Identifier: MIT */
/* The watching bus: which byte of what each access brings. */
#include "common/wrap-bus.h"
#include "conformance/watch-private.h"

#define DESCRIPTOR_MAX 64u

enum { VC_CODE, GHCB_RESULT, GHCB_VALID, PSC_ENTRY, PSC_RESULT };

const PvField pv_watch_ghcb_fields[] = {
        [VC_CODE] = {PV_WATCH_VC_CODE, "says that it is of a port access", .length = 4},
        [GHCB_RESULT] = {PV_WATCH_GHCB_RESULT, "goes on, or ends the guest", .length = 4},
        [GHCB_VALID] = {PV_WATCH_GHCB_VALID, "takes the answer, or ends the guest", .length = 1},
        [PSC_ENTRY] = {PV_WATCH_PSC_ENTRY, "asks again, or goes on", .length = 2},
        [PSC_RESULT] = {PV_WATCH_PSC_RESULT, "goes on, or ends the guest", .length = 8},
};

const gsize pv_watch_n_ghcb_fields = G_N_ELEMENTS(pv_watch_ghcb_fields);

typedef struct WatchBus {
        PvWrapBus wrap;
        PvWatch *watch;
} WatchBus;

/* ---- ports ---- */

static PvWatchPart *
part_at(PvWatch *w, PvSpace space, guint64 address, guint64 *ret_offset)
{
        for (guint i = 0; i < w->n_parts; i++)
                if (pv_watch_part_has(&w->part[i], space, address, ret_offset))
                        return &w->part[i];
        return NULL;
}

static PvWatchChannel
channel_of(const PvBus *bus)
{
        return bus->guest >= PV_GUEST_SEV_ES ? PV_WATCH_GHCB : PV_WATCH_PORT;
}

/* So far: for ports, and for page states. */
typedef struct Requests {
        guint64 ports, pages;
} Requests;

static Requests
requests(const WatchBus *b)
{
        const PvGuestSteps *steps = b->wrap.bus.guest_steps;

        return steps ? (Requests){steps->ghcb_exits, steps->psc_exits} : (Requests){0};
}

static void
note_answer(PvWatch *w, guint field, PvWatchChannel channel)
{
        const PvField *f = &pv_watch_ghcb_fields[field];

        for (guint at = 0; at < f->length; at++)
                pv_watch_note(w, "ghcb", (PvWatchByte){f, w->account.requests, at}, channel);
}

/* What came beside the answers since then. */
static void
note_requests(WatchBus *b, Requests since, gboolean scalar_in)
{
        const Requests now = requests(b);
        PvWatch *w = b->watch;

        for (; since.ports < now.ports; since.ports++, w->account.requests++) {
                note_answer(w, VC_CODE, PV_WATCH_VC);
                note_answer(w, GHCB_RESULT, PV_WATCH_GHCB);
                if (scalar_in)
                        note_answer(w, GHCB_VALID, PV_WATCH_GHCB);
        }
        for (; since.pages < now.pages; since.pages++, w->account.requests++) {
                note_answer(w, PSC_ENTRY, PV_WATCH_GHCB);
                note_answer(w, PSC_RESULT, PV_WATCH_GHCB);
        }
}

static void
note_read(WatchBus *b, PvSpace space, guint64 address, guint width, guint64 value)
{
        PvWatch *w = b->watch;
        guint64 offset = 0;
        PvWatchPart *part = part_at(w, space, address, &offset);
        const PvField *field = NULL;

        for (guint i = 0; i < width; i++) {
                PvWatchByte byte = part ? pv_watch_part_register(part, offset, i)
                                        : (PvWatchByte){.instance = address, .at = i};

                field = i ? field : byte.field;
                pv_watch_note(w, part ? part->name : "", byte, channel_of(&b->wrap.bus));
        }
        if (part)
                pv_watch_part_told(part, field, value);
}

static int
watch_read(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t *ret_value)
{
        WatchBus *b = (WatchBus *) bus;
        const Requests before = requests(b);
        int r = b->wrap.inner->ops->read(b->wrap.inner, space, address, width, ret_value);

        b->watch->accesses++;
        note_requests(b, before, TRUE);
        if (!r)
                note_read(b, space, address, width, *ret_value);
        return r;
}

static int
watch_read_string(PvBus *bus, uint64_t port, void *ret_data, size_t n)
{
        WatchBus *b = (WatchBus *) bus;
        const Requests before = requests(b);
        int r = b->wrap.inner->ops->read_string(b->wrap.inner, port, ret_data, n);

        b->watch->accesses++;
        note_requests(b, before, FALSE);
        for (size_t i = 0; !r && i < n; i++)
                note_read(b, PV_SPACE_PIO, port, 1, ((const guint8 *) ret_data)[i]);
        return r;
}

/* What the device will store is taken from the descriptor before it gets it. */
static void
note_transfer(WatchBus *b, PvWatchPart *part, PvGpa descriptor)
{
        PvWatchStored stored = {.part = (guint) (part - b->watch->part)};
        guint8 bytes[DESCRIPTOR_MAX];

        if (part->items->size <= sizeof bytes &&
            !b->wrap.inner->ops->gpa_read(b->wrap.inner, descriptor, bytes, part->items->size) &&
            pv_watch_part_transfer(part, bytes, &stored.transfer))
                g_array_append_val(b->watch->stored, stored);
}

static int
watch_write(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t value)
{
        WatchBus *b = (WatchBus *) bus;
        const Requests before = requests(b);
        guint64 offset = 0;
        PvWatchPart *part = part_at(b->watch, space, address, &offset);
        PvGpa descriptor;
        int r;

        if (part) {
                pv_watch_part_written(part, offset, pv_by_width(value, width));
                if (pv_watch_part_rung(part, offset, &descriptor))
                        note_transfer(b, part, descriptor);
        }
        r = b->wrap.inner->ops->write(b->wrap.inner, space, address, width, value);
        b->watch->accesses++;
        note_requests(b, before, FALSE);
        return r;
}

/* ---- memory ---- */

/* What was stored last is what is there. */
static const PvWatchStored *
stored_at(const PvWatch *w, guint64 address)
{
        for (guint i = w->stored->len; i > 0; i--) {
                const PvWatchStored *stored = &g_array_index(w->stored, PvWatchStored, i - 1);

                if (address - stored->transfer.address < stored->transfer.length)
                        return stored;
        }
        return NULL;
}

static const PvWatchPart *
descriptor_at(const PvWatch *w, guint64 address)
{
        for (guint i = 0; i < w->n_parts; i++) {
                const PvWatchPart *part = &w->part[i];

                if (part->descriptor.value && address - part->descriptor.value < part->items->size)
                        return part;
        }
        return NULL;
}

/* Neither item nor descriptor: the first device that has a field at this place of a page. */
static PvWatchByte
byte_of_page(const PvWatch *w, const PvWatchPage *page, guint64 address, const char **ret_part)
{
        PvWatchByte byte = {.instance = address};

        for (guint i = 0; page && i < w->n_parts && !byte.field; i++) {
                byte = pv_watch_part_byte(&w->part[i], PV_FIELD_PAGE, 0, address - page->gpa.value);
                *ret_part = w->part[i].name;
        }
        return byte;
}

static PvWatchByte
byte_in_memory(const PvWatch *w, guint64 address, const char **ret_part)
{
        const PvWatchStored *stored = stored_at(w, address);
        const PvWatchPart *part = stored ? &w->part[stored->part] : descriptor_at(w, address);

        if (!part)
                return byte_of_page(w, pv_watch_page_at(w, address), address, ret_part);
        *ret_part = part->name;
        if (!stored)
                return pv_watch_part_byte(part, PV_FIELD_DESCRIPTOR, 0, address - part->descriptor.value);
        return pv_watch_part_byte(part, PV_FIELD_ITEM, stored->transfer.item,
                                  stored->transfer.position + (address - stored->transfer.address));
}

static PvWatchChannel
memory_channel(const PvBus *bus, const PvWatchPage *page)
{
        if (bus->guest == PV_GUEST_PLAIN)
                return PV_WATCH_MEMORY;
        return page && page->shared ? PV_WATCH_SHARED : PV_WATCH_PRIVATE;
}

static int
watch_gpa_read(PvBus *bus, PvGpa gpa, void *ret_data, size_t n)
{
        WatchBus *b = (WatchBus *) bus;
        int r = pv_wrap_gpa_read(bus, gpa, ret_data, n);

        b->watch->accesses++;
        for (size_t i = 0; !r && i < n; i++) {
                const guint64 address = gpa.value + i;
                const char *part = "";
                PvWatchByte byte = byte_in_memory(b->watch, address, &part);

                pv_watch_note(b->watch, part, byte, memory_channel(bus, pv_watch_page_at(b->watch, address)));
        }
        return r;
}

static int
watch_gpa_write(PvBus *bus, PvGpa gpa, const void *data, size_t n)
{
        ((WatchBus *) bus)->watch->accesses++;
        return pv_wrap_gpa_write(bus, gpa, data, n);
}

static int
watch_gpa_alloc(PvBus *bus, size_t n, PvSharing sharing, PvGpa *ret_gpa)
{
        WatchBus *b = (WatchBus *) bus;
        PvWatch *w = b->watch;
        const Requests before = requests(b);
        PvWatchPage page = {.n = n,
                     .shared = sharing == PV_SHARED && bus->guest != PV_GUEST_PLAIN,
                     .since = w->accesses};
        int r = pv_wrap_gpa_alloc(bus, n, sharing, &page.gpa);

        note_requests(b, before, FALSE);
        if (r)
                return r;
        *ret_gpa = page.gpa;
        pv_watch_page_added(w, &page);
        return 0;
}

static int
watch_gpa_free(PvBus *bus, PvGpa gpa)
{
        WatchBus *b = (WatchBus *) bus;
        PvWatch *w = b->watch;
        const Requests before = requests(b);
        PvWatchPage *page = pv_watch_page_at(w, gpa.value);
        int r = pv_wrap_gpa_free(bus, gpa);

        note_requests(b, before, FALSE);
        if (r || !page)
                return r;
        pv_watch_page_removed(w, page);
        return 0;
}

static void
watch_free(PvBus *bus)
{
        WatchBus *b = (WatchBus *) bus;

        b->wrap.inner->ops->free(b->wrap.inner);
        g_free(b);
}

static const PvBusOps watch_ops = {
        .read = watch_read,
        .write = watch_write,
        .read_string = watch_read_string,
        .gpa_alloc = watch_gpa_alloc,
        .gpa_free = watch_gpa_free,
        .gpa_read = watch_gpa_read,
        .gpa_write = watch_gpa_write,
        .free = watch_free,
};

PvBus *
pv_watch_bus(PvBus *below, void *watch)
{
        WatchBus *b = g_new0(WatchBus, 1);

        pv_wrap_init(&b->wrap, below, &watch_ops);
        b->watch = watch;
        return &b->wrap.bus;
}

