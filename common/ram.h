/* SPDX-License-Identifier: MIT */
/* Guest RAM of the model, 128 MiB: what the guest sees, what the host sees, and which pages they share. */
#ifndef PVABI_COMMON_RAM_H
#define PVABI_COMMON_RAM_H

#include "common/check.h"
#include "common/memory-model.h"

/*
 * In a plain guest both sides see the same bytes. In an encrypted one (modelled) a shared page is seen by
 * both; of a private page the host sees, with in-place encryption (SEV, SEV-ES), what the memory model makes
 * of it, and each 16-byte block it stores to turns to noise for the guest; with split backing (SEV-SNP on
 * guest_memfd) it sees another, zeroed page, and what it stores there is lost to the guest. A host that maps
 * an SNP guest's own page (PV_MUTATE_PAGE_MAPPED) reads ciphertext, and its stores fault: PV_E_REFUSED.
 * Where this is known from: docs/sev.md.
 */
typedef struct PvRam PvRam;

/* What happens to memory that the host shares; loads and stores of the guest elsewhere it does not see. */
typedef enum PvRamStep {
        PV_RAM_SHARE,
        PV_RAM_UNSHARE,
        PV_RAM_GUEST_LOAD,
        PV_RAM_GUEST_STORE,
        PV_RAM_DEVICE_LOAD,
        PV_RAM_DEVICE_STORE,
} PvRamStep;

/* Somebody who is called before and after each, and may use memory as the host does meanwhile. */
typedef struct PvRamHook {
        void (*before)(void *data, PvRamStep step, PvGpa gpa, size_t n);
        void (*after)(void *data, PvRamStep step, PvGpa gpa, size_t n);
        void *data; /* not owned */
} PvRamHook;

/* seed: of the key. */
PvRam *pv_ram_new(PvGuestKind guest, const PvMemoryModel *model, uint32_t seed);
void pv_ram_free(PvRam *ram);

void pv_ram_hook(PvRam *ram, const PvRamHook *hook);
/* A lie of the host about page state changes, or a bug of whoever hands pages out; borrowed. */
void pv_ram_tamper(PvRam *ram, const PvMutation *mutation);

/* Words of PV_SECRET in these bytes, at any place and in either order of bytes. */
uint64_t pv_ram_count_secrets(const uint8_t *data, size_t n);

/* Live; requests to the host are counted in it by who makes them. */
PvGuestSteps *pv_ram_guest_steps(PvRam *ram);
/* Pages that are shared now. */
uint32_t pv_ram_shared(const PvRam *ram);

/*
 * From here on the bytes of a plain guest lie in this memory of PV_RAM_SIZE bytes, zeroed and not owned,
 * which a VM maps too. Before the first touch.
 */
#define PV_RAM_SIZE (UINT64_C(128) << 20) /* QEMU's default */
void pv_ram_back(PvRam *ram, void *memory);

/* Whole pages, zeroed, from the bottom up. 0, PV_E_NO_MEMORY, or PV_E_TERMINATED: see psc.h. */
int pv_ram_alloc(PvRam *ram, size_t n, PvSharing sharing, PvGpa *ret_gpa);
/* The allocation that starts here: its pages become private again, and their content is undefined. */
int pv_ram_release(PvRam *ram, PvGpa gpa);

/* 0, or PV_E_REFUSED when [gpa, gpa+n) is not all RAM; below 1 MiB there is a hole from 640 KiB on. */
int pv_ram_guest_read(PvRam *ram, PvGpa gpa, void *ret_data, size_t n);
int pv_ram_guest_write(PvRam *ram, PvGpa gpa, const void *data, size_t n);
int pv_ram_host_read(PvRam *ram, PvGpa gpa, void *ret_data, size_t n);
int pv_ram_host_write(PvRam *ram, PvGpa gpa, const void *data, size_t n);

#endif
