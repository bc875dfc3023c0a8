/* SPDX-License-Identifier: MIT */
/* What each revision of the block has and tells: the one table that device and consumers share. Freestanding. */
#include "backend-regblock/regblock.h"

#define SINCE_2_7 (REGBLOCK_MODERN)
#define SINCE_4_2 (SINCE_2_7 | REGBLOCK_WIDE_ID_SWITCHES | REGBLOCK_BSP_KEPT)
#define SINCE_5_0 (SINCE_4_2 | REGBLOCK_GET_CPU_ID)
#define SINCE_6_0 (SINCE_5_0 | REGBLOCK_FW_REMOVE_BIT)

#define COUNTS (PV_FACET_POSSIBLE_COUNT | PV_FACET_PRESENT_COUNT | PV_FACET_PRESENT_SET)
#define EVENTS (PV_FACET_ARRIVED | PV_FACET_ACKED)
#define IDS (PV_FACET_APIC_ID | PV_FACET_ARRIVED_ID)

const PvRevision regblock_revisions[] = {
        {"qemu-6.0", "QEMU 6.0 to 10.2: firmware removal (control bit 4)", SINCE_6_0 | REGBLOCK_STARTS_LEGACY,
         COUNTS | EVENTS | IDS, 0},
        {"qemu-5.0", "QEMU 5.0 to 5.2: GET_CPU_ID and data 2", SINCE_5_0 | REGBLOCK_STARTS_LEGACY,
         COUNTS | EVENTS | IDS, 0},
        {"qemu-2.7", "QEMU 2.7: selector, events, _OST (2.8: wide APIC IDs force modern mode; 3.1: the boot CPU stays)", SINCE_2_7 | REGBLOCK_STARTS_LEGACY, COUNTS | EVENTS, 0},
        {"rfc-2019", "the RFC of 2019-10-09 that proposed GET_CPU_ID: to an x86 guest the same as qemu-5.0", SINCE_5_0 | REGBLOCK_STARTS_LEGACY,
         COUNTS | EVENTS | IDS, 0},
        {"qemu-11.0", "QEMU 11.0: modern from power-on", SINCE_6_0, COUNTS | EVENTS | IDS, 0},
        {"legacy", "QEMU 1.5 to 2.6: a read-only bitmap of APIC IDs", REGBLOCK_STARTS_LEGACY, 0, 0},
};

const size_t regblock_n_revisions = sizeof regblock_revisions / sizeof regblock_revisions[0];

static bool
same(const char *a, const char *b)
{
        while (*a && *a == *b) {
                a++;
                b++;
        }
        return *a == *b;
}

const PvRevision *
regblock_revision(const char *name)
{
        for (size_t i = 0; i < regblock_n_revisions; i++)
                if (same(regblock_revisions[i].name, name))
                        return &regblock_revisions[i];
        return NULL;
}
