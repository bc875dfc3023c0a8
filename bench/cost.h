/* SPDX-License-Identifier: MIT */
/* The cost model: counts times ranges of what each thing costs make ranges of time. All of it is modelled. */
#ifndef PVABI_BENCH_COST_H
#define PVABI_BENCH_COST_H

#include <glib.h>

#include "common/check.h"

#define PV_COST_PARAMETERS 64 /* at most */

typedef struct PvCostRange {
        double low, high;
} PvCostRange;

typedef struct PvCostParameter {
        char *name, *unit, *mark, *confidence, *source;
        PvCostRange given; /* in its unit */
        PvCostRange range; /* a time in ns; anything else as given */
} PvCostParameter;

/* What is counted, and costs something. */
typedef enum PvCostThing {
        PV_COST_READ,
        PV_COST_WRITE,
        PV_COST_STRING_EXIT,
        PV_COST_STRING_BYTE,
        PV_COST_MEMORY_BYTE,
        PV_COST_SHARED_PAGE,
        PV_N_COST_THINGS,
} PvCostThing;

typedef struct PvCostEnvironment {
        char *name, *title;
        gboolean smm;
        gboolean private;  /* memory is: pages cost something to share */
        PvCostRange chunk; /* bytes of REP INS per exit; 0: it is unrolled */
        double times[PV_N_COST_THINGS]
                    [PV_COST_PARAMETERS]; /* how often each parameter is paid for each thing */
} PvCostEnvironment;

typedef struct PvCostModel {
        char *path;
        GPtrArray *parameters;               /* PvCostParameter */
        GPtrArray *environments;             /* PvCostEnvironment */
        PvCostRange smi, smi_cpu, smi_limit; /* ns */
        char **smi_questions;                /* that are asked while all CPUs wait */
} PvCostModel;

/*
 * The file, or with NULL the one that is shipped. PV_ERROR_USAGE names file, line and key; PV_ERROR_BLOCKED: what
 * is shipped is not there.
 */
PvCostModel *pv_cost_model_load(const char *path, GError **error);
PvCostModel *pv_cost_model_parse(const char *text, const char *path, GError **error);
void pv_cost_model_free(PvCostModel *model);
void pv_cost_parameter_free(PvCostParameter *parameter);
void pv_cost_environment_free(PvCostEnvironment *environment);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PvCostModel, pv_cost_model_free)

/* "string-byte"; as it stands in the file. */
const char *pv_cost_thing_word(PvCostThing thing);

/* What this costs, in ns: every parameter takes every value of its range. */
PvCostRange pv_cost_price(const PvCostModel *model, const PvCostEnvironment *environment,
                          const PvCounts *counts);

/* What a costs more than b, in ns: both pay the same price for the same thing, whatever it is. */
PvCostRange pv_cost_difference(const PvCostModel *model, const PvCostEnvironment *environment,
                               const PvCounts *a, const PvCounts *b);

/* What it costs to stop n CPUs, in ns. */
PvCostRange pv_cost_rendezvous(const PvCostModel *model, gint64 n);

#endif
