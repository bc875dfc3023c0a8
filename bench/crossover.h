/* SPDX-License-Identifier: MIT */
/* From how many CPUs on one candidate answers at less cost than another: found by asking, not by a formula. */
#ifndef PVABI_BENCH_CROSSOVER_H
#define PVABI_BENCH_CROSSOVER_H

#include <glib.h>

#include "common/record.h"
#include "common/target.h"

/* How two costs compare at n: negative, the first is cheaper; 0: neither. FALSE: it could not be found out. */
typedef gboolean (*PvCompareAt)(void *data, uint32_t n, int *ret_order, GError **error);

typedef enum PvCross {
        PV_CROSS_CROSSES, /* below: the first is cheaper or neither; n: the second */
        PV_CROSS_FIRST,   /* is cheaper at both ends, and n is the upper */
        PV_CROSS_SECOND,
        PV_CROSS_SAME, /* at the upper end */
} PvCross;

typedef struct PvCrossing {
        PvCross how;
        uint32_t below, n;
} PvCrossing;

/*
 * By bisection between two sizes; the difference is taken to change its sign once. With costs that have noise there are
 * sizes at which neither is cheaper: below is the largest found at which the first is, n the smallest at which the second
 * is.
 */
gboolean pv_crossing_find(PvCompareAt compare, void *data, uint32_t from, uint32_t to, PvCrossing *ret_crossing,
                          GError **error);

/*
 * Appends "crossover" records: the register block against fw_cfg by its files and transports, every question, by exits
 * counted on the model; and by time on each of these PvTargets that has real exits.
 */
gboolean pv_crossovers_by_exits(PvLoader *loader, uint32_t most, PvRecorder *recorder, GError **error);
gboolean pv_crossovers_by_time(PvLoader *loader, const PvTarget *target, uint32_t most, PvRecorder *recorder,
                               GError **error);

#endif
