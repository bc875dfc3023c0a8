/* SPDX-License-Identifier: MIT */
/* What a hostile host may make of the block. */
#ifndef PVABI_BACKEND_REGBLOCK_LIES_H
#define PVABI_BACKEND_REGBLOCK_LIES_H

#include "common/check.h"

extern const PvLie regblock_lies[];
extern const size_t regblock_n_lies;

#endif
