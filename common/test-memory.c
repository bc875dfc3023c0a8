/* SPDX-License-Identifier: MIT */
/* The memory models: what both show, and what AES alone can. Nothing here says anything about a real
 * processor's cipher. */
#include <glib.h>
#include <string.h>

#include "common/adversary.h"
#include "common/psc.h"

#define BLOCK PV_MEMORY_BLOCK
#define DESCRIPTORS 100000u

typedef struct Both {
        PvRam *ram;
        PvGpa page;
} Both;

static Both
page_of(PvGuestKind kind, const PvMemoryModel *model)
{
        Both both = {.ram = pv_ram_new(kind, model, 7)};

        g_assert_cmpint(pv_ram_alloc(both.ram, PV_PAGE_SIZE, PV_PRIVATE, &both.page), ==, 0);
        return both;
}

static PvGpa
at(const Both *both, uint64_t offset)
{
        return (PvGpa){both->page.value + offset};
}

/* Whatever the model: a store of the host spoils the block that it touches, and no other. */
static void
test_granularity(gconstpointer data)
{
        Both both = page_of(PV_GUEST_SEV, data);
        uint8_t clear[3 * BLOCK], seen[3 * BLOCK], byte = 0x5a;

        memset(clear, 'x', sizeof clear);
        pv_ram_guest_write(both.ram, at(&both, 0), clear, sizeof clear);
        pv_ram_host_read(both.ram, at(&both, 0), seen, sizeof seen);
        for (guint i = 0; i < 3; i++)
                g_assert_cmpint(memcmp(seen + i * BLOCK, clear, BLOCK), !=, 0);
        pv_ram_host_write(both.ram, at(&both, BLOCK + 3), &byte, 1);
        pv_ram_guest_read(both.ram, at(&both, 0), seen, sizeof seen);
        g_assert_cmpmem(seen, BLOCK, clear, BLOCK);
        g_assert_cmpmem(seen + 2 * BLOCK, BLOCK, clear, BLOCK);
        g_assert_cmpint(memcmp(seen + BLOCK, clear, BLOCK), !=, 0);
        g_assert_cmphex(seen[BLOCK + 3], !=, byte); /* and what it stored is not what the guest reads */
        pv_ram_free(both.ram);
}

/* Of SNP the host has another page: it reads zeros, and its stores are lost. */
static void
test_split(gconstpointer data)
{
        Both both = page_of(PV_GUEST_SEV_SNP, data);
        const uint8_t zeros[BLOCK] = {0};
        uint8_t clear[BLOCK], seen[BLOCK];

        memset(clear, 'x', sizeof clear);
        pv_ram_guest_write(both.ram, at(&both, 0), clear, sizeof clear);
        pv_ram_host_read(both.ram, at(&both, 0), seen, sizeof seen);
        g_assert_cmpmem(seen, sizeof seen, zeros, sizeof zeros);
        pv_ram_host_write(both.ram, at(&both, 0), seen, sizeof seen);
        pv_ram_guest_read(both.ram, at(&both, 0), seen, sizeof seen);
        g_assert_cmpmem(seen, sizeof seen, clear, sizeof clear);
        pv_ram_free(both.ram);
}

#define IN_PLACE {.changes = 4, .pt_writes = 4, .pt_splits = 1, .tlb_flushes = 2, .cache_lines = 256}

/* Steps by kind, of two pages shared and made private again. */
static void
test_steps(gconstpointer data)
{
        static const PvGuestSteps expected[] = {
                [PV_GUEST_PLAIN] = {0},
                [PV_GUEST_SEV] = IN_PLACE,
                [PV_GUEST_SEV_ES] = IN_PLACE,
                [PV_GUEST_SEV_SNP] = {.changes = 4, .pt_writes = 4, .pt_splits = 1, .tlb_flushes = 2, .pvalidates = 4,
                                      .psc_exits = 2, .touches = 4},
        };

        for (guint kind = PV_GUEST_PLAIN; kind <= PV_GUEST_SEV_SNP; kind++) {
                PvRam *ram = pv_ram_new((PvGuestKind) kind, data, 7);
                const PvGuestSteps *steps = pv_ram_guest_steps(ram);
                PvGpa gpa;

                g_assert_cmpint(pv_ram_alloc(ram, 2 * PV_PAGE_SIZE, PV_SHARED, &gpa), ==, 0);
                g_assert_cmpuint(pv_ram_shared(ram), ==, kind == PV_GUEST_PLAIN ? 0 : 2);
                g_assert_cmpint(pv_ram_release(ram, gpa), ==, 0);
                g_assert_cmpuint(pv_ram_shared(ram), ==, 0);
                g_assert_cmpmem(steps, sizeof *steps, &expected[kind], sizeof expected[kind]);
                pv_ram_free(ram);
        }
}

