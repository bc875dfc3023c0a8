/* SPDX-License-Identifier: MIT */
/* A bus around a bus on which another agent comes in between two accesses, as an SMI does. */
#ifndef PVABI_COMMON_PREEMPT_BUS_H
#define PVABI_COMMON_PREEMPT_BUS_H

#include "common/wrap-bus.h"

/* The other agent's turn, on the inner bus: 0 or a fatal code, which ends the interrupted access too. */
typedef int PvIntrusion(void *data);

typedef struct PvPreemptBus {
        PvWrapBus wrap;
        PvIntrusion *intrude;
        void *data;
        uint64_t made;  /* accesses since it was armed; of a string each byte is one: REP can be interrupted */
        uint64_t after; /* of those, the one after which the other agent comes; 0: it does not */
} PvPreemptBus;

/* Lives as long as the caller's memory; there is nothing to free. */
void pv_preempt_init(PvPreemptBus *preempt, PvBus *inner, PvIntrusion *intrude, void *data);

/* Counts from 0 again, to let the other agent in once. */
void pv_preempt_arm(PvPreemptBus *preempt, uint64_t after);

#endif
