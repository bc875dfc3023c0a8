/* SPDX-License-Identifier: MIT */
/* Judges from literals: each verdict they can reach. */
#undef NDEBUG
#include <assert.h>
#include <string.h>

#include "conformance/checks-sev.h"
#include "conformance/checks.h"
#include "conformance/judge.h"
#include "conformance/script.h"

static const uint32_t ids[] = {0, 1, 8, 9};
static const uint8_t boot[] = {0x03}, after_plug[] = {0x07};
static uint32_t seen_ids[4];
static uint8_t seen_present[1];

/* Four possible CPUs, three present, and a consumer that saw all of it. */
static PvObservation
sound(void)
{
        PvObservation o = {
                .before = {.max_cpus = 4, .present_count = 2, .apic_id = ids, .present = boot},
                .after = {.max_cpus = 4, .present_count = 3, .apic_id = ids, .present = after_plug},
                .view = {.capacity = 4, .apic_id = seen_ids, .present = seen_present, .possible = 4,
                         .present_count = 3, .facets = PV_FACETS_BOOT},
                .claimed = PV_FACETS_BOOT,
        };

        memcpy(seen_ids, ids, sizeof ids);
        seen_present[0] = after_plug[0];
        return o;
}

static PvVerdict
verdict_of(const PvObservation *o, uint32_t which)
{
        PvJudgement j = {0};

        pv_judge_view(&j, o, which);
        assert((j.verdict == PV_FAIL) == (j.expected[0] != '\0'));
        return j.verdict;
}

static void
test_view(void)
{
        PvObservation o = sound();

        assert(verdict_of(&o, PV_FACETS_BOOT) == PV_PASS);
        o.view.possible = 5;
        assert(verdict_of(&o, PV_FACETS_BOOT) == PV_FAIL);
        o = sound();
        o.view.present_count = 2;
        assert(verdict_of(&o, PV_FACET_PRESENT_COUNT) == PV_FAIL);
        assert(verdict_of(&o, PV_FACET_PRESENT_SET) == PV_PASS);
        seen_present[0] = 0x0b;
        assert(verdict_of(&o, PV_FACET_PRESENT_SET) == PV_FAIL);
        o = sound();
        seen_ids[3] = 3;
        assert(verdict_of(&o, PV_FACET_APIC_ID) == PV_FAIL);
        o.view.facets = 0;
        assert(verdict_of(&o, PV_FACET_APIC_ID) == PV_CANNOT_TELL);
}

static void
test_script(void)
{
        const PvStep steps[] = {
                {'W', 4, 0, {PV_VALUE_LITERAL, 0}},
                {'R', 4, 8, {PV_VALUE_MAX_CPUS, (uint64_t) -1}},
                {'R', 1, 4, {PV_VALUE_ANY, 0}},
                {'R', 4, 8, {PV_VALUE_APIC_ID, 2}},
                {'H', 0, PV_HOST_EJECTED, {PV_VALUE_LITERAL, 1}},
                {'R', 2, 1, {PV_VALUE_APIC_ID_LIMIT, 0}},
                {'R', 2, 1, {PV_VALUE_PRESENT_COUNT, 1}},
                {'R', 4, 1, {PV_VALUE_FOUND, UINT64_C(2) << 32 | 5}},
        };
        PvObservation o = sound();
        const uint64_t right[] = {3, 0x55, 8, 1, 10, 3, 0x290005};
        PvJudgement j;

        memcpy(o.value, right, sizeof right);
        o.n_values = 7;
        o.found[2] = 0x290000;
        pv_script_judge(steps, sizeof steps / sizeof steps[0], &o, &j);
        assert(j.verdict == PV_PASS);
        for (unsigned i = 0; i < o.n_values; i++) {
                o.value[i] ^= 0x100;
                pv_script_judge(steps, sizeof steps / sizeof steps[0], &o, &j);
                assert(j.verdict == (i == 1 ? PV_PASS : PV_FAIL));
                o.value[i] ^= 0x100;
        }
        o.value[2] = 2;
        pv_script_judge(steps, sizeof steps / sizeof steps[0], &o, &j);
        assert(strstr(j.expected, "step 4") && strstr(j.expected, "0x8") && strstr(j.actual, "0x2"));
}

static const PvCheck *
find(const PvCheck *checks, size_t n, const char *id)
{
        for (size_t i = 0; i < n; i++)
                if (!strcmp(checks[i].id, id))
                        return &checks[i];
        return NULL;
}

