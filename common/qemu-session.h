/* SPDX-License-Identifier: MIT */
/* A QEMU behind a bus, with its monitor as the host: started, moved to a fresh process, ended. */
#ifndef PVABI_COMMON_QEMU_SESSION_H
#define PVABI_COMMON_QEMU_SESSION_H

#include <glib.h>

#include "common/target.h"

/* What TCG can do: its local APICs have 8-bit IDs, and 255 is broadcast. */
#define PV_QEMU_MAX_CPUS 255u
#define PV_QEMU_MAX_APIC_ID 254u

/* What to start. Everything but setup itself lives as long as the session. */
typedef struct PvQemuPlan {
        const char *binary, *type;
        PvChipset chipset;      /* that this type has */
        const char *no_hotplug; /* why it has none; NULL: it has */
        const PvSetup *setup;
} PvQemuPlan;

/* Errors as of PvTargetOps.open(). */
gboolean pv_qemu_session_open(const PvQemuPlan *plan, PvBus **ret_bus, PvHost **ret_host, GError **error);

#endif
