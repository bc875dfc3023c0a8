/* SPDX-License-Identifier: MIT */
/*
 * Bytes become what a hostile machine does to a consumer: which lie is told, from when on, how often; and what the device
 * answers, stores or leaves undone at any access and transfer besides. The machine is the model's, with its pages, its GHCB
 * and its adversary, in every kind of guest. A consumer must end, keep to its contract, and leave no page shared.
 */
#include <glib.h>
#include <stdlib.h>

#include "common/guarded.h"
#include "common/model.h"
#include "common/session.h"
#include "common/wrap-bus.h"
#include "conformance/hostile.h"
#include "fuzz/contract.h"
#include "fuzz/device.h"
#include "fuzz/hostile.h"
#include "fuzz/input.h"

#define ROOM 512u /* CPUs that this platform has room for */
#define STORED_MAX (1u << 20) /* bytes: a length that a lie made is up to 4 GiB of zeros, and takes only time */

static PvLoader *loader;
static const PvBackend *backend;
static PvTarget *target;
static PvBackend hostile_backend; /* with the device that slips */
static PvDeviceOps hostile_device;

/* One run; a device knows nothing but its environment. */
static struct {
        Input in;
        gboolean slips;     /* not before the consumer's first call */
        unsigned gap;       /* accesses and transfers before the next slip */
        const PvDeviceEnv *outer;
        PvDeviceEnv env;
        PvGpa seen;         /* where the last transfer was */
        size_t stored;      /* bytes */
} run;

/* ---- slips: what the device does once, besides the lie ---- */

static gboolean
is_due(void)
{
        if (!run.slips || run.in.left == 0)
                return FALSE;
        if (run.gap > 0) {
                run.gap--;
                return FALSE;
        }
        run.gap = input_byte(&run.in);
        return TRUE;
}

/* A store when nobody asked for one: near the last transfer, or anywhere in the first 16 MiB. */
static void
store_late(void)
{
        const uint32_t offset = (uint32_t) input_number(&run.in, 3);
        const uint64_t base = offset & 0x800000 ? 0 : run.seen.value;
        uint8_t bytes[32];

        input_take(&run.in, bytes, sizeof bytes);
        run.outer->dma_write(run.outer->host, (PvGpa){base + (offset & 0x7fffff) % (base ? 0x2000 : 0x800000)}, bytes,
                             sizeof bytes);
}

static uint64_t
slip_of_read(uint64_t value, unsigned width)
{
        switch (input_byte(&run.in) % 4) {
        case 0:
                return input_number(&run.in, width);
        case 1:
                return value ^ input_number(&run.in, width);
        case 2:
                return pv_by_width(value + input_byte(&run.in), width);
        default:
                store_late();
                return value;
        }
}

static uint64_t
hostile_read(void *state, PvSpace space, uint64_t address, unsigned width)
{
        uint64_t value = backend->device->read(state, space, address, width);

        return is_due() ? slip_of_read(value, width) : value;
}

static void
hostile_write(void *state, PvSpace space, uint64_t address, unsigned width, uint64_t value)
{
        if (is_due() && input_byte(&run.in) % 2)
                store_late();
        else
                backend->device->write(state, space, address, width, value);
}

/* A slip of a string is any of its bytes, and as many behind it as it likes. */
static void
hostile_read_string(void *state, uint64_t port, uint8_t *ret_data, size_t n)
{
        size_t from, some;

        for (size_t i = 0; !backend->device->read_string && i < n; i++)
                ret_data[i] = (uint8_t) backend->device->read(state, PV_SPACE_PIO, port, 1);
        if (backend->device->read_string)
                backend->device->read_string(state, port, ret_data, n);
        if (n == 0 || !is_due())
                return;
        from = input_number(&run.in, 2) % n;
        some = MIN(input_byte(&run.in), n - from);
        input_take(&run.in, ret_data + from, some);
}

static int
hostile_dma_read(void *host, PvGpa gpa, void *ret_data, size_t n)
{
        int r = run.outer->dma_read(host, gpa, ret_data, n);

        run.seen = gpa;
        if (r || n == 0 || !is_due())
                return r;
        if (input_byte(&run.in) % 2)
                return PV_E_REFUSED;
        ((uint8_t *) ret_data)[input_byte(&run.in) % n] ^= input_byte(&run.in);
        return 0;
}

/* Of a completion too: the control word is a store like any other. */
static int
slip_of_store(void *host, PvGpa gpa, const uint8_t *data, size_t n)
{
        uint8_t bytes[64];
        size_t some = MIN(n, sizeof bytes);

        switch (input_byte(&run.in) % 5) {
        case 0:
                return 0;
        case 1:
                return PV_E_REFUSED;
        case 2:
                return run.outer->dma_write(host, gpa, data, input_number(&run.in, 2) % n);
        case 3:
                input_take(&run.in, bytes, some);
                return run.outer->dma_write(host, gpa, bytes, some);
        default:
                store_late();
                return run.outer->dma_write(host, gpa, data, n);
        }
}

