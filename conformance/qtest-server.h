/* SPDX-License-Identifier: MIT */
/* The server's side of the qtest line protocol: a bus answers as QEMU 7.2 does. */
#ifndef PVABI_CONFORMANCE_QTEST_SERVER_H
#define PVABI_CONFORMANCE_QTEST_SERVER_H

#include <glib.h>

#include "common/bus.h"

/* Bytes that one command may move, and what the longest command then takes. */
#define PV_QTEST_TRANSFER_MAX (16u << 20)
#define PV_QTEST_LINE_MAX (2 * PV_QTEST_TRANSFER_MAX + 4096)

/*
 * Appends the answer to one command of n bytes, without its newline, which is cut up in place. Where QEMU would
 * abort, wait for ever or store something else than it was told, the answer is a FAIL with the reason;
 * docs/serve.md lists these places.
 */
void pv_qtest_serve(PvBus *bus, char *line, size_t n, GString *out);

#endif
