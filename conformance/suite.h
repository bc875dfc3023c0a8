/* SPDX-License-Identifier: MIT */
/* Which checks there are for a candidate, and running one of them in one cell. */
#ifndef PVABI_CONFORMANCE_SUITE_H
#define PVABI_CONFORMANCE_SUITE_H

#include <glib.h>

#include "common/session.h"
#include "conformance/expect.h"

/* A check and whose it is: NULL for the ABI-blind ones. */
typedef struct PvSuiteEntry {
        const PvCheck *check;
        const PvBackend *backend;
} PvSuiteEntry;

/* The ABI-blind checks, then the rules of each backend; a GArray of PvSuiteEntry. */
GArray *pv_suite(const PvBackend *const *backends, unsigned n_backends);
GArray *pv_suite_of(const PvCandidate *candidate);
const PvSuiteEntry *pv_suite_find(GArray *suite, const char *id);

/* Does the ID match one of these IDs or globs, or are there none? NULL-terminated, may be NULL. */
gboolean pv_suite_selects(const char *const *globs, const char *id);

/* The cells of a check; one with every default when it names none. */
const PvCell *pv_check_cells(const PvCheck *check, size_t *ret_n);

/* What came out of one cell. */
typedef struct PvResult {
        PvVerdict verdict;
        PvFailure failure;
        char *reason; /* NULL, or one sentence */
        PvJudgement judgement;
        PvCounts counts;
        GPtrArray *tail;  /* the last accesses; NULL when nothing ran */
        GPtrArray *qtest; /* the same for a real QEMU's qtest */
        double milliseconds;
} PvResult;

void pv_result_clear(PvResult *result);

/*
 * Runs one check in one cell. expectations: NULL for none. mutation: a seeded bug, NULL for none; whose
 * device has it is mutated_backend.
 */
typedef struct PvSuiteRun {
        PvLoader *loader;
        const PvCandidate *candidate;
        const PvTarget *target;
        const PvExpectations *expectations;
        const PvMutation *mutation;
        const PvBackend *mutated_backend;
        uint32_t seed;
} PvSuiteRun;

/*
 * TRUE when the check is not run at all for this candidate and target, whatever the cell; *ret_result says
 * why.
 */
gboolean pv_suite_settled(const PvSuiteRun *run, const PvSuiteEntry *entry, PvResult *ret_result);

void pv_suite_run(const PvSuiteRun *run, const PvSuiteEntry *entry, const PvCell *cell, PvResult *ret_result);

/* The verdict record of a result. */
struct _JsonObject *pv_suite_record(const PvSuiteRun *run, const PvSuiteEntry *entry, const PvCell *cell,
                                    const PvResult *result);

#endif
