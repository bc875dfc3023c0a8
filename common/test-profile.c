/* SPDX-License-Identifier: MIT */
/* Profiles: what one says, and a bus that takes accesses to where it says that a device is. */
#include <glib/gstdio.h>
#include <string.h>

#include "common/profile.h"
#include "common/relocate.h"

#define FWCFG_DOORBELL 0x518u

static int
test_ranges(const char *revision, PvChipset chipset, PvRange *ret_ranges, int capacity)
{
        const PvRange range[] = {
                {PV_SPACE_PIO, 0x510, 2, 0},
                {PV_SPACE_PIO, 0x514, 8, FWCFG_DOORBELL},
        };

        (void) revision;
        (void) chipset;
        for (int i = 0; i < MIN(capacity, 2); i++)
                ret_ranges[i] = range[i];
        return 2;
}

static const PvRevision revisions[] = {{.name = "old", .features = 7}, {.name = "new", .features = 15}};
static const char *const features[] = {"one", "two (2)", "three", "four", NULL};
static const PvDeviceOps device = {.ranges = test_ranges};
static const PvBackend backend = {.name = "test",
                                  .revisions = revisions,
                                  .n_revisions = 2,
                                  .feature_names = features,
                                  .device = &device};
static const PvMachine machine = {.part = {{&backend, &revisions[0]}}, .n_parts = 1};

static PvProfile *
load(const char *text)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *path = NULL;
        PvProfile *profile;
        int fd = g_file_open_tmp("pvabi-profile-XXXXXX.ini", &path, NULL);

        g_assert_true(g_close(fd, NULL) && g_file_set_contents(path, text, -1, NULL));
        profile = pv_profile_load(path, &error);
        g_assert_no_error(error);
        g_unlink(path);
        return profile;
}

static void
test_says(void)
{
        g_autoptr(PvProfile) p = load("[profile]\nname = x\nstatus = run\nchipset = pc\nevents = SCI\n"
                                      "[test]\nclaims = new\nlacks = two (2); four\n[other]\nclaims = y\n"
                                      "[not-claimed]\nREG-OST-* = no _OST\n");
        g_autofree char *machine_name = pv_profile_machine(p);
        g_autoptr(GError) error = NULL;

        g_assert_cmpstr(p->name, ==, "x");
        g_assert_true(p->run && p->has_chipset && p->chipset == PV_CHIPSET_PC);
        g_assert_cmpstr(machine_name, ==, "test:new+other:y");
        g_assert_true(pv_profile_check(p, pv_profile_part(p, "test"), &backend, &error));
        g_assert_cmpuint(pv_profile_features(p, &backend, 15), ==, 5);
        g_assert_cmpuint(pv_profile_features(NULL, &backend, 15), ==, 15);
        g_assert_cmpstr(pv_profile_gap(p, "REG-OST-002"), ==, "no _OST");
        g_assert_null(pv_profile_gap(p, "REG-CMD-001"));
        g_assert_null(pv_profile_part(p, "absent"));
}

/* ---- a bus that remembers what reached it ---- */

typedef struct Seen {
        PvBus bus;
        PvSpace space;
        uint64_t address;
        unsigned accesses, freed;
} Seen;

static int
seen_read(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t *ret_value)
{
        Seen *seen = (Seen *) bus;

        seen->space = space;
        seen->address = address;
        seen->accesses++;
        *ret_value = pv_by_width(UINT64_MAX, width);
        return 0;
}

static int
seen_write(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t value)
{
        (void) value;
        return seen_read(bus, space, address, width, &(uint64_t){0});
}

static void
seen_free(PvBus *bus)
{
        ((Seen *) bus)->freed++;
}

static const PvBusOps seen_ops = {.read = seen_read, .write = seen_write, .free = seen_free};

static void
test_moves(void)
{
        g_autoptr(PvProfile) p = load("[profile]\nname = x\n[test]\nspace = mmio\nbase = 0x100e0020\n");
        const PvChipset chipset = PV_CHIPSET_PC;
        Seen seen = {.bus = {.ops = &seen_ops}};
        PvRelocation map[PV_RELOCATIONS_MAX];
        unsigned n = pv_relocations(p, &machine, chipset, map);
        PvBus *bus = pv_relocate_new(&seen.bus, map, n, &chipset);
        PvRange range[2], moved;
        uint8_t bytes[3];
        uint32_t value = 0;

        g_assert_cmpuint(n, ==, 2);
        pv_bus_in(bus, 0x511, 1, &value);
        g_assert_true(seen.space == PV_SPACE_MMIO && seen.address == 0x100e0021);
        pv_bus_out(bus, FWCFG_DOORBELL, 4, 0);
        g_assert_true(seen.space == PV_SPACE_MMIO && seen.address == 0x100e0028);
        pv_bus_in(bus, 0x512, 1, &value); /* between the ranges: nobody's */
        g_assert_true(seen.space == PV_SPACE_PIO && seen.address == 0x512);
        bus->ops->read_string(bus, 0x511, bytes, sizeof bytes);
        g_assert_cmpuint(seen.accesses, ==, 6);

        pv_bus_out(bus, 0xcf8, 4,
                   0x80000000); /* the profile's host bridge: nothing of it reaches the program */
        pv_bus_in(bus, 0xcfc, 4, &value);
        g_assert_cmphex(value, ==, 0x12378086);
        g_assert_cmpuint(seen.accesses, ==, 6);

        test_ranges(NULL, chipset, range, 2);
        moved = pv_relocate_range(map, n, &range[1]);
        g_assert_true(moved.space == PV_SPACE_MMIO && moved.base == 0x100e0024 &&
                      moved.doorbell == 0x100e0028);
        bus->ops->free(bus);
        g_assert_cmpuint(seen.freed, ==, 1);
}

/* Nothing is moved that the profile does not move. */
static void
test_stays(void)
{
        g_autoptr(PvProfile) p = load("[profile]\nname = x\n[test]\nclaims = old\n");
        PvRelocation map[PV_RELOCATIONS_MAX];

        g_assert_cmpuint(pv_relocations(p, &machine, PV_CHIPSET_Q35, map), ==, 0);
        g_assert_cmpuint(pv_relocations(NULL, &machine, PV_CHIPSET_Q35, map), ==, 0);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/profile/says", test_says);
        g_test_add_func("/profile/moves", test_moves);
        g_test_add_func("/profile/stays", test_stays);
        return g_test_run();
}
