/* SPDX-License-Identifier: MIT */
/* Discovery, absence and coherence: which CPUs are possible and present, and under which APIC IDs. */
#include "conformance/checks.h"

#include <stdio.h>

#include "conformance/judge.h"

#define COUNT(array) (sizeof array / sizeof array[0])

/* ---- scenes ---- */

static const PvCell count_cells[] = {
        {0},
        {.smp = "1"},
        {.smp = "3,maxcpus=255,sockets=1,dies=1,cores=255,threads=1"},
        {.smp = "3,maxcpus=4096,sockets=16,dies=2,cores=64,threads=2"},
        {.chipset = PV_CHIPSET_PC},
};
static const PvCell present_cells[] = {
        {0},
        {.smp = "1,maxcpus=12,sockets=2,dies=1,cores=3,threads=2", .plugged = "10"}, /* CPUs 0 and N-2 only */
        {.smp = "12,maxcpus=12,sockets=2,dies=1,cores=3,threads=2"},
        {.smp = "258,maxcpus=1024,sockets=8,dies=1,cores=64,threads=2"}, /* swapped: 513 */
};
static const PvCell id_cells[] = {
        {0}, /* a hole between the sockets */
        {.smp = "1,maxcpus=12,sockets=2,dies=2,cores=3,threads=1"},
        {.smp = "1,maxcpus=60,sockets=2,dies=3,cores=5,threads=2"},
        {.smp = "1,maxcpus=51,sockets=17,dies=1,cores=1,threads=3"},
        {.smp = "1,maxcpus=195,sockets=3,dies=1,cores=65,threads=1"}, /* fewer than 255 CPUs, an ID of 320 */
        {.smp = "1,maxcpus=288,sockets=2,dies=2,cores=36,threads=2"},
};
static const PvCell leaving_cells[] = {{.plugged = "10"}};
static const PvCell ones_cells[] = {{.machine = "none:ones"}};
static const PvCell zero_cells[] = {{.machine = "none:zero"}};
static const PvCell stale_cells[] = {{.machine = "none:stale"}};

/* ---- acts ---- */

/* result[0]: detect, result[1]: enumerate. A finding is an observation; only a dead bus ends the act. */
static int
discover(const PvScene *s, PvObservation *o, uint32_t wanted)
{
        o->view = *s->buffers;
        o->result[0] = s->consumer->detect(s->consumer_state);
        if (o->result[0])
                return o->result[0] < 0 ? o->result[0] : 0;
        if (!s->consumer->enumerate)
                return PV_E_UNSUPPORTED;
        o->result[1] = s->consumer->enumerate(s->consumer_state, wanted, &o->view);
        return o->result[1] < 0 ? o->result[1] : 0;
}

static int
act_detect(const PvScene *s, PvObservation *o)
{
        o->result[0] = s->consumer->detect(s->consumer_state);
        return o->result[0] < 0 ? o->result[0] : 0;
}

static int
act_possible(const PvScene *s, PvObservation *o)
{
        return discover(s, o, PV_FACET_POSSIBLE_COUNT);
}

static int
act_present_count(const PvScene *s, PvObservation *o)
{
        return discover(s, o, PV_FACET_PRESENT_COUNT);
}

static int
act_present_set(const PvScene *s, PvObservation *o)
{
        return discover(s, o, PV_FACET_PRESENT_SET);
}

static int
act_apic_ids(const PvScene *s, PvObservation *o)
{
        return discover(s, o, PV_FACET_APIC_ID);
}

static int
act_everything(const PvScene *s, PvObservation *o)
{
        return discover(s, o, PV_FACETS_BOOT);
}

/* AML comes with its device and never probes. */
static int
act_absent(const PvScene *s, PvObservation *o)
{
        return s->role == PV_ROLE_OSPM ? PV_E_UNSUPPORTED : discover(s, o, PV_FACETS_BOOT);
}

#define POISON 0xa5a5a5a5u

