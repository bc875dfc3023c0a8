/* SPDX-License-Identifier: MIT */
/* Guest RAM as an array of pages, allocated when first touched. */
#include "common/ram.h"

#include <glib.h>
#include <string.h>

#define RAM_PAGES (PV_RAM_SIZE / PV_PAGE_SIZE)
#define HOLE_START 0xa0000u /* video memory and ROMs: none of it is RAM */
#define HOLE_END 0x100000u
#define FIRST_PAGE 512u  /* allocations start at 2 MiB */
#define LARGE_PAGES 512u /* that one entry maps before it is split */
#define PSC_ENTRIES 253u /* pages in one request to the host: GHCB specification 2.0, 4.1.6 */
#define LINES_PER_PAGE 64u

typedef struct Page {
        uint8_t *guest; /* what the guest sees; NULL: zeroes */
        uint8_t *alias; /* split backing: the host's other page */
        uint32_t run;   /* pages of the allocation that starts here */
        gboolean shared;
} Page;

struct PvRam {
        PvGuestKind kind;
        const PvMemoryModel *model;
        void *key; /* the model's */
        PvGuestSteps steps;
        uint32_t shared;
        uint8_t split[RAM_PAGES / LARGE_PAGES]; /* 2 MiB mappings that are 4 KiB ones by now */
        Page *page;
        uint8_t *memory;    /* that of somebody else, page by page; NULL: pages are allocated */
        uint32_t touched;   /* no page from here on has ever held bytes */
        GQueue free_single; /* page numbers, for reuse: consumers allocate and free one page at a time */
        uint32_t next;
};

PvRam *
pv_ram_new(PvGuestKind guest, const PvMemoryModel *model, uint32_t seed)
{
        PvRam *ram = g_new0(PvRam, 1);

        ram->kind = guest;
        ram->model = model;
        ram->key = guest == PV_GUEST_PLAIN ? NULL : model->create(seed);
        ram->page = g_new0(Page, RAM_PAGES);
        ram->next = FIRST_PAGE;
        g_queue_init(&ram->free_single);
        return ram;
}

void
pv_ram_back(PvRam *ram, void *memory)
{
        g_assert(ram->kind == PV_GUEST_PLAIN && ram->touched == 0);
        ram->memory = memory;
}

void
pv_ram_free(PvRam *ram)
{
        for (uint32_t i = 0; i < ram->touched; i++) {
                g_free(ram->page[i].guest);
                g_free(ram->page[i].alias);
        }
        if (ram->key)
                ram->model->free(ram->key);
        g_queue_clear(&ram->free_single);
        g_free(ram->page);
        g_free(ram);
}

PvGuestSteps *
pv_ram_guest_steps(PvRam *ram)
{
        return &ram->steps;
}

uint32_t
pv_ram_shared(const PvRam *ram)
{
        return ram->shared;
}

/* ---- page state changes ---- */

/* The walk to the entries of these pages; a large mapping is split once and for all. */
static void
write_entries(PvRam *ram, uint32_t first, uint32_t n)
{
        for (uint32_t i = first; i < first + n; i++) {
                ram->steps.pt_splits += !ram->split[i / LARGE_PAGES];
                ram->split[i / LARGE_PAGES] = 1;
        }
        ram->steps.pt_writes += n;
        ram->steps.tlb_flushes++;
}

/* In the order of edk2: to shared the validation is given up first, to private it is regained last. */
static void
change_state(PvRam *ram, uint32_t first, uint32_t n, gboolean shared)
{
        gboolean snp = ram->kind == PV_GUEST_SEV_SNP;

        if (ram->kind == PV_GUEST_PLAIN)
                return;
        for (uint32_t i = first; i < first + n; i++)
                ram->page[i].shared = shared;
        ram->shared += shared ? n : -n;
        ram->steps.changes += n;
        if (!snp)
                ram->steps.cache_lines += n * LINES_PER_PAGE;
        write_entries(ram, first, n);
        if (snp) {
                ram->steps.pvalidates += n;
                ram->steps.psc_exits += (n + PSC_ENTRIES - 1) / PSC_ENTRIES;
                ram->steps.touches += shared ? 0 : 2 * n;
        }
}

int
pv_ram_alloc(PvRam *ram, size_t n, PvSharing sharing, PvGpa *ret_gpa)
{
        uint32_t pages = (uint32_t) ((n + PV_PAGE_SIZE - 1) / PV_PAGE_SIZE), first;

        if (n == 0 || n > (size_t) RAM_PAGES * PV_PAGE_SIZE || pages > RAM_PAGES - ram->next)
                return PV_E_NO_MEMORY;
        if (pages == 1 && !g_queue_is_empty(&ram->free_single)) {
                first = GPOINTER_TO_UINT(g_queue_pop_head(&ram->free_single));
        } else {
                first = ram->next;
                ram->next += pages;
        }
        if (sharing == PV_SHARED)
                change_state(ram, first, pages, TRUE);
        ram->page[first].run = pages;
        ret_gpa->value = (uint64_t) first * PV_PAGE_SIZE;
        return 0;
}

