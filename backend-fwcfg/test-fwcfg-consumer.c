/* SPDX-License-Identifier: MIT */
/* The fw_cfg consumers over a bus that calls the device directly: honest machines, then malformed ones. */
#undef NDEBUG
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "backend-fwcfg/fwcfg-consumer.h"
#include "backend-fwcfg/fwcfg-device.h"

#define RAM_SIZE 0x10000u

static const PvConsumerOps *const consumers[] = {
        &fwcfg_consumer_port,
        &fwcfg_consumer_dma,
        &fwcfg_consumer_dma_private,
        &fwcfg_consumer_os_driver,
        &fwcfg_consumer_port_bytes,
        &fwcfg_consumer_port_fields,
};

#define N(array) (sizeof(array) / sizeof(array)[0])

/* How the platform or the device misbehaves. */
typedef enum Fault {
        FAULT_NONE,
        FAULT_NO_DEVICE,     /* every port floats to ones */
        FAULT_NO_ANSWER,     /* the control word is never stored */
        FAULT_NO_DATA,       /* a transfer says done and stores no data */
        FAULT_NO_DMA_READ,   /* the descriptor cannot be read: the error bit */
        FAULT_NO_SHARING,    /* nothing can be shared with the host */
        FAULT_PLUG_MEANWHILE, /* CPUs come and go while the device is read */
} Fault;

typedef struct Fixture {
        PvBus bus;
        PvTopology topology;
        uint32_t *ids;
        uint8_t *boot;
        PvDeviceEnv env;
        FwcfgDevice *device;
        Fault fault;
        PvView view;
        void *state;
        unsigned pages, accesses;
        uint8_t ram[RAM_SIZE];
} Fixture;

static bool
outside(PvGpa gpa, size_t n)
{
        return gpa.value > RAM_SIZE || n > RAM_SIZE - gpa.value;
}

static int
host_read(void *host, PvGpa gpa, void *ret_data, size_t n)
{
        Fixture *f = host;

        if (outside(gpa, n) || f->fault == FAULT_NO_DMA_READ)
                return PV_E_REFUSED;
        memcpy(ret_data, f->ram + gpa.value, n);
        return 0;
}

static int
host_write(void *host, PvGpa gpa, const void *data, size_t n)
{
        Fixture *f = host;
        bool control = gpa.value % PV_PAGE_SIZE == 0;

        if (outside(gpa, n))
                return PV_E_REFUSED;
        if (!(f->fault == FAULT_NO_ANSWER && control) && !(f->fault == FAULT_NO_DATA && !control))
                memcpy(f->ram + gpa.value, data, n);
        return 0;
}

static int
bus_read(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t *ret_value)
{
        Fixture *f = (Fixture *) bus;

        f->accesses++;
        *ret_value = f->fault == FAULT_NO_DEVICE ? (UINT64_C(1) << 8 * width) - 1
                                                 : fwcfg_device.read(f->device, space, address, width);
        return 0;
}

static int
bus_write(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t value)
{
        Fixture *f = (Fixture *) bus;

        f->accesses++;
        if (f->fault != FAULT_NO_DEVICE)
                fwcfg_device.write(f->device, space, address, width, value);
        return 0;
}

static int
bus_read_string(PvBus *bus, uint64_t port, void *ret_data, size_t n)
{
        Fixture *f = (Fixture *) bus;

        f->accesses++;
        if (f->fault == FAULT_NO_DEVICE)
                memset(ret_data, 0xff, n);
        else
                fwcfg_device.read_string(f->device, port, ret_data, n);
        if (f->fault == FAULT_PLUG_MEANWHILE && fwcfg_device.plug(f->device, 7))
                fwcfg_device.unplugged(f->device, 7);
        return 0;
}

static int
bus_gpa_alloc(PvBus *bus, size_t n, PvSharing sharing, PvGpa *ret_gpa)
{
        Fixture *f = (Fixture *) bus;

        assert(n == PV_PAGE_SIZE);
        if (f->fault == FAULT_NO_SHARING && sharing == PV_SHARED)
                return PV_E_REFUSED;
        f->pages++;
        memset(f->ram + 0x2000, 0, n);
        *ret_gpa = (PvGpa){0x2000};
        return 0;
}

static int
bus_gpa_free(PvBus *bus, PvGpa gpa)
{
        assert(gpa.value == 0x2000);
        ((Fixture *) bus)->pages--;
        return 0;
}