static void
test_absence(void)
{
        const PvCheck *check = find(pv_checks_discovery, pv_n_checks_discovery, "DISC-ABS-002");
        PvObservation o = {0};
        PvJudgement j;

        o.result[0] = PV_E_ABSENT;
        check->judge(&o, &j);
        assert(j.verdict == PV_PASS);
        o.result[0] = 0;
        check->judge(&o, &j);
        assert(j.verdict == PV_FAIL && strstr(j.actual, "phantom"));
        o.result[1] = PV_E_ABSENT;
        o.view.facets = PV_FACET_POSSIBLE_COUNT;
        check->judge(&o, &j);
        assert(j.verdict == PV_FAIL);
}

static void
test_smi_bound(void)
{
        const PvCheck *check = find(pv_checks_sev, pv_n_checks_sev, "SEV-TIM-004");
        PvObservation o = sound();
        PvJudgement j;

        o.value[0] = 16;
        check->judge(&o, &j);
        assert(j.verdict == PV_PASS);
        o.value[0] = 17;
        check->judge(&o, &j);
        assert(j.verdict == PV_FAIL);
}

static void
test_care(void)
{
        PvJudgement j;

        pv_judge_pass(&j);
        pv_judge_care(&j, NULL);
        assert(j.actual[0] == '\0');
        pv_judge_care(&j, "found");
        assert(j.verdict == PV_PASS && !strcmp(j.actual, "found") && j.expected[0] == '\0');
        pv_judge_fail(&j, "this", "that");
        pv_judge_care(&j, "found");
        assert(!strcmp(j.actual, "that"));
}

static PvVerdict
memory_verdict(const char *id, const PvObservation *o)
{
        PvJudgement j = {0};

        find(pv_checks_sev_memory, pv_n_checks_sev_memory, id)->judge(o, &j);
        return j.verdict;
}

static void
test_pages(void)
{
        PvObservation o = sound();

        assert(memory_verdict("SEV-MEM-008", &o) == PV_FAIL); /* no port access at all */
        o.counts.guest.ghcb_exits = 7;
        assert(memory_verdict("SEV-MEM-008", &o) == PV_PASS);
        o.counts.guest.ghcb_excess = 1;
        assert(memory_verdict("SEV-MEM-008", &o) == PV_FAIL);
        o.counts.shared_pages = 2;
        o.counts.guest.changes = 4;
        assert(memory_verdict("SEV-MEM-003", &o) == PV_PASS && memory_verdict("SEV-MEM-009", &o) == PV_PASS);
        o.counts.guest.changes = 3;
        assert(memory_verdict("SEV-MEM-003", &o) == PV_FAIL && memory_verdict("SEV-MEM-009", &o) == PV_FAIL);
        assert(memory_verdict("SEV-MEM-011", &o) == PV_PASS);
        o.counts.guest.pt_splits = 1;
        assert(memory_verdict("SEV-MEM-011", &o) == PV_FAIL);
        assert(memory_verdict("SEV-DMA-008", &o) == PV_PASS && memory_verdict("SEV-STA-006", &o) == PV_PASS);
        o.counts.gpa_bytes = 16;
        assert(memory_verdict("SEV-DMA-008", &o) == PV_FAIL);
        o.view.facets = 0; /* who learns nothing meets none of those that ask for the answers */
        assert(memory_verdict("SEV-STA-006", &o) == PV_FAIL);
}

static PvVerdict
lie_verdict(const char *id, const PvObservation *o)
{
        PvJudgement j = {0};

        find(pv_checks_sev_lies, pv_n_checks_sev_lies, id)->judge(o, &j);
        return j.verdict;
}

