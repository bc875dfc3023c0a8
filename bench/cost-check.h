/* SPDX-License-Identifier: MIT */
/* The cost model held against what was measured: do the prices of a machine predict whole questions? */
#ifndef PVABI_BENCH_COST_CHECK_H
#define PVABI_BENCH_COST_CHECK_H

#include "bench/cost.h"
#include "common/record.h"

/*
 * The prices that "access" records state for a target: of reads, and where they are measured there of writes
 * and of REP INS. NULL: reads were not measured.
 */
PvCostModel *pv_cost_model_of(GPtrArray *records, const char *target);

/*
 * Appends a "prediction" record for each "time" record among these, where all that was counted has a price
 * that was measured on the same target.
 */
void pv_cost_check(GPtrArray *records, PvRecorder *recorder);

#endif
