/* SPDX-License-Identifier: MIT */
/* One life of a consumer beside a device that lies, call by call, and what it believes after each. */
#include "conformance/hostile.h"

#include <string.h>

#include "common/verdict.h"
#include "conformance/judge.h"
#include "conformance/life.h"
#include "conformance/suite.h"
#include "conformance/watch.h"

const char *const pv_hostile_candidates[] = {
        "regblock:qemu-5.0",
        "regblock:qemu-6.0",
        "fwcfg:topology/port",
        "fwcfg:topology/dma",
        "fwcfg:topology/os-driver",
        "fwcfg:map/port",
        "fwcfg:map/dma",
        "fwcfg:map/os-driver",
        "fwcfg:topology+regblock:qemu-2.7/port",
        "fwcfg:topology+regblock:qemu-2.7/dma",
        "fwcfg:map+regblock:qemu-2.7/port",
        "fwcfg:live/port",
        "fwcfg:live/dma",
        NULL,
};

const char *const pv_contrast_candidates[] = {
        "regblock:qemu-6.0/unbounded-walk",
        "regblock:qemu-6.0/asserted-readback",
        "regblock:qemu-6.0/unchecked-id",
        "regblock:qemu-6.0/unchecked-selector",
        "fwcfg:topology/unbounded-poll",
        "fwcfg:topology/asserted-error",
        "fwcfg:topology/unchecked-length",
        "fwcfg:topology/no-cap",
        "fwcfg:map/unchecked-size",
        "fwcfg:map/unchecked-id",
        NULL,
};

#define GHCB(kind_, ...)                                                                                     \
        {                                                                                                    \
                .kind = PV_MUTATE_GHCB_##kind_, __VA_ARGS__                                                  \
        }
#define PSC(kind_, ...)                                                                                      \
        {                                                                                                    \
                .kind = PV_MUTATE_PSC_##kind_, __VA_ARGS__                                                   \
        }
#define PSC_SOURCE "edk2 SnpPageStateChange; mirror image of CVE-2023-4155, in KVM"
#define GHCB_SOURCE "Linux arch/x86/coco/sev, ES_VMM_ERROR"

const PvLie pv_ghcb_lies[] = {
        {"A34r", "an answer without RAX", GHCB_SOURCE, GHCB(NO_RAX, .operand = 0), .expected = PV_E_TERMINATED,
         .field = PV_WATCH_GHCB_VALID},
        {"A34v", "an exception instead of an answer", "WeSee, CVE-2024-25742", GHCB(VECTOR, .operand = 29),
         .expected = PV_E_TERMINATED, .field = PV_WATCH_GHCB_RESULT},
        {"A34c", "a result that there is none of", GHCB_SOURCE, GHCB(RESULT, .operand = 2),
         .expected = PV_E_TERMINATED, .field = PV_WATCH_GHCB_RESULT},
        {"A34o", "#VC with the exit code of another instruction", "edk2 CcExitLib, opcode check; WeSee",
         GHCB(EXIT_CODE, .operand = 0x72), .expected = PV_E_TERMINATED, .field = PV_WATCH_VC_CODE},
        {"A34b", "a string's buffer changes once it was copied", "mirror image of CVE-2023-4155, in KVM",
         GHCB(LATE, .operand = 0xff), .expected = PV_OK},
        {"A35r", "a page state change ends in an error", PSC_SOURCE, PSC(RESULT, .operand = UINT64_C(1) << 32),
         .expected = PV_E_TERMINATED, .field = PV_WATCH_PSC_RESULT},
        {"A35s", "a page state change never gets on", PSC_SOURCE, PSC(ENTRY, .operand = 0),
         .expected = PV_E_TERMINATED, .field = PV_WATCH_PSC_ENTRY},
        {"A35e", "a page state change goes past its end", PSC_SOURCE, PSC(ENTRY, .operand = 0xffff, .then = 0xffff),
         .expected = PV_E_TERMINATED, .field = PV_WATCH_PSC_ENTRY},
        {"A34w", "more of RAX than was asked for", GHCB_SOURCE, GHCB(WIDE, .operand = UINT64_C(0xdead) << 48),
         .expected = PV_OK},
};

const gsize pv_n_ghcb_lies = G_N_ELEMENTS(pv_ghcb_lies);

/* ---- what is believed ---- */

/* Who cannot acknowledge what came first goes on to see it. */
static gboolean
still_waits(const PvLife *life)
{
        const PvEvent *event = &life->o.view.event;

        return life->arrival_waits && event->kind == PV_EVENT_INSERT && event->selector == PV_LIFE_NEWCOMER;
}

