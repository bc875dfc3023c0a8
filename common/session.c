/* SPDX-License-Identifier: MIT */
/* Sessions: a cell becomes a setup, a setup a machine, and a consumer is put on its bus. */
#include "common/session.h"

#include <string.h>

#include "common/composite.h"
#include "common/guarded.h"
#include "common/mutate.h"
#include "common/relocate.h"
#include "common/smp.h"
#include "common/verdict.h"

#define RANGES_MAX 16

/* Accesses a run may take: far above any honest one (the dearest is 6N + 8, or a map read byte by byte). */
#define BUDGET_FIXED 100000u
#define BUDGET_PER_CPU 64u

/* Freed with the session. */
static gpointer
remember(PvSession *s, gpointer memory)
{
        g_ptr_array_add(s->memory, memory);
        return memory;
}

/* For what a consumer is given; see pv_session_intact(). */
static gpointer
guarded(PvSession *s, gsize n)
{
        gpointer buffer = pv_guarded_new(n);

        g_ptr_array_add(s->guarded, buffer);
        return buffer;
}

/* ---- setup ---- */

static gboolean
fill_present(PvSession *s, const PvCell *cell, GError **error)
{
        g_auto(GStrv) selectors = g_strsplit(cell->plugged ? cell->plugged : "", ",", -1);

        s->boot_present = remember(s, g_malloc0(pv_bitmap_size(s->topology.max_cpus)));
        for (uint32_t i = 0; i < s->topology.cpus; i++)
                pv_bit_set(s->boot_present, i, true);
        for (guint i = 0; selectors[i]; i++) {
                guint64 selector;

                if (!g_ascii_string_to_unsigned(selectors[i], 10, 0, s->topology.max_cpus - 1, &selector,
                                                error))
                        return FALSE;
                pv_bit_set(s->boot_present, (uint32_t) selector, true);
        }
        return TRUE;
}

/* Buffers that held something else before; what a consumer does not fill in, it has no business with. */
static gpointer
used_memory(PvSession *s, gsize n)
{
        const uint32_t secret = PV_SECRET;
        uint8_t *bytes = guarded(s, n);

        for (gsize i = 0; i + sizeof secret <= n; i += sizeof secret)
                memcpy(bytes + i, &secret, sizeof secret);
        return bytes;
}

static void
fill_buffers(PvSession *s)
{
        uint32_t n = s->topology.max_cpus, slots = 2;

        while (slots < 2 * n)
                slots *= 2;
        s->buffers = (PvView){
                .capacity = n,
                .apic_id = used_memory(s, n * sizeof(uint32_t)),
                .present = used_memory(s, pv_bitmap_size(n)),
                .id_slots = used_memory(s, slots * sizeof(uint32_t)),
                .id_slots_n = slots,
        };
}

static unsigned
part_of(const PvMachine *machine, const PvBackend *backend)
{
        for (unsigned i = 0; i < machine->n_parts; i++)
                if (machine->part[i].backend == backend)
                        return i;
        return 0;
}

/* The lie that a cell names, of the device of an ABI that this machine has; NULL: nobody here can tell it. */
static const PvMutation *
told_by(const PvMachine *machine, const char *lie, unsigned *ret_part)
{
        for (unsigned i = 0; i < machine->n_parts; i++) {
                const PvBackend *backend = machine->part[i].backend;

                for (size_t n = 0; n < backend->n_lies; n++) {
                        const PvLie *known = &backend->lies[n];

                        if (strcmp(known->id, lie) ||
                            (known->needs && !(known->needs & machine->part[i].revision->features)))
                                continue;
                        *ret_part = i;
                        return &known->mutation;
                }
        }
        return NULL;
}

static unsigned
collect_ranges(const PvMachine *machine, PvChipset chipset, PvRange *ret_ranges)
{
        unsigned n = 0;

        for (unsigned i = 0; i < machine->n_parts; i++)
                n += (unsigned) machine->part[i].backend->device->ranges(
                        machine->part[i].revision->name, chipset, ret_ranges + n, (int) (RANGES_MAX - n));
        return MIN(n, RANGES_MAX);
}

/* What is counted is what reaches the target; where its devices are, only the outermost bus knows. */
static void
wrap(PvSession *s, const PvMachine *machine, const PvTarget *target, const PvSessionOptions *options)
{
        const PvProfile *profile = target->profile;
        PvRelocation map[PV_RELOCATIONS_MAX];
        unsigned n_map = pv_relocations(profile, machine, s->chipset, map);
        PvRange ranges[RANGES_MAX];
        unsigned n_ranges = collect_ranges(machine, s->chipset, ranges);
        PvBus **traced = target->ops->arrivals ? target->ops->arrivals(s->bus) : &s->bus;

        for (unsigned i = 0; i < n_ranges; i++)
                ranges[i] = pv_relocate_range(map, n_map, &ranges[i]);
        if (options->watch)
                *traced = options->watch(*traced, options->watch_data);
        if (!options->untraced) {
                s->trace = pv_trace_new(*traced, ranges, n_ranges,
                                        (BUDGET_FIXED + (uint64_t) BUDGET_PER_CPU * s->topology.max_cpus) *
                                            MAX(options->budget, 1));
                *traced = pv_trace_bus(s->trace);
        }
        if (profile)
                s->bus = pv_relocate_new(s->bus, map, n_map, profile->has_chipset ? &profile->chipset : NULL);
}

