/* SPDX-License-Identifier: MIT */
/* At which numbers of CPUs one candidate is cheaper, whatever the parameters are within their ranges. */
#ifndef PVABI_BENCH_COST_CROSSOVER_H
#define PVABI_BENCH_COST_CROSSOVER_H

#include "bench/cost.h"

/* What a question cost at one size. */
typedef struct PvCostPoint {
        gint64 n;
        PvCounts counts;
} PvCostPoint;

typedef enum PvCostCheaper {
        PV_COST_DEPENDS, /* on the parameters */
        PV_COST_A,
        PV_COST_B,
} PvCostCheaper;

/* Sizes, both ends included, at which it is the same one. */
typedef struct PvCostSpan {
        gint64 from, to;
        PvCostCheaper cheaper;
} PvCostSpan;

/*
 * PvCostSpan from the smallest size to the largest, without gaps. Both at the same n >= 1 sizes, ascending;
 * between sizes, counts are taken to be linear. Free with g_array_unref().
 */
GArray *pv_cost_spans(const PvCostModel *model, const PvCostEnvironment *environment, const PvCostPoint *a,
                      const PvCostPoint *b, guint n);

#endif