/* ---- the host between two steps, and what is counted there ---- */

static const uint32_t marked = PV_SECRET;

typedef struct Shared {
        PvRam *ram;
        PvAdversary *adversary;
        PvGpa page;
        const PvGuestSteps *steps;
} Shared;

static Shared
shared_page(PvGuestKind kind, const PvMutation *lie)
{
        Shared s = {.ram = pv_ram_new(kind, pv_memory_models[0], 7)};

        pv_ram_tamper(s.ram, lie);
        s.adversary = pv_adversary_new(s.ram, lie);
        s.steps = pv_ram_guest_steps(s.ram);
        g_assert_cmpint(pv_ram_alloc(s.ram, PV_PAGE_SIZE, PV_SHARED, &s.page), ==, 0);
        return s;
}

static void
shared_free(Shared *s)
{
        pv_ram_free(s->ram);
        pv_adversary_free(s->adversary);
}

/* A byte that was loaded is another one when it is loaded again; a store of the guest's own starts anew. */
static void
test_fetched_again(void)
{
        const PvMutation lie = {.kind = PV_MUTATE_PAGE_LOADED_FLIP, .operand = 0xff};
        Shared s = shared_page(PV_GUEST_SEV, &lie);
        uint8_t byte = 0x21;

        pv_ram_guest_write(s.ram, s.page, &byte, 1);
        pv_ram_guest_read(s.ram, s.page, &byte, 1);
        g_assert_cmphex(byte, ==, 0x21);
        g_assert_cmpuint(s.steps->fetched_again, ==, 0);
        pv_ram_guest_read(s.ram, s.page, &byte, 1);
        g_assert_cmphex(byte, ==, 0xde);
        g_assert_cmpuint(s.steps->fetched_again, ==, 1);
        pv_ram_guest_write(s.ram, s.page, &byte, 1);
        pv_ram_guest_read(s.ram, s.page, &byte, 1);
        g_assert_cmpuint(s.steps->fetched_again, ==, 1);
        shared_free(&s);
}

/* A late store spoils the page that was given back, and the next owner gets zeros all the same. */
static void
test_late_store(void)
{
        const PvMutation lie = {.kind = PV_MUTATE_PAGE_LATE, .operand = 0xff};
        Shared s = shared_page(PV_GUEST_SEV, &lie);
        uint8_t bytes[BLOCK];
        const uint8_t zeros[BLOCK] = {0};
        PvGpa next;

        pv_ram_release(s.ram, s.page);
        pv_ram_guest_read(s.ram, s.page, bytes, BLOCK);
        g_assert_cmpuint(s.steps->undefined_loads, ==, BLOCK);
        g_assert_cmpuint(s.steps->scribbled, ==, 0); /* not by a device */
        g_assert_cmpint(pv_ram_alloc(s.ram, PV_PAGE_SIZE, PV_PRIVATE, &next), ==, 0);
        g_assert_cmphex(next.value, ==, s.page.value);
        pv_ram_guest_read(s.ram, next, bytes, BLOCK);
        g_assert_cmpmem(bytes, BLOCK, zeros, BLOCK);
        g_assert_cmpuint(s.steps->undefined_loads, ==, BLOCK);
        shared_free(&s);
}

static void
test_secrets(void)
{
        const PvMutation bug = {.kind = PV_MUTATE_PAGE_UNSCRUBBED};
        Shared clean = shared_page(PV_GUEST_SEV_SNP, NULL), dirty = shared_page(PV_GUEST_SEV_SNP, &bug);

        g_assert_cmpuint(clean.steps->secrets_bared, ==, 0);
        g_assert_cmpuint(dirty.steps->secrets_bared, ==, PV_PAGE_SIZE / sizeof marked);
        pv_ram_guest_write(clean.ram, clean.page, &marked, sizeof marked);
        g_assert_cmpuint(clean.steps->secrets_sent, ==, 1);
        shared_free(&clean);
        shared_free(&dirty);
}

/* A device that goes on behind what it was given: into memory that is nobody's, and private. */
static void
test_out_of_bounds(gconstpointer data)
{
        const PvGuestKind kind = (PvGuestKind) GPOINTER_TO_INT(data);
        Shared s = shared_page(kind, NULL);
        uint8_t bytes[2 * BLOCK] = {0};

        pv_ram_host_write(s.ram, (PvGpa){s.page.value + PV_PAGE_SIZE - BLOCK}, bytes, sizeof bytes);
        g_assert_cmpuint(s.steps->beyond_offer, ==, BLOCK);
        g_assert_cmpuint(s.steps->scribbled, ==, kind == PV_GUEST_SEV ? BLOCK : 0);
        shared_free(&s);
}

