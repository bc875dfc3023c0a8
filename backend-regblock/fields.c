/* SPDX-License-Identifier: MIT */
/* What a byte of the register block is, by the command that is latched and what was written last. */
#include "backend-regblock/fields.h"

#include "backend-regblock/regblock.h"

#define REGISTER(where, width) .place = PV_FIELD_REGISTER, .offset = where, .length = width
#define OF_COMMAND(n)                                                                                        \
        .latched = true, .latch_offset = REGBLOCK_COMMAND_W, .latch_mask = 0xff, .latch_match = n
#define OF_EACH .indexed = true, .index_offset = REGBLOCK_SELECTOR_W

/* The scan of command 0 selects the CPU that it finds; a selector that is written afterwards is read back. */
const PvField regblock_fields[] = {
        {REGBLOCK_FIELD_SCAN, "says whose event it is", REGISTER(REGBLOCK_DATA_RW, 4),
         OF_COMMAND(REGBLOCK_CMD_NEXT_EVENT), .fresh = true, .moves = true,
         .index_offset = REGBLOCK_SELECTOR_W},
        {REGBLOCK_FIELD_READBACK, "counts the CPUs that can be, and ends the walk",
         REGISTER(REGBLOCK_DATA_RW, 4), OF_COMMAND(REGBLOCK_CMD_NEXT_EVENT), OF_EACH},
        {REGBLOCK_FIELD_ID, "names a CPU", REGISTER(REGBLOCK_DATA_RW, 4),
         OF_COMMAND(REGBLOCK_CMD_GET_CPU_ID), OF_EACH},
        {REGBLOCK_FIELD_ID_HIGH, "names a CPU", REGISTER(REGBLOCK_DATA2_R, 4),
         OF_COMMAND(REGBLOCK_CMD_GET_CPU_ID), OF_EACH},
        {REGBLOCK_FIELD_MARK, "tells a block with commands from an older one, or from none",
         REGISTER(REGBLOCK_DATA2_R, 4)},
        {REGBLOCK_FIELD_STATUS, "says who is present, which event is pending, and that it no longer is",
         REGISTER(REGBLOCK_STATUS_R, 1), OF_EACH},
};

const size_t regblock_n_fields = sizeof regblock_fields / sizeof regblock_fields[0];