/* Room for one CPU; value[0]: entries behind it that were touched all the same. */
static int
act_no_room(const PvScene *s, PvObservation *o)
{
        PvScene tight = *s;
        PvView view = *s->buffers;
        int r;

        for (uint32_t i = 1; i < view.capacity; i++)
                view.apic_id[i] = POISON;
        view.capacity = 1;
        tight.buffers = &view;
        r = discover(&tight, o, s->claimed & (PV_FACET_PRESENT_SET | PV_FACET_APIC_ID));
        o->value[o->n_values] = 0;
        for (uint32_t i = 1; i < s->buffers->capacity; i++)
                o->value[o->n_values] += view.apic_id[i] != POISON;
        o->n_values++;
        return r;
}

/* The same consumer, asked twice, with a look for events in between. The second view is judged. */
static int
act_again(const PvScene *s, PvObservation *o)
{
        int r = discover(s, o, PV_FACETS_BOOT);

        if (r || o->result[0] || o->result[1])
                return r;
        if (s->consumer->poll)
                o->result[2] = s->consumer->poll(s->consumer_state, &o->view);
        if (o->result[2] < 0)
                return o->result[2];
        o->view = *s->buffers;
        o->result[1] = s->consumer->enumerate(s->consumer_state, PV_FACETS_BOOT, &o->view);
        return o->result[1] < 0 ? o->result[1] : 0;
}

/* The first CPU that is possible but not present. */
#define NEWCOMER 5

static int
plug_then_discover(const PvScene *s, PvObservation *o, uint32_t wanted, bool reset)
{
        int r = s->host->ops->plug(s->host, NEWCOMER);

        if (!r && reset)
                r = s->host->ops->reset(s->host);
        return r ? r : discover(s, o, wanted);
}

static int
act_count_after_plug(const PvScene *s, PvObservation *o)
{
        return plug_then_discover(s, o, PV_FACET_PRESENT_COUNT, false);
}

static int
act_set_after_plug(const PvScene *s, PvObservation *o)
{
        return plug_then_discover(s, o, PV_FACET_PRESENT_SET, false);
}

/* LEAVING is cold-plugged, and the guest lets go of it before it counts. */
#define LEAVING 10

/* result[5]: eject. */
static int
eject_then_discover(const PvScene *s, PvObservation *o, uint32_t wanted)
{
        int r = s->consumer->detect(s->consumer_state);

        if (r < 0 || !s->consumer->eject)
                return r < 0 ? r : PV_E_UNSUPPORTED;
        r = s->host->ops->unplug_request(s->host, LEAVING);
        if (!r)
                r = o->result[5] = s->consumer->eject(s->consumer_state, LEAVING);
        if (r)
                return r < 0 || r == PV_E_UNSUPPORTED ? r : 0;
        return discover(s, o, wanted);
}

static int
act_count_after_eject(const PvScene *s, PvObservation *o)
{
        return eject_then_discover(s, o, PV_FACET_PRESENT_COUNT);
}

static int
act_set_after_eject(const PvScene *s, PvObservation *o)
{
        return eject_then_discover(s, o, PV_FACET_PRESENT_SET);
}

static int
act_after_migration(const PvScene *s, PvObservation *o)
{
        int r = s->host->ops->plug(s->host, NEWCOMER);

        if (!r)
                r = s->host->ops->save_load(s->host);
        return r ? r : discover(s, o, PV_FACETS_BOOT);
}

static int
act_count_after_reset(const PvScene *s, PvObservation *o)
{
        return plug_then_discover(s, o, PV_FACET_PRESENT_COUNT, true);
}

/* ---- judges ---- */

static void
judge_detected(const PvObservation *o, PvJudgement *j)
{
        pv_judge_pass(j);
        if (o->result[0])
                pv_judge_fail(j, "detected", "%s", pv_finding_word(o->result[0]));
}

static void
judge_possible(const PvObservation *o, PvJudgement *j)
{
        pv_judge_view(j, o, PV_FACET_POSSIBLE_COUNT);
}

static void
judge_present_count(const PvObservation *o, PvJudgement *j)
{
        pv_judge_view(j, o, PV_FACET_PRESENT_COUNT);
}

static void
judge_present_set(const PvObservation *o, PvJudgement *j)
{
        pv_judge_view(j, o, PV_FACET_PRESENT_SET);
}

static void
judge_apic_ids(const PvObservation *o, PvJudgement *j)
{
        pv_judge_view(j, o, PV_FACET_APIC_ID);
}

