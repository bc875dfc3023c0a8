/* SPDX-License-Identifier: MIT */
/* The truth of the machine this program runs in: from Linux and its ACPI table, never from either ABI. */
#ifndef PVABI_COMMON_NATIVE_CPUS_H
#define PVABI_COMMON_NATIVE_CPUS_H

#include <glib.h>

#include "common/host-cpus.h"

/*
 * Selectors and the APIC IDs of absent CPUs stand in the MADT and nowhere else; which CPUs are present, and
 * that their IDs are those of the table, say the CPUs themselves (/proc/cpuinfo) and
 * /sys/devices/system/cpu/present. PV_ERROR_LIMIT where these do not add up: then nobody knows the truth.
 */
gboolean pv_native_cpus_parse(const guint8 *madt, gsize n, const char *cpuinfo, const char *present,
                              PvHostCpus *ret_cpus, GError **error);

/* The same of this machine. PV_ERROR_BLOCKED when Linux does not show one of these. */
gboolean pv_native_cpus_read(PvHostCpus *ret_cpus, GError **error);

/* A topology that has these IDs, with the first ones present; FALSE: none has. */
gboolean pv_native_topology(const PvTruth *truth, PvTopology *ret_topology);

#endif
