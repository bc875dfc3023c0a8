/* SPDX-License-Identifier: MIT */
/* The watching bus. */
#include "conformance/watch.h"

#include <string.h>

#include "common/wrap-bus.h"
#include "conformance/watch-fields.h"

#define DESCRIPTOR_MAX 64u
#define PARTS_MAX (PV_PARTS_MAX + 1)

/* The host bridge, which firmware asks where a device is; of neither ABI. */
#define BRIDGE_BASE 0xcf8u
#define BRIDGE_LENGTH 8u
static const PvField bridge_fields[] = {
        {.name = "identity of the host bridge", .use = "says where the register block is", .offset = 4, .length = 4},
};

enum { VC_CODE, GHCB_RESULT, GHCB_VALID, PSC_ENTRY, PSC_RESULT };
const PvField pv_watch_ghcb_fields[] = {
        [VC_CODE] = {.name = PV_WATCH_VC_CODE, .use = "says that it is of a port access", .length = 4},
        [GHCB_RESULT] = {.name = PV_WATCH_GHCB_RESULT, .use = "goes on, or ends the guest", .length = 4},
        [GHCB_VALID] = {.name = PV_WATCH_GHCB_VALID, .use = "takes the answer, or ends the guest", .length = 1},
        [PSC_ENTRY] = {.name = PV_WATCH_PSC_ENTRY, .use = "asks again, or goes on", .length = 2},
        [PSC_RESULT] = {.name = PV_WATCH_PSC_RESULT, .use = "goes on, or ends the guest", .length = 8},
};
const gsize pv_watch_n_ghcb_fields = G_N_ELEMENTS(pv_watch_ghcb_fields);

/* A byte by where it stands, and how often it was read. */
typedef struct Seen {
        guint row;
        guint64 instance, at;
        guint64 call, reads; /* in the last call that read it */
} Seen;

/* Memory of the guest's; what the device stored there last, if it is known. */
typedef struct Page {
        PvGpa gpa;
        gsize n;
        gboolean shared; /* in a plain guest no page changes its state */
        guint64 since;   /* accesses before that */
} Page;

typedef struct Stored {
        guint part;
        PvWatchTransfer transfer;
} Stored;

struct PvWatch {
        PvWatchPart part[PARTS_MAX];
        guint n_parts;
        GArray *rows;
        GHashTable *seen; /* Seen, by itself */
        GArray *pages, *stored;
        PvWatchPages account;
        guint64 shared_now, accesses, n_calls;
        const char *call;
};

typedef struct WatchBus {
        PvWrapBus wrap;
        PvWatch *watch;
} WatchBus;

/* ---- accounts ---- */

static guint
hash_seen(gconstpointer data)
{
        const Seen *s = data;
        const guint64 mixed = (s->instance * 31 + s->at) * 31 + s->row;

        return g_int64_hash(&mixed);
}

static gboolean
same_seen(gconstpointer a, gconstpointer b)
{
        const Seen *x = a, *y = b;

        return x->row == y->row && x->instance == y->instance && x->at == y->at;
}

/* What has one name is one field, wherever its parts are. */
static gboolean
same_field(const PvField *a, const PvField *b)
{
        return a == b || (a && b && !strcmp(a->name, b->name));
}

static guint
row_of(PvWatch *w, const char *part, const PvField *field, PvWatchChannel channel)
{
        const PvWatchRow new = {.part = part, .field = field, .channel = channel};

        for (guint i = 0; i < w->rows->len; i++) {
                const PvWatchRow *row = &g_array_index(w->rows, PvWatchRow, i);

                if (row->part == part && same_field(row->field, field) && row->channel == channel)
                        return i;
        }
        g_array_append_val(w->rows, new);
        return w->rows->len - 1;
}

static void
note(PvWatch *w, const char *part, PvWatchByte byte, PvWatchChannel channel)
{
        const Seen key = {.row = row_of(w, part, byte.field, channel), .instance = byte.instance, .at = byte.at};
        PvWatchRow *row = &g_array_index(w->rows, PvWatchRow, key.row);
        Seen *seen = g_hash_table_lookup(w->seen, &key);

        if (!seen) {
                seen = g_memdup2(&key, sizeof key);
                g_hash_table_add(w->seen, seen);
                row->bytes++;
        }
        if (seen->call != w->n_calls)
                seen->reads = 0;
        seen->call = w->n_calls;
        seen->reads++;
        row->reads++;
        row->most = MAX(row->most, seen->reads);
}

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
        for (guint at = 0; at < pv_watch_ghcb_fields[field].length; at++)
                note(w, "ghcb", (PvWatchByte){&pv_watch_ghcb_fields[field], w->account.requests, at}, channel);
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
                note(w, part ? part->name : "", byte, channel_of(&b->wrap.bus));
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
        Stored stored = {.part = (guint) (part - b->watch->part)};
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

