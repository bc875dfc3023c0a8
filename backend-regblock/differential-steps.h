/* SPDX-License-Identifier: MIT */
/* How steps towards a cell of the register block's tables are put together. */
#ifndef PVABI_BACKEND_REGBLOCK_DIFFERENTIAL_STEPS_H
#define PVABI_BACKEND_REGBLOCK_DIFFERENTIAL_STEPS_H

#include "backend-regblock/device.h"
#include "common/differential.h"

/* Direction and width. */
enum { R1, R2, R4, W1, W2, W4 };

/* The selected CPU. Of an absent one, events may be left over; the boot CPU stays as it is. */
enum { OUT_OF_RANGE, BOOT, ABSENT, PRESENT = ABSENT + 4, N_CPU_STATES = PRESENT + 8 };
#define INSERT 1
#define REMOVE 2
#define FW_REMOVE 4

/* Where the next CPU with an event is, seen from the selector. */
enum { HERE, FURTHER_ON, BEFORE, NOWHERE };

/* A sequence under construction. */
typedef struct Steps {
        const PvWalk *walk;
        RegblockLook look;
        PvStep *step;
        unsigned n;
} Steps;

/* What a CPU's flags make it; where the next event is. */
unsigned regblock_state_of(const RegblockLook *look, uint32_t selector);
unsigned regblock_event_place(const RegblockLook *look, uint32_t selector);
/* Does this write to control let go of a CPU in this state? Only its first bit counts. */
bool regblock_ejects(const RegblockLook *look, unsigned state, uint64_t value);

Steps regblock_steps(const PvWalk *walk, PvStep *ret_steps);
uint32_t regblock_any_of(const Steps *steps, uint32_t n);
uint32_t regblock_any_word(const Steps *steps);
uint32_t regblock_any_selector_out_of_range(const Steps *steps);

/* Each returns how many steps there are now. */
unsigned regblock_add(Steps *steps, char action, unsigned width, uint32_t where, uint64_t value);
unsigned regblock_add_access(Steps *steps, unsigned code, uint32_t offset, uint64_t value);
/* Seldom, for there is no way back; else 0. */
unsigned regblock_leave_legacy(Steps *steps);

/*
 * Command and selector, so that a CPU in this state is selected. A command is heard only while the selector
 * is in range, and command 0 may move it. False: there is no such CPU, and this is not the time to make one.
 */
bool regblock_prepare(Steps *steps, unsigned command, unsigned state);

#endif
