/* SPDX-License-Identifier: MIT */
/* Words in which the register block's seeded bugs are written; see PvMutation. */
#ifndef PVABI_BACKEND_REGBLOCK_MUTANTS_H
#define PVABI_BACKEND_REGBLOCK_MUTANTS_H

#include "backend-regblock/regblock.h"
#include "backend-regblock/rules.h"

#define V6 "regblock:qemu-6.0"
#define V11 "regblock:qemu-11.0" /* modern from power-on: a selector's bug does not spoil the switch too */

#define BUG(id, killer, where, sentence, ...)                                                                \
        {.name = id, .kills = "REG-" killer, .candidate = where, .bug = sentence, .mutation = {.kind = __VA_ARGS__}}
#define AT(register) .offset = REGBLOCK_##register
#define VALUE(bits, value) .mask = bits, .match = value
#define THEN(register, value) .then = REGBLOCK_##register, .operand = value
#define BACK(n) .operand = (uint64_t) -(n)

/* While the last write at a register was such a one. */
#define WHILE(register, bits, value)                                                                         \
        .latched = true, .latch_offset = REGBLOCK_##register, .latch_mask = bits, .latch_match = value
#define UNDER(command) WHILE(COMMAND_W, 0xff, REGBLOCK_CMD_##command)
#define SELECTED(n) WHILE(SELECTOR_W, 0xffffffff, n)
#define OUT_OF_RANGE WHILE(SELECTOR_W, 0xc, 0xc) /* of twelve CPUs: 12 to 15, and all ones */
#define UPPER WHILE(SELECTOR_W, 0x2, 0x2)        /* absent at power-on: 2, 3, 6, 7, 10, 11 */
#define ONCE_MODERN WHILE(COMMAND_W, 0, 0)       /* some command was written */

/* Values of control and command that mean just this. */
#define ACKS_INSERT VALUE(0x06, REGBLOCK_CLEAR_INSERT)
#define ACKS_REMOVE VALUE(0x06, REGBLOCK_CLEAR_REMOVE)
#define EJECTS VALUE(0x0e, REGBLOCK_EJECT)
#define SETS_FW_REMOVE VALUE(0x1e, REGBLOCK_SET_FW_REMOVE)
#define SCANS AT(COMMAND_W), VALUE(0xff, REGBLOCK_CMD_NEXT_EVENT)
#define GETS_ID AT(COMMAND_W), VALUE(0xff, REGBLOCK_CMD_GET_CPU_ID)

/* What a scan ended on, by a register's bits. */
#define ENDED_ON(register, bits, value) .then = REGBLOCK_##register, .latch_mask = bits, .latch_match = value

#endif
