/* SPDX-License-Identifier: MIT */
/* Which pages of a guest's memory are in use, where the guest itself does not keep book. */
#ifndef PVABI_COMMON_HEAP_H
#define PVABI_COMMON_HEAP_H

#include <glib.h>

/* The first page that is given away. */
#define PV_HEAP_START 0x200000u

/* g_array_unref */
GArray *pv_heap_new(void);

/* Where n bytes would go, in whole pages, of which there is at least one. FALSE: there is no room. */
gboolean pv_heap_fit(GArray *heap, gsize n, guint64 *ret_start, guint64 *ret_size);
/* They are in use from here on. */
void pv_heap_take(GArray *heap, guint64 start, guint64 size);
/*
 * FALSE: nothing begins there. Space comes back once everything taken after it is free too: enough for
 * callers that nest.
 */
gboolean pv_heap_free(GArray *heap, guint64 start);

/* Is all of it memory, on any machine of 128 MiB? */
gboolean pv_heap_in_ram(guint64 gpa, gsize n);

#endif
