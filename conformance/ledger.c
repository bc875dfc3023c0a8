/* SPDX-License-Identifier: MIT */
/* A watched life with an honest device, and a life with each lie about what was read in it. */
#include "conformance/ledger.h"

#include <string.h>

#include "common/smp.h"
#include "common/verdict.h"
#include "conformance/hostile.h"
#include "conformance/life.h"
#include "conformance/watch.h"

/* On the model a page can be shared in DXE as in PEI, and in SEC and AML as little as in SMM. */
static const PvPhase phases[] = {PV_PHASE_PEI, PV_PHASE_OS, PV_PHASE_SMM};

typedef struct Ledger {
        PvLoader *loader;
        const PvCandidate *candidate;
        const PvTarget *model;
        void (*take)(void *data, JsonObject *record);
        void *data;
        PvGuestKind guest;
        PvPhase phase;
        guint32 cpus;  /* possible ones */
        GArray *told; /* PvHostileResult, of the lies that were told to such a guest */
        guint64 undeclared;
} Ledger;

/* What a life came to: the first finding, and whose. */
typedef struct Course {
        const char *call;
        int finding;
} Course;

/* ---- lies ---- */

static void
tell(Ledger *l, const PvBackend *backend, const PvLie *lies, gsize n)
{
        for (gsize i = 0; i < n; i++) {
                PvHostileResult result;

                if (!lies[i].field || !pv_hostile_applies(&lies[i], backend, l->candidate))
                        continue;
                pv_hostile_try(l->loader, l->candidate, l->model, backend, &lies[i], l->guest,
                               pv_memory_models[0], &result);
                g_array_append_val(l->told, result);
        }
}

static void
tell_all(Ledger *l)
{
        for (unsigned i = 0; i < l->candidate->machine.n_parts; i++) {
                const PvBackend *backend = l->candidate->machine.part[i].backend;

                tell(l, backend, backend->lies, backend->n_lies);
        }
        if (l->guest >= PV_GUEST_SEV_ES)
                tell(l, NULL, pv_ghcb_lies, pv_n_ghcb_lies);
}

/* A lie that a device stores does not meet who reads ports, and the other way round. */
static gboolean
meets(const PvHostileResult *result, const PvWatchRow *row)
{
        const PvMutationKind kind = result->lie->mutation.kind;
        gboolean stored = (kind >= PV_MUTATE_DMA_READ_FAIL && kind <= PV_MUTATE_DMA_FORGIVES) ||
                          (kind >= PV_MUTATE_PAGE_LOADED_FLIP && kind <= PV_MUTATE_PAGE_UNSCRUBBED);

        return row->field && !strcmp(result->lie->field, row->field->name) &&
               !strcmp(result->backend, row->part) && stored == (row->channel >= PV_WATCH_MEMORY);
}

static JsonArray *
checks_of(const Ledger *l, const PvWatchRow *row)
{
        JsonArray *checks = json_array_new();

        for (guint i = 0; i < l->told->len; i++) {
                const PvHostileResult *result = &g_array_index(l->told, PvHostileResult, i);
                JsonObject *check;

                if (!meets(result, row))
                        continue;
                check = json_object_new();
                json_object_set_string_member(check, "lie", result->lie->id);
                json_object_set_string_member(check, "end", pv_hostile_word(result->end));
                json_object_set_string_member(check, "finding",
                                              result->finding ? pv_finding_word(result->finding) : "");
                json_array_add_object_element(checks, check);
        }
        return checks;
}

/* ---- records ---- */

static JsonObject *
new_record(const Ledger *l, const char *kind)
{
        JsonObject *record = pv_record_new(kind);

        json_object_set_string_member(record, "candidate", l->candidate->name);
        json_object_set_string_member(record, "target", l->model->name);
        json_object_set_string_member(record, "guest", pv_guest_word(l->guest));
        json_object_set_string_member(record, "phase", pv_phase_word(l->phase));
        return record;
}

static void
record_row(Ledger *l, const PvWatchRow *row)
{
        JsonObject *record = new_record(l, "ledger");

        json_object_set_string_member(record, "part", row->part);
        json_object_set_string_member(record, "field", row->field ? row->field->name : "");
        json_object_set_string_member(record, "use", row->field ? row->field->use : "");
        json_object_set_string_member(record, "channel", pv_watch_channel_word(row->channel));
        json_object_set_string_member(record, "supplier", pv_watch_supplier(row->channel));
        json_object_set_int_member(record, "bytes", (gint64) row->bytes);
        json_object_set_int_member(record, "reads", (gint64) row->reads);
        json_object_set_int_member(record, "most", (gint64) row->most);
        json_object_set_array_member(record, "checks", checks_of(l, row));
        l->take(l->data, record);
}

