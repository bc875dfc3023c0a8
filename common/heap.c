/* SPDX-License-Identifier: MIT */
/* Pages of a guest from the bottom up. */
#include "common/heap.h"

#include "common/types.h"

/* Above what firmware would use and below every chipset's stolen memory. */
#define HEAP_END 0x4000000u
#define RAM_END 0x8000000u /* QEMU's default: 128 MiB */
#define HOLE_START 0xa0000u
#define HOLE_END 0x100000u

typedef struct Block {
        guint64 start, end;
        gboolean freed;
} Block;

GArray *
pv_heap_new(void)
{
        return g_array_new(FALSE, FALSE, sizeof(Block)); /* ascending */
}

gboolean
pv_heap_fit(GArray *heap, gsize n, guint64 *ret_start, guint64 *ret_size)
{
        guint64 start = heap->len ? g_array_index(heap, Block, heap->len - 1).end : PV_HEAP_START;
        guint64 size = MAX(((guint64) MIN(n, HEAP_END) + PV_PAGE_SIZE - 1) / PV_PAGE_SIZE, 1) * PV_PAGE_SIZE;

        if (n > HEAP_END || size > HEAP_END - start)
                return FALSE;
        *ret_start = start;
        *ret_size = size;
        return TRUE;
}

void
pv_heap_take(GArray *heap, guint64 start, guint64 size)
{
        Block block = {.start = start, .end = start + size};

        g_array_append_val(heap, block);
}

gboolean
pv_heap_free(GArray *heap, guint64 start)
{
        Block *block = NULL;

        for (guint i = heap->len; i-- > 0 && !block;)
                if (g_array_index(heap, Block, i).start == start)
                        block = &g_array_index(heap, Block, i);
        if (!block || block->freed)
                return FALSE;
        block->freed = TRUE;
        while (heap->len && g_array_index(heap, Block, heap->len - 1).freed)
                g_array_set_size(heap, heap->len - 1);
        return TRUE;
}

gboolean
pv_heap_in_ram(guint64 gpa, gsize n)
{
        if (gpa > RAM_END || n > RAM_END - gpa)
                return FALSE;
        return gpa + n <= HOLE_START || gpa >= HOLE_END;
}
