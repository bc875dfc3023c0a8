/* SPDX-License-Identifier: MIT */
/* Expectation files: the structural failures that a backend admits. */
#ifndef PVABI_CONFORMANCE_EXPECT_H
#define PVABI_CONFORMANCE_EXPECT_H

#include <glib.h>

#include "common/machine.h"

typedef struct PvExpectations PvExpectations;

/* Every expectation of the candidate's backends. A bad file is PV_ERROR_HARNESS with its line. */
PvExpectations *pv_expectations_load(PvLoader *loader, const PvCandidate *candidate, GError **error);
void pv_expectations_free(PvExpectations *expectations);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PvExpectations, pv_expectations_free)

/* The source of the expectation that this check fails here, or NULL. Owned by the expectations. */
const char *pv_expectations_source(const PvExpectations *expectations, const char *check, const PvCell *cell);

#endif
