/* SPDX-License-Identifier: MIT */
/* The guest: waits for a command in the mailbox, carries it out, rings. */
#include "common/mailbox.h"
#include "common/port.h"

void guest_main(void);

static void
carry_out(volatile PvMailbox *box)
{
        switch (box->command) {
        case PV_MAILBOX_READ:
                box->value = port_in((uint16_t) box->address, box->width);
                break;
        case PV_MAILBOX_WRITE:
                port_out((uint16_t) box->address, box->width, box->value);
                break;
        case PV_MAILBOX_STRING:
                if (box->count <= PV_MAILBOX_DATA)
                        port_in_string((uint16_t) box->address, (void *) box->data, box->count);
                break;
        default:
                break;
        }
}

void
guest_main(void)
{
        volatile PvMailbox *box = (volatile PvMailbox *) PV_MAILBOX_GPA;

        box->magic = PV_MAILBOX_MAGIC;
        for (;;) {
                port_out(PV_MAILBOX_DOORBELL, 4, PV_MAILBOX_MAGIC);
                carry_out(box);
        }
}
