/* SPDX-License-Identifier: MIT */
/* fw_cfg consumers: is there a device, can it be used, and where is the file. Freestanding. */
#include "backend-fwcfg/fwcfg-consumer.h"

#define DIRECTORY_LIMIT 256u /* entries: real machines have about thirty, and skipping by port is dear */

static const uint32_t map_facets = PV_FACETS_BOOT;
static const uint32_t topology_facets = PV_FACET_POSSIBLE_COUNT | PV_FACET_PRESENT_COUNT | PV_FACET_APIC_ID;

static bool
same_text(const char *a, const char *b)
{
        while (*a && *a == *b) {
                a++;
                b++;
        }
        return *a == *b;
}

int
fwcfg_init(FwcfgConsumer *c, PvBus *bus, const char *assumed, const FwcfgTransport *transport)
{
        c->bus = bus;
        c->transport = transport;
        c->formats = FWCFG_FEATURE_TOPOLOGY | FWCFG_FEATURE_MAP | FWCFG_FEATURE_LIVE;
        if (assumed && same_text(assumed, "topology"))
                c->formats = FWCFG_FEATURE_TOPOLOGY;
        else if (assumed && same_text(assumed, "map"))
                c->formats = FWCFG_FEATURE_MAP;
        else if (assumed && same_text(assumed, "live"))
                c->formats = FWCFG_FEATURE_LIVE;
        else if (assumed)
                return PV_E_UNSUPPORTED;
        return 0;
}

static int
port_init(void *state, PvBus *bus, const char *assumed)
{
        return fwcfg_init(state, bus, assumed, &fwcfg_transport_port);
}

static int
port_bytes_init(void *state, PvBus *bus, const char *assumed)
{
        return fwcfg_init(state, bus, assumed, &fwcfg_transport_port_bytes);
}

static int
port_fields_init(void *state, PvBus *bus, const char *assumed)
{
        return fwcfg_init(state, bus, assumed, &fwcfg_transport_port_fields);
}

static int
dma_init(void *state, PvBus *bus, const char *assumed)
{
        return fwcfg_init(state, bus, assumed, &fwcfg_transport_dma);
}

static int
dma_private_init(void *state, PvBus *bus, const char *assumed)
{
        return fwcfg_init(state, bus, assumed, &fwcfg_transport_dma_private);
}

static int
os_init(void *state, PvBus *bus, const char *assumed)
{
        return fwcfg_init(state, bus, assumed, &fwcfg_transport_os);
}

static int
check_signature(FwcfgConsumer *c)
{
        uint8_t signature[4];
        int r = fwcfg_port_read(c, FWCFG_KEY_SIGNATURE, 0, signature, sizeof signature);

        if (r)
                return r;
        return __builtin_memcmp(signature, FWCFG_SIGNATURE, sizeof signature) == 0 ? 0 : PV_E_ABSENT;
}

static int
check_dma(FwcfgConsumer *c)
{
        uint8_t id[4];
        int r;

        if (!c->transport->needs_dma)
                return 0;
        r = fwcfg_port_read(c, FWCFG_KEY_ID, 0, id, sizeof id);
        if (r)
                return r;
        return fwcfg_load_le32(id) & FWCFG_ID_DMA ? 0 : PV_E_UNSUPPORTED;
}

static bool
has_nul(const uint8_t *name)
{
        for (uint32_t i = 0; i < FWCFG_NAME_SIZE; i++)
                if (name[i] == 0)
                        return true;
        return false;
}

/* Compared with the NUL, so that a longer name does not match. */
static bool
is_named(const uint8_t *entry, const char *name, uint32_t size)
{
        return __builtin_memcmp(entry + FWCFG_ENTRY_NAME, name, size) == 0;
}

#define IS_NAMED(entry, name) is_named(entry, name, sizeof name)

static int
file_of(const uint8_t *entry, FwcfgFile *ret_file)
{
        uint16_t key = fwcfg_load_be16(entry + FWCFG_ENTRY_BE_SELECT);

        if (key < FWCFG_KEY_FILES || key >= FWCFG_KEY_WRITE)
                return PV_E_BAD_KEY;
        *ret_file = (FwcfgFile){key, fwcfg_load_be32(entry + FWCFG_ENTRY_BE_SIZE)};
        return 0;
}

