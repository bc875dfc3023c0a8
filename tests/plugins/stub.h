/* SPDX-License-Identifier: MIT */
/* A backend that is complete and does nothing: each bad plug-in changes the one thing that makes it bad. */
#ifndef PVABI_TESTS_STUB_H
#define PVABI_TESTS_STUB_H

#include <stdlib.h>

#include "common/backend.h"

static int
stub_ranges(const char *revision, PvChipset chipset, PvRange *ret_ranges, int capacity)
{
        (void) revision;
        (void) chipset;
        if (capacity > 0)
                ret_ranges[0] = (PvRange){.space = PV_SPACE_PIO, .base = 0x700, .length = 1};
        return 1;
}

static void *
stub_create(const PvDeviceEnv *env, const char *revision)
{
        (void) env;
        (void) revision;
        return calloc(1, 1);
}

static void
stub_reset(void *state)
{
        (void) state;
}

static uint64_t
stub_read(void *state, PvSpace space, uint64_t address, unsigned width)
{
        (void) state;
        (void) space;
        (void) address;
        (void) width;
        return 0;
}

static void
stub_write(void *state, PvSpace space, uint64_t address, unsigned width, uint64_t value)
{
        (void) state;
        (void) space;
        (void) address;
        (void) width;
        (void) value;
}

static int
stub_init(void *state, PvBus *bus, const char *assumed)
{
        (void) assumed;
        *(PvBus **) state = bus;
        return 0;
}

static int
stub_detect(void *state)
{
        uint32_t value;

        return pv_bus_in(*(PvBus **) state, 0x700, 1, &value);
}

/* Like detection, no more than one read. */
static int
stub_enumerate(void *state, uint32_t wanted, PvView *view)
{
        (void) wanted;
        (void) view;
        return stub_detect(state);
}

static const PvRevision stub_revision = {.name = "only", .facets = PV_FACET_POSSIBLE_COUNT};
static const PvConsumerOps stub_consumer = {
        .name = "firmware",
        .facets = PV_FACET_POSSIBLE_COUNT,
        .needs = PV_BUS_PIO,
        .state_size = sizeof(PvBus *),
        .init = stub_init,
        .detect = stub_detect,
        .enumerate = stub_enumerate,
};
static const PvConsumerOps *const stub_consumers[] = {&stub_consumer};
static PvDeviceOps stub_device = {
        .ranges = stub_ranges,
        .create = stub_create,
        .free = free,
        .reset = stub_reset,
        .read = stub_read,
        .write = stub_write,
};
static PvBackend stub_backend = {
        .magic = PV_ABI_MAGIC,
        .abi_major = PV_ABI_MAJOR,
        .abi_minor = PV_ABI_MINOR,
        .struct_size = sizeof(PvBackend),
        .name = "stub",
        .summary = "does nothing",
        .revisions = &stub_revision,
        .n_revisions = 1,
        .device = &stub_device,
        .consumers = stub_consumers,
        .n_consumers = 1,
};

#endif
