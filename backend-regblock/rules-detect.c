/* SPDX-License-Identifier: MIT */
/* Rules: telling a modern block from a legacy one. All but the first are asked of the consumer. */
#include "backend-regblock/consumers.h"
#include "backend-regblock/script.h"

/* With APIC ID 32 present, byte 4 of the bitmap looks like the status of a present CPU. */
#define WITH_ID_32 "33,maxcpus=64,sockets=1,dies=1,cores=64,threads=1"

#define COUNTS (PV_FACET_POSSIBLE_COUNT | PV_FACET_PRESENT_COUNT)

/* Does the block do what a modern one does? value[0]: what the data register repeats of the last selector. */
static int
try_registers(const PvScene *s, PvObservation *o)
{
        const RegblockPort port = {s->bus, (uint32_t) s->base};
        uint32_t data;
        int r = regblock_select(&port, 0);

        if (!r)
                r = regblock_command(&port, REGBLOCK_CMD_NEXT_EVENT);
        if (!r)
                r = regblock_select(&port, s->truth.max_cpus - 1);
        if (!r)
                r = regblock_data(&port, &data);
        if (!r)
                o->value[o->n_values++] = data;
        return r;
}

/* result[0]: detect. AML is written for its device and never probes. */
static int
detect(const PvScene *s, PvObservation *o)
{
        if (s->role == PV_ROLE_OSPM)
                return PV_E_UNSUPPORTED;
        o->view = *s->buffers;
        o->result[0] = s->consumer->detect(s->consumer_state);
        return o->result[0] < 0 ? o->result[0] : 0;
}

static int
act_detect(const PvScene *s, PvObservation *o)
{
        int r = detect(s, o);

        return r ? r : try_registers(s, o);
}

static int
act_walk(const PvScene *s, PvObservation *o)
{
        int r = detect(s, o);

        if (r || o->result[0] || !s->consumer->enumerate)
                return r;
        o->result[1] = s->consumer->enumerate(s->consumer_state, COUNTS, &o->view);
        return o->result[1] < 0 ? o->result[1] : 0;
}

/* As edk2's walk leaves the block, or worse. */
static int
act_walk_again(const PvScene *s, PvObservation *o)
{
        const RegblockPort port = {s->bus, (uint32_t) s->base};
        int r = pv_bus_out(s->bus, s->base, 1, 0);

        if (!r)
                r = regblock_select(&port, 0);
        if (!r)
                r = regblock_command(&port, REGBLOCK_CMD_OST_EVENT);
        if (!r)
                r = regblock_select(&port, 0xffffffffu);
        return r ? r : act_walk(s, o);
}

static void
judge_truthful(const PvObservation *o, PvJudgement *j)
{
        bool says = o->result[0] == 0, is = o->value[0] == o->before.max_cpus - 1;

        regblock_judge(j, says == is, is ? "detected as modern" : "not taken for modern",
                       "detection answers %d, the data register 0x%x", o->result[0], (unsigned) o->value[0]);
}

static void
judge_detected(const PvObservation *o, PvJudgement *j)
{
        regblock_judge(j, o->result[0] == 0, "detected as modern", "detection answers %d", o->result[0]);
}

static void
judge_learnt(const PvObservation *o, PvJudgement *j)
{
        regblock_judge(j, (o->view.facets & COUNTS) == COUNTS, "both counts learnt",
                       "facets 0x%x: detection answers %d, the walk %d", o->view.facets, o->result[0],
                       o->result[1]);
        if (j->verdict == PV_PASS)
                regblock_judge_counts(o, j);
}

static const PvCheck rules[] = {
        {.id = "REG-DET-001", .area = PV_AREA_DISCOVERY, DOCUMENT "typical usecases, detection",
         .requirement = "After selector 0 is written twice and command 0 once, command data 2 reads 0.",
         .advice = "The field must read 0 under command 0; a bitmap here means that the block never left "
                   "legacy mode.",
         .needs = REGBLOCK_MODERN, .any_state = true,
         PV_CHECK_SCRIPT(SELECT(0), SELECT(0), COMMAND(0), DATA2(0))},
        {.id = "REG-DET-002", .area = PV_AREA_COMPATIBILITY, .basis = PV_BASIS_DOCUMENTED,
         .source = "Message-Id 22091869-b659-b869-5232-d658acb3ef15@redhat.com, the four outcomes of "
                   "detection",
         .requirement = "On a block that has only the legacy bitmap, detection does not take it for a modern "
                        "one.",
         .advice = "Data 2 under command 0 is the bitmap there, with the boot CPU's bit set.",
         CELLS({.machine = "regblock:legacy"}, {.machine = "regblock:legacy", .smp = WITH_ID_32},
               {.machine = "regblock:legacy", .chipset = PV_CHIPSET_PC}),
         .act = act_detect, .judge = judge_truthful},
        {.id = "REG-DET-003", .area = PV_AREA_COMPATIBILITY, .basis = PV_BASIS_DERIVED,
         .source = "QEMU commit dab30fbef3 (8.0); TianoCore bugzilla 4250",
         .requirement = "On a block that refuses wide accesses in legacy mode, detection says modern only if "
                        "the registers answer.",
         .advice = "A refused dword reads 0, which is the documented 'modern': switch and look by single "
                   "bytes.",
         CELLS({.machine = "regblock:qemu-5.1-tcg"}), .act = act_detect, .judge = judge_truthful},
        {.id = "REG-DET-004", .area = PV_AREA_COMPATIBILITY, .basis = PV_BASIS_CONSUMER,
         .source = "edk2 PlatformInitLib, the check for a broken register block",
         .requirement = "On a block that refuses wide accesses in legacy mode, firmware learns no wrong "
                        "count, even with APIC ID 32 present.",
         .advice = "The status of CPU 0 is then byte 4 of the bitmap, and looks present: it proves nothing.",
         CELLS({.machine = "regblock:qemu-5.1-tcg", .smp = WITH_ID_32}), .act = act_walk,
         .judge = regblock_judge_counts},
        {.id = "REG-DET-005", .area = PV_AREA_COMPATIBILITY, .basis = PV_BASIS_DERIVED,
         .source = "qemu-devel, review of Message-Ids 1575479147-6641-*, Dec 2019",
         .requirement = "Detection says modern on a block that does not know command 3.",
         .advice = "Whether GET_CPU_ID is there is another question.",
         CELLS({.machine = "regblock:qemu-2.7"}, {.machine = "regblock:qemu-4.2"}), .act = act_detect,
         .judge = judge_detected},
        {.id = "REG-DET-006", .area = PV_AREA_COMPATIBILITY,
         DOCUMENT "detection (11.0): starts in modern mode",
         .requirement = "Detection says modern on a block that powers on in modern mode.",
         .advice = "The write that made the switch is then a selector write.",
         CELLS({.machine = "regblock:qemu-11.0"}), .act = act_detect, .judge = judge_detected},
        {.id = "REG-DET-007", .area = PV_AREA_ROBUSTNESS, .basis = PV_BASIS_DERIVED,
         .source = "edk2 PlatformInitLib leaves the selector out of range; there is no reset handler",
         .requirement = "Firmware learns the machine's counts whatever selector and command an earlier agent "
                        "has left.",
         .advice = "Select before the command, for out of range it is lost; send the command before the "
                   "walk.",
         .needs = REGBLOCK_MODERN, .any_state = true, .facets = COUNTS, .act = act_walk_again,
         .judge = judge_learnt},
};

const PvRules regblock_rules_detect = PV_RULES(rules);
