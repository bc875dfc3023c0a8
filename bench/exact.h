/* SPDX-License-Identifier: MIT */
/* Exactness: the port accesses of one question, counted by the guest, by our VMM and by the kernel, are the
 * same. */
#ifndef PVABI_BENCH_EXACT_H
#define PVABI_BENCH_EXACT_H

#include "bench/exits.h"
#include "bench/question.h"
#include "common/port-count.h"

/* What one observer saw. */
typedef struct PvExactCount {
        PvPortCounts ports; /* no doorbells; times are exits where it sees exits */
        guint64 doorbells;
} PvExactCount;

typedef struct PvExact {
        PvExactCount guest, vmm, kernel; /* guest: it does not count doorbells */
        char *kernel_missing;            /* why the kernel's count is not there; NULL: it is */
        char *difference;                /* the first; NULL: the counts agree */
} PvExact;

void pv_exact_clear(PvExact *exact);

/* Sets the difference. */
void pv_exact_compare(PvExact *exact);

/* An "exactness" record of the asking of a question on target kvm; none where it cannot be asked. FALSE: the
 * counts differ. */
gboolean pv_exact_ask(PvLoader *loader, const PvCandidate *candidate, const PvTarget *target,
                      PvQuestion question, uint32_t n, PvExits *exits, const char *kernel_missing,
                      PvRecorder *recorder);

#endif
