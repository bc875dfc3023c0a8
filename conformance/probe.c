/* SPDX-License-Identifier: MIT */
/* From a probe to its record. */
#include "conformance/probe.h"

#include <string.h>

#include "common/record.h"
#include "conformance/script.h"

GArray *
pv_probes_of(const PvCandidate *candidate)
{
        GArray *probes = g_array_new(FALSE, FALSE, sizeof(PvProbeEntry));

        for (unsigned i = 0; i < candidate->machine.n_parts; i++) {
                const PvPart *part = &candidate->machine.part[i];

                for (size_t p = 0; p < part->backend->n_probes; p++) {
                        PvProbeEntry entry = {&part->backend->probes[p], part};

                        if (!(entry.probe->needs & ~part->revision->features))
                                g_array_append_val(probes, entry);
                }
        }
        return probes;
}

const PvProbeEntry *
pv_probe_find(GArray *probes, const char *id)
{
        for (guint i = 0; i < probes->len; i++)
                if (!strcmp(g_array_index(probes, PvProbeEntry, i).probe->id, id))
                        return &g_array_index(probes, PvProbeEntry, i);
        return NULL;
}

static JsonObject *
record_of(const PvSuiteRun *run, const PvProbeEntry *entry, JsonArray *answers, const char *reason)
{
        JsonObject *record = pv_record_new("unspecified");
        const struct {
                const char *member, *value;
        } text[] = {
                {"candidate", run->candidate->name},
                {"target", run->target->name},
                {"probe", entry->probe->id},
                {"rules", entry->part->backend->name},
                {"revision", entry->part->revision->name},
                {"what", entry->probe->what},
                {"source", entry->probe->source},
                {"reason", reason},
        };

        for (gsize i = 0; i < G_N_ELEMENTS(text); i++)
                json_object_set_string_member(record, text[i].member, text[i].value);
        json_object_set_array_member(record, "answers", answers);
        return record;
}

JsonObject *
pv_probe_unanswered(const PvSuiteRun *run, const PvProbeEntry *entry, const char *reason)
{
        return record_of(run, entry, json_array_new(), reason);
}

static void
add_answer(JsonArray *answers, const PvStep *step, uint64_t base, uint64_t value)
{
        JsonObject *answer = json_object_new();
        g_autofree char *access = g_strdup_printf("%c 0x%" G_GINT64_MODIFIER "x %u", step->action,
                                                  base + step->where, step->width);
        g_autofree char *hex = g_strdup_printf("0x%" G_GINT64_MODIFIER "x", value);

        json_object_set_string_member(answer, "access", access);
        json_object_set_string_member(answer, "value", hex);
        json_array_add_object_element(answers, answer);
}

/* As many of the reads as were answered. */
static JsonArray *
answers_of(const PvProbe *probe, uint64_t base, const PvObservation *o)
{
        JsonArray *answers = json_array_new();
        unsigned next = 0;

        for (size_t i = 0; i < probe->n_steps && next < o->n_values; i++) {
                if (!pv_script_step_reads(&probe->steps[i]))
                        continue;
                if (probe->steps[i].action == 'R')
                        add_answer(answers, &probe->steps[i], base, o->value[next]);
                next++;
        }
        return answers;
}

static const char *
why_ended(int r, const PvHost *host)
{
        if (!r)
                return "";
        if ((r == PV_E_FORBIDDEN || r == PV_E_UNSUPPORTED) && host->limit)
                return host->limit;
        return r == PV_E_REFUSED ? "the host refused an event of this probe"
                                 : "the machine behind the bus no longer answers";
}

JsonObject *
pv_probe_run(const PvSuiteRun *run, const PvProbeEntry *entry)
{
        const PvCell plain = {0}, *cell = entry->probe->cell ? entry->probe->cell : &plain;
        const char *used = entry->probe->fresh ? run->target->ops->used : NULL;
        const PvSessionOptions options = {.seed = run->seed};
        g_autoptr(GError) error = NULL;
        g_autoptr(PvSession) session = used ? NULL
                                            : pv_session_open(run->loader, run->candidate, run->target, cell,
                                                              &options, &error);
        g_autofree PvObservation *o = g_new0(PvObservation, 1);
        PvScene scene = {.cell = cell};
        int r;

        if (!session)
                return pv_probe_unanswered(run, entry, used ? used : error->message);
        scene.bus = session->bus;
        scene.host = session->host;
        scene.base = pv_session_base(session, run->candidate, entry->part->backend);
        r = scene.host->ops->truth(scene.host, &scene.truth);
        if (!r)
                r = pv_script_act(&scene, entry->probe->steps, entry->probe->n_steps, o);
        return record_of(run, entry, answers_of(entry->probe, scene.base, o), why_ended(r, session->host));
}
