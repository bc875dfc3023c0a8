/* SPDX-License-Identifier: MIT */
/* Rules: what a consumer of this block must make of it, beyond what every ABI's consumer is asked. */
#include "backend-regblock/consumers.h"
#include "backend-regblock/script.h"

#define LEAVING 10

/* The device lies: the data register is one more than the selector; not even the CPU that asks is present. */
static const PvMutation data_contradicts = {
        .kind = PV_MUTATE_READ_ADD, .offset = REGBLOCK_DATA_RW, .width = 4, .operand = 1};
static const PvMutation nobody_present = {
        .kind = PV_MUTATE_READ_AND, .offset = REGBLOCK_STATUS_R, .width = 1, .operand = 0xfe};

/* ---- acts: result[0] detect, [1] enumerate; each poll or ack is a value ---- */

/* The scene is a block in modern mode, whether this consumer would have got it there or not. */
static int
detect(const PvScene *s, PvObservation *o)
{
        int r = pv_bus_out(s->bus, s->base + REGBLOCK_SELECTOR_W, 1, 0);

        if (r)
                return r;
        o->view = *s->buffers;
        o->result[0] = s->consumer->detect(s->consumer_state);
        return o->result[0] < 0 ? o->result[0] : 0;
}

static int
enumerate(const PvScene *s, PvObservation *o, uint32_t wanted)
{
        int r = s->role == PV_ROLE_OSPM || !s->consumer->enumerate ? PV_E_UNSUPPORTED : detect(s, o);

        if (r || o->result[0])
                return r;
        o->result[1] = s->consumer->enumerate(s->consumer_state, wanted, &o->view);
        return o->result[1] < 0 ? o->result[1] : 0;
}

static int
act_count(const PvScene *s, PvObservation *o)
{
        return enumerate(s, o, PV_FACET_POSSIBLE_COUNT | PV_FACET_PRESENT_COUNT);
}

static int
act_ids(const PvScene *s, PvObservation *o)
{
        return enumerate(s, o, PV_FACET_APIC_ID);
}

/* An event as one number. */
#define FOUND(kind, selector) ((uint64_t) (kind) << 32 | (selector))
#define ANSWERED(finding) (1ull << 63 | (uint64_t) (finding))

static int
poll_event(const PvScene *s, PvObservation *o)
{
        int r = s->consumer->poll ? s->consumer->poll(s->consumer_state, &o->view) : PV_E_UNSUPPORTED;

        if (r < 0 || r == PV_E_UNSUPPORTED)
                return r;
        o->value[o->n_values++] = r ? ANSWERED(r) : FOUND(o->view.event.kind, o->view.event.selector);
        return 0;
}

static int
acknowledge(const PvScene *s, PvObservation *o)
{
        int r = s->consumer->ack ? s->consumer->ack(s->consumer_state, &o->view) : PV_E_UNSUPPORTED;

        return r > 0 ? 0 : r; /* whether it was is what the next poll shows */
}

/* Polls and acknowledges, n times. */
static int
collect(const PvScene *s, PvObservation *o, unsigned n)
{
        int r = 0;

        for (unsigned i = 0; !r && i < n; i++) {
                r = poll_event(s, o);
                if (!r)
                        r = acknowledge(s, o);
        }
        return r;
}

static int
act_selector_left(const PvScene *s, PvObservation *o)
{
        const RegblockPort port = {s->bus, (uint32_t) s->base};
        int r = detect(s, o);

        if (!r)
                r = s->host->ops->plug(s->host, LEAVING);
        if (!r)
                r = regblock_select(&port, 0xffffffffu);
        return r ? r : poll_event(s, o);
}

static int
act_gone_with_events(const PvScene *s, PvObservation *o)
{
        const RegblockPort port = {s->bus, (uint32_t) s->base};
        int r = detect(s, o);

        if (!r)
                r = s->host->ops->plug(s->host, LEAVING);
        if (!r)
                r = s->host->ops->unplug_request(s->host, LEAVING);
        if (!r)
                r = regblock_select(&port, LEAVING);
        if (!r)
                r = regblock_control(&port, REGBLOCK_EJECT);
        return r ? r : poll_event(s, o);
}

