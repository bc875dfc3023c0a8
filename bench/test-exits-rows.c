/* SPDX-License-Identifier: MIT */
/* Which port belongs to what, and what becomes one row. */
#undef NDEBUG
#include <assert.h>
#include <string.h>

#include "bench/exits-rows.h"

static void
must_be(guint port, const char *abi, const char *part)
{
        const PvExitsClass *class = pv_exits_class(port);

        assert(!strcmp(class->abi, abi) && !strcmp(class->part, part));
        assert(pv_exits_is_abi((guint16) port) == (!strcmp(abi, "regblock") || !strcmp(abi, "fwcfg")));
}

/* Both sides of every edge. */
static void
test_classes(void)
{
        must_be(0x0000, "other", "");
        must_be(0x0cd7, "other", "");
        must_be(0x0cd8, "regblock", "q35");
        must_be(0x0ce3, "regblock", "q35");
        must_be(0x0ce4, "other", "");
        must_be(0xaeff, "other", "");
        must_be(0xaf00, "regblock", "pc");
        must_be(0xaf0b, "regblock", "pc");
        must_be(0xaf0c, "other", "");
        must_be(0x050f, "other", "");
        must_be(0x0510, "fwcfg", "select");
        must_be(0x0511, "fwcfg", "data");
        must_be(0x0512, "other", "");
        must_be(0x0514, "fwcfg", "dma");
        must_be(0x051b, "fwcfg", "dma");
        must_be(0x051c, "other", "");
        must_be(0x0f3f, "other", "");
        must_be(0x0f40, "pvabi", "doorbell");
        must_be(0x0f43, "pvabi", "doorbell");
        must_be(0x0f44, "other", "");
        must_be(0xffff, "other", "");
}

static const PvExitsCount counted[] = {
        /* address, thread, tag, units, kind, width; seen, user */
        {{0x60, 1, 0, 1, PV_EXITS_PIO_IN, 1}, {4, 0}}, /* answered in the kernel */
        {{0x511, 1, 0, 1, PV_EXITS_PIO_IN, 1}, {3, 3}},
        {{0x511, 2, 7, 1, PV_EXITS_PIO_IN, 1}, {2, 2}}, /* another thread and tag */
        {{0x511, 1, 0, 1024, PV_EXITS_PIO_IN, 1}, {4, 4}},
        {{0xcd8, 1, 0, 1, PV_EXITS_PIO_IN, 4}, {5, 5}},
        {{0xcd8, 1, 0, 1, PV_EXITS_PIO_OUT, 1}, {6, 6}},
        {{0xfee00000, 1, 0, 1, PV_EXITS_MMIO_READ, 4}, {0, 9}}, /* only seen leaving */
        {{2, 1, 0, 0, PV_EXITS_USERSPACE, 0}, {0, 18}},
        {{2, 2, 7, 0, PV_EXITS_USERSPACE, 0}, {0, 2}},
        {{10, 1, 0, 4, PV_EXITS_USERSPACE, 0}, {0, 1}},
        {{0, 1, 0, 1, PV_EXITS_GUEST_ENTRY, 0}, {40, 0}},
};

static const PvExitsTimes timed[] = {
        {{0x511, PV_EXITS_PIO_IN, 1, FALSE}, {.n = 9, .bucket = {[10] = 4, [11] = 1, [12] = 4}}},
        {{0x511, PV_EXITS_PIO_IN, 1, TRUE}, {.n = 3, .bucket = {[20] = 3}}},
        {{0xcd8, PV_EXITS_PIO_OUT, 1, FALSE}, {.n = 1, .bucket = {[3] = 1}}},
};

static const struct {
        const char *abi;
        PvExitsKind kind;
        guint64 address;
        guint width;
        gboolean string;
        guint64 accesses, bytes, user, timed;
} expected[] = {
        {"regblock", PV_EXITS_PIO_IN, 0xcd8, 4, FALSE, 5, 20, 5, 0},
        {"regblock", PV_EXITS_PIO_OUT, 0xcd8, 1, FALSE, 6, 6, 6, 1},
        {"fwcfg", PV_EXITS_PIO_IN, 0x511, 1, FALSE, 5, 5, 5, 9},
        {"fwcfg", PV_EXITS_PIO_IN, 0x511, 1, TRUE, 4, 4096, 4, 3},
        {"other", PV_EXITS_PIO_IN, 0x60, 1, FALSE, 4, 4, 0, 0},
        {"other", PV_EXITS_MMIO_READ, 0xfee00000, 4, FALSE, 9, 36, 9, 0},
};

static void
test_rows(void)
{
        g_autoptr(GArray) counts = g_array_new(FALSE, FALSE, sizeof(PvExitsCount));
        g_autoptr(GArray) times = g_array_new(FALSE, FALSE, sizeof(PvExitsTimes));
        g_autoptr(GArray) rows = NULL;

        g_array_append_vals(counts, counted, G_N_ELEMENTS(counted));
        g_array_append_vals(times, timed, G_N_ELEMENTS(timed));
        rows = pv_exits_rows(counts, times);
        assert(rows->len == G_N_ELEMENTS(expected));
        for (guint i = 0; i < rows->len; i++) {
                const PvExitsRow *row = &g_array_index(rows, PvExitsRow, i);

                assert(!strcmp(row->class->abi, expected[i].abi) && row->kind == expected[i].kind);
                assert(row->address == expected[i].address && row->width == expected[i].width);
                assert(row->accesses == expected[i].accesses && row->string == expected[i].string);
                assert(row->bytes == expected[i].bytes && row->user == expected[i].user);
                assert(row->histogram.n == expected[i].timed);
        }
        assert(pv_exits_userspace(counts) == 21 && pv_exits_threads(counts) == 2);
}

static void
test_quantiles(void)
{
        const PvExitsHistogram none = {0}, edge = {.n = 1, .bucket = {[0] = 1}};

        assert(pv_exits_quantile(&timed[0].histogram, 50) == 4096); /* the fifth of nine is in [2048, 4096) */
        assert(pv_exits_quantile(&timed[0].histogram, 44) == 2048); /* four are 44.4 % */
        assert(pv_exits_quantile(&timed[0].histogram, 90) == 8192);
        assert(pv_exits_quantile(&none, 50) == 0);
        assert(pv_exits_quantile(&edge, 50) == 2);
}

static void
test_words(void)
{
        for (guint kind = 0; kind < PV_EXITS_N_KINDS; kind++)
                assert(pv_exits_kind_word((PvExitsKind) kind));
        assert(!strcmp(pv_exits_reason_word(2), "io") && !strcmp(pv_exits_reason_word(6), "mmio"));
        assert(!pv_exits_kind_word(PV_EXITS_N_KINDS) && !pv_exits_reason_word(1000));
}

int
main(void)
{
        test_classes();
        test_rows();
        test_quantiles();
        test_words();
        return 0;
}
