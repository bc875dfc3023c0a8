/* SPDX-License-Identifier: MIT */
/* The cost model held against what was measured: with the prices of this machine, does it predict whole
 * questions? */
#ifndef PVABI_BENCH_COST_CHECK_H
#define PVABI_BENCH_COST_CHECK_H

#include "bench/cost.h"
#include "common/record.h"

/*
 * The prices that "access" records state for a target: reads, and where they are measured there writes and
 * bytes by REP INS; bytes moved through memory cost what they do in the model's first environment. NULL:
 * reads were not measured.
 */
PvCostModel *pv_cost_model_of(const PvCostModel *model, GPtrArray *records, const char *target);

/* Appends a "prediction" record for each "time" record among these whose target has prices and whose counts
 * are there. */
void pv_cost_check(const PvCostModel *model, GPtrArray *records, PvRecorder *recorder);

#endif
