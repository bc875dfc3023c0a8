/* SPDX-License-Identifier: MIT */
/* SEV safety: what a consumer does about a host that lies. Lies of an ABI go by their IDs. Modelled. */
#include <string.h>

#include <stdio.h>

#include "conformance/checks-sev.h"
#include "conformance/checks.h"
#include "conformance/judge.h"

#define COUNT(array) (sizeof array / sizeof array[0])

#define NEWCOMER 7
#define LEAVING 10

/* Encrypted in place and split; before and after the OS takes over. Three CPUs are present. */
#define TOLD(id)                                                                                             \
        {.plugged = "10", .guest = PV_GUEST_SEV, .phase = PV_PHASE_DXE, .lie = id},                          \
                {.plugged = "10", .guest = PV_GUEST_SEV_SNP, .phase = PV_PHASE_OS, .lie = id}
#define BOTH_WAYS(id) TOLD(id "p"), TOLD(id "d")
#define NOBODY(what)                                                                                         \
        {.machine = what, .guest = PV_GUEST_SEV, .phase = PV_PHASE_PEI},                                     \
                {.machine = what, .guest = PV_GUEST_SEV_SNP, .phase = PV_PHASE_PEI}
#define GHCB(what, words)                                                                                    \
        {.guest = PV_GUEST_SEV_ES, .phase = PV_PHASE_PEI, .hostile = &what, .lie = words},                   \
                {.guest = PV_GUEST_SEV_SNP, .phase = PV_PHASE_PEI, .hostile = &what, .lie = words}

static const PvMutation an_exception = {.kind = PV_MUTATE_GHCB_VECTOR, .operand = 29};
static const PvMutation no_such_result = {.kind = PV_MUTATE_GHCB_RESULT, .operand = 2};

static const PvCell count_cells[] = {TOLD("A12"), BOTH_WAYS("A12f"), BOTH_WAYS("A24n"), BOTH_WAYS("A20m")};
static const PvCell twice_cells[] = {TOLD("A06"), BOTH_WAYS("A06m")};
static const PvCell id_cells[] = {TOLD("A07"), BOTH_WAYS("A07m"), TOLD("A16")};
static const PvCell changed_id_cells[] = {TOLD("A08"), BOTH_WAYS("A08v"), TOLD("A07v")};
static const PvCell status_cells[] = {TOLD("A09a"), TOLD("A09b"), BOTH_WAYS("A09v"), BOTH_WAYS("A09n")};
static const PvCell size_cells[] = {BOTH_WAYS("A20"), BOTH_WAYS("A20m")};
static const PvCell format_cells[] = {BOTH_WAYS("A23"), BOTH_WAYS("A23e")};
static const PvCell product_cells[] = {BOTH_WAYS("A24"), BOTH_WAYS("A24z")};
static const PvCell absent_cells[] = {NOBODY("none:ones"), NOBODY("none:zero"), TOLD("A13a"), TOLD("A13b")};
static const PvCell endless_cells[] = {TOLD("A01"), TOLD("A02")};
static const PvCell selector_cells[] = {TOLD("A03"), TOLD("A05"), BOTH_WAYS("A03v"), BOTH_WAYS("A05v")};
static const PvCell directory_cells[] = {BOTH_WAYS("A17")};
static const PvCell storm_cells[] = {TOLD("A04"), TOLD("A11"), TOLD("A04v")};
static const PvCell error_cells[] = {TOLD("A27")};
static const PvCell short_cells[] = {TOLD("A28"), TOLD("A28n")};
static const PvCell long_cells[] = {TOLD("A29")};
/* Told by a machine that has the file alone: what another ABI of it knows is no excuse. */
#define ALONE(id)                                                                                            \
        {.machine = "fwcfg:topology", .guest = PV_GUEST_SEV, .phase = PV_PHASE_DXE, .lie = id},              \
                {.machine = "fwcfg:topology", .guest = PV_GUEST_SEV_SNP, .phase = PV_PHASE_DXE, .lie = id}
