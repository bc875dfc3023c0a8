/* SPDX-License-Identifier: MIT */
/* Differential testing: which accesses of an ABI there are to try, and how each comes about. */
#ifndef PVABI_COMMON_DIFFERENTIAL_H
#define PVABI_COMMON_DIFFERENTIAL_H

#include "common/check.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct PvRandom {
        uint64_t state;
} PvRandom;

/* 0 to n - 1: the same numbers follow from the same state on every machine. */
static inline uint32_t
pv_random(PvRandom *random, uint32_t n)
{
        random->state = random->state * 6364136223846793005u + 1442695040888963407u;
        return (uint32_t) ((random->state >> 32) * n >> 32);
}

/* One thing by which accesses differ, and the words for what it can be. */
typedef struct PvAxis {
        const char *name;
        const char *const *values; /* at most PV_AXIS_VALUES, then NULL */
} PvAxis;

#define PV_AXES_MAX 4
#define PV_AXIS_VALUES 64

/* Cells that no sequence reaches, or that are not to be tried: per axis a bit for each value; 0: all. */
typedef struct PvUnreachable {
        uint64_t at[PV_AXES_MAX];
        uint64_t lacks; /* only on a revision without all of these features; 0: on every one */
        bool pc;        /* only where no machine with a q35 chipset is tried */
        bool one_eject; /* only where the machine lives through no more; that it is hit all the same is fine */
        const char *reason;
} PvUnreachable;

/* What a table has to go on. */
typedef struct PvWalk {
        const void *device; /* ours, in the model, as it is before the next access */
        PvRandom *random;
        bool may_eject; /* else nothing may be written that lets go of a CPU */
} PvWalk;

#define PV_REACH_MAX 24 /* steps */
#define PV_LOAD_MAX 64  /* bytes of an m step, which expects what the other side has */

/*
 * One table of coverage: a cell is a value on each axis. Both functions are pure but for the numbers they
 * draw. Of the steps' values, PV_VALUE_PAGE and PV_VALUE_PAGE_BE are in memory that devices may use; the page
 * is PV_WALK_MEMORY bytes long.
 */
typedef struct PvCoverage {
        const char *name;
        PvAxis axis[PV_AXES_MAX]; /* up to one without a name */
        const PvUnreachable *unreachable;
        size_t n_unreachable;
        /* The cell that an access (R, W; its value a literal) falls into; false: none of this table. */
        bool (*locate)(const PvWalk *walk, const PvStep *step, uint8_t *ret_cell);
        /* Steps towards this cell from where the device is, the access itself last; 0: not from here, not
         * now. */
        unsigned (*reach)(const PvWalk *walk, const uint8_t *cell, PvStep *ret_steps);
} PvCoverage;

#define PV_WALK_MEMORY 0x18000u

#ifdef __cplusplus
}
#endif

#endif
