/* SPDX-License-Identifier: MIT */
/* Firmware and OS sides of the register block, and the register accesses they share. Freestanding. */
#ifndef PVABI_BACKEND_REGBLOCK_CONSUMERS_H
#define PVABI_BACKEND_REGBLOCK_CONSUMERS_H

#include "backend-regblock/regblock.h"
#include "common/consumer.h"

extern const PvConsumerOps regblock_firmware;
extern const PvConsumerOps regblock_ospm;

/* Generations of detection, each with the walk of firmware. */
extern const PvConsumerOps regblock_doc_5_0;
extern const PvConsumerOps regblock_doc_11_0;
extern const PvConsumerOps regblock_cmd3_v1;
extern const PvConsumerOps regblock_byte_read;

/* Firmware without one check each, for contrast. */
extern const PvConsumerOps *const regblock_contrast[];
extern const size_t regblock_n_contrast;

/* Where a consumer found the block, and on what. */
typedef struct RegblockPort {
        PvBus *bus;
        uint32_t base;
} RegblockPort;

/* Finds the base by the host bridge, as edk2's PEI does. PV_E_ABSENT: a chipset that never had the block. */
int regblock_find(RegblockPort *port);

/* One function per register; inline, for a walk over many CPUs is made of nothing else. */

static inline int
regblock_select(const RegblockPort *port, uint32_t selector)
{
        return pv_bus_out(port->bus, port->base + REGBLOCK_SELECTOR_W, 4, selector);
}

static inline int
regblock_command(const RegblockPort *port, uint8_t command)
{
        return pv_bus_out(port->bus, port->base + REGBLOCK_COMMAND_W, 1, command);
}

static inline int
regblock_control(const RegblockPort *port, uint8_t bits)
{
        return pv_bus_out(port->bus, port->base + REGBLOCK_CONTROL_W, 1, bits);
}

/* PV_E_BAD_STATUS: reserved bits are set, as where no device answers. */
static inline int
regblock_status(const RegblockPort *port, uint8_t *ret_status)
{
        uint32_t value;
        int r = pv_bus_in(port->bus, port->base + REGBLOCK_STATUS_R, 1, &value);

        if (r)
                return r;
        if (value & ~REGBLOCK_STATUS_MASK)
                return PV_E_BAD_STATUS;
        *ret_status = (uint8_t) value;
        return 0;
}

static inline int
regblock_data(const RegblockPort *port, uint32_t *ret_data)
{
        return pv_bus_in(port->bus, port->base + REGBLOCK_DATA_RW, 4, ret_data);
}

static inline int
regblock_data2(const RegblockPort *port, uint32_t *ret_data)
{
        return pv_bus_in(port->bus, port->base + REGBLOCK_DATA2_R, 4, ret_data);
}

/* What a status byte announces; PV_E_IDLE: nothing; PV_E_BAD_STATUS: bits that contradict each other. */
int regblock_event_of(uint8_t status, PvEventKind *ret_kind);

#endif
