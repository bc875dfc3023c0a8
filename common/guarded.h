/* SPDX-License-Identifier: MIT */
/* Buffers with canaries around them: who writes outside is found out, under AddressSanitizer at once. */
#ifndef PVABI_COMMON_GUARDED_H
#define PVABI_COMMON_GUARDED_H

#include <glib.h>
#include <stdint.h>

/* n bytes of zeros, aligned for any type. For pv_guarded_free(). */
void *pv_guarded_new(gsize n);
void pv_guarded_free(void *buffer);

/* Nobody has written outside, as far as the canaries reach. */
gboolean pv_guarded_intact(const void *buffer);

#endif
