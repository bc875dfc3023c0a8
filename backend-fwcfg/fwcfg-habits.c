/* SPDX-License-Identifier: MIT */
/*
 * Consumers with one habit each: a check that is left out, or that a release build does not have. Ours, for
 * contrast; none is another project's code. Freestanding.
 */
#include "backend-fwcfg/fwcfg-consumer.h"

#define HABIT(id, word, transport, bus_caps, check, what)                                           \
        static int id##_init(void *state, PvBus *bus, const char *assumed)                          \
        {                                                                                           \
                ((FwcfgConsumer *) state)->unchecked = check;                                       \
                return fwcfg_init(state, bus, assumed, &fwcfg_transport_##transport);               \
        }                                                                                           \
                                                                                                    \
        static const PvConsumerOps id = {                                                           \
                .name = word,                                                                       \
                .role = PV_ROLE_FIRMWARE,                                                           \
                .summary = what "; ours, for contrast: a habit, not a project's code",              \
                .facets = PV_FACETS_BOOT,                                                           \
                .needs = bus_caps,                                                                  \
                .state_size = sizeof(FwcfgConsumer),                                                \
                .init = id##_init,                                                                  \
                .detect = fwcfg_detect,                                                             \
                .enumerate = fwcfg_enumerate,                                                       \
        }
#define BY_PORT(id, word, check, what) HABIT(id, word, port, PV_BUS_PIO, check, "by port, " what)
#define BY_DMA(id, word, check, what) HABIT(id, word, dma, PV_BUS_PIO | PV_BUS_GPA, check, "by DMA, " what)

BY_DMA(unbounded_poll, "unbounded-poll", FWCFG_CHECK_POLLS, "waits until the transfer is over");
BY_DMA(asserted_error, "asserted-error", FWCFG_CHECK_ERROR,
       "asserts that there was no error, in debug builds");
BY_DMA(unchecked_length, "unchecked-length", FWCFG_CHECK_TAIL,
       "takes a transfer that is over for a whole one");
BY_PORT(no_cap, "no-cap", FWCFG_CHECK_CAP, "reads as many directory entries as there are said to be");
BY_PORT(unchecked_size, "unchecked-size", FWCFG_CHECK_SIZE, "reads a file without a look at its size");
BY_PORT(unchecked_id, "unchecked-id", FWCFG_CHECK_ID, "believes any APIC ID");

const PvConsumerOps *const fwcfg_contrast[] = {
        &unbounded_poll,
        &asserted_error,
        &unchecked_length,
        &no_cap,
        &unchecked_size,
        &unchecked_id,
};

const size_t fwcfg_n_contrast = sizeof fwcfg_contrast / sizeof fwcfg_contrast[0];