/* The search is over. */
static int
found(FwcfgConsumer *c, const uint8_t *entry, uint64_t format)
{
        FwcfgFile file = {0};
        int r = file_of(entry, &file);

        if (r)
                return r;
        c->format = format;
        c->key = file.key;
        c->size = file.size;
        return 0;
}

/*
 * The first file with a name wins. A directory is sorted: where there are files about events, they stand before
 * the map, which ends the search.
 */
static int
examine_entry(FwcfgConsumer *c, const uint8_t *entry)
{
        const uint64_t wanted = c->formats;

        if (!has_nul(entry + FWCFG_ENTRY_NAME))
                return PV_E_BAD_NAME;
        if (wanted & FWCFG_FEATURE_LIVE && !c->events.key && IS_NAMED(entry, FWCFG_EVENTS_FILE))
                return file_of(entry, &c->events);
        if (wanted & FWCFG_FEATURE_LIVE && !c->answer.key && IS_NAMED(entry, FWCFG_ANSWER_FILE))
                return file_of(entry, &c->answer);
        if (wanted & FWCFG_FEATURE_TOPOLOGY && IS_NAMED(entry, FWCFG_TOPOLOGY_FILE))
                return found(c, entry, FWCFG_FEATURE_TOPOLOGY);
        if (!IS_NAMED(entry, FWCFG_MAP_FILE))
                return 0;
        if (c->events.key && c->answer.key)
                return found(c, entry, FWCFG_FEATURE_LIVE);
        return wanted & FWCFG_FEATURE_MAP ? found(c, entry, FWCFG_FEATURE_MAP) : 0;
}

/* The fields of one entry, or several entries at once. */
static int
read_entries(FwcfgConsumer *c, uint32_t start, uint32_t n)
{
        static const uint32_t fields[] = {FWCFG_ENTRY_BE_SIZE, FWCFG_ENTRY_BE_SELECT, FWCFG_ENTRY_RESERVED,
                                          FWCFG_ENTRY_NAME, FWCFG_ENTRY_SIZE};

        if (!c->transport->fields)
                return c->transport->read(c, FWCFG_KEY_DIRECTORY, start, c->scratch, FWCFG_ENTRY_SIZE * n);
        for (uint32_t i = 0; i + 1 < sizeof fields / sizeof fields[0]; i++) {
                int r = c->transport->read(c, FWCFG_KEY_DIRECTORY, start + fields[i], c->scratch + fields[i],
                                           fields[i + 1] - fields[i]);

                if (r)
                        return r;
        }
        return 0;
}

static bool
is_over(const FwcfgConsumer *c)
{
        return c->format && fwcfg_checks(c, FWCFG_CHECK_CAP);
}

static int
search_entries(FwcfgConsumer *c, uint32_t count)
{
        for (uint32_t done = 0; done < count && !is_over(c);) {
                uint32_t n = count - done < c->transport->entries ? count - done : c->transport->entries;
                uint32_t start = FWCFG_DIRECTORY_HEADER + FWCFG_ENTRY_SIZE * done;
                int r = read_entries(c, start, n);

                for (uint32_t i = 0; i < n && !r && !is_over(c); i++)
                        r = examine_entry(c, c->scratch + (size_t) FWCFG_ENTRY_SIZE * i);
                if (r)
                        return r;
                done += n;
        }
        return c->format ? 0 : PV_E_UNSUPPORTED;
}

static int
find_file(FwcfgConsumer *c)
{
        uint8_t count[FWCFG_DIRECTORY_HEADER];
        int r = c->transport->read(c, FWCFG_KEY_DIRECTORY, 0, count, sizeof count);

        if (r)
                return r;
        if (fwcfg_load_be32(count) > DIRECTORY_LIMIT && fwcfg_checks(c, FWCFG_CHECK_CAP))
                return PV_E_BAD_DIRECTORY;
        return search_entries(c, fwcfg_load_be32(count));
}

