/* SPDX-License-Identifier: MIT */
/* Asking: a machine is brought into its state, the consumer acts, the bus counts, and the truth decides. */
#include "bench/question.h"

#include <stdarg.h>
#include <string.h>

#include "common/verdict.h"

#define OST_EJECT_REQUEST 3u /* ACPI 6.5, 6.3.5: the event that is answered ... */
#define OST_SUCCESS 0u       /* ... and how it went */

typedef struct Question Question;

/* One question on its way. */
struct PvAsking {
        const Question *question;
        PvSession *session;
        const PvConsumerOps *consumer;
        void *state;
        uint32_t n, last; /* possible CPUs, and the selector of the last */
        uint32_t claimed;
        PvView view;
        PvTruth before, after;
        const char *step; /* the consumer's function that was called last */
        int result;       /* what it answered */
        int ost;
};

struct Question {
        const char *name;
        uint32_t needs[2]; /* facets: one of each that is not 0 must be claimed */
        uint32_t wanted;   /* facets asked of enumerate(); 0: it is about an event */
        gboolean comes, goes;
        void (*act)(PvAsking *ask);
        void (*judge)(const PvAsking *ask, PvSample *sample);
};

/* ---- words ---- */

static const char *
facet_word(uint32_t facets)
{
        static const struct {
                uint32_t facet;
                const char *word;
        } words[] = {
                {PV_FACET_POSSIBLE_COUNT, "how many CPUs are possible"},
                {PV_FACET_PRESENT_COUNT, "how many CPUs are present"},
                {PV_FACET_APIC_ID, "APIC IDs"},
                {PV_FACET_ARRIVED_ID, "the APIC ID of the CPU that arrived"},
                {PV_FACET_ARRIVED, "which CPU has an event"},
        };

        for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
                if (facets & words[i].facet)
                        return words[i].word;
        return "this";
}

G_GNUC_PRINTF(3, 4)
static void
settle(PvSample *sample, PvAnswer answer, const char *format, ...)
{
        va_list args;

        va_start(args, format);
        g_free(sample->reason);
        sample->answer = answer;
        sample->reason = g_strdup_vprintf(format, args);
        va_end(args);
}

/* ---- acts ---- */

static void
act_detect(PvAsking *ask)
{
        ask->step = "detect";
        ask->result = ask->consumer->detect(ask->state);
}

static void
act_enumerate(PvAsking *ask, uint32_t wanted)
{
        ask->step = "enumerate";
        ask->result = ask->consumer->enumerate ? ask->consumer->enumerate(ask->state, wanted, &ask->view)
                                               : PV_E_UNSUPPORTED;
}

static void
act_poll(PvAsking *ask)
{
        ask->step = "poll";
        ask->result = ask->consumer->poll ? ask->consumer->poll(ask->state, &ask->view) : PV_E_UNSUPPORTED;
}

static void
act_plugged(PvAsking *ask)
{
        act_poll(ask);
        if (!ask->result && !(ask->view.facets & PV_FACET_ARRIVED_ID))
                act_enumerate(ask, PV_FACET_APIC_ID);
}

static void
act_eject(PvAsking *ask)
{
        act_poll(ask);
        if (ask->result)
                return;
        ask->step = "eject";
        ask->result = ask->consumer->eject ? ask->consumer->eject(ask->state, ask->last) : PV_E_UNSUPPORTED;
        ask->ost = PV_E_UNSUPPORTED;
        if (!ask->result && ask->consumer->ost)
                ask->ost = ask->consumer->ost(ask->state, ask->last, OST_EJECT_REQUEST, OST_SUCCESS);
        if (ask->ost < 0) {
                ask->step = "ost";
                ask->result = ask->ost;
        }
}

/* ---- judges: the facets that were told, then whether they are right ---- */

static gboolean
told(const PvAsking *ask, uint32_t facets, PvSample *sample)
{
        uint32_t missing = facets & ~ask->view.facets;

        if (!missing)
                return TRUE;
        if (ask->result)
                settle(sample, PV_ANSWER_CANNOT, "%s() found: %s", ask->step, pv_finding_word(ask->result));
        else
                settle(sample, PV_ANSWER_CANNOT, "claimed, but left unset: %s", facet_word(missing));
        return FALSE;
}

static gboolean
same(PvSample *sample, const char *what, uint32_t expected, uint32_t actual)
{
        if (expected != actual)
                settle(sample, PV_ANSWER_WRONG, "%s: %u is true, %u was answered", what, expected, actual);
        return expected == actual;
}

