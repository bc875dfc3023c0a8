/* SPDX-License-Identifier: MIT */
/* Port accesses counted by port, direction and width: by a consumer, by a VMM, by a kernel. Freestanding. */
#ifndef PVABI_COMMON_PORT_COUNT_H
#define PVABI_COMMON_PORT_COUNT_H

#include <stdbool.h>
#include <stdint.h>

typedef enum PvPortKind {
        PV_PORT_IN,
        PV_PORT_OUT,
        PV_PORT_STRING, /* IN, by a string instruction */
} PvPortKind;

/*
 * units: elements transferred, which every observer counts alike. times: how often somebody was called for
 * them: by an instruction, or by an exit, and a string instruction may take several exits. Who handles exits
 * takes a string of one unit for a plain IN, so units are compared over IN and STRING together.
 */
typedef struct PvPortCount {
        uint16_t port;
        uint8_t width; /* bytes of one unit */
        uint8_t kind;  /* PvPortKind */
        uint32_t units, times;
} PvPortCount;

#define PV_PORT_COUNTS_MAX 64

/* In the order in which they were first seen. */
typedef struct PvPortCounts {
        uint32_t n;
        uint32_t lost; /* units that found no room */
        PvPortCount count[PV_PORT_COUNTS_MAX];
} PvPortCounts;

static inline void
pv_port_counts_add(PvPortCounts *counts, uint16_t port, unsigned width, PvPortKind kind, uint32_t units)
{
        uint32_t i = 0;

        while (i < counts->n && (counts->count[i].port != port || counts->count[i].width != width ||
                                 counts->count[i].kind != kind))
                i++;
        if (i == PV_PORT_COUNTS_MAX) {
                counts->lost += units;
                return;
        }
        if (i == counts->n)
                counts->count[counts->n++] = (PvPortCount){port, (uint8_t) width, (uint8_t) kind, 0, 0};
        counts->count[i].units += units;
        counts->count[i].times++;
}

#endif
