/* SPDX-License-Identifier: MIT */
/* From a check and a cell to a verdict. */
#include "conformance/suite.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "common/record.h"
#include "conformance/checks.h"
#include "conformance/judge.h"
#include "conformance/prediction.h"
#include "conformance/script.h"

/* ---- which checks ---- */

static void
add(GArray *suite, const PvCheck *checks, size_t n, const PvBackend *backend)
{
        for (size_t i = 0; i < n; i++) {
                PvSuiteEntry entry = {&checks[i], backend};

                g_array_append_val(suite, entry);
        }
}

GArray *
pv_suite(const PvBackend *const *backends, unsigned n_backends)
{
        GArray *suite = g_array_new(FALSE, FALSE, sizeof(PvSuiteEntry));

        add(suite, pv_checks_discovery, pv_n_checks_discovery, NULL);
        add(suite, pv_checks_events, pv_n_checks_events, NULL);
        add(suite, pv_checks_sev, pv_n_checks_sev, NULL);
        add(suite, pv_checks_sev_memory, pv_n_checks_sev_memory, NULL);
        add(suite, pv_checks_sev_lies, pv_n_checks_sev_lies, NULL);
        add(suite, pv_checks_sev_dma, pv_n_checks_sev_dma, NULL);
        add(suite, pv_checks_preempt, pv_n_checks_preempt, NULL);
        for (unsigned i = 0; i < n_backends; i++)
                add(suite, backends[i]->rules, backends[i]->n_rules, backends[i]);
        return suite;
}

GArray *
pv_suite_of(const PvCandidate *candidate)
{
        const PvBackend *backends[PV_PARTS_MAX];

        for (unsigned i = 0; i < candidate->machine.n_parts; i++)
                backends[i] = candidate->machine.part[i].backend;
        return pv_suite(backends, candidate->machine.n_parts);
}

const PvSuiteEntry *
pv_suite_find(GArray *suite, const char *id)
{
        for (guint i = 0; i < suite->len; i++)
                if (!strcmp(g_array_index(suite, PvSuiteEntry, i).check->id, id))
                        return &g_array_index(suite, PvSuiteEntry, i);
        return NULL;
}

gboolean
pv_suite_selects(const char *const *globs, const char *id)
{
        for (guint i = 0; globs && globs[i]; i++)
                if (g_pattern_match_simple(globs[i], id))
                        return TRUE;
        return !globs || !globs[0];
}

const PvCell *
pv_check_cells(const PvCheck *check, size_t *ret_n)
{
        static const PvCell plain = {0};

        *ret_n = check->cells ? check->n_cells : 1;
        return check->cells ? check->cells : &plain;
}

/* ---- what a candidate claims ---- */

static const PvRevision *
revision_of(const PvCandidate *candidate, const PvBackend *backend)
{
        for (unsigned i = 0; i < candidate->machine.n_parts; i++)
                if (candidate->machine.part[i].backend == backend)
                        return candidate->machine.part[i].revision;
        return NULL;
}

/* Facets that a file of ours, injected into a real VMM, would tell. */
static uint32_t
injected_facets(const PvSuiteRun *run)
{
        uint32_t facets = 0;

        if (!run->target->ops->injects)
                return 0;
        for (unsigned i = 0; i < run->candidate->machine.n_parts; i++)
                facets |= run->candidate->machine.part[i].revision->content;
        return facets;
}

static const char *
feature_name(const PvBackend *backend, uint64_t features)
{
        for (unsigned bit = 0; backend->feature_names && backend->feature_names[bit]; bit++)
                if (features >> bit & 1)
                        return backend->feature_names[bit];
        return "a feature";
}

static void
settle(PvResult *result, PvVerdict verdict, char *reason)
{
        result->verdict = verdict;
        g_free(result->reason);
        result->reason = reason;
}

static char *
whose_features(const PvProfile *profile, const PvRevision *revision)
{
        return profile ? g_strdup_printf("profile %s", profile->name) : g_strdup(revision->name);
}