static char *
untrue_event(const PvLife *life)
{
        const PvView *view = &life->o.view;

        if (!(view->facets & PV_FACET_ARRIVED) || life->kind == PV_EVENT_NONE)
                return NULL;
        if ((view->event.kind != life->kind || view->event.selector != life->selector) && !still_waits(life))
                return g_strdup_printf("event %d of selector %u", (int) view->event.kind,
                                       view->event.selector);
        if (view->facets & PV_FACET_ARRIVED_ID &&
            view->event.apic_id != life->o.after.apic_id[view->event.selector])
                return g_strdup_printf("APIC ID 0x%x of selector %u", view->event.apic_id, view->event.selector);
        return NULL;
}

/* NULL: nothing untrue. Presence changes with events, so what was learnt at boot is held against boot. */
static char *
untrue(PvLife *life, gboolean booting)
{
        PvJudgement judgement = {0};

        if (life->session->host->ops->truth(life->session->host, &life->o.after))
                return g_strdup("what nobody can compare, for the host does not tell the truth");
        if (!booting)
                return untrue_event(life);
        pv_judge_view(&judgement, &life->o, life->o.view.facets & PV_FACETS_BOOT);
        return judgement.verdict == PV_FAIL ? g_strdup(judgement.actual) : NULL;
}

/* ---- a life ---- */

/* Words marked secret, in what the host was shown so far. */
static gboolean
has_leaked(const PvSession *session)
{
        const PvGuestSteps *steps = &pv_trace_counts(session->trace)->guest;

        return steps->secrets_bared + steps->secrets_sent > 0;
}

/* An event that a host keeps to itself nobody can find; nothing untrue is believed either. */
static gboolean
hides_events(const PvLie *lie, gboolean booting)
{
        return lie && !booting && (lie->event == PV_E_IDLE || (lie->expected == PV_OK && !lie->event));
}

static PvHostileEnd
end_of(const PvLie *lie, gboolean booting, int finding)
{
        if (finding == PV_E_BUDGET)
                return PV_HOSTILE_ENDLESS;
        if (finding == PV_E_IDLE && hides_events(lie, booting))
                return PV_HOSTILE_HARMLESS;
        return lie && finding == (!booting && lie->event ? lie->event : lie->expected) ? PV_HOSTILE_NAMED
                                                                                       : PV_HOSTILE_OTHERWISE;
}

/* FALSE: the life is over, and the result says how. */
static gboolean
live(PvLife *life, const PvLifeStage *stage, const PvLie *lie, PvHostileResult *result)
{
        const gboolean booting = stage->booting;

        for (gsize i = 0; i < stage->n; i++) {
                const PvLifeCall *call = &stage->calls[i];
                int r = call->make(life);

                if (!pv_session_intact(life->session)) {
                        result->call = call->name;
                        result->end = PV_HOSTILE_OVERRUN;
                        return FALSE;
                }
                if (r == PV_E_UNSUPPORTED && call->optional)
                        continue;
                if (r == PV_E_UNSUPPORTED)
                        return !booting; /* without a device no life; without events a shorter one */
                result->call = call->name;
                if (r) {
                        result->finding = r;
                        result->end = end_of(lie, booting, r);
                        return FALSE;
                }
                result->what = untrue(life, booting);
                if (result->what) {
                        result->end = PV_HOSTILE_BELIEVED;
                        return FALSE;
                }
        }
        return TRUE;
}

gboolean
pv_hostile_applies(const PvLie *lie, const PvBackend *backend, const PvCandidate *candidate)
{
        if (!backend)
                return TRUE;
        for (unsigned i = 0; i < candidate->machine.n_parts; i++) {
                const PvPart *part = &candidate->machine.part[i];

                if (part->backend == backend)
                        return !lie->needs || lie->needs & part->revision->features;
        }
        return FALSE;
}

void
pv_hostile_try(PvLoader *loader, const PvCandidate *candidate, const PvTarget *model,
               const PvBackend *backend, const PvLie *lie, PvGuestKind guest, const PvMemoryModel *memory,
               PvHostileResult *ret_result)
{
        const PvCell cell = pv_life_cell(guest, PV_PHASE_OS);
        const PvSessionOptions options = {
                .mutation = lie ? &lie->mutation : NULL, .mutated_backend = backend, .memory = memory};
        g_autoptr(GError) error = NULL;
        g_autoptr(PvSession) session = pv_session_open(loader, candidate, model, &cell, &options, &error);
        PvHostileResult result = {.lie = lie,
                                  .backend = backend ? backend->name : "ghcb",
                                  .guest = guest,
                                  .memory = memory->name,
                                  .end = PV_HOSTILE_HARMLESS,
                                  .call = ""};
        gboolean alive = TRUE;
        PvLife life;

        if (!session) {
                result.end = PV_HOSTILE_ERROR;
                result.what = g_strdup(error->message);
        } else {
                pv_life_begin(&life, session);
                for (gsize i = 0; alive && i < PV_LIFE_STAGES; i++)
                        alive = live(&life, &pv_life[i], lie, &result);
                if (has_leaked(session))
                        result.end = PV_HOSTILE_LEAKED;
        }
        *ret_result = result;
}

