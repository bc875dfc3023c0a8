/* SPDX-License-Identifier: MIT */
/* What counting exits costs the one who makes them. */
#ifndef PVABI_BENCH_EXITS_COST_H
#define PVABI_BENCH_EXITS_COST_H

#include <glib.h>

#include "common/record.h"
#include "common/target.h"

/* Appends "speed" records: an access by our VMM while BPF counts exits, and while not; or a note why. */
gboolean pv_exits_cost(PvLoader *loader, const PvTarget *kvm, PvRecorder *recorder, GError **error);

#endif
