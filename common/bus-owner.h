/* SPDX-License-Identifier: MIT */
/* Who started what is behind a bus. */
#ifndef PVABI_COMMON_BUS_OWNER_H
#define PVABI_COMMON_BUS_OWNER_H

/* Every member may be NULL. */
typedef struct PvBusOwner {
        void *data;
        char *(*last_words)(void *data); /* what it said before it went; g_free, or NULL */
        void (*ended)(void *data);       /* after the bus has closed its socket */
} PvBusOwner;

#endif
