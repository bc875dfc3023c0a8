/* SPDX-License-Identifier: MIT */
/* Differential testing: random walks on our model and on a real machine, which must answer alike. */
#ifndef PVABI_CONFORMANCE_DIFFERENTIAL_H
#define PVABI_CONFORMANCE_DIFFERENTIAL_H

#include <glib.h>

#include "common/error.h"
#include "common/machine.h"
#include "common/target.h"

/*
 * So many accesses hit every reachable cell of the backends here, twice as many where a machine lives through one
 * eject only: from then on, a cell without a hit fails.
 */
#define PV_DIFFERENTIAL_ACCESSES 120000

typedef struct PvDifferentialPlan {
        PvLoader *loader;
        const PvCandidate *candidate; /* its consumers are not used */
        const PvTarget *target;       /* what the model is held against */
        const char *smp;              /* NULL: the default */
        guint64 accesses;
        guint32 seed;
        guint minimise_s;   /* seconds that a sequence with a difference may be shortened for */
        const char *folder; /* for sequences and coverage; NULL: a sequence of a VMM that died goes to a
                               temporary file */
} PvDifferentialPlan;

/*
 * Runs and prints. PV_EXIT_OK, PV_EXIT_UNEXPECTED (a difference; a reachable cell without a hit),
 * PV_EXIT_INTERRUPTED; or PV_EXIT_ERROR with an error: as pv_session_open(), or the VMM is gone and its
 * sequence was saved.
 */
PvExit pv_differential_run(const PvDifferentialPlan *plan, GError **error);

#endif
