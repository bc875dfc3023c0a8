/* SPDX-License-Identifier: MIT */
/* What a VMM and pvabi-guest share: a page of memory at a fixed place, and a port of their own. Freestanding.
 */
#ifndef PVABI_COMMON_MAILBOX_H
#define PVABI_COMMON_MAILBOX_H

#include <stdint.h>

#define PV_MAILBOX_GPA 0x8000u       /* below 1 MiB: no image and no allocation is there */
#define PV_MAILBOX_MAGIC 0x42415650u /* "PVAB" */

/*
 * A 4-byte OUT here says that the guest is done with a command and waits for the next. A 4-byte IN answers
 * PV_MAILBOX_MAGIC where a VMM of ours listens, and ones elsewhere.
 */
#define PV_MAILBOX_DOORBELL 0x0f40u

enum {
        PV_MAILBOX_READ = 1, /* address, width: value */
        PV_MAILBOX_WRITE,    /* address, width, value */
        PV_MAILBOX_STRING,   /* address, count: data, by one REP INSB */
        PV_MAILBOX_CALL,     /* workload: value is its result */
};

#define PV_MAILBOX_DATA 2048u

typedef struct PvMailbox {
        uint32_t magic; /* the guest writes it once it runs */
        uint32_t command;
        uint32_t address, width, value;
        uint32_t count;
        uint8_t data[PV_MAILBOX_DATA];
} PvMailbox;

#endif