static int
hostile_dma_write(void *host, PvGpa gpa, const void *data, size_t n)
{
        run.seen = gpa;
        run.stored += n;
        if (run.stored > STORED_MAX)
                return PV_E_REFUSED;
        return n > 0 && is_due() ? slip_of_store(host, gpa, data, n) : run.outer->dma_write(host, gpa, data, n);
}

static void *
hostile_create(const PvDeviceEnv *env, const char *revision)
{
        run.outer = env;
        run.env = *env;
        run.env.dma_read = hostile_dma_read;
        run.env.dma_write = hostile_dma_write;
        return backend->device->create(&run.env, revision);
}

/* ---- lies ---- */

/* What a host can do, and how far its operand may go for the wrapper that does it. */
static const struct {
        PvMutationKind kind;
        uint64_t operands;
} kinds[] = {
        {PV_MUTATE_READ_AND, UINT64_MAX},
        {PV_MUTATE_READ_OR, UINT64_MAX},
        {PV_MUTATE_READ_XOR, UINT64_MAX},
        {PV_MUTATE_READ_ADD, UINT64_MAX},
        {PV_MUTATE_READ_SET, UINT64_MAX},
        {PV_MUTATE_READ_SWAP, 0},
        {PV_MUTATE_READ_NTH_XOR, UINT64_MAX},
        {PV_MUTATE_READ_TWICE, 0},
        {PV_MUTATE_READ_ECHO, 0},
        {PV_MUTATE_WRITE_DROP, 0},
        {PV_MUTATE_WRITE_OR, UINT64_MAX},
        {PV_MUTATE_WRITE_SET, UINT64_MAX},
        {PV_MUTATE_WRITE_TWICE, 0},
        {PV_MUTATE_PLUG_DROP, 0},
        {PV_MUTATE_UNPLUG_DROP, 0},
        {PV_MUTATE_EJECTED_DROP, 0},
        {PV_MUTATE_STRING_SHORT, 0xffff},
        {PV_MUTATE_DMA_READ_FAIL, 0},
        {PV_MUTATE_DMA_READ_XOR, 0xff},
        {PV_MUTATE_DMA_WRITE_FAIL, 0},
        {PV_MUTATE_DMA_WRITE_MOVED, 0xffff},
        {PV_MUTATE_DMA_WRITE_SHORT, 0xffff},
        {PV_MUTATE_DMA_WRITE_DROP, 0},
        {PV_MUTATE_DMA_WRITE_XOR, 0xff},
        {PV_MUTATE_DMA_WRITE_LONG, 0x1fff},
        {PV_MUTATE_DMA_ZEROS_DROP, 0},
        {PV_MUTATE_DMA_ZEROS_FAIL, 0},
        {PV_MUTATE_DMA_FORGIVES, 0},
        {PV_MUTATE_GHCB_NO_RAX, 0},
        {PV_MUTATE_GHCB_RESULT, UINT64_MAX},
        {PV_MUTATE_GHCB_VECTOR, 0xff},
        {PV_MUTATE_GHCB_WIDE, UINT64_MAX},
        {PV_MUTATE_GHCB_EXIT_CODE, UINT64_MAX},
        {PV_MUTATE_GHCB_LATE, 0xff},
        {PV_MUTATE_PSC_ENTRY, 0xffff},
        {PV_MUTATE_PSC_RESULT, UINT64_MAX},
        {PV_MUTATE_PAGE_LOADED_FLIP, 0xff},
        {PV_MUTATE_PAGE_STORED_FLIP, 0xff},
        {PV_MUTATE_PAGE_LATE, 0xff},
        {PV_MUTATE_PAGE_HARVEST, 0},
        {PV_MUTATE_PAGE_MAPPED, 0},
};

static PvMutation
lie_numbered(uint64_t number)
{
        const uint64_t n = backend->n_lies + pv_n_ghcb_lies;

        number = number % (n + 1);
        if (number == 0)
                return (PvMutation){.kind = PV_MUTATE_NOTHING};
        return number <= backend->n_lies ? backend->lies[number - 1].mutation
                                         : pv_ghcb_lies[number - 1 - backend->n_lies].mutation;
}

static uint64_t
operands_of(PvMutationKind kind)
{
        for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
                if (kinds[i].kind == kind)
                        return kinds[i].operands;
        return 0;
}

static PvMutation
take_lie(Input *in)
{
        PvMutation lie = lie_numbered(input_number(in, 2));
        const unsigned other = input_byte(in) % (G_N_ELEMENTS(kinds) + 1);
        unsigned moods;

        if (other)
                lie.kind = kinds[other - 1].kind;
        lie.operand = (lie.operand ^ input_number(in, 8)) & operands_of(lie.kind);
        lie.then ^= input_number(in, 2);
        lie.width ^= (unsigned) input_number(in, 2);
        lie.skip ^= (unsigned) input_number(in, 2);
        lie.times ^= (unsigned) input_number(in, 2);
        moods = input_byte(in);
        lie.latched ^= moods & 1;
        lie.after_event ^= moods >> 1 & 1;
        return lie;
}

