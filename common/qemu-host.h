/* SPDX-License-Identifier: MIT */
/* The host side of a running QEMU: its CPUs by selector, hotplug, and what is true of it. */
#ifndef PVABI_COMMON_QEMU_HOST_H
#define PVABI_COMMON_QEMU_HOST_H

#include <glib.h>

#include "common/host.h"
#include "common/qmp.h"

/*
 * Borrows the monitor. boot_present and apic_id are copied; QEMU's own list of present CPUs must agree with
 * the former. PV_ERROR_HARNESS, or PV_ERROR_LIMIT when this machine type has no CPU hotplug.
 */
PvHost *pv_qemu_host_new(PvQmp *qmp, uint32_t max_cpus, const uint8_t *boot_present, const uint32_t *apic_id,
                         GError **error);
void pv_qemu_host_free(PvHost *host);

/* APIC IDs by selector as QEMU's own CPU objects have them; every CPU must be present. g_free. */
uint32_t *pv_qemu_host_read_apic_ids(PvQmp *qmp, uint32_t max_cpus, GError **error);

#endif