static gboolean
open_target(PvSession *s, const PvMachine *machine, const PvTarget *target, const PvCell *cell,
            const PvSessionOptions *options, GError **error)
{
        gboolean device_mutated = options->mutation && !pv_mutates_consumer(options->mutation);
        unsigned part = part_of(machine, options->mutated_backend);
        const PvMutation *lie =
                cell->hostile || !cell->lie ? cell->hostile : told_by(machine, cell->lie, &part);
        PvSetup setup = {
                .machine = machine,
                .topology = s->topology,
                .boot_present = s->boot_present,
                .chipset = s->chipset,
                .guest = cell->guest,
                .phase = cell->phase,
                .seed = options->seed,
                .memory = options->memory,
                .mutation = device_mutated ? options->mutation : lie,
                .mutated_part = device_mutated ? part_of(machine, options->mutated_backend) : part,
                .kvm = options->kvm,
                .many_events = options->many_events,
                .any_state = options->any_state,
        };

        if (cell->lie && !lie) {
                g_set_error_literal(error, PV_ERROR, PV_ERROR_LIMIT,
                                    "no device of this machine can tell this lie");
                return FALSE;
        }
        if (!target->ops->open(target, &setup, &s->bus, &s->host, error))
                return FALSE;
        s->opened = s->bus;
        wrap(s, machine, target, options);
        return TRUE;
}

/* ---- consumer ---- */

static PvAgent
build_composite(PvSession *s, const PvConsumerChoice *choices, unsigned n)
{
        PvComposite *composite = remember(s, g_new0(PvComposite, 1));

        composite->n_parts = n;
        for (unsigned i = 0; i < n; i++) {
                const PvConsumerOps *ops = choices[i].ops;

                composite->part[i] = (PvCompositePart){
                        .ops = ops,
                        .state = guarded(s, ops->state_size),
                        .assumed = choices[i].assumed,
                };
        }
        return (PvAgent){&pv_composite, composite, NULL};
}

/* Behind the bus where the target has that, and nothing is to be put between the two. */
static const PvConsumerOps *
build_behind(PvSession *s, const PvTarget *target, const PvCandidate *candidate, void **ret_state)
{
        const PvConsumerOps *ops =
                target->ops->consumer ? target->ops->consumer(s->opened, candidate, s->trace, ret_state) : NULL;

        if (ops)
                remember(s, *ret_state);
        return ops;
}

static PvAgent
build_here(PvSession *s, const PvConsumerChoice *choices, unsigned n)
{
        if (n > 1)
                return build_composite(s, choices, n);
        return (PvAgent){choices[0].ops, guarded(s, choices[0].ops->state_size),
                         choices[0].assumed};
}

PvAgent
pv_session_twin(PvSession *session, const PvCandidate *candidate)
{
        return build_here(session, candidate->consumer, candidate->n_consumers);
}

/* The first consumer of a backend that is not firmware, and that this bus has all for; NULL: none. */
static const PvConsumerOps *
os_consumer(const PvSession *session, const PvBackend *backend)
{
        for (size_t i = 0; i < backend->n_consumers; i++)
                if (backend->consumers[i]->role != PV_ROLE_FIRMWARE &&
                    !(backend->consumers[i]->needs & ~session->bus->caps))
                        return backend->consumers[i];
        return NULL;
}

PvAgent
pv_session_os(PvSession *session, const PvCandidate *candidate)
{
        PvConsumerChoice choices[PV_PARTS_MAX] = {0};
        unsigned n = 0;

        for (unsigned i = 0; i < candidate->machine.n_parts; i++) {
                choices[n].ops = os_consumer(session, candidate->machine.part[i].backend);
                n += choices[n].ops != NULL;
        }
        return n ? build_here(session, choices, n) : (PvAgent){0};
}

static const PvConsumerOps *
build_consumer(PvSession *s, const PvTarget *target, const PvCandidate *candidate, const PvMutation *mutation,
               void **ret_state)
{
        const PvConsumerOps *ops = NULL;
        void *state = NULL;

        if (!mutation || !pv_mutates_bus(mutation))
                ops = build_behind(s, target, candidate, &state);
        if (!ops) {
                const PvAgent here = build_here(s, candidate->consumer, candidate->n_consumers);

                ops = here.ops;
                state = here.state;
        }
        if (mutation && pv_mutates_consumer(mutation) && !pv_mutates_bus(mutation)) {
                state = remember(s, pv_mutate_consumer_new(ops, state, mutation));
                ops = &pv_mutate_consumer;
        }
        *ret_state = state;
        return ops;
}

