/* SPDX-License-Identifier: MIT */
/* A CPU topology and the APIC IDs that follow from it. */
#ifndef PVABI_COMMON_TOPOLOGY_H
#define PVABI_COMMON_TOPOLOGY_H

#include "common/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Every level is at least 1 and counted per level above it; cpus is how many of max_cpus are present at boot. */
typedef struct PvTopology {
        uint32_t cpus;
        uint32_t max_cpus;
        uint32_t sockets;
        uint32_t dies;    /* per socket */
        uint32_t cores;   /* per die */
        uint32_t threads; /* per core */
} PvTopology;

/* The largest machine this project describes: 2^20 possible CPUs. */
#define PV_CPUS_LIMIT (1u << 20)

/*
 * APIC ID of the possible CPU at this selector: threads vary fastest, and each level takes as many bits as its
 * largest index needs. Source: QEMU include/hw/i386/topology.h (v4.1), which follows Intel's SDM vol. 3, 8.9.
 * The topology must have passed pv_topology_problem().
 */
uint32_t pv_topology_apic_id(const PvTopology *topology, uint32_t selector);

/* NULL when the numbers can describe a machine, else a sentence that says why not. */
const char *pv_topology_problem(const PvTopology *topology);

#ifdef __cplusplus
}
#endif

#endif
