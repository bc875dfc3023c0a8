/* SPDX-License-Identifier: MIT */
/* The guest: waits for a command in the mailbox, carries it out, rings. */
#include "common/port.h"
#include "guest/guest.h"

void guest_main(void);

static void
carry_out(PvMailbox *box)
{
        if (box->size > PV_MAILBOX_DATA)
                box->result = PV_E_TOO_SMALL;
        else if (box->command == PV_MAILBOX_COUNTS)
                box->result = guest_give_counts(box);
        else
                box->result = box->command < PV_MAILBOX_COUNTS ? guest_access(box) : guest_consume(box);
}

void
guest_main(void)
{
        PvMailbox *box = (PvMailbox *) PV_MAILBOX_GPA;

        box->magic = PV_MAILBOX_MAGIC;
        for (;;) {
                pv_port_out(PV_MAILBOX_DOORBELL, 4, PV_MAILBOX_MAGIC);
                carry_out(box);
        }
}