gboolean
pv_suite_settled(const PvSuiteRun *run, const PvSuiteEntry *entry, PvResult *result)
{
        const PvCheck *check = entry->check;
        const PvRevision *revision = entry->backend ? revision_of(run->candidate, entry->backend) : NULL;
        const PvProfile *profile = run->target->profile;
        uint64_t features = revision ? pv_profile_features(profile, entry->backend, revision->features) : 0;
        uint32_t claims = pv_candidate_claims(run->candidate), missing = check->facets & ~claims;
        const char *gap = pv_profile_gap(profile, check->id);
        g_autofree char *whose = revision ? whose_features(profile, revision) : NULL;

        if (gap)
                settle(result, PV_NOT_CLAIMED, g_strdup_printf("profile %s: %s", profile->name, gap));
        else if (check->needs & ~features)
                settle(result, PV_NOT_CLAIMED,
                       g_strdup_printf("%s does not have: %s", whose,
                                       feature_name(entry->backend, check->needs & ~features)));
        else if (check->excludes & features)
                settle(result, PV_NOT_CLAIMED,
                       g_strdup_printf("%s has: %s", whose,
                                       feature_name(entry->backend, check->excludes & features)));
        else if (missing || (!entry->backend && !claims && !(check->cells && check->cells[0].machine)))
                settle(result, PV_NOT_CLAIMED, g_strdup("this ABI never said it could tell"));
        else if (check->live && check->facets & injected_facets(run))
                settle(result, PV_NA, g_strdup("the file is injected there and does not follow host events"));
        else if (run->target->ops->used && !check->any_state)
                settle(result, PV_NA, g_strdup(run->target->ops->used));
        else
                return FALSE;
        return TRUE;
}

/* ---- running ---- */

static PvRole
role_of(const PvCandidate *candidate)
{
        for (unsigned i = 0; i < candidate->n_consumers; i++)
                if (candidate->consumer[i].ops->role == PV_ROLE_OSPM)
                        return PV_ROLE_OSPM;
        return candidate->consumer[0].ops->role;
}

static int
act(PvSession *session, const PvSuiteRun *run, const PvSuiteEntry *entry, const PvCell *cell,
    PvObservation *o)
{
        PvCounts before = *pv_trace_counts(session->trace);
        PvScene scene = {
                .bus = session->bus,
                .host = session->host,
                .consumer = session->consumer,
                .consumer_state = session->consumer_state,
                .role = role_of(run->candidate),
                .cell = cell,
                .counts = pv_trace_counts(session->trace),
                .base = entry->backend ? pv_session_base(session, run->candidate, entry->backend) : 0,
                .claimed = session->claimed,
                .buffers = &session->buffers,
                .twin = pv_session_twin(session, run->candidate),
                .os = pv_session_os(session, run->candidate),
        };
        g_autofree uint8_t *present = NULL;
        int r = session->host->ops->truth(session->host, &o->before);

        if (r)
                return r;
        present = g_memdup2(o->before.present, pv_bitmap_size(o->before.max_cpus));
        o->before.present = present;
        o->claimed = session->claimed;
        scene.truth = o->before;
        r = entry->check->find ? entry->check->find(&scene, o->found) : 0;
        if (!r)
                r = entry->check->act ? entry->check->act(&scene, o)
                                      : pv_script_act(&scene, entry->check->steps, entry->check->n_steps, o);
        o->counts = pv_counts_since(pv_trace_counts(session->trace), &before);
        o->untold = (cell->hostile || cell->lie) && !o->counts.guest.lies_told;
        o->before.present = NULL; /* judges ask for what is true now */
        return r ? r : session->host->ops->truth(session->host, &o->after);
}

static void
judge(const PvSuiteEntry *entry, const PvObservation *o, PvResult *result)
{
        if (entry->check->judge)
                entry->check->judge(o, &result->judgement);
        else
                pv_script_judge(entry->check->steps, entry->check->n_steps, o, &result->judgement);
        settle(result, result->judgement.verdict,
               result->judgement.verdict == PV_NA ? g_strdup(result->judgement.actual) : NULL);
        if (result->verdict == PV_FAIL)
                result->failure = PV_FAILURE_WRONG;
}

static void
settle_act(int r, const PvHost *host, PvResult *result)
{
        if (r == PV_E_BUDGET) {
                settle(result, PV_FAIL, g_strdup("did not end within its access budget"));
                result->failure = PV_FAILURE_WEDGED;
        } else if ((r == PV_E_UNSUPPORTED || r == PV_E_REFUSED || r == PV_E_FORBIDDEN) && host->limit) {
                settle(result, PV_NA, g_strdup(host->limit));
        } else if (r == PV_E_UNSUPPORTED) {
                settle(result, PV_NOT_CLAIMED, g_strdup("this consumer cannot do it"));
        } else if (r == PV_E_ABSENT) {
                settle(result, PV_NA, g_strdup("this machine does not have what the check is about"));
        } else if (r == PV_E_TOO_SMALL) {
                settle(result, PV_BROKEN, g_strdup("the script reads more values than an observation holds"));
        } else if (r == PV_E_REFUSED) {
                settle(result, PV_BROKEN, g_strdup("the host refused an event of this check"));
        } else {
                settle(result, PV_BROKEN,
                       g_strdup(host->gone ? host->gone : "the machine behind the bus no longer answers"));
        }
}

