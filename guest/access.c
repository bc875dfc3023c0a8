/* SPDX-License-Identifier: MIT */
/* Single accesses, for whoever drives the guest from outside. */
#include "guest/guest.h"

#include "common/port.h"

/* A loop for each width: where the guest is emulated, every further instruction in it would be timed with the access. */
static uint32_t
in_times(uint16_t port, uint32_t width, uint32_t times)
{
        uint32_t value = 0;

        if (width == 1)
                while (times--)
                        value = pv_port_in(port, 1);
        else if (width == 2)
                while (times--)
                        value = pv_port_in(port, 2);
        else
                while (times--)
                        value = pv_port_in(port, 4);
        return value;
}

static void
out_times(uint16_t port, uint32_t width, uint32_t times, uint32_t value)
{
        if (width == 1)
                while (times--)
                        pv_port_out(port, 1, value);
        else if (width == 2)
                while (times--)
                        pv_port_out(port, 2, value);
        else
                while (times--)
                        pv_port_out(port, 4, value);
}

static int32_t
read_scalar(PvMailbox *box)
{
        const uint32_t address = box->arg[PV_MAILBOX_ADDRESS], width = box->arg[PV_MAILBOX_WIDTH];
        uint32_t times = box->arg[PV_MAILBOX_TIMES];

        if (box->arg[PV_MAILBOX_SPACE] == PV_SPACE_PIO) {
                guest_count(address, width, PV_PORT_IN, times);
                box->arg[PV_MAILBOX_VALUE] = in_times((uint16_t) address, width, times);
        } else {
                while (times--)
                        box->arg[PV_MAILBOX_VALUE] = pv_memory_in(address, width);
        }
        return 0;
}

static int32_t
write_scalar(PvMailbox *box)
{
        const uint32_t address = box->arg[PV_MAILBOX_ADDRESS], width = box->arg[PV_MAILBOX_WIDTH];
        const uint32_t value = box->arg[PV_MAILBOX_VALUE];
        uint32_t times = box->arg[PV_MAILBOX_TIMES];

        if (box->arg[PV_MAILBOX_SPACE] == PV_SPACE_PIO) {
                guest_count(address, width, PV_PORT_OUT, times);
                out_times((uint16_t) address, width, times, value);
        } else {
                while (times--)
                        pv_memory_out(address, width, value);
        }
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
        case PV_MAILBOX_CLEAR:
                __builtin_memset((void *) address, 0, box->arg[PV_MAILBOX_LENGTH]);
                return 0;
        default:
                return PV_E_UNSUPPORTED;
        }
}
