/* SPDX-License-Identifier: MIT */
/* Bytes become accesses, transfers and host events; a device of any backend must answer each of them in bounds. */
#include <glib.h>
#include <stdlib.h>

#include "common/session.h"
#include "fuzz/device.h"
#include "fuzz/input.h"

#define OPERATIONS_MAX 4096u
#define TRANSFERS_MAX 8u /* each may fill 4 GiB with zeros */
#define PAGE_MASK 0xfffu

static PvLoader *loader;
static const PvBackend *backend;
static PvTarget *target;

typedef struct Fuzz {
        PvSession *session;
        PvRange range[8];
        int n_ranges;
        uint64_t doorbell;
        unsigned transfers;
        PvGpa page;
} Fuzz;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
        (void) argc;
        (void) argv;
        loader = pv_loader_new();
        pv_loader_trust(loader);
        backend = pv_loader_get(loader, FUZZ_BACKEND, NULL);
        target = pv_target_parse("model", NULL);
        if (!backend)
                g_error("no backend %s: set PVABI_BACKEND_PATH", FUZZ_BACKEND);
        return 0;
}

static void
must(gboolean holds, const char *what)
{
        if (holds)
                return;
        g_printerr("device %s: %s\n", FUZZ_BACKEND, what);
        abort();
}

/* Around the ranges of the device too: the bus must find the owner of each piece. */
static uint64_t
address_of(const Fuzz *f, Input *in)
{
        const PvRange *range = &f->range[input_byte(in) % (unsigned) f->n_ranges];

        return range->base + input_byte(in) % (range->length + 4) - (range->base >= 4 ? 2 : 0);
}

static unsigned
width_of(Input *in)
{
        return 1u << input_byte(in) % 3;
}

static void
do_read(Fuzz *f, Input *in)
{
        unsigned width = width_of(in);
        uint64_t value = 0, address = address_of(f, in);

        must(f->session->bus->ops->read(f->session->bus, PV_SPACE_PIO, address, width, &value) == 0, "a read failed");
        must(value == pv_by_width(value, width), "a read answered more than its width holds");
}

static void
do_write(Fuzz *f, Input *in)
{
        unsigned width = width_of(in);
        uint64_t address = address_of(f, in), value = input_number(in, width);

        must(f->session->bus->ops->write(f->session->bus, PV_SPACE_PIO, address, width, value) == 0, "a write failed");
}

static void
do_string(Fuzz *f, Input *in)
{
        uint64_t address = address_of(f, in);
        size_t n = input_byte(in);
        g_autofree uint8_t *data = g_malloc(n ? n : 1);

        must(f->session->bus->ops->read_string(f->session->bus, address, data, n) == 0, "a string read failed");
}

static void
store(Fuzz *f, uint64_t place, const uint8_t *bytes)
{
        must(f->session->bus->ops->gpa_write(f->session->bus, (PvGpa){f->page.value + (place & PAGE_MASK)}, bytes, 8) == 0,
             "the guest cannot store to its own page");
}

static void
do_address(Fuzz *f, Input *in)
{
        uint64_t place = input_number(in, 2), address = f->page.value + input_number(in, 2);
        uint8_t bytes[8];

        for (unsigned i = 0; i < 8; i++)
                bytes[i] = (uint8_t) (address >> 8 * (7 - i));
        store(f, place, bytes);
}

/* The low half alone: below 4 GiB it is the address. */
static void
do_ring(Fuzz *f, Input *in)
{
        uint32_t at = (uint32_t) f->page.value + (uint32_t) (input_number(in, 2) & PAGE_MASK);

        if (f->doorbell && f->transfers++ < TRANSFERS_MAX)
                must(pv_bus_out(f->session->bus, f->doorbell, 4, GUINT32_SWAP_LE_BE(at)) == 0, "a doorbell failed");
}

static void
do_host_event(Fuzz *f, uint8_t operation, Input *in)
{
        PvHost *host = f->session->host;
        uint32_t selector = operation == FUZZ_PLUG || operation == FUZZ_UNPLUG ? (uint32_t) input_number(in, 2) : 0;
        PvTruth truth;

        if (operation == FUZZ_PLUG)
                host->ops->plug(host, selector);
        else if (operation == FUZZ_UNPLUG)
                host->ops->unplug_request(host, selector);
        else if (operation == FUZZ_RESET)
                host->ops->reset(host);
        else
                must(host->ops->save_load(host) == 0, "a device refuses its own image");
        must(host->ops->truth(host, &truth) == 0 && truth.present_count <= truth.max_cpus, "more CPUs than possible");
}

static void
operate(Fuzz *f, Input *in)
{
        uint8_t bytes[8], operation = input_byte(in) % FUZZ_N_OPERATIONS;
        uint64_t place;

        switch (operation) {
        case FUZZ_READ:
                do_read(f, in);
                break;
        case FUZZ_WRITE:
                do_write(f, in);
                break;
        case FUZZ_STRING:
                do_string(f, in);
                break;
        case FUZZ_STORE:
                place = input_number(in, 2);
                input_take(in, bytes, sizeof bytes);
                store(f, place, bytes);
                break;
        case FUZZ_RING:
                do_ring(f, in);
                break;
        case FUZZ_ADDRESS:
                do_address(f, in);
                break;
        default:
                do_host_event(f, operation, in);
        }
}

static PvSession *
open_session(Input *in)
{
        const PvRevision *revision = &backend->revisions[input_byte(in) % backend->n_revisions];
        g_autofree char *name = g_strdup_printf("%s:%s", backend->name, revision->name);
        g_autoptr(PvCandidate) candidate = pv_candidate_parse(loader, name, NULL);
        PvCell cell = {
                .smp = fuzz_topologies[input_byte(in) % G_N_ELEMENTS(fuzz_topologies)],
                .chipset = input_byte(in) % 2 ? PV_CHIPSET_PC : PV_CHIPSET_Q35,
                .guest = (PvGuestKind) (input_byte(in) % (PV_GUEST_SEV_SNP + 1)),
        };
        PvSessionOptions options = {.seed = 1, .untraced = TRUE};
        PvSession *session = pv_session_open(loader, candidate, target, &cell, &options, NULL);

        must(session != NULL, "the machine does not come up");
        return session;
}

static void
find_ranges(Fuzz *f, const PvRevision *revision)
{
        f->n_ranges = backend->device->ranges(revision->name, f->session->chipset, f->range, G_N_ELEMENTS(f->range));
        f->n_ranges = MIN(f->n_ranges, (int) G_N_ELEMENTS(f->range));
        for (int i = 0; i < f->n_ranges; i++)
                f->doorbell = f->range[i].doorbell ? f->range[i].doorbell : f->doorbell;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
        Input in = {data, n};
        const PvRevision *revision = &backend->revisions[(n ? data[0] : 0) % backend->n_revisions];
        Fuzz f = {.session = open_session(&in)};

        find_ranges(&f, revision);
        must(f.session->bus->ops->gpa_alloc(f.session->bus, 2 * PV_PAGE_SIZE, PV_SHARED, &f.page) == 0, "no memory");
        for (unsigned i = 0; i < OPERATIONS_MAX && in.left > 0; i++)
                operate(&f, &in);
        pv_session_close(f.session);
        return 0;
}
