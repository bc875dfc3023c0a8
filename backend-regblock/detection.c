/* SPDX-License-Identifier: MIT */
/*
 * How firmware tells a modern block from a legacy one, generation by generation. Each is a sequence, as data,
 * and a consumer that detects by it and then walks as `firmware` does. Freestanding.
 */
#include "backend-regblock/firmware.h"

#define SELECT_0 {REGBLOCK_SELECTOR_W, 4, 0}
#define COMMAND(n) {REGBLOCK_COMMAND_W, 1, n}

/* The last command that was sent; else none is known to be latched. */
static bool
leaves_counting(const RegblockSequence *s)
{
        const RegblockWrite *last = &s->writes[s->n_writes - 1];

        return last->where == REGBLOCK_COMMAND_W && last->value == REGBLOCK_CMD_NEXT_EVENT;
}

int
regblock_detect(RegblockFirmware *f, const RegblockSequence *s)
{
        uint32_t ones = s->read_width == 4 ? 0xffffffffu : 0xffu, answer;
        int r = regblock_find(&f->port);

        for (unsigned i = 0; !r && i < s->n_writes; i++)
                r = pv_bus_out(f->port.bus, f->port.base + s->writes[i].where, s->writes[i].width,
                               s->writes[i].value);
        if (!r)
                r = pv_bus_in(f->port.bus, f->port.base + REGBLOCK_DATA2_R, s->read_width, &answer);
        if (r)
                return r;
        if (answer == ones)
                return PV_E_ABSENT;
        f->counting = answer == 0 && leaves_counting(s);
        return answer == 0 ? 0 : PV_E_UNSUPPORTED;
}

#define GENERATION(id, word, what, width, ...)                                                                \
        static int id##_detect(void *state)                                                                   \
        {                                                                                                     \
                static const RegblockWrite writes[] = {__VA_ARGS__};                                          \
                static const RegblockSequence sequence = {writes, sizeof writes / sizeof writes[0], width};   \
                                                                                                              \
                return regblock_detect(state, &sequence);                                                     \
        }                                                                                                     \
                                                                                                              \
        const PvConsumerOps regblock_##id = {                                                                 \
                .name = word,                                                                                 \
                .role = PV_ROLE_FIRMWARE,                                                                     \
                .summary = what,                                                                              \
                .facets = PV_FACETS_BOOT,                                                                     \
                .needs = PV_BUS_PIO,                                                                          \
                .state_size = sizeof(RegblockFirmware),                                                       \
                .init = regblock_firmware_init,                                                               \
                .detect = id##_detect,                                                                        \
                .enumerate = regblock_firmware_enumerate,                                                     \
        }

/* As documented from QEMU 5.0 to 10.2, and as edk2 does. The first select may be eaten by the switch. */
GENERATION(doc_5_0, "doc-5.0", "detects as documented from QEMU 5.0 on: two selects, command 0, data 2", 4,
           SELECT_0, SELECT_0, COMMAND(0));

/* QEMU 11.0: the block starts in modern mode, and there is nothing to eat. */
GENERATION(doc_11_0, "doc-11.0", "detects as documented from QEMU 11.0 on: one select, command 0, data 2", 4,
           SELECT_0, COMMAND(0));

/* Message-Ids 1575479147-6641-*: before data 2 was given a meaning under command 0. */
GENERATION(cmd3_v1, "cmd3-v1", "detects as first posted in December 2019: two selects, command 3, data 2", 4,
           SELECT_0, SELECT_0, COMMAND(3));

/* The alternative that the thread did not take: bit 0 of the bitmap is the boot CPU's, so one byte will do. */
GENERATION(byte_read, "byte-read", "detects as doc-5.0 with a one-byte read: proposed in the thread, not taken", 1,
           SELECT_0, SELECT_0, COMMAND(0));