/* Where the host maps the guest's own page the hardware refuses its stores, and the guest keeps what it had. */
static void
test_rmp_fault(void)
{
        const PvMutation lie = {.kind = PV_MUTATE_PAGE_MAPPED};
        Shared s = shared_page(PV_GUEST_SEV_SNP, &lie);
        uint8_t clear[BLOCK] = "as it was before", seen[BLOCK], byte = 0;
        PvGpa page;

        g_assert_cmpint(pv_ram_alloc(s.ram, PV_PAGE_SIZE, PV_PRIVATE, &page), ==, 0);
        pv_ram_guest_write(s.ram, page, clear, BLOCK);
        g_assert_cmpint(pv_ram_host_read(s.ram, page, seen, BLOCK), ==, 0);
        g_assert_cmpint(memcmp(seen, clear, BLOCK), !=, 0);
        g_assert_cmpint(pv_ram_host_write(s.ram, page, &byte, 1), ==, PV_E_REFUSED);
        pv_ram_guest_read(s.ram, page, seen, BLOCK);
        g_assert_cmpmem(seen, BLOCK, clear, BLOCK);
        g_assert_cmpuint(s.steps->rmp_faults, ==, 1);
        g_assert_cmpint(pv_ram_host_write(s.ram, s.page, &byte, 1), ==, 0);
        shared_free(&s);
}

static void
test_page_state_answers(void)
{
        static const struct {
                PvMutation lie;
                int expected;
                guint exits;
        } answers[] = {
                {{.kind = PV_MUTATE_NOTHING}, 0, 2},
                {{.kind = PV_MUTATE_PSC_RESULT, .operand = UINT64_C(1) << 32}, PV_E_TERMINATED, 1},
                {{.kind = PV_MUTATE_PSC_ENTRY, .operand = 0}, PV_E_TERMINATED, 8},
                {{.kind = PV_MUTATE_PSC_ENTRY, .operand = 254}, PV_E_TERMINATED, 1},
                {{.kind = PV_MUTATE_PSC_ENTRY, .operand = 2, .then = 1}, PV_E_TERMINATED, 2},
        };

        for (gsize i = 0; i < G_N_ELEMENTS(answers); i++) {
                PvPscHost host = {.lie = &answers[i].lie};
                PvGuestSteps steps = {0};

                g_assert_cmpint(pv_psc_request(&host, 254, &steps), ==, answers[i].expected);
                g_assert_cmpuint(steps.psc_exits, ==, answers[i].exits);
        }
}

#ifdef HAVE_NETTLE

/* Equal blocks at one address are equal to the host at another time; at another address they are not. */
static void
test_equality(void)
{
        Both both = page_of(PV_GUEST_SEV, &pv_memory_aes);
        uint8_t secret[BLOCK] = "the same secret", other[BLOCK] = "another secret.";
        uint8_t first[BLOCK], changed[BLOCK], again[BLOCK], elsewhere[BLOCK];

        pv_ram_guest_write(both.ram, at(&both, 0), secret, BLOCK);
        pv_ram_guest_write(both.ram, at(&both, BLOCK), secret, BLOCK);
        pv_ram_host_read(both.ram, at(&both, 0), first, BLOCK);
        pv_ram_host_read(both.ram, at(&both, BLOCK), elsewhere, BLOCK);
        pv_ram_guest_write(both.ram, at(&both, 0), other, BLOCK);
        pv_ram_host_read(both.ram, at(&both, 0), changed, BLOCK);
        pv_ram_guest_write(both.ram, at(&both, 0), secret, BLOCK);
        pv_ram_host_read(both.ram, at(&both, 0), again, BLOCK);
        g_assert_cmpmem(first, BLOCK, again, BLOCK);
        g_assert_cmpint(memcmp(first, changed, BLOCK), !=, 0);
        g_assert_cmpint(memcmp(first, elsewhere, BLOCK), !=, 0);
        pv_ram_free(both.ram);
}

/* Every block has its own tweak, however many are encrypted at once and wherever they begin. */
static void
test_pieces(void)
{
        void *key = pv_memory_aes.create(7);
        uint8_t whole[2 * PV_PAGE_SIZE], pieces[sizeof whole];
        const uint64_t address = 0x3ff000;

        for (gsize i = 0; i < sizeof whole; i++)
                whole[i] = pieces[i] = (uint8_t) (i / BLOCK % 3);
        pv_memory_aes.encrypt(key, address, whole, sizeof whole);
        for (gsize done = 0, n = BLOCK; done < sizeof pieces; done += n, n += BLOCK) {
                n = MIN(n, sizeof pieces - done);
                pv_memory_aes.encrypt(key, address + done, pieces + done, n);
        }
        g_assert_cmpmem(whole, sizeof whole, pieces, sizeof pieces);
        pv_memory_aes.decrypt(key, address, whole, sizeof whole);
        for (gsize i = 0; i < sizeof whole; i++)
                g_assert_cmphex(whole[i], ==, i / BLOCK % 3);
        pv_memory_aes.free(key);
}

