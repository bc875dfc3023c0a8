/* SPDX-License-Identifier: MIT */
/* Single accesses, for whoever drives the guest from outside. */
#include "guest/guest.h"

#include "common/port.h"

static int32_t
read_scalar(PvMailbox *box)
{
        const uint32_t space = box->arg[PV_MAILBOX_SPACE], address = box->arg[PV_MAILBOX_ADDRESS];
        const uint32_t width = box->arg[PV_MAILBOX_WIDTH];

        if (space == PV_SPACE_PIO)
                guest_count(address, width, PV_PORT_IN, box->arg[PV_MAILBOX_TIMES]);
        for (uint32_t i = 0; i < box->arg[PV_MAILBOX_TIMES]; i++)
                box->arg[PV_MAILBOX_VALUE] = space == PV_SPACE_PIO ? pv_port_in((uint16_t) address, width)
                                                                   : pv_memory_in(address, width);
        return 0;
}

static int32_t
write_scalar(PvMailbox *box)
{
        const uint32_t space = box->arg[PV_MAILBOX_SPACE], address = box->arg[PV_MAILBOX_ADDRESS];
        const uint32_t width = box->arg[PV_MAILBOX_WIDTH], value = box->arg[PV_MAILBOX_VALUE];

        if (space == PV_SPACE_PIO)
                guest_count(address, width, PV_PORT_OUT, box->arg[PV_MAILBOX_TIMES]);
        for (uint32_t i = 0; i < box->arg[PV_MAILBOX_TIMES]; i++)
                if (space == PV_SPACE_PIO)
                        pv_port_out((uint16_t) address, width, value);
                else
                        pv_memory_out(address, width, value);
        return 0;
}

int32_t
guest_access(PvMailbox *box)
{
        const uint32_t width = box->arg[PV_MAILBOX_WIDTH];
        const uintptr_t address = box->arg[PV_MAILBOX_ADDRESS];

        switch (box->command) {
        case PV_MAILBOX_READ:
                return width == 1 || width == 2 || width == 4 ? read_scalar(box) : PV_E_UNSUPPORTED;
        case PV_MAILBOX_WRITE:
                return width == 1 || width == 2 || width == 4 ? write_scalar(box) : PV_E_UNSUPPORTED;
        case PV_MAILBOX_STRING:
                guest_count((uint32_t) address, 1, PV_PORT_STRING, box->size);
                pv_port_in_string((uint16_t) address, box->data, box->size);
                return 0;
        case PV_MAILBOX_LOAD:
                __builtin_memcpy(box->data, (const void *) address, box->size);
                return 0;
        case PV_MAILBOX_STORE:
                __builtin_memcpy((void *) address, box->data, box->size);
                return 0;
        default:
                return PV_E_UNSUPPORTED;
        }
}
