/* SPDX-License-Identifier: MIT */
/* The model machine: floating ports, splitting, budgets, counts, encrypted memory, migration, overlapping devices. */
#undef NDEBUG
#include <assert.h>
#include <string.h>

#include "common/error.h"
#include "common/ram.h"
#include "common/session.h"

static PvLoader *loader;
static PvTarget *target;

static PvSession *
open_session(const char *name, PvCell cell)
{
        g_autoptr(PvCandidate) candidate = pv_candidate_parse(loader, name, NULL);
        PvSessionOptions options = {0};
        PvSession *session = pv_session_open(loader, candidate, target, &cell, &options, NULL);

        assert(session);
        return session;
}

static uint64_t
in(PvSession *s, uint64_t port, unsigned width)
{
        uint64_t value;

        assert(s->bus->ops->read(s->bus, PV_SPACE_PIO, port, width, &value) == 0);
        return value;
}

static void
test_floating_ports(void)
{
        g_autoptr(PvSession) ones = open_session("none:ones/regblock.firmware", (PvCell){0});
        g_autoptr(PvSession) zero = open_session("none:zero/regblock.firmware", (PvCell){0});
        g_autoptr(PvSession) stale = open_session("none:stale/regblock.firmware", (PvCell){0});

        assert(in(ones, 0xcd8, 1) == 0xff && in(ones, 0xcd8, 2) == 0xffff && in(ones, 0xcd8, 4) == 0xffffffff);
        assert(in(ones, 0xffff, 2) == 0xff && in(ones, 0xfffd, 4) == 0xffffff); /* measured on QEMU 7.2 */
        assert(in(zero, 0xcd8, 4) == 0);
        stale->bus->ops->write(stale->bus, PV_SPACE_PIO, 0xcd8, 4, 0x12345678);
        assert(in(stale, 0xcdc, 4) == 0x12345678 && in(stale, 0xcdc, 1) == 0x78);
}

/* What QEMU 7.2 answers too: RAM by any width and alignment, zero where there is no memory. */
static void
test_mmio(void)
{
        g_autoptr(PvSession) s = open_session("none:ones/regblock.firmware", (PvCell){0});
        const PvBusOps *bus = s->bus->ops;
        uint8_t bytes[4];
        uint64_t value;

        assert(bus->write(s->bus, PV_SPACE_MMIO, 0x200003, 8, 0x0102030405060708) == 0);
        assert(bus->read(s->bus, PV_SPACE_MMIO, 0x200005, 4, &value) == 0 && value == 0x03040506);
        assert(bus->gpa_read(s->bus, (PvGpa){0x200003}, bytes, 2) == 0 && bytes[0] == 8 && bytes[1] == 7);
        assert(bus->read(s->bus, PV_SPACE_MMIO, 0xfed40000, 4, &value) == 0 && value == 0);
        assert(bus->write(s->bus, PV_SPACE_MMIO, 0xa0000, 1, 0xff) == 0);
        assert(bus->read(s->bus, PV_SPACE_MMIO, 0xa0000, 1, &value) == 0 && value == 0);
        assert(bus->gpa_read(s->bus, (PvGpa){0x7ffffff}, bytes, 1) == 0);
        assert(bus->gpa_read(s->bus, (PvGpa){0x7ffffff}, bytes, 2) == PV_E_REFUSED);
        assert(bus->gpa_read(s->bus, (PvGpa){0x9ffff}, bytes, 2) == PV_E_REFUSED);
        assert(bus->gpa_read(s->bus, (PvGpa){0xfffff}, bytes, 2) == PV_E_REFUSED);
        assert(bus->gpa_read(s->bus, (PvGpa){0x100000}, bytes, 2) == 0);
}

static void
test_host_bridge(void)
{
        g_autoptr(PvSession) q35 = open_session("regblock", (PvCell){0});
        g_autoptr(PvSession) pc = open_session("regblock", (PvCell){.chipset = PV_CHIPSET_PC});

        q35->bus->ops->write(q35->bus, PV_SPACE_PIO, 0xcf8, 4, 0x80000000);
        pc->bus->ops->write(pc->bus, PV_SPACE_PIO, 0xcf8, 4, 0x80000000);
        assert(in(q35, 0xcfc, 4) == 0x29c08086 && in(pc, 0xcfc, 4) == 0x12378086);
        assert(in(q35, 0xcfe, 2) == 0x29c0);
        q35->bus->ops->write(q35->bus, PV_SPACE_PIO, 0xcf8, 4, 0x80000800); /* 00:01.0 is not there */
        assert(in(q35, 0xcfc, 4) == 0xffffffff);
        assert(pv_trace_counts(q35->trace)->platform == 5 && pv_trace_counts(q35->trace)->reads == 0);
}

/* 4 bytes at offset 5 are a byte at 5, a word at 6 and a byte at 8. Measured the same on QEMU 7.2. */
static void
test_unaligned_is_split(void)
{
        g_autoptr(PvSession) s = open_session("regblock", (PvCell){0});

        for (int i = 0; i < 2; i++)
                s->bus->ops->write(s->bus, PV_SPACE_PIO, 0xcd8, 4, 0);
        s->bus->ops->write(s->bus, PV_SPACE_PIO, 0xcd8, 4, 1);
        assert(in(s, 0xcdd, 4) == 0x01000000 && in(s, 0xcde, 4) == 0x00010000);
        assert(in(s, 0xce1, 4) == 0xff000000);
}

