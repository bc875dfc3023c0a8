/* SPDX-License-Identifier: MIT */
/*
 * Makes seed corpora from what the project already has: the scripts of the rules become operations on a device, and an
 * honest device's answers become those of a lying one, and so does every lie that is known. seeds FOLDER BACKEND:
 * FOLDER/device-BACKEND, FOLDER/consumer-BACKEND, FOLDER/hostile-BACKEND
 */
#undef NDEBUG
#include <assert.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/session.h"
#include "conformance/hostile.h"
#include "fuzz/device.h"
#include "fuzz/hostile.h"

static void
put(GByteArray *seed, uint64_t value, unsigned width)
{
        for (unsigned i = 0; i < width; i++, value >>= 8) {
                uint8_t byte = (uint8_t) value;

                g_byte_array_append(seed, &byte, 1);
        }
}

static void
save(const GByteArray *seed, const char *folder, const char *kind, const char *backend, const char *name)
{
        g_autofree char *leaf = g_strdup_printf("%s-%s", kind, backend);
        g_autofree char *path = g_build_filename(folder, leaf, NULL), *file = g_build_filename(path, name, NULL);

        assert(g_mkdir_with_parents(path, 0755) == 0);
        assert(g_file_set_contents(file, (const char *) seed->data, (gssize) seed->len, NULL));
}

/* ---- a rule's script as operations ---- */

static void
put_place(GByteArray *seed, uint64_t where)
{
        put(seed, 0, 1); /* the first range */
        put(seed, where + 2, 1);
}

static void
put_step(GByteArray *seed, const PvStep *step)
{
        const uint8_t width = step->width == 4 ? 2 : step->width == 2 ? 1 : 0;

        switch (step->action) {
        case 'R':
                put(seed, FUZZ_READ, 1);
                put(seed, width, 1);
                put_place(seed, step->where);
                break;
        case 'W':
                if (step->value.kind == PV_VALUE_PAGE_BE) {
                        put(seed, FUZZ_RING, 1);
                        put(seed, step->value.arg, 2);
                        break;
                }
                put(seed, FUZZ_WRITE, 1);
                put(seed, width, 1);
                put_place(seed, step->where);
                put(seed, step->value.kind == PV_VALUE_MAX_CPUS ? 12 + step->value.arg : step->value.arg, step->width);
                break;
        case 'S':
                put(seed, FUZZ_STRING, 1);
                put_place(seed, step->where);
                put(seed, step->width, 1);
                break;
        case 'M':
                put(seed, step->value.kind == PV_VALUE_PAGE ? FUZZ_ADDRESS : FUZZ_STORE, 1);
                put(seed, step->where, 2);
                if (step->value.kind == PV_VALUE_PAGE)
                        put(seed, step->value.arg, 2);
                else
                        put(seed, GUINT64_SWAP_LE_BE(step->value.arg << 8 * (8 - step->width)), 8);
                break;
        case 'H':
                if (step->where > PV_HOST_SAVE_LOAD)
                        break;
                put(seed, FUZZ_PLUG + step->where, 1);
                if (step->where <= PV_HOST_UNPLUG_REQUEST)
                        put(seed, step->value.arg, 2);
                break;
        }
}

G_STATIC_ASSERT(FUZZ_UNPLUG - FUZZ_PLUG == PV_HOST_UNPLUG_REQUEST && FUZZ_SAVE_LOAD - FUZZ_PLUG == PV_HOST_SAVE_LOAD);

static void
seed_device(const PvBackend *backend, const char *folder)
{
        for (size_t i = 0; i < backend->n_rules; i++) {
                const PvCheck *rule = &backend->rules[i];
                g_autoptr(GByteArray) seed = g_byte_array_new();

                put(seed, 0, 4); /* the default revision, topology, chipset and guest */
                for (size_t k = 0; k < rule->n_steps; k++)
                        put_step(seed, &rule->steps[k]);
                if (rule->n_steps)
                        save(seed, folder, "device", backend->name, rule->id);
        }
}

/* ---- an honest device's answers ---- */

typedef struct Recorder {
        PvBus bus;
        PvBus *below;
        GByteArray *seed;
} Recorder;

static int
record_read(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t *ret_value)
{
        Recorder *r = (Recorder *) bus;
        int result = r->below->ops->read(r->below, space, address, width, ret_value);

        if (address - 0xcf8u >= 8) /* the host bridge does not lie */
                put(r->seed, *ret_value, width);
        return result;
}

static int
record_write(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t value)
{
        Recorder *r = (Recorder *) bus;

        return r->below->ops->write(r->below, space, address, width, value);
}

static int
record_read_string(PvBus *bus, uint64_t port, void *ret_data, size_t n)
{
        Recorder *r = (Recorder *) bus;
        int result = r->below->ops->read_string(r->below, port, ret_data, n);

        g_byte_array_append(r->seed, ret_data, (guint) n);
        return result;
}

static int
record_gpa_alloc(PvBus *bus, size_t n, PvSharing sharing, PvGpa *ret_gpa)
{
        Recorder *r = (Recorder *) bus;

        put(r->seed, 0, 1); /* there is memory */
        return r->below->ops->gpa_alloc(r->below, n, sharing, ret_gpa);
}

static int
record_gpa_free(PvBus *bus, PvGpa gpa)
{
        Recorder *r = (Recorder *) bus;

        return r->below->ops->gpa_free(r->below, gpa);
}

