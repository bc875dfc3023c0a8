/* SPDX-License-Identifier: MIT */
/* What the cost model makes of the counts that a run recorded. */
#ifndef PVABI_BENCH_COST_RECORDS_H
#define PVABI_BENCH_COST_RECORDS_H

#include "bench/cost.h"
#include "common/record.h"

/*
 * Appends a "cost-model" record with every parameter, a "modelled" record for each sample among these records
 * that was answered, in each environment, and "modelled-crossover" records: from how many CPUs on which candidate is
 * cheaper.
 */
void pv_cost_record(const PvCostModel *model, GPtrArray *records, PvRecorder *recorder);

#endif