static void
test_budget(void)
{
        g_autoptr(PvSession) s = open_session("regblock", (PvCell){0});
        uint64_t value;
        int r = 0;

        for (long i = 0; !r && i < 10000000; i++)
                r = s->bus->ops->read(s->bus, PV_SPACE_PIO, 0xcdc, 1, &value);
        assert(r == PV_E_BUDGET);
        assert(s->bus->ops->write(s->bus, PV_SPACE_PIO, 0xcdc, 1, 0) == PV_E_BUDGET);
}

/* Host and guest look at the same page of each kind of guest. */
static void
test_memory(PvGuestKind guest, PvSharing sharing)
{
        PvRam *ram = pv_ram_new(guest, &pv_memory_opaque, 1);
        const uint8_t text[32] = "what the guest wrote in clear...", poke[4] = "host";
        uint8_t host[32], back[32], zeroes[32] = {0};
        gboolean same = guest == PV_GUEST_PLAIN || sharing == PV_SHARED;
        PvGpa gpa;

        assert(pv_ram_alloc(ram, 1, sharing, &gpa) == 0);
        assert(pv_ram_guest_write(ram, gpa, text, sizeof text) == 0);
        assert(pv_ram_host_read(ram, gpa, host, sizeof host) == 0);
        assert((memcmp(host, text, sizeof text) == 0) == same);
        if (guest == PV_GUEST_SEV_SNP && !same)
                assert(!memcmp(host, zeroes, sizeof host));
        assert(pv_ram_host_write(ram, gpa, poke, sizeof poke) == 0);
        assert(pv_ram_guest_read(ram, gpa, back, sizeof back) == 0);
        assert((memcmp(back, poke, sizeof poke) == 0) == same);
        assert(!memcmp(back + 16, text + 16, 16)); /* another 16-byte block is never touched */
        if (guest == PV_GUEST_SEV && !same)
                assert(memcmp(back + 4, text + 4, 12)); /* its own block is noise as a whole */
        assert(pv_ram_release(ram, gpa) == 0 && pv_ram_release(ram, gpa) == PV_E_REFUSED);
        assert(pv_ram_host_read(ram, (PvGpa){UINT64_MAX - 3}, host, 8) == PV_E_REFUSED);
        pv_ram_free(ram);
}

/* Where no page-table service exists nothing can be shared; where one does, each page is counted. */
static void
test_sharing(void)
{
        g_autoptr(PvSession) smm = open_session("regblock", (PvCell){.guest = PV_GUEST_SEV, .phase = PV_PHASE_SMM});
        g_autoptr(PvSession) os = open_session("regblock", (PvCell){.guest = PV_GUEST_SEV, .phase = PV_PHASE_OS});
        PvGpa gpa;

        assert(smm->bus->ops->gpa_alloc(smm->bus, 1, PV_SHARED, &gpa) == PV_E_REFUSED);
        assert(smm->bus->ops->gpa_alloc(smm->bus, 1, PV_PRIVATE, &gpa) == 0);
        assert(os->bus->ops->gpa_alloc(os->bus, 4097, PV_SHARED, &gpa) == 0);
        assert(pv_trace_counts(os->trace)->shared_pages == 2 && pv_trace_counts(smm->trace)->shared_pages == 0);
}

/* A CPU with a pending insert event, the selector on it, migrates; a firmware-removal request is lost, as in QEMU. */
static void
test_migration(void)
{
        g_autoptr(PvSession) s = open_session("regblock:qemu-6.0", (PvCell){.plugged = "10"});

        for (int i = 0; i < 2; i++)
                s->bus->ops->write(s->bus, PV_SPACE_PIO, 0xcd8, 4, 0);
        assert(s->host->ops->plug(s->host, 5) == 0);
        s->bus->ops->write(s->bus, PV_SPACE_PIO, 0xcd8, 4, 10);
        s->bus->ops->write(s->bus, PV_SPACE_PIO, 0xcdc, 1, 0x10);
        assert(in(s, 0xcdc, 1) == 0x11);
        assert(s->host->ops->save_load(s->host) == 0);
        assert(in(s, 0xcdc, 1) == 0x01);
        s->bus->ops->write(s->bus, PV_SPACE_PIO, 0xcd8, 4, 5);
        assert(in(s, 0xcdc, 1) == 0x03);
}

static void
test_overlap(void)
{
        g_autoptr(PvCandidate) twice = pv_candidate_parse(loader, "regblock:qemu-6.0", NULL);
        g_autoptr(GError) error = NULL;

        twice->machine.part[twice->machine.n_parts++] = twice->machine.part[0]; /* as no name can say it */
        assert(!pv_session_open(loader, twice, target, &(PvCell){0}, &(PvSessionOptions){0}, &error));
        assert(g_error_matches(error, PV_ERROR, PV_ERROR_HARNESS) && strstr(error->message, "claim port 0xcd8"));
}

int
main(void)
{
        loader = pv_loader_new();
        target = pv_target_parse("model", NULL);
        test_floating_ports();
        test_mmio();
        test_host_bridge();
        test_unaligned_is_split();
        test_budget();
        for (PvGuestKind guest = PV_GUEST_PLAIN; guest <= PV_GUEST_SEV_SNP; guest++) {
                test_memory(guest, PV_PRIVATE);
                test_memory(guest, PV_SHARED);
        }
        test_sharing();
        test_migration();
        test_overlap();
        pv_target_free(target);
        pv_loader_free(loader);
        return 0;
}
