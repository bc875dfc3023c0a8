/* SPDX-License-Identifier: MIT */
/* Seeded bugs of the register block, written from the documented facts alone, before the rules were read. */
#include "backend-regblock/regblock.h"
#include "backend-regblock/rules.h"

#define V6 "regblock:qemu-6.0"
#define V11 "regblock:qemu-11.0" /* modern from power-on: a selector's bug does not spoil the switch too */

#define BUG(id, where, sentence, ...)                                                                        \
        {.name = id, .candidate = where, .bug = sentence, .mutation = {.kind = __VA_ARGS__}}
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

const PvMutant regblock_blind_mutants[] = {
        /* ---- selector ---- */
        BUG("selector-byte-write-lost", V11, "A one-byte write does not reach the selector.",
            PV_MUTATE_WRITE_DROP, AT(SELECTOR_W), .width = 1),
        BUG("selector-byte-1-selects", V6, "A byte written at offset 1 replaces the selector.",
            PV_MUTATE_WRITE_MOVED, .offset = 1, .width = 1, BACK(1)),
        BUG("selector-of-16-bits", V6, "The selector keeps only 16 bits, so 0x10000 selects CPU 0.",
            PV_MUTATE_WRITE_AND, AT(SELECTOR_W), .operand = 0xffff),
        BUG("selector-big-endian", V11, "The selector takes a dword in big-endian order.",
            PV_MUTATE_WRITE_SWAP, AT(SELECTOR_W), .width = 4),
        BUG("selector-refused", V6, "An out-of-range selector is dropped and the previous one stays.",
            PV_MUTATE_WRITE_DROP, AT(SELECTOR_W), VALUE(0xc, 0xc)),
        BUG("selector-ones-is-cpu-0", V6, "Selector 0xffffffff selects CPU 0.",
            PV_MUTATE_WRITE_SET, AT(SELECTOR_W), VALUE(0xffffffff, 0xffffffff), .operand = 0),
        BUG("selector-last-cpu-missing", V6, "The last possible CPU counts as out of range.",
            PV_MUTATE_WRITE_SET, AT(SELECTOR_W), VALUE(0xffffffff, 11), .operand = 0xffffffff),
        BUG("selector-one-cpu-too-many", V6, "The selector one past the last CPU still reads itself back.",
            PV_MUTATE_READ_SET, AT(DATA_RW), SELECTED(12), .operand = 12),
        BUG("selector-is-apic-id", V6, "The selector of CPUs in the second socket is taken for an APIC ID.",
            PV_MUTATE_WRITE_ADD, AT(SELECTOR_W), VALUE(0xfffffff8, 0x8), BACK(2)),
        BUG("out-of-range-is-enabled", V6, "The status of an out-of-range selector reads enabled.",
            PV_MUTATE_READ_OR, AT(STATUS_R), OUT_OF_RANGE, .operand = REGBLOCK_ENABLED),
        BUG("out-of-range-data-ones", V6, "Out of range the data register reads ones, as once documented.",
            PV_MUTATE_READ_SET, AT(DATA_RW), OUT_OF_RANGE, .operand = 0xffffffff),
        BUG("out-of-range-command-taken", V6, "A command sent out of range is carried out for CPU 0.",
            PV_MUTATE_WRITE_FIRST, AT(COMMAND_W), OUT_OF_RANGE, THEN(SELECTOR_W, 0)),
        BUG("out-of-range-control-taken", V6, "A control write out of range acts on CPU 1.",
            PV_MUTATE_WRITE_FIRST, AT(CONTROL_W), OUT_OF_RANGE, THEN(SELECTOR_W, 1)),
        BUG("selector-starts-at-1", V11, "At power-on the selector is 1.",
            PV_MUTATE_CREATE_THEN, THEN(SELECTOR_W, 1)),
        BUG("command-starts-at-1", V11, "At power-on the command in force is 1 instead of 0.",
            PV_MUTATE_CREATE_THEN, THEN(COMMAND_W, 1)),

        /* ---- status ---- */
        BUG("status-reserved-bit-3", V11, "Reserved status bit 3 reads 1.",
            PV_MUTATE_READ_OR, AT(STATUS_R), .operand = 0x08),
        BUG("status-remove-hidden", V11, "The status never shows a remove event, though a scan finds it.",
            PV_MUTATE_READ_AND, AT(STATUS_R), .operand = ~(uint64_t) REGBLOCK_REMOVE),
        BUG("status-cold-plug-inserts", V6, "CPU 1, there from power-on, shows an insert event.",
            PV_MUTATE_READ_OR, AT(STATUS_R), SELECTED(1), .operand = REGBLOCK_INSERT),
        BUG("status-hot-plug-absent", V6, "A hot-plugged CPU shows its event but not that it is enabled.",
            PV_MUTATE_READ_AND, AT(STATUS_R), UPPER, .operand = ~(uint64_t) REGBLOCK_ENABLED),
        BUG("status-dword-has-command", V6, "A dword read of the status has the command in its second byte.",
            PV_MUTATE_READ_OR, AT(STATUS_R), .width = 4, UNDER(GET_CPU_ID), .operand = 0x0300),
        BUG("status-read-acks", V6, "Reading the status acknowledges the insert event it shows.",
            PV_MUTATE_READ_THEN, AT(STATUS_R), THEN(CONTROL_W, REGBLOCK_CLEAR_INSERT)),
        BUG("status-5.0-fw-remove", "regblock:qemu-5.0", "Control bit 4 sets status bit 4 already.",
            PV_MUTATE_READ_OR, AT(STATUS_R), WHILE(CONTROL_W, 0x1e, 0x10), .operand = REGBLOCK_FW_REMOVE),

        /* ---- control ---- */
        BUG("control-clears-both", V6, "Bits 1 and 2 written together clear both events.",
            PV_MUTATE_WRITE_THEN, AT(CONTROL_W), VALUE(0x6, 0x6), THEN(CONTROL_W, REGBLOCK_CLEAR_REMOVE)),
        BUG("control-remove-first", V6, "Of bits 1 and 2 written together the second wins.",
            PV_MUTATE_WRITE_AND, AT(CONTROL_W), VALUE(0x6, 0x6), .operand = 0xfd),
        BUG("control-fw-remove-first", V6, "Of bits 3 and 4 written together the second wins: no eject.",
            PV_MUTATE_WRITE_AND, AT(CONTROL_W), VALUE(0x18, 0x18), .operand = 0xf7),
        BUG("control-bit-0-acks", V6, "Control bit 0, which means nothing, clears the insert event.",
            PV_MUTATE_WRITE_SET, AT(CONTROL_W), VALUE(0xff, 0x01), .operand = REGBLOCK_CLEAR_INSERT),
        BUG("control-ack-crossed", V6, "Acknowledging an insert event clears the remove event instead.",
            PV_MUTATE_WRITE_SET, AT(CONTROL_W), ACKS_INSERT, .operand = REGBLOCK_CLEAR_REMOVE),
        BUG("control-dword-has-command", V6, "The second byte of a dword control write is a command.",
            PV_MUTATE_WRITE_THEN, AT(CONTROL_W), .width = 4, VALUE(0xff00, 0x0300), THEN(COMMAND_W, 3)),

        /* ---- eject and firmware removal ---- */
        BUG("eject-boot-cpu", V6, "The boot CPU can be ejected, as before QEMU 3.1.",
            PV_MUTATE_WRITE_EJECTS, AT(CONTROL_W), EJECTS, SELECTED(0), .operand = 0),
        BUG("eject-takes-insert", V6, "An eject clears a pending insert event.",
            PV_MUTATE_WRITE_THEN, AT(CONTROL_W), EJECTS, THEN(CONTROL_W, REGBLOCK_CLEAR_INSERT)),
        BUG("eject-takes-remove", V6, "An eject clears a pending remove event.",
            PV_MUTATE_WRITE_THEN, AT(CONTROL_W), EJECTS, THEN(CONTROL_W, REGBLOCK_CLEAR_REMOVE)),
        BUG("eject-after-ack-refused", V6, "An eject right after the acknowledgement is refused.",
            PV_MUTATE_WRITE_DROP, AT(CONTROL_W), EJECTS, WHILE(CONTROL_W, 0x6, REGBLOCK_CLEAR_REMOVE)),
        BUG("eject-neighbour", V6, "An eject removes the CPU after the selected one.",
            PV_MUTATE_EJECTED_ADD, .operand = 1),
        BUG("eject-takes-cpu-1", V6, "Any eject, even of an absent CPU, removes CPU 1.",
            PV_MUTATE_WRITE_EJECTS, AT(CONTROL_W), EJECTS, .operand = 1),
        BUG("eject-stays-enabled", V6, "A CPU that was ejected still reads as enabled.",
            PV_MUTATE_UNPLUGGED_DROP),
        BUG("fw-remove-everywhere", V6, "Control bit 4 marks every CPU, the boot CPU and absent ones too.",
            PV_MUTATE_READ_OR, AT(STATUS_R), WHILE(CONTROL_W, 0x1e, 0x10), .operand = REGBLOCK_FW_REMOVE),
        BUG("fw-remove-cancelled", V6, "Acknowledging a remove event hides the firmware's.",
            PV_MUTATE_READ_AND, AT(STATUS_R), WHILE(CONTROL_W, 0x6, 0x4), .operand = 0xef),
        BUG("fw-remove-takes-remove", V6, "Control bit 4 clears the pending remove event.",
            PV_MUTATE_WRITE_THEN, AT(CONTROL_W), SETS_FW_REMOVE, THEN(CONTROL_W, REGBLOCK_CLEAR_REMOVE)),
        BUG("fw-remove-survives-eject", V6, "The firmware's remove event is still there after an eject.",
            PV_MUTATE_READ_OR, AT(STATUS_R), WHILE(CONTROL_W, 0xe, 0x8), .operand = REGBLOCK_FW_REMOVE),

        /* ---- commands and data ---- */
        BUG("command-unknown-is-0", V6, "An unknown command puts command 0 in force.",
            PV_MUTATE_WRITE_SET, AT(COMMAND_W), VALUE(0x4, 0x4), .operand = 0),
        BUG("command-3-dropped", V6, "Command 3 is dropped, as before QEMU 5.0.",
            PV_MUTATE_WRITE_DROP, GETS_ID),
        BUG("command-3-ends-command", "regblock:qemu-2.7", "Command 3, unknown here, ends the one in force.",
            PV_MUTATE_WRITE_SET, GETS_ID, .operand = REGBLOCK_CMD_OST_EVENT),
        BUG("command-3-frozen", V6, "After command 3 the selector cannot be moved until another command.",
            PV_MUTATE_WRITE_DROP, AT(SELECTOR_W), UNDER(GET_CPU_ID)),
        BUG("command-ends-with-select", V11, "A selector write ends the command in force.",
            PV_MUTATE_WRITE_THEN, AT(SELECTOR_W), THEN(COMMAND_W, REGBLOCK_CMD_OST_EVENT)),
        BUG("id-of-8-bits", V6, "An APIC ID is cut to 8 bits.",
            PV_MUTATE_READ_AND, AT(DATA_RW), UNDER(GET_CPU_ID), .operand = 0xff),
        BUG("id-big-endian", V6, "An APIC ID is in big-endian order, as the RFC had it on such hosts.",
            PV_MUTATE_READ_SWAP, AT(DATA_RW), .width = 4, UNDER(GET_CPU_ID)),
        BUG("id-high-half", V6, "Data 2 under command 3 is not the upper half of the APIC ID.",
            PV_MUTATE_READ_OR, AT(DATA2_R), .width = 4, UNDER(GET_CPU_ID), .operand = 1),
        BUG("data2-is-selector", V6, "Data 2 under command 0 reads the selector back.",
            PV_MUTATE_READ_MOVED, AT(DATA2_R), UNDER(NEXT_EVENT), .operand = REGBLOCK_DATA_RW),
        BUG("data-in-ost-mode", V6, "The data register does not read 0 under command 1.",
            PV_MUTATE_READ_OR, AT(DATA_RW), UNDER(OST_EVENT), .operand = 1),
        BUG("data-byte-1", V6, "A byte read one past the data register repeats its low byte.",
            PV_MUTATE_READ_MOVED, .offset = 9, .width = 1, ONCE_MODERN, BACK(1)),
        BUG("tail-reads-0", V6, "The bitmap's tail still answers after the switch, with 0.",
            PV_MUTATE_READ_AND, .offset = REGBLOCK_MODERN_LENGTH, ONCE_MODERN, .operand = 0),

        /* ---- the scan ---- */
        BUG("scan-begins-after", V6, "A scan begins with the CPU after the selected one.",
            PV_MUTATE_WRITE_AHEAD, SCANS, .operand = 1),
        BUG("scan-from-0", V11, "A scan begins with CPU 0, wherever the selector is.",
            PV_MUTATE_WRITE_FIRST, SCANS, THEN(SELECTOR_W, 0)),
        BUG("scan-no-wrap", V6, "A scan ends at the last CPU and does not go on with CPU 0.",
            PV_MUTATE_WRITE_GROWS, SCANS, .then = REGBLOCK_DATA_RW),
        BUG("scan-miss-moves", V6, "A scan that finds nothing leaves the selector on the next CPU.",
            PV_MUTATE_WRITE_UNDONE, SCANS, ENDED_ON(STATUS_R, 0x16, 0), .operand = 1),
        BUG("scan-ignores-remove", V6, "A scan does not stop at a CPU whose only event is a removal.",
            PV_MUTATE_WRITE_UNDONE, SCANS, ENDED_ON(STATUS_R, 0x16, REGBLOCK_REMOVE)),
        BUG("scan-ignores-fw-remove", V6, "A scan does not stop at a CPU whose only event is the firmware's.",
            PV_MUTATE_WRITE_UNDONE, SCANS, ENDED_ON(STATUS_R, 0x16, REGBLOCK_FW_REMOVE)),
        BUG("scan-ignores-absent", V6, "A scan does not stop at an absent CPU that still has an event.",
            PV_MUTATE_WRITE_UNDONE, SCANS, ENDED_ON(STATUS_R, REGBLOCK_ENABLED, 0)),
        BUG("scan-acks", V6, "A scan clears the insert event it found.",
            PV_MUTATE_WRITE_THEN, SCANS, THEN(CONTROL_W, REGBLOCK_CLEAR_INSERT)),

        /* ---- _OST ---- */
        BUG("ost-event-of-8-bits", V6, "The event of an _OST report is cut to 8 bits.",
            PV_MUTATE_WRITE_AND, AT(DATA_RW), UNDER(OST_EVENT), .operand = 0xff),
        BUG("ost-byte-ignored", V6, "A status written with one byte reports nothing.",
            PV_MUTATE_WRITE_DROP, AT(DATA_RW), .width = 1, UNDER(OST_STATUS)),
        BUG("ost-twice", V6, "The host hears of each _OST report twice.", PV_MUTATE_OST_TWICE),
        BUG("ost-absent-lost", V6, "An _OST report for a CPU that was absent at power-on is lost.",
            PV_MUTATE_OST_DROP, UPPER),

        /* ---- legacy mode and the switch ---- */
        BUG("legacy-starts-modern", V6, "The block powers up modern.",
            PV_MUTATE_CREATE_THEN, THEN(SELECTOR_W, 0)),
        BUG("legacy-any-byte-switches", V6, "An odd value at the base switches too.",
            PV_MUTATE_WRITE_FIRST, AT(SELECTOR_W), VALUE(1, 1), THEN(SELECTOR_W, 0)),
        BUG("legacy-byte-1-switches", V6, "A write one past the base switches and selects CPU 0.",
            PV_MUTATE_WRITE_FIRST, .offset = 1, THEN(SELECTOR_W, 0)),
        BUG("legacy-outb-ignored", V6, "A one-byte 0 at the base does not switch.",
            PV_MUTATE_WRITE_DROP, AT(SELECTOR_W), .width = 1, VALUE(0xff, 0)),
        BUG("legacy-outl-whole", V6, "A dword whose low byte alone is 0 does not switch.",
            PV_MUTATE_WRITE_OR, AT(SELECTOR_W), .width = 4, VALUE(0x1ff, 0x100), .operand = 1),
        BUG("legacy-switch-selects", V6, "The dword that switches is a selector as well.",
            PV_MUTATE_WRITE_TWICE, AT(SELECTOR_W), .width = 4, VALUE(0x1ff, 0x100)),
        BUG("legacy-dword-reads-0", V6, "The bitmap's first dword reads 0, so that it passes for modern.",
            PV_MUTATE_READ_SET, AT(DATA2_R), .width = 4, .operand = 0),
        BUG("legacy-dword-has-a-byte", "regblock:legacy", "A dword read of the bitmap holds one byte of it.",
            PV_MUTATE_READ_AND, .offset = PV_ANYWHERE, .width = 4, .operand = 0xff),
        BUG("legacy-plug-unseen", "regblock:legacy", "A plugged CPU does not show in the bitmap.",
            PV_MUTATE_PLUG_DROP),

        /* ---- reset, migration, host events ---- */
        BUG("reset-is-power-cycle", V6, "A reset puts the block back to power-on, legacy mode included.",
            PV_MUTATE_RESET_RECREATE),
        BUG("reset-rewinds", V11, "A reset moves the selector to 0.",
            PV_MUTATE_RESET_THEN, THEN(SELECTOR_W, 0)),
        BUG("reset-ends-command", V11, "A reset puts command 0 in force.",
            PV_MUTATE_RESET_THEN, THEN(COMMAND_W, REGBLOCK_CMD_NEXT_EVENT)),
        BUG("migration-is-power-on", V6, "Nothing of the block is migrated.", PV_MUTATE_LOAD_RECREATE),
        BUG("migration-ends-command", V11, "The command is not migrated.",
            PV_MUTATE_LOAD_THEN, THEN(COMMAND_W, REGBLOCK_CMD_NEXT_EVENT)),
        BUG("migration-loses-remove", V6, "The remove event of the selected CPU is not migrated.",
            PV_MUTATE_LOAD_THEN, THEN(CONTROL_W, REGBLOCK_CLEAR_REMOVE)),
        BUG("unplug-request-unseen", V6, "The host's unplug request never shows.", PV_MUTATE_UNPLUG_DROP),
};

const size_t regblock_n_blind_mutants = sizeof regblock_blind_mutants / sizeof regblock_blind_mutants[0];
