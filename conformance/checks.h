/* SPDX-License-Identifier: MIT */
/* The ABI-blind checks: what any ABI must get right, whatever its registers. */
#ifndef PVABI_CONFORMANCE_CHECKS_H
#define PVABI_CONFORMANCE_CHECKS_H

#include "common/check.h"

extern const PvCheck pv_checks_discovery[];
extern const size_t pv_n_checks_discovery;
extern const PvCheck pv_checks_events[];
extern const size_t pv_n_checks_events;
extern const PvCheck pv_checks_sev[];
extern const size_t pv_n_checks_sev;
extern const PvCheck pv_checks_sev_memory[];
extern const size_t pv_n_checks_sev_memory;
extern const PvCheck pv_checks_sev_lies[];
extern const size_t pv_n_checks_sev_lies;
extern const PvCheck pv_checks_sev_dma[];
extern const size_t pv_n_checks_sev_dma;
extern const PvCheck pv_checks_preempt[];
extern const size_t pv_n_checks_preempt;

/* Seeded bugs in consumers and hosts that these checks must see. */
extern const PvMutant pv_check_mutants[];
extern const size_t pv_n_check_mutants;
extern const PvMutant pv_check_blind_mutants[];
extern const size_t pv_n_check_blind_mutants;

/* What such checks do not ask, and why. */
extern const PvExclusion pv_check_exclusions[];
extern const size_t pv_n_check_exclusions;

#endif