int
fwcfg_detect(void *state)
{
        FwcfgConsumer *c = state;
        int r;

        c->format = 0;
        c->events = c->answer = (FwcfgFile){0};
        c->sequence = 0;
        c->at_known = false;
        r = check_signature(c);
        r = r ? r : check_dma(c);
        return r ? r : find_file(c);
}

int
fwcfg_enumerate(void *state, uint32_t wanted, PvView *view)
{
        FwcfgConsumer *c = state;
        int r = c->format ? 0 : fwcfg_detect(c);
        bool map;

        if (r)
                return r;
        map = c->format != FWCFG_FEATURE_TOPOLOGY;
        wanted &= ~view->facets & (map ? map_facets : topology_facets);
        if (!wanted)
                return 0;
        c->at_known = false; /* others may have used the device since */
        return map ? fwcfg_view_from_map(c, wanted, view) : fwcfg_view_from_topology(c, wanted, view);
}

#define CALLS                                                                                                \
        .detect = fwcfg_detect, .enumerate = fwcfg_enumerate, .poll = fwcfg_poll, .ack = fwcfg_ack,          \
        .eject = fwcfg_eject, .ost = fwcfg_ost

/* The most that each learns, from a machine that has events. What no port can write, no port acknowledges. */
#define BY_PORT (PV_FACETS_BOOT | PV_FACET_ARRIVED | PV_FACET_ARRIVED_ID)
#define BY_DMA (PV_FACETS_BOOT | PV_FACETS_EVENT)

const PvConsumerOps fwcfg_consumer_port = {
        .name = "port",
        .role = PV_ROLE_FIRMWARE,
        .summary = "selects by port and reads the data port as a string",
        .facets = BY_PORT,
        .needs = PV_BUS_PIO,
        .state_size = sizeof(FwcfgConsumer),
        .init = port_init,
        CALLS,
};

const PvConsumerOps fwcfg_consumer_port_bytes = {
        .name = "port-bytes",
        .role = PV_ROLE_FIRMWARE,
        .summary = "as port, with an access for every byte: firmware of SEV and TDX guests has no REP INS",
        .facets = BY_PORT,
        .needs = PV_BUS_PIO,
        .state_size = sizeof(FwcfgConsumer),
        .init = port_bytes_init,
        CALLS,
};

const PvConsumerOps fwcfg_consumer_port_fields = {
        .name = "port-fields",
        .role = PV_ROLE_FIRMWARE,
        .summary = "as port, with four strings for a directory entry, one per field, as edk2's FindFile does",
        .facets = BY_PORT,
        .needs = PV_BUS_PIO,
        .state_size = sizeof(FwcfgConsumer),
        .init = port_fields_init,
        CALLS,
};

const PvConsumerOps fwcfg_consumer_dma = {
        .name = "dma",
        .role = PV_ROLE_FIRMWARE,
        .summary = "reads by DMA through one shared page per operation, as edk2 does",
        .facets = BY_DMA,
        .needs = PV_BUS_PIO | PV_BUS_GPA,
        .state_size = sizeof(FwcfgConsumer),
        .init = dma_init,
        CALLS,
};

const PvConsumerOps fwcfg_consumer_dma_private = {
        .name = "dma-private",
        .role = PV_ROLE_FIRMWARE,
        .summary = "reads by DMA with descriptor and data in private memory, as Linux's driver does",
        .facets = BY_DMA,
        .needs = PV_BUS_PIO | PV_BUS_GPA,
        .state_size = sizeof(FwcfgConsumer),
        .init = dma_private_init,
        CALLS,
};

const PvConsumerOps fwcfg_consumer_os_driver = {
        .name = "os-driver",
        .role = PV_ROLE_OS_DRIVER,
        .summary = "selects and skips anew before each read by port, as Linux's driver does",
        .facets = BY_PORT,
        .needs = PV_BUS_PIO,
        .state_size = sizeof(FwcfgConsumer),
        .init = os_init,
        CALLS,
};