static gboolean
start_consumer(PvSession *s, const PvTarget *target, const PvCandidate *candidate, const PvMutation *mutation,
               GError **error)
{
        uint32_t needs = 0;
        PvBus *bus = s->bus;
        int r;

        for (unsigned i = 0; i < candidate->n_consumers; i++)
                needs |= candidate->consumer[i].ops->needs;
        if (needs & ~s->bus->caps) {
                g_set_error(error, PV_ERROR, PV_ERROR_LIMIT,
                            "the consumer needs %s, which this target does not have",
                            needs & ~s->bus->caps & PV_BUS_GPA ? "DMA to guest memory"
                                                               : "another kind of access");
                return FALSE;
        }
        s->consumer = build_consumer(s, target, candidate, mutation, &s->consumer_state);
        if (mutation && pv_mutates_bus(mutation))
                bus = remember(s, pv_mutate_bus_new(s->bus, mutation));
        r = s->consumer->init(s->consumer_state, bus, candidate->consumer[0].assumed);
        if (r) {
                g_set_error(error, PV_ERROR, PV_ERROR_HARNESS, "%s: the consumer's init() answered %d",
                            candidate->name, r);
                return FALSE;
        }
        return TRUE;
}

PvSession *
pv_session_open(PvLoader *loader, const PvCandidate *candidate, const PvTarget *target, const PvCell *cell,
                const PvSessionOptions *options, GError **error)
{
        g_autoptr(PvSession) s = g_new0(PvSession, 1);
        const PvMachine *machine = &candidate->machine;

        s->memory = g_ptr_array_new_with_free_func(g_free);
        s->guarded = g_ptr_array_new_with_free_func(pv_guarded_free);
        if (!pv_smp_parse(cell->smp ? cell->smp : PV_DEFAULT_SMP, &s->topology, error))
                return NULL;
        if (cell->machine && strcmp(cell->machine, machine->name)) {
                if (target->ops->device == PV_ORIGIN_THEIRS) {
                        g_set_error(error, PV_ERROR, PV_ERROR_LIMIT,
                                    "a real VMM's devices cannot be exchanged for %s", cell->machine);
                        return NULL;
                }
                if (!pv_machine_parse(loader, cell->machine, &s->override, error))
                        return NULL;
                machine = &s->override;
        }
        s->chipset = pv_target_chipset(target, cell->chipset);
        s->claimed = pv_candidate_claims(candidate);
        fill_buffers(s);
        if (!fill_present(s, cell, error) || !open_target(s, machine, target, cell, options, error) ||
            !start_consumer(s, target, candidate, options->mutation, error))
                return NULL;
        return g_steal_pointer(&s);
}

void
pv_session_close(PvSession *session)
{
        if (!session)
                return;
        if (session->bus)
                session->bus->ops->free(session->bus);
        g_ptr_array_unref(session->memory);
        g_ptr_array_unref(session->guarded);
        pv_machine_clear(&session->override);
        g_free(session);
}

gboolean
pv_session_intact(const PvSession *session)
{
        for (guint i = 0; i < session->guarded->len; i++)
                if (!pv_guarded_intact(session->guarded->pdata[i]))
                        return FALSE;
        return TRUE;
}

uint64_t
pv_session_base(const PvSession *session, const PvCandidate *candidate, const PvBackend *backend)
{
        const PvPart *part = &candidate->machine.part[part_of(&candidate->machine, backend)];
        PvRange range = {0};

        if (part->backend == backend)
                backend->device->ranges(part->revision->name, session->chipset, &range, 1);
        return range.base;
}

char *
pv_cell_name(const PvCell *cell)
{
        GString *name = g_string_new(NULL);

        g_string_append_printf(name, "smp=%s", cell->smp ? cell->smp : PV_DEFAULT_SMP);
        if (cell->plugged)
                g_string_append_printf(name, ";plugged=%s", cell->plugged);
        if (cell->machine)
                g_string_append_printf(name, ";machine=%s", cell->machine);
        if (cell->chipset == PV_CHIPSET_PC)
                g_string_append(name, ";chipset=pc");
        if (cell->guest != PV_GUEST_PLAIN)
                g_string_append_printf(name, ";guest=%s;phase=%s", pv_guest_word(cell->guest),
                                       pv_phase_word(cell->phase));
        if (cell->hostile || cell->lie)
                g_string_append_printf(name, ";hostile%s%s", cell->lie ? "=" : "",
                                       cell->lie ? cell->lie : "");
        return g_string_free(name, FALSE);
}
