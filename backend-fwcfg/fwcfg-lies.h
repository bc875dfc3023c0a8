/* SPDX-License-Identifier: MIT */
/* What a hostile host may make of fw_cfg. */
#ifndef PVABI_BACKEND_FWCFG_FWCFG_LIES_H
#define PVABI_BACKEND_FWCFG_FWCFG_LIES_H

#include "common/check.h"

extern const PvLie fwcfg_lies[];
extern const size_t fwcfg_n_lies;

#endif