static int
bus_gpa_read(PvBus *bus, PvGpa gpa, void *ret_data, size_t n)
{
        assert(!outside(gpa, n));
        memcpy(ret_data, ((Fixture *) bus)->ram + gpa.value, n);
        return 0;
}

static int
bus_gpa_write(PvBus *bus, PvGpa gpa, const void *data, size_t n)
{
        assert(!outside(gpa, n));
        memcpy(((Fixture *) bus)->ram + gpa.value, data, n);
        return 0;
}

static const PvBusOps bus_ops = {
        .read = bus_read,
        .write = bus_write,
        .read_string = bus_read_string,
        .gpa_alloc = bus_gpa_alloc,
        .gpa_free = bus_gpa_free,
        .gpa_read = bus_gpa_read,
        .gpa_write = bus_gpa_write,
};

static void
view_init(PvView *view, uint32_t capacity)
{
        uint32_t slots = 2;

        while (slots < 2 * capacity)
                slots *= 2;
        view->capacity = capacity;
        view->apic_id = calloc(capacity, sizeof *view->apic_id);
        view->present = calloc(1, pv_bitmap_size(capacity));
        view->id_slots = calloc(slots, sizeof *view->id_slots);
        view->id_slots_n = slots;
        assert(view->apic_id && view->present && view->id_slots);
}

static Fixture *
fixture_new(const char *revision, PvTopology topology)
{
        Fixture *f = calloc(1, sizeof *f);

        assert(f);
        f->bus.ops = &bus_ops;
        f->topology = topology;
        f->ids = calloc(topology.max_cpus, sizeof *f->ids);
        f->boot = calloc(1, pv_bitmap_size(topology.max_cpus));
        f->state = calloc(1, sizeof(FwcfgConsumer));
        assert(f->ids && f->boot && f->state);
        for (uint32_t i = 0; i < topology.max_cpus; i++)
                f->ids[i] = pv_topology_apic_id(&topology, i);
        for (uint32_t i = 0; i < topology.cpus; i++)
                pv_bit_set(f->boot, i, true);
        f->env = (PvDeviceEnv){
                .struct_size = sizeof f->env,
                .topology = &f->topology,
                .apic_id = f->ids,
                .boot_present = f->boot,
                .host = f,
                .dma_read = host_read,
                .dma_write = host_write,
        };
        f->device = fwcfg_device.create(&f->env, revision);
        assert(f->device);
        view_init(&f->view, topology.max_cpus);
        return f;
}

static Fixture *
fixture_default(const char *revision)
{
        return fixture_new(revision, (PvTopology){2, 12, 2, 1, 3, 2});
}

static void
fixture_free(Fixture *f)
{
        assert(f->pages == 0);
        fwcfg_device.free(f->device);
        free(f->ids);
        free(f->boot);
        free(f->state);
        free(f->view.apic_id);
        free(f->view.present);
        free(f->view.id_slots);
        free(f);
}

/* A fresh consumer: what detect says, or what enumerate says after it. */
static int
run(Fixture *f, const PvConsumerOps *c, const char *assumed, uint32_t wanted)
{
        int r;

        memset(f->state, 0, c->state_size);
        f->view.facets = 0;
        f->accesses = 0;
        r = c->init(f->state, &f->bus, assumed);
        r = r ? r : c->detect(f->state);
        return r ? r : c->enumerate(f->state, wanted, &f->view);
}

static FwcfgItem *
file_of(Fixture *f)
{
        FwcfgItem *dir = &f->device->generic[FWCFG_KEY_DIRECTORY];

        for (uint32_t i = 0; i < fwcfg_load_be32(dir->data); i++)
                if (memcmp(dir->data + 4 + 64 * i + 8, "etc/x86", 7) == 0)
                        return &f->device->generic[FWCFG_KEY_FILES + i];
        return NULL;
}

static uint8_t *
entry_of(Fixture *f)
{
        const FwcfgItem *item = f->device->generic;

        return item[FWCFG_KEY_DIRECTORY].data + 4 + 64 * (file_of(f) - item - FWCFG_KEY_FILES);
}

