/* SPDX-License-Identifier: MIT */
/* What was counted, in words. */
#include "bench/exits.h"

#include <linux/kvm.h>

static const char *const kinds[PV_EXITS_N_KINDS] = {
        [PV_EXITS_PIO_IN] = "in",
        [PV_EXITS_PIO_OUT] = "out",
        [PV_EXITS_MMIO_READ] = "mmio-read",
        [PV_EXITS_MMIO_WRITE] = "mmio-write",
        [PV_EXITS_USERSPACE] = "userspace-exit",
        [PV_EXITS_GUEST_ENTRY] = "guest-entry",
        [PV_EXITS_GUEST_EXIT] = "guest-exit",
};

static const char *const reasons[] = {
        [KVM_EXIT_UNKNOWN] = "unknown",
        [KVM_EXIT_EXCEPTION] = "exception",
        [KVM_EXIT_IO] = "io",
        [KVM_EXIT_HYPERCALL] = "hypercall",
        [KVM_EXIT_DEBUG] = "debug",
        [KVM_EXIT_HLT] = "hlt",
        [KVM_EXIT_MMIO] = "mmio",
        [KVM_EXIT_IRQ_WINDOW_OPEN] = "irq-window",
        [KVM_EXIT_SHUTDOWN] = "shutdown",
        [KVM_EXIT_FAIL_ENTRY] = "fail-entry",
        [KVM_EXIT_INTR] = "intr",
        [KVM_EXIT_SET_TPR] = "set-tpr",
        [KVM_EXIT_TPR_ACCESS] = "tpr-access",
        [KVM_EXIT_NMI] = "nmi",
        [KVM_EXIT_INTERNAL_ERROR] = "internal-error",
        [KVM_EXIT_SYSTEM_EVENT] = "system-event",
        [KVM_EXIT_IOAPIC_EOI] = "ioapic-eoi",
        [KVM_EXIT_HYPERV] = "hyperv",
        [KVM_EXIT_X86_RDMSR] = "rdmsr",
        [KVM_EXIT_X86_WRMSR] = "wrmsr",
        [KVM_EXIT_DIRTY_RING_FULL] = "dirty-ring-full",
        [KVM_EXIT_X86_BUS_LOCK] = "bus-lock",
        [KVM_EXIT_XEN] = "xen",
};

const char *
pv_exits_kind_word(PvExitsKind kind)
{
        return kind < PV_EXITS_N_KINDS ? kinds[kind] : NULL;
}

const char *
pv_exits_reason_word(guint64 reason)
{
        return reason < G_N_ELEMENTS(reasons) ? reasons[reason] : NULL;
}
