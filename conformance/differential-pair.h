/* SPDX-License-Identifier: MIT */
/* Two machines that are given the same accesses and events: our model, and what it is held against. */
#ifndef PVABI_CONFORMANCE_DIFFERENTIAL_PAIR_H
#define PVABI_CONFORMANCE_DIFFERENTIAL_PAIR_H

#include <glib.h>

#include "common/session.h"
#include "common/trace-file.h"

/* What both are made of. */
typedef struct PvPairSetup {
        PvLoader *loader;
        const PvCandidate *candidate;
        const PvTarget *target;
        PvChipset chipset;
        const char *smp; /* NULL: the default */
} PvPairSetup;

/* The first difference. */
typedef struct PvMismatch {
        guint item; /* index of the item that shows it; the last one when only a look behind the scenes does
                     */
        char *what; /* "4-byte read of port 0xce0" */
        char *model, *other;
} PvMismatch;

typedef struct PvPair {
        PvSession *model, *other;
        char *plugged;        /* selector of the CPU that is cold-plugged in both; NULL: none */
        PvGpa memory;         /* at the same address in both, PV_WALK_MEMORY bytes */
        GArray *items;        /* PvTraceItem: all that was done since power-on, with the answers */
        guint n_compared;     /* of them */
        guint n_events;       /* host events that were not refused */
        PvMismatch *mismatch; /* NULL: none so far */
        gboolean gone;        /* the other machine is */
} PvPair;

/* PV_ERROR_LIMIT, PV_ERROR_BLOCKED or PV_ERROR_HARNESS, as pv_session_open(). */
PvPair *pv_pair_open(const PvPairSetup *setup, GError **error);
void pv_pair_free(PvPair *pair);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PvPair, pv_pair_free)

/*
 * Makes this access, memory step or event on the model, and on the other machine not later than at the next
 * event or pv_pair_settle(). FALSE: there is a mismatch, or a machine is gone; nothing more can be done then.
 */
gboolean pv_pair_do(PvPair *pair, const PvTraceItem *item);

/* Everything so far, on both; then what is true of the machines and all of the memory are compared. */
gboolean pv_pair_settle(PvPair *pair);

/* A copy that owns its data; g_array_unref. */
GArray *pv_pair_copy_items(const GArray *items);

#endif