/* ---- a life ---- */

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
        target = pv_target_parse("model", NULL);
        hostile_device = *backend->device;
        hostile_device.create = hostile_create;
        hostile_device.read = hostile_read;
        hostile_device.write = hostile_write;
        hostile_device.read_string = hostile_read_string;
        hostile_backend = *backend;
        hostile_backend.device = &hostile_device;
        return 0;
}

static void
put_together(PvCandidate *candidate)
{
        unsigned assumed;

        candidate->machine.part[0].backend = &hostile_backend;
        candidate->consumer[0].ops = backend->consumers[input_byte(&run.in) % backend->n_consumers];
        candidate->machine.part[0].revision = &backend->revisions[input_byte(&run.in) % backend->n_revisions];
        assumed = input_byte(&run.in) % (unsigned) (backend->n_revisions + 1);
        if (assumed)
                candidate->consumer[0].assumed = g_strdup(backend->revisions[assumed - 1].name);
}

/* NULL: there is no such consumer, or no such machine. */
static PvSession *
open_session(uint32_t *ret_room, PvMutation *ret_lie)
{
        g_autoptr(PvCandidate) candidate = pv_candidate_parse(loader, FUZZ_BACKEND, NULL);
        PvCell cell = {0};
        PvSessionOptions options = {.seed = 1, .mutation = ret_lie};
        gsize n_models = 0;
        PvSession *session;

        while (pv_memory_models[n_models])
                n_models++;
        put_together(candidate);
        cell.smp = fuzz_topologies[input_byte(&run.in) % G_N_ELEMENTS(fuzz_topologies)];
        *ret_room = input_byte(&run.in);
        cell.guest = (PvGuestKind) (input_byte(&run.in) % (PV_GUEST_SEV_SNP + 1));
        cell.phase = (PvPhase) (input_byte(&run.in) % (PV_PHASE_AML + 1));
        options.memory = pv_memory_models[input_byte(&run.in) % n_models];
        *ret_lie = take_lie(&run.in);
        session = pv_session_open(loader, candidate, target, &cell, &options, NULL);
        if (session && *ret_room == 0)
                *ret_room = session->topology.max_cpus;
        return session;
}

static void
cause(PvSession *session, const uint8_t event[2])
{
        const uint32_t selector = event[1] % session->topology.max_cpus;

        if (event[0] % 3 == 1)
                session->host->ops->plug(session->host, selector);
        else if (event[0] % 3 == 2)
                session->host->ops->unplug_request(session->host, selector);
}

/* What the last call did: a fatal answer ends the guest. */
static int
live(PvSession *session, PvView *view, uint8_t events[FUZZ_EVENTS][2])
{
        const PvConsumerOps *ops = session->consumer;
        void *state = session->consumer_state;
        int r = contract_detect(ops, state);

        if (r)
                return r;
        r = contract_enumerate(ops, state, PV_FACET_POSSIBLE_COUNT, view);
        if (r >= 0)
                r = contract_enumerate(ops, state, PV_FACETS_BOOT, view);
        for (unsigned i = 0; r >= 0 && i < FUZZ_EVENTS; i++) {
                cause(session, events[i]);
                r = contract_poll(ops, state, view);
                if (r == 0)
                        r = contract_ack(ops, state, view);
                if (r >= 0)
                        r = contract_eject(ops, state, events[i][1]);
                if (r >= 0)
                        r = contract_ost(ops, state, events[i][1]);
        }
        return r;
}

/* The model behind the GHCB, where the guest has one; no trace stands around it. */
static PvRam *
ram_of(const PvSession *session)
{
        PvBus *bus = session->opened;

        return pv_model_ram(bus->guest >= PV_GUEST_SEV_ES ? ((PvWrapBus *) bus)->inner : bus);
}

static gboolean
is_about_page_states(const PvMutation *lie)
{
        return lie->kind == PV_MUTATE_PSC_ENTRY || lie->kind == PV_MUTATE_PSC_RESULT;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
        uint8_t events[FUZZ_EVENTS][2];
        uint32_t room;
        PvMutation lie;
        PvSession *session;
        PvView view;
        int r;

        run.in = (Input){data, n};
        run.slips = FALSE;
        run.seen = (PvGpa){0};
        run.stored = 0;
        session = open_session(&room, &lie);
        if (!session)
                return 0;
        input_take(&run.in, events, sizeof events);
        run.gap = input_byte(&run.in);
        run.slips = TRUE;
        session->bus->limits.max_cpus = ROOM;
        view = guarded_view(room);
        r = live(session, &view, events);
        must(r != PV_E_BUDGET, "does not end within its access budget");
        /* A host that does not give a page back can keep it; the guest ends. */
        must(is_about_page_states(&lie) || pv_ram_shared(ram_of(session)) == 0, "leaves a page shared");
        must(pv_session_intact(session), "wrote where it had no business");
        guarded_view_free(&view);
        pv_session_close(session);
        return 0;
}
