/* SPDX-License-Identifier: MIT */
/* Words of the register block's scripts; see PvStep. Offsets count from the block's base. */
#ifndef PVABI_BACKEND_REGBLOCK_SCRIPT_H
#define PVABI_BACKEND_REGBLOCK_SCRIPT_H

#include "backend-regblock/regblock.h"
#include "backend-regblock/rules.h"

#define LIT(n) {PV_VALUE_LITERAL, n}
#define MAX {PV_VALUE_MAX_CPUS, 0}
#define LAST {PV_VALUE_MAX_CPUS, (uint64_t) -1}
#define ID(selector) {PV_VALUE_APIC_ID, selector}
#define ID_LAST {PV_VALUE_APIC_ID_LIMIT, (uint64_t) -1}

#define STEP(action, width, where, ...) {action, width, where, __VA_ARGS__}
#define W4(reg, n) STEP('W', 4, reg, LIT(n))
#define W2(reg, n) STEP('W', 2, reg, LIT(n))
#define W1(reg, n) STEP('W', 1, reg, LIT(n))
#define R4(reg, n) STEP('R', 4, reg, LIT(n))
#define R2(reg, n) STEP('R', 2, reg, LIT(n))
#define R1(reg, n) STEP('R', 1, reg, LIT(n))

/* The registers, each with the width it is documented to have. Reads state what is expected. */
#define SELECT(n) W4(REGBLOCK_SELECTOR_W, n)
#define SELECT_AT(...) STEP('W', 4, REGBLOCK_SELECTOR_W, __VA_ARGS__)
#define COMMAND(n) W1(REGBLOCK_COMMAND_W, n)
#define CONTROL(n) W1(REGBLOCK_CONTROL_W, n)
#define WRITE_DATA(n) W4(REGBLOCK_DATA_RW, n)
#define STATUS(n) R1(REGBLOCK_STATUS_R, n)
#define DATA(n) R4(REGBLOCK_DATA_RW, n)
#define DATA_IS(...) STEP('R', 4, REGBLOCK_DATA_RW, __VA_ARGS__)
#define DATA2(n) R4(REGBLOCK_DATA2_R, n)

/* Host events, and questions with the answer expected. */
#define HOST(what, n) STEP('H', 0, what, LIT(n))
#define PLUG(selector) HOST(PV_HOST_PLUG, selector)
#define ASK_BACK(selector) HOST(PV_HOST_UNPLUG_REQUEST, selector)
#define NOT_ASKED_BACK(selector) HOST(PV_HOST_UNPLUG_REFUSED, selector)
#define RESET HOST(PV_HOST_RESET, 0)
#define MIGRATE HOST(PV_HOST_SAVE_LOAD, 0)
#define EJECTED(n) HOST(PV_HOST_EJECTED, n)
#define N_OST(n) HOST(PV_HOST_N_OST, n)
#define OST(selector, event, status)                                                                          \
        HOST(PV_HOST_OST_SELECTOR, selector), HOST(PV_HOST_OST_EVENT, event), HOST(PV_HOST_OST_STATUS, status)

/* Out of legacy mode, on every revision: a byte is taken where a dword may be refused. Selects CPU 0. */
#define MODERN W1(REGBLOCK_SELECTOR_W, 0), SELECT(0)

/* What a requirement rests on: each is followed by a string, the paragraph. */
#define DOCUMENT .basis = PV_BASIS_DOCUMENTED, .source = "acpi_cpu_hotplug.rst, "
#define CODE .basis = PV_BASIS_IMPLEMENTATION, .source = "QEMU hw/acpi/cpu.c, "
#define LEGACY_CODE .basis = PV_BASIS_IMPLEMENTATION, .source = "QEMU hw/acpi/cpu_hotplug.c, "

#define CELLS(...)                                                                                            \
        .cells = (const PvCell[]){__VA_ARGS__}, .n_cells = sizeof((const PvCell[]){__VA_ARGS__}) / sizeof(PvCell)

/* The default topology with a CPU to let go of: selector 10, APIC ID 12, cold-plugged. */
#define WITH_CPU_10 CELLS({.plugged = "10"})

#endif
