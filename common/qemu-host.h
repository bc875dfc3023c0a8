/* SPDX-License-Identifier: MIT */
/* The host side of a running QEMU: its CPUs by selector, hotplug, and what is true of it. */
#ifndef PVABI_COMMON_QEMU_HOST_H
#define PVABI_COMMON_QEMU_HOST_H

#include <glib.h>

#include "common/host.h"
#include "common/qmp.h"

/*
 * Moves the machine, with these CPUs present, to a process of its own, and its monitor with it. 0, PV_E_REFUSED with the
 * old one as it was, or a fatal code.
 */
typedef int PvQemuMigrate(void *data, const uint8_t *present, PvQmp **ret_qmp);

/* What was started; arrays are copied. */
typedef struct PvQemuHostPlan {
        uint32_t max_cpus;
        const uint8_t *boot_present; /* QEMU's own list of present CPUs must agree with it */
        const uint32_t *apic_id;
        const char *no_hotplug; /* why this machine type has none; NULL: it has. Lives as long as the host */
        PvQemuMigrate *migrate;
        int (*was_reset)(void *data); /* the machine begins anew: 0 once its guest is there, or a fatal code */
        void *data;                   /* of both */
} PvQemuHostPlan;

/* Borrows the monitor. PV_ERROR_HARNESS. */
PvHost *pv_qemu_host_new(PvQmp *qmp, const PvQemuHostPlan *plan, GError **error);
void pv_qemu_host_free(PvHost *host);

/* APIC IDs by selector as QEMU's own CPU objects have them; every CPU must be present. g_free. */
uint32_t *pv_qemu_host_read_apic_ids(PvQmp *qmp, uint32_t max_cpus, GError **error);

#endif
