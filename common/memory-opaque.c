/* SPDX-License-Identifier: MIT */
/* The opaque memory model: what the host reads is noise, and what it stores turns to noise. */
#include "common/memory-model.h"

#include <glib.h>

/* Of a key, an address and a byte: equal blocks elsewhere look different. */
static uint8_t
noise(uint32_t key, uint64_t address, uint8_t byte)
{
        uint64_t x = (address ^ (uint64_t) byte << 40 ^ (uint64_t) key << 20) * 0x9e3779b97f4a7c15u;

        return (uint8_t) ((x ^ x >> 29) * 0xbf58476d1ce4e5b9u >> 56);
}

static void *
opaque_create(uint32_t seed)
{
        return g_memdup2(&seed, sizeof seed);
}

static void
opaque_encrypt(void *state, uint64_t address, uint8_t *data, size_t n)
{
        for (size_t i = 0; i < n; i++)
                data[i] = noise(*(const uint32_t *) state, address + i, data[i]);
}

/* Not the inverse: there is none. */
static void
opaque_decrypt(void *state, uint64_t address, uint8_t *data, size_t n)
{
        for (size_t i = 0; i < n; i++)
                data[i] = noise(~*(const uint32_t *) state, address + i, data[i]);
}

const PvMemoryModel pv_memory_opaque = {
        .name = "opaque",
        .summary = "page states; a private page is noise to the host",
        .create = opaque_create,
        .free = g_free,
        .encrypt = opaque_encrypt,
        .decrypt = opaque_decrypt,
};

const PvMemoryModel *const pv_memory_models[] = {
        &pv_memory_opaque,
#ifdef HAVE_NETTLE
        &pv_memory_aes,
#endif
        NULL,
};
