/* SPDX-License-Identifier: MIT */
/* The host's side of the exchange, behind four ports. */
#include "ghcb-apic-ids.h"

#include <stdlib.h>

typedef struct Device {
        const PvDeviceEnv *env;
        uint32_t low, high, pages, result;
        uint32_t cpus;
        uint8_t list[]; /* as the guest gets it */
} Device;

static int
device_ranges(const char *revision, PvChipset chipset, PvRange *ret_ranges, int capacity)
{
        (void) revision;
        (void) chipset;
        if (capacity > 0)
                ret_ranges[0] = (PvRange){.space = PV_SPACE_PIO,
                                          .base = GAI_BASE,
                                          .length = GAI_LENGTH,
                                          .doorbell = GAI_BASE + GAI_EXIT_W};
        return 1;
}

static void
store_le32(uint8_t *bytes, uint32_t value)
{
        for (unsigned i = 0; i < 4; i++)
                bytes[i] = (uint8_t) (value >> 8 * i);
}

static void *
device_create(const PvDeviceEnv *env, const char *revision)
{
        uint32_t cpus = env->topology->max_cpus;
        Device *device = calloc(1, sizeof *device + GAI_LE_IDS + (size_t) cpus * GAI_ID_SIZE);

        (void) revision;
        if (!device)
                return NULL;
        device->env = env;
        device->cpus = cpus;
        store_le32(device->list + GAI_LE_COUNT, cpus);
        for (uint32_t i = 0; i < cpus; i++)
                store_le32(device->list + GAI_LE_IDS + (size_t) i * GAI_ID_SIZE, env->apic_id[i]);
        return device;
}

static void
device_reset(void *state)
{
        Device *device = state;

        device->low = device->high = device->pages = device->result = 0;
}

/* The count comes last: where it stands, the list is whole. */
static uint32_t
answer(Device *device, uint32_t code)
{
        const PvDeviceEnv *env = device->env;
        const PvGpa gpa = {(uint64_t) device->high << 32 | device->low}, ids = {gpa.value + GAI_LE_IDS};

        if (code != GAI_EXIT_GET_APIC_IDS)
                return GAI_INVALID;
        if (device->pages < gai_pages_for(device->cpus)) {
                device->pages = (uint32_t) gai_pages_for(device->cpus);
                return GAI_TOO_FEW_PAGES;
        }
        if (gpa.value % PV_PAGE_SIZE ||
            env->dma_write(env->host, ids, device->list + GAI_LE_IDS, (size_t) device->cpus * GAI_ID_SIZE) ||
            env->dma_write(env->host, gpa, device->list, GAI_LE_IDS))
                return GAI_INVALID;
        return GAI_DONE;
}

static uint64_t
device_read(void *state, PvSpace space, uint64_t address, unsigned width)
{
        const Device *device = state;
        const uint32_t value[] = {GAI_SIGNATURE, 0, device->pages, device->result};
        uint64_t offset = address - GAI_BASE;

        (void) space;
        return pv_by_width(value[offset / 4] >> 8 * (offset % 4), width);
}

/* A register is written whole or not at all. */
static void
device_write(void *state, PvSpace space, uint64_t address, unsigned width, uint64_t value)
{
        Device *device = state;

        (void) space;
        if (width != 4)
                return;
        switch (address - GAI_BASE) {
        case GAI_ADDRESS_LOW_W:
                device->low = (uint32_t) value;
                break;
        case GAI_ADDRESS_HIGH_W:
                device->high = (uint32_t) value;
                break;
        case GAI_PAGES_RW:
                device->pages = (uint32_t) value;
                break;
        case GAI_EXIT_W:
                device->result = answer(device, (uint32_t) value);
                break;
        default:
                break;
        }
}

const PvDeviceOps gai_device = {
        .ranges = device_ranges,
        .create = device_create,
        .free = free,
        .reset = device_reset,
        .read = device_read,
        .write = device_write,
};
