/* SPDX-License-Identifier: MIT */
/* A virtual machine of one vCPU on /dev/kvm: it runs an image, and hands every exit for a port or an address
 * to a bus. */
#ifndef PVABI_COMMON_VM_H
#define PVABI_COMMON_VM_H

#include <glib.h>

#include "common/bus.h"
#include "common/port-count.h"

typedef struct PvVm PvVm;

/* Exits that came to us. */
typedef struct PvVmCounts {
        PvPortCounts ports;
        guint64 mmio;
        guint64 doorbells; /* of the mailbox: not the guest's business with a device */
} PvVmCounts;

/* NULL, or why there is no KVM here: one line (g_free). */
char *pv_vm_missing(void);

/* vCPUs that this kernel's KVM gives one machine at most. */
uint32_t pv_vm_max_cpus(void);

/*
 * A machine whose RAM is `memory` (PV_RAM_SIZE bytes), with the image in it, at its entry. Devices are behind
 * `bus`. Both are borrowed. PV_ERROR_BLOCKED: no KVM; PV_ERROR_HARNESS: it did not take the machine, or the
 * image is none.
 */
PvVm *pv_vm_new(PvBus *const *bus, void *memory, const char *image, gsize n, guint patience, GError **error);
void pv_vm_free(PvVm *vm);

/* Runs until the guest rings its doorbell. 0, or PV_E_GONE: pv_vm_why() says how the guest ended, with its
 * registers. */
int pv_vm_run(PvVm *vm);
/* The same with a handler that does nothing: accesses answer whatever lies there. The least a VMM can take. */
int pv_vm_run_bare(PvVm *vm);
const char *pv_vm_why(const PvVm *vm);
PvVmCounts *pv_vm_counts(PvVm *vm); /* for the caller to reset */

/* For who asks KVM for more: the machine, and the vCPU's pages that are shared with it, struct kvm_run first. */
int pv_vm_fd(const PvVm *vm);
void *pv_vm_pages(PvVm *vm);

#endif
