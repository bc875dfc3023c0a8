/* SPDX-License-Identifier: MIT */
/* Two agents at one device: one reads, and the other comes in after each of its accesses in turn. */
#include "common/preempt-bus.h"
#include "conformance/checks-sev.h"
#include "conformance/checks.h"
#include "conformance/judge.h"

#define COUNT(array) (sizeof array / sizeof array[0])

#define FIRST 3
#define SECOND 7
#define CPUS 12 /* of PV_DEFAULT_SMP */
#define POINTS 512 /* that a reading is interrupted at; one with more accesses, at every second, third, ... */
#define BUDGET 16  /* accesses of all these readings, in those of one */

static const PvCell smm_cells[] = {PV_SEV_EVERY_KIND(SMM)};

/* PvObservation.value. */
enum {
        DUE,       /* facets that the reader learns alone ... */
        ACCESSES,  /* ... in how many accesses */
        TRIED,     /* of these, those after which the other came in */
        DISTURBED, /* of these, those after which the reader did not learn the same */
        BELIEVED,  /* of these, those after which it did not notice */
        AFTER,     /* the one that is judged */
        SMI_LEARNT,
        SEEN_BEFORE, /* by AML: the selector before the SMI ... */
        SEEN_AFTER,
        SEEN_NEXT, /* ... and once the event was acknowledged */
        N_VALUES,
};

/* Who comes in between: the consumer that is tried, with room of its own for what it learns. */
typedef struct Other {
        const PvScene *scene;
        uint32_t learnt; /* facets, the last time */
        uint32_t apic_id[CPUS], id_slots[32];
        uint8_t present[2];
} Other;

/* ---- the other agent ---- */

static PvView
room(Other *other)
{
        return (PvView){.capacity = CPUS, .apic_id = other->apic_id, .present = other->present,
                        .id_slots = other->id_slots, .id_slots_n = COUNT(other->id_slots)};
}

static int
ask_all(void *data)
{
        Other *other = data;
        const PvScene *s = other->scene;
        PvView view = room(other);
        int r = s->consumer->enumerate(s->consumer_state, PV_FACETS_BOOT, &view);

        other->learnt = view.facets;
        return r < 0 ? r : 0;
}

/* The SMI of a hot-plug, with nothing kept from boot: which CPU came, and its APIC ID. */
static int
handle_smi(void *data)
{
        Other *other = data;
        const PvScene *s = other->scene;
        PvView view = room(other);
        int r = s->consumer->detect(s->consumer_state);

        if (!r)
                r = s->consumer->poll(s->consumer_state, &view);
        if (!r && !(view.facets & PV_FACET_ARRIVED_ID) && s->consumer->enumerate)
                r = s->consumer->enumerate(s->consumer_state, PV_FACET_APIC_ID, &view);
        other->learnt = view.facets;
        return r < 0 ? r : 0;
}

/* ---- acts: result[0] detect, [1] enumerate; of AML [2] poll, [3] poll again, [4] ack, [5] next poll ---- */

static int
start(const PvAgent *agent, PvPreemptBus *bus, PvObservation *o)
{
        int r = agent->ops->init(agent->state, &bus->wrap.bus, agent->assumed);

        o->view = (PvView){0};
        o->n_values = N_VALUES;
        if (!r)
                r = o->result[0] = agent->ops->detect(agent->state);
        return r < 0 ? r : 0;
}

static bool
same_cpus(const PvView *view, const PvTruth *truth)
{
        for (uint32_t i = 0; i < truth->max_cpus; i++)
                if ((view->facets & PV_FACET_APIC_ID && view->apic_id[i] != truth->apic_id[i]) ||
                    (view->facets & PV_FACET_PRESENT_SET &&
                     pv_bit_get(view->present, i) != pv_bit_get(truth->present, i)))
                        return false;
        return true;
}

/* Everything of `due` was learnt, and is true. */
static bool
undisturbed(const PvView *view, const PvTruth *truth, uint32_t due)
{
        return (view->facets & due) == due &&
               (!(due & PV_FACET_POSSIBLE_COUNT) || view->possible == truth->max_cpus) &&
               (!(due & PV_FACET_PRESENT_COUNT) || view->present_count == truth->present_count) &&
               same_cpus(view, truth);
}