static int
act_both_events(const PvScene *s, PvObservation *o)
{
        int r = detect(s, o);

        if (!r)
                r = s->host->ops->plug(s->host, LEAVING);
        if (!r)
                r = s->host->ops->unplug_request(s->host, LEAVING);
        if (!r)
                r = collect(s, o, 2);
        return r ? r : poll_event(s, o);
}

static int
act_two_arrivals(const PvScene *s, PvObservation *o)
{
        int r = detect(s, o);

        if (!r)
                r = s->host->ops->plug(s->host, 7);
        if (!r)
                r = s->host->ops->plug(s->host, 3);
        if (!r)
                r = collect(s, o, 2);
        return r ? r : poll_event(s, o);
}

/* AML makes such requests and leaves them to the firmware. */
static int
act_fw_remove(const PvScene *s, PvObservation *o)
{
        const RegblockPort port = {s->bus, (uint32_t) s->base};
        int r = s->role == PV_ROLE_OSPM ? PV_E_UNSUPPORTED : detect(s, o);

        if (!r)
                r = regblock_select(&port, LEAVING);
        if (!r)
                r = regblock_control(&port, REGBLOCK_SET_FW_REMOVE);
        return r ? r : poll_event(s, o);
}

/* ---- judges ---- */

static void
judge_sequence(const PvObservation *o, PvJudgement *j, const uint64_t *expected, unsigned n)
{
        for (unsigned i = 0; i < n; i++) {
                uint64_t value = o->value[i];

                regblock_judge(j, i < o->n_values && value == expected[i], "the events as they were caused",
                               "look %u: %s, kind %u, selector %u", i + 1,
                               value >> 63 ? "no event" : "an event", (unsigned) (value >> 32 & 0xff), (unsigned) value);
                if (j->verdict != PV_PASS)
                        return;
        }
}

static void
judge_arrived(const PvObservation *o, PvJudgement *j)
{
        judge_sequence(o, j, (const uint64_t[]){FOUND(PV_EVENT_INSERT, LEAVING)}, 1);
}

static void
judge_no_arrival(const PvObservation *o, PvJudgement *j)
{
        regblock_judge(j, o->value[0] != FOUND(PV_EVENT_INSERT, LEAVING), "no arrival",
                       "selector %d taken for an arrival", LEAVING);
}

static void
judge_both_events(const PvObservation *o, PvJudgement *j)
{
        judge_sequence(o, j,
                       (const uint64_t[]){FOUND(PV_EVENT_INSERT, LEAVING), FOUND(PV_EVENT_REMOVE, LEAVING),
                                          ANSWERED(PV_E_IDLE)},
                       3);
}

static void
judge_two_arrivals(const PvObservation *o, PvJudgement *j)
{
        judge_sequence(o, j,
                       (const uint64_t[]){FOUND(PV_EVENT_INSERT, 3), FOUND(PV_EVENT_INSERT, 7),
                                          ANSWERED(PV_E_IDLE)},
                       3);
}

static void
judge_fw_remove(const PvObservation *o, PvJudgement *j)
{
        judge_sequence(o, j, (const uint64_t[]){FOUND(PV_EVENT_FW_REMOVE, LEAVING)}, 1);
}

static void
judge_ids(const PvObservation *o, PvJudgement *j)
{
        bool set = o->view.facets & PV_FACET_APIC_ID;

        for (uint32_t i = 0; i < o->after.max_cpus; i++) {
                regblock_judge(j, !set || o->view.apic_id[i] == o->after.apic_id[i],
                               "no APIC ID that is not the CPU's", "selector %u: APIC ID %u", i,
                               o->view.apic_id[i]);
                if (j->verdict != PV_PASS)
                        return;
        }
}

/* ---- rules ---- */