static void
judge_possible(const PvAsking *ask, PvSample *sample)
{
        if (told(ask, PV_FACET_POSSIBLE_COUNT, sample))
                same(sample, "possible CPUs", ask->after.max_cpus, ask->view.possible);
}

static void
judge_present(const PvAsking *ask, PvSample *sample)
{
        if (told(ask, PV_FACET_PRESENT_COUNT, sample))
                same(sample, "present CPUs", ask->after.present_count, ask->view.present_count);
}

static void
judge_counts(const PvAsking *ask, PvSample *sample)
{
        judge_possible(ask, sample);
        if (sample->answer == PV_ANSWER_OK)
                judge_present(ask, sample);
}

static void
judge_ids(const PvAsking *ask, PvSample *sample)
{
        if (!told(ask, PV_FACET_APIC_ID, sample))
                return;
        for (uint32_t i = 0; i < ask->n; i++)
                if (ask->view.apic_id[i] != ask->after.apic_id[i]) {
                        settle(sample, PV_ANSWER_WRONG, "APIC ID of selector %u: %u is true, %u was answered",
                               i, ask->after.apic_id[i], ask->view.apic_id[i]);
                        return;
                }
}

static gboolean
judge_event(const PvAsking *ask, PvEventKind kind, PvSample *sample)
{
        return told(ask, PV_FACET_ARRIVED, sample) &&
               same(sample, "kind of event", kind, ask->view.event.kind) &&
               same(sample, "selector of the event", ask->last, ask->view.event.selector);
}

static void
judge_plugged(const PvAsking *ask, PvSample *sample)
{
        gboolean with_event = (ask->view.facets & PV_FACET_ARRIVED_ID) != 0;
        uint32_t id;

        if (!judge_event(ask, PV_EVENT_INSERT, sample) ||
            (!with_event && !told(ask, PV_FACET_APIC_ID, sample)))
                return;
        id = with_event ? ask->view.event.apic_id : ask->view.apic_id[ask->last];
        if (same(sample, "APIC ID of the CPU just plugged", ask->after.apic_id[ask->last], id) &&
            with_event && !(ask->claimed & PV_FACET_ARRIVED_ID))
                settle(sample, PV_ANSWER_OK, "newer than claimed: this device told the ID with the event");
}

static void
judge_ost(const PvAsking *ask, PvSample *sample)
{
        if (ask->ost == PV_E_UNSUPPORTED)
                settle(sample, PV_ANSWER_OK, "without _OST: this consumer has none");
        else if (ask->ost)
                settle(sample, PV_ANSWER_CANNOT, "ost() found: %s", pv_finding_word(ask->ost));
        else if (same(sample, "_OST reports", ask->before.n_ost + 1, ask->after.n_ost) &&
                 same(sample, "selector of the _OST", ask->last, ask->after.ost_selector) &&
                 same(sample, "event of the _OST", OST_EJECT_REQUEST, ask->after.ost_event))
                same(sample, "status of the _OST", OST_SUCCESS, ask->after.ost_status);
}

static void
judge_eject(const PvAsking *ask, PvSample *sample)
{
        if (!judge_event(ask, PV_EVENT_REMOVE, sample))
                return;
        if (ask->result)
                settle(sample, PV_ANSWER_CANNOT, "%s() found: %s", ask->step, pv_finding_word(ask->result));
        else if (same(sample, "CPUs ejected", ask->before.n_ejected + 1, ask->after.n_ejected) &&
                 same(sample, "selector ejected", ask->last, ask->after.last_ejected))
                judge_ost(ask, sample);
}

/* ---- the questions ---- */

#define POSSIBLE PV_FACET_POSSIBLE_COUNT
#define PRESENT PV_FACET_PRESENT_COUNT
#define EVENT PV_FACET_ARRIVED
#define IDS PV_FACET_APIC_ID
#define ID_OF_EVENT (PV_FACET_ARRIVED_ID | PV_FACET_APIC_ID)

/* clang-format off */
static const Question questions[PV_N_QUESTIONS] = {
        [PV_QUESTION_POSSIBLE] = {"Q1", {POSSIBLE}, POSSIBLE, .judge = judge_possible},
        [PV_QUESTION_PRESENT] = {"Q2", {PRESENT}, PRESENT, .judge = judge_present},
        [PV_QUESTION_COUNTS] = {"Q1+Q2", {POSSIBLE, PRESENT}, POSSIBLE | PRESENT, .judge = judge_counts},
        [PV_QUESTION_PLUGGED] = {"Q3", {EVENT, ID_OF_EVENT}, .comes = TRUE, .act = act_plugged,
                                 .judge = judge_plugged},
        [PV_QUESTION_IDS] = {"Q4", {IDS}, IDS, .judge = judge_ids},
        [PV_QUESTION_EJECT] = {"Q5", {EVENT}, .goes = TRUE, .act = act_eject, .judge = judge_eject},
};
/* clang-format on */

