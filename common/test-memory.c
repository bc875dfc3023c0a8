/* SPDX-License-Identifier: MIT */
/* The memory models: what both show, and what AES alone can. Nothing here says anything about a real
 * processor's cipher. */
#include <glib.h>
#include <string.h>

#include "common/ram.h"

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

/* Steps by kind, of two pages shared and made private again. */
static void
test_steps(gconstpointer data)
{
        static const PvGuestSteps expected[] = {
                [PV_GUEST_PLAIN] = {0},
                [PV_GUEST_SEV] = {4, 4, 1, 2, 256, 0, 0, 0, 0, 0},
                [PV_GUEST_SEV_ES] = {4, 4, 1, 2, 256, 0, 0, 0, 0, 0},
                [PV_GUEST_SEV_SNP] = {4, 4, 1, 2, 0, 4, 2, 4, 0, 0},
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
#ifdef HAVE_NETTLE
        g_test_add_func("/memory/aes/equality", test_equality);
        g_test_add_func("/memory/aes/replay-and-move", test_replay_and_move);
        g_test_add_func("/memory/aes/descriptors", test_descriptors);
#endif
        return g_test_run();
}
