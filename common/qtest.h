/* SPDX-License-Identifier: MIT */
/* A bus over QEMU's qtest line protocol: any program that speaks it can stand behind the socket. */
#ifndef PVABI_COMMON_QTEST_H
#define PVABI_COMMON_QTEST_H

#include <glib.h>

#include "common/bus-owner.h"
#include "common/bus.h"
#include "common/trace-file.h"

/* An answer to one command takes at most this long. */
#define PV_QTEST_ANSWER_MS 5000u

/*
 * Takes ownership of the connected socket. Guest kind plain, phase SEC, no limits set: the caller fills in
 * the head. Once an answer is missing or senseless, every further call is PV_E_GONE at once.
 */
PvBus *pv_qtest_bus_new(int fd, unsigned answer_ms, const PvBusOwner *owner);

/* Waits for the first answer. PV_ERROR_HARNESS. */
gboolean pv_qtest_handshake(PvBus *bus, unsigned timeout_ms, GError **error);

/* The same bus, its memory in use as it was, on another socket: the machine has moved. Takes ownership. PV_ERROR_HARNESS. */
gboolean pv_qtest_reconnect(PvBus *bus, int fd, unsigned timeout_ms, GError **error);

/* Clears PV_BUS_GPA where the program refuses to fill memory: a device alone may have none. */
void pv_qtest_look_for_memory(PvBus *bus);

/*
 * Makes accesses (R, W) and moves memory (M, m; at most 16 KiB each) in this order, many commands at a time;
 * R's value and m's data are filled in. On another kind of bus one by one. 0, a fatal code, or PV_E_REFUSED
 * for what cannot be made; then nothing is known of the rest.
 */
int pv_qtest_batch(PvBus *bus, PvTraceItem *items, size_t n);

/* The socket, idle between calls, to time the bare protocol; -1 for another kind of bus. */
int pv_qtest_fd(PvBus *bus);

/* Why this bus is gone: one line, owned by the bus; NULL while it is not, or for another kind of bus. */
const char *pv_qtest_why(PvBus *bus);

#endif
