/* SPDX-License-Identifier: MIT */
/*
 * Bytes become what a device answers; a consumer of any backend must end within its budget, touch nothing outside its
 * buffers, and state no more than its contract allows.
 */
#include <glib.h>
#include <stdlib.h>

#include "common/guarded.h"
#include "common/loader.h"
#include "fuzz/contract.h"
#include "fuzz/input.h"

#define BUDGET 200000u       /* accesses: far above what an honest device needs for CAPACITY_MAX CPUs */
#define CAPACITY_MAX 256u
#define AFTER_THE_END 64u    /* accesses that may follow a fatal answer: a consumer cleans up, and no more */
#define HEAP 0x200000u
#define PAGES 64u

static PvLoader *loader; /* owns the backend for as long as the harness runs */
static const PvBackend *backend;

typedef struct LyingBus {
        PvBus bus;
        Input *in;
        uint32_t accesses, after;
        uint32_t pages; /* allocated so far, never reused */
} LyingBus;

static int
spend(LyingBus *b, size_t accesses)
{
        b->accesses += (uint32_t) accesses;
        if (b->accesses <= BUDGET)
                return 0;
        must(b->after++ < AFTER_THE_END, "goes on after a fatal answer");
        return PV_E_BUDGET;
}

static int
lie_read(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t *ret_value)
{
        LyingBus *b = (LyingBus *) bus;
        int r = spend(b, 1);

        (void) space;
        must(width == 1 || width == 2 || width == 4, "reads with a width that no x86 port access has");
        if (r)
                return r;
        /* The host bridge is the platform's word, not the device's: it is always there, and says q35 or pc. */
        *ret_value = address - 0xcf8u < 8 ? 0x29c08086u : input_number(b->in, width);
        return 0;
}

static int
lie_write(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t value)
{
        (void) space;
        (void) address;
        must(value == pv_by_width(value, width), "writes more than its width holds");
        return spend((LyingBus *) bus, 1);
}

static int
lie_read_string(PvBus *bus, uint64_t port, void *ret_data, size_t n)
{
        LyingBus *b = (LyingBus *) bus;
        int r = spend(b, n);

        (void) port;
        if (!r)
                input_take(b->in, ret_data, n);
        return r;
}

/* Every fourth time or so there is no memory to be had. */
static int
lie_gpa_alloc(PvBus *bus, size_t n, PvSharing sharing, PvGpa *ret_gpa)
{
        LyingBus *b = (LyingBus *) bus;
        size_t pages = (n + PV_PAGE_SIZE - 1) / PV_PAGE_SIZE;

        (void) sharing;
        if (pages > PAGES - b->pages || input_byte(b->in) % 4 == 3)
                return PV_E_REFUSED;
        ret_gpa->value = HEAP + (uint64_t) b->pages * PV_PAGE_SIZE;
        b->pages += (uint32_t) pages;
        return 0;
}

static int
lie_gpa_free(PvBus *bus, PvGpa gpa)
{
        (void) bus;
        must(gpa.value >= HEAP && gpa.value % PV_PAGE_SIZE == 0, "frees what it did not allocate");
        return 0;
}

static void
must_own(const LyingBus *b, PvGpa gpa, size_t n)
{
        uint64_t end = HEAP + (uint64_t) b->pages * PV_PAGE_SIZE;

        must(gpa.value >= HEAP && gpa.value <= end && n <= end - gpa.value, "touches memory that it does not own");
}

static int
lie_gpa_read(PvBus *bus, PvGpa gpa, void *ret_data, size_t n)
{
        LyingBus *b = (LyingBus *) bus;
        int r = spend(b, 1);

        must_own(b, gpa, n);
        if (!r)
                input_take(b->in, ret_data, n);
        return r;
}

static int
lie_gpa_write(PvBus *bus, PvGpa gpa, const void *data, size_t n)
{
        LyingBus *b = (LyingBus *) bus;

        (void) data;
        must_own(b, gpa, n);
        return spend(b, 1);
}

static void
lie_free(PvBus *bus)
{
        (void) bus;
}

static const PvBusOps lying_ops = {
        .read = lie_read,
        .write = lie_write,
        .read_string = lie_read_string,
        .gpa_alloc = lie_gpa_alloc,
        .gpa_free = lie_gpa_free,
        .gpa_read = lie_gpa_read,
        .gpa_write = lie_gpa_write,
        .free = lie_free,
};

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
        (void) argc;
        (void) argv;
        loader = pv_loader_new();
        pv_loader_trust(loader);
        backend = pv_loader_get(loader, FUZZ_BACKEND, NULL);
        if (!backend)
                g_error("no backend %s: set PVABI_BACKEND_PATH", FUZZ_BACKEND);
        return 0;
}

static void
handle_events(const PvConsumerOps *ops, void *state, PvView *view, Input *in)
{
        for (unsigned i = 0; i < 4 && contract_poll(ops, state, view) == 0; i++)
                contract_ack(ops, state, view);
        contract_eject(ops, state, (uint32_t) input_number(in, 2));
        contract_ost(ops, state, (uint32_t) input_number(in, 2));
}

/* The head: which consumer, the revision it assumes (0: it probes), capacity, guest kind, phase; then answers. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
        Input in = {data, n};
        LyingBus b = {.bus = {.ops = &lying_ops, .caps = PV_BUS_PIO | PV_BUS_STRING | PV_BUS_GPA | PV_BUS_SHARE,
                              .limits = {.max_cpus = UINT32_MAX, .max_apic_id = UINT32_MAX}},
                      .in = &in};
        const PvConsumerOps *ops = backend->consumers[input_byte(&in) % backend->n_consumers];
        unsigned assumed = input_byte(&in) % (unsigned) (backend->n_revisions + 1);
        PvView view = guarded_view(1 + input_byte(&in) % CAPACITY_MAX);
        void *state = pv_guarded_new(ops->state_size);

        b.bus.guest = (PvGuestKind) (input_byte(&in) % (PV_GUEST_SEV_SNP + 1));
        b.bus.phase = (PvPhase) (input_byte(&in) % (PV_PHASE_AML + 1));
        if (ops->init(state, &b.bus, assumed ? backend->revisions[assumed - 1].name : NULL) == 0 &&
            contract_detect(ops, state) == 0) {
                contract_enumerate(ops, state, PV_FACET_POSSIBLE_COUNT, &view);
                contract_enumerate(ops, state, PV_FACETS_BOOT, &view);
                handle_events(ops, state, &view, &in);
        }
        must(b.accesses <= BUDGET, "does not end within its access budget");
        guarded_view_free(&view);
        pv_guarded_free(state);
        return 0;
}
