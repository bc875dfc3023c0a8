/* SPDX-License-Identifier: MIT */
/* A QEMU behind a bus, with its monitor as the host: started, moved to a fresh process, ended. */
#ifndef PVABI_COMMON_QEMU_SESSION_H
#define PVABI_COMMON_QEMU_SESSION_H

#include <glib.h>

#include "common/bus-owner.h"
#include "common/target.h"

/* What TCG can do: its local APICs have 8-bit IDs, and 255 is broadcast. */
#define PV_QEMU_MAX_CPUS 255u
#define PV_QEMU_MAX_APIC_ID 254u

/* How the guest's side of a QEMU is reached: as a guest that qtest makes, or as one that runs. */
typedef struct PvQemuFront {
        const char *name;  /* of the target */
        gboolean stopped;  /* no vCPU ever runs */
        PvBus *(*bus_new)(int fd, unsigned answer_ms, const PvBusOwner *owner);
        gboolean (*handshake)(PvBus *bus, unsigned timeout_ms, GError **error);
        gboolean (*reconnect)(PvBus *bus, int fd, unsigned timeout_ms, GError **error);
        /* Both may be NULL. After a reset of the machine; when there is a host. */
        int (*was_reset)(PvBus *bus, unsigned timeout_ms);
        void (*set_host)(PvBus *bus, PvHost *host);
} PvQemuFront;

extern const PvQemuFront pv_qemu_front_qtest;
extern const PvQemuFront pv_qemu_front_guest;

/* What to start. Everything but setup itself lives as long as the session. */
typedef struct PvQemuPlan {
        const char *binary, *type;
        PvChipset chipset;      /* that this type has */
        const char *no_hotplug; /* why it has none; NULL: it has */
        const PvQemuFront *front;
        char **words; /* the user's command line, as common/guest-command.h has it; NULL: our own */
        const PvSetup *setup;
} PvQemuPlan;

/* Errors as of PvTargetOps.open(). */
gboolean pv_qemu_session_open(const PvQemuPlan *plan, PvBus **ret_bus, PvHost **ret_host, GError **error);

#endif
