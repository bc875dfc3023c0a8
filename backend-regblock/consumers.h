/* SPDX-License-Identifier: MIT */
/* Firmware and OS sides of the register block, and the register accesses they share. Freestanding. */
#ifndef PVABI_BACKEND_REGBLOCK_CONSUMERS_H
#define PVABI_BACKEND_REGBLOCK_CONSUMERS_H

#include "backend-regblock/regblock.h"
#include "common/consumer.h"

extern const PvConsumerOps regblock_firmware;
extern const PvConsumerOps regblock_ospm;

/* Where a consumer found the block, and on what. */
typedef struct RegblockPort {
        PvBus *bus;
        uint32_t base;
} RegblockPort;

/* Finds the base by the host bridge, as edk2's PEI does. PV_E_ABSENT: a chipset that never had the block. */
int regblock_find(RegblockPort *port);

int regblock_select(const RegblockPort *port, uint32_t selector);
int regblock_command(const RegblockPort *port, uint8_t command);
int regblock_control(const RegblockPort *port, uint8_t bits);
/* PV_E_MALFORMED: reserved bits are set, as where no device answers. */
int regblock_status(const RegblockPort *port, uint8_t *ret_status);
int regblock_data(const RegblockPort *port, uint32_t *ret_data);
int regblock_data2(const RegblockPort *port, uint32_t *ret_data);

/* What a status byte announces; PV_E_IDLE: nothing; PV_E_MALFORMED: bits that contradict each other. */
int regblock_event_of(uint8_t status, PvEventKind *ret_kind);

#endif
