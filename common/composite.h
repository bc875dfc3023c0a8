/* SPDX-License-Identifier: MIT */
/* Firmware that uses several ABIs of one machine: facets from the first that tells, events from the first that can. */
#ifndef PVABI_COMMON_COMPOSITE_H
#define PVABI_COMMON_COMPOSITE_H

#include "common/consumer.h"

#define PV_COMPOSITE_MAX 4

typedef struct PvCompositePart {
        const PvConsumerOps *ops;
        void *state; /* ops->state_size bytes, zeroed; owned by the caller */
        const char *assumed;
        bool usable; /* detect() said so */
} PvCompositePart;

/* The state of pv_composite; the caller fills in parts before init(). */
typedef struct PvComposite {
        unsigned n_parts;
        PvCompositePart part[PV_COMPOSITE_MAX];
} PvComposite;

extern const PvConsumerOps pv_composite;

#endif
