/* SPDX-License-Identifier: MIT */
/* How long one access takes: on every target, and by other ways than a plain IN or OUT. */
#ifndef PVABI_BENCH_ACCESS_H
#define PVABI_BENCH_ACCESS_H

#include <glib.h>

#include "bench/statistics.h"
#include "common/target.h"

/* Each appends "access" records. FALSE: nothing could be measured; errors as pv_session_open() and
 * pv_contest_run(). */

/* The ladder: a register read, on these PvTargets in turns. */
gboolean pv_access_ladder(PvLoader *loader, GPtrArray *targets, PvRecorder *recorder, GError **error);

/* Bytes of fw_cfg data one by one and by REP INSB: on KVM, whose guest's memory is ours too. */
gboolean pv_access_bytes(PvLoader *loader, const PvTarget *kvm, PvRecorder *recorder, GError **error);

/* Register writes that exit, are coalesced, are an ioeventfd: on KVM. */
gboolean pv_access_writes(PvLoader *loader, const PvTarget *kvm, PvRecorder *recorder, GError **error);

/* A register read by our VMM and by a bare loop around KVM_RUN, in turns; both per access, without the
 * command. */
gboolean pv_access_bare(PvLoader *loader, const PvTarget *kvm, PvTimes *ret_ours, PvTimes *ret_bare,
                        GError **error);

#endif