static void
test_lies(void)
{
        static const uint32_t eight[8] = {0, 1, 8, 9, 16, 17, 24, 25};
        PvObservation o = sound();

        assert(lie_verdict("SEV-VAL-001", &o) == PV_PASS && lie_verdict("SEV-DMA-007", &o) == PV_PASS);
        assert(!pv_sev_found(&o));
        o.view.possible = 5;
        assert(lie_verdict("SEV-VAL-001", &o) == PV_FAIL && lie_verdict("SEV-DMA-007", &o) == PV_FAIL);
        assert(lie_verdict("SEV-VAL-007", &o) == PV_FAIL); /* the file was read, right or wrong */
        o.view.facets = 0;
        assert(lie_verdict("SEV-VAL-007", &o) == PV_PASS);
        o.result[0] = PV_E_ABSENT;
        assert(lie_verdict("SEV-VAL-007", &o) == PV_NA);
        o.result[0] = 0;
        assert(lie_verdict("SEV-VAL-001", &o) == PV_PASS && lie_verdict("SEV-DMA-007", &o) == PV_FAIL);
        assert(pv_sev_found(&o)); /* a composite says only by learning less that one part was refused */
        o.result[1] = PV_E_TERMINATED;
        assert(!strcmp(pv_sev_found(&o), pv_finding_word(PV_E_TERMINATED)));
        assert(lie_verdict("SEV-DMA-010", &o) == PV_PASS);
        o.result[1] = PV_E_BAD_COUNT;
        assert(lie_verdict("SEV-DMA-010", &o) == PV_FAIL);
        o.after = (PvTruth){.max_cpus = 8, .apic_id = eight};
        assert(lie_verdict("SEV-VAL-005", &o) == PV_PASS); /* nothing is said to have come */
        o.view.event = (PvEvent){.kind = PV_EVENT_INSERT, .selector = 7, .apic_id = 25};
        o.view.facets = PV_FACET_ARRIVED | PV_FACET_ARRIVED_ID;
        assert(lie_verdict("SEV-VAL-004", &o) == PV_PASS);
        o.view.event.apic_id = 41;
        assert(lie_verdict("SEV-VAL-004", &o) == PV_FAIL);
        o.view.event.selector = 8;
        assert(lie_verdict("SEV-TIM-002", &o) == PV_FAIL);
        o.view.event = (PvEvent){.kind = PV_EVENT_REMOVE, .selector = 7};
        assert(lie_verdict("SEV-VAL-005", &o) == PV_FAIL);
        assert(lie_verdict("SEV-VAL-011", &o) == PV_FAIL); /* selector 10 was asked for */
        o.view.event.selector = 10;
        assert(lie_verdict("SEV-VAL-011", &o) == PV_PASS);
        o.after.n_ejected = 1;
        assert(lie_verdict("SEV-VAL-011", &o) == PV_FAIL);
        assert(lie_verdict("SEV-TIM-006", &o) == PV_PASS);
        o.value[0] = 1;
        assert(lie_verdict("SEV-TIM-006", &o) == PV_FAIL);
}

static PvJudgement
preempt_judgement(const char *id, const PvObservation *o)
{
        PvJudgement j = {0};

        find(pv_checks_preempt, pv_n_checks_preempt, id)->judge(o, &j);
        return j;
}

/* value[]: due, accesses, tried, disturbed, believed, after; SMI learnt; selectors seen before, after, next. */
static void
test_preempt(void)
{
        PvObservation o = sound();
        PvJudgement j;

        o.value[0] = o.view.facets;
        assert(preempt_judgement("COH-INT-001", &o).verdict == PV_PASS);
        o.value[1] = o.value[2] = 9;
        o.value[3] = 8;
        o.value[5] = 4;
        o.view.possible = 5;
        j = preempt_judgement("COH-INT-001", &o);
        assert(j.verdict == PV_FAIL);
        assert(strstr(j.actual, "after 8 of 9 accesses") && strstr(j.actual, "after access 4:"));
        o.view.facets = 0; /* learnt less than alone */
        assert(preempt_judgement("COH-INT-001", &o).verdict == PV_FAIL);
        o.value[0] = 0;
        assert(preempt_judgement("COH-INT-001", &o).verdict == PV_CANNOT_TELL);

        o = sound(); /* nobody but AML uses the device */
        o.value[6] = PV_FACET_ARRIVED | PV_FACET_ARRIVED_ID;
        o.value[7] = o.value[8] = 3;
        o.value[9] = 7;
        assert(preempt_judgement("SEV-STA-001", &o).verdict == PV_PASS);
        o.value[8] = 7; /* the handler took an event away */
        assert(preempt_judgement("SEV-STA-001", &o).verdict == PV_FAIL);
        o.value[8] = 3;
        o.result[4] = PV_E_REFUSED;
        assert(preempt_judgement("SEV-STA-001", &o).verdict == PV_FAIL);
        o.result[4] = 0;
        o.value[6] = PV_FACET_ARRIVED; /* and without an answer it is worth nothing */
        assert(preempt_judgement("SEV-STA-001", &o).verdict == PV_FAIL);
}

int
main(void)
{
        test_preempt();
        test_care();
        test_pages();
        test_lies();
        test_view();
        test_script();
        test_absence();
        test_smi_bound();
        return 0;
}
