/* SPDX-License-Identifier: MIT */
/* A device around a device: what its two halves, the guest's side and the machine's, have in common. */
#ifndef PVABI_COMMON_MUTATE_DEVICE_H
#define PVABI_COMMON_MUTATE_DEVICE_H

#include "common/mutate.h"

typedef struct PvDeviceMutant {
        const PvDeviceOps *inner;
        void *state;
        PvMutation mutation;
        bool latch;          /* the last write at latch_offset matched */
        uint64_t last;       /* the last write at latch_offset ... */
        unsigned last_width; /* ... and its width; 0: none yet */
        uint64_t reads;      /* matching reads since */
        bool had_event;      /* the host has plugged a CPU, or asked one back */
        uint64_t *told;      /* counts how often it shows; NULL: nobody wants to know */
        unsigned met;        /* accesses and calls that the bug would have touched */
        uint64_t base;
        PvDeviceEnv env;          /* what the inner device is given */
        const PvDeviceEnv *outer; /* what we were given */
        const char *revision;
} PvDeviceMutant;

/* This access or call is one that the bug is about: does it show? */
static inline bool
pv_mutant_shows(PvDeviceMutant *m)
{
        const unsigned skip = m->mutation.skip, times = m->mutation.times;

        if ((m->mutation.latched && !m->latch) || (m->mutation.after_event && !m->had_event) || m->met++ < skip)
                return false;
        if (times && m->met - skip > times)
                return false;
        if (m->told)
                ++*m->told;
        return true;
}

/* Once it shows. */
static inline uint64_t
pv_mutant_operand(const PvDeviceMutant *m)
{
        return m->mutation.operand ^ (m->mutation.unsteady ? m->met : 0);
}

/* The bug's kind, if it is about a call of this kind and shows. */
static inline bool
pv_mutant_is(PvDeviceMutant *m, PvMutationKind kind)
{
        return m->mutation.kind == kind && pv_mutant_shows(m);
}

/* What the inner device is given: the machine that we were given, seen through the bug. */
PvDeviceEnv pv_mutant_env(PvDeviceMutant *mutant);

#endif
