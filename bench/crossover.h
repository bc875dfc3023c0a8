/* SPDX-License-Identifier: MIT */
/* From how many CPUs on one candidate answers at less cost than another: found by asking, not by a formula.
 */
#ifndef PVABI_BENCH_CROSSOVER_H
#define PVABI_BENCH_CROSSOVER_H

#include <glib.h>

#include "common/record.h"
#include "common/target.h"

/* Of two costs at n: negative when the first is less, 0 when neither is. FALSE: it could not be found out. */
typedef gboolean (*PvCompareAt)(void *data, uint32_t n, int *ret_order, GError **error);

typedef enum PvCross {
        PV_CROSS_CROSSES,
        PV_CROSS_FIRST, /* is less at both ends */
        PV_CROSS_SECOND,
        PV_CROSS_SAME, /* neither is less at the upper end */
} PvCross;

typedef struct PvCrossing {
        PvCross how;
        gboolean swapped;  /* it is the second that is less at the lower end */
        uint32_t below, n; /* where it crosses; else n is the upper end */
} PvCrossing;

/*
 * By bisection between two sizes; the difference is taken to change its sign once. Who is less at the lower
 * end is so up to `below`, and the other one is from n on; between the two, if anything is there, neither is.
 */
gboolean pv_crossing_find(PvCompareAt compare, void *data, uint32_t from, uint32_t to,
                          PvCrossing *ret_crossing, GError **error);

/*
 * These append "crossover" records. Of PvCandidates the first is held against each of the others; NULL: the
 * register block against fw_cfg, by its files and ways to read them.
 */

/* Every question, by exits: counted on the model, up to so many CPUs. */
gboolean pv_crossovers_by_exits(PvLoader *loader, GPtrArray *candidates, uint32_t most, PvRecorder *recorder,
                                GError **error);
/* What firmware asks at boot, by time on this target. */
gboolean pv_crossovers_by_time(PvLoader *loader, GPtrArray *candidates, const PvTarget *target, uint32_t most,
                               PvRecorder *recorder, GError **error);

#endif
