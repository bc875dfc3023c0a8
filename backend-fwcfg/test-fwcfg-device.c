/* SPDX-License-Identifier: MIT */
/* The fw_cfg device against what QEMU's does: ports, directory, DMA, events, reset and migration. */
#undef NDEBUG
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "backend-fwcfg/fwcfg-device.h"

#define RAM_SIZE 0x10000u
#define DATA 0x1000u

typedef struct Fixture {
        PvTopology topology;
        uint32_t *ids;
        uint8_t *boot;
        PvDeviceEnv env;
        void *device;
        uint8_t ram[RAM_SIZE];
} Fixture;

static int
ram_read(void *host, PvGpa gpa, void *ret_data, size_t n)
{
        Fixture *f = host;

        if (gpa.value > RAM_SIZE || n > RAM_SIZE - gpa.value)
                return PV_E_REFUSED;
        memcpy(ret_data, f->ram + gpa.value, n);
        return 0;
}

static int
ram_write(void *host, PvGpa gpa, const void *data, size_t n)
{
        Fixture *f = host;

        if (gpa.value > RAM_SIZE || n > RAM_SIZE - gpa.value)
                return PV_E_REFUSED;
        memcpy(f->ram + gpa.value, data, n);
        return 0;
}

static Fixture *
fixture_new(const char *revision, PvTopology topology, PvChipset chipset)
{
        Fixture *f = calloc(1, sizeof *f);

        assert(f);
        f->topology = topology;
        f->ids = calloc(topology.max_cpus, sizeof *f->ids);
        f->boot = calloc(1, pv_bitmap_size(topology.max_cpus));
        assert(f->ids && f->boot);
        for (uint32_t i = 0; i < topology.max_cpus; i++)
                f->ids[i] = pv_topology_apic_id(&topology, i);
        for (uint32_t i = 0; i < topology.cpus; i++)
                pv_bit_set(f->boot, i, true);
        f->env = (PvDeviceEnv){.struct_size = sizeof f->env, .chipset = chipset, .topology = &f->topology,
                               .apic_id = f->ids, .boot_present = f->boot, .host = f,
                               .dma_read = ram_read, .dma_write = ram_write};
        f->device = fwcfg_device.create(&f->env, revision);
        assert(f->device);
        return f;
}

static Fixture *
fixture_default(const char *revision)
{
        return fixture_new(revision, (PvTopology){2, 12, 2, 1, 3, 2}, PV_CHIPSET_Q35);
}

static void
fixture_free(Fixture *f)
{
        fwcfg_device.free(f->device);
        free(f->ids);
        free(f->boot);
        free(f);
}

static uint64_t
in(Fixture *f, uint64_t port, unsigned width)
{
        return fwcfg_device.read(f->device, PV_SPACE_PIO, port, width);
}

static void
out(Fixture *f, uint64_t port, unsigned width, uint64_t value)
{
        fwcfg_device.write(f->device, PV_SPACE_PIO, port, width, value);
}

static void
pick(Fixture *f, uint16_t key)
{
        out(f, FWCFG_SELECTOR_W, 2, key);
}

static uint64_t
get(Fixture *f, unsigned n)
{
        uint64_t value = 0;

        for (unsigned i = 0; i < n; i++)
                value |= in(f, FWCFG_DATA_R, 1) << 8 * i;
        return value;
}

static uint64_t
item(Fixture *f, uint16_t key, unsigned n)
{
        pick(f, key);
        return get(f, n);
}

static void
descriptor(Fixture *f, uint32_t at, uint32_t control, uint32_t length, uint64_t address)
{
        fwcfg_store_be(f->ram + at, control, 4);
        fwcfg_store_be(f->ram + at + 4, length, 4);
        fwcfg_store_be(f->ram + at + 8, address, 8);
}

/* What the control field holds afterwards. */
static uint32_t
dma(Fixture *f, uint32_t control, uint32_t length, uint64_t address)
{
        descriptor(f, 0, control, length, address);
        out(f, FWCFG_DMA_HIGH_RW, 4, 0);
        out(f, FWCFG_DMA_LOW_RW, 4, 0);
        return fwcfg_load_be32(f->ram);
}

static uint32_t
key_bits(uint32_t key)
{
        return key << 16 | FWCFG_DMA_SELECT;
}

