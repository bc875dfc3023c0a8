/* SPDX-License-Identifier: MIT */
/* A buffer between two canaries. */
#include "common/guarded.h"

#include <string.h>

#define CANARY 64u
#define CANARY_BYTE 0xc5u

/* With AddressSanitizer nobody but us may touch a canary. */
#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1 /* GCC says so by itself */
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(at, n) ((void) 0)
#define ASAN_UNPOISON_MEMORY_REGION(at, n) ((void) 0)
#endif

typedef struct Guarded {
        gsize n;
        _Alignas(16) uint8_t before[CANARY];
        uint8_t buffer[]; /* and a canary behind it */
} Guarded;

static Guarded *
guarded_of(const void *buffer)
{
        return (Guarded *) ((uint8_t *) buffer - offsetof(Guarded, buffer));
}

void *
pv_guarded_new(gsize n)
{
        Guarded *g = g_malloc0(sizeof *g + n + CANARY);

        g->n = n;
        memset(g->before, CANARY_BYTE, CANARY);
        memset(g->buffer + n, CANARY_BYTE, CANARY);
        ASAN_POISON_MEMORY_REGION(g->before, CANARY);
        ASAN_POISON_MEMORY_REGION(g->buffer + n, CANARY);
        return g->buffer;
}

void
pv_guarded_free(void *buffer)
{
        Guarded *g;

        if (!buffer)
                return;
        g = guarded_of(buffer);
        ASAN_UNPOISON_MEMORY_REGION(g->before, CANARY);
        ASAN_UNPOISON_MEMORY_REGION(g->buffer + g->n, CANARY);
        g_free(g);
}

__attribute__((no_sanitize_address)) static gboolean
lives(const uint8_t *canary)
{
        for (gsize i = 0; i < CANARY; i++)
                if (canary[i] != CANARY_BYTE)
                        return FALSE;
        return TRUE;
}

gboolean
pv_guarded_intact(const void *buffer)
{
        const Guarded *g = guarded_of(buffer);

        return lives(g->before) && lives(g->buffer + g->n);
}
