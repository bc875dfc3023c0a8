/* SPDX-License-Identifier: MIT */
/* What the guest did at ports, by its own account: one of three that must agree. */
#include "guest/guest.h"

static PvPortCounts counts;
static bool counting;

void
guest_count(uint32_t port, unsigned width, PvPortKind kind, uint32_t units)
{
        if (counting)
                pv_port_counts_add(&counts, (uint16_t) port, width, kind, units);
}

int32_t
guest_give_counts(PvMailbox *box)
{
        _Static_assert(sizeof counts <= PV_MAILBOX_DATA, "counts fit the mailbox");

        __builtin_memcpy(box->data, &counts, sizeof counts);
        __builtin_memset(&counts, 0, sizeof counts);
        box->size = sizeof counts;
        counting = box->arg[PV_MAILBOX_COUNTING] != 0;
        return 0;
}