/* Key and size of a file; 0 when there is none. */
static uint16_t
find(Fixture *f, const char *name, uint32_t *ret_size)
{
        uint8_t entry[64];

        pick(f, FWCFG_KEY_DIRECTORY);
        for (uint32_t n = fwcfg_swap32((uint32_t) get(f, 4)); n > 0; n--) {
                fwcfg_device.read_string(f->device, FWCFG_DATA_R, entry, sizeof entry);
                if (strcmp((char *) entry + 8, name) == 0) {
                        *ret_size = fwcfg_load_be32(entry);
                        return fwcfg_load_be16(entry + 4);
                }
        }
        return 0;
}

static void
test_ports(void)
{
        Fixture *f = fixture_default("topology");

        assert(get(f, 4) == 0x554d4551 && get(f, 2) == 0); /* power-on: key 0; past the end: 0 */
        pick(f, 0);
        assert(in(f, 0x510, 1) == 'Q' && in(f, 0x511, 1) == 'E'); /* both bytes of the word are data */
        assert(in(f, 0x510, 2) == 0 && in(f, 0x510, 4) == 0 && in(f, 0x511, 1) == 'M');
        out(f, 0x510, 1, 1); /* neither a selector nor data */
        out(f, 0x511, 1, 1);
        out(f, 0x510, 4, 1);
        out(f, 0x511, 2, 1);
        assert(in(f, 0x511, 1) == 'U');
        assert(in(f, 0x514, 4) == 0x554d4551 && in(f, 0x518, 4) == 0x47464320);
        assert(in(f, 0x51b, 1) == 'G' && in(f, 0x516, 2) == 0x554d && in(f, 0x515, 2) == 0);
        out(f, 0x514, 2, 0xffff);
        out(f, 0x518, 1, 0xff);
        fixture_free(f);
}

static void
test_items(void)
{
        Fixture *f = fixture_default("topology");

        assert(item(f, FWCFG_KEY_ID, 4) == 3 && get(f, 1) == 0);
        assert(item(f, FWCFG_KEY_NB_CPUS, 4) == 2);
        assert(item(f, FWCFG_KEY_MAX_CPUS, 2) == 14);
        assert(item(f, 0x4000, 4) == 0x554d4551);
        assert(item(f, 0x8000, 4) == 0 && item(f, 0x8005, 2) == 0);
        assert(item(f, 0xffff, 4) == 0 && item(f, 0x1f, 4) == 0);
        assert(item(f, 0x40, 4) == 0 && item(f, 0x3f, 4) == 0);
        assert(item(f, FWCFG_KEY_RAM_SIZE, 8) == 128 << 20);
        assert(item(f, FWCFG_KEY_IRQ0_OVERRIDE, 4) == 1 && item(f, FWCFG_KEY_HPET, 8) == 0xd000008086a20101);
        fixture_free(f);
}

static void
test_directory(PvChipset chipset, uint32_t count)
{
        Fixture *f = fixture_new("topology", (PvTopology){2, 12, 2, 1, 3, 2}, chipset);
        uint8_t dir[4 + 64 * FWCFG_FILE_SLOTS + 8];
        const char *last = "";

        pick(f, FWCFG_KEY_DIRECTORY);
        fwcfg_device.read_string(f->device, FWCFG_DATA_R, dir, sizeof dir);
        assert(fwcfg_load_be32(dir) == count);
        for (uint32_t i = 0; i < count; i++) {
                const char *name = (char *) dir + 4 + 64 * i + 8;

                assert(strcmp(last, name) < 0);
                assert(fwcfg_load_be16(dir + 4 + 64 * i + 4) == FWCFG_KEY_FILES + i);
                last = name;
        }
        for (size_t i = 4 + 64 * count; i < sizeof dir; i++)
                assert(dir[i] == 0);
        assert(dma(f, key_bits(FWCFG_KEY_DIRECTORY) | FWCFG_DMA_SKIP, 4 + 64 * FWCFG_FILE_SLOTS - 1, 0) == 0);
        assert(((FwcfgDevice *) f->device)->offset == 4 + 64 * FWCFG_FILE_SLOTS - 1);
        fixture_free(f);
}

