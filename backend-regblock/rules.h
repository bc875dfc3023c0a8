/* SPDX-License-Identifier: MIT */
/* What the register block promises, and the seeded bugs that show each promise is tested. */
#ifndef PVABI_BACKEND_REGBLOCK_RULES_H
#define PVABI_BACKEND_REGBLOCK_RULES_H

#include "common/check.h"

extern const PvCheck regblock_rules[];
extern const size_t regblock_n_rules;
extern const PvMutant regblock_mutants[];
extern const size_t regblock_n_mutants;
extern const PvMutant regblock_blind_mutants[];
extern const size_t regblock_n_blind_mutants;

#endif
