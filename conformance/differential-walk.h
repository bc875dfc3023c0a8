/* SPDX-License-Identifier: MIT */
/* One random walk from power-on towards the cells that were hit least, with host events in between. */
#ifndef PVABI_CONFORMANCE_DIFFERENTIAL_WALK_H
#define PVABI_CONFORMANCE_DIFFERENTIAL_WALK_H

#include "conformance/differential-cover.h"
#include "conformance/differential-pair.h"

/* Makes so many accesses, fewer after a mismatch or when a machine is gone, and returns how many. */
guint pv_walk_run(PvPair *pair, PvCover *cover, const PvMachine *machine, guint accesses, uint64_t seed);

#endif
