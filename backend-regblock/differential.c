/* SPDX-License-Identifier: MIT */
/* Random accesses to the register block: what tells them apart, and how each comes about. */
#include "backend-regblock/differential.h"

#include "backend-regblock/differential-steps.h"
#include "backend-regblock/regblock.h"

#define N(array) (sizeof(array) / sizeof(array)[0])
#define BITS(first, last) ((UINT64_C(2) << (last)) - (UINT64_C(1) << (first)))

/* ---- the axes ---- */

/* Direction and width. */
static const char *const accesses[] = {"R1", "R2", "R4", "W1", "W2", "W4", NULL};

static const char *const legacy_offsets[] = {
        "0x00", "0x01", "0x02", "0x03", "0x04", "0x05", "0x06", "0x07", "0x08", "0x09", "0x0a",
        "0x0b", "0x0c", "0x0d", "0x0e", "0x0f", "0x10", "0x11", "0x12", "0x13", "0x14", "0x15",
        "0x16", "0x17", "0x18", "0x19", "0x1a", "0x1b", "0x1c", "0x1d", "0x1e", "0x1f", NULL};
static const char *const modern_offsets[] = {"0x0", "0x1", "0x2", "0x3", "0x4", "0x5", "0x6",
                                             "0x7", "0x8", "0x9", "0xa", "0xb", NULL};
#define TAIL_OFFSETS (legacy_offsets + REGBLOCK_MODERN_LENGTH)

/* Of an axis of offsets that begins at a multiple of 4. */
#define ODD UINT64_C(0xaaaaaaaa)
#define NO_DWORD UINT64_C(0xeeeeeeee)
#define UNALIGNED "unaligned: unspecified"
#define UNALIGNED_WORD .at = {1 << R2 | 1 << W2, ODD}, .reason = UNALIGNED
#define UNALIGNED_DWORD .at = {1 << R4 | 1 << W4, NO_DWORD}, .reason = UNALIGNED

/* What the bitmap is written: only a 0 in the byte at offset 0 matters. */
enum { NOTHING, LOW_ZERO, LOW_ELSE };
static const char *const written[] = {"-", "0 in the low byte", "another low byte", NULL};

static const char *const commands[] = {"next-event", "ost-event", "ost-status", "get-cpu-id", NULL};
#define GET_CPU_ID_BIT (1u << REGBLOCK_CMD_GET_CPU_ID)

static const char *const cpu_states[] = {
        "selector out of range", "boot CPU", "absent", "absent, insert", "absent, remove",
        "absent, insert+remove", "present", "present, insert", "present, remove", "present, insert+remove",
        "present, fw_remove", "present, insert+fw_remove", "present, remove+fw_remove",
        "present, insert+remove+fw_remove", NULL};
#define IN_RANGE BITS(BOOT, N_CPU_STATES - 1)
#define FW_STATES BITS(PRESENT + FW_REMOVE, N_CPU_STATES - 1)

static const char *const control_bits[] = {
        "none",  "b1",    "b2",       "b1+b2", "b3",       "b1+b3",    "b2+b3",       "b1+b2+b3", "b4",
        "b1+b4", "b2+b4", "b1+b2+b4", "b3+b4", "b1+b3+b4", "b2+b3+b4", "b1+b2+b3+b4", NULL};
#define EJECTING (1u << 4 | 1u << 12) /* b3, b3+b4 */

#define UNKNOWN_COMMAND 4
static const char *const command_writes[] = {"0", "1", "2", "3", "unknown", NULL};

/* Seen from the selector. */
static const char *const event_places[] = {"here", "further on", "before", "nowhere", NULL};

enum { VALID, JUST_BEYOND, BEYOND, VALID_BYTE };
static const char *const selector_writes[] = {"in range", "max_cpus", "beyond", "beyond, in range as a byte",
                                              NULL};
static const char *const ranges[] = {"in range", "out of range", NULL};

static unsigned
code_of(const PvStep *step)
{
        return (step->action == 'R' ? R1 : W1) + step->width / 2u;
}

static bool
is_write(const PvStep *step, uint32_t offset)
{
        return step->action == 'W' && step->where == offset;
}

/* ---- tables: the bitmap, and what is left where it was ---- */

static bool
legacy_locate(const PvWalk *walk, const PvStep *step, uint8_t *ret_cell)
{
        if (regblock_look(walk->device).modern || step->where >= REGBLOCK_LEGACY_LENGTH)
                return false;
        ret_cell[0] = (uint8_t) code_of(step);
        ret_cell[1] = (uint8_t) step->where;
        ret_cell[2] = step->action == 'R' ? NOTHING : step->value.arg & 0xff ? LOW_ELSE : LOW_ZERO;
        return true;
}

