/* SPDX-License-Identifier: MIT */
/* The bus of a guest that runs pvabi-guest in somebody else's VMM: commands go by its serial port. */
#ifndef PVABI_COMMON_GUEST_SERIAL_H
#define PVABI_COMMON_GUEST_SERIAL_H

#include <glib.h>

#include "common/bus-owner.h"
#include "common/guest-bus.h"
#include "common/host.h"

/*
 * Takes ownership of the connected socket. Once an answer is missing, every further call is PV_E_GONE at
 * once. The bus is a PvGuestBus; the caller fills in guest kind, phase and limits.
 */
PvBus *pv_guest_serial_new(int fd, unsigned answer_ms, const PvBusOwner *owner);

/* Waits until the guest has booted and answers. PV_ERROR_HARNESS. */
gboolean pv_guest_serial_handshake(PvBus *bus, unsigned timeout_ms, GError **error);

/* The same guest, in the same state, on another socket: the machine has moved. Takes ownership.
 * PV_ERROR_HARNESS. */
gboolean pv_guest_serial_reconnect(PvBus *bus, int fd, unsigned timeout_ms, GError **error);

/* The machine was reset: waits for the guest, and starts its consumer again. 0 or PV_E_GONE. */
int pv_guest_serial_rebooted(PvBus *bus, unsigned timeout_ms);

/* The host is told when the guest is gone; NULL: nobody. */
void pv_guest_serial_set_host(PvBus *bus, PvHost *host);

#endif
