/* SPDX-License-Identifier: MIT */
/*
 * What pvabi and pvabi-guest say to each other: one command, one answer, in a mailbox. Where the VMM is ours
 * the mailbox is a page of guest memory and a doorbell; in another VMM it travels through the serial port.
 * Freestanding.
 */
#ifndef PVABI_COMMON_MAILBOX_H
#define PVABI_COMMON_MAILBOX_H

#include <stdint.h>

#define PV_MAILBOX_GPA 0x8000u       /* below 1 MiB: no image and no allocation is there */
#define PV_MAILBOX_MAGIC 0x42415650u /* "PVAB" */
#define PV_MAILBOX_VERSION 1u        /* of all that stands here; both sides have the same */

/* What the image says first on a serial port or a debug console, before its version and whose guest it is. */
#define PV_MAILBOX_HELLO_LINE "pvabi-guest: mailbox "

/*
 * A 4-byte OUT here says that the guest is done with a command and waits for the next. A 4-byte IN answers
 * PV_MAILBOX_MAGIC where a VMM of ours listens, and something else elsewhere.
 */
#define PV_MAILBOX_DOORBELL 0x0f40u

/*
 * Arguments and answers are arg[], by the names below; result is a PV_E_* code. A command that the image does
 * not know answers PV_E_UNSUPPORTED.
 */
typedef enum PvMailboxCommand {
        PV_MAILBOX_READ = 1, /* SPACE, ADDRESS, WIDTH, TIMES: VALUE of the last */
        PV_MAILBOX_WRITE,    /* SPACE, ADDRESS, WIDTH, TIMES, VALUE */
        PV_MAILBOX_STRING,   /* ADDRESS: size bytes of data, by one REP INSB */
        PV_MAILBOX_LOAD,     /* ADDRESS: size bytes of data, from guest memory */
        PV_MAILBOX_STORE,    /* ADDRESS: size bytes of data, to guest memory */
        PV_MAILBOX_CLEAR,    /* ADDRESS, LENGTH: guest memory becomes zeros */
        PV_MAILBOX_HELLO,    /* answers VERSION; data: the 12 bytes of CPUID's hypervisor signature */
        PV_MAILBOX_COUNTS,   /* COUNTING; data: PvPortCounts since the last COUNTS */
        PV_MAILBOX_INIT,     /* PARTS to MAX_APIC_ID; data: for each part BACKEND.NAME\0REVISION\0 */

        /* The functions of PvConsumerOps; data: a PvMailboxView, before and after. GPA_BYTES is answered. */
        PV_MAILBOX_DETECT,
        PV_MAILBOX_ENUMERATE, /* WANTED */
        PV_MAILBOX_POLL,
        PV_MAILBOX_ACK,
        PV_MAILBOX_EJECT, /* SELECTOR */
        PV_MAILBOX_OST,   /* SELECTOR, EVENT, STATUS */
} PvMailboxCommand;

enum {
        PV_MAILBOX_SPACE = 0, /* PvSpace */
        PV_MAILBOX_ADDRESS = 1,
        PV_MAILBOX_WIDTH = 2,
        PV_MAILBOX_TIMES = 3,
        PV_MAILBOX_VALUE = 4,

        PV_MAILBOX_LENGTH = 2, /* bytes of memory: of INIT's arena, and of what CLEAR clears */
        PV_MAILBOX_VERSION_ARG = 0,

        PV_MAILBOX_PARTS = 0,
        PV_MAILBOX_ARENA = 1,    /* GPA of memory for the consumer's state and its pages */
        PV_MAILBOX_BUDGET = 3,   /* accesses until every one answers PV_E_BUDGET; 0: no bound */
        PV_MAILBOX_MAX_CPUS = 4, /* PvLimits of the target */
        PV_MAILBOX_MAX_APIC_ID = 5,
        PV_MAILBOX_COUNTING = 0, /* 1: accesses are counted from here on; 0: no longer, for it takes time */

        PV_MAILBOX_WANTED = 0,
        PV_MAILBOX_SELECTOR = 0,
        PV_MAILBOX_EVENT = 1,
        PV_MAILBOX_STATUS = 2,
        PV_MAILBOX_GPA_BYTES = 7, /* that the consumer moved to or from pages of its own in this call */

        PV_MAILBOX_ARGS = 8,
        PV_MAILBOX_DATA = 2048,
};

typedef struct PvMailbox {
        uint32_t magic; /* the guest writes it once it runs */
        uint32_t command;
        int32_t result;
        uint32_t size; /* bytes of data that mean something, in a command and in its answer */
        uint32_t arg[PV_MAILBOX_ARGS];
        uint8_t data[PV_MAILBOX_DATA];
} PvMailbox;

/* A PvView whose buffers are guest memory. */
typedef struct PvMailboxView {
        uint32_t capacity, apic_id, present, id_slots, id_slots_n; /* apic_id, present, id_slots: GPAs */
        uint32_t facets, needed, possible, present_count;
        uint32_t event_kind, event_selector, event_apic_id;
} PvMailboxView;

#endif
