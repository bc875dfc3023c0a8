/* SPDX-License-Identifier: MIT */
/* The guest: asks who started it, then waits for commands and carries them out. */
#include "common/port.h"
#include "guest/guest.h"

void guest_main(void);

void
guest_carry_out(PvMailbox *box)
{
        if (box->size > PV_MAILBOX_DATA)
                box->result = PV_E_TOO_SMALL;
        else if (box->command == PV_MAILBOX_COUNTS)
                box->result = guest_give_counts(box);
        else if (box->command == PV_MAILBOX_HELLO)
                box->result = guest_hello(box);
        else
                box->result = box->command < PV_MAILBOX_COUNTS ? guest_access(box) : guest_consume(box);
}

/* A VMM of ours finds its commands in memory. */
static void
serve_doorbell(void)
{
        PvMailbox *box = (PvMailbox *) PV_MAILBOX_GPA;

        box->magic = PV_MAILBOX_MAGIC;
        for (;;) {
                pv_port_out(PV_MAILBOX_DOORBELL, 4, PV_MAILBOX_MAGIC);
                guest_carry_out(box);
        }
}

void
guest_main(void)
{
        if (pv_port_in(PV_MAILBOX_DOORBELL, 4) == PV_MAILBOX_MAGIC)
                serve_doorbell();
        guest_serve_serial();
}
