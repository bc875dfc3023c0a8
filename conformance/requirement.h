/* SPDX-License-Identifier: MIT */
/* Requirements: what checks test, and what is known and not tested, in one list. */
#ifndef PVABI_CONFORMANCE_REQUIREMENT_H
#define PVABI_CONFORMANCE_REQUIREMENT_H

#include <glib.h>
#include <json-glib/json-glib.h>

#include "common/backend.h"

typedef enum PvRequirementState {
        PV_REQUIREMENT_TESTED,
        PV_REQUIREMENT_UNTESTED, /* could be: the reason says what is missing */
        PV_REQUIREMENT_EXCLUDED, /* for a reason that will not change */
        PV_N_REQUIREMENT_STATES,
} PvRequirementState;

typedef struct PvRequirement {
        const char *id;
        PvLevel level;
        PvBasis basis;
        const char *source;
        const char *requirement;
        PvRequirementState state;
        const char *reason;       /* NULL: it is tested */
        const PvBackend *backend; /* NULL: asked of every ABI */
        const PvCheck *check;     /* NULL: it is not tested */
} PvRequirement;

/* Those asked of every ABI, then those of each backend, by ID; a GArray of PvRequirement. */
GArray *pv_requirements(const PvBackend *const *backends, unsigned n_backends);
const PvRequirement *pv_requirement_find(GArray *requirements, const char *id);
const char *pv_requirement_state_word(PvRequirementState state);

/* With what was predicted of it, if anything was. */
JsonObject *pv_requirement_record(const PvRequirement *requirement);

#endif