static unsigned
legacy_reach(const PvWalk *walk, const uint8_t *cell, PvStep *ret_steps)
{
        Steps s = regblock_steps(walk, ret_steps);
        uint32_t word = regblock_any_word(&s);
        uint32_t value = cell[2] == LOW_ZERO ? word & ~0xffu : word | 1u << regblock_any_of(&s, 8);

        if (s.look.modern || (cell[2] == LOW_ZERO && cell[1] == 0 && regblock_any_of(&s, 8)))
                return 0;
        return regblock_add_access(&s, cell[0], cell[1], value);
}

static bool
tail_locate(const PvWalk *walk, const PvStep *step, uint8_t *ret_cell)
{
        if (!regblock_look(walk->device).modern || step->where < REGBLOCK_MODERN_LENGTH ||
            step->where >= REGBLOCK_LEGACY_LENGTH)
                return false;
        ret_cell[0] = (uint8_t) code_of(step);
        ret_cell[1] = (uint8_t) (step->where - REGBLOCK_MODERN_LENGTH);
        return true;
}

static unsigned
tail_reach(const PvWalk *walk, const uint8_t *cell, PvStep *ret_steps)
{
        Steps s = regblock_steps(walk, ret_steps);

        if (!s.look.modern)
                return regblock_leave_legacy(&s);
        return regblock_add_access(&s, cell[0], REGBLOCK_MODERN_LENGTH + cell[1], regblock_any_word(&s));
}

/* ---- tables: the registers ---- */

static bool
registers_locate(const PvWalk *walk, const PvStep *step, uint8_t *ret_cell)
{
        RegblockLook look = regblock_look(walk->device);

        if (!look.modern || step->where >= REGBLOCK_MODERN_LENGTH)
                return false;
        ret_cell[0] = (uint8_t) code_of(step);
        ret_cell[1] = (uint8_t) step->where;
        ret_cell[2] = look.command;
        ret_cell[3] = (uint8_t) regblock_state_of(&look, look.selector);
        return true;
}

/* What is worth writing at this offset. */
static uint64_t
any_value(const Steps *s, uint32_t offset)
{
        if (offset == REGBLOCK_SELECTOR_W)
                return regblock_any_of(s, 4) ? regblock_any_of(s, s->look.n + 2) : regblock_any_word(s);
        if (offset == REGBLOCK_COMMAND_W)
                return regblock_any_of(s, 6) ? regblock_any_of(s, 5) : regblock_any_word(s);
        return regblock_any_word(s);
}

static unsigned
registers_reach(const PvWalk *walk, const uint8_t *cell, PvStep *ret_steps)
{
        Steps s = regblock_steps(walk, ret_steps);
        uint64_t value = any_value(&s, cell[1]);

        if (!s.look.modern)
                return regblock_leave_legacy(&s);
        if (cell[0] >= W1 && cell[1] == REGBLOCK_CONTROL_W && regblock_ejects(&s.look, cell[3], value) &&
            !walk->may_eject)
                return 0;
        return regblock_prepare(&s, cell[2], cell[3]) ? regblock_add_access(&s, cell[0], cell[1], value) : 0;
}

static bool
control_locate(const PvWalk *walk, const PvStep *step, uint8_t *ret_cell)
{
        RegblockLook look = regblock_look(walk->device);

        if (!look.modern || !is_write(step, REGBLOCK_CONTROL_W))
                return false;
        ret_cell[0] = step->value.arg >> 1 & 15;
        ret_cell[1] = (uint8_t) regblock_state_of(&look, look.selector);
        return true;
}

static unsigned
control_reach(const PvWalk *walk, const uint8_t *cell, PvStep *ret_steps)
{
        Steps s = regblock_steps(walk, ret_steps);
        uint8_t value = (uint8_t) (cell[0] << 1 | (regblock_any_of(&s, 256) & 0xe1));

        if (!s.look.modern)
                return regblock_leave_legacy(&s);
        if (regblock_ejects(&s.look, cell[1], value) && !walk->may_eject)
                return 0;
        return regblock_prepare(&s, s.look.command, cell[1])
                       ? regblock_add(&s, 'W', 1, REGBLOCK_CONTROL_W, value)
                       : 0;
}

static bool
command_locate(const PvWalk *walk, const PvStep *step, uint8_t *ret_cell)
{
        RegblockLook look = regblock_look(walk->device);

        if (!look.modern || !is_write(step, REGBLOCK_COMMAND_W))
                return false;
        ret_cell[0] = step->value.arg < UNKNOWN_COMMAND ? (uint8_t) step->value.arg : UNKNOWN_COMMAND;
        ret_cell[1] = look.command;
        ret_cell[2] = (uint8_t) regblock_state_of(&look, look.selector);
        return true;
}

