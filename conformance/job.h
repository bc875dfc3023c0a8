/* SPDX-License-Identifier: MIT */
/* Jobs: what a run consists of, and that each of them leaves a record. */
#ifndef PVABI_CONFORMANCE_JOB_H
#define PVABI_CONFORMANCE_JOB_H

#include "conformance/probe.h"
#include "conformance/runner.h"

/* One test: a check for a candidate, or a probe of its machine. */
typedef struct PvJob {
        PvSuiteRun run;
        const PvSuiteEntry *entry; /* NULL: a probe */
        const PvProbeEntry *probe;
        guint candidate; /* by number */
        const char *smp; /* see PvPlan */
        guint attempt;   /* from 1 */
        const char *const *known; /* see PvPlan */
} PvJob;

const char *pv_job_id(const PvJob *job);
/* The cells of its check, with the user's --smp where that may replace their own; one of a probe. */
size_t pv_job_n_cells(const PvJob *job);
PvCell pv_job_cell(const PvJob *job, size_t i);
JsonObject *pv_job_record(const PvJob *job, const PvCell *cell, const PvResult *result);

/* Adds to jobs (PvJob) what the plan asks for, to `kept` what they point to; records what needs no device. */
void pv_jobs_collect(PvLoader *loader, const PvPlan *plan, PvRecorder *recorder, GPtrArray *kept,
                     GArray *jobs);

/* Gives each cell of this attempt a record, and leaves in jobs those for another attempt. */
gboolean pv_jobs_complete(GArray *jobs, guint attempt, PvRecorder *recorder, GError **error);

#endif
