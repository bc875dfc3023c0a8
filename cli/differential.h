/* SPDX-License-Identifier: MIT */
/* pvabi check --differential. */
#ifndef PVABI_CLI_DIFFERENTIAL_H
#define PVABI_CLI_DIFFERENTIAL_H

#include "cli/options.h"

/* Runs it on each target and machine, and prints the results. Returns the exit code. */
int pv_differential_verb(const PvOptions *options);

#endif
