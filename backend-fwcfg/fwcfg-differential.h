/* SPDX-License-Identifier: MIT */
/* Differential testing of fw_cfg: kinds of items, and how steps towards a cell are put together. */
#ifndef PVABI_BACKEND_FWCFG_FWCFG_DIFFERENTIAL_H
#define PVABI_BACKEND_FWCFG_FWCFG_DIFFERENTIAL_H

#include "backend-fwcfg/fwcfg-device.h"
#include "common/differential.h"

/* What a key stands for. Items whose contents are not a real machine's have no kind, and are not touched. */
typedef enum FwcfgKind {
        FWCFG_SHORT, /* read-only */
        FWCFG_LONG,  /* read-only, of 64 bytes and more */
        FWCFG_WRITABLE,
        FWCFG_CALLBACK, /* selecting it has an effect */
        FWCFG_DIRECTORY,
        FWCFG_ARCH, /* architecture-specific */
        FWCFG_EMPTY,
        FWCFG_UNUSED,
        FWCFG_UNUSED_ARCH,
        FWCFG_INVALID, /* out of range */
        FWCFG_N_KINDS,
        FWCFG_NO_KIND = FWCFG_N_KINDS,
} FwcfgKind;

extern const char *const fwcfg_kinds[];

/* Those without a byte in them, as bits of an axis. */
#define FWCFG_EMPTY_KINDS (15u << FWCFG_EMPTY)
#define FWCFG_FULL_KINDS ((1u << FWCFG_EMPTY) - 1)
/* What a pc has none of. */
#define FWCFG_SMI_KINDS (1u << FWCFG_WRITABLE | 1u << FWCFG_CALLBACK)

FwcfgKind fwcfg_kind_of(const FwcfgDevice *device, uint16_t key);
uint32_t fwcfg_length_of(const FwcfgDevice *device, uint16_t key);

/* A sequence under construction. */
typedef struct FwcfgSteps {
        const PvWalk *walk;
        const FwcfgDevice *device;
        PvStep *step;
        unsigned n;
} FwcfgSteps;

FwcfgSteps fwcfg_steps(const PvWalk *walk, PvStep *ret_steps);
uint32_t fwcfg_any_of(const FwcfgSteps *steps, uint32_t n);

/* A key of this kind; false: this machine has none. */
bool fwcfg_any_key(const FwcfgSteps *steps, FwcfgKind kind, uint16_t *ret_key);

/* An access to this port; where of a step counts from FWCFG_BASE. Returns how many steps there are now. */
unsigned fwcfg_add(FwcfgSteps *steps, char action, unsigned width, uint32_t port, uint64_t value);

/* Where descriptors and buffers are, in the memory of a walk. */
#define FWCFG_DESCRIPTOR 0x100u
#define FWCFG_BUFFER 0x1000u

typedef struct FwcfgTransfer {
        uint32_t control, length;
        uint32_t descriptor; /* where in the memory of the walk */
        PvValue buffer;
        bool high;           /* the high half of the address is written too */
} FwcfgTransfer;

/* The descriptor, and the accesses that start it. */
unsigned fwcfg_add_transfer(FwcfgSteps *steps, const FwcfgTransfer *transfer);

/* Selects key and moves the offset there. */
void fwcfg_add_position(FwcfgSteps *steps, uint16_t key, uint32_t offset);

/* m: what is in the memory of the walk now. */
void fwcfg_add_load(FwcfgSteps *steps, uint32_t where, unsigned n);
void fwcfg_add_store(FwcfgSteps *steps, uint32_t where, uint64_t value);

/* A write that starts a transfer. */
bool fwcfg_is_doorbell(const PvStep *step);

/* The rows that the tables of ports and those of transfers share. */
#define FWCFG_NO_DMA .lacks = FWCFG_FEATURE_DMA, .reason = "this revision has no DMA"
#define FWCFG_NO_SMI .pc = true, .reason = "a pc has no SMI features, writable or with a callback"

extern const PvCoverage fwcfg_transfers, fwcfg_odd_buffers; /* of fwcfg-differential-dma.c */
extern const PvCoverage *const fwcfg_differential[];
extern const size_t fwcfg_n_differential;

#endif