static void
check_view(Fixture *f, uint32_t facets)
{
        assert(f->view.facets == facets);
        assert(f->view.possible == f->topology.max_cpus);
        if (facets & PV_FACET_PRESENT_COUNT)
                assert(f->view.present_count == f->device->n_present);
        assert(memcmp(f->view.apic_id, f->ids, f->topology.max_cpus * sizeof *f->ids) == 0);
        if (facets & PV_FACET_PRESENT_SET)
                assert(!memcmp(f->view.present, f->device->present, pv_bitmap_size(f->topology.max_cpus)));
}

/* dies, cores, threads, max_cpus; last ID and how many IDs are skipped. */
static const uint32_t rows[][6] = {
        {1, 1, 1, 1, 0, 0},        {1, 2, 1, 4, 3, 0},          {1, 4, 2, 8, 7, 0},
        {1, 3, 2, 12, 13, 2},      {1, 3, 2, 8, 9, 2},          {1, 6, 2, 36, 43, 8},
        {1, 5, 1, 5, 4, 0},        {2, 3, 1, 12, 14, 3},        {3, 3, 3, 27, 42, 16},
        {3, 5, 2, 60, 105, 46},    {3, 5, 1, 15, 20, 6},        {4, 8, 2, 128, 127, 0},
        {1, 1, 3, 51, 66, 16},     {1, 65, 1, 195, 320, 126},   {1, 260, 1, 260, 259, 0},
        {2, 36, 2, 288, 455, 168}, {1, 1, 1, 288, 287, 0},      {2, 64, 2, 4096, 4095, 0},
};

static void
test_honest(void)
{
        const uint32_t told = PV_FACET_POSSIBLE_COUNT | PV_FACET_PRESENT_COUNT | PV_FACET_APIC_ID;

        for (size_t i = 0; i < N(rows); i++) {
                const uint32_t *w = rows[i];
                uint32_t per_package = w[0] * w[1] * w[2], packages = (w[3] + per_package - 1) / per_package;
                PvTopology topology = {w[3] > 1 ? 2 : 1, w[3], packages, w[0], w[1], w[2]};
                Fixture *f = fixture_new("topology", topology), *g = fixture_new("map", topology);

                assert(f->ids[w[3] - 1] == w[4] && w[4] + 1 - w[3] == w[5]);
                for (size_t k = 0; k < N(consumers); k++) {
                        assert(run(f, consumers[k], NULL, PV_FACETS_BOOT) == 0);
                        check_view(f, told);
                        assert(run(g, consumers[k], NULL, PV_FACETS_BOOT) == 0);
                        check_view(g, PV_FACETS_BOOT);
                }
                fixture_free(f);
                fixture_free(g);
        }
}

static void
test_only_what_is_wanted(void)
{
        Fixture *f = fixture_default("map");
        unsigned whole;

        assert(run(f, consumers[0], NULL, PV_FACETS_BOOT) == 0);
        whole = f->accesses;
        assert(run(f, consumers[0], NULL, PV_FACET_POSSIBLE_COUNT) == 0 && f->accesses < whole);
        assert(f->view.facets == PV_FACET_POSSIBLE_COUNT && f->view.possible == 12);
        f->accesses = 0;
        f->view.facets = PV_FACETS_BOOT;
        assert(consumers[0]->enumerate(f->state, PV_FACETS_BOOT, &f->view) == 0 && f->accesses == 0);
        f->view.capacity = 11;
        assert(run(f, consumers[1], NULL, PV_FACET_APIC_ID) == PV_E_TOO_SMALL);
        assert(f->view.needed == 12 && f->view.facets == 0);
        assert(run(f, consumers[1], NULL, PV_FACET_POSSIBLE_COUNT | PV_FACET_PRESENT_COUNT) == 0);
        fixture_free(f);
}

static void
test_large(void)
{
        Fixture *f = fixture_new("map", (PvTopology){70000, 1 << 20, 128, 1, 4096, 2});
        Fixture *g = fixture_new("topology", f->topology);

        for (size_t k = 0; k < N(consumers); k++) {
                assert(run(f, consumers[k], NULL, PV_FACETS_BOOT) == 0);
                check_view(f, PV_FACETS_BOOT);
                assert(run(f, consumers[k], NULL, PV_FACET_PRESENT_COUNT) == 0);
                assert(f->view.facets == PV_FACET_PRESENT_COUNT && f->view.present_count == 70000);
                assert(run(g, consumers[k], NULL, PV_FACETS_BOOT) == 0);
                check_view(g, PV_FACET_POSSIBLE_COUNT | PV_FACET_APIC_ID); /* 16 bits cannot tell the rest */
        }
        fixture_free(f);
        fixture_free(g);
}

