/* SPDX-License-Identifier: MIT */
/* Steps towards a cell: a CPU in the state that is wanted, the command that is to be latched, the selector.
 */
#include "backend-regblock/differential-steps.h"

#include "backend-regblock/regblock.h"

#define N(array) (sizeof(array) / sizeof(array)[0])

/* ---- looking ---- */

unsigned
regblock_state_of(const RegblockLook *look, uint32_t selector)
{
        uint8_t flags = selector < look->n ? look->flags[selector] : 0;
        unsigned events = (flags & REGBLOCK_INSERT ? INSERT : 0) | (flags & REGBLOCK_REMOVE ? REMOVE : 0) |
                          (flags & REGBLOCK_FW_REMOVE ? FW_REMOVE : 0);

        if (selector >= look->n)
                return OUT_OF_RANGE;
        if (selector == 0 && flags == REGBLOCK_ENABLED)
                return BOOT;
        return flags & REGBLOCK_ENABLED ? PRESENT + events : ABSENT + (events & (INSERT | REMOVE));
}

static bool
has_event(unsigned state)
{
        return state > ABSENT && state != PRESENT;
}

unsigned
regblock_event_place(const RegblockLook *look, uint32_t selector)
{
        if (has_event(regblock_state_of(look, selector)))
                return HERE;
        for (uint32_t i = selector + 1; i < look->n; i++)
                if (has_event(regblock_state_of(look, i)))
                        return FURTHER_ON;
        for (uint32_t i = 0; i < selector; i++)
                if (has_event(regblock_state_of(look, i)))
                        return BEFORE;
        return NOWHERE;
}

/* Does this write to control let go of a CPU in this state? Only its first bit counts. */
bool
regblock_ejects(const RegblockLook *look, unsigned state, uint64_t value)
{
        bool removable = state >= PRESENT || (state == BOOT && !(look->features & REGBLOCK_BSP_KEPT));

        return removable && value & REGBLOCK_EJECT &&
               !(value & (REGBLOCK_CLEAR_INSERT | REGBLOCK_CLEAR_REMOVE));
}

/* ---- steps ---- */

uint32_t
regblock_any_of(const Steps *s, uint32_t n)
{
        return pv_random(s->walk->random, n);
}

uint32_t
regblock_any_word(const Steps *s)
{
        return regblock_any_of(s, 0x10000) << 16 | regblock_any_of(s, 0x10000);
}

unsigned
regblock_add(Steps *s, char action, unsigned width, uint32_t where, uint64_t value)
{
        s->step[s->n++] =
                (PvStep){action, (uint8_t) width, where, {PV_VALUE_LITERAL, pv_by_width(value, width)}};
        return s->n;
}

unsigned
regblock_add_access(Steps *s, unsigned code, uint32_t offset, uint64_t value)
{
        return regblock_add(s, code < W1 ? 'R' : 'W', 1u << code % 3, offset, code < W1 ? 0 : value);
}

static void
add_event(Steps *s, PvHostAction action, uint32_t selector)
{
        s->step[s->n++] = (PvStep){'H', 0, action, {PV_VALUE_LITERAL, selector}};
}

/* Seldom, for there is no way back. */
unsigned
regblock_leave_legacy(Steps *s)
{
        return regblock_any_of(s, 2048)
                       ? 0
                       : regblock_add_access(s, W1 + regblock_any_of(s, 3), REGBLOCK_SELECTOR_W,
                                             regblock_any_word(s) & ~0xffu);
}

Steps
regblock_steps(const PvWalk *walk, PvStep *ret_steps)
{
        return (Steps){.walk = walk, .look = regblock_look(walk->device), .step = ret_steps};
}

uint32_t
regblock_any_selector_out_of_range(const Steps *s)
{
        uint32_t beyond[] = {s->look.n, s->look.n + regblock_any_of(s, 256), UINT32_MAX,
                             0x80000000u + regblock_any_of(s, 16)};

        return beyond[regblock_any_of(s, N(beyond))];
}

/* ---- a CPU in the state that is wanted ---- */

static void
write_control(Steps *s, uint32_t selector, uint8_t value)
{
        regblock_add(s, 'W', 4, REGBLOCK_SELECTOR_W, selector);
        regblock_add(s, 'W', 1, REGBLOCK_CONTROL_W, value);
}

