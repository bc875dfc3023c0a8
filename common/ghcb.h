/* SPDX-License-Identifier: MIT */
/*
 * Port accesses of an SEV-ES or SNP guest, modelled: the #VC handler puts what the host must know into the
 * GHCB, a page that both share, and takes the answer from there. Sources (IOIO): edk2 CcExitLib;
 * Linux arch/x86/coco/sev.
 */
#ifndef PVABI_COMMON_GHCB_H
#define PVABI_COMMON_GHCB_H

#include "common/check.h"

#define PV_GHCB_EXIT_IOIO 0x7bu
#define PV_GHCB_BUFFER 2032u

/* SW_EXITINFO1 of an IOIO exit: direction, string, width, port. */
#define PV_GHCB_IN 0x1u
#define PV_GHCB_STRING 0x4u
#define PV_GHCB_REP 0x8u
#define PV_GHCB_WIDTH_SHIFT 4u /* 1, 2 or 4 bytes as a bit each */
#define PV_GHCB_ADDRESS_64 (1u << 9)
#define PV_GHCB_PORT_SHIFT 16u

/* Fields that are marked valid: all that the host gets to see. */
enum {
        PV_GHCB_RAX = 1u << 0,
        PV_GHCB_CODE = 1u << 1,
        PV_GHCB_INFO1 = 1u << 2,
        PV_GHCB_INFO2 = 1u << 3,
        PV_GHCB_SCRATCH = 1u << 4,
        PV_GHCB_N_FIELDS = 5,
};

typedef struct PvGhcb {
        uint32_t valid;
        uint64_t rax, code, info1, info2, scratch;
        uint8_t buffer[PV_GHCB_BUFFER];
} PvGhcb;

/*
 * A bus around the model's. lie: what the host answers instead (PV_MUTATE_GHCB_*), or what the handler does
 * wrong; NULL: nothing. steps (borrowed): where requests are counted, and what they show without need. A
 * refused answer ends the guest, as it must: PV_E_TERMINATED.
 */
PvBus *pv_ghcb_new(PvBus *inner, const PvMutation *lie, PvGuestSteps *steps);

#endif
