/* SPDX-License-Identifier: MIT */
/* What memory encryption makes of a block: two models behind one interface. Neither is a processor's. */
#ifndef PVABI_COMMON_MEMORY_MODEL_H
#define PVABI_COMMON_MEMORY_MODEL_H

#include "common/types.h"

#define PV_MEMORY_BLOCK 16u /* bytes that are encrypted together */

/*
 * Whole blocks at a physical address that is a multiple of PV_MEMORY_BLOCK, in place. The same bytes at the
 * same address always give the same ciphertext, and others at another; nothing notices a ciphertext that was
 * stored by somebody else. In `opaque` it cannot even be put back: decrypting is noise whatever was
 * encrypted.
 */
typedef struct PvMemoryModel {
        const char *name;
        const char *summary;
        /* A machine's key; free with the model's free(). */
        void *(*create)(uint32_t seed);
        void (*free)(void *state);
        void (*encrypt)(void *state, uint64_t address, uint8_t *data, size_t n);
        void (*decrypt)(void *state, uint64_t address, uint8_t *data, size_t n);
} PvMemoryModel;

/* States and noise: what decides every verdict. */
extern const PvMemoryModel pv_memory_opaque;

/* AES in XEX mode, tweaked by the address of each block. Only in a build with nettle. */
extern const PvMemoryModel pv_memory_aes;

/* Both, or the one that there is; NULL-terminated. The first is the default. */
extern const PvMemoryModel *const pv_memory_models[];

#endif
