/* SPDX-License-Identifier: MIT */
/* What QEMU's machine types have of what matters here. */
#ifndef PVABI_COMMON_QEMU_TYPE_H
#define PVABI_COMMON_QEMU_TYPE_H

#include <glib.h>

#include "common/types.h"

typedef struct PvQemuType {
        const char *glob;
        PvChipset chipset;
        uint32_t max_cpus; /* 0: as many as the accelerator takes */
        gboolean dies;     /* sockets of several dies */
        gboolean hotplug;  /* CPU hotplug, and the register block for it */
} PvQemuType;

/* Never NULL: a type that is not known is taken for a PC. */
const PvQemuType *pv_qemu_type(const char *name);

#endif