static void
record_pages(Ledger *l, const PvWatchPages *pages, const Course *course)
{
        JsonObject *record = new_record(l, "ledger-pages");
        JsonArray *calls = json_array_new();

        for (guint i = 0; i < pages->calls->len; i++)
                json_array_add_string_element(calls, pages->calls->pdata[i]);
        json_object_set_int_member(record, "shared", (gint64) pages->shared);
        json_object_set_int_member(record, "at_once", (gint64) pages->at_once);
        json_object_set_int_member(record, "kept", (gint64) pages->kept);
        json_object_set_int_member(record, "accesses", (gint64) pages->accesses);
        json_object_set_int_member(record, "longest", (gint64) pages->longest);
        json_object_set_int_member(record, "requests", (gint64) pages->requests);
        json_object_set_array_member(record, "calls", calls);
        json_object_set_string_member(record, "call", course->call);
        json_object_set_string_member(record, "finding",
                                      course->finding ? pv_finding_word(course->finding) : "");
        l->take(l->data, record);
}

/* ---- the life ---- */

/* FALSE: nothing can follow. */
static gboolean
live_stage(PvLife *life, const PvLifeStage *stage, PvWatch *watch, Course *course)
{
        for (gsize i = 0; i < stage->n; i++) {
                const PvLifeCall *call = &stage->calls[i];
                int r;

                pv_watch_call(watch, call->name);
                r = call->make(life);
                if (r && r != PV_E_UNSUPPORTED && !course->finding)
                        *course = (Course){call->name, r};
                if (r && !(r > 0 && call->optional))
                        return r > 0 && !stage->booting;
        }
        return TRUE;
}

/*
 * Firmware goes on where it can: an ABI that does not answer does not keep events from being asked for. What
 * is asked twice is counted once.
 */
static Course
live(PvLife *life, PvWatch *watch)
{
        Course course = {.call = ""};
        gboolean alive = TRUE;

        for (gsize i = 0; alive && i < PV_LIFE_STAGES; i++)
                alive = pv_life[i].again || live_stage(life, &pv_life[i], watch, &course);
        pv_watch_end(watch);
        return course;
}

/* What nobody claims is no backend's to declare. */
static gboolean
declares(const PvCandidate *candidate, const char *part)
{
        for (unsigned i = 0; i < candidate->machine.n_parts; i++)
                if (!strcmp(candidate->machine.part[i].backend->name, part))
                        return candidate->machine.part[i].backend->n_fields > 0;
        return FALSE;
}

static void
write_down(Ledger *l, const PvWatch *watch, const Course *course)
{
        const GArray *rows = pv_watch_rows(watch);

        for (guint i = 0; i < rows->len; i++) {
                const PvWatchRow *row = &g_array_index(rows, PvWatchRow, i);

                l->undeclared += !row->field && declares(l->candidate, row->part) ? row->bytes : 0;
                record_row(l, row);
        }
        record_pages(l, pv_watch_pages(watch), course);
}

static gboolean
watch_life(Ledger *l, GError **error)
{
        const PvCell cell = pv_life_cell(l->guest, l->phase);
        g_autoptr(PvWatch) watch = pv_watch_new(l->candidate, cell.chipset, l->cpus);
        const PvSessionOptions options = {.watch = pv_watch_bus, .watch_data = watch};
        g_autoptr(PvSession) session =
                pv_session_open(l->loader, l->candidate, l->model, &cell, &options, error);
        PvLife life;
        Course course;

        if (!session)
                return FALSE;
        pv_life_begin(&life, session);
        course = live(&life, watch);
        write_down(l, watch, &course);
        return TRUE;
}

/* There is no SMM where the state of a vCPU is encrypted. */
static gboolean
exists(PvGuestKind guest, PvPhase phase)
{
        return phase != PV_PHASE_SMM || guest < PV_GUEST_SEV_ES;
}

gboolean
pv_ledger_run(PvLoader *loader, const PvCandidate *candidate, const PvTarget *model,
              void (*take)(void *data, JsonObject *record), void *data, guint64 *ret_undeclared,
              GError **error)
{
        Ledger l = {.loader = loader, .candidate = candidate, .model = model, .take = take, .data = data};
        PvTopology topology;
        gboolean ok = pv_smp_parse(PV_DEFAULT_SMP, &topology, error);

        l.cpus = ok ? topology.max_cpus : 0;
        for (int guest = PV_GUEST_PLAIN; ok && guest <= PV_GUEST_SEV_SNP; guest++) {
                g_autoptr(GArray) told = g_array_new(FALSE, FALSE, sizeof(PvHostileResult));

                g_array_set_clear_func(told, (GDestroyNotify) pv_hostile_result_clear);
                l.guest = (PvGuestKind) guest;
                l.told = told;
                tell_all(&l);
                for (gsize i = 0; ok && i < G_N_ELEMENTS(phases); i++) {
                        l.phase = phases[i];
                        ok = !exists(l.guest, l.phase) || watch_life(&l, error);
                }
        }
        if (ok)
                *ret_undeclared = l.undeclared;
        return ok;
}