#define ENDLESS_BY_DMA "A18d"
static const PvCell name_cells[] = {ALONE("A18p"), ALONE(ENDLESS_BY_DMA)};
/* By an honest host, and by one that wants the boot CPU. */
#define ASKED(...)                                                                                           \
        {.plugged = "10", .guest = PV_GUEST_SEV, .phase = PV_PHASE_SMM, __VA_ARGS__},                        \
                {.plugged = "10", .guest = PV_GUEST_SEV_SNP, .phase = PV_PHASE_OS, __VA_ARGS__}
static const PvCell asked_cells[] = {ASKED(.lie = NULL), ASKED(.lie = "A15"), ASKED(.lie = "A15v")};
static const PvCell answer_cells[] = {
        GHCB(an_exception, "an exception"),
        GHCB(no_such_result, "no such result"),
};

/* ---- acts: result[0] detect, [1] enumerate, [2] poll, [3] ack ---- */

static int
act_boot(const PvScene *s, PvObservation *o)
{
        s->bus->limits.max_cpus = PV_SEV_PLATFORM_CPUS;
        return pv_sev_act_to_the_end(s, o);
}

/* What a lie spoils of boot ends in a finding there; the event is looked at all the same. */
static int
act_plug(const PvScene *s, PvObservation *o)
{
        int r;

        if (!s->consumer->poll || !s->consumer->ack)
                return PV_E_UNSUPPORTED;
        s->bus->limits.max_cpus = PV_SEV_PLATFORM_CPUS;
        r = pv_sev_act_boot(s, o);
        if (r < 0)
                return r;
        r = s->host->ops->plug(s->host, NEWCOMER);
        if (r)
                return r;
        r = o->result[2] = s->consumer->poll(s->consumer_state, &o->view);
        return r < 0 ? r : 0;
}

/* A lie that is not on the way this consumer reads by says nothing about it. */
static int
act_name(const PvScene *s, PvObservation *o)
{
        const uint64_t doorbells = s->counts->doorbells;
        int r = act_boot(s, o);
        const bool by_dma = s->counts->doorbells != doorbells;

        if (!r && o->result[0] != PV_E_ABSENT && by_dma != !strcmp(s->cell->lie, ENDLESS_BY_DMA))
                return PV_E_UNSUPPORTED;
        return r;
}

/* The host asks for a CPU, and the firmware says that it has heard; no OS has let go of anything. */
static int
act_asked(const PvScene *s, PvObservation *o)
{
        int r;

        if (s->role == PV_ROLE_OSPM || !s->consumer->poll)
                return PV_E_UNSUPPORTED; /* the OS decides by itself; AML obeys */
        r = pv_sev_act_boot(s, o);
        if (r >= 0)
                r = s->host->ops->unplug_request(s->host, LEAVING);
        if (!r)
                r = o->result[2] = s->consumer->poll(s->consumer_state, &o->view);
        if (!r && s->consumer->ack)
                r = o->result[3] = s->consumer->ack(s->consumer_state, &o->view);
        return r < 0 || o->result[2] == PV_E_UNSUPPORTED ? r : 0;
}

/* As a handler does that takes one event after the other. value[0]: how many it took. Who cannot take one is not asked. */
static int
act_storm(const PvScene *s, PvObservation *o)
{
        int r = act_plug(s, o);

        for (o->n_values = 1; !r && !o->result[2] && o->value[0] < s->truth.max_cpus; o->value[0]++) {
                r = o->result[3] = s->consumer->ack(s->consumer_state, &o->view);
                if (r == PV_E_UNSUPPORTED)
                        return r;
                if (r)
                        break;
                r = o->result[2] = s->consumer->poll(s->consumer_state, &o->view);
        }
        return r < 0 ? r : 0;
}

/* ---- judges ---- */

/* A lie that does not reach this consumer shows nothing: neither that it is careful nor that its ABI is safe. */
static bool
untold(const PvObservation *o, PvJudgement *j)
{
        pv_judge_pass(j);
        if (!o->untold)
                return false;
        j->verdict = PV_NA;
        snprintf(j->actual, sizeof j->actual, "the lie meets no access of this consumer");
        return true;
}

static void
judge_boot(const PvObservation *o, PvJudgement *j)
{
        if (untold(o, j))
                return;
        pv_judge_view(j, o, o->view.facets & PV_FACETS_BOOT);
        pv_judge_care(j, pv_sev_found(o));
}

