/* SPDX-License-Identifier: MIT */
/* The ports of the ABIs as a table, and counts put together by it. */
#include "bench/exits-rows.h"

#include "common/mailbox.h"

const PvExitsClass pv_exits_classes[] = {
        {"regblock", "q35", 0x0cd8, 0x0ce3},
        {"regblock", "pc", 0xaf00, 0xaf0b},
        {"fwcfg", "select", 0x0510, 0x0510},
        {"fwcfg", "data", 0x0511, 0x0511},
        {"fwcfg", "dma", 0x0514, 0x051b},
        {"pvabi", "doorbell", PV_MAILBOX_DOORBELL, PV_MAILBOX_DOORBELL + 3},
        {"other", "", 0, 0xffff},
};
const guint pv_exits_n_classes = G_N_ELEMENTS(pv_exits_classes);

const PvExitsClass *
pv_exits_class(guint port)
{
        const PvExitsClass *class = pv_exits_classes;

        while (port < class->first || port > class->last)
                class++;
        return class;
}

gboolean
pv_exits_is_abi(guint16 port)
{
        return pv_exits_class(port) < pv_exits_class(PV_MAILBOX_DOORBELL);
}

static gboolean
is_pio(guint kind)
{
        return kind == PV_EXITS_PIO_IN || kind == PV_EXITS_PIO_OUT;
}

static gboolean
is_access(guint kind)
{
        return is_pio(kind) || kind == PV_EXITS_MMIO_READ || kind == PV_EXITS_MMIO_WRITE;
}

static const PvExitsClass *
class_of(const PvExitsKey *key)
{
        return is_pio(key->kind) ? pv_exits_class((guint16) key->address)
                                 : &pv_exits_classes[pv_exits_n_classes - 1];
}

static gboolean
belongs(const PvExitsRow *row, const PvExitsKey *key)
{
        return row->kind == key->kind && row->address == key->address && row->width == key->width &&
               row->string == (key->units > 1);
}

/* A kernel that does not announce an access still lets it be seen leaving. */
static void
add(PvExitsRow *row, const PvExitsCount *count)
{
        guint64 accesses = MAX(count->number.seen, count->number.user);

        row->accesses += accesses;
        row->bytes += accesses * count->key.units * count->key.width;
        row->user += count->number.user;
}

#define ORDER(a, b) (((a) > (b)) - ((a) < (b)))

/* Ports before pages. */
static int
compare_rows(gconstpointer a, gconstpointer b)
{
        const PvExitsRow *x = a, *y = b;
        const int by[] = {ORDER(x->class, y->class), ORDER(!is_pio(x->kind), !is_pio(y->kind)),
                          ORDER(x->address, y->address), ORDER(x->kind, y->kind), ORDER(x->width, y->width),
                          ORDER(x->string, y->string)};

        for (gsize i = 0; i < G_N_ELEMENTS(by); i++)
                if (by[i])
                        return by[i];
        return 0;
}

static void
add_times(GArray *rows, const GArray *times)
{
        for (guint t = 0; t < times->len; t++) {
                const PvExitsTimes *from = &g_array_index(times, PvExitsTimes, t);

                for (guint i = 0; i < rows->len; i++) {
                        PvExitsRow *row = &g_array_index(rows, PvExitsRow, i);

                        if (row->kind == from->key.kind && row->address == from->key.port &&
                            row->width == from->key.width && row->string == from->key.string)
                                row->histogram = from->histogram;
                }
        }
}

/* Counts are sorted by kind, address, width and units, so what belongs together stands together. */
GArray *
pv_exits_rows(const GArray *counts, const GArray *times)
{
        GArray *rows = g_array_new(FALSE, TRUE, sizeof(PvExitsRow));

        for (guint i = 0; i < counts->len; i++) {
                const PvExitsCount *count = &g_array_index(counts, PvExitsCount, i);
                const PvExitsKey *key = &count->key;

                if (!is_access(key->kind))
                        continue;
                if (rows->len == 0 || !belongs(&g_array_index(rows, PvExitsRow, rows->len - 1), key)) {
                        const PvExitsRow fresh = {.class = class_of(key),
                                                  .kind = (PvExitsKind) key->kind,
                                                  .address = key->address,
                                                  .width = key->width,
                                                  .string = key->units > 1};

                        g_array_append_val(rows, fresh);
                }
                add(&g_array_index(rows, PvExitsRow, rows->len - 1), count);
        }
        g_array_sort(rows, compare_rows);
        add_times(rows, times);
        return rows;
}

guint64
pv_exits_userspace(const GArray *counts)
{
        guint64 n = 0;

        for (guint i = 0; i < counts->len; i++) {
                const PvExitsCount *count = &g_array_index(counts, PvExitsCount, i);

                if (count->key.kind == PV_EXITS_USERSPACE)
                        n += count->number.user;
        }
        return n;
}

guint
pv_exits_threads(const GArray *counts)
{
        g_autoptr(GHashTable) threads = g_hash_table_new(NULL, NULL);

        for (guint i = 0; i < counts->len; i++) {
                const PvExitsKey *key = &g_array_index(counts, PvExitsCount, i).key;

                if (key->kind == PV_EXITS_USERSPACE)
                        g_hash_table_add(threads, GUINT_TO_POINTER(key->thread));
        }
        return g_hash_table_size(threads);
}

guint64
pv_exits_quantile(const PvExitsHistogram *histogram, guint percent)
{
        guint64 below = 0;

        for (guint i = 0; i < PV_EXITS_BUCKETS; i++) {
                below += histogram->bucket[i];
                if (histogram->n && 100 * below >= percent * histogram->n)
                        return 2ull << i;
        }
        return 0;
}
