/* SPDX-License-Identifier: MIT */
/* `pvabi check --hostile`: every lie of a device against every consumer. */
#ifndef PVABI_CLI_HOSTILE_H
#define PVABI_CLI_HOSTILE_H

#include "cli/options.h"

int pv_hostile_verb(const PvOptions *options);

#endif
