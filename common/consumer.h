/* SPDX-License-Identifier: MIT */
/* The guest side of an ABI: firmware, or the OS. Freestanding. */
#ifndef PVABI_COMMON_CONSUMER_H
#define PVABI_COMMON_CONSUMER_H

#include "common/bus.h"
#include "common/view.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum PvRole {
        PV_ROLE_FIRMWARE,
        PV_ROLE_OSPM,
        PV_ROLE_OS_DRIVER,
} PvRole;

/*
 * A consumer is written as firmware is: no heap, no libc but memcpy, memset, memcmp and memmove, every loop bounded,
 * every value from the host checked before use. Every slot but init and detect may be NULL: this ABI cannot do that.
 * All return 0, a fatal code of the bus, or a finding named below; PV_E_MALFORMED, better by the name that
 * PvMalformed has for it, is a finding of each.
 */
typedef struct PvConsumerOps {
        const char *name;
        PvRole role;
        const char *summary;
        uint32_t facets; /* PvFacet: the most that this consumer can learn */
        uint32_t needs;  /* PV_BUS_* without which it cannot work */
        size_t state_size; /* bytes; the caller allocates, zeroes and frees, aligned for any type */

        /*
         * assumed: a revision of the ABI that this firmware takes for granted instead of probing; NULL: it probes.
         * Never what the device is; firmware must detect. PV_E_UNSUPPORTED: unknown revision.
         */
        int (*init)(void *state, PvBus *bus, const char *assumed);
        /* PV_E_ABSENT: no device. PV_E_UNSUPPORTED: one that this consumer cannot use. */
        int (*detect)(void *state);
        /*
         * Fills in the facets of `wanted` (PV_FACETS_BOOT) that the view does not have yet and that the ABI tells.
         * PV_E_TOO_SMALL: see PvView. PV_E_ABSENT: on a closer look, no device.
         */
        int (*enumerate)(void *state, uint32_t wanted, PvView *view);
        /* Next pending event into view->event, with PV_FACET_ARRIVED and, where told, ARRIVED_ID. PV_E_IDLE. */
        int (*poll)(void *state, PvView *view);
        /* Acknowledges view->event and sets PV_FACET_ACKED once the device no longer reports it. PV_E_REFUSED. */
        int (*ack)(void *state, PvView *view);
        /* Lets go of a CPU. PV_E_REFUSED when it is still there afterwards. */
        int (*eject)(void *state, uint32_t selector);
        /* ACPI _OST: tells the host how the OS took an event. */
        int (*ost)(void *state, uint32_t selector, uint32_t event, uint32_t status);
} PvConsumerOps;

#ifdef __cplusplus
}
#endif

#endif