static void
test_detect(void)
{
        Fixture *f = fixture_default("topology");

        for (size_t k = 0; k < N(consumers); k++) {
                bool dma = k == 1 || k == 2;

                assert(run(f, consumers[k], "topology", 0) == 0);
                assert(run(f, consumers[k], "x", 0) == PV_E_UNSUPPORTED);
                assert(run(f, consumers[k], "map", 0) == PV_E_UNSUPPORTED);
                f->device->generic[FWCFG_KEY_ID].data[0] = 1;
                assert(run(f, consumers[k], NULL, 0) == (dma ? PV_E_UNSUPPORTED : 0));
                f->device->generic[FWCFG_KEY_ID].data[0] = 3;
                f->fault = FAULT_NO_DEVICE;
                assert(run(f, consumers[k], NULL, 0) == PV_E_ABSENT);
                f->fault = FAULT_NO_SHARING;
                assert(run(f, consumers[k], NULL, 0) == (k == 1 ? PV_E_REFUSED : 0));
                f->fault = FAULT_NO_DMA_READ;
                assert(run(f, consumers[k], NULL, 0) == (dma ? PV_E_REFUSED : 0));
                f->fault = FAULT_NO_ANSWER;
                assert(run(f, consumers[k], NULL, 0) == (dma ? PV_E_UNFINISHED : 0));
                f->fault = FAULT_NO_DATA;
                assert(run(f, consumers[k], NULL, 0) == (dma ? PV_E_SHORT : 0));
                f->fault = FAULT_NONE;
        }
        fixture_free(f);
}

/* n bytes at p are replaced; every consumer must find this; then they are put back. */
static void
expect(Fixture *f, uint8_t *p, const char *bytes, size_t n, int finding)
{
        uint8_t before[64];

        memcpy(before, p, n);
        memcpy(p, bytes, n);
        for (size_t k = 0; k < N(consumers); k++) {
                assert(run(f, consumers[k], NULL, PV_FACETS_BOOT) == finding);
                assert(f->view.facets == 0);
        }
        memcpy(p, before, n);
}

static void
test_malformed_directory(void)
{
        Fixture *f = fixture_default("topology");
        uint8_t *dir = f->device->generic[FWCFG_KEY_DIRECTORY].data, *entry = entry_of(f);
        char no_nul[56];

        memset(no_nul, 'a', sizeof no_nul);
        expect(f, dir, "\xff\xff\xff\xff", 4, PV_E_BAD_DIRECTORY);
        expect(f, dir, "\x04\0\0\0", 4, PV_E_BAD_DIRECTORY);
        expect(f, dir, "\0\0\x04\x01", 4, PV_E_BAD_DIRECTORY);
        expect(f, dir, "\0\0\0\0", 4, PV_E_UNSUPPORTED);
        expect(f, dir + 4 + 8, no_nul, sizeof no_nul, PV_E_BAD_NAME);
        expect(f, entry, "\0\0\0\x11", 4, PV_E_BAD_SIZE); /* the size */
        expect(f, entry, "\x10\0\0\0", 4, PV_E_BAD_SIZE);
        expect(f, entry, "\0\0\0\0", 4, PV_E_BAD_SIZE);
        expect(f, entry + 4, "\0\x05", 2, PV_E_BAD_KEY); /* the key */
        expect(f, entry + 4, "\x40\x2a", 2, PV_E_BAD_KEY);
        expect(f, entry + 8 + sizeof FWCFG_TOPOLOGY_FILE - 1, "2", 1, PV_E_UNSUPPORTED); /* a longer name */
        fixture_free(f);
}

