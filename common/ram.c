/* SPDX-License-Identifier: MIT */
/* Guest RAM as an array of pages, allocated when first touched. */
#include "common/ram.h"

#include <glib.h>
#include <string.h>

#include "common/psc.h"

#define RAM_PAGES (PV_RAM_SIZE / PV_PAGE_SIZE)
#define HOLE_START 0xa0000u /* video memory and ROMs: none of it is RAM */
#define HOLE_END 0x100000u
#define FIRST_PAGE 512u  /* allocations start at 2 MiB */
#define LARGE_PAGES 512u /* that one entry maps before it is split */
#define LINES_PER_PAGE 64u

typedef struct Page {
        uint8_t *guest; /* what the guest sees; NULL: zeroes */
        uint8_t *alias; /* split backing: the host's other page */
        uint32_t run;   /* pages of the allocation that starts here */
        uint8_t *fetched; /* while shared: a bit for each byte loaded since the guest last stored there */
        gboolean shared;
        gboolean undefined; /* became private and was not written since */
} Page;

struct PvRam {
        PvGuestKind kind;
        const PvMemoryModel *model;
        void *key; /* the model's */
        PvGuestSteps steps;
        PvRamHook hook;
        gboolean in_hook; /* what the host does then is no step of its own */
        PvPscHost psc;
        gboolean mapped; /* SNP: by the host, so that the RMP decides */
        gboolean unscrubbed; /* pages are handed out with what was in them */
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
                g_free(ram->page[i].fetched);
        }
        if (ram->key)
                ram->model->free(ram->key);
        g_queue_clear(&ram->free_single);
        g_free(ram->page);
        g_free(ram);
}

void
pv_ram_hook(PvRam *ram, const PvRamHook *hook)
{
        ram->hook = *hook;
}

