/* SPDX-License-Identifier: MIT */
/* What a consumer has learnt about the CPUs of its machine, facet by facet. Freestanding. */
#ifndef PVABI_COMMON_VIEW_H
#define PVABI_COMMON_VIEW_H

#include "common/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A facet is set only by a consumer whose ABI told it. An unset facet means "cannot tell", which is a result and
 * not an error; a facet set by a guess is a defect.
 */
typedef enum PvFacet {
        PV_FACET_POSSIBLE_COUNT = 1u << 0, /* view.possible */
        PV_FACET_PRESENT_COUNT = 1u << 1,  /* view.present_count */
        PV_FACET_PRESENT_SET = 1u << 2,    /* view.present, by selector */
        PV_FACET_APIC_ID = 1u << 3,        /* view.apic_id, by selector, of every possible CPU */
        PV_FACET_ARRIVED = 1u << 4,        /* view.event.selector */
        PV_FACET_ARRIVED_ID = 1u << 5,     /* view.event.apic_id */
        PV_FACET_ACKED = 1u << 6,          /* the device confirmed that the event is no longer pending */
} PvFacet;

#define PV_FACETS_BOOT (PV_FACET_POSSIBLE_COUNT | PV_FACET_PRESENT_COUNT | PV_FACET_PRESENT_SET | PV_FACET_APIC_ID)
#define PV_FACETS_EVENT (PV_FACET_ARRIVED | PV_FACET_ARRIVED_ID | PV_FACET_ACKED)

typedef enum PvEventKind {
        PV_EVENT_NONE,
        PV_EVENT_INSERT,
        PV_EVENT_REMOVE,    /* the host asks the OS to let go */
        PV_EVENT_FW_REMOVE, /* the OS asks the firmware to eject */
} PvEventKind;

typedef struct PvEvent {
        PvEventKind kind;
        uint32_t selector;
        uint32_t apic_id;
} PvEvent;

/*
 * The caller provides every buffer and zeroes the rest. A consumer that needs more room than capacity returns
 * PV_E_TOO_SMALL with `needed` set and adds no facet: what the buffers hold then means nothing.
 */
typedef struct PvView {
        uint32_t capacity;  /* CPUs that the buffers hold */
        uint32_t *apic_id;  /* [capacity] */
        uint8_t *present;   /* bitmap of capacity bits, LSB first */
        uint32_t *id_slots; /* scratch of id_slots_n entries: IDs seen, hashed */
        uint32_t id_slots_n; /* a power of two, at least twice capacity */

        uint32_t facets; /* PvFacet */
        uint32_t needed; /* capacity that would do, after PV_E_TOO_SMALL */
        uint32_t possible;
        uint32_t present_count;
        PvEvent event;
} PvView;

/*
 * 0, PV_E_BAD_ID or PV_E_ID_TWICE for the first n APIC IDs of the view. O(n): IDs that ascend need no second look; else
 * they are hashed into id_slots, where 0xffffffff, which is never a CPU's ID, marks a free slot.
 */
static inline int
pv_view_check_ids(PvView *view, uint32_t n)
{
        const uint32_t vacant = 0xffffffffu;
        uint32_t i, mask = view->id_slots_n - 1;

        for (i = 1; i < n && view->apic_id[i] > view->apic_id[i - 1]; i++)
                ;
        if (i >= n)
                return n > 0 && view->apic_id[n - 1] == vacant ? PV_E_BAD_ID : 0;
        for (i = 0; i <= mask; i++)
                view->id_slots[i] = vacant;
        for (i = 0; i < n; i++) {
                uint32_t id = view->apic_id[i], slot = (id * 2654435761u) & mask, probes = 0;

                while (view->id_slots[slot] != vacant && view->id_slots[slot] != id && probes++ < mask)
                        slot = (slot + 1) & mask;
                if (id == vacant)
                        return PV_E_BAD_ID;
                if (view->id_slots[slot] == id)
                        return PV_E_ID_TWICE;
                view->id_slots[slot] = id;
        }
        return 0;
}

#ifdef __cplusplus
}
#endif

#endif
