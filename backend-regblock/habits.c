/* SPDX-License-Identifier: MIT */
/*
 * Firmware with one habit each: a check that is left out, or that a release build does not have. Ours, for
 * contrast; none is another project's code. Freestanding.
 */
#include "backend-regblock/firmware.h"

#define HABIT(id, word, check, what)                                                                \
        static int id##_init(void *state, PvBus *bus, const char *assumed)                          \
        {                                                                                           \
                ((RegblockFirmware *) state)->unchecked = check;                                    \
                return regblock_firmware_init(state, bus, assumed);                                 \
        }                                                                                           \
                                                                                                    \
        static const PvConsumerOps id = {                                                           \
                .name = word,                                                                       \
                .role = PV_ROLE_FIRMWARE,                                                           \
                .summary = what "; ours, for contrast: a habit, not a project's code",              \
                .facets = PV_FACETS_BOOT | PV_FACETS_EVENT,                                         \
                .needs = PV_BUS_PIO,                                                                \
                .state_size = sizeof(RegblockFirmware),                                             \
                .init = id##_init,                                                                  \
                .detect = regblock_firmware_detect,                                                 \
                .enumerate = regblock_firmware_enumerate,                                           \
                .poll = regblock_firmware_poll,                                                     \
                .ack = regblock_firmware_ack,                                                       \
                .eject = regblock_firmware_eject,                                                   \
        }

HABIT(unbounded_walk, "unbounded-walk", REGBLOCK_CHECK_CAP, "counts CPUs until one does not answer");
HABIT(asserted_readback, "asserted-readback", REGBLOCK_CHECK_READBACK,
      "asserts that a selector reads back, in debug builds");
HABIT(unchecked_id, "unchecked-id", REGBLOCK_CHECK_ID, "believes any APIC ID");
HABIT(unchecked_selector, "unchecked-selector", REGBLOCK_CHECK_SELECTOR, "believes any CPU to have an event");

const PvConsumerOps *const regblock_contrast[] = {
        &unbounded_walk,
        &asserted_readback,
        &unchecked_id,
        &unchecked_selector,
};

const size_t regblock_n_contrast = sizeof regblock_contrast / sizeof regblock_contrast[0];