static const PvCheck rules[] = {
        {.id = "REG-CON-001", .area = PV_AREA_ROBUSTNESS, .basis = PV_BASIS_CONSUMER,
         .source = "edk2 PlatformInitLib leaves the selector out of range; QEMU AML, CSCN",
         .requirement = "A consumer finds an event though another agent has left the selector out of range.",
         .advice = "Select before the command: out of range it is lost.",
         .needs = REGBLOCK_MODERN, .facets = PV_FACET_ARRIVED, .act = act_selector_left,
         .judge = judge_arrived},
        {.id = "REG-CON-002", .area = PV_AREA_ROBUSTNESS, .basis = PV_BASIS_CONSUMER,
         .source = "edk2 PlatformInitLib, the walk: the data register is the selector or 0",
         .requirement = "A walk on which the data register is neither the selector nor 0 yields no count.",
         .advice = "Check each answer; a count from contradicting answers is a guess.",
         .needs = REGBLOCK_MODERN, CELLS({.hostile = &data_contradicts}), .act = act_count,
         .judge = regblock_judge_counts},
        {.id = "REG-CON-003", .area = PV_AREA_ROBUSTNESS, .basis = PV_BASIS_CONSUMER,
         .source = "edk2 commit bf5678b580: a walk without a present CPU is a broken register block",
         .requirement = "A walk on which not even the boot CPU is present yields no count.",
         .advice = "The CPU that asks is there; the block is not what it seems.",
         .needs = REGBLOCK_MODERN, CELLS({.hostile = &nobody_present}), .act = act_count,
         .judge = regblock_judge_counts},
        {.id = "REG-CON-004", .area = PV_AREA_ROBUSTNESS, .basis = PV_BASIS_CONSUMER,
         .source = "edk2 OvmfPkg/CpuHotplugSmm, collection: an insert event of an absent CPU is an error",
         .requirement = "A consumer does not take a CPU that is gone, but has an insert event, for an "
                        "arrival.",
         .advice = "An eject leaves events pending: look at status bit 0 too.",
         .needs = REGBLOCK_MODERN, .facets = PV_FACET_ARRIVED, .act = act_gone_with_events,
         .judge = judge_no_arrival},
        {.id = "REG-CON-005", .area = PV_AREA_EVENTS, .basis = PV_BASIS_DERIVED,
         .source = "QEMU commit 8aa35bebee (10.0): AML takes an insert and a remove of one CPU in one go",
         .requirement = "A consumer finds the insert and the remove event of one CPU, one after the other, "
                        "and then none.",
         .advice = "One acknowledgement clears one event.",
         .needs = REGBLOCK_MODERN, .facets = PV_FACET_ARRIVED | PV_FACET_ACKED, .act = act_both_events,
         .judge = judge_both_events},
        {.id = "REG-CON-006", .area = PV_AREA_EVENTS, .basis = PV_BASIS_CONSUMER,
         .source = "edk2 OvmfPkg/CpuHotplugSmm, collection",
         .requirement = "Firmware finds a request to eject a CPU, as such.",
         .advice = "Status bit 4 without bit 2 is an event too.",
         .needs = REGBLOCK_FW_REMOVE_BIT, .facets = PV_FACET_ARRIVED, WITH_CPU_10, .act = act_fw_remove,
         .judge = judge_fw_remove},
        {.id = "REG-CON-007", .area = PV_AREA_COMPATIBILITY, .basis = PV_BASIS_DERIVED,
         .source = "QEMU before 5.0 drops command 3; Message-Id 20191009132252.17860-1-imammedo@redhat.com",
         .requirement = "On a block without GET_CPU_ID a consumer takes no selector for an APIC ID.",
         .advice = "Send command 1 before command 3: the data register then reads 0 where command 3 is "
                   "dropped.",
         .facets = PV_FACET_APIC_ID,
         CELLS({.machine = "regblock:qemu-4.2"}, {.machine = "regblock:qemu-2.7"}),
         .act = act_ids, .judge = judge_ids},
        {.id = "REG-CON-008", .area = PV_AREA_EVENTS, .basis = PV_BASIS_DERIVED,
         .source = "acpi_cpu_hotplug.rst, typical usecases, get a cpu with pending event",
         .requirement = "Of two CPUs that arrived a consumer finds both, and then none.",
         .advice = "Scan again after each acknowledgement.",
         .needs = REGBLOCK_MODERN, .facets = PV_FACET_ARRIVED | PV_FACET_ACKED, .act = act_two_arrivals,
         .judge = judge_two_arrivals},
};

const PvRules regblock_rules_consumer = PV_RULES(rules);
