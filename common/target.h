/* SPDX-License-Identifier: MIT */
/* Targets: what stands behind a bus. `model` is our device in this process; `qtest` is a real QEMU. */
#ifndef PVABI_COMMON_TARGET_H
#define PVABI_COMMON_TARGET_H

#include <glib.h>

#include "common/bus.h"
#include "common/check.h"
#include "common/error.h"
#include "common/host.h"
#include "common/machine.h"
#include "common/memory-model.h"
#include "common/profile.h"
#include "common/trace.h"

/* The machine to build, or to start. Valid while the session lives. */
typedef struct PvSetup {
        const PvMachine *machine;
        PvTopology topology;
        const uint8_t *boot_present; /* bitmap of max_cpus bits */
        PvChipset chipset;
        PvGuestKind guest;
        PvPhase phase;
        uint32_t seed; /* of the key that memory is encrypted with */
        const PvMemoryModel *memory; /* NULL: the default */
        const PvMutation *mutation; /* NULL: an honest device */
        unsigned mutated_part;
        gboolean kvm;         /* model: a machine like one that KVM runs */
        gboolean many_events; /* plugs and ejects without end are coming: a VMM runs in the way that lives through them */
        gboolean any_state; /* a machine that was used before will do; else it is as at power-on */
} PvSetup;

typedef struct PvTarget PvTarget;

typedef struct PvTargetOps {
        const char *kind;
        const char *summary;
        PvOrigin device; /* whose device answers */
        gboolean injects;   /* PvDeviceOps.content() is placed in its fw_cfg */
        gboolean one;       /* every cell runs on one and the same machine: never two at a time, and never unasked */
        const char *used;   /* why its machine is never as at power-on; NULL: it can be */
        gboolean addressed; /* only by a full name: KIND alone is none */
        /* TRUE when this machine can run it; else *ret_why names what is missing and how to get it (g_free). */
        gboolean (*usable)(const PvTarget *target, char **ret_why);
        /* Name and version of what answers, e.g. "QEMU 7.2.22"; g_free. NULL when it cannot be had. */
        char *(*version)(const PvTarget *target);
        /*
         * Starts the machine. The bus owns the host: bus->ops->free(bus) ends both. PV_ERROR_LIMIT: the target cannot
         * express this machine; PV_ERROR_BLOCKED: something is missing here; PV_ERROR_HARNESS: it did not come up.
         */
        gboolean (*open)(const PvTarget *target, const PvSetup *setup, PvBus **ret_bus, PvHost **ret_host,
                         GError **error);
        /*
         * NULL: the bus that open() gave is where accesses are counted and bounded. Else where the bus keeps the one that
         * they arrive at: what is put around that one is freed with the bus.
         */
        PvBus **(*arrivals)(PvBus *bus);
        /*
         * NULL: consumers run here. Else a consumer of the candidate's that runs behind the bus (free *ret_state with
         * g_free), or NULL when this candidate's cannot. trace may be NULL.
         */
        const PvConsumerOps *(*consumer)(PvBus *bus, const PvCandidate *candidate, PvTrace *trace, void **ret_state);
} PvTargetOps;

/*
 * KIND[:BINARY][:MACHINE], guest[:COMMAND], qtest:unix:PATH[,OPTION...] or native[,force=on], as the user
 * wrote it.
 */
struct PvTarget {
        char *name;
        const PvTargetOps *ops;
        char *binary;       /* qtest: executable; NULL: $QTEST_QEMU_BINARY or qemu-system-x86_64 */
        char *machine_type; /* qtest, guest, native: "pc-q35-7.2"; NULL: q35 or pc, by the setup's chipset */
        char *path;         /* attach: the qtest socket */
        char *host;         /* attach: the socket of the host line protocol; NULL: there is none */
        gboolean server;    /* attach: we listen, and the program connects */
        gboolean fresh;     /* attach: who connects finds the machine as at power-on */
        PvProfile *profile; /* attach, native: what its machine has, and where; NULL: what the candidate has */
        char *told;         /* attach, guest: what the user says of its topology; NULL: PV_DEFAULT_SMP */
        gboolean force;     /* native: a legacy block is switched */
        char *smp;          /* native: the topology that it has; NULL: not known */
        char **words;       /* guest: the command that starts the VMM */
        char *host_command; /* guest: --host-cmd; NULL: none */
};

PvTarget *pv_target_parse(const char *name, GError **error);
void pv_target_free(PvTarget *target);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PvTarget, pv_target_free)

#define PV_ATTACH_PREFIX "qtest:unix:"
/* The last but one word of a guest's COMMAND, before the commands for host events, which are not the VMM's. */
#define PV_GUEST_HOST_COMMAND "--host-cmd"
#define PV_NATIVE_FORCE ",force=on"

/* Every kind of target, NULL-terminated. */
extern const PvTargetOps *const pv_targets[];
extern const PvTargetOps pv_target_model;
extern const PvTargetOps pv_target_qtest;
extern const PvTargetOps pv_target_kvm;
extern const PvTargetOps pv_target_guest;
extern const PvTargetOps pv_target_attach;
extern const PvTargetOps pv_target_native;

/* Fills in what this machine tells of itself without its ports: machine type, profile, topology. */
void pv_native_describe(PvTarget *target);

/* "q35" or "pc". PV_ERROR_USAGE. */
gboolean pv_chipset_parse(const char *text, PvChipset *ret_chipset, GError **error);

/* The chipset a target presents when a cell asks for this one: a profile or a machine type settles it. */
PvChipset pv_target_chipset(const PvTarget *target, PvChipset asked);

#endif
