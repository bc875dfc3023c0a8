/* SPDX-License-Identifier: MIT */
/* Lies of the register block, and what a careful consumer makes of each, written down before it was run. */
#include "backend-regblock/lies.h"

#include "backend-regblock/fields.h"
#include "backend-regblock/regblock.h"

#define LIE(kind_, ...)                                                                                      \
        {                                                                                                    \
                .kind = PV_MUTATE_##kind_, __VA_ARGS__                                                       \
        }
#define DATA .offset = REGBLOCK_DATA_RW, .width = 4
#define DATA2 .offset = REGBLOCK_DATA2_R, .width = 4
#define STATUS .offset = REGBLOCK_STATUS_R, .width = 1
#define OF_COMMAND(n)                                                                                        \
        .latched = true, .latch_offset = REGBLOCK_COMMAND_W, .latch_mask = 0xff, .latch_match = n
#define IDS OF_COMMAND(REGBLOCK_CMD_GET_CPU_ID)
#define AFTER .after_event = true

const PvLie regblock_lies[] = {
        {"A01", "every selector reads back", "VIA, 2021: loops that a device ends",
         LIE(READ_ECHO, DATA, .latch_offset = REGBLOCK_SELECTOR_W), REGBLOCK_MODERN,
         .expected = PV_E_BAD_COUNT, .event = PV_E_CONTRADICTION, .field = REGBLOCK_FIELD_READBACK},
        {"A02", "a selector reads back as the next", "VIA, 2021", LIE(READ_ADD, DATA, .operand = 1),
         REGBLOCK_MODERN, .expected = PV_E_BAD_READBACK, .event = PV_E_CONTRADICTION,
         .field = REGBLOCK_FIELD_READBACK},
        {"A03", "the CPU with an event is 0xffffffff", "an increment that wraps",
         LIE(READ_SET, DATA, AFTER, .operand = 0xffffffffu), REGBLOCK_MODERN, .expected = PV_E_BAD_SELECTOR,
         .field = REGBLOCK_FIELD_SCAN},
        {"A04", "an event that is acknowledged stays", "no progress",
         LIE(WRITE_DROP, .offset = REGBLOCK_CONTROL_W, .width = 1, AFTER), REGBLOCK_MODERN,
         .expected = PV_E_REFUSED, .field = REGBLOCK_FIELD_STATUS},
        {"A05", "the CPU with an event is the first that cannot be", "an index out of bounds",
         LIE(READ_SET, DATA, AFTER, .operand = 12), REGBLOCK_MODERN, .expected = PV_E_BAD_SELECTOR,
         .field = REGBLOCK_FIELD_SCAN},
        {"A06", "two CPUs have one APIC ID", "a CPU started twice", LIE(READ_OR, DATA, IDS, .operand = 1),
         REGBLOCK_GET_CPU_ID, .expected = PV_E_ID_TWICE, .field = REGBLOCK_FIELD_ID},
        {"A07", "an APIC ID is the broadcast", "INIT and SIPI to everybody",
         LIE(READ_OR, DATA, IDS, .operand = 0xffffffffu), REGBLOCK_GET_CPU_ID, .expected = PV_E_BAD_ID,
         .field = REGBLOCK_FIELD_ID},
        {"A08", "an APIC ID differs from that of boot", "double fetch at the device",
         LIE(READ_ADD, DATA, IDS, AFTER, .operand = 16), REGBLOCK_GET_CPU_ID, .expected = PV_E_CONTRADICTION,
         .field = REGBLOCK_FIELD_ID},
        {"A09a", "a CPU was inserted and is not there", "status bits that contradict each other",
         LIE(READ_AND, STATUS, AFTER, .operand = ~(uint64_t) REGBLOCK_ENABLED), REGBLOCK_MODERN,
         .expected = PV_E_BAD_STATUS, .field = REGBLOCK_FIELD_STATUS},
        {"A09b", "a CPU was inserted and is to be removed by firmware",
         "status bits that contradict each other",
         LIE(READ_OR, STATUS, AFTER, .operand = REGBLOCK_INSERT | REGBLOCK_FW_REMOVE), REGBLOCK_MODERN,
         .expected = PV_E_BAD_STATUS, .field = REGBLOCK_FIELD_STATUS},
        {"A11", "every CPU has an event, again and again", "a storm that nobody leaves",
         LIE(READ_OR, STATUS, AFTER, .operand = REGBLOCK_INSERT), REGBLOCK_MODERN, .expected = PV_E_REFUSED,
         .field = REGBLOCK_FIELD_STATUS},
        {"A12", "no CPU is present", "QEMU 5.1, mended by dab30fbef389",
         LIE(READ_AND, STATUS, .operand = ~(uint64_t) REGBLOCK_ENABLED), REGBLOCK_MODERN,
         .expected = PV_E_ABSENT, .event = PV_E_BAD_STATUS, .field = REGBLOCK_FIELD_STATUS},
        {"A13a", "the block reads as ones", "an unmapped port",
         LIE(READ_OR, .offset = PV_ANYWHERE, .operand = UINT64_MAX), REGBLOCK_MODERN,
         .expected = PV_E_ABSENT, .field = REGBLOCK_FIELD_MARK},
        {"A13b", "the block reads as zeros", "an unmapped port",
         LIE(READ_AND, .offset = PV_ANYWHERE, .operand = 0), REGBLOCK_MODERN, .expected = PV_E_ABSENT,
         .event = PV_E_IDLE, .field = REGBLOCK_FIELD_STATUS},
        {"A14", "a bitmap of legacy mode, once an event has come",
         "a mode that flips; no byte of it is where an event is",
         LIE(READ_AND, .offset = PV_ANYWHERE, AFTER, .operand = 0), REGBLOCK_MODERN, .expected = PV_OK,
         .field = REGBLOCK_FIELD_STATUS},
        {"A15", "the boot CPU is to be let go of", "a host that takes the CPU on which everything runs",
         LIE(UNPLUG_ADD, .operand = (uint64_t) -10), REGBLOCK_MODERN, .expected = PV_E_BOOT_CPU,
         .field = REGBLOCK_FIELD_SCAN},
        {"A16", "the upper half of an APIC ID is not 0", "more than 32 bits",
         LIE(READ_OR, DATA2, IDS, .operand = 1), REGBLOCK_GET_CPU_ID, .expected = PV_E_BAD_ID,
         .field = REGBLOCK_FIELD_ID_HIGH},
};

const size_t regblock_n_lies = sizeof regblock_lies / sizeof regblock_lies[0];
