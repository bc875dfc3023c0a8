/* SPDX-License-Identifier: MIT */
/* The AES memory model: XEX, with a tweak that is linear in the bits of a block's address. */
#include "common/memory-model.h"

#include <glib.h>
#include <nettle/aes.h>
#include <string.h>

#define ADDRESS_BITS 52u
#define FIRST_BIT 4u /* of a block's address */
#define EIGHT (8u * PV_MEMORY_BLOCK)

typedef struct Block {
        uint64_t half[2];
} Block;

typedef struct Key Key;
/* Returns how many bytes it was. */
typedef size_t AddEights(const Key *key, uint64_t address, uint8_t *data, size_t n);

/* The tweak of an address is the sum of a constant for each of its bits; the constants come of the key. */
struct Key {
        struct aes128_ctx encrypt, decrypt;
        AddEights *eights; /* the fastest that this processor has */
        Block constant[ADDRESS_BITS];
        Block change[64]; /* of the tweak, from the block before one whose lowest bit this is */
};

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

/* Sixteen bytes at a time, wherever they lie; what a compiler makes one instruction. */
typedef uint64_t Lane __attribute__((vector_size(PV_MEMORY_BLOCK), aligned(1), may_alias));

/* From one block to the next every bit below the lowest that is set now was set before. */
static Lane
next(const Key *key, Lane tweak, uint64_t address)
{
        return tweak ^ *(const Lane *) &key->change[address ? __builtin_ctzll(address) : 0]; /* change[0] is nothing */
}

/* Up to a multiple of EIGHT, or n bytes; returns how many. */
static size_t
add_blocks(const Key *key, uint64_t address, uint8_t *data, size_t n)
{
        const Block first = tweak_of(key, address);
        Lane tweak = *(const Lane *) &first;
        size_t done = 0;

        while (done < n && (done == 0 || (address + done) % EIGHT)) {
                *(Lane *) (data + done) ^= tweak;
                done += PV_MEMORY_BLOCK;
                tweak = next(key, tweak, address + done);
        }
        return done;
}

/* Two blocks: one instruction where there is AVX2, two where not. */
typedef uint64_t Pair __attribute__((vector_size(2 * PV_MEMORY_BLOCK), aligned(1), may_alias));

/*
 * Eight blocks in a row differ in three bits of their addresses: what is to be looked up they share. Compiled once for
 * each kind of processor.
 */
__attribute__((always_inline)) static inline size_t
add_eights(const Key *key, uint64_t address, uint8_t *data, size_t n)
{
        const Lane *constant = (const Lane *) &key->constant[FIRST_BIT];
        const Lane one = constant[0], seven = one ^ constant[1] ^ constant[2];
        const Pair second = {0, 0, one[0], one[1]};
        const Pair two = {constant[1][0], constant[1][1], constant[1][0], constant[1][1]};
        const Pair four = {constant[2][0], constant[2][1], constant[2][0], constant[2][1]};
        const Block first = tweak_of(key, address);
        Lane tweak = *(const Lane *) &first;
        size_t done = 0;

        for (; n - done >= EIGHT; done += EIGHT) {
                const Pair pair = second ^ (Pair){tweak[0], tweak[1], tweak[0], tweak[1]};
                Pair *at = (Pair *) (data + done);

                at[0] ^= pair;
                at[1] ^= pair ^ two;
                at[2] ^= pair ^ four;
                at[3] ^= pair ^ (two ^ four);
                tweak = next(key, tweak ^ seven, address + done + EIGHT);
        }
        return done;
}

static size_t
add_eights_anywhere(const Key *key, uint64_t address, uint8_t *data, size_t n)
{
        return add_eights(key, address, data, n);
}

#ifdef __x86_64__
__attribute__((target("avx2"))) static size_t
add_eights_avx2(const Key *key, uint64_t address, uint8_t *data, size_t n)
{
        return add_eights(key, address, data, n);
}
#endif

static AddEights *
best_eights(void)
{
#ifdef __x86_64__
        if (__builtin_cpu_supports("avx2"))
                return add_eights_avx2;
#endif
        return add_eights_anywhere;
}

static void
add(const Key *key, uint64_t address, uint8_t *data, size_t n)
{
        for (size_t done = 0; done < n;)
                done += (address + done) % EIGHT == 0 && n - done >= EIGHT
                                ? key->eights(key, address + done, data + done, n - done)
                                : add_blocks(key, address + done, data + done, n - done);
}

typedef void (*Cipher)(const struct aes128_ctx *ctx, size_t length, uint8_t *dst, const uint8_t *src);

/* Each sum takes one pass, and the cipher all blocks at once. */
static void
pass(const Key *key, Cipher cipher, const struct aes128_ctx *ctx, uint64_t address, uint8_t *data, size_t n)
{
        add(key, address, data, n);
        cipher(ctx, n, data, data);
        add(key, address, data, n);
}

static void *
xex_create(uint32_t seed)
{
        Key *key = g_new0(Key, 1);
        uint8_t secret[AES128_KEY_SIZE] = {0};

        key->eights = best_eights();
        memcpy(secret, &seed, sizeof seed);
        aes128_set_encrypt_key(&key->encrypt, secret);
        aes128_set_decrypt_key(&key->decrypt, secret);
        for (unsigned bit = FIRST_BIT; bit < ADDRESS_BITS; bit++) {
                uint8_t number[AES_BLOCK_SIZE] = {0xff, (uint8_t) bit};

                aes128_encrypt(&key->encrypt, sizeof number, number, number);
                memcpy(&key->constant[bit], number, sizeof number);
        }
        key->change[FIRST_BIT] = key->constant[FIRST_BIT];
        for (unsigned bit = FIRST_BIT + 1; bit < 64; bit++)
                key->change[bit] = sum(key->change[bit - 1], bit < ADDRESS_BITS ? key->constant[bit] : (Block){{0}});
        return key;
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