static Page *
page_at(const PvWatch *w, guint64 address)
{
        for (guint i = w->pages->len; i > 0; i--) {
                Page *page = &g_array_index(w->pages, Page, i - 1);

                if (address - page->gpa.value < page->n)
                        return page;
        }
        return NULL;
}

/* What was stored last is what is there. */
static const Stored *
stored_at(const PvWatch *w, guint64 address)
{
        for (guint i = w->stored->len; i > 0; i--) {
                const Stored *stored = &g_array_index(w->stored, Stored, i - 1);

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
byte_of_page(const PvWatch *w, const Page *page, guint64 address, const char **ret_part)
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
        const Stored *stored = stored_at(w, address);
        const PvWatchPart *part = stored ? &w->part[stored->part] : descriptor_at(w, address);

        if (!part)
                return byte_of_page(w, page_at(w, address), address, ret_part);
        *ret_part = part->name;
        if (!stored)
                return pv_watch_part_byte(part, PV_FIELD_DESCRIPTOR, 0, address - part->descriptor.value);
        return pv_watch_part_byte(part, PV_FIELD_ITEM, stored->transfer.item,
                                  stored->transfer.position + (address - stored->transfer.address));
}

static PvWatchChannel
memory_channel(const PvBus *bus, const Page *page)
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

                note(b->watch, part, byte, memory_channel(bus, page_at(b->watch, address)));
        }
        return r;
}

static int
watch_gpa_write(PvBus *bus, PvGpa gpa, const void *data, size_t n)
{
        ((WatchBus *) bus)->watch->accesses++;
        return pv_wrap_gpa_write(bus, gpa, data, n);
}

static guint64
pages_of(const Page *page)
{
        return (page->n + PV_PAGE_SIZE - 1) / PV_PAGE_SIZE;
}

static void
made_shared(PvWatch *w, const Page *page)
{
        w->shared_now += pages_of(page);
        w->account.shared += pages_of(page);
        w->account.at_once = MAX(w->account.at_once, w->shared_now);
        if (!g_ptr_array_find_with_equal_func(w->account.calls, w->call, g_str_equal, NULL))
                g_ptr_array_add(w->account.calls, (gpointer) w->call);
}

static void
made_private(PvWatch *w, const Page *page)
{
        const guint64 accesses = w->accesses - page->since;

        w->shared_now -= pages_of(page);
        w->account.accesses += accesses * pages_of(page);
        w->account.longest = MAX(w->account.longest, accesses);
}

static int
watch_gpa_alloc(PvBus *bus, size_t n, PvSharing sharing, PvGpa *ret_gpa)
{
        WatchBus *b = (WatchBus *) bus;
        PvWatch *w = b->watch;
        const Requests before = requests(b);
        Page page = {.n = n,
                     .shared = sharing == PV_SHARED && bus->guest != PV_GUEST_PLAIN,
                     .since = w->accesses};
        int r = pv_wrap_gpa_alloc(bus, n, sharing, &page.gpa);

        note_requests(b, before, FALSE);
        if (r)
                return r;
        *ret_gpa = page.gpa;
        g_array_append_val(w->pages, page);
        if (page.shared)
                made_shared(w, &page);
        return 0;
}

/* Nothing that was stored in a page outlives it. */
static void
forget(PvWatch *w, const Page *page)
{
        for (guint i = w->stored->len; i > 0; i--)
                if (g_array_index(w->stored, Stored, i - 1).transfer.address - page->gpa.value < page->n)
                        g_array_remove_index(w->stored, i - 1);
        for (guint i = 0; i < w->n_parts; i++)
                if (w->part[i].descriptor.value - page->gpa.value < page->n)
                        w->part[i].descriptor.value = 0;
}

