/* SPDX-License-Identifier: MIT */
/* The host side of a machine: what an operator does to it, and what is true of it. */
#ifndef PVABI_COMMON_HOST_H
#define PVABI_COMMON_HOST_H

#include "common/topology.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct PvHost PvHost;

/*
 * What is true of the machine now. On the model the host keeps it from the topology and the events it issued; on a
 * real VMM the IDs come from a fully populated sibling. Never from a device, never by either ABI. Owned by the host,
 * valid until the session ends; present changes with events.
 */
typedef struct PvTruth {
        uint32_t max_cpus;
        uint32_t present_count;
        const uint32_t *apic_id;      /* [max_cpus], by selector */
        const uint8_t *present;       /* bitmap of max_cpus bits, LSB first */
        const uint8_t *boot_present;  /* likewise, at power-on */
        uint32_t n_ejected;           /* CPUs the guest let go of since power-on */
        uint32_t last_ejected;        /* selector */
        uint32_t n_ost;               /* _OST reports since power-on */
        uint32_t ost_selector, ost_event, ost_status; /* the last one */
        bool no_ejected, no_ost; /* nobody keeps that count here: its members mean nothing */
} PvTruth;

/* 0, a fatal code, or PV_E_REFUSED (the machine said no) or PV_E_UNSUPPORTED (the target cannot do this). */
typedef struct PvHostOps {
        int (*plug)(PvHost *host, uint32_t selector);
        int (*unplug_request)(PvHost *host, uint32_t selector);
        int (*reset)(PvHost *host);
        int (*save_load)(PvHost *host); /* migrate to a fresh machine of the same kind */
        /* Collects what the machine has reported, then answers. */
        int (*truth)(PvHost *host, PvTruth *ret_truth);
} PvHostOps;

struct PvHost {
        const PvHostOps *ops;
        const char *limit; /* of the target: why it did not do what it was asked; NULL: none is known */
        const char *gone;  /* how the machine came to its end; NULL: it lives, or nobody knows. The host's. */
};

#ifdef __cplusplus
}
#endif

#endif