const char *
pv_question_name(PvQuestion question)
{
        return questions[question].name;
}

void
pv_sample_clear(PvSample *sample)
{
        g_clear_pointer(&sample->reason, g_free);
}

/* ---- asking ---- */

/* Facets one of which is needed and none of which is claimed; 0: all is well. */
static uint32_t
unclaimed(const Question *q, uint32_t claimed)
{
        for (size_t i = 0; i < G_N_ELEMENTS(q->needs); i++)
                if (q->needs[i] && !(q->needs[i] & claimed))
                        return q->needs[i];
        return 0;
}

gboolean
pv_question_claimed(PvQuestion question, const PvCandidate *candidate)
{
        return !unclaimed(&questions[question], pv_candidate_claims(candidate));
}

/* What needs no machine: TRUE when that was all. */
static gboolean
settled(const Question *q, uint32_t claimed, uint32_t n, PvSample *sample)
{
        uint32_t lacking = unclaimed(q, claimed);

        if (lacking) {
                settle(sample, PV_ANSWER_CANNOT, "not claimed: %s", facet_word(lacking));
                return TRUE;
        }
        if (n == 1 && (q->comes || q->goes))
                settle(sample, PV_ANSWER_NA, "there is no CPU but the boot CPU");
        return sample->answer == PV_ANSWER_NA;
}

static PvSession *
open_session(PvLoader *loader, const PvCandidate *candidate, const PvTarget *target, const Question *q,
             uint32_t n, PvGuestKind guest, gboolean untraced, PvSample *sample)
{
        g_autofree char *smp = g_strdup_printf("cpus=1,maxcpus=%u,sockets=1,dies=1,cores=%u,threads=1", n, n);
        g_autofree char *last = g_strdup_printf("%u", n - 1);
        PvCell cell = {.smp = smp, .plugged = q->goes ? last : NULL, .guest = guest};
        PvSessionOptions options = {.untraced = untraced};
        g_autoptr(GError) error = NULL;
        PvSession *session = pv_session_open(loader, candidate, target, &cell, &options, &error);

        if (session)
                return session;
        if (g_error_matches(error, PV_ERROR, PV_ERROR_LIMIT))
                settle(sample, PV_ANSWER_NA, "%s", error->message);
        else if (g_error_matches(error, PV_ERROR, PV_ERROR_BLOCKED))
                settle(sample, PV_ANSWER_BLOCKED, "%s", error->message);
        else
                settle(sample, PV_ANSWER_ERROR, "%s", error->message);
        return NULL;
}

/* A fatal code ends the question. */
static gboolean
survived(int r, const PvHost *host, const char *when, PvSample *sample)
{
        if (r == PV_E_BUDGET)
                settle(sample, PV_ANSWER_CANNOT,
                       "%s: the access budget is used up; it would not have ended soon", when);
        else if (r == PV_E_FORBIDDEN)
                settle(sample, PV_ANSWER_NA, "%s: %s", when, host->limit ? host->limit : pv_finding_word(r));
        else if (r < 0)
                settle(sample, PV_ANSWER_ERROR, "%s: %s (%d)", when,
                       host->gone ? host->gone : "what stands behind the bus no longer answers", r);
        return r >= 0;
}

/*
 * An event happens while the machine runs, so its firmware has looked for the device before: on a block that
 * powers up in legacy mode that look is what makes it keep events at all. It is not counted.
 */
static gboolean
prepare(PvAsking *ask, const Question *q, PvSample *sample)
{
        PvHost *host = ask->session->host;
        int r = 0;

        if (q->comes || q->goes) {
                if (!survived(ask->consumer->detect(ask->state), host, "at boot", sample))
                        return FALSE;
                r = q->comes ? host->ops->plug(host, ask->last) : host->ops->unplug_request(host, ask->last);
        }
        if (r == PV_E_UNSUPPORTED)
                settle(sample, PV_ANSWER_NA, "this target cannot %s a CPU", q->comes ? "plug" : "ask back");
        else if (r > 0)
                settle(sample, PV_ANSWER_CANNOT, "the machine refused to %s a CPU",
                       q->comes ? "take" : "ask back");
        if (r > 0 || !survived(r, host, "host event", sample))
                return FALSE;
        return survived(host->ops->truth(host, &ask->before), host, "host", sample);
}

