/* SPDX-License-Identifier: MIT */
/* A bus around a bus that counts, keeps the last accesses, and ends a run that would not end. */
#ifndef PVABI_COMMON_TRACE_H
#define PVABI_COMMON_TRACE_H

#include <glib.h>

#include "common/check.h"
#include "common/device.h"
#include "common/port-count.h"

#define PV_TRACE_TAIL 16 /* accesses kept */

typedef struct PvTrace PvTrace;

/*
 * Owns `below`. ranges: what the machine's devices claim (copied); their doorbells are counted. budget: accesses until
 * every call answers PV_E_BUDGET; 0: no bound.
 */
PvTrace *pv_trace_new(PvBus *below, const PvRange *ranges, unsigned n_ranges, uint64_t budget);
PvBus *pv_trace_bus(PvTrace *trace);
const PvCounts *pv_trace_counts(const PvTrace *trace);
void pv_trace_reset_counts(PvTrace *trace);
uint64_t pv_trace_budget(const PvTrace *trace);

/* Accesses that did not come through this bus, and were counted by who made them; NULL: only bytes in guest memory. */
void pv_trace_add(PvTrace *trace, const PvPortCounts *ports, uint64_t gpa_bytes);

/* The last accesses in the letters of a trace file, oldest first; a GPtrArray of strings. */
GPtrArray *pv_trace_tail(const PvTrace *trace);

/* The same accesses as lines for `qemu-system-x86_64 -qtest stdio`. */
GPtrArray *pv_trace_qtest(const PvTrace *trace);

#endif
