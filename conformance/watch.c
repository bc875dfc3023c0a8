/* SPDX-License-Identifier: MIT */
/* Accounts of what a guest is told: its bytes, and the pages that it shares. */
#include "conformance/watch.h"

#include <string.h>

#include "conformance/watch-private.h"

/* The host bridge, which firmware asks where a device is; of neither ABI. */
#define BRIDGE_BASE 0xcf8u
#define BRIDGE_LENGTH 8u
static const PvField bridge_fields[] = {
        {"identity of the host bridge", "says where the register block is", .offset = 4, .length = 4},
};

/* A byte by where it stands, and how often it was read. */
typedef struct Seen {
        guint row;
        guint64 instance, at;
        guint64 call, reads; /* in the last call that read it */
} Seen;

/* ---- bytes ---- */

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

void
pv_watch_note(PvWatch *w, const char *part, PvWatchByte byte, PvWatchChannel channel)
{
        const Seen key = {row_of(w, part, byte.field, channel), byte.instance, byte.at, 0, 0};
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

/* ---- pages ---- */

PvWatchPage *
pv_watch_page_at(const PvWatch *w, guint64 address)
{
        for (guint i = w->pages->len; i > 0; i--) {
                PvWatchPage *page = &g_array_index(w->pages, PvWatchPage, i - 1);

                if (address - page->gpa.value < page->n)
                        return page;
        }
        return NULL;
}

static guint64
pages_of(const PvWatchPage *page)
{
        return (page->n + PV_PAGE_SIZE - 1) / PV_PAGE_SIZE;
}

static void
made_shared(PvWatch *w, const PvWatchPage *page)
{
        w->shared_now += pages_of(page);
        w->account.shared += pages_of(page);
        w->account.at_once = MAX(w->account.at_once, w->shared_now);
        if (!g_ptr_array_find_with_equal_func(w->account.calls, w->call, g_str_equal, NULL))
                g_ptr_array_add(w->account.calls, (gpointer) w->call);
}

static void
made_private(PvWatch *w, const PvWatchPage *page)
{
        const guint64 accesses = w->accesses - page->since;

        w->shared_now -= pages_of(page);
        w->account.accesses += accesses * pages_of(page);
        w->account.longest = MAX(w->account.longest, accesses);
}

void
pv_watch_page_added(PvWatch *w, const PvWatchPage *page)
{
        g_array_append_val(w->pages, *page);
        if (page->shared)
                made_shared(w, page);
}

/* Nothing that was stored in a page outlives it. */
static void
forget(PvWatch *w, const PvWatchPage *page)
{
        for (guint i = w->stored->len; i > 0; i--) {
                const PvWatchStored *stored = &g_array_index(w->stored, PvWatchStored, i - 1);

                if (stored->transfer.address - page->gpa.value < page->n)
                        g_array_remove_index(w->stored, i - 1);
        }
        for (guint i = 0; i < w->n_parts; i++)
                if (w->part[i].descriptor.value - page->gpa.value < page->n)
                        w->part[i].descriptor.value = 0;
}

void
pv_watch_page_removed(PvWatch *w, PvWatchPage *page)
{
        if (page->shared)
                made_private(w, page);
        forget(w, page);
        g_array_remove_index(w->pages, (guint) (page - (PvWatchPage *) (void *) w->pages->data));
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
        w->pages = g_array_new(FALSE, FALSE, sizeof(PvWatchPage));
        w->stored = g_array_new(FALSE, FALSE, sizeof(PvWatchStored));
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
                const PvWatchPage *page = &g_array_index(w->pages, PvWatchPage, i);

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
