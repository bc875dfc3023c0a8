/* SPDX-License-Identifier: MIT */
/* The APIC IDs of a QEMU machine, from a sibling in which every CPU is present. */
#ifndef PVABI_COMMON_QEMU_IDS_H
#define PVABI_COMMON_QEMU_IDS_H

#include <glib.h>

#include "common/topology.h"

/*
 * max_cpus IDs by selector; g_free. Kept for the life of the process, and in $PVABI_TRUTH_CACHE (a folder)
 * when that is set: at 255 CPUs a sibling takes seconds. topology->cpus has no influence. Errors as of
 * pv_qemu_start().
 */
uint32_t *pv_qemu_ids(const char *binary, const char *machine_type, const PvTopology *topology,
                      GError **error);

/* How long to wait for a QEMU of so many CPUs: $PVABI_QTEST_TIMEOUT seconds, else 10 and some per CPU. */
unsigned pv_qemu_patience_ms(uint32_t cpus);

#endif
