/* SPDX-License-Identifier: MIT */
/* Port writes that the kernel takes without an exit to the VMM: what devices of another making would cost. */
#ifndef PVABI_BENCH_QUIET_H
#define PVABI_BENCH_QUIET_H

#include <glib.h>

#include "common/vm.h"

typedef struct PvQuiet PvQuiet;

typedef enum PvQuietKind {
        PV_QUIET_COALESCED, /* kept in a ring until the VMM looks */
        PV_QUIET_IOEVENTFD, /* an eventfd is told; the value is lost */
} PvQuietKind;

#define PV_QUIET_MOST 128u /* writes between two looks: the ring holds some more */

/* 4-byte writes to the port. PV_ERROR_LIMIT names the capability that is missing. */
PvQuiet *pv_quiet_new(PvVm *vm, PvQuietKind kind, uint16_t port, GError **error);
void pv_quiet_free(PvQuiet *quiet);

/* Takes what was written since the last look, to the bus where there are values, and tells how many there
 * were; -1: there is nothing to take it from. */
int pv_quiet_take(PvQuiet *quiet, PvBus *bus);

#endif
