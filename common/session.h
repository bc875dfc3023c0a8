/* SPDX-License-Identifier: MIT */
/* One machine on one target with one consumer on its bus: what a check or a workload runs in. */
#ifndef PVABI_COMMON_SESSION_H
#define PVABI_COMMON_SESSION_H

#include <glib.h>

#include "common/target.h"
#include "common/trace.h"

typedef struct PvSession {
        PvTrace *trace;
        PvBus *bus; /* around the trace's, around the target's */
        PvHost *host;
        const PvConsumerOps *consumer; /* init() done */
        void *consumer_state;
        PvTopology topology;
        PvChipset chipset;
        PvView buffers; /* empty, with room for every possible CPU */
        uint32_t claimed;
        /* private */
        PvBus *opened; /* the target's own, with nothing around it */
        PvMachine override;
        GPtrArray *memory, *guarded;
        uint8_t *boot_present;
} PvSession;

typedef struct PvSessionOptions {
        const PvMutation *mutation;       /* NULL: honest device, sound consumer */
        const PvBackend *mutated_backend; /* whose device; NULL: the first part's */
        uint32_t seed;                    /* see PvSetup */
        const PvMemoryModel *memory;      /* see PvSetup */
        gboolean any_state;               /* see PvSetup */
        gboolean untraced;                /* bus is the target's own: nothing is counted or bounded */
        guint budget;                     /* see PvCheck */
        gboolean kvm, many_events;             /* see PvSetup */
        PvBus *(*watch)(PvBus *below, void *data); /* a bus around the target's own, which it owns; NULL: none */
        void *watch_data;
} PvSessionOptions;

/*
 * Opens candidate on target as the cell says; the loader resolves the machine a cell substitutes. Errors as
 * PvTargetOps.open(); also PV_ERROR_LIMIT when the bus lacks what the consumer needs.
 */
PvSession *pv_session_open(PvLoader *loader, const PvCandidate *candidate, const PvTarget *target,
                           const PvCell *cell, const PvSessionOptions *options, GError **error);
void pv_session_close(PvSession *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PvSession, pv_session_close)

/* Nobody has written outside of the consumer's state and the buffers of the view. */
gboolean pv_session_intact(const PvSession *session);

/* Base of the first range of this backend's device here; 0 when the machine does not have it. */
uint64_t pv_session_base(const PvSession *session, const PvCandidate *candidate, const PvBackend *backend);

/*
 * Others of whom an act may need one, not yet on a bus: the candidate's consumer once more; and what an OS has for the
 * devices of its machine, AML and drivers. No ops: nothing. Freed with the session.
 */
PvAgent pv_session_twin(PvSession *session, const PvCandidate *candidate);
PvAgent pv_session_os(PvSession *session, const PvCandidate *candidate);

/* The cell in words: "smp=…,plugged=10,guest=sev,phase=smm". */
char *pv_cell_name(const PvCell *cell);

#endif
