/* SPDX-License-Identifier: MIT */
/* The bus of a guest that runs pvabi-guest: each access is a command to it, and so is each call of a consumer
 * inside. */
#ifndef PVABI_COMMON_GUEST_BUS_H
#define PVABI_COMMON_GUEST_BUS_H

#include <glib.h>

#include "common/bus.h"
#include "common/machine.h"
#include "common/mailbox.h"
#include "common/trace.h"

typedef struct PvGuestBus PvGuestBus;

/* The head of such a bus; a target embeds it as its first member. */
struct PvGuestBus {
        PvBus bus;
        PvMailbox *box; /* the guest's own, or a copy */
        /* Has the guest carry out what is in the box. 0 and the answer in the box, or a fatal PV_E_*. */
        int (*exchange)(PvGuestBus *guest);
        const uint8_t *memory; /* the guest's, from GPA 0 on; NULL: its bytes are loaded by command */
        /*
         * Nobody but the guest sees what its consumer accesses: it counts, and it minds the budget. FALSE:
         * exits are counted and bounded where they arrive.
         */
        gboolean blind;
        guint64 commands; /* that were carried out: what comes on top of the accesses themselves */
};

/* For a target's PvBusOps. */
int pv_guest_read(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t *ret_value);
int pv_guest_write(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t value);
int pv_guest_read_string(PvBus *bus, uint64_t port, void *ret_data, size_t n);
int pv_guest_load(PvGuestBus *guest, PvGpa gpa, void *ret_data, size_t n);
int pv_guest_store(PvGuestBus *guest, PvGpa gpa, const void *data, size_t n);

typedef struct PvGuestAccess {
        bool write;
        PvSpace space;
        uint32_t address;
        unsigned width; /* 1, 2 or 4 */
} PvGuestAccess;

/*
 * The guest repeats one access, any number of times, none among them; its doorbell is rung once. *value: what is
 * written, or what was read last.
 */
int pv_guest_repeat(PvGuestBus *guest, const PvGuestAccess *access, uint32_t times, uint32_t *value);

/*
 * A consumer that runs in the guest: the candidate's, from the same sources. The ops live in *ret_state
 * (g_free). What only the guest can tell of its accesses goes to the trace, which may be NULL. NULL: the
 * image lacks one of these consumers, or the guest is gone.
 */
const PvConsumerOps *pv_guest_consumer_new(PvGuestBus *guest, const PvCandidate *candidate, PvTrace *trace,
                                           void **ret_state);

/* What the guest did at ports since the last time, and whether it shall count from now on: that takes time.
 */
int pv_guest_counts(PvGuestBus *guest, gboolean counting, PvPortCounts *ret_counts);

#endif