static void
test_malformed_topology(void)
{
        Fixture *f = fixture_default("topology");
        uint8_t *file = file_of(f)->data, *nb_cpus = f->device->generic[FWCFG_KEY_NB_CPUS].data;

        for (unsigned i = 0; i < 4; i++)
                expect(f, file + 4 * i, "\0\0\0\0", 4, i < 3 ? PV_E_BAD_TOPOLOGY : PV_E_BAD_COUNT);
        expect(f, file, "\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1\0", 16, PV_E_BAD_TOPOLOGY); /* 65536 of each */
        expect(f, file, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x0c\0\0\0", 16, PV_E_BAD_TOPOLOGY);
        expect(f, file, "\1\0\0\0\0\0\0\x80\3\0\0\0\x0c\0\0\0", 16, PV_E_BAD_TOPOLOGY); /* 33 bits */
        expect(f, file + 12, "\1\0\x10\0", 4, PV_E_BAD_COUNT); /* 2^20 + 1 */
        expect(f, file + 12, "\0\0\0\x0c", 4, PV_E_BAD_COUNT); /* byte-swapped */
        expect(f, nb_cpus, "\0\0", 2, PV_E_BAD_PRESENT);
        expect(f, nb_cpus, "\x0d\0", 2, PV_E_BAD_PRESENT);
        memcpy(file, "\1\0\0\0\0\0\0\x80\2\0\0\0\x0c\0\0\0", 16); /* 32 bits, one package: allowed */
        assert(run(f, consumers[0], NULL, PV_FACETS_BOOT) == 0 && f->view.apic_id[11] == 11);
        fixture_free(f);
}

static void
test_other_topology(void)
{
        Fixture *f = fixture_default("topology");
        uint8_t *file = file_of(f)->data;

        for (size_t k = 0; k < N(consumers); k++) {
                file[FWCFG_TOPOLOGY_LE_THREADS] = 2;
                assert(run(f, consumers[k], NULL, PV_FACETS_BOOT) == 0);
                file[FWCFG_TOPOLOGY_LE_THREADS] = 3;
                f->view.facets = 0;
                assert(consumers[k]->enumerate(f->state, PV_FACETS_BOOT, &f->view) == PV_E_UNSTEADY);
                assert(run(f, consumers[k], NULL, PV_FACET_APIC_ID) == 0); /* one that saw no other */
        }
        fixture_free(f);
}

static void
test_malformed_map(void)
{
        Fixture *f = fixture_default("map");
        uint8_t *file = file_of(f)->data;

        expect(f, file, "MCVP", 4, PV_E_BAD_FORMAT);
        expect(f, file + 4, "\2\0", 2, PV_E_BAD_FORMAT);
        expect(f, file + 6, "\x08\0", 2, PV_E_BAD_FORMAT);
        expect(f, file + 8, "\0\0\0\0", 4, PV_E_BAD_COUNT);
        expect(f, file + 8, "\x0d\0\0\0", 4, PV_E_BAD_SIZE); /* the size does not fit */
        expect(f, file + 8, "\xff\xff\xff\xff", 4, PV_E_BAD_COUNT);
        expect(f, file + 16 + 4, "\0\0\0\0", 4, PV_E_ID_TWICE); /* an ID twice */
        expect(f, file + 16 + 44, "\xff\xff\xff\xff", 4, PV_E_BAD_ID);
        expect(f, file + 64, "\3\x10", 2, PV_E_BAD_PRESENT); /* a CPU that is not possible */
        expect(f, file + 64, "\0\0", 2, PV_E_BAD_PRESENT);
        expect(f, entry_of(f), "\0\0\0\x0f", 4, PV_E_BAD_SIZE); /* shorter than its header */
        /* the pattern of a page not yet written is also honest data */
        memcpy(file + 16, "\xa5\xa5\xa5\xa5", 4);
        memcpy(file + 16 + 44, "\x5a\x5a\x5a\x5a", 4);
        for (size_t k = 0; k < N(consumers); k++)
                assert(run(f, consumers[k], NULL, PV_FACET_APIC_ID) == 0 && f->view.apic_id[0] == 0xa5a5a5a5);
        fixture_free(f);
}

static void
test_moving_map(void)
{
        Fixture *f = fixture_default("map");

        f->fault = FAULT_PLUG_MEANWHILE;
        assert(run(f, consumers[0], NULL, PV_FACET_PRESENT_SET) == PV_E_UNSTEADY);
        f->fault = FAULT_NONE;
        assert(run(f, consumers[0], NULL, PV_FACETS_BOOT) == 0);
        fixture_free(f);
}

int
main(void)
{
        test_honest();
        test_only_what_is_wanted();
        test_large();
        test_detect();
        test_malformed_directory();
        test_malformed_topology();
        test_other_topology();
        test_malformed_map();
        test_moving_map();
        return 0;
}
