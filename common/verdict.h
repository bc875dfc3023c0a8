/* SPDX-License-Identifier: MIT */
/* The words a result is stated in, and where what was tested comes from. */
#ifndef PVABI_COMMON_VERDICT_H
#define PVABI_COMMON_VERDICT_H

#include "common/types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum PvVerdict {
        PV_PASS,
        PV_FAIL,
        PV_XFAIL,       /* failed, as the backend admits in its expectations: scored as a failure */
        PV_XPASS,       /* passed, against an expectation: the expectation is stale */
        PV_NOT_CLAIMED, /* this ABI never said it could */
        PV_CANNOT_TELL, /* claimed, but the consumer left the facet unset */
        PV_NA,          /* does not apply on this target: the reason names the limit */
        PV_BLOCKED,     /* this machine lacks something the user asked for */
        PV_BROKEN,       /* the harness, loading, or the VMM after its handshake */
        PV_N_VERDICTS,
} PvVerdict;

typedef enum PvFailure {
        PV_FAILURE_NONE,
        PV_FAILURE_WRONG,   /* answered, and the answer is wrong */
        PV_FAILURE_WEDGED,  /* did not end within its access budget or its time */
        PV_FAILURE_CRASHED, /* took the process down */
        PV_N_FAILURES,
} PvFailure;

/* Whose device, content or consumer was tested. */
typedef enum PvOrigin {
        PV_ORIGIN_THEIRS,   /* another project's, as it ships */
        PV_ORIGIN_OURS,     /* written here from the specification */
        PV_ORIGIN_MODELLED, /* simulated hardware: memory encryption, page states */
        PV_N_ORIGINS,
} PvOrigin;

typedef enum PvLevel {
        PV_MUST,
        PV_SHOULD,
        PV_MAY,
        PV_N_LEVELS,
} PvLevel;

typedef enum PvArea {
        PV_AREA_DISCOVERY,
        PV_AREA_EVENTS,
        PV_AREA_COMPATIBILITY,
        PV_AREA_COHERENCE,
        PV_AREA_SEV,
        PV_AREA_ROBUSTNESS,
        PV_N_AREAS,
} PvArea;

/* What a requirement rests on. */
typedef enum PvBasis {
        PV_BASIS_DOCUMENTED,     /* the ABI's own document says so */
        PV_BASIS_IMPLEMENTATION, /* only the reference implementation does so */
        PV_BASIS_CONSUMER,       /* an existing consumer relies on it */
        PV_BASIS_DERIVED,        /* follows from the above */
        PV_BASIS_OURS,           /* this project's own requirement */
        PV_N_BASES,
} PvBasis;

/* The word for each, as it stands in records; NULL out of range. parse: -1 for an unknown word. */
const char *pv_verdict_word(PvVerdict verdict);
const char *pv_failure_word(PvFailure failure);
const char *pv_origin_word(PvOrigin origin);
const char *pv_level_word(PvLevel level);
const char *pv_area_word(PvArea area);
const char *pv_basis_word(PvBasis basis);
const char *pv_guest_word(PvGuestKind guest);
const char *pv_phase_word(PvPhase phase);
/* What a call of a consumer answered (PV_E_*), in words: "absent", "idle"; never NULL. */
const char *pv_finding_word(int result);
int pv_verdict_parse(const char *word);
int pv_guest_parse(const char *word);
int pv_phase_parse(const char *word);

#ifdef __cplusplus
}
#endif

#endif