/* On a real VMM, a device may have more than was claimed: then the check that holds instead passes. */
static void
settle_newer(const PvSuiteRun *run, const PvSuiteEntry *entry, const PvCell *cell, PvResult *result)
{
        g_autoptr(GArray) suite = pv_suite(&entry->backend, 1);
        const PvSuiteEntry *other = pv_suite_find(suite, entry->check->newer);
        PvCheck unconditional;
        PvResult newer = {0};

        if (!other)
                return;
        unconditional = *other->check;
        unconditional.needs = unconditional.excludes = 0;
        pv_suite_run(run, &(PvSuiteEntry){&unconditional, entry->backend}, cell, &newer);
        if (newer.verdict == PV_PASS) {
                settle(result, PV_NA,
                       g_strdup_printf("newer than claimed: it has %s (%s passes)",
                                       feature_name(entry->backend, entry->check->excludes),
                                       entry->check->newer));
                result->failure = PV_FAILURE_NONE;
        }
        pv_result_clear(&newer);
}

/* A failure that is known is expected; a pass against such an expectation makes it stale. */
static void
settle_expected(const PvSuiteRun *run, const PvSuiteEntry *entry, const PvCell *cell, PvResult *result)
{
        const PvExpectation *known =
                run->expectations ? pv_expectations_find(run->expectations, entry->check->id, cell) : NULL;

        if (!known)
                return;
        if (result->verdict == PV_FAIL) {
                settle(result, known->lacks ? PV_NA : PV_XFAIL, g_strdup(known->why));
                result->failure = known->lacks ? PV_FAILURE_NONE : result->failure;
        } else if (result->verdict == PV_PASS) {
                settle(result, PV_XPASS,
                       g_strdup_printf("expected to fail: %s; remove the expectation", known->why));
        }
}

static void
settle_open_error(PvResult *result, const GError *error)
{
        PvVerdict verdict = PV_BROKEN;

        if (g_error_matches(error, PV_ERROR, PV_ERROR_LIMIT))
                verdict = PV_NA;
        else if (g_error_matches(error, PV_ERROR, PV_ERROR_BLOCKED))
                verdict = PV_BLOCKED;
        settle(result, verdict, g_strdup(error->message));
}

/* What this target lacks for the check; NULL: nothing. QEMU under TCG dies in a plug that follows an eject.
 */
static const char *
limit_of(const PvCheck *check, const PvBus *bus)
{
        if (check->many_events && bus->limits.max_ejects == 1)
                return "this target dies in a plug after an eject";
        if (check->bare_reset && bus->limits.firmware)
                return "firmware boots here after a reset, and leaves its own traces";
        if (!(bus->caps & PV_BUS_GPA) && pv_script_uses_memory(check->steps, check->n_steps))
                return "this target has no guest memory";
        return NULL;
}

/* In one machine, whose memory is encrypted by this model if it is at all. */
static void
run_in(const PvSuiteRun *run, const PvSuiteEntry *entry, const PvCell *cell, const PvMemoryModel *memory,
       PvResult *result)
{
        /* A rule's hostile device is its own ABI's. */
        const PvSessionOptions options = {.mutation = run->mutation,
                                          .mutated_backend = run->mutation ? run->mutated_backend : entry->backend,
                                          .seed = run->seed,
                                          .memory = memory,
                                          .any_state = entry->check->any_state,
                                          .budget = entry->check->budget,
                                          .many_events = entry->check->many_events};
        g_autoptr(GError) error = NULL;
        g_autoptr(PvSession) session =
                pv_session_open(run->loader, run->candidate, run->target, cell, &options, &error);
        PvObservation observation = {0};
        int r;

        if (!session) {
                settle_open_error(result, error);
                return;
        }
        if (limit_of(entry->check, session->bus)) {
                settle(result, PV_NA, g_strdup(limit_of(entry->check, session->bus)));
                return;
        }
        r = act(session, run, entry, cell, &observation);
        if (r)
                settle_act(r, session->host, result);
        else
                judge(entry, &observation, result);
        result->counts = observation.counts;
        result->tail = pv_trace_tail(session->trace);
        result->qtest = pv_trace_qtest(session->trace);
}

/* What a cipher makes of memory decides nothing: every model of it must come to the same verdict. */
static void
run_in_other_models(const PvSuiteRun *run, const PvSuiteEntry *entry, const PvCell *cell, PvResult *result)
{
        for (gsize i = 1; pv_memory_models[i] && result->verdict != PV_BROKEN; i++) {
                PvResult other = {0};

                run_in(run, entry, cell, pv_memory_models[i], &other);
                if (other.verdict != result->verdict)
                        settle(result, PV_BROKEN,
                               g_strdup_printf("the memory models disagree: %s in %s, %s in %s (%s)",
                                               pv_verdict_word(result->verdict), pv_memory_models[0]->name,
                                               pv_verdict_word(other.verdict), pv_memory_models[i]->name,
                                               other.judgement.actual));
                pv_result_clear(&other);
        }
}

