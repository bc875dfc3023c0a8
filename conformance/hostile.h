/* SPDX-License-Identifier: MIT */
/* A hostile host: each lie of a device against each consumer that uses it. */
#ifndef PVABI_CONFORMANCE_HOSTILE_H
#define PVABI_CONFORMANCE_HOSTILE_H

#include <glib.h>

#include "common/record.h"
#include "common/session.h"

/* What became of a lie; the first two are well. */
typedef enum PvHostileEnd {
        PV_HOSTILE_NAMED,     /* found, and called what it is */
        PV_HOSTILE_HARMLESS,  /* nothing untrue is believed: it does not meet this consumer */
        PV_HOSTILE_OTHERWISE, /* found, and taken for something else */
        PV_HOSTILE_BELIEVED,
        PV_HOSTILE_ENDLESS, /* ran out of accesses */
        PV_HOSTILE_LEAKED,  /* a secret reached the host */
        PV_HOSTILE_OVERRUN, /* wrote outside of its buffers */
        PV_HOSTILE_ERROR,   /* could not be tried */
        PV_N_HOSTILE_ENDS,
} PvHostileEnd;

typedef struct PvHostileResult {
        const PvLie *lie;
        const char *backend;
        PvGuestKind guest;
        const char *memory; /* name of the model of it */
        PvHostileEnd end;
        const char *call; /* the consumer's function that found it, or believed it */
        int finding;
        char *what; /* that is believed, or why it could not be tried; NULL */
} PvHostileResult;

/*
 * Every consumer of the two ABIs that is meant to be careful, on machines that use it; NULL-terminated. regblock.ospm is
 * not: it makes the accesses that were recorded, and no other.
 */
extern const char *const pv_hostile_candidates[];

/* And those with one habit each, on machines where it shows; NULL-terminated. They are there to be caught. */
extern const char *const pv_contrast_candidates[];

/* Of the host in the GHCB and in page state changes, whatever the ABI: told in SEV-ES and SNP guests. */
extern const PvLie pv_ghcb_lies[];
extern const gsize pv_n_ghcb_lies;

/* Is it a lie for this candidate: of a part that it has, with the revision's features? */
gboolean pv_hostile_applies(const PvLie *lie, const PvBackend *backend, const PvCandidate *candidate);

/*
 * The candidate's consumer boots and lives through a plug and an unplug request on a machine whose device
 * lies; the honest device instead if lie is NULL. For pv_hostile_result_clear().
 */
void pv_hostile_try(PvLoader *loader, const PvCandidate *candidate, const PvTarget *model,
                    const PvBackend *backend, const PvLie *lie, PvGuestKind guest,
                    const PvMemoryModel *memory, PvHostileResult *ret_result);
void pv_hostile_result_clear(PvHostileResult *result);

/* The same in every kind of guest and every memory model, each result handed out as it comes. */
void pv_hostile_everywhere(PvLoader *loader, const PvCandidate *candidate, const PvTarget *model,
                           const PvBackend *backend, const PvLie *lie,
                           void (*take)(void *data, const PvHostileResult *result), void *data);

/* A lie and whose it is; NULL: the GHCB's. */
typedef struct PvToldLie {
        const PvBackend *backend;
        const PvLie *lie;
} PvToldLie;

/* A GArray of PvToldLie: of every backend that these candidates have, once, and the GHCB's. NULL: every ID. */
GArray *pv_hostile_lies(GPtrArray *candidates, const char *const *globs);

/* "named", … */
const char *pv_hostile_word(PvHostileEnd end);
gboolean pv_hostile_well(PvHostileEnd end);

JsonObject *pv_hostile_record(const PvCandidate *candidate, const PvHostileResult *result);

#endif
