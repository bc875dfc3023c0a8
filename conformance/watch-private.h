/* SPDX-License-Identifier: MIT */
/* What the two halves of the watch share: its accounts, and the bus that keeps them. */
#ifndef PVABI_CONFORMANCE_WATCH_PRIVATE_H
#define PVABI_CONFORMANCE_WATCH_PRIVATE_H

#include "conformance/watch-fields.h"
#include "conformance/watch.h"

#define PV_WATCH_PARTS_MAX (PV_PARTS_MAX + 1) /* the host bridge is one too */

/* Memory of the guest's. */
typedef struct PvWatchPage {
        PvGpa gpa;
        gsize n;
        gboolean shared; /* in a plain guest no page changes its state */
        guint64 since;   /* accesses before that */
} PvWatchPage;

/* What a device stored there, once it has carried the transfer out. */
typedef struct PvWatchStored {
        guint part;
        PvWatchTransfer transfer;
} PvWatchStored;

struct PvWatch {
        PvWatchPart part[PV_WATCH_PARTS_MAX];
        guint n_parts;
        GArray *rows;     /* PvWatchRow */
        GHashTable *seen; /* each byte that was read */
        GArray *pages;    /* PvWatchPage */
        GArray *stored;   /* PvWatchStored, the latest last */
        PvWatchPages account;
        guint64 shared_now, accesses, n_calls;
        const char *call;
};

/* A byte of this part was read. */
void pv_watch_note(PvWatch *watch, const char *part, PvWatchByte byte, PvWatchChannel channel);

/* The page that has this address; NULL: none. */
PvWatchPage *pv_watch_page_at(const PvWatch *watch, guint64 address);
void pv_watch_page_added(PvWatch *watch, const PvWatchPage *page);
/* It is private again, and what was stored in it is gone. */
void pv_watch_page_removed(PvWatch *watch, PvWatchPage *page);

#endif
