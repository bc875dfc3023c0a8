/* SPDX-License-Identifier: MIT */
/* The register block's tables for differential testing. */
#ifndef PVABI_BACKEND_REGBLOCK_DIFFERENTIAL_H
#define PVABI_BACKEND_REGBLOCK_DIFFERENTIAL_H

#include "common/differential.h"

extern const PvCoverage *const regblock_differential[];
extern const size_t regblock_n_differential;

#endif
