/* SPDX-License-Identifier: MIT */
/* A bus around a bus: what goes to where an ABI's document has a device reaches it where it is. */
#ifndef PVABI_COMMON_RELOCATE_H
#define PVABI_COMMON_RELOCATE_H

#include "common/machine.h"
#include "common/profile.h"

typedef struct PvRelocation {
        PvRange from; /* as the ABI's document has it */
        PvSpace space;
        uint64_t base;
} PvRelocation;

#define PV_RELOCATIONS_MAX 16

/* What this profile moves of a machine's devices; how many. */
unsigned pv_relocations(const PvProfile *profile, const PvMachine *machine, PvChipset chipset,
                        PvRelocation ret_map[PV_RELOCATIONS_MAX]);

/* The range where it is. */
PvRange pv_relocate_range(const PvRelocation *map, unsigned n, const PvRange *range);

/*
 * Owns `inner`; the map is copied. With a chipset, its host bridge answers here, and accesses to it never
 * reach `inner`; NULL: they do.
 */
PvBus *pv_relocate_new(PvBus *inner, const PvRelocation *map, unsigned n, const PvChipset *chipset);

#endif