static PvAsking *
asking_new(PvLoader *loader, const PvCandidate *candidate, const PvTarget *target, const Question *q, uint32_t n,
           PvGuestKind guest, gboolean untraced, PvSample *ret_sample)
{
        PvSample sample = {.answer = PV_ANSWER_OK, .reason = g_strdup("")};
        uint32_t claimed = pv_candidate_claims(candidate);
        g_autoptr(PvAsking) ask = g_new0(PvAsking, 1);

        if (!settled(q, claimed, n, &sample))
                ask->session = open_session(loader, candidate, target, q, n, guest, untraced, &sample);
        if (ask->session) {
                ask->question = q;
                ask->consumer = ask->session->consumer;
                ask->state = ask->session->consumer_state;
                ask->n = n;
                ask->last = n - 1;
                ask->claimed = claimed;
                ask->view = ask->session->buffers;
        }
        *ret_sample = sample;
        return ask->session && prepare(ask, q, ret_sample) ? g_steal_pointer(&ask) : NULL;
}

PvAsking *
pv_asking_new(PvLoader *loader, const PvCandidate *candidate, const PvTarget *target, PvQuestion question, uint32_t n,
              gboolean untraced, PvSample *ret_sample)
{
        return asking_new(loader, candidate, target, &questions[question], n, PV_GUEST_PLAIN, untraced, ret_sample);
}

void
pv_asking_free(PvAsking *ask)
{
        pv_session_close(ask->session);
        g_free(ask);
}

gboolean
pv_asking_uses_up(const PvAsking *ask)
{
        return ask->question->comes || ask->question->goes;
}

PvSession *
pv_asking_session(PvAsking *ask)
{
        return ask->session;
}

void
pv_asking_act(PvAsking *ask)
{
        ask->view = ask->session->buffers;
        act_detect(ask);
        if (ask->result)
                return;
        if (ask->question->act)
                ask->question->act(ask);
        else
                act_enumerate(ask, ask->question->wanted);
}

void
pv_asking_judge(PvAsking *ask, PvSample *sample)
{
        PvHost *host = ask->session->host;

        if (survived(ask->result, host, ask->step, sample) &&
            survived(host->ops->truth(host, &ask->after), host, "host", sample))
                ask->question->judge(ask, sample);
}

static PvSample
ask_guest(PvLoader *loader, const PvCandidate *candidate, const PvTarget *target, const Question *q, uint32_t n,
          PvGuestKind guest)
{
        PvSample sample;
        g_autoptr(PvAsking) ask = asking_new(loader, candidate, target, q, n, guest, FALSE, &sample);

        if (ask) {
                pv_trace_reset_counts(ask->session->trace);
                pv_asking_act(ask);
                sample.counts = *pv_trace_counts(ask->session->trace);
                pv_asking_judge(ask, &sample);
        }
        return sample;
}

void
pv_question_ask(PvLoader *loader, const PvCandidate *candidate, const PvTarget *target, PvQuestion question,
                uint32_t n, PvSample *ret_sample)
{
        *ret_sample = ask_guest(loader, candidate, target, &questions[question], n, PV_GUEST_PLAIN);
}

void
pv_question_ask_private(PvLoader *loader, const PvCandidate *candidate, const PvTarget *target, PvQuestion question,
                        uint32_t n, PvSample *sample)
{
        PvSample private = ask_guest(loader, candidate, target, &questions[question], n, PV_GUEST_SEV);

        sample->has_private = private.answer == PV_ANSWER_OK;
        sample->private = private.counts;
        pv_sample_clear(&private);
}

JsonObject *
pv_question_record(const PvCandidate *candidate, const PvTarget *target, PvQuestion question, uint32_t n,
                   const PvSample *sample)
{
        static const char *const words[PV_N_ANSWERS] = {
                [PV_ANSWER_OK] = "ok",  [PV_ANSWER_CANNOT] = "cannot-answer", [PV_ANSWER_WRONG] = "wrong",
                [PV_ANSWER_NA] = "n/a", [PV_ANSWER_ERROR] = "error",          [PV_ANSWER_BLOCKED] = "error",
        };
        JsonObject *record = pv_record_new("sample");

        json_object_set_string_member(record, "candidate", candidate->name);
        json_object_set_string_member(record, "target", target->name);
        json_object_set_string_member(record, "question", questions[question].name);
        json_object_set_int_member(record, "n", n);
        json_object_set_string_member(record, "answer", words[sample->answer]);
        json_object_set_string_member(record, "reason", sample->reason);
        pv_record_set_counts(record, &sample->counts);
        if (sample->has_private)
                pv_record_set_private_counts(record, &sample->private);
        return record;
}
