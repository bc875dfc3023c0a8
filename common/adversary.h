/* SPDX-License-Identifier: MIT */
/* A host that uses the memory it shares with the guest between two steps of the guest. Modelled. */
#ifndef PVABI_COMMON_ADVERSARY_H
#define PVABI_COMMON_ADVERSARY_H

#include "common/ram.h"

typedef struct PvAdversary PvAdversary;

/* Does PV_MUTATE_PAGE_* lies of this kind; NULL for any other. It hooks itself into ram, and is freed after it. */
PvAdversary *pv_adversary_new(PvRam *ram, const PvMutation *lie);
void pv_adversary_free(PvAdversary *adversary);

#endif