/* One reading, with the other after k accesses; alone if k is 0. */
static int
read_once(const PvScene *s, const PvAgent *reader, PvPreemptBus *bus, uint64_t k, PvObservation *o)
{
        int r;

        o->view = *s->buffers;
        pv_preempt_arm(bus, k);
        r = o->result[1] = reader->ops->enumerate(reader->state, PV_FACETS_BOOT, &o->view);
        return r < 0 ? r : 0;
}

/* What became of it; the first that went unnoticed, or else the first that was disturbed, is to be judged. */
static void
note_reading(const PvTruth *truth, uint64_t k, PvObservation *o)
{
        const uint32_t due = (uint32_t) o->value[DUE];
        const bool disturbed = !undisturbed(&o->view, truth, due);
        const bool believed = !undisturbed(&o->view, truth, due & o->view.facets);

        if (believed ? o->value[BELIEVED] == 0 : disturbed && o->value[DISTURBED] == 0)
                o->value[AFTER] = k;
        o->value[TRIED]++;
        o->value[DISTURBED] += disturbed;
        o->value[BELIEVED] += believed;
}

/* First alone, which tells how many accesses that takes and what can be learnt. The worst is made again. */
static int
read_interrupted(const PvScene *s, const PvAgent *reader, PvPreemptBus *bus, PvObservation *o)
{
        PvTruth truth;
        int r = s->host->ops->truth(s->host, &truth);

        if (!r)
                r = read_once(s, reader, bus, 0, o);
        o->value[DUE] = o->view.facets;
        o->value[ACCESSES] = bus->made;
        for (uint64_t k = 1; !r && k <= o->value[ACCESSES]; k += 1 + o->value[ACCESSES] / POINTS) {
                r = read_once(s, reader, bus, k, o);
                note_reading(&truth, k, o);
        }
        return r ? r : read_once(s, reader, bus, o->value[AFTER], o);
}

static int
act_twin(const PvScene *s, PvObservation *o)
{
        Other other = {.scene = s};
        PvPreemptBus bus;
        int r;

        if (!s->consumer->enumerate)
                return PV_E_UNSUPPORTED;
        pv_preempt_init(&bus, s->bus, ask_all, &other);
        r = s->consumer->detect(s->consumer_state);
        if (r >= 0)
                r = start(&s->twin, &bus, o);
        return r || o->result[0] ? r : read_interrupted(s, &s->twin, &bus, o);
}

/* AML holds its scan together by a mutex and raises the SMI itself, before it acknowledges anything. */
static int
scan_with_smi(const PvAgent *os, Other *smi, PvObservation *o)
{
        int r = o->result[2] = os->ops->poll(os->state, &o->view);

        o->value[SEEN_BEFORE] = o->view.event.selector;
        if (r >= 0)
                r = handle_smi(smi);
        if (r >= 0)
                r = o->result[3] = os->ops->poll(os->state, &o->view);
        o->value[SEEN_AFTER] = o->view.event.selector;
        if (r >= 0)
                r = o->result[4] = os->ops->ack(os->state, &o->view);
        if (r >= 0)
                r = o->result[5] = os->ops->poll(os->state, &o->view);
        o->value[SEEN_NEXT] = o->view.event.selector;
        return r < 0 ? r : 0;
}

/* The SMI stops every CPU: one that reads by a driver anywhere, the one that runs the AML in one place. */
static int
act_smi(const PvScene *s, PvObservation *o)
{
        Other smi = {.scene = s};
        PvPreemptBus bus;
        int r;

        if (s->role != PV_ROLE_FIRMWARE || !s->consumer->poll || !s->os.ops || !s->os.ops->poll)
                return PV_E_UNSUPPORTED;
        pv_preempt_init(&bus, s->bus, handle_smi, &smi);
        r = start(&s->os, &bus, o);
        if (!r)
                r = s->host->ops->plug(s->host, FIRST);
        if (!r)
                r = s->host->ops->plug(s->host, SECOND);
        if (!r && s->os.ops->enumerate)
                r = read_interrupted(s, &s->os, &bus, o);
        if (!r)
                r = scan_with_smi(&s->os, &smi, o);
        o->value[SMI_LEARNT] = smi.learnt;
        return r;
}