static void
test_files(void)
{
        Fixture *f = fixture_default("topology"), *g = fixture_default("map");
        uint32_t size = 0;
        uint16_t key = find(f, FWCFG_TOPOLOGY_FILE, &size);
        PvContent content = {0};

        assert(key && size == 16 && !find(f, FWCFG_MAP_FILE, &size));
        assert(item(f, key, 4) == 1 && get(f, 4) == 3 && get(f, 4) == 2 && get(f, 4) == 12 && get(f, 1) == 0);
        key = find(g, FWCFG_MAP_FILE, &size);
        assert(key && size == 16 + 48 + 2);
        assert(item(g, key, 4) == FWCFG_MAP_MAGIC && get(g, 2) == 1 && get(g, 2) == 4 && get(g, 4) == 12);
        assert(get(g, 4) == 0);
        for (uint32_t i = 0; i < 12; i++)
                assert(get(g, 4) == g->ids[i]);
        assert(get(g, 2) == 3);
        assert(fwcfg_device.content(&g->env, "map", 0, &content) == 0 && content.size == 66);
        assert(strcmp(content.name, FWCFG_MAP_FILE) == 0);
        free(content.data);
        assert(fwcfg_device.content(&g->env, "map", 1, &content) == PV_E_UNSUPPORTED);
        assert(fwcfg_device.content(&g->env, FWCFG_REVISION_OLD, 0, &content) == PV_E_UNSUPPORTED);
        assert(fwcfg_device.create(&g->env, "no-such") == NULL);
        fixture_free(f);
        fixture_free(g);
}

/* The directory of an old machine type, in the order it was filled. */
static void
test_old(void)
{
        Fixture *f = fixture_default(FWCFG_REVISION_OLD);
        PvRange ranges[2];
        uint32_t size = 0;

        assert(fwcfg_device.ranges(FWCFG_REVISION_OLD, PV_CHIPSET_Q35, ranges, 2) == 1);
        assert(item(f, FWCFG_KEY_ID, 4) == FWCFG_ID_PORTS);
        assert(find(f, "etc/boot-fail-wait", &size) == 0x20 && find(f, "bootorder", &size) == 0x2a);
        assert(find(f, "etc/e820", &size) == 0x23 && size == 20);
        assert(!find(f, FWCFG_TOPOLOGY_FILE, &size) && !find(f, FWCFG_SMI_OK_FILE, &size));
        fixture_free(f);
}

static void
test_events(void)
{
        Fixture *f = fixture_default("map");
        uint32_t size = 0;
        uint16_t key = find(f, FWCFG_MAP_FILE, &size);

        assert(fwcfg_device.plug(f->device, 10) == 0);
        assert(fwcfg_device.plug(f->device, 10) == PV_E_REFUSED);
        assert(fwcfg_device.plug(f->device, 12) == PV_E_REFUSED);
        assert(item(f, FWCFG_KEY_NB_CPUS, 2) == 3);
        assert(item(f, key, 8) && get(f, 4) == 12 && get(f, 4) == 1);
        for (uint32_t i = 0; i < 12; i++)
                get(f, 4);
        assert(get(f, 2) == (3 | 1 << 10));
        fwcfg_device.unplugged(f->device, 10);
        fwcfg_device.unplugged(f->device, 10);
        fwcfg_device.unplugged(f->device, 99);
        assert(item(f, FWCFG_KEY_NB_CPUS, 2) == 2);
        assert(item(f, key, 8) && get(f, 4) == 12 && get(f, 4) == 2);
        fixture_free(f);
}

static void
test_dma_reads(void)
{
        Fixture *f = fixture_default("topology");
        uint8_t *data = f->ram + DATA;

        memset(data, 0xee, 32);
        assert(dma(f, key_bits(0) | FWCFG_DMA_READ, 2, DATA) == 0 && memcmp(data, "QE\xee", 3) == 0);
        assert(dma(f, FWCFG_DMA_READ, 6, DATA) == 0 && memcmp(data, "MU\0\0\0\0\xee", 7) == 0);
        assert(dma(f, FWCFG_DMA_READ, 8, DATA) == 0 && memcmp(data, "\0\0\0\0\0\0\0\0\xee", 9) == 0);
        memset(data, 0xee, 32);
        assert(dma(f, key_bits(0xffff) | FWCFG_DMA_READ, 4, DATA) == 0);
        assert(memcmp(data, "\0\0\0\0\xee", 5) == 0);
        assert(dma(f, key_bits(0) | FWCFG_DMA_READ | FWCFG_DMA_WRITE | FWCFG_DMA_SKIP, 4, DATA) == 0);
        assert(memcmp(data, "QEMU", 4) == 0 && get(f, 1) == 0);
        assert(dma(f, key_bits(0) | FWCFG_DMA_READ, 0, DATA) == 0 && get(f, 1) == 'Q');
        assert(dma(f, key_bits(0), 4, DATA) == 0 && get(f, 1) == 'Q');
        assert(dma(f, FWCFG_DMA_ERROR, 4, DATA) == 0 && dma(f, 0x8000, 4, DATA) == 0 && get(f, 1) == 'E');
        /* a buffer that is not RAM: error, and the offset has moved */
        assert(dma(f, key_bits(0) | FWCFG_DMA_READ, 2, RAM_SIZE) == FWCFG_DMA_ERROR && get(f, 1) == 'M');
        assert(dma(f, key_bits(0) | FWCFG_DMA_READ, 0xffffffff, DATA) == FWCFG_DMA_ERROR);
        assert(dma(f, key_bits(0x1f) | FWCFG_DMA_READ, 8, UINT64_MAX - 3) == FWCFG_DMA_ERROR);
        /* data over its own descriptor: the answer is stored last */
        assert(dma(f, key_bits(0) | FWCFG_DMA_READ, 4, 0) == 0 && fwcfg_load_be32(f->ram + 4) == 4);
        fixture_free(f);
}