static void
judge_event(const PvObservation *o, PvJudgement *j)
{
        const PvEvent *event = &o->view.event;

        if (untold(o, j))
                return;
        pv_judge_pass(j);
        if (!(o->view.facets & PV_FACET_ARRIVED)) {
                pv_judge_care(j, o->result[2] ? pv_finding_word(o->result[2]) : NULL);
                return;
        }
        if (event->kind != PV_EVENT_INSERT)
                pv_judge_fail(j, "an insert event, or none", "event %d", (int) event->kind);
        else if (pv_judge_equal(j, "selector that arrived:", NEWCOMER, event->selector) &&
                 o->view.facets & PV_FACET_ARRIVED_ID)
                pv_judge_equal(j, "APIC ID that arrived:", o->after.apic_id[NEWCOMER], event->apic_id);
}

static void
judge_name(const PvObservation *o, PvJudgement *j)
{
        pv_judge_pass(j);
        if (o->result[0] == PV_E_ABSENT)
                *j = (PvJudgement){.verdict = PV_NA, .actual = "this consumer looks for no file"};
        else if (o->view.facets & PV_FACETS_BOOT)
                pv_judge_fail(j, pv_finding_word(PV_E_BAD_NAME), "the file is read all the same");
        else
                pv_judge_care(j, pv_sev_found(o));
}

static void
judge_kept(const PvObservation *o, PvJudgement *j)
{
        const PvEvent *event = &o->view.event;

        pv_judge_pass(j);
        if (o->view.facets & PV_FACET_ARRIVED &&
            (event->kind != PV_EVENT_REMOVE || event->selector != LEAVING))
                pv_judge_fail(j, "a request for selector 10, or none", "event %d of selector %u",
                              (int) event->kind, (unsigned) event->selector);
        else if (pv_judge_equal(j, "CPUs let go of on the host's word:", 0, o->after.n_ejected))
                pv_judge_care(j, o->result[2] ? pv_finding_word(o->result[2]) : NULL);
}

static void
judge_storm(const PvObservation *o, PvJudgement *j)
{
        if (untold(o, j))
                return;
        pv_judge_pass(j);
        pv_judge_equal(j, "events taken for over that are not:", 0, o->value[0]);
        pv_judge_care(j, o->result[3] ? pv_finding_word(o->result[3]) : NULL);
}

static void
judge_ended(const PvObservation *o, PvJudgement *j)
{
        const int last = o->result[0] ? o->result[0] : o->result[1];

        pv_judge_pass(j);
        if (last != PV_E_TERMINATED)
                pv_judge_fail(j, pv_finding_word(PV_E_TERMINATED), "%s", pv_finding_word(last));
        pv_judge_care(j, pv_finding_word(last));
}

static void
judge_unimpressed(const PvObservation *o, PvJudgement *j)
{
        if (untold(o, j))
                return;
        pv_sev_answered(o, j);
}

/* ---- checks ---- */

