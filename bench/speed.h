/* SPDX-License-Identifier: MIT */
/* How fast we are: medians of batches, two contestants in turns, and the noise of the comparison. */
#ifndef PVABI_BENCH_SPEED_H
#define PVABI_BENCH_SPEED_H

#include <glib.h>

#include "common/record.h"
#include "common/target.h"

/* Every part appends its "speed" records. Errors as pv_candidate_parse() and pv_session_open(). */

/* One access on the model against one bare indirect call. */
gboolean pv_speed_access(PvLoader *loader, const PvTarget *model, PvRecorder *recorder, GError **error);

/* All APIC IDs of the largest machine, by either ABI. */
gboolean pv_speed_ids(PvLoader *loader, const PvTarget *model, PvRecorder *recorder, GError **error);

/* A page encrypted by the AES memory model against its cipher alone; nothing in a build without nettle. */
gboolean pv_speed_memory(PvLoader *loader, const PvTarget *model, PvRecorder *recorder, GError **error);

/* `pvabi list` as a whole process; nothing where this program is not pvabi. */
gboolean pv_speed_list(PvLoader *loader, const PvTarget *model, PvRecorder *recorder, GError **error);

/* One qtest access against a bare client's on the same socket. Nothing for a target without such a socket. */
gboolean pv_speed_qtest(PvLoader *loader, const PvTarget *target, PvRecorder *recorder, GError **error);

/* One access by our VMM against a bare loop around KVM_RUN, on target kvm. */
gboolean pv_speed_kvm(PvLoader *loader, const PvTarget *kvm, PvRecorder *recorder, GError **error);

/* A "speed" record. */
typedef struct PvSpeed {
        const char *name, *unit, *what, *target;
        double value;
        double bound; /* the most that is allowed; 0: nothing was promised */
        double floor; /* what the same looks like against itself, a ratio of at least 1; 0: not measured */
} PvSpeed;

void pv_speed_record(PvRecorder *recorder, const PvSpeed *speed);

#endif