static void
judge_no_guess(const PvObservation *o, PvJudgement *j)
{
        uint32_t guessed = o->view.facets & ~o->claimed;

        pv_judge_view(j, o, o->view.facets & PV_FACETS_BOOT);
        if (j->verdict == PV_PASS && guessed)
                pv_judge_fail(j, "only facets that the ABI tells", "facets 0x%x set without being told",
                              guessed);
}

/* These are learnt, and right. */
static void
judge_learnt(const PvObservation *o, PvJudgement *j, uint32_t facets)
{
        pv_judge_view(j, o, o->claimed & facets);
        if (j->verdict == PV_CANNOT_TELL || (j->verdict == PV_PASS && o->result[1]))
                pv_judge_fail(j, "every claimed facet", "facets 0x%x (detect: %s, enumerate: %s)",
                              o->view.facets, pv_finding_word(o->result[0]), pv_finding_word(o->result[1]));
}

static void
judge_everything(const PvObservation *o, PvJudgement *j)
{
        judge_learnt(o, j, PV_FACETS_BOOT);
}

static void
judge_after_eject(const PvObservation *o, PvJudgement *j, uint32_t facet)
{
        if (o->result[5])
                pv_judge_fail(j, "ejected", "%s", pv_finding_word(o->result[5]));
        else
                judge_learnt(o, j, facet);
}

static void
judge_count_after_eject(const PvObservation *o, PvJudgement *j)
{
        judge_after_eject(o, j, PV_FACET_PRESENT_COUNT);
}

static void
judge_set_after_eject(const PvObservation *o, PvJudgement *j)
{
        judge_after_eject(o, j, PV_FACET_PRESENT_SET);
}

static void
judge_absent(const PvObservation *o, PvJudgement *j)
{
        int finding = o->result[0] ? o->result[0] : o->result[1];

        pv_judge_pass(j);
        if (finding != PV_E_ABSENT)
                pv_judge_fail(j, "absent", "phantom: detection says %s", pv_finding_word(finding));
        else if (o->view.facets)
                pv_judge_fail(j, "no facet learnt", "facets 0x%x learnt from nothing", o->view.facets);
}

static void
judge_no_room(const PvObservation *o, PvJudgement *j)
{
        uint32_t arrays = o->view.facets & (PV_FACET_PRESENT_SET | PV_FACET_APIC_ID);

        pv_judge_pass(j);
        if (o->result[1] != PV_E_TOO_SMALL)
                pv_judge_fail(j, "too small", "%s", pv_finding_word(o->result[1]));
        else if (arrays)
                pv_judge_fail(j, "no half-filled facet", "facets 0x%x set", arrays);
        else if (pv_judge_equal(j, "room needed:", o->after.max_cpus, o->view.needed))
                pv_judge_equal(j, "entries written behind the view:", 0, o->value[0]);
}

/* ---- checks ---- */