static bool
eject(Steps *s, uint32_t selector, uint8_t *flags)
{
        if (!s->walk->may_eject)
                return false;
        write_control(s, selector, REGBLOCK_EJECT);
        *flags &= (uint8_t) ~(REGBLOCK_ENABLED | REGBLOCK_FW_REMOVE);
        return true;
}

/* One event or write that brings this CPU nearer to the flags that are wanted. */
static bool
step_nearer(Steps *s, uint32_t selector, uint8_t *flags, uint8_t wanted)
{
        uint8_t missing = (uint8_t) (wanted & ~*flags), extra = (uint8_t) (*flags & ~wanted);
        bool present = *flags & REGBLOCK_ENABLED;

        if (extra & (REGBLOCK_INSERT | REGBLOCK_REMOVE)) {
                uint8_t bit = extra & REGBLOCK_INSERT ? REGBLOCK_INSERT : REGBLOCK_REMOVE;

                write_control(s, selector,
                              bit); /* the event's bit in status is the one in control that clears it */
                *flags &= (uint8_t) ~bit;
        } else if (!present) {
                add_event(s, PV_HOST_PLUG, selector);
                *flags |= REGBLOCK_ENABLED | REGBLOCK_INSERT;
        } else if (missing & REGBLOCK_INSERT || extra & REGBLOCK_FW_REMOVE) {
                return eject(s, selector, flags);
        } else if (missing & REGBLOCK_REMOVE) {
                add_event(s, PV_HOST_UNPLUG_REQUEST, selector);
                *flags |= REGBLOCK_REMOVE;
        } else if (missing & REGBLOCK_FW_REMOVE) {
                write_control(s, selector, REGBLOCK_SET_FW_REMOVE);
                *flags |= REGBLOCK_FW_REMOVE;
        } else {
                return eject(s, selector, flags);
        }
        return true;
}

static uint8_t
flags_of(unsigned state)
{
        unsigned events = state >= PRESENT ? state - PRESENT : state - ABSENT;

        return (uint8_t) ((state >= PRESENT ? REGBLOCK_ENABLED : 0) |
                          (events & INSERT ? REGBLOCK_INSERT : 0) | (events & REMOVE ? REGBLOCK_REMOVE : 0) |
                          (events & FW_REMOVE ? REGBLOCK_FW_REMOVE : 0));
}

/* Makes one where there is none: seldom, for host events take their time. */
static bool
make_cpu(Steps *s, unsigned state, uint32_t *ret_selector)
{
        uint32_t selector = s->look.n > 1 ? 1 + regblock_any_of(s, s->look.n - 1) : 0;
        uint8_t flags = s->look.flags[selector], wanted = flags_of(state);

        if (state < ABSENT || !selector || regblock_any_of(s, 16))
                return false;
        for (unsigned i = 0; i < 6 && flags != wanted; i++)
                if (!step_nearer(s, selector, &flags, wanted))
                        return false;
        *ret_selector = selector;
        return flags == wanted;
}

/* Any of the CPUs in this state, or a selector that is out of range. */
static bool
find_cpu(Steps *s, unsigned state, uint32_t *ret_selector)
{
        uint32_t first = regblock_any_of(s, s->look.n);

        if (state == OUT_OF_RANGE) {
                *ret_selector = regblock_any_selector_out_of_range(s);
                return true;
        }
        for (uint32_t i = 0; i < s->look.n; i++) {
                uint32_t selector = (first + i) % s->look.n;

                if (regblock_state_of(&s->look, selector) != state)
                        continue;
                *ret_selector = selector;
                return true;
        }
        return make_cpu(s, state, ret_selector);
}

/* Command and selector; a command is heard only while the selector is in range, and command 0 may move it. */
bool
regblock_prepare(Steps *s, unsigned command, unsigned state)
{
        bool right = s->look.command == command;
        uint32_t selector;

        if (!find_cpu(s, state, &selector))
                return false;
        if (!right && s->look.selector >= s->look.n)
                regblock_add(s, 'W', 4, REGBLOCK_SELECTOR_W, regblock_any_of(s, s->look.n));
        if (!right)
                regblock_add(s, 'W', 1, REGBLOCK_COMMAND_W, command);
        if (s->n || s->look.selector != selector)
                regblock_add(s, 'W', 4, REGBLOCK_SELECTOR_W, selector);
        return true;
}