static void
test_dma_skip_and_write(void)
{
        Fixture *f = fixture_default("topology");
        uint32_t size = 0;
        uint16_t key = find(f, "etc/smi/requested-features", &size);

        assert(key && size == 8);
        assert(dma(f, key_bits(0) | FWCFG_DMA_SKIP, 3, 0) == 0 && get(f, 1) == 'U');
        assert(dma(f, key_bits(0) | FWCFG_DMA_SKIP, 100, 0) == 0 && get(f, 1) == 0);
        assert(dma(f, FWCFG_DMA_SKIP, 0xffffff9c, 0) == 0 && get(f, 1) == 0);
        assert(dma(f, key_bits(0xffff) | FWCFG_DMA_SKIP, 8, 0) == 0);
        assert(dma(f, key_bits(0) | FWCFG_DMA_WRITE | FWCFG_DMA_SKIP, 2, DATA) == FWCFG_DMA_ERROR);
        assert(get(f, 1) == 'M');
        assert(dma(f, key_bits(0) | FWCFG_DMA_WRITE, 0, DATA) == 0);
        assert(dma(f, key_bits(0) | FWCFG_DMA_WRITE, 9, DATA) == FWCFG_DMA_ERROR && get(f, 1) == 0);
        assert(dma(f, FWCFG_DMA_WRITE, 1, DATA) == FWCFG_DMA_ERROR);
        assert(dma(f, key_bits(0xffff) | FWCFG_DMA_WRITE, 1, DATA) == FWCFG_DMA_ERROR);
        memcpy(f->ram + DATA, "\1\2\3\4\5\6\7\10", 8);
        assert(dma(f, key_bits(key) | FWCFG_DMA_WRITE, 8, DATA) == 0);
        assert(item(f, key, 8) == 0x0807060504030201);
        assert(dma(f, key_bits(key) | FWCFG_DMA_WRITE, 9, DATA + 1) == FWCFG_DMA_ERROR && get(f, 1) == 0);
        assert(item(f, key, 8) == 0x0807060504030201);
        fixture_free(f);
}

static void
test_dma_address(void)
{
        Fixture *f = fixture_default("topology");

        /* the register is 0 after a transfer, so the low half alone is enough next time */
        descriptor(f, 0x805, key_bits(0) | FWCFG_DMA_READ, 4, DATA);
        out(f, FWCFG_DMA_HIGH_RW, 4, 0);
        out(f, FWCFG_DMA_LOW_RW, 4, fwcfg_swap32(0x805));
        assert(fwcfg_load_be32(f->ram + 0x805) == 0);
        descriptor(f, 0, key_bits(1) | FWCFG_DMA_READ, 4, DATA);
        out(f, FWCFG_DMA_LOW_RW, 4, 0);
        assert(fwcfg_load_be32(f->ram) == 0 && f->ram[DATA] == 3);
        /* a high half waits, survives a reset, and meets the next low one */
        out(f, FWCFG_DMA_HIGH_RW, 4, fwcfg_swap32(1));
        fwcfg_device.reset(f->device);
        descriptor(f, 0, key_bits(1) | FWCFG_DMA_READ, 4, DATA);
        out(f, FWCFG_DMA_LOW_RW, 4, 0);
        assert(fwcfg_load_be32(f->ram) == (key_bits(1) | FWCFG_DMA_READ) && get(f, 1) == 'Q');
        out(f, FWCFG_DMA_LOW_RW, 4, 0);
        assert(fwcfg_load_be32(f->ram) == 0);
        fixture_free(f);
}