const PvCheck pv_checks_discovery[] = {
        {.id = "DISC-DET-001", .any_smp = true, .any_state = true, .area = PV_AREA_DISCOVERY,
         .basis = PV_BASIS_CONSUMER,
         .source = "edk2 PlatformInitLib, PlatformMaxCpuCountInitialization",
         .requirement = "A consumer detects the ABI on a machine that has it.",
         .advice = "Compare the last accesses with the ABI's detection sequence.",
         .act = act_detect, .judge = judge_detected},
        {.id = "DISC-CNT-001", .any_smp = true, .any_state = true, .area = PV_AREA_DISCOVERY,
         .basis = PV_BASIS_CONSUMER,
         .source = "edk2 PlatformInitLib, PlatformMaxCpuCountInitialization",
         .requirement = "The number of possible CPUs that a consumer learns is the machine's maxcpus.",
         .advice = "An APIC ID limit or a boot count is not maxcpus.",
         .facets = PV_FACET_POSSIBLE_COUNT, PV_CHECK_CELLS(count_cells),
         .act = act_possible, .judge = judge_possible},
        {.id = "DISC-CNT-002", .any_smp = true, .any_state = true, .area = PV_AREA_DISCOVERY,
         .basis = PV_BASIS_CONSUMER,
         .source = "edk2 PlatformInitLib, PlatformMaxCpuCountInitialization; SeaBIOS src/fw/smp.c",
         .requirement = "The number of present CPUs that a consumer learns is the machine's.",
         .advice = "SeaBIOS waits for exactly this many CPUs, without a timeout.",
         .facets = PV_FACET_PRESENT_COUNT, PV_CHECK_CELLS(present_cells), .act = act_present_count,
         .judge = judge_present_count},
        {.id = "DISC-SET-001", .any_smp = true, .any_state = true, .area = PV_AREA_DISCOVERY,
         .basis = PV_BASIS_DERIVED,
         .source = "acpi_cpu_hotplug.rst, status bit 0; design of the map file",
         .requirement = "The set of present CPUs that a consumer learns is the machine's, selector by "
                        "selector.",
         .advice = "Present CPUs need not be the first ones.",
         .facets = PV_FACET_PRESENT_SET, PV_CHECK_CELLS(present_cells), .act = act_present_set,
         .judge = judge_present_set},
        {.id = "DISC-ID-001", .any_smp = true, .any_state = true, .area = PV_AREA_DISCOVERY,
         .basis = PV_BASIS_DOCUMENTED,
         .source = "Message-Id 20191009132252.17860-1-imammedo@redhat.com; "
                   "f058a521-7d58-87a3-1c49-97ba904cf44b@redhat.com",
         .requirement = "The APIC ID that a consumer learns for each selector is that CPU's.",
         .advice = "A level whose size is no power of two leaves holes; a selector is not an APIC ID.",
         .facets = PV_FACET_APIC_ID, PV_CHECK_CELLS(id_cells), .act = act_apic_ids, .judge = judge_apic_ids},
        {.id = "DISC-GSS-001", .any_smp = true, .any_state = true, .area = PV_AREA_DISCOVERY,
         .basis = PV_BASIS_OURS,
         .source = "common/view.h, PvView",
         .requirement = "A consumer states nothing that its ABI did not tell, and all that it states is "
                        "true.",
         .advice = "Leave a facet unset rather than guess it.",
         .act = act_everything, .judge = judge_no_guess},
        {.id = "DISC-ALL-001", .any_smp = true, .any_state = true, .area = PV_AREA_DISCOVERY,
         .basis = PV_BASIS_OURS,
         .source = "common/consumer.h, facets and enumerate()",
         .requirement = "On a machine that has its device, a consumer learns everything that it claims to "
                        "learn.",
         .advice = "What it could not make sense of it leaves unset: compare bytes and their order with the "
                   "format.",
         .facets = PV_FACET_POSSIBLE_COUNT, .act = act_everything, .judge = judge_everything},
        {.id = "DISC-CAP-001", .any_state = true, .area = PV_AREA_ROBUSTNESS, .basis = PV_BASIS_OURS,
         .source = "common/view.h, PvView",
         .requirement = "A consumer that has too little room says so, with the room it needs, and fills "
                        "nothing in half.",
         .advice = "Check the count before the first entry is taken.",
         .facets = PV_FACET_APIC_ID, .act = act_no_room, .judge = judge_no_room},
        {.id = "DISC-AGN-001", .any_smp = true, .any_state = true, .area = PV_AREA_ROBUSTNESS,
         .basis = PV_BASIS_DERIVED,
         .source = "acpi_cpu_hotplug.rst, 'Command data': a command stays in force; fw_cfg.rst: so does a "
                   "key",
         .requirement = "A consumer that is asked again, after it has looked for events, gives the same "
                        "answers.",
         .advice = "What an earlier operation left selected or latched must not be taken for granted.",
         .facets = PV_FACET_POSSIBLE_COUNT, .act = act_again, .judge = judge_everything},
        {.id = "DISC-ABS-001", .any_smp = true, .area = PV_AREA_COMPATIBILITY, .basis = PV_BASIS_DOCUMENTED,
         .source = "Message-Id 22091869-b659-b869-5232-d658acb3ef15@redhat.com",
         .requirement = "Where unclaimed ports read ones, a consumer reports the device absent and learns "
                        "nothing.",
         .advice = "All ones are not a count.",
         PV_CHECK_CELLS(ones_cells), .act = act_absent, .judge = judge_absent},
        {.id = "DISC-ABS-002", .any_smp = true, .area = PV_AREA_COMPATIBILITY, .basis = PV_BASIS_CONSUMER,
         .source = "cloud-hypervisor PR 8817: unclaimed ports read zero",
         .requirement = "Where unclaimed ports read zero, a consumer reports the device absent and learns "
                        "nothing.",
         .advice = "A probe whose 'yes' is zero needs a second question, such as: is the boot CPU present?",
         PV_CHECK_CELLS(zero_cells), .act = act_absent, .judge = judge_absent},
        {.id = "DISC-ABS-003", .any_smp = true, .area = PV_AREA_COMPATIBILITY, .basis = PV_BASIS_CONSUMER,
         .source = "cyberus-technology cloud-hypervisor PR 201: stale data on unmapped reads",
         .requirement = "Where unclaimed ports read what was last on the bus, a consumer reports the device "
                        "absent and learns nothing.",
         .advice = "A register that reads back what was just written proves nothing.",
         PV_CHECK_CELLS(stale_cells), .act = act_absent, .judge = judge_absent},
        {.id = "COH-CNT-001", .area = PV_AREA_COHERENCE, .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU commit e3cadac073 (2.8)",
         .requirement = "After a hot-plug the number of present CPUs includes the new one.",
         .advice = "A value that was computed at power-on is stale.",
         .facets = PV_FACET_PRESENT_COUNT, .live = true, .act = act_count_after_plug,
         .judge = judge_present_count},
        {.id = "COH-SET-001", .area = PV_AREA_COHERENCE, .basis = PV_BASIS_DERIVED,
         .source = "acpi_cpu_hotplug.rst, status bit 0",
         .requirement = "After a hot-plug the set of present CPUs includes the new one.",
         .advice = "A file that was written at power-on is stale.",
         .facets = PV_FACET_PRESENT_SET, .live = true, .act = act_set_after_plug, .judge = judge_present_set},
        {.id = "COH-EJ-001", .area = PV_AREA_COHERENCE, .basis = PV_BASIS_DERIVED,
         .source = "acpi_cpu_hotplug.rst, control bit 3 and status bit 0; fw_cfg key 0x0005",
         .requirement = "After an eject the number of present CPUs does not count the one that left.",
         .advice = "Every device that counts CPUs has to hear of an eject, whichever of them was told.",
         .facets = PV_FACET_PRESENT_COUNT | PV_FACET_ARRIVED, .live = true, PV_CHECK_CELLS(leaving_cells),
         .act = act_count_after_eject, .judge = judge_count_after_eject},
        {.id = "COH-EJ-002", .area = PV_AREA_COHERENCE, .basis = PV_BASIS_DERIVED,
         .source = "acpi_cpu_hotplug.rst, control bit 3 and status bit 0",
         .requirement = "After an eject the set of present CPUs does not have the one that left.",
         .advice = "Every device that lists CPUs has to hear of an eject, whichever of them was told.",
         .facets = PV_FACET_PRESENT_SET | PV_FACET_ARRIVED, .live = true, PV_CHECK_CELLS(leaving_cells),
         .act = act_set_after_eject, .judge = judge_set_after_eject},
        {.id = "COH-MIG-001", .area = PV_AREA_COHERENCE, .basis = PV_BASIS_DERIVED,
         .source = "QEMU docs/devel/migration, a guest does not notice; acpi_cpu_hotplug.rst, status bit 0",
         .requirement = "After a hot-plug and a migration a consumer learns what is true, the new CPU "
                        "included.",
         .advice = "Compare what the source sends with what the destination is started with.",
         .facets = PV_FACET_POSSIBLE_COUNT, .live = true,
         .act = act_after_migration, .judge = judge_everything},
        {.id = "COH-RST-001", .area = PV_AREA_COHERENCE, .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU commit e3cadac073 (2.8); edk2 'QEMU v2.7 reset bug'",
         .requirement = "After a hot-plug and a system reset the number of present CPUs includes the new "
                        "one.",
         .advice = "Firmware boots again and waits for this many CPUs.",
         .facets = PV_FACET_PRESENT_COUNT, .live = true, .act = act_count_after_reset,
         .judge = judge_present_count},
};

const size_t pv_n_checks_discovery = COUNT(pv_checks_discovery);
