/* SPDX-License-Identifier: MIT */
/* Which machine this program runs in, as far as it shows without touching a port. */
#ifndef PVABI_COMMON_NATIVE_PLATFORM_H
#define PVABI_COMMON_NATIVE_PLATFORM_H

#include <glib.h>

#include "common/types.h"

/* What CPUID, and Linux of PCI and DMI, say. Texts are empty, numbers 0 where they say nothing. */
typedef struct PvNativeSigns {
        gboolean guest;                                      /* CPUID says that there is a hypervisor ... */
        char hypervisor[13];                                 /* ... and which, in leaf 0x40000000 */
        guint16 vendor, device, subsystem_vendor, subsystem; /* of the host bridge */
        char *maker, *product, *type; /* DMI: sys_vendor, product_name, product_version */
} PvNativeSigns;

typedef struct PvNativePlatform {
        const char *accelerator; /* "TCG", "KVM", or words for one that does not say */
        PvChipset chipset;
        gboolean kvm;
        char *type; /* "pc-q35-7.2" where DMI says so, else "q35" or "pc" */
} PvNativePlatform;

void pv_native_signs_read(PvNativeSigns *ret_signs);
void pv_native_signs_clear(PvNativeSigns *signs);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PvNativeSigns, pv_native_signs_clear)

/* A PC of QEMU's; anything else is PV_ERROR_BLOCKED, with what was seen. */
gboolean pv_native_identify(const PvNativeSigns *signs, PvNativePlatform *ret_platform, GError **error);
void pv_native_platform_clear(PvNativePlatform *platform);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PvNativePlatform, pv_native_platform_clear)

#endif