void
pv_hostile_result_clear(PvHostileResult *result)
{
        g_clear_pointer(&result->what, g_free);
}

void
pv_hostile_everywhere(PvLoader *loader, const PvCandidate *candidate, const PvTarget *model,
                      const PvBackend *backend, const PvLie *lie, void (*take)(void *data, const PvHostileResult *result), void *data)
{
        for (int guest = PV_GUEST_PLAIN; guest <= PV_GUEST_SEV_SNP; guest++)
                for (gsize m = 0; pv_memory_models[m]; m++) {
                        PvHostileResult result;

                        pv_hostile_try(loader, candidate, model, backend, lie, (PvGuestKind) guest,
                                       pv_memory_models[m], &result);
                        take(data, &result);
                        pv_hostile_result_clear(&result);
                }
}

/* ---- which lies ---- */

static void
add_lies(GArray *told, const PvBackend *backend, const PvLie *lies, gsize n, const char *const *globs)
{
        for (gsize i = 0; i < n; i++) {
                const PvToldLie lie = {backend, &lies[i]};

                if (pv_suite_selects(globs, lies[i].id))
                        g_array_append_val(told, lie);
        }
}

GArray *
pv_hostile_lies(GPtrArray *candidates, const char *const *globs)
{
        GArray *told = g_array_new(FALSE, FALSE, sizeof(PvToldLie));
        g_autoptr(GPtrArray) seen = g_ptr_array_new();

        for (guint c = 0; c < candidates->len; c++) {
                const PvCandidate *candidate = candidates->pdata[c];

                for (unsigned p = 0; p < candidate->machine.n_parts; p++) {
                        const PvBackend *backend = candidate->machine.part[p].backend;

                        if (g_ptr_array_find(seen, backend, NULL))
                                continue;
                        g_ptr_array_add(seen, (gpointer) backend);
                        add_lies(told, backend, backend->lies, backend->n_lies, globs);
                }
        }
        add_lies(told, NULL, pv_ghcb_lies, pv_n_ghcb_lies, globs);
        return told;
}

/* ---- in words ---- */

const char *
pv_hostile_word(PvHostileEnd end)
{
        static const char *const words[PV_N_HOSTILE_ENDS] = {
                [PV_HOSTILE_NAMED] = "named",       [PV_HOSTILE_HARMLESS] = "harmless",
                [PV_HOSTILE_OTHERWISE] = "taken for something else",
                [PV_HOSTILE_BELIEVED] = "BELIEVED", [PV_HOSTILE_ENDLESS] = "ENDLESS",
                [PV_HOSTILE_LEAKED] = "LEAKED",     [PV_HOSTILE_OVERRUN] = "OVERRAN",
                [PV_HOSTILE_ERROR] = "not tried",
        };

        return words[end];
}

gboolean
pv_hostile_well(PvHostileEnd end)
{
        return end <= PV_HOSTILE_HARMLESS;
}

JsonObject *
pv_hostile_record(const PvCandidate *candidate, const PvHostileResult *result)
{
        JsonObject *record = pv_record_new("hostile");

        json_object_set_string_member(record, "candidate", candidate->name);
        json_object_set_string_member(record, "target", "model"); /* no other has a device that lies */
        json_object_set_string_member(record, "backend", result->backend);
        json_object_set_string_member(record, "lie", result->lie ? result->lie->id : "");
        json_object_set_string_member(record, "what", result->lie ? result->lie->what : "an honest device");
        json_object_set_string_member(record, "guest", pv_guest_word(result->guest));
        json_object_set_string_member(record, "memory", result->memory);
        json_object_set_string_member(record, "end", pv_hostile_word(result->end));
        json_object_set_string_member(record, "call", result->call);
        json_object_set_string_member(record, "finding",
                                      result->finding ? pv_finding_word(result->finding) : "");
        json_object_set_string_member(
                record, "expected",
                result->lie && result->lie->expected ? pv_finding_word(result->lie->expected) : "");
        json_object_set_string_member(record, "believed", result->what ? result->what : "");
        if (pv_candidate_is_contrast(candidate))
                json_object_set_boolean_member(record, "contrast", TRUE);
        return record;
}
