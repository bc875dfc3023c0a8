/* SPDX-License-Identifier: MIT */
/* The least that an access through an ops table can cost, to hold ours against. */
#ifndef PVABI_BENCH_BARE_H
#define PVABI_BENCH_BARE_H

#include "common/bus.h"

/* As PvBusOps.read; out of line, so that the call is made. */
int pv_bare_read(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t *ret_value);

/* A port read in qtest's lines on a connected socket; false when there was no proper answer. */
bool pv_bare_qtest_inb(int fd, uint16_t port, uint64_t *ret_value);

#endif
