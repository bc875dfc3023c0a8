/* SPDX-License-Identifier: MIT */
/* Machines and candidates: what a user names on the command line. */
#ifndef PVABI_COMMON_MACHINE_H
#define PVABI_COMMON_MACHINE_H

#include <glib.h>

#include "common/backend.h"
#include "common/loader.h"

/* How an unclaimed port answers: three ways real VMMs do it. */
typedef enum PvAbsence {
        PV_ABSENCE_ONES,  /* all ones, by width */
        PV_ABSENCE_ZERO,
        PV_ABSENCE_STALE, /* what was last seen on the bus */
} PvAbsence;

#define PV_PARTS_MAX 4

typedef struct PvPart {
        const PvBackend *backend;
        const PvRevision *revision;
} PvPart;

/* Does a real QEMU have this device, or can a file of ours make it so? */
static inline gboolean
pv_part_in_qemu(const PvPart *part)
{
        return part->backend->in_qemu &&
               !(part->revision && part->revision->features & part->backend->experimental);
}

/* `backend[:revision]` joined by `+`, or `none:ones|zero|stale`, which has no parts. */
typedef struct PvMachine {
        char *name;
        PvPart part[PV_PARTS_MAX];
        unsigned n_parts;
        PvAbsence absence;
} PvMachine;

/* The consumer of one part, and the revision it takes for granted (NULL: it probes). */
typedef struct PvConsumerChoice {
        const PvBackend *backend;
        const PvConsumerOps *ops;
        char *assumed;
} PvConsumerChoice;

/* A machine and a consumer per ABI: a column of the report. */
typedef struct PvCandidate {
        char *name;
        PvMachine machine;
        PvConsumerChoice consumer[PV_PARTS_MAX];
        unsigned n_consumers;
} PvCandidate;

/* PV_ERROR_USAGE names what is known instead. */
gboolean pv_machine_parse(PvLoader *loader, const char *name, PvMachine *ret_machine, GError **error);
void pv_machine_clear(PvMachine *machine);
PvCandidate *pv_candidate_parse(PvLoader *loader, const char *name, GError **error);
void pv_candidate_free(PvCandidate *candidate);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PvCandidate, pv_candidate_free)

/* Has it a consumer that is there for contrast? What becomes of it says nothing of its ABI. */
gboolean pv_candidate_is_contrast(const PvCandidate *candidate);

/*
 * A worked design, or an ABI from outside: a part of it is of such a revision, or of a backend that is in no
 * headline machine or was named by its path. It stands in the appendix of a report.
 */
gboolean pv_candidate_is_experimental(const PvCandidate *candidate);

/* Facets that machine and consumers claim together. */
uint32_t pv_candidate_claims(const PvCandidate *candidate);

/* The candidates that stand in the headline of a report, NULL-terminated, and what regblock is on this QEMU version. */
extern const char *const pv_headline[];
/* Those of its appendix, for which we need nobody else. */
extern const char *const pv_appendix[];

#endif
