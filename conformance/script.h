/* SPDX-License-Identifier: MIT */
/* Checks that are scripts: running the steps, and judging what they read. */
#ifndef PVABI_CONFORMANCE_SCRIPT_H
#define PVABI_CONFORMANCE_SCRIPT_H

#include "common/check.h"

/* The act of a scripted check: one value per step that reads or asks. 0, a fatal code, what the host
 * answered, or PV_E_TOO_SMALL for more values than an observation holds. */
int pv_script_act(const PvScene *scene, const PvStep *steps, size_t n_steps, PvObservation *ret_observation);

/* The judge: pure. The first step whose value is not the expected one fails. */
void pv_script_judge(const PvStep *steps, size_t n_steps, const PvObservation *observation,
                     PvJudgement *ret_judgement);

/* What a step's value is, given the truth, the memory page and what was found (NULL: nothing). */
uint64_t pv_script_value(const PvValue *value, const PvTruth *truth, PvGpa page, const uint64_t *found);

/* Do they need a page of guest memory? */
bool pv_script_uses_memory(const PvStep *steps, size_t n_steps);

/* Does the step leave a value to be judged? */
bool pv_script_step_reads(const PvStep *step);

#endif
