/* SPDX-License-Identifier: MIT */
/* Known failures: those that a backend admits of its ABI, and errata of real implementations (docs/versions.md). */
#ifndef PVABI_CONFORMANCE_EXPECT_H
#define PVABI_CONFORMANCE_EXPECT_H

#include <glib.h>

#include "common/machine.h"
#include "common/verdict.h"

typedef struct PvExpectations PvExpectations;

/* The real implementation that is tested. */
typedef struct PvImplementation {
        const char *version;      /* "QEMU 7.2.22"; NULL: it cannot be asked */
        const char *machine_type; /* NULL: it has none, or by default */
        const char *errata;       /* a file of the user's, beside the one that is shipped; NULL: none */
} PvImplementation;

/* Those of the candidate's backends and, unless NULL, of the implementation. A bad file is PV_ERROR_USAGE with its group. */
PvExpectations *pv_expectations_load(PvLoader *loader, const PvCandidate *candidate,
                                     const PvImplementation *implementation, GError **error);
void pv_expectations_free(PvExpectations *expectations);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PvExpectations, pv_expectations_free)

/* Is this a file of errata? PV_ERROR_USAGE. */
gboolean pv_errata_check(const char *path, GError **error);

/* One group. Owned by the expectations. */
typedef struct PvExpectation {
        char *check;
        guint guests, phases; /* bit sets; 0: any */
        char *cell;           /* a glob; NULL: any */
        gboolean lacks;       /* no deviation: what the check takes for granted is not there */
        char *why;
} PvExpectation;

/* What is known of this check in this cell, or NULL. */
const PvExpectation *pv_expectations_find(const PvExpectations *expectations, const char *check, const PvCell *cell);

#endif
