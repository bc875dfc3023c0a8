/* SPDX-License-Identifier: MIT */
/* What each revision of the block has and tells: the one table that device and consumers share. Freestanding. */
#include "backend-regblock/regblock.h"

#define SINCE_2_7 (REGBLOCK_MODERN)
#define SINCE_3_1 (SINCE_2_7 | REGBLOCK_WIDE_ID_SWITCHES | REGBLOCK_BSP_KEPT)
#define SINCE_5_0 (SINCE_3_1 | REGBLOCK_GET_CPU_ID)
#define SINCE_6_0 (SINCE_5_0 | REGBLOCK_FW_REMOVE_BIT)
#define SINCE_9_0 (SINCE_6_0 | REGBLOCK_WIDE_ID_ARRIVES)

#define COUNTS (PV_FACET_POSSIBLE_COUNT | PV_FACET_PRESENT_COUNT | PV_FACET_PRESENT_SET)
#define EVENTS (PV_FACET_ARRIVED | PV_FACET_ACKED)
#define IDS (PV_FACET_APIC_ID | PV_FACET_ARRIVED_ID)

#define NO_IDS (COUNTS | EVENTS)
#define ALL (COUNTS | EVENTS | IDS)

const PvRevision regblock_revisions[] = {
        {"qemu-6.0", "QEMU 6.0 to 8.2: firmware removal (control bit 4)", SINCE_6_0 | REGBLOCK_STARTS_LEGACY, ALL, 0},
        {"qemu-5.0", "QEMU 5.0 to 5.2: GET_CPU_ID and data 2", SINCE_5_0 | REGBLOCK_STARTS_LEGACY, ALL, 0},
        {"qemu-5.1-tcg", "QEMU 5.1 to 7.2.0 as a TCG guest sees it: legacy mode refuses wide accesses",
         SINCE_5_0 | REGBLOCK_STARTS_LEGACY | REGBLOCK_BYTE_LEGACY, ALL, 0},
        {"qemu-4.2", "QEMU 3.1 to 4.2: the boot CPU stays; a wide APIC ID forces modern mode (2.8)",
         SINCE_3_1 | REGBLOCK_STARTS_LEGACY, NO_IDS, 0},
        {"qemu-2.7", "QEMU 2.7: selector, events, _OST", SINCE_2_7 | REGBLOCK_STARTS_LEGACY, NO_IDS, 0},
        {"rfc-2019", "the RFC of 2019-10-09 that proposed GET_CPU_ID: to an x86 guest the same as qemu-5.0",
         SINCE_5_0 | REGBLOCK_STARTS_LEGACY, ALL, 0},
        {"qemu-9.0", "QEMU 9.0 to 10.2: a CPU that forces modern mode keeps its insert event",
         SINCE_9_0 | REGBLOCK_STARTS_LEGACY, ALL, 0},
        {"qemu-11.0", "QEMU 11.0: modern from power-on", SINCE_9_0, ALL, 0},
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
