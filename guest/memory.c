/* SPDX-License-Identifier: MIT */
/* What a compiler may call by itself; string instructions, for an emulated guest pays by the instruction. */
#include <stddef.h>
#include <stdint.h>

void *memcpy(void *to, const void *from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int byte, size_t n);
int memcmp(const void *a, const void *b, size_t n);

static void
copy_up(void *to, const void *from, size_t n)
{
        size_t words = n / 4, bytes = n % 4;

        __asm__ volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
        __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(bytes) : : "memory");
}

void *
memcpy(void *to, const void *from, size_t n)
{
        copy_up(to, from, n);
        return to;
}

void *
memmove(void *to, const void *from, size_t n)
{
        if ((uintptr_t) to - (uintptr_t) from >= n) {
                copy_up(to, from, n);
                return to;
        }
        for (size_t i = n; i-- > 0;)
                ((volatile uint8_t *) to)[i] = ((const uint8_t *) from)[i];
        return to;
}

void *
memset(void *to, int byte, size_t n)
{
        void *at = to;
        size_t words = n / 4, bytes = n % 4;
        uint32_t pattern = (uint8_t) byte * 0x01010101u;

        __asm__ volatile("rep stosl" : "+D"(at), "+c"(words) : "a"(pattern) : "memory");
        __asm__ volatile("rep stosb" : "+D"(at), "+c"(bytes) : "a"(pattern) : "memory");
        return to;
}

int
memcmp(const void *a, const void *b, size_t n)
{
        const uint8_t *x = a, *y = b;

        for (size_t i = 0; i < n; i++)
                if (x[i] != y[i])
                        return x[i] - y[i];
        return 0;
}