/* An old ciphertext put back at its address is accepted; moved to another, it decrypts to something else. */
static void
test_replay_and_move(void)
{
        Both both = page_of(PV_GUEST_SEV, &pv_memory_aes);
        uint8_t old[BLOCK] = "balance: 100 EUR", new[BLOCK] = "balance:   0 EUR", kept[BLOCK], seen[BLOCK];

        pv_ram_guest_write(both.ram, at(&both, 0), old, BLOCK);
        pv_ram_host_read(both.ram, at(&both, 0), kept, BLOCK);
        pv_ram_guest_write(both.ram, at(&both, 0), new, BLOCK);
        pv_ram_host_write(both.ram, at(&both, 0), kept, BLOCK);
        pv_ram_guest_read(both.ram, at(&both, 0), seen, BLOCK);
        g_assert_cmpmem(seen, BLOCK, old, BLOCK);
        pv_ram_host_write(both.ram, at(&both, BLOCK), kept, BLOCK);
        pv_ram_guest_read(both.ram, at(&both, BLOCK), seen, BLOCK);
        g_assert_cmpint(memcmp(seen, old, BLOCK), !=, 0);
        pv_ram_free(both.ram);
}

/*
 * A DMA descriptor in private memory, as the device decodes it from ciphertext: control in the first four
 * bytes, then length and address, all big-endian. By chance alone half of them select an item, and none
 * points into 8 GiB of RAM.
 */
static void
test_descriptors(void)
{
        void *key = pv_memory_aes.create(7);
        guint selects = 0, reads = 0, writes = 0, in_ram = 0, zero = 0;

        for (guint i = 0; i < DESCRIPTORS; i++) {
                uint8_t descriptor[BLOCK] = {[3] = 0x0a, [7] = 16, [14] = 0x10};
                uint64_t high = 0;

                pv_memory_aes.encrypt(key, (uint64_t) i * BLOCK, descriptor, BLOCK);
                selects += descriptor[3] >> 3 & 1;
                reads += descriptor[3] >> 1 & 1;
                writes += !(descriptor[3] & 2) && descriptor[3] & 0x10;
                for (guint b = 8; b < BLOCK; b++)
                        high = high << 8 | descriptor[b];
                in_ram += high < UINT64_C(8) << 30;
                zero += !(descriptor[0] | descriptor[1] | descriptor[2] | descriptor[3]);
        }
        g_test_message("of %u: select %u, read %u, write %u, below 8 GiB %u, control 0 %u", DESCRIPTORS,
                       selects, reads, writes, in_ram, zero);
        g_assert_cmpfloat_with_epsilon((double) selects / DESCRIPTORS, 0.5, 0.01);
        g_assert_cmpfloat_with_epsilon((double) reads / DESCRIPTORS, 0.5, 0.01);
        g_assert_cmpfloat_with_epsilon((double) writes / DESCRIPTORS, 0.25, 0.01);
        g_assert_cmpuint(in_ram, ==, 0);
        g_assert_cmpuint(zero, ==, 0);
        pv_memory_aes.free(key);
}

#endif

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        for (guint i = 0; pv_memory_models[i]; i++) {
                const PvMemoryModel *model = pv_memory_models[i];
                g_autofree char *granularity = g_strdup_printf("/memory/%s/granularity", model->name);
                g_autofree char *split = g_strdup_printf("/memory/%s/split", model->name);
                g_autofree char *steps = g_strdup_printf("/memory/%s/steps", model->name);

                g_test_add_data_func(granularity, model, test_granularity);
                g_test_add_data_func(split, model, test_split);
                g_test_add_data_func(steps, model, test_steps);
        }
        g_test_add_func("/memory/fetched-again", test_fetched_again);
        g_test_add_func("/memory/late-store", test_late_store);
        g_test_add_func("/memory/secrets", test_secrets);
        g_test_add_data_func("/memory/out-of-bounds/sev", GINT_TO_POINTER(PV_GUEST_SEV), test_out_of_bounds);
        g_test_add_data_func("/memory/out-of-bounds/snp", GINT_TO_POINTER(PV_GUEST_SEV_SNP), test_out_of_bounds);
        g_test_add_func("/memory/rmp-fault", test_rmp_fault);
        g_test_add_func("/memory/page-state-answers", test_page_state_answers);
#ifdef HAVE_NETTLE
        g_test_add_func("/memory/aes/equality", test_equality);
        g_test_add_func("/memory/aes/pieces", test_pieces);
        g_test_add_func("/memory/aes/replay-and-move", test_replay_and_move);
        g_test_add_func("/memory/aes/descriptors", test_descriptors);
#endif
        return g_test_run();
}