void
pv_ram_tamper(PvRam *ram, const PvMutation *mutation)
{
        ram->psc.lie = mutation;
        ram->mapped = mutation && mutation->kind == PV_MUTATE_PAGE_MAPPED;
        ram->unscrubbed = mutation && mutation->kind == PV_MUTATE_PAGE_UNSCRUBBED;
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

static void
call_hook(PvRam *ram, void (*hook)(void *, PvRamStep, PvGpa, size_t), PvRamStep step, PvGpa gpa, size_t n)
{
        if (!hook || ram->in_hook)
                return;
        ram->in_hook = TRUE;
        hook(ram->hook.data, step, gpa, n);
        ram->in_hook = FALSE;
}

/* ---- what the host gets to see ---- */

uint64_t
pv_ram_count_secrets(const uint8_t *data, size_t n)
{
        uint64_t found = 0;
        uint32_t word;

        for (size_t i = 0; i + sizeof word <= n; i++) {
                memcpy(&word, data + i, sizeof word);
                if (word != PV_SECRET && word != GUINT32_SWAP_LE_BE(PV_SECRET))
                        continue;
                found++;
                i += sizeof word - 1;
        }
        return found;
}

static void
note_bared(PvRam *ram, uint32_t first, uint32_t n)
{
        for (uint32_t i = first; i < first + n; i++) {
                g_clear_pointer(&ram->page[i].fetched, g_free);
                if (ram->page[i].guest)
                        ram->steps.secrets_bared += pv_ram_count_secrets(ram->page[i].guest, PV_PAGE_SIZE);
        }
}

static void
note_fetched(PvRam *ram, Page *page, size_t offset, size_t n)
{
        if (!page->fetched)
                page->fetched = g_malloc0(pv_bitmap_size(PV_PAGE_SIZE));
        for (size_t i = offset; i < offset + n; i++) {
                ram->steps.fetched_again += pv_bit_get(page->fetched, (uint32_t) i);
                pv_bit_set(page->fetched, (uint32_t) i, true);
        }
}

static void
note_store(PvRam *ram, Page *page, size_t offset, const uint8_t *data, size_t n)
{
        ram->steps.secrets_sent += pv_ram_count_secrets(data, n);
        for (size_t i = offset; page->fetched && i < offset + n; i++)
                pv_bit_set(page->fetched, (uint32_t) i, false);
}

/* Is it in some allocation? Those are few and small; the page where one starts knows its length. */
static gboolean
is_offered(const PvRam *ram, uint32_t number)
{
        for (uint32_t back = 0; back <= number; back++)
                if (ram->page[number - back].run)
                        return ram->page[number - back].run > back;
        return FALSE;
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

/* The bytes stay where they are, and the other key makes something else of them. */
static void
become_undefined(PvRam *ram, uint32_t first, uint32_t n)
{
        for (uint32_t i = first; i < first + n; i++) {
                Page *page = &ram->page[i];

                page->undefined = TRUE;
                if (page->guest)
                        ram->model->decrypt(ram->key, (uint64_t) i * PV_PAGE_SIZE, page->guest, PV_PAGE_SIZE);
        }
}

/*
 * As edk2 does it, of which only the counts and the outcome are here: to shared the validation is given up first, to private it
 * is regained last. A page that is shared in place keeps its content, for whoever shares it puts back what was there.
 */
static int
change_state(PvRam *ram, uint32_t first, uint32_t n, gboolean shared)
{
        const gboolean snp = ram->kind == PV_GUEST_SEV_SNP;
        int r;

        if (ram->kind == PV_GUEST_PLAIN)
                return 0;
        r = snp ? pv_psc_request(&ram->psc, n, &ram->steps) : 0;
        if (r)
                return r;
        for (uint32_t i = first; i < first + n; i++)
                ram->page[i].shared = shared;
        ram->shared += shared ? n : -n;
        ram->steps.changes += n;
        if (!snp)
                ram->steps.cache_lines += n * LINES_PER_PAGE;
        write_entries(ram, first, n);
        if (snp) {
                ram->steps.pvalidates += n;
                ram->steps.touches += shared ? 0 : 2 * n;
        }
        if (shared)
                note_bared(ram, first, n);
        else
                become_undefined(ram, first, n);
        return 0;
}

static int
change_state_watched(PvRam *ram, uint32_t first, uint32_t n, gboolean shared)
{
        const PvRamStep step = shared ? PV_RAM_SHARE : PV_RAM_UNSHARE;
        const PvGpa gpa = {(uint64_t) first * PV_PAGE_SIZE};
        int r;

        call_hook(ram, ram->hook.before, step, gpa, (size_t) n * PV_PAGE_SIZE);
        r = change_state(ram, first, n, shared);
        call_hook(ram, ram->hook.after, step, gpa, (size_t) n * PV_PAGE_SIZE);
        return r;
}

/* What lay in a page before it was anybody's. */
static void
fill_with_secrets(Page *page)
{
        const uint32_t word = PV_SECRET;

        page->guest = page->guest ? page->guest : g_malloc(PV_PAGE_SIZE);
        for (size_t i = 0; i < PV_PAGE_SIZE; i += sizeof word)
                memcpy(page->guest + i, &word, sizeof word);
}

/* Whoever hands pages out scrubs them before anybody else can see them. */
static void
hand_out(PvRam *ram, uint32_t first, uint32_t n)
{
        for (uint32_t i = first; i < first + n; i++) {
                Page *page = &ram->page[i];

                page->undefined = FALSE;
                if (ram->unscrubbed)
                        fill_with_secrets(page);
                else if (ram->memory)
                        memset(ram->memory + (size_t) i * PV_PAGE_SIZE, 0, PV_PAGE_SIZE);
                else if (page->guest)
                        memset(page->guest, 0, PV_PAGE_SIZE);
                g_clear_pointer(&page->alias, g_free);
                ram->touched = ram->memory ? 0 : MAX(ram->touched, i + 1);
        }
}

int
pv_ram_alloc(PvRam *ram, size_t n, PvSharing sharing, PvGpa *ret_gpa)
{
        uint32_t pages = (uint32_t) ((n + PV_PAGE_SIZE - 1) / PV_PAGE_SIZE), first;
        int r = 0;

        if (n == 0 || n > (size_t) RAM_PAGES * PV_PAGE_SIZE || pages > RAM_PAGES - ram->next)
                return PV_E_NO_MEMORY;
        if (pages == 1 && !g_queue_is_empty(&ram->free_single)) {
                first = GPOINTER_TO_UINT(g_queue_pop_head(&ram->free_single));
        } else {
                first = ram->next;
                ram->next += pages;
        }
        hand_out(ram, first, pages);
        if (sharing == PV_SHARED)
                r = change_state_watched(ram, first, pages, TRUE);
        if (r)
                return r;
        ram->page[first].run = pages;
        ret_gpa->value = (uint64_t) first * PV_PAGE_SIZE;
        return 0;
}

int
pv_ram_release(PvRam *ram, PvGpa gpa)
{
        uint64_t first = gpa.value / PV_PAGE_SIZE;
        int r = 0;

        if (gpa.value % PV_PAGE_SIZE || first >= RAM_PAGES || !ram->page[first].run)
                return PV_E_REFUSED;
        if (ram->page[first].shared)
                r = change_state_watched(ram, (uint32_t) first, ram->page[first].run, FALSE);
        if (r)
                return r; /* still shared, and so nobody's to hand out again */
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
touch_ciphertext(PvRam *ram, Page *page, uint64_t base, size_t offset, uint8_t *data, size_t n,
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
        ram->steps.scribbled += ram->in_hook ? 0 : end - first;
        memcpy(bytes + first, cipher + first, end - first);
}

/* 0, or PV_E_REFUSED: a fault in the host. */
static int
touch(PvRam *ram, uint64_t base, size_t offset, uint8_t *data, size_t n, Access access)
{
        uint32_t number = (uint32_t) (base / PV_PAGE_SIZE);
        Page *page = &ram->page[number];
        gboolean host = access == HOST_READ || access == HOST_WRITE;
        gboolean apart = host && ram->kind != PV_GUEST_PLAIN && !page->shared;
        uint8_t *bytes;

        if (!ram->memory)
                ram->touched = MAX(ram->touched, number + 1);
        if (apart && ram->mapped && ram->kind == PV_GUEST_SEV_SNP && access == HOST_WRITE) {
                ram->steps.rmp_faults++;
                return PV_E_REFUSED;
        }
        if (apart && (ram->kind != PV_GUEST_SEV_SNP || ram->mapped)) {
                touch_ciphertext(ram, page, base, offset, data, n, access);
                return 0;
        }
        bytes = ram->memory ? ram->memory + base : backing(apart ? &page->alias : &page->guest);
        if (access == GUEST_READ || access == HOST_READ)
                memcpy(data, bytes + offset, n);
        else
                memcpy(bytes + offset, data, n);
        return 0;
}

static void
account(PvRam *ram, uint64_t base, size_t offset, const uint8_t *data, size_t n, Access access)
{
        const uint32_t number = (uint32_t) (base / PV_PAGE_SIZE);
        Page *page = &ram->page[number];

        if (ram->kind == PV_GUEST_PLAIN || ram->in_hook)
                return;
        if (access == HOST_READ || access == HOST_WRITE)
                ram->steps.beyond_offer += is_offered(ram, number) ? 0 : n;
        else if (page->undefined)
                ram->steps.undefined_loads += access == GUEST_READ ? n : 0;
        else if (page->shared && access == GUEST_READ)
                note_fetched(ram, page, offset, n);
        else if (page->shared)
                note_store(ram, page, offset, data, n);
}

/* What lies in one page; the host sees it unless it is the guest's own business. */
static int
touch_watched(PvRam *ram, uint64_t base, size_t offset, uint8_t *data, size_t n, Access access)
{
        static const PvRamStep steps[] = {
                [GUEST_READ] = PV_RAM_GUEST_LOAD,
                [GUEST_WRITE] = PV_RAM_GUEST_STORE,
                [HOST_READ] = PV_RAM_DEVICE_LOAD,
                [HOST_WRITE] = PV_RAM_DEVICE_STORE,
        };
        const PvGpa gpa = {base + offset};
        const gboolean unseen = (access == GUEST_READ || access == GUEST_WRITE) &&
                                ram->kind != PV_GUEST_PLAIN && !ram->page[base / PV_PAGE_SIZE].shared;
        int r;

        if (!unseen)
                call_hook(ram, ram->hook.before, steps[access], gpa, n);
        r = touch(ram, base, offset, data, n, access);
        account(ram, base, offset, data, n, access);
        if (!unseen)
                call_hook(ram, ram->hook.after, steps[access], gpa, n);
        return r;
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

                int r = touch_watched(ram, at - offset, offset, data, chunk, access);

                if (r)
                        return r;
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