/* The answer of etc/smi/features-ok to this request. */
static uint64_t
negotiate(Fixture *f, uint64_t features)
{
        uint32_t size = 0;
        uint16_t key = find(f, "etc/smi/requested-features", &size);

        fwcfg_store_le(f->ram + DATA, features, 8);
        assert(dma(f, key_bits(key) | FWCFG_DMA_WRITE, 8, DATA) == 0);
        return item(f, find(f, "etc/smi/features-ok", &size), 1);
}

static void
test_smi_features(void)
{
        Fixture *f = fixture_default("topology");

        assert(negotiate(f, 8) == 0 && negotiate(f, 2) == 0 && negotiate(f, 5) == 0 && negotiate(f, 4) == 0);
        assert(negotiate(f, 7) == 1 && ((FwcfgDevice *) f->device)->smi_negotiated == 7);
        assert(negotiate(f, 8) == 1 && ((FwcfgDevice *) f->device)->smi_negotiated == 7); /* locked */
        fwcfg_device.reset(f->device);
        assert(fwcfg_device.allows(f->device, true, 3) == 0 && fwcfg_device.allows(f->device, false, 1) == 0);
        assert(negotiate(f, 8) == 0 && negotiate(f, 1) == 1);
        assert(fwcfg_device.allows(f->device, true, 3) == PV_E_REFUSED);
        fwcfg_device.reset(f->device);
        assert(negotiate(f, 3) == 1 && fwcfg_device.allows(f->device, true, 3) == 0);
        assert(fwcfg_device.allows(f->device, false, 1) == PV_E_REFUSED);
        fixture_free(f);
}

static void
test_reset_and_migration(void)
{
        Fixture *f = fixture_default("map"), *g = fixture_default("map");
        uint8_t image[64];
        uint32_t size = 0;
        size_t n = fwcfg_device.save(f->device, NULL, 0);

        item(f, FWCFG_KEY_NB_CPUS, 1);
        fwcfg_device.reset(f->device);
        assert(get(f, 4) == 0x554d4551);
        assert(negotiate(f, 3) == 1);
        assert(fwcfg_device.plug(f->device, 5) == 0);
        out(f, FWCFG_DMA_HIGH_RW, 4, fwcfg_swap32(2));
        item(f, 0, 2);
        assert(n <= sizeof image && fwcfg_device.save(f->device, image, n) == n);
        assert(fwcfg_device.load(g->device, image, n - 1) == PV_E_MALFORMED);
        assert(fwcfg_device.load(g->device, image, n) == 0);
        assert(get(g, 2) == 0x554d && ((FwcfgDevice *) g->device)->dma_address == UINT64_C(2) << 32);
        assert(item(g, FWCFG_KEY_NB_CPUS, 2) == 3);
        assert(item(g, find(g, "etc/smi/features-ok", &size), 1) == 1);
        assert(item(g, find(g, FWCFG_MAP_FILE, &size), 8) && get(g, 4) == 12 && get(g, 4) == 1);
        image[12] = 200; /* an offset past the end of the signature */
        assert(fwcfg_device.load(g->device, image, n) == PV_E_MALFORMED);
        fixture_free(f);
        fixture_free(g);
}

static void
test_large_map(void)
{
        Fixture *f = fixture_new("map", (PvTopology){1 << 20, 1 << 20, 128, 1, 4096, 2}, PV_CHIPSET_PC);
        uint32_t size = 0;
        uint16_t key = find(f, FWCFG_MAP_FILE, &size);
        uint8_t *data = malloc(size);
        clock_t start = clock();

        assert(data && size == 16 + (4 << 20) + (1 << 17));
        pick(f, key);
        fwcfg_device.read_string(f->device, FWCFG_DATA_R, data, size);
        assert(clock() - start < CLOCKS_PER_SEC / 5);
        assert(fwcfg_load_le32(data + 16 + 4 * 0xfffff) == 0xfffff && data[size - 1] == 0xff);
        assert(item(f, FWCFG_KEY_NB_CPUS, 2) == 0); /* 2^20 in 16 bits */
        free(data);
        fixture_free(f);
}

int
main(void)
{
        test_ports();
        test_items();
        test_directory(PV_CHIPSET_Q35, 16);
        test_directory(PV_CHIPSET_PC, 13);
        test_files();
        test_old();
        test_events();
        test_dma_reads();
        test_dma_skip_and_write();
        test_dma_address();
        test_smi_features();
        test_reset_and_migration();
        test_large_map();
        return 0;
}