#define CHECK(id_, row, basis_, facets_, requirement_, advice_, cells_, act_, judge_)                       \
        {.id = id_, .area = PV_AREA_SEV, .basis = PV_BASIS_##basis_, .source = "docs/sev.md, " row,          \
         .requirement = requirement_, .advice = advice_, PV_CHECK_CELLS(cells_),                             \
         .facets = PV_FACET_##facets_, .act = act_, .judge = judge_}

const PvCheck pv_checks_sev_lies[] = {
        CHECK("SEV-VAL-001", "V01", OURS, POSSIBLE_COUNT,
              "A count of CPUs is believed when it is not 0 and not larger than the one that bounds it.",
              "Hold present against possible, and possible against what there is room for.",
              count_cells, act_boot, judge_boot),
        CHECK("SEV-VAL-002", "V02", OURS, APIC_ID,
              "APIC IDs of which two are equal are believed for no CPU.",
              "Hash them; a CPU that is started twice runs on one stack.", twice_cells, act_boot, judge_boot),
        CHECK("SEV-VAL-003", "V03", OURS, APIC_ID,
              "An APIC ID that addresses everybody, or has more than 32 bits, is believed for no CPU.",
              "Look before the first IPI is sent.", id_cells, act_boot, judge_boot),
        CHECK("SEV-VAL-004", "V04", OURS, ARRIVED_ID,
              "The APIC ID of a CPU that arrives is the one that its selector had at boot, or not believed.",
              "Keep what was learnt at boot and compare.", changed_id_cells, act_plug, judge_event),
        CHECK("SEV-VAL-005", "V05", OURS, ARRIVED,
              "An event whose status bits contradict each other is not believed.",
              "What was inserted is enabled, and firmware has not been asked to remove it.",
              status_cells, act_plug, judge_event),
        CHECK("SEV-VAL-006", "V06", OURS, POSSIBLE_COUNT,
              "A file is believed when its size is the one that its own header and entries add up to.",
              "Compute the size from the counts, in 64 bits, and compare.", size_cells, act_boot, judge_boot),
        CHECK("SEV-VAL-007", "V07", OURS, POSSIBLE_COUNT,
              "A file whose name does not end within its field is refused.",
              "Look for the end before anything is compared or printed.", name_cells, act_name, judge_name),
        CHECK("SEV-VAL-008", "V08", OURS, POSSIBLE_COUNT,
              "A file with another magic or another size of entries is not believed.",
              "Check the header before anything behind it.", format_cells, act_boot, judge_boot),
        CHECK("SEV-VAL-009", "V09", OURS, POSSIBLE_COUNT,
              "A topology with a level of nothing, or of another product than the count, is not believed.",
              "Multiply in 64 bits and compare.", product_cells, act_boot, judge_boot),
        CHECK("SEV-VAL-010", "V10", OURS, POSSIBLE_COUNT,
              "Ports that read as ones or as zeros in an encrypted guest are a device that is not there.",
              "Probe for something that neither ones nor zeros can be.", absent_cells, act_boot, judge_boot),
        CHECK("SEV-VAL-011", "V11", CONSUMER, ARRIVED,
              "No CPU is let go of on the word of the host alone, and the boot CPU is not even asked for.",
              "What the host wants is for the OS to decide; what it wants of the boot CPU is a lie.",
              asked_cells, act_asked, judge_kept),
        CHECK("SEV-TIM-001", "T01", OURS, POSSIBLE_COUNT,
              "Enumeration ends, and believes no count, when no selector is ever out of range.",
              "Bound the walk by what there is room for.", endless_cells, act_boot, judge_boot),
        CHECK("SEV-TIM-002", "T02", OURS, ARRIVED,
              "A scan for events does not believe the selector of a CPU that cannot be.",
              "Compare with the number of CPUs before adding one.", selector_cells, act_plug, judge_event),
        CHECK("SEV-TIM-003", "T03", OURS, POSSIBLE_COUNT,
              "A directory that says it has more files than any machine has is not walked.",
              "Cap the count before it is multiplied.", directory_cells, act_boot, judge_boot),
        CHECK("SEV-TIM-006", "T06", OURS, ARRIVED,
              "Who takes events stops at one that is still pending once it was acknowledged.",
              "Read the status again after the acknowledgement; leave the rest for the next time.",
              storm_cells, act_storm, judge_storm),
        CHECK("SEV-DMA-005", "D05", OURS, POSSIBLE_COUNT,
              "Of a transfer that ends in an error nothing is believed.",
              "Look at the error bit in release builds too.", error_cells, act_boot, judge_boot),
        CHECK("SEV-DMA-006", "D06", OURS, POSSIBLE_COUNT,
              "Of a transfer that is said to be complete and lacks bytes nothing is believed.",
              "Fill the buffer with a pattern first.", short_cells, act_boot, judge_boot),
        CHECK("SEV-DMA-007", "D07", OURS, POSSIBLE_COUNT,
              "Bytes that a device stores behind the answer change nothing about it.",
              "Copy as many as were asked for, and put nothing behind them in a shared page.",
              long_cells, act_boot, judge_unimpressed),
        CHECK("SEV-DMA-010", "D10; Linux arch/x86/coco/sev, ES_VMM_ERROR", CONSUMER, POSSIBLE_COUNT,
              "An answer in the GHCB that is an exception, or a result that does not exist, ends the guest.",
              "Terminate; do not go on with what RAX holds.", answer_cells, act_boot, judge_ended),
};

const size_t pv_n_checks_sev_lies = COUNT(pv_checks_sev_lies);
