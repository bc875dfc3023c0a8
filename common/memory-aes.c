/* SPDX-License-Identifier: MIT */
/* The AES memory model: XEX, with a tweak that is linear in the bits of a block's address. */
#include "common/memory-model.h"

#include <glib.h>
#include <nettle/aes.h>
#include <string.h>

#define ADDRESS_BITS 52u
#define FIRST_BIT 4u /* of a block's address */
#define BLOCKS 256u  /* of one page */

typedef struct Block {
        uint64_t half[2];
} Block;

/* The tweak of an address is the sum of a constant for each of its bits; the constants come of the key. */
typedef struct Key {
        struct aes128_ctx encrypt, decrypt;
        Block constant[ADDRESS_BITS];
        Block within[BLOCKS]; /* tweaks of a page's blocks, but for the page's own part */
} Key;

static Block
sum(Block a, Block b)
{
        return (Block){{a.half[0] ^ b.half[0], a.half[1] ^ b.half[1]}};
}

static Block
tweak_of(const Key *key, uint64_t address)
{
        Block tweak = {{0}};
        uint64_t bits = address & ((UINT64_C(1) << ADDRESS_BITS) - 1) & ~(uint64_t) (PV_MEMORY_BLOCK - 1);

        for (; bits; bits &= bits - 1)
                tweak = sum(tweak, key->constant[__builtin_ctzll(bits)]);
        return tweak;
}

static void *
xex_create(uint32_t seed)
{
        Key *key = g_new0(Key, 1);
        uint8_t secret[AES128_KEY_SIZE] = {0};

        memcpy(secret, &seed, sizeof seed);
        aes128_set_encrypt_key(&key->encrypt, secret);
        aes128_set_decrypt_key(&key->decrypt, secret);
        for (unsigned bit = FIRST_BIT; bit < ADDRESS_BITS; bit++) {
                uint8_t number[AES_BLOCK_SIZE] = {0xff, (uint8_t) bit};

                aes128_encrypt(&key->encrypt, sizeof number, number, number);
                memcpy(&key->constant[bit], number, sizeof number);
        }
        for (unsigned i = 0; i < BLOCKS; i++)
                key->within[i] = tweak_of(key, (uint64_t) i * PV_MEMORY_BLOCK);
        return key;
}

/* Sixteen bytes at a time, wherever they lie; what a compiler makes one instruction. */
typedef uint64_t Lane __attribute__((vector_size(PV_MEMORY_BLOCK), aligned(1), may_alias));

static void
add(uint8_t *data, const Block *tweaks, Lane page, size_t n)
{
        for (size_t i = 0; i < n; i += PV_MEMORY_BLOCK)
                *(Lane *) (data + i) ^= *(const Lane *) &tweaks[i / PV_MEMORY_BLOCK] ^ page;
}

typedef void (*Cipher)(const struct aes128_ctx *ctx, size_t length, uint8_t *dst, const uint8_t *src);

/* Blocks of one page: each sum takes one pass, and the cipher all blocks at once. */
static void
pass_page(const Key *key, Cipher cipher, const struct aes128_ctx *ctx, uint64_t address, uint8_t *data,
          size_t n)
{
        const Block tweak = tweak_of(key, address & ~(uint64_t) (PV_PAGE_SIZE - 1));
        const Block *within = key->within + address % PV_PAGE_SIZE / PV_MEMORY_BLOCK;
        const Lane page = *(const Lane *) &tweak;

        add(data, within, page, n);
        cipher(ctx, n, data, data);
        add(data, within, page, n);
}

static void
pass(const Key *key, Cipher cipher, const struct aes128_ctx *ctx, uint64_t address, uint8_t *data, size_t n)
{
        while (n > 0) {
                size_t piece = MIN(n, PV_PAGE_SIZE - address % PV_PAGE_SIZE);

                pass_page(key, cipher, ctx, address, data, piece);
                address += piece;
                data += piece;
                n -= piece;
        }
}

static void
xex_encrypt(void *state, uint64_t address, uint8_t *data, size_t n)
{
        const Key *key = state;

        pass(key, aes128_encrypt, &key->encrypt, address, data, n);
}

static void
xex_decrypt(void *state, uint64_t address, uint8_t *data, size_t n)
{
        const Key *key = state;

        pass(key, aes128_decrypt, &key->decrypt, address, data, n);
}

const PvMemoryModel pv_memory_aes = {
        .name = "aes-xex",
        .summary = "each block of 16 bytes by AES-128, tweaked by its address",
        .create = xex_create,
        .free = g_free,
        .encrypt = xex_encrypt,
        .decrypt = xex_decrypt,
};
