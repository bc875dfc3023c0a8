/* SPDX-License-Identifier: MIT */
/* How the block is found, and what its status says. Freestanding. */
#include "backend-regblock/consumers.h"

#define PCI_CONFIG_ADDRESS 0xcf8u
#define PCI_CONFIG_DATA 0xcfcu
#define PCI_HOST_BRIDGE 0x80000000u /* register 0 of 00:00.0 */
#define HOST_BRIDGE_Q35 0x29c08086u
#define HOST_BRIDGE_PC 0x12378086u

int
regblock_find(RegblockPort *port)
{
        uint32_t identity;
        int r;

        r = pv_bus_out(port->bus, PCI_CONFIG_ADDRESS, 4, PCI_HOST_BRIDGE);
        if (!r)
                r = pv_bus_in(port->bus, PCI_CONFIG_DATA, 4, &identity);
        if (r)
                return r;
        if (identity != HOST_BRIDGE_Q35 && identity != HOST_BRIDGE_PC)
                return PV_E_ABSENT;
        port->base = identity == HOST_BRIDGE_Q35 ? REGBLOCK_BASE_Q35 : REGBLOCK_BASE_PC;
        return 0;
}

int
regblock_event_of(uint8_t status, PvEventKind *ret_kind)
{
        bool enabled = status & REGBLOCK_ENABLED;

        if (!(status & (REGBLOCK_INSERT | REGBLOCK_REMOVE | REGBLOCK_FW_REMOVE)))
                return PV_E_IDLE;
        if (status & REGBLOCK_INSERT) {
                if (!enabled || status & REGBLOCK_FW_REMOVE)
                        return PV_E_BAD_STATUS;
                *ret_kind = PV_EVENT_INSERT;
        } else if (status & REGBLOCK_FW_REMOVE) {
                if (!enabled)
                        return PV_E_BAD_STATUS;
                *ret_kind = PV_EVENT_FW_REMOVE;
        } else {
                *ret_kind = PV_EVENT_REMOVE;
        }
        return 0;
}
