/* SPDX-License-Identifier: MIT */
/*
 * The operating system's use of the block, access for access what QEMU's AML does for one CPU: CSCN, the Notify and its
 * acknowledgement, the _STA rounds that follow, _OST, _EJ0. Freestanding.
 */
#include "backend-regblock/consumers.h"

/* Linux evaluates _STA three times while it brings a hot-added CPU up. Source: recorded from Linux 6.1. */
#define STA_ROUNDS 3

typedef struct Ospm {
        RegblockPort port;
} Ospm;

static int
ospm_init(void *state, PvBus *bus, const char *assumed)
{
        if (assumed && !regblock_revision(assumed))
                return PV_E_UNSUPPORTED;
        ((Ospm *) state)->port.bus = bus;
        return 0;
}

/* AML comes with the device and never probes for it; what it does is _INI, which switches legacy mode off. */
static int
ospm_detect(void *state)
{
        Ospm *o = state;
        int r = regblock_find(&o->port);

        return r ? r : regblock_select(&o->port, 0);
}

/* CSCN, for the first CPU it finds; then it looks whether there is another behind it. */
static int
ospm_poll(void *state, PvView *view)
{
        const RegblockPort *port = &((Ospm *) state)->port;
        PvEvent event = {0};
        uint32_t next;
        uint8_t status;
        int r = regblock_select(port, 0);

        if (!r)
                r = regblock_command(port, REGBLOCK_CMD_NEXT_EVENT);
        for (int i = 0; !r && i < 2; i++) /* AML evaluates the field once to compare and once to keep */
                r = regblock_data(port, &event.selector);
        if (!r)
                r = regblock_status(port, &status);
        if (!r)
                r = regblock_event_of(status, &event.kind);
        if (!r && event.selector >= port->bus->limits.max_cpus)
                r = PV_E_BAD_SELECTOR;
        if (!r)
                r = regblock_select(port, event.selector + 1);
        if (!r)
                r = regblock_command(port, REGBLOCK_CMD_NEXT_EVENT);
        if (!r)
                r = regblock_data(port, &next);
        if (r)
                return r;
        view->event = event;
        view->facets = (view->facets & ~(uint32_t) PV_FACETS_EVENT) | PV_FACET_ARRIVED;
        return 0;
}

static int
ospm_ack(void *state, PvView *view)
{
        const RegblockPort *port = &((Ospm *) state)->port;
        bool insert = view->event.kind == PV_EVENT_INSERT;
        uint8_t status = 0;
        int r;

        if (!insert && view->event.kind != PV_EVENT_REMOVE)
                return PV_E_UNSUPPORTED;
        r = regblock_select(port, view->event.selector);
        if (!r)
                r = regblock_control(port, insert ? REGBLOCK_CLEAR_INSERT : REGBLOCK_CLEAR_REMOVE);
        for (int i = 0; !r && i < STA_ROUNDS; i++) {
                r = regblock_select(port, view->event.selector);
                if (!r)
                        r = regblock_status(port, &status);
        }
        if (r)
                return r;
        if (status & (insert ? REGBLOCK_INSERT : REGBLOCK_REMOVE))
                return PV_E_REFUSED;
        view->facets |= PV_FACET_ACKED;
        return 0;
}

static int
ospm_eject(void *state, uint32_t selector)
{
        const RegblockPort *port = &((Ospm *) state)->port;
        uint8_t status;
        int r = regblock_select(port, selector);

        if (!r)
                r = regblock_control(port, REGBLOCK_EJECT);
        if (!r)
                r = regblock_select(port, selector);
        if (!r)
                r = regblock_status(port, &status);
        if (r)
                return r;
        return status & REGBLOCK_ENABLED ? PV_E_REFUSED : 0;
}

static int
ospm_ost(void *state, uint32_t selector, uint32_t event, uint32_t status)
{
        const RegblockPort *port = &((Ospm *) state)->port;
        int r = regblock_select(port, selector);

        if (!r)
                r = regblock_command(port, REGBLOCK_CMD_OST_EVENT);
        if (!r)
                r = pv_bus_out(port->bus, port->base + REGBLOCK_DATA_RW, 4, event);
        if (!r)
                r = regblock_command(port, REGBLOCK_CMD_OST_STATUS);
        if (!r)
                r = pv_bus_out(port->bus, port->base + REGBLOCK_DATA_RW, 4, status);
        return r;
}

const PvConsumerOps regblock_ospm = {
        .name = "ospm",
        .role = PV_ROLE_OSPM,
        .summary = "what QEMU's AML does: scan, acknowledge, _STA, _OST, _EJ0",
        .facets = PV_FACET_ARRIVED | PV_FACET_ACKED,
        .needs = PV_BUS_PIO,
        .state_size = sizeof(Ospm),
        .init = ospm_init,
        .detect = ospm_detect,
        .poll = ospm_poll,
        .ack = ospm_ack,
        .eject = ospm_eject,
        .ost = ospm_ost,
};