int
pv_ram_release(PvRam *ram, PvGpa gpa)
{
        uint64_t first = gpa.value / PV_PAGE_SIZE;

        if (gpa.value % PV_PAGE_SIZE || first >= RAM_PAGES || !ram->page[first].run)
                return PV_E_REFUSED;
        if (ram->page[first].shared)
                change_state(ram, (uint32_t) first, ram->page[first].run, FALSE);
        for (uint32_t i = 0; i < ram->page[first].run; i++) {
                Page *page = &ram->page[first + i];

                if (ram->memory)
                        memset(ram->memory + (first + i) * PV_PAGE_SIZE, 0, PV_PAGE_SIZE);
                g_clear_pointer(&page->guest, g_free);
                g_clear_pointer(&page->alias, g_free);
        }
        if (ram->page[first].run == 1)
                g_queue_push_tail(&ram->free_single, GUINT_TO_POINTER((guint) first));
        ram->page[first].run = 0;
        return 0;
}

static uint8_t *
backing(uint8_t **bytes)
{
        if (!*bytes)
                *bytes = g_malloc0(PV_PAGE_SIZE);
        return *bytes;
}

typedef enum Access { GUEST_READ, GUEST_WRITE, HOST_READ, HOST_WRITE } Access;

/* The host touches a private page of a guest that is encrypted in place: whole blocks, as it finds them. */
static void
touch_ciphertext(const PvRam *ram, Page *page, uint64_t base, size_t offset, uint8_t *data, size_t n,
                 Access access)
{
        uint8_t *bytes = backing(&page->guest), cipher[PV_PAGE_SIZE];
        size_t first = offset / PV_MEMORY_BLOCK * PV_MEMORY_BLOCK;
        size_t end = (offset + n + PV_MEMORY_BLOCK - 1) / PV_MEMORY_BLOCK * PV_MEMORY_BLOCK;

        memcpy(cipher + first, bytes + first, end - first);
        ram->model->encrypt(ram->key, base + first, cipher + first, end - first);
        if (access == HOST_READ) {
                memcpy(data, cipher + offset, n);
                return;
        }
        memcpy(cipher + offset, data, n);
        ram->model->decrypt(ram->key, base + first, cipher + first, end - first);
        memcpy(bytes + first, cipher + first, end - first);
}

static void
touch(PvRam *ram, uint64_t base, size_t offset, uint8_t *data, size_t n, Access access)
{
        uint32_t number = (uint32_t) (base / PV_PAGE_SIZE);
        Page *page = &ram->page[number];
        gboolean host = access == HOST_READ || access == HOST_WRITE;
        gboolean apart = host && ram->kind != PV_GUEST_PLAIN && !page->shared;
        uint8_t *bytes;

        if (!ram->memory)
                ram->touched = MAX(ram->touched, number + 1);
        if (apart && ram->kind != PV_GUEST_SEV_SNP) {
                touch_ciphertext(ram, page, base, offset, data, n, access);
                return;
        }
        bytes = ram->memory ? ram->memory + base : backing(apart ? &page->alias : &page->guest);
        if (access == GUEST_READ || access == HOST_READ)
                memcpy(data, bytes + offset, n);
        else
                memcpy(bytes + offset, data, n);
}

static int
transfer(PvRam *ram, PvGpa gpa, uint8_t *data, size_t n, Access access)
{
        const uint64_t size = (uint64_t) RAM_PAGES * PV_PAGE_SIZE;
        uint64_t at = gpa.value;

        if (at > size || n > size - at || (at < HOLE_END && at + n > HOLE_START))
                return PV_E_REFUSED;
        while (n > 0) {
                size_t offset = at % PV_PAGE_SIZE, chunk = MIN(n, PV_PAGE_SIZE - offset);

                touch(ram, at - offset, offset, data, chunk, access);
                at += chunk;
                data += chunk;
                n -= chunk;
        }
        return 0;
}

int
pv_ram_guest_read(PvRam *ram, PvGpa gpa, void *ret_data, size_t n)
{
        return transfer(ram, gpa, ret_data, n, GUEST_READ);
}

int
pv_ram_guest_write(PvRam *ram, PvGpa gpa, const void *data, size_t n)
{
        return transfer(ram, gpa, (uint8_t *) data, n, GUEST_WRITE);
}

int
pv_ram_host_read(PvRam *ram, PvGpa gpa, void *ret_data, size_t n)
{
        return transfer(ram, gpa, ret_data, n, HOST_READ);
}

int
pv_ram_host_write(PvRam *ram, PvGpa gpa, const void *data, size_t n)
{
        return transfer(ram, gpa, (uint8_t *) data, n, HOST_WRITE);
}