static unsigned
command_reach(const PvWalk *walk, const uint8_t *cell, PvStep *ret_steps)
{
        Steps s = regblock_steps(walk, ret_steps);
        uint32_t value = cell[0] < UNKNOWN_COMMAND
                                 ? cell[0]
                                 : UNKNOWN_COMMAND + regblock_any_of(&s, 256 - UNKNOWN_COMMAND);

        if (!s.look.modern)
                return regblock_leave_legacy(&s);
        return regblock_prepare(&s, cell[1], cell[2]) ? regblock_add(&s, 'W', 1, REGBLOCK_COMMAND_W, value)
                                                      : 0;
}

static bool
scan_locate(const PvWalk *walk, const PvStep *step, uint8_t *ret_cell)
{
        RegblockLook look = regblock_look(walk->device);

        if (!look.modern || !is_write(step, REGBLOCK_COMMAND_W) ||
            step->value.arg != REGBLOCK_CMD_NEXT_EVENT || look.selector >= look.n)
                return false;
        ret_cell[0] = (uint8_t) regblock_event_place(&look, look.selector);
        ret_cell[1] = (uint8_t) regblock_state_of(&look, look.selector);
        return true;
}

static unsigned
scan_reach(const PvWalk *walk, const uint8_t *cell, PvStep *ret_steps)
{
        Steps s = regblock_steps(walk, ret_steps);
        uint32_t first = regblock_any_of(&s, s.look.n);

        if (!s.look.modern)
                return regblock_leave_legacy(&s);
        for (uint32_t i = 0; i < s.look.n; i++) {
                uint32_t selector = (first + i) % s.look.n;

                if (regblock_event_place(&s.look, selector) != cell[0] ||
                    regblock_state_of(&s.look, selector) != cell[1])
                        continue;
                regblock_add(&s, 'W', 4, REGBLOCK_SELECTOR_W, selector);
                regblock_add(&s, 'W', 1, REGBLOCK_COMMAND_W, REGBLOCK_CMD_NEXT_EVENT);
                return regblock_add(&s, 'R', 4, REGBLOCK_DATA_RW, 0);
        }
        return 0;
}

static bool
selector_locate(const PvWalk *walk, const PvStep *step, uint8_t *ret_cell)
{
        RegblockLook look = regblock_look(walk->device);
        uint64_t value = step->value.arg;

        if (!look.modern || !is_write(step, REGBLOCK_SELECTOR_W))
                return false;
        ret_cell[0] = (uint8_t) code_of(step);
        ret_cell[1] = value < look.n             ? VALID
                      : value == look.n          ? JUST_BEYOND
                      : (value & 0xff) >= look.n ? BEYOND
                                                 : VALID_BYTE;
        ret_cell[2] = look.selector >= look.n;
        return true;
}

static unsigned
selector_reach(const PvWalk *walk, const uint8_t *cell, PvStep *ret_steps)
{
        Steps s = regblock_steps(walk, ret_steps);
        uint32_t n = s.look.n, high = 1u + regblock_any_of(&s, 255);
        const uint32_t value[] = {
                [VALID] = regblock_any_of(&s, n),
                [JUST_BEYOND] = n,
                [BEYOND] = n + 1 + regblock_any_of(&s, 255 - n),
                [VALID_BYTE] = (cell[0] == W4 ? regblock_any_word(&s) << 16 : 0) | high << 8 |
                               regblock_any_of(&s, n),
        };

        if (!s.look.modern)
                return regblock_leave_legacy(&s);
        if (n >= 255)
                return 0;
        if (cell[2] != (s.look.selector >= n))
                regblock_add(&s, 'W', 4, REGBLOCK_SELECTOR_W,
                             cell[2] ? regblock_any_selector_out_of_range(&s) : regblock_any_of(&s, n));
        return regblock_add_access(&s, cell[0], REGBLOCK_SELECTOR_W, value[cell[1]]);
}

/* ---- all of them ---- */

#define NO_BITMAP .lacks = REGBLOCK_STARTS_LEGACY, .reason = "this revision has no bitmap"
#define NO_REGISTERS .lacks = REGBLOCK_MODERN, .reason = "this revision has only the bitmap"
#define NO_COMMAND_3 .lacks = REGBLOCK_GET_CPU_ID, .reason = "this revision has no command 3"
#define NO_FW_REMOVE .lacks = REGBLOCK_FW_REMOVE_BIT, .reason = "this revision has no firmware removal"

