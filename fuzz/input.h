/* SPDX-License-Identifier: MIT */
/* What fuzz harnesses draw from: a byte string that ends, and then is zeros. */
#ifndef PVABI_FUZZ_INPUT_H
#define PVABI_FUZZ_INPUT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct Input {
        const uint8_t *at;
        size_t left;
} Input;

static inline void
input_take(Input *in, void *ret_data, size_t n)
{
        size_t take = n < in->left ? n : in->left;

        memset(ret_data, 0, n);
        if (take == 0)
                return;
        memcpy(ret_data, in->at, take);
        in->at += take;
        in->left -= take;
}

/* Little-endian, of 1 to 8 bytes. */
static inline uint64_t
input_number(Input *in, unsigned width)
{
        uint8_t bytes[8];
        uint64_t value = 0;

        input_take(in, bytes, width);
        for (unsigned i = width; i > 0; i--)
                value = value << 8 | bytes[i - 1];
        return value;
}

static inline uint8_t
input_byte(Input *in)
{
        return (uint8_t) input_number(in, 1);
}

/* The entry points that libFuzzer calls; it declares none. */
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#endif
