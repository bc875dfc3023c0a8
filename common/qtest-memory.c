/* SPDX-License-Identifier: MIT */
/* Guest memory over qtest: what the guest allocates, loads and stores. */
#include "common/qtest-line.h"

#include <string.h>

#define GPA_CHUNK 2048u /* bytes per read or write command */

/* Where the guest allocates: above what firmware would use, below every chipset's stolen memory. */
#define HEAP_START 0x200000u
#define HEAP_END 0x4000000u
#define RAM_END 0x8000000u /* QEMU's default: 128 MiB */
#define HOLE_START 0xa0000u
#define HOLE_END 0x100000u

typedef struct Block {
        uint64_t start, end;
        bool freed;
} Block;

GArray *
pv_qtest_blocks_new(void)
{
        return g_array_new(FALSE, FALSE, sizeof(Block)); /* ascending */
}

bool
pv_qtest_in_ram(uint64_t gpa, size_t n)
{
        if (gpa > RAM_END || n > RAM_END - gpa)
                return false;
        return gpa + n <= HOLE_START || gpa >= HOLE_END;
}

static int
clear(PvQtestBus *q, uint64_t start, uint64_t size)
{
        char command[80];
        PvText text = {command};

        pv_text_word(&text, "memset");
        pv_text_number(&text, start);
        pv_text_number(&text, size);
        pv_text_word(&text, " 0x00\n");
        return pv_qtest_send(q, command, &text);
}

void
pv_qtest_look_for_memory(PvBus *bus)
{
        PvQtestBus *q = (PvQtestBus *) bus;
        char *line;
        size_t n;

        if (clear(q, HEAP_START, PV_PAGE_SIZE) || pv_qtest_line(q, &line, &n))
                return;
        if (g_str_has_prefix(line, "FAIL"))
                bus->caps &= ~(uint32_t) PV_BUS_GPA;
        else if (strcmp(line, "OK"))
                pv_qtest_gone(q, "is babbling", line);
}

int
pv_qtest_gpa_alloc(PvBus *bus, size_t n, PvSharing sharing, PvGpa *ret_gpa)
{
        PvQtestBus *q = (PvQtestBus *) bus;
        guint used = q->blocks->len;
        uint64_t start = used ? g_array_index(q->blocks, Block, used - 1).end : HEAP_START;
        uint64_t size =
                MAX(((uint64_t) MIN(n, HEAP_END) + PV_PAGE_SIZE - 1) / PV_PAGE_SIZE, 1) * PV_PAGE_SIZE;
        Block block = {.start = start, .end = start + size};
        int r;

        (void) sharing; /* all of a plain guest's memory is shared */
        if (n > HEAP_END || size > HEAP_END - start)
                return PV_E_REFUSED;
        r = clear(q, start, size);
        r = r ? r : pv_qtest_done(q);
        if (r)
                return r;
        g_array_append_val(q->blocks, block);
        ret_gpa->value = start;
        return PV_OK;
}

/* Space comes back once everything allocated after it is free too: enough for callers that nest. */
int
pv_qtest_gpa_free(PvBus *bus, PvGpa gpa)
{
        PvQtestBus *q = (PvQtestBus *) bus;
        GArray *blocks = q->blocks;
        Block *block = NULL;

        for (guint i = blocks->len; i-- > 0 && !block;)
                if (g_array_index(blocks, Block, i).start == gpa.value)
                        block = &g_array_index(blocks, Block, i);
        if (!block || block->freed)
                return PV_E_REFUSED;
        block->freed = true;
        while (blocks->len && g_array_index(blocks, Block, blocks->len - 1).freed)
                g_array_set_size(blocks, blocks->len - 1);
        return PV_OK;
}

int
pv_qtest_gpa_read(PvBus *bus, PvGpa gpa, void *ret_data, size_t n)
{
        PvQtestBus *q = (PvQtestBus *) bus;
        g_autofree uint8_t *data = n ? g_malloc(n) : NULL;

        if (!pv_qtest_in_ram(gpa.value, n))
                return PV_E_REFUSED;
        for (size_t done = 0; done < n; done += GPA_CHUNK) {
                size_t size = MIN(n - done, GPA_CHUNK);
                char command[64];
                PvText text = {command};
                int r;

                pv_text_load(&text, gpa.value + done, size);
                r = pv_qtest_send(q, command, &text);
                r = r ? r : pv_qtest_bytes(q, data + done, size);
                if (r)
                        return r;
        }
        if (n)
                memcpy(ret_data, data, n);
        return PV_OK;
}

int
pv_qtest_gpa_write(PvBus *bus, PvGpa gpa, const void *data, size_t n)
{
        PvQtestBus *q = (PvQtestBus *) bus;
        const uint8_t *bytes = data;

        if (!pv_qtest_in_ram(gpa.value, n))
                return PV_E_REFUSED;
        for (size_t done = 0; done < n;) {
                size_t size = MIN(n - done, GPA_CHUNK);
                char command[64 + 2 * GPA_CHUNK];
                PvText text = {command};
                int r;

                pv_text_store(&text, gpa.value + done, bytes + done, size);
                r = pv_qtest_do(q, command, &text);
                if (r)
                        return r;
                done += size;
        }
        return PV_OK;
}
