/* SPDX-License-Identifier: MIT */
/* A bus that keeps account of every byte a guest is told, and of every page that it shares. */
#ifndef PVABI_CONFORMANCE_WATCH_H
#define PVABI_CONFORMANCE_WATCH_H

#include <glib.h>

#include "common/machine.h"

/* How a byte reached the guest. */
typedef enum PvWatchChannel {
        PV_WATCH_PORT,
        PV_WATCH_GHCB,    /* a port's answer, in the page that guest and host share for such requests */
        PV_WATCH_VC,      /* what the exception says that leads there; a host may raise it too */
        PV_WATCH_MEMORY,  /* of a guest whose memory the host sees anyway */
        PV_WATCH_SHARED,  /* a page made shared */
        PV_WATCH_PRIVATE, /* a page that the host cannot store to: what is there is no answer */
        PV_N_WATCH_CHANNELS,
} PvWatchChannel;

/* Bytes of one field that came through one channel. */
typedef struct PvWatchRow {
        const char *part;
        const PvField *field; /* NULL: bytes that are declared as none */
        PvWatchChannel channel;
        guint64 bytes; /* different ones */
        guint64 reads; /* of bytes, all in all */
        guint64 most;  /* reads of one byte in one call */
} PvWatchRow;

/* An access is one of the guest's to a port or to memory: at each the host may have its say. */
typedef struct PvWatchPages {
        guint64 shared;   /* pages made shared; one that is shared twice counts twice */
        guint64 at_once;  /* the most at a time */
        guint64 kept;     /* still shared when the guest had ended */
        guint64 accesses; /* while a page was shared, the sum over these pages */
        guint64 longest;  /* ... and the most of one page */
        guint64 requests; /* through the GHCB, whose page is shared throughout */
        GPtrArray *calls; /* names of the functions that shared a page */
} PvWatchPages;

typedef struct PvWatch PvWatch;

/* Of a machine of this candidate on this chipset, with so many possible CPUs. */
PvWatch *pv_watch_new(const PvCandidate *candidate, PvChipset chipset, guint32 cpus);
void pv_watch_free(PvWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PvWatch, pv_watch_free)

/* The bus, for PvSessionOptions.watch. It owns below; the watch stays with its caller, and outlives it. */
PvBus *pv_watch_bus(PvBus *below, void *watch);

/* From here on it is this function that reads; a byte that was read before is read anew. */
void pv_watch_call(PvWatch *watch, const char *name);
/* The guest has ended. */
void pv_watch_end(PvWatch *watch);

/* In the order in which they were first met; PvWatchRow. */
const GArray *pv_watch_rows(const PvWatch *watch);
const PvWatchPages *pv_watch_pages(const PvWatch *watch);

const char *pv_watch_channel_word(PvWatchChannel channel);
/* Who puts a byte there. */
const char *pv_watch_supplier(PvWatchChannel channel);

/* Part "ghcb": what comes with every answer beside the answer. */
#define PV_WATCH_VC_CODE "exit code of #VC"
#define PV_WATCH_GHCB_RESULT "result of a request"
#define PV_WATCH_GHCB_VALID "is RAX valid"
#define PV_WATCH_PSC_ENTRY "page state change: next entry"
#define PV_WATCH_PSC_RESULT "page state change: result"
extern const PvField pv_watch_ghcb_fields[];
extern const gsize pv_watch_n_ghcb_fields;

#endif
