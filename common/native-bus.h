/* SPDX-License-Identifier: MIT */
/* Real ports, with a guard: what would disturb the system that runs on this machine is not done. */
#ifndef PVABI_COMMON_NATIVE_BUS_H
#define PVABI_COMMON_NATIVE_BUS_H

#include <glib.h>

#include "common/bus.h"
#include "common/host.h"

/* What is where the chipset has the register block. */
typedef enum PvNativeBlock {
        PV_NATIVE_ABSENT,
        PV_NATIVE_LEGACY,
        PV_NATIVE_MODERN,
        PV_NATIVE_UNCLEAR,
} PvNativeBlock;

#define PV_NATIVE_BLOCK_SIZE 32 /* of the legacy bitmap; nothing else is in these ports */

/* By reading only, which changes nothing in either mode. */
PvNativeBlock pv_native_block(const guint8 bytes[PV_NATIVE_BLOCK_SIZE], const PvTruth *truth);

typedef struct PvNativeGuard {
        guint16 base;    /* of the register block */
        gboolean legacy; /* it is still a bitmap, and is to stay one */
} PvNativeGuard;

/* Why this access is not made; NULL: it is. */
const char *pv_native_forbids(const PvNativeGuard *guard, PvSpace space, guint64 address, unsigned width,
                              gboolean writes, guint64 value);

/* Linux without ioperm answers ENOSYS, which no permission changes; NULL: it has it. Touches no port. */
const char *pv_native_no_ports(void);

/* What to do about an ioperm that was refused; `lockdown` is the line of securityfs, "" when there is none.
 */
const char *pv_native_refusal(gboolean capable, const char *lockdown);

/* Asks for the ports of both ABIs, and no others. PV_ERROR_BLOCKED. The host bridge stays Linux's. */
gboolean pv_native_take_ports(guint16 base, GError **error);

void pv_native_read_block(guint16 base, guint8 ret_bytes[PV_NATIVE_BLOCK_SIZE]);

typedef struct PvNativeOwner {
        PvHost *host; /* its limit says what the guard refused */
        void (*free)(PvHost *host);
} PvNativeOwner;

/* Once the ports were taken. */
PvBus *pv_native_bus_new(const PvNativeGuard *guard, const PvNativeOwner *owner);

#endif
