/* SPDX-License-Identifier: MIT */
/* One life of a consumer, call by call: it boots, looks again, a CPU comes, a CPU is asked back. */
#ifndef PVABI_CONFORMANCE_LIFE_H
#define PVABI_CONFORMANCE_LIFE_H

#include <glib.h>

#include "common/session.h"

typedef struct PvLife {
        PvSession *session;
        PvObservation o;
        PvEventKind kind; /* of the event that was caused */
        uint32_t selector;
        gboolean arrival_waits; /* nobody has acknowledged it */
} PvLife;

#define PV_LIFE_NEWCOMER 5u /* the CPU that comes */

typedef struct PvLifeCall {
        const char *name;
        int (*make)(PvLife *life); /* PV_E_UNSUPPORTED: no such function here, or no such event */
        gboolean optional;         /* life goes on without it */
} PvLifeCall;

typedef struct PvLifeStage {
        const PvLifeCall *calls;
        gsize n;
        gboolean booting; /* without it there is no life */
        gboolean again;   /* asks what was asked before; an honest device tells the same */
} PvLifeStage;

#define PV_LIFE_STAGES 4
extern const PvLifeStage pv_life[PV_LIFE_STAGES];

/* Where it is lived. */
PvCell pv_life_cell(PvGuestKind guest, PvPhase phase);
void pv_life_begin(PvLife *ret_life, PvSession *session);

#endif
