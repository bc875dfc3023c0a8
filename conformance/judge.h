/* SPDX-License-Identifier: MIT */
/* Judging: an observation against the truth. Pure functions. */
#ifndef PVABI_CONFORMANCE_JUDGE_H
#define PVABI_CONFORMANCE_JUDGE_H

#include "common/check.h"

/* Sets verdict and both sentences; printf-like. */
void pv_judge_pass(PvJudgement *judgement);
void pv_judge_fail(PvJudgement *judgement, const char *expected, const char *actual, ...)
        __attribute__((format(printf, 3, 4)));

/* Passed since the consumer looked: what it found. Says nothing for the ABI. NULL: nothing was found. */
void pv_judge_care(PvJudgement *judgement, const char *found);

/* A number that must be equal; FALSE when it failed and the judgement says so. */
bool pv_judge_equal(PvJudgement *judgement, const char *what, uint64_t expected, uint64_t actual);

/* Likewise what the host counts; where nobody keeps that count, n/a. */
bool pv_judge_counted(PvJudgement *judgement, bool unknown, const char *what, uint64_t expected,
                      uint64_t actual);

/*
 * Compares the facets of `which` in the view with the truth. A facet that is unset is PV_CANNOT_TELL; the
 * first difference is a failure.
 */
void pv_judge_view(PvJudgement *judgement, const PvObservation *observation, uint32_t which);

#endif