static int
watch_gpa_free(PvBus *bus, PvGpa gpa)
{
        WatchBus *b = (WatchBus *) bus;
        PvWatch *w = b->watch;
        const Requests before = requests(b);
        Page *page = page_at(w, gpa.value);
        int r = pv_wrap_gpa_free(bus, gpa);

        note_requests(b, before, FALSE);
        if (r || !page)
                return r;
        if (page->shared)
                made_private(w, page);
        forget(w, page);
        g_array_remove_index(w->pages, (guint) (page - (Page *) (void *) w->pages->data));
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

/* ---- the watch ---- */

static PvWatchPart *
add_part(PvWatch *w, const char *name, const PvField *fields, gsize n_fields)
{
        PvWatchPart *part = &w->part[w->n_parts++];

        part->name = name;
        part->fields = fields;
        part->n_fields = n_fields;
        part->latches = g_array_new(FALSE, FALSE, sizeof(PvWatchLatch));
        return part;
}

static void
add_device(PvWatch *w, const PvPart *device, PvChipset chipset, guint32 cpus)
{
        const PvBackend *backend = device->backend;
        PvWatchPart *part = add_part(w, backend->name, backend->fields, backend->n_fields);
        int n = backend->device->ranges(device->revision->name, chipset, part->range, PV_WATCH_RANGES);

        part->n_ranges = (guint) CLAMP(n, 0, PV_WATCH_RANGES);
        part->items = backend->items;
        part->features = device->revision->features;
        part->cpus = cpus;
}

PvWatch *
pv_watch_new(const PvCandidate *candidate, PvChipset chipset, guint32 cpus)
{
        PvWatch *w = g_new0(PvWatch, 1);
        PvWatchPart *bridge = add_part(w, "platform", bridge_fields, G_N_ELEMENTS(bridge_fields));

        bridge->range[0] = (PvRange){.space = PV_SPACE_PIO, .base = BRIDGE_BASE, .length = BRIDGE_LENGTH};
        bridge->n_ranges = 1;
        for (unsigned i = 0; i < candidate->machine.n_parts; i++)
                add_device(w, &candidate->machine.part[i], chipset, cpus);
        w->rows = g_array_new(FALSE, FALSE, sizeof(PvWatchRow));
        w->seen = g_hash_table_new_full(hash_seen, same_seen, g_free, NULL);
        w->pages = g_array_new(FALSE, FALSE, sizeof(Page));
        w->stored = g_array_new(FALSE, FALSE, sizeof(Stored));
        w->account.calls = g_ptr_array_new();
        w->call = "";
        return w;
}

void
pv_watch_free(PvWatch *w)
{
        if (!w)
                return;
        for (guint i = 0; i < w->n_parts; i++)
                g_array_unref(w->part[i].latches);
        g_array_unref(w->rows);
        g_hash_table_unref(w->seen);
        g_array_unref(w->pages);
        g_array_unref(w->stored);
        g_ptr_array_unref(w->account.calls);
        g_free(w);
}

void
pv_watch_call(PvWatch *watch, const char *name)
{
        watch->n_calls++;
        watch->call = name;
}

/* Shared throughout, or forgotten: what is shared now stays so. */
void
pv_watch_end(PvWatch *w)
{
        w->account.kept = w->shared_now;
        for (guint i = 0; i < w->pages->len && w->shared_now; i++) {
                const Page *page = &g_array_index(w->pages, Page, i);

                if (page->shared)
                        made_private(w, page);
        }
}

const GArray *
pv_watch_rows(const PvWatch *watch)
{
        return watch->rows;
}

const PvWatchPages *
pv_watch_pages(const PvWatch *watch)
{
        return &watch->account;
}

static const struct {
        const char *word, *supplier;
} channels[PV_N_WATCH_CHANNELS] = {
        [PV_WATCH_PORT] = {"port", "host"},
        [PV_WATCH_GHCB] = {"GHCB", "host"},
        [PV_WATCH_VC] = {"#VC", "processor or host"},
        [PV_WATCH_MEMORY] = {"memory", "host"},
        [PV_WATCH_SHARED] = {"shared page", "host"},
        [PV_WATCH_PRIVATE] = {"private page", "nobody"},
};

const char *
pv_watch_channel_word(PvWatchChannel channel)
{
        return channels[channel].word;
}

const char *
pv_watch_supplier(PvWatchChannel channel)
{
        return channels[channel].supplier;
}