void
pv_suite_run(const PvSuiteRun *run, const PvSuiteEntry *entry, const PvCell *cell, PvResult *ret_result)
{
        gint64 start = g_get_monotonic_time();
        PvResult result = {0};

        if (!pv_suite_settled(run, entry, &result)) {
                run_in(run, entry, cell, pv_memory_models[0], &result);
                if (cell->guest != PV_GUEST_PLAIN)
                        run_in_other_models(run, entry, cell, &result);
                if (result.verdict == PV_FAIL && entry->check->newer && !run->mutation &&
                    run->target->ops->device == PV_ORIGIN_THEIRS)
                        settle_newer(run, entry, cell, &result);
                settle_expected(run, entry, cell, &result);
        }
        result.milliseconds = (double) (g_get_monotonic_time() - start) / 1000;
        *ret_result = result;
}

void
pv_result_clear(PvResult *result)
{
        g_clear_pointer(&result->reason, g_free);
        g_clear_pointer(&result->tail, g_ptr_array_unref);
        g_clear_pointer(&result->qtest, g_ptr_array_unref);
}

/* ---- recording ---- */

/* Does the check look at a file of ours in a VMM of theirs? One without facets looks at everything. */
static gboolean
rests_on_injected(const PvSuiteRun *run, const PvSuiteEntry *entry)
{
        uint32_t injected = injected_facets(run), facets = entry->check->facets;

        if (entry->backend)
                return injected && entry->check->content;
        return facets ? (facets & injected) != 0 : injected != 0;
}

static void
set_provenance(JsonObject *record, const PvSuiteRun *run, const PvSuiteEntry *entry)
{
        gboolean theirs = run->target->ops->device == PV_ORIGIN_THEIRS;
        PvOrigin device = entry->check->area == PV_AREA_SEV ? PV_ORIGIN_MODELLED : run->target->ops->device;
        PvOrigin content = theirs && !rests_on_injected(run, entry) ? PV_ORIGIN_THEIRS : PV_ORIGIN_OURS;

        json_object_set_string_member(record, "device", pv_origin_word(device));
        json_object_set_string_member(record, "content", pv_origin_word(content));
        json_object_set_string_member(record, "consumer", pv_origin_word(PV_ORIGIN_OURS));
}

static JsonArray *
string_array(GPtrArray *strings)
{
        JsonArray *array = json_array_new();

        for (guint i = 0; strings && i < strings->len; i++)
                json_array_add_string_element(array, strings->pdata[i]);
        return array;
}

JsonObject *
pv_suite_record(const PvSuiteRun *run, const PvSuiteEntry *entry, const PvCell *cell, const PvResult *result)
{
        gboolean failed = result->verdict == PV_FAIL || result->verdict == PV_XFAIL;
        JsonObject *record = pv_record_new("verdict");
        const PvCheck *check = entry->check;
        g_autofree char *cell_name = pv_cell_name(cell);
        const struct {
                const char *member, *value;
        } text[] = {
                {"candidate", run->candidate->name},
                {"target", run->target->name},
                {"check", check->id},
                {"cell", cell_name},
                {"level", pv_level_word(check->level)},
                {"area", pv_area_word(check->area)},
                {"basis", pv_basis_word(check->basis)},
                {"source", check->source},
                {"requirement", check->requirement},
                {"advice", check->advice},
                {"verdict", pv_verdict_word(result->verdict)},
                {"failure", pv_failure_word(result->failure)},
                {"reason", result->reason},
                {"rules", entry->backend ? entry->backend->name : NULL},
                {"expected", result->judgement.expected},
                {"actual", result->judgement.actual},
        };

        for (gsize i = 0; i < G_N_ELEMENTS(text); i++)
                json_object_set_string_member(record, text[i].member, text[i].value ? text[i].value : "");
        if (pv_prediction_word(check->id, run->candidate))
                json_object_set_string_member(record, "predicted", pv_prediction_word(check->id, run->candidate));
        set_provenance(record, run, entry);
        json_object_set_double_member(record, "ms", result->milliseconds);
        pv_record_set_counts(record, &result->counts);
        json_object_set_array_member(record, "tail", string_array(failed ? result->tail : NULL));
        json_object_set_array_member(record, "qtest", string_array(failed ? result->qtest : NULL));
        return record;
}
