/* SPDX-License-Identifier: MIT */
/* The machine behind a bus of target kvm, for who counts its exits. */
#ifndef PVABI_COMMON_KVM_H
#define PVABI_COMMON_KVM_H

#include "common/guest-bus.h"
#include "common/vm.h"

/* NULL: another kind of bus. */
PvVm *pv_kvm_vm(PvBus *bus);

#endif
