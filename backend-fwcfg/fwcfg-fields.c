/* SPDX-License-Identifier: MIT */
/* What a byte of fw_cfg is, by its place in an item, whether it comes through the data port or is stored. */
#include "backend-fwcfg/fwcfg-fields.h"

#include "backend-fwcfg/fwcfg-rules.h"
#include "backend-fwcfg/fwcfg-script.h"

#define ITEM(key, at, n) .place = PV_FIELD_ITEM, .item = key, .offset = at, .length = n
#define ENTRY(at, n) ITEM(FWCFG_KEY_DIRECTORY, FWCFG_DIRECTORY_HEADER + (at), n), .stride = FWCFG_ENTRY_SIZE
#define TOPOLOGY(at, n) ITEM(FWCFG_OUR_KEY, at, n), .needs = FWCFG_FEATURE_TOPOLOGY
#define EVENT(field, what, member, n)                                                                        \
        {                                                                                                    \
                FWCFG_FIELD_EVENT_##field, what, ITEM(FWCFG_EVENTS_KEY, FWCFG_EVENTS_LE_##member, n),        \
                        .needs = FWCFG_FEATURE_LIVE                                                          \
        }

/* The same file stands at another place of the directory where there are events. */
#define MAP(key, feature, at, n) ITEM(key, at, n), .needs = FWCFG_FEATURE_##feature
#define MAP_FILE(key, feature)                                                                               \
        {FWCFG_FIELD_FORMAT, "tells what the file is", MAP(key, feature, FWCFG_MAP_LE_MAGIC, 8)},            \
        {FWCFG_FIELD_ENTRIES, "counts the CPUs that can be", MAP(key, feature, FWCFG_MAP_LE_MAX_CPUS, 4)},   \
        {FWCFG_FIELD_GENERATION, "tells whether it changed meanwhile",                                       \
         MAP(key, feature, FWCFG_MAP_LE_GENERATION, 4)},                                                     \
        {FWCFG_FIELD_APIC_IDS, "names a CPU",                                                                \
         MAP(key, feature, FWCFG_MAP_HEADER_SIZE, FWCFG_MAP_ENTRY_SIZE), .per_cpu = true},                   \
        {FWCFG_FIELD_PRESENT, "says who is present", MAP(key, feature, FWCFG_MAP_HEADER_SIZE, 0)}

const PvField fwcfg_fields[] = {
        {FWCFG_FIELD_SIGNATURE, "finds the device", ITEM(FWCFG_KEY_SIGNATURE, 0, 4)},
        {FWCFG_FIELD_FEATURES, "says whether there is DMA", ITEM(FWCFG_KEY_ID, 0, 4)},
        {FWCFG_FIELD_NB_CPUS, "counts the CPUs that are present", ITEM(FWCFG_KEY_NB_CPUS, 0, 2)},
        {FWCFG_FIELD_COUNT, "bounds the search for the file",
         ITEM(FWCFG_KEY_DIRECTORY, 0, FWCFG_DIRECTORY_HEADER)},
        {FWCFG_FIELD_SIZE, "bounds what is read of the file", ENTRY(FWCFG_ENTRY_BE_SIZE, 4)},
        {FWCFG_FIELD_KEY, "selects the file", ENTRY(FWCFG_ENTRY_BE_SELECT, 2)},
        {"directory: reserved", "nothing", ENTRY(FWCFG_ENTRY_RESERVED, 2)},
        {FWCFG_FIELD_NAME, "finds the file", ENTRY(FWCFG_ENTRY_NAME, FWCFG_NAME_SIZE)},
        {FWCFG_FIELD_LEVELS, "makes APIC IDs", TOPOLOGY(FWCFG_TOPOLOGY_LE_DIES, 12)},
        {FWCFG_FIELD_CPUS, "counts the CPUs that can be", TOPOLOGY(FWCFG_TOPOLOGY_LE_MAX_CPUS, 4)},
        EVENT(FORMAT, "tells what the file is", MAGIC, 4),
        EVENT(FORMAT, "tells what the file is", VERSION, 2),
        EVENT(NUMBER, "says that there is one, and that it is the same as before", SEQUENCE, 4),
        EVENT(NUMBER, "says that there is one, and that it is the same as before", SEQUENCE_AGAIN, 4),
        EVENT(KIND, "says which event is pending", KIND, 2),
        EVENT(CPU, "says whose event it is", SELECTOR, 4),
        EVENT(ID, "names a CPU", APIC_ID, 4),
        MAP_FILE(FWCFG_LIVE_MAP_KEY, LIVE),
        MAP_FILE(FWCFG_OUR_KEY, MAP),
        {FWCFG_FIELD_CONTROL, "ends the wait for a transfer, and says what came of it",
         .place = PV_FIELD_DESCRIPTOR, .offset = FWCFG_DMA_BE_CONTROL, .length = 4},
};

const size_t fwcfg_n_fields = sizeof fwcfg_fields / sizeof fwcfg_fields[0];

const PvItems fwcfg_items = {
        .select = AT(FWCFG_SELECTOR_W),
        .data = AT(FWCFG_DATA_R),
        .dma = true,
        .big_endian = true,
        .high = AT(FWCFG_DMA_HIGH_RW),
        .low = AT(FWCFG_DMA_LOW_RW),
        .control = FWCFG_DMA_BE_CONTROL,
        .length = FWCFG_DMA_BE_LENGTH,
        .address = FWCFG_DMA_BE_ADDRESS,
        .size = FWCFG_DMA_DESCRIPTOR_SIZE,
        .read = FWCFG_DMA_READ,
        .skip = FWCFG_DMA_SKIP,
        .write = FWCFG_DMA_WRITE,
        .choose = FWCFG_DMA_SELECT,
        .shift = FWCFG_DMA_KEY_SHIFT,
};
