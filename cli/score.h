/* SPDX-License-Identifier: MIT */
/* pvabi check --mutation-score: which seeded bugs the checks see. */
#ifndef PVABI_CLI_SCORE_H
#define PVABI_CLI_SCORE_H

#include "cli/options.h"

/* Runs it and prints the result. Returns the exit code. */
int pv_score_run(const PvOptions *options);

#endif
