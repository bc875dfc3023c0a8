/* SPDX-License-Identifier: MIT */
/* How a guest's access reaches a device. All that a consumer knows of the world. Freestanding. */
#ifndef PVABI_COMMON_BUS_H
#define PVABI_COMMON_BUS_H

#include "common/types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct PvBus PvBus;

enum {
        PV_BUS_PIO = 1u << 0,
        PV_BUS_STRING = 1u << 1, /* REP INS reaches the device as one exit per chunk, not one per byte */
        PV_BUS_GPA = 1u << 2,    /* guest memory can be allocated, and devices can DMA to it */
        PV_BUS_SHARE = 1u << 3,  /* a page-table service exists: memory can be shared with the host */
};

/* What the target can express; a cell beyond it is n/a, with the limit as the reason. */
typedef struct PvLimits {
        uint32_t max_cpus;
        uint32_t max_apic_id;
        bool hotplug;
        uint32_t max_ejects; /* in one life of the machine; 0: any number */
        bool migrate;
        bool firmware; /* other software boots before this guest, after each reset again */
        bool kvm; /* not a limit: KVM runs this machine, which shows in the memory map that firmware is given */
} PvLimits;

/* Stands for what no host may see: in memory that was somebody's before, in buffers before they are filled. */
#define PV_SECRET 0x5ec2e75eu

/*
 * What an encrypted guest had to do so far to change pages between private and shared, and to reach ports; all
 * modelled. By guest kind, and where it is known from: docs/sev.md.
 */
typedef struct PvGuestSteps {
        uint64_t changes;   /* pages that changed, either way */
        uint64_t pt_writes; /* page-table entries written */
        uint64_t pt_splits; /* larger mappings split to 4 KiB: each allocates a page table */
        uint64_t tlb_flushes;
        uint64_t cache_lines; /* flushed */
        uint64_t pvalidates;  /* SNP */
        uint64_t psc_exits;   /* SNP: page state change requests to the host */
        uint64_t touches;     /* SNP: lines touched so that no stale one is left */
        uint64_t ghcb_exits;  /* SEV-ES, SNP: requests to the host */
        uint64_t ghcb_excess; /* fields and bits that they showed without need */
        uint64_t secrets_bared;   /* words of PV_SECRET in a page when it became shared */
        uint64_t secrets_sent;    /* in what the guest stored to a shared page, or showed in the GHCB */
        uint64_t fetched_again;   /* bytes of a shared page loaded again, with no store of the guest's between */
        uint64_t undefined_loads; /* bytes loaded from a page that became private and was not written since */
        uint64_t beyond_offer;    /* bytes that a device touched outside everything that the guest allocated */
        uint64_t scribbled;       /* bytes of private memory that a device changed */
        uint64_t lies_told;       /* times that a lie, or a seeded bug, of the host's side met an access */
        uint64_t rmp_faults;      /* SNP: stores to a private page that the hardware refused the host */
} PvGuestSteps;

/*
 * Every function returns 0 or a fatal PV_E_GONE / PV_E_BUDGET / PV_E_FORBIDDEN; gpa_alloc also PV_E_REFUSED
 * (shared memory where no page-table service exists) and gpa_* PV_E_REFUSED outside guest RAM. Outputs are
 * untouched on failure.
 */
typedef struct PvBusOps {
        int (*read)(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t *ret_value);
        int (*write)(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t value);
        /* n bytes from one port, as REP INSB does. */
        int (*read_string)(PvBus *bus, uint64_t port, void *ret_data, size_t n);
        /* n bytes, page-aligned, zeroed. Owned by the guest until gpa_free, which makes it private again. */
        int (*gpa_alloc)(PvBus *bus, size_t n, PvSharing sharing, PvGpa *ret_gpa);
        int (*gpa_free)(PvBus *bus, PvGpa gpa);
        int (*gpa_read)(PvBus *bus, PvGpa gpa, void *ret_data, size_t n);
        int (*gpa_write)(PvBus *bus, PvGpa gpa, const void *data, size_t n);
        void (*free)(PvBus *bus);
} PvBusOps;

/* The head of every bus; a target or wrapper embeds it as its first member. */
struct PvBus {
        const PvBusOps *ops;
        PvGuestKind guest;
        PvPhase phase;
        uint32_t caps; /* PV_BUS_* */
        PvLimits limits;
        const PvGuestSteps *guest_steps; /* live; NULL: nobody counts them here */
};

static inline int
pv_bus_in(PvBus *bus, uint64_t port, unsigned width, uint32_t *ret_value)
{
        uint64_t value = 0;
        int r = bus->ops->read(bus, PV_SPACE_PIO, port, width, &value);

        if (!r)
                *ret_value = (uint32_t) value;
        return r;
}

static inline int
pv_bus_out(PvBus *bus, uint64_t port, unsigned width, uint32_t value)
{
        return bus->ops->write(bus, PV_SPACE_PIO, port, width, value);
}

#ifdef __cplusplus
}
#endif

#endif
