/* SPDX-License-Identifier: MIT */
/* The worked example of docs/writing-a-backend.md: an ABI of three ports that tells the number of possible CPUs. */
#include <stdlib.h>

#include "common/backend.h"

/* W: index of a byte; R: the complement of that, which no port without a device answers. */
#define COUNT_INDEX 0x700u
#define COUNT_BYTE 0x701u    /* R: byte `index` of the number of possible CPUs, lowest first */
#define COUNT_VERSION 0x702u /* R: 1 */

/* ---- device ---- */

typedef struct CountDevice {
        uint32_t possible;
        uint8_t index;
} CountDevice;

static int
count_ranges(const char *revision, PvChipset chipset, PvRange *ret_ranges, int capacity)
{
        (void) revision;
        (void) chipset;
        if (capacity > 0)
                ret_ranges[0] = (PvRange){.space = PV_SPACE_PIO, .base = COUNT_INDEX, .length = 3};
        return 1;
}

static void *
count_create(const PvDeviceEnv *env, const char *revision)
{
        CountDevice *device = calloc(1, sizeof *device);

        (void) revision;
        if (device)
                device->possible = env->topology->max_cpus;
        return device;
}

static void
count_reset(void *state)
{
        ((CountDevice *) state)->index = 0;
}

/* Registers are one byte wide; the rest of a wider access floats to ones. */
static uint64_t
count_read(void *state, PvSpace space, uint64_t address, unsigned width)
{
        const CountDevice *device = state;
        uint64_t ones = ((uint64_t) 1 << 8 * width) - 1;
        uint8_t byte = 1;

        (void) space;
        if (address == COUNT_INDEX)
                byte = (uint8_t) ~device->index;
        else if (address == COUNT_BYTE)
                byte = device->index < 4 ? (uint8_t) (device->possible >> 8 * device->index) : 0;
        return (ones & ~(uint64_t) 0xff) | byte;
}

static void
count_write(void *state, PvSpace space, uint64_t address, unsigned width, uint64_t value)
{
        (void) space;
        (void) width;
        if (address == COUNT_INDEX)
                ((CountDevice *) state)->index = (uint8_t) value;
}

static const PvDeviceOps count_device = {
        .ranges = count_ranges,
        .create = count_create,
        .free = free,
        .reset = count_reset,
        .read = count_read,
        .write = count_write,
};

/* ---- consumer ---- */

typedef struct CountFirmware {
        PvBus *bus;
} CountFirmware;

static int
count_init(void *state, PvBus *bus, const char *assumed)
{
        (void) assumed; /* there is one revision only */
        ((CountFirmware *) state)->bus = bus;
        return 0;
}

/* Ports that nobody decodes answer ones, zero, or the byte just written; never its complement. */
static int
count_detect(void *state)
{
        PvBus *bus = ((CountFirmware *) state)->bus;
        uint32_t answer = 0, version = 0;
        int r = pv_bus_out(bus, COUNT_INDEX, 1, 0x5a);

        if (!r)
                r = pv_bus_in(bus, COUNT_INDEX, 1, &answer);
        if (!r)
                r = pv_bus_in(bus, COUNT_VERSION, 1, &version);
        if (r)
                return r;
        if (answer != 0xa5)
                return PV_E_ABSENT;
        return version == 1 ? 0 : PV_E_UNSUPPORTED;
}

static int
read_bytes(PvBus *bus, uint32_t *ret_possible)
{
        uint32_t possible = 0;

        for (uint32_t i = 0; i < 4; i++) {
                uint32_t byte = 0;
                int r = pv_bus_out(bus, COUNT_INDEX, 1, i);

                if (!r)
                        r = pv_bus_in(bus, COUNT_BYTE, 1, &byte);
                if (r)
                        return r;
                possible |= (byte & 0xff) << 8 * i;
        }
        *ret_possible = possible;
        return 0;
}

