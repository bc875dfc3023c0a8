/* SPDX-License-Identifier: MIT */
/* The parts of the guest: its bus, how commands reach it, the consumers in it, and what a compiler expects of a C library.
 * Freestanding. */
#ifndef PVABI_GUEST_GUEST_H
#define PVABI_GUEST_GUEST_H

#include "common/bus.h"
#include "common/mailbox.h"
#include "common/port-count.h"

/* ---- bus.c: one instruction per access ---- */

typedef struct GuestBus {
        PvBus bus;
        uint32_t arena, end; /* pages for a consumer: GPAs, from the bottom up */
        uint32_t next;
        uint32_t live; /* allocations; at none of them the arena is empty again */
        uint32_t gpa_bytes;
        uint32_t accesses, budget; /* at most; 0: any number */
} GuestBus;

void guest_bus_init(GuestBus *bus, uint32_t arena, uint32_t end);

/* ---- counts.c ---- */

/* Of an access in port space. */
void guest_count(uint32_t port, unsigned width, PvPortKind kind, uint32_t units);
/* COUNTS of the mailbox. */
int32_t guest_give_counts(PvMailbox *box);

/* ---- main.c ---- */

/* Carries out the command in the box, and leaves the answer there. */
void guest_carry_out(PvMailbox *box);

/* ---- serial.c ---- */

/* Takes commands from the first serial port, for ever; returns where there is none. */
void guest_serve_serial(void);

/* HELLO. */
int32_t guest_hello(PvMailbox *box);

/* ---- access.c ---- */

/* READ, WRITE, STRING, LOAD, STORE and CLEAR of the mailbox. */
int32_t guest_access(PvMailbox *box);

/* ---- consumers.c ---- */

/* INIT and the functions of a consumer. */
int32_t guest_consume(PvMailbox *box);

#endif
