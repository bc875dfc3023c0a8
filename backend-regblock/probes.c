/* SPDX-License-Identifier: MIT */
/* Accesses whose answer no document fixes: wider than a register, unaligned, across the end, wide in legacy mode. */
#include "backend-regblock/script.h"

/* Recorded, whatever it is. */
#define READ(width, where) STEP('R', width, where, {PV_VALUE_ANY, 0})

#define PROBE(...)                                                                                            \
        .steps = (const PvStep[]){__VA_ARGS__}, .n_steps = sizeof((const PvStep[]){__VA_ARGS__}) / sizeof(PvStep)

#define PATHS .source = "QEMU memory core: split for KVM and on qtest up to 10.2; not for TCG, nor from 11.0 on"

const PvProbe regblock_probes[] = {
        {.id = "REG-PRB-001",
         .what = "Word and dword read at the status register, command 3 in force.",
         .source = "QEMU hw/acpi/cpu.c: the offset alone is decoded", .needs = REGBLOCK_MODERN,
         PROBE(MODERN, COMMAND(3), READ(2, 4), READ(4, 4))},
        {.id = "REG-PRB-002",
         .what = "Dword read at the command register: unaligned, into the data register.",
         PATHS, .needs = REGBLOCK_MODERN, PROBE(MODERN, COMMAND(0), SELECT(1), READ(4, 5))},
        {.id = "REG-PRB-003",
         .what = "Dword read at the reserved bytes: unaligned, into the data register.",
         PATHS, .needs = REGBLOCK_MODERN, PROBE(MODERN, COMMAND(0), SELECT(1), READ(4, 6))},
        {.id = "REG-PRB-004",
         .what = "Unaligned reads that begin in the selector and end in the status register.",
         PATHS, .needs = REGBLOCK_MODERN, PROBE(MODERN, READ(4, 1), READ(2, 3))},
        {.id = "REG-PRB-005",
         .what = "Dword reads across the end of the block.", PATHS,
         .needs = REGBLOCK_MODERN,
         PROBE(MODERN, COMMAND(0), SELECT(1), READ(4, 9), READ(4, 10))},
        {.id = "REG-PRB-006",
         .what = "Dword written at the control register: whether its second byte is a command.",
         .source = "QEMU hw/acpi/cpu.c: the offset alone is decoded", .needs = REGBLOCK_MODERN,
         PROBE(MODERN, COMMAND(0), SELECT(7), W4(REGBLOCK_CONTROL_W, 0x0100), READ(4, 8))},
        {.id = "REG-PRB-007",
         .what = "Word written at the command register: unaligned; whether its low byte is a command.",
         PATHS, .needs = REGBLOCK_MODERN,
         PROBE(MODERN, COMMAND(0), SELECT(7), W2(REGBLOCK_COMMAND_W, 0x0001), READ(4, 8))},
        {.id = "REG-PRB-008",
         .what = "Dword written at offset 1: unaligned; whether its top byte reaches control.",
         PATHS, .needs = REGBLOCK_MODERN,
         PROBE(MODERN, PLUG(5), SELECT(5), W4(1, 0x02000000), READ(1, REGBLOCK_STATUS_R))},
        {.id = "REG-PRB-009",
         .what = "Word and dword read of the bitmap.",
         .source = "QEMU hw/acpi/cpu_hotplug.c: bytes; 2.7 to 5.0 under TCG gave one byte, 5.1 to 7.2.0 none",
         .fresh = true, .needs = REGBLOCK_STARTS_LEGACY, .cell = &(const PvCell){.plugged = "11"},
         PROBE(READ(2, 0), READ(4, 0), READ(4, 4))},
        {.id = "REG-PRB-010",
         .what = "Dword with a low byte of 0 written to the bitmap: whether it switches, and selects.",
         .source = "QEMU hw/acpi/cpu_hotplug.c: 2.7 to 5.0 under TCG compared the whole dword",
         .fresh = true, .needs = REGBLOCK_STARTS_LEGACY | REGBLOCK_MODERN,
         PROBE(W4(0, 0x100), READ(1, 0), READ(1, REGBLOCK_STATUS_R))},
        {.id = "REG-PRB-011",
         .what = "Word of 0 written to the bitmap: whether it switches.",
         .source = "QEMU hw/acpi/cpu_hotplug.c",
         .fresh = true, .needs = REGBLOCK_STARTS_LEGACY | REGBLOCK_MODERN,
         PROBE(W2(0, 0), READ(1, 0))},
        {.id = "REG-PRB-012",
         .what = "Word of 0 written at offset 1 of the bitmap: unaligned; whether it switches.",
         PATHS, .fresh = true, .needs = REGBLOCK_STARTS_LEGACY | REGBLOCK_MODERN,
         PROBE(W2(1, 0), READ(1, 0))},
};

const size_t regblock_n_probes = sizeof regblock_probes / sizeof regblock_probes[0];