/* Somebody else may stand between writing the index and reading the byte: he finds the index as it was. */
static int
count_enumerate(void *state, uint32_t wanted, PvView *view)
{
        PvBus *bus = ((CountFirmware *) state)->bus;
        uint32_t possible = 0, before = 0;
        int r;

        if (!(wanted & ~view->facets & PV_FACET_POSSIBLE_COUNT))
                return 0;
        r = pv_bus_in(bus, COUNT_INDEX, 1, &before);
        if (!r)
                r = read_bytes(bus, &possible);
        if (!r)
                r = pv_bus_out(bus, COUNT_INDEX, 1, ~before & 0xff);
        if (r)
                return r;
        if (possible == 0 || possible > bus->limits.max_cpus)
                return PV_E_MALFORMED;
        view->possible = possible;
        view->facets |= PV_FACET_POSSIBLE_COUNT;
        return 0;
}

static const PvConsumerOps count_firmware = {
        .name = "firmware",
        .role = PV_ROLE_FIRMWARE,
        .summary = "reads the count byte by byte",
        .facets = PV_FACET_POSSIBLE_COUNT,
        .needs = PV_BUS_PIO,
        .state_size = sizeof(CountFirmware),
        .init = count_init,
        .detect = count_detect,
        .enumerate = count_enumerate,
};

/* ---- what this ABI promises, and a bug that breaks the promise ---- */

static const PvStep byte_steps[] = {
        {'W', 1, 0, {PV_VALUE_LITERAL, 0}}, {'R', 1, 1, {PV_VALUE_MAX_CPUS, 0}},
        {'W', 1, 0, {PV_VALUE_LITERAL, 1}}, {'R', 1, 1, {PV_VALUE_LITERAL, 0}},
        {'W', 1, 0, {PV_VALUE_LITERAL, 4}}, {'R', 1, 1, {PV_VALUE_LITERAL, 0}},
};

static const PvCheck count_rules[] = {
        {.id = "CNT-BYT-001", .area = PV_AREA_DISCOVERY, .basis = PV_BASIS_OURS,
         .source = "tests/plugins/good.c, head",
         .requirement = "The byte register holds maxcpus, lowest byte first, and 0 past the fourth.",
         .advice = "Compare the index that was written with the byte that came back.",
         .steps = byte_steps, .n_steps = sizeof byte_steps / sizeof byte_steps[0]},
};

static const PvMutant count_mutants[] = {
        {"highest-byte-first", "CNT-BYT-001", "count", "Index 0 selects the highest byte.",
         .mutation = {.kind = PV_MUTATE_WRITE_ADD, .offset = 0, .width = 1, .mask = 0xff, .match = 0, .operand = 3}},
};

/* Wider than the register: whose business the other bytes are, no text says. */
static const PvStep wide_steps[] = {{'W', 1, 0, {PV_VALUE_LITERAL, 0}}, {'R', 2, 1, {0}}, {'R', 4, 1, {0}}};

static const PvProbe count_probes[] = {
        {.id = "CNT-BYT-900", .what = "Reads wider than the byte register.", .source = "tests/plugins/good.c, head",
         .steps = wide_steps, .n_steps = sizeof wide_steps / sizeof wide_steps[0]},
};

static const PvRevision count_revisions[] = {
        {.name = "draft", .summary = "first draft", .facets = PV_FACET_POSSIBLE_COUNT},
};
static const PvConsumerOps *const count_consumers[] = {&count_firmware};

static const PvBackend count_backend = {
        .magic = PV_ABI_MAGIC,
        .abi_major = PV_ABI_MAJOR,
        .abi_minor = PV_ABI_MINOR,
        .struct_size = sizeof(PvBackend),
        .name = "count",
        .summary = "the number of possible CPUs in a port",
        .revisions = count_revisions,
        .n_revisions = 1,
        .device = &count_device,
        .consumers = count_consumers,
        .n_consumers = 1,
        .rules = count_rules,
        .n_rules = 1,
        .mutants = count_mutants,
        .n_mutants = 1,
        .probes = count_probes,
        .n_probes = 1,
};

const PvBackend *
pv_backend_entry(void)
{
        return &count_backend;
}
