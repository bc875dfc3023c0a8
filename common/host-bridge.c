/* SPDX-License-Identifier: MIT */
/* PCI configuration mechanism #1 with one function behind it: the host bridge, by which firmware knows the chipset. */
#include "common/host-bridge.h"

#include <stdlib.h>

#define CONFIG_ADDRESS 0xcf8u
#define CONFIG_DATA 0xcfcu
#define CONFIG_LENGTH 8u
#define CONFIG_ENABLE 0x80000000u

/* Vendor and device of bus 0, device 0, function 0. Source: Intel 82G33 (29c0) and 82441FX (1237) datasheets. */
#define HOST_BRIDGE_Q35 0x29c08086u
#define HOST_BRIDGE_PC 0x12378086u

typedef struct HostBridge {
        uint32_t identity;
        uint32_t address;
} HostBridge;

static int
host_bridge_ranges(const char *revision, PvChipset chipset, PvRange *ret_ranges, int capacity)
{
        (void) revision;
        (void) chipset;
        if (capacity > 0)
                ret_ranges[0] = (PvRange){PV_SPACE_PIO, CONFIG_ADDRESS, CONFIG_LENGTH, 0};
        return 1;
}

static void *
host_bridge_create(const PvDeviceEnv *env, const char *revision)
{
        HostBridge *bridge = calloc(1, sizeof *bridge);

        (void) revision;
        if (bridge)
                bridge->identity = env->chipset == PV_CHIPSET_Q35 ? HOST_BRIDGE_Q35 : HOST_BRIDGE_PC;
        return bridge;
}

/* Register 0 of 00:00.0 holds the identity; every other register of it reads 0, every other function does not exist. */
static uint32_t
config_register(const HostBridge *bridge)
{
        if (!(bridge->address & CONFIG_ENABLE))
                return 0xffffffffu;
        if (bridge->address & 0x00ffff00u)
                return 0xffffffffu;
        return (bridge->address & 0xfcu) == 0 ? bridge->identity : 0;
}

static uint64_t
host_bridge_read(void *state, PvSpace space, uint64_t address, unsigned width)
{
        const HostBridge *bridge = state;
        uint64_t value = address < CONFIG_DATA ? bridge->address : config_register(bridge);

        (void) space;
        return value >> 8 * (address & 3) & (width < 4 ? (1u << 8 * width) - 1 : 0xffffffffu);
}

static void
host_bridge_write(void *state, PvSpace space, uint64_t address, unsigned width, uint64_t value)
{
        HostBridge *bridge = state;

        (void) space;
        if (address == CONFIG_ADDRESS && width == 4)
                bridge->address = (uint32_t) value;
}

static void
host_bridge_reset(void *state)
{
        ((HostBridge *) state)->address = 0;
}

const PvDeviceOps pv_host_bridge = {
        .ranges = host_bridge_ranges,
        .create = host_bridge_create,
        .free = free,
        .reset = host_bridge_reset,
        .read = host_bridge_read,
        .write = host_bridge_write,
};