/* ---- judges ---- */

static bool
judge_reader(const PvObservation *o, PvJudgement *j)
{
        PvJudgement reading = {0};

        pv_judge_pass(j);
        pv_judge_view(&reading, o, (uint32_t) o->value[DUE]);
        if (reading.verdict == PV_PASS)
                return true;
        pv_judge_fail(j, reading.verdict == PV_FAIL ? reading.expected : "what it learns alone",
                      "disturbed after %u of %u accesses, %u times unnoticed; after access %u: %s",
                      (unsigned) o->value[DISTURBED], (unsigned) o->value[TRIED],
                      (unsigned) o->value[BELIEVED], (unsigned) o->value[AFTER], reading.actual);
        return false;
}

static void
judge_twin(const PvObservation *o, PvJudgement *j)
{
        if (judge_reader(o, j) && !o->value[DUE]) {
                j->verdict = PV_CANNOT_TELL;
                pv_judge_care(j, pv_finding_word(o->result[0] ? o->result[0] : o->result[1]));
        }
}

static bool
judge_scan(const PvObservation *o, PvJudgement *j)
{
        static const char *const calls[] = {"the AML's scan", "its scan after the SMI", "its acknowledgement",
                                            "its next scan"};

        for (unsigned i = 0; i < COUNT(calls); i++)
                if (o->result[2 + i]) {
                        pv_judge_fail(j, "both events", "%s: %s", calls[i],
                                      pv_finding_word(o->result[2 + i]));
                        return false;
                }
        return pv_judge_equal(j, "selector before the SMI:", FIRST, o->value[SEEN_BEFORE]) &&
               pv_judge_equal(j, "selector after the SMI:", FIRST, o->value[SEEN_AFTER]) &&
               pv_judge_equal(j, "selector once that is acknowledged:", SECOND, o->value[SEEN_NEXT]);
}

static void
judge_smi(const PvObservation *o, PvJudgement *j)
{
        const uint32_t learnt = (uint32_t) o->value[SMI_LEARNT];

        if (judge_reader(o, j) && judge_scan(o, j) &&
            !(learnt & PV_FACET_ARRIVED && learnt & (PV_FACET_ARRIVED_ID | PV_FACET_APIC_ID)))
                pv_judge_fail(j, "an SMI handler that learns which CPU came, and its APIC ID",
                              "facets 0x%x learnt", learnt);
}

/* ---- checks ---- */

const PvCheck pv_checks_preempt[] = {
        {.id = "COH-INT-001", .level = PV_SHOULD, .area = PV_AREA_COHERENCE, .basis = PV_BASIS_CONSUMER,
         .source = "Laszlo Ersek in the thread of RFC 0/3, October 2019; Linux "
                   "drivers/firmware/qemu_fw_cfg.c, ACPI global lock",
         .requirement = "An agent that comes between two accesses of another leaves what the other has "
                        "selected as it was.",
         .advice = "A selector that cannot be read back cannot be restored; an access that selects and "
                   "reads in one needs neither.",
         .budget = BUDGET, .facets = PV_FACET_POSSIBLE_COUNT, .act = act_twin, .judge = judge_twin},
        {.id = "SEV-STA-001", .area = PV_AREA_SEV, .basis = PV_BASIS_CONSUMER,
         .source = "docs/sev.md, C01; Laszlo Ersek in the thread of RFC 0/3, October 2019",
         .requirement = "An SMI leaves the device as the interrupted OS had it.",
         .advice = "The handler cannot know what was selected: use a device that the OS never stands in the "
                   "middle of when the SMI comes.",
         PV_CHECK_CELLS(smm_cells), .budget = BUDGET, .facets = PV_FACET_ARRIVED | PV_FACET_APIC_ID,
         .act = act_smi, .judge = judge_smi},
};

const size_t pv_n_checks_preempt = COUNT(pv_checks_preempt);