/* A CPU that went and left an event behind: with one eject there is one, until a write clears its event. */
#define STALE BITS(ABSENT + INSERT, ABSENT + INSERT + REMOVE)
#define ONE_EJECT .one_eject = true, .reason = "the machine does not live through enough ejects"

static const PvUnreachable legacy_unreachable[] = {
        {UNALIGNED_WORD},
        {UNALIGNED_DWORD},
        {NO_BITMAP},
        {.at = {BITS(R1, R4), 0, BITS(LOW_ZERO, LOW_ELSE)}, .reason = "a read writes nothing"},
        {.at = {BITS(W1, W4), 0, 1 << NOTHING}, .reason = "a write writes something"},
};
static const PvUnreachable tail_unreachable[] = {{UNALIGNED_WORD}, {UNALIGNED_DWORD}, {NO_REGISTERS}};
static const PvUnreachable registers_unreachable[] = {
        {UNALIGNED_WORD},
        {UNALIGNED_DWORD},
        {NO_REGISTERS},
        {.at = {0, 0, GET_CPU_ID_BIT}, NO_COMMAND_3},
        {.at = {0, 0, 0, FW_STATES}, NO_FW_REMOVE},
        {.at = {0, 0, 0, STALE}, ONE_EJECT},
};
static const PvUnreachable control_unreachable[] = {
        {NO_REGISTERS},
        {.at = {0, FW_STATES}, NO_FW_REMOVE},
        {.at = {0, STALE}, ONE_EJECT},
        {.at = {EJECTING, BITS(PRESENT, N_CPU_STATES - 1)}, ONE_EJECT},
};
static const PvUnreachable command_unreachable[] = {
        {NO_REGISTERS},
        {.at = {0, GET_CPU_ID_BIT, 0}, NO_COMMAND_3},
        {.at = {0, 0, FW_STATES}, NO_FW_REMOVE},
        {.at = {0, 0, STALE}, ONE_EJECT},
};
#define EVENTLESS (1u << BOOT | 1u << ABSENT | 1u << PRESENT)
static const PvUnreachable scan_unreachable[] = {
        {NO_REGISTERS},
        {.at = {0, FW_STATES}, NO_FW_REMOVE},
        {.at = {0, STALE}, ONE_EJECT},
        {.at = {0, 1 << OUT_OF_RANGE}, .reason = "out of range, nothing is scanned"},
        {.at = {1 << HERE, EVENTLESS}, .reason = "this CPU has no event"},
        {.at = {BITS(FURTHER_ON, NOWHERE), IN_RANGE & ~(uint64_t) EVENTLESS},
         .reason = "this CPU has an event"},
        {.at = {1 << BEFORE, 1 << BOOT}, .reason = "no CPU is before the boot CPU"},
};
static const PvUnreachable selector_unreachable[] = {
        {NO_REGISTERS},
        {.at = {BITS(R1, R4)}, .reason = "data 2 is read here, not the selector"},
        {.at = {1 << W1, 1 << VALID_BYTE}, .reason = "a byte cannot be"},
};
#define UNREACHABLE(rows) rows, N(rows)

static const PvCoverage tables[] = {
        {"bitmap", {{"access", accesses}, {"offset", legacy_offsets}, {"written", written}},
         UNREACHABLE(legacy_unreachable), legacy_locate, legacy_reach},
        {"registers", {{"access", accesses}, {"offset", modern_offsets}, {"latched command", commands},
                       {"selected CPU", cpu_states}},
         UNREACHABLE(registers_unreachable), registers_locate, registers_reach},
        {"selector writes", {{"access", accesses}, {"value", selector_writes}, {"selector before", ranges}},
         UNREACHABLE(selector_unreachable), selector_locate, selector_reach},
        {"control writes", {{"bits", control_bits}, {"selected CPU", cpu_states}},
         UNREACHABLE(control_unreachable), control_locate, control_reach},
        {"command writes", {{"written", command_writes}, {"latched command", commands},
                            {"selected CPU", cpu_states}},
         UNREACHABLE(command_unreachable), command_locate, command_reach},
        {"scans for an event", {{"next event", event_places}, {"selected CPU", cpu_states}},
         UNREACHABLE(scan_unreachable), scan_locate, scan_reach},
        {"behind the registers", {{"access", accesses}, {"offset", TAIL_OFFSETS}},
         UNREACHABLE(tail_unreachable), tail_locate, tail_reach},
};
const PvCoverage *const regblock_differential[] = {&tables[0], &tables[1], &tables[2], &tables[3],
                                                   &tables[4], &tables[5], &tables[6]};
const size_t regblock_n_differential = N(regblock_differential);
_Static_assert(N(regblock_differential) == N(tables), "every table is there");