static int
record_gpa_read(PvBus *bus, PvGpa gpa, void *ret_data, size_t n)
{
        Recorder *r = (Recorder *) bus;
        int result = r->below->ops->gpa_read(r->below, gpa, ret_data, n);

        g_byte_array_append(r->seed, ret_data, (guint) n);
        return result;
}

static int
record_gpa_write(PvBus *bus, PvGpa gpa, const void *data, size_t n)
{
        Recorder *r = (Recorder *) bus;

        return r->below->ops->gpa_write(r->below, gpa, data, n);
}

static const PvBusOps recorder_ops = {
        .read = record_read,
        .write = record_write,
        .read_string = record_read_string,
        .gpa_alloc = record_gpa_alloc,
        .gpa_free = record_gpa_free,
        .gpa_read = record_gpa_read,
        .gpa_write = record_gpa_write,
};

/* What the harness asks, in its order; see consumer.c. */
static void
ask(const PvConsumerOps *ops, void *state, PvSession *s)
{
        PvView view = s->buffers;

        if (ops->detect(state) || !ops->enumerate)
                return;
        ops->enumerate(state, PV_FACET_POSSIBLE_COUNT, &view);
        ops->enumerate(state, PV_FACETS_BOOT, &view);
        s->host->ops->plug(s->host, 5);
        if (ops->poll && ops->poll(state, &view) == 0 && ops->ack)
                ops->ack(state, &view);
}

static void
seed_consumer(PvLoader *loader, const PvBackend *backend, size_t consumer, size_t revision, const char *folder)
{
        const PvConsumerOps *ops = backend->consumers[consumer];
        g_autofree char *machine = g_strdup_printf("%s:%s", backend->name, backend->revisions[revision].name);
        g_autofree char *name = g_strdup_printf("%s-%s", ops->name, backend->revisions[revision].name);
        g_autoptr(PvCandidate) candidate = pv_candidate_parse(loader, machine, NULL);
        g_autoptr(PvTarget) target = pv_target_parse("model", NULL);
        PvSessionOptions options = {.seed = 1, .untraced = TRUE};
        g_autoptr(PvSession) s = pv_session_open(loader, candidate, target, &(PvCell){0}, &options, NULL);
        g_autoptr(GByteArray) seed = g_byte_array_new();
        g_autofree void *state = g_malloc0(MAX(ops->state_size, 1));
        Recorder r;

        assert(s);
        r = (Recorder){.bus = *s->bus, .below = s->bus, .seed = seed};
        r.bus.ops = &recorder_ops;
        put(seed, consumer, 1);
        put(seed, 0, 1);  /* it probes */
        put(seed, 63, 1); /* room for 64 CPUs */
        put(seed, 0, 2);  /* a plain guest, in PEI */
        if (ops->init(state, &r.bus, NULL) == 0)
                ask(ops, state, s);
        save(seed, folder, "consumer", backend->name, name);
}

/* ---- lies that are known ---- */

/* The first revision whose device can tell it. */
static size_t
revision_for(const PvBackend *backend, uint64_t needs)
{
        for (size_t i = 0; i < backend->n_revisions; i++)
                if (!needs || needs & backend->revisions[i].features)
                        return i;
        return 0;
}

/* A machine as a life beside a hostile device has it, in one guest kind after the other. */
static void
seed_hostile(const PvBackend *backend, size_t consumer, size_t lie, const char *folder)
{
        const uint64_t needs = lie > 0 && lie <= backend->n_lies ? backend->lies[lie - 1].needs : 0;
        const char *id = lie == 0                  ? "honest"
                         : lie <= backend->n_lies ? backend->lies[lie - 1].id
                                                  : pv_ghcb_lies[lie - 1 - backend->n_lies].id;
        const uint8_t events[FUZZ_EVENTS][2] = {{1, 5}, {2, 5}, {0, 5}};
        const uint8_t unchanged[FUZZ_LIE_CHANGES] = {0};
        g_autofree char *name = g_strdup_printf("%s-%s", backend->consumers[consumer]->name, id);
        g_autoptr(GByteArray) seed = g_byte_array_new();

        put(seed, consumer, 1);
        put(seed, revision_for(backend, needs), 1);
        put(seed, 0, 3); /* it probes, on the usual topology, with room for every CPU */
        put(seed, PV_GUEST_SEV_SNP - lie % (PV_GUEST_SEV_SNP + 1), 1);
        put(seed, PV_PHASE_OS, 1);
        put(seed, lie / (PV_GUEST_SEV_SNP + 1), 1);
        put(seed, lie, 2);
        g_byte_array_append(seed, unchanged, sizeof unchanged);
        g_byte_array_append(seed, events[0], sizeof events);
        save(seed, folder, "hostile", backend->name, name);
}

int
main(int argc, char **argv)
{
        PvLoader *loader = pv_loader_new();
        const PvBackend *backend;

        assert(argc == 3);
        backend = pv_loader_get(loader, argv[2], NULL);
        assert(backend);
        seed_device(backend, argv[1]);
        for (size_t i = 0; i < backend->n_consumers; i++)
                for (size_t k = 0; k < backend->n_revisions; k++)
                        seed_consumer(loader, backend, i, k, argv[1]);
        for (size_t i = 0; i < backend->n_consumers; i++)
                for (size_t k = 0; k <= backend->n_lies + pv_n_ghcb_lies; k++)
                        seed_hostile(backend, i, k, argv[1]);
        pv_loader_free(loader);
        return 0;
}
