/* SPDX-License-Identifier: MIT */
/* Events: which CPU arrived or is asked back, and how the guest answers. */
#include "conformance/checks.h"

#include "conformance/judge.h"

#define COUNT(array) (sizeof array / sizeof array[0])

#define NEWCOMER 7  /* not present at power-on in the default topology; its APIC ID is 9 */
#define LEAVING 10  /* cold-plugged */
#define ROOM 2      /* of a view, in CPUs: fewer than arrive */
#define FIRST_OF_MANY 3
#define LAST_OF_MANY 9
#define N_MANY (LAST_OF_MANY - FIRST_OF_MANY + 1)
#define CANARY 0xcacacacau
#define MANY 255    /* of more possible CPUs than this the last arrives: its APIC ID has more than 8 bits */

/* ACPI 6.5, 6.3.5: the OS reports an ejection that it began itself, and that it is under way. */
#define OST_EJECTION_PROCESSING 0x103u
#define OST_EJECTION_IN_PROGRESS 0x84u

static const PvCell leaving_cells[] = {{.plugged = "10"}};
static const PvCell arrival_cells[] = {
        {0},
        {.smp = "1,maxcpus=288,sockets=2,dies=2,cores=36,threads=2"},
};

static uint32_t
newcomer(const PvTruth *truth)
{
        return truth->max_cpus > MANY ? truth->max_cpus - 1 : NEWCOMER;
}

/* ---- acts: result[0] detect, [1] enumerate, [2] poll, [3] ack, [4] poll again, [5] eject, [6] _OST ---- */

static int
fatal(int r)
{
        return r < 0 ? r : 0;
}

static int
detect(const PvScene *s, PvObservation *o)
{
        o->view = *s->buffers;
        o->result[0] = s->consumer->detect(s->consumer_state);
        if (o->result[0] < 0)
                return o->result[0];
        return s->consumer->poll ? 0 : PV_E_UNSUPPORTED;
}

static int
poll_event(const PvScene *s, PvObservation *o, int slot)
{
        o->result[slot] = s->consumer->poll(s->consumer_state, &o->view);
        return o->result[slot] == PV_E_UNSUPPORTED ? PV_E_UNSUPPORTED : fatal(o->result[slot]);
}

static int
act_idle(const PvScene *s, PvObservation *o)
{
        int r = detect(s, o);

        return r ? r : poll_event(s, o, 2);
}

static int
act_arrival(const PvScene *s, PvObservation *o)
{
        int r = detect(s, o);

        if (!r)
                r = s->host->ops->plug(s->host, newcomer(&s->truth));
        return r ? r : poll_event(s, o, 2);
}

/* The ID comes with the event, or from the map that another ABI told. */
static int
act_arrival_id(const PvScene *s, PvObservation *o)
{
        int r = act_arrival(s, o);

        if (r || o->result[2] || o->view.facets & PV_FACET_ARRIVED_ID || !s->consumer->enumerate)
                return r;
        o->result[1] = s->consumer->enumerate(s->consumer_state, PV_FACET_APIC_ID, &o->view);
        if (o->view.facets & PV_FACET_APIC_ID && o->view.event.selector < o->view.capacity) {
                o->view.event.apic_id = o->view.apic_id[o->view.event.selector];
                o->view.facets |= PV_FACET_ARRIVED_ID;
        }
        return fatal(o->result[1]);
}

static int
act_ack(const PvScene *s, PvObservation *o)
{
        int r = act_arrival(s, o);

        if (r || o->result[2])
                return r;
        o->result[3] = s->consumer->ack(s->consumer_state, &o->view);
        if (o->result[3] < 0)
                return o->result[3];
        return poll_event(s, o, 4);
}

/* Takes events until there is none. A selector in value[] for each. */
static int
take_all(const PvScene *s, PvObservation *o)
{
        int r = poll_event(s, o, 2);

        while (!r && !o->result[2] && !o->result[3] && o->n_values <= s->truth.max_cpus) {
                o->value[o->n_values++] = o->view.event.selector;
                o->result[3] = s->consumer->ack(s->consumer_state, &o->view);
                r = o->result[3] == PV_E_UNSUPPORTED ? PV_E_UNSUPPORTED : fatal(o->result[3]);
                r = r ? r : poll_event(s, o, 2);
        }
        return r;
}

/* More arrive than the view has room for; result[4]: something was written behind that. */
static int
act_many(const PvScene *s, PvObservation *o)
{
        int r = detect(s, o);

        if (!s->consumer->ack)
                return PV_E_UNSUPPORTED;
        o->view.capacity = ROOM;
        o->view.apic_id[ROOM] = CANARY;
        for (uint32_t i = FIRST_OF_MANY; i <= LAST_OF_MANY && !r; i++)
                r = s->host->ops->plug(s->host, i);
        r = r ? r : take_all(s, o);
        o->result[4] = o->view.apic_id[ROOM] == CANARY ? 0 : PV_E_TOO_SMALL;
        return r;
}

/* Nobody acknowledged: the second look is the one that is judged. */
static int
act_look_again(const PvScene *s, PvObservation *o)
{
        int r = act_arrival(s, o);

        return r || o->result[2] ? r : poll_event(s, o, 2);
}

/* What came is found only after the machine has gone through something. */
static int
act_arrival_before(const PvScene *s, PvObservation *o, int (*something)(PvHost *host))
{
        int r = detect(s, o);

        if (!r)
                r = s->host->ops->plug(s->host, NEWCOMER);
        if (!r)
                r = something(s->host);
        return r ? r : poll_event(s, o, 2);
}

static int
act_arrival_reset(const PvScene *s, PvObservation *o)
{
        return act_arrival_before(s, o, s->host->ops->reset);
}

static int
act_arrival_migration(const PvScene *s, PvObservation *o)
{
        return act_arrival_before(s, o, s->host->ops->save_load);
}

static int
act_eject(const PvScene *s, PvObservation *o)
{
        int r = detect(s, o);

        if (!r)
                r = s->host->ops->unplug_request(s->host, LEAVING);
        if (!r)
                r = poll_event(s, o, 2);
        if (r)
                return r;
        o->result[5] = s->consumer->eject ? s->consumer->eject(s->consumer_state, LEAVING) : PV_E_UNSUPPORTED;
        return fatal(o->result[5]);
}

/* As AML does: the request is acknowledged at once, and answered later. */
static int
act_ack_then_eject(const PvScene *s, PvObservation *o)
{
        int r = detect(s, o);

        if (!r)
                r = s->host->ops->unplug_request(s->host, LEAVING);
        if (!r)
                r = poll_event(s, o, 2);
        if (r || o->result[2])
                return r;
        o->result[3] = s->consumer->ack ? s->consumer->ack(s->consumer_state, &o->view) : PV_E_UNSUPPORTED;
        if (o->result[3] < 0 || o->result[3] == PV_E_UNSUPPORTED || !s->consumer->eject)
                return o->result[3] < 0 ? o->result[3] : PV_E_UNSUPPORTED;
        o->result[5] = s->consumer->eject(s->consumer_state, LEAVING);
        return fatal(o->result[5]);
}

static int
act_come_back(const PvScene *s, PvObservation *o)
{
        int r = act_ack_then_eject(s, o);

        if (r || o->result[2] || o->result[5])
                return r;
        r = s->host->ops->plug(s->host, LEAVING);
        return r ? r : poll_event(s, o, 4);
}

static int
act_eject_boot_cpu(const PvScene *s, PvObservation *o)
{
        int r = detect(s, o);

        if (r || s->role == PV_ROLE_OSPM)
                return r ? r : PV_E_UNSUPPORTED; /* the OS decides by itself; AML obeys */
        o->result[5] = s->consumer->eject ? s->consumer->eject(s->consumer_state, 0) : PV_E_UNSUPPORTED;
        return o->result[5] == PV_E_UNSUPPORTED ? PV_E_UNSUPPORTED : fatal(o->result[5]);
}

static int
act_ost(const PvScene *s, PvObservation *o)
{
        int r = detect(s, o);

        if (r)
                return r;
        o->result[6] = s->consumer->ost ? s->consumer->ost(s->consumer_state, 1, OST_EJECTION_PROCESSING,
                                                           OST_EJECTION_IN_PROGRESS)
                                        : PV_E_UNSUPPORTED;
        return o->result[6] == PV_E_UNSUPPORTED ? PV_E_UNSUPPORTED : fatal(o->result[6]);
}

/* ---- judges ---- */

static void
judge_idle(const PvObservation *o, PvJudgement *j)
{
        pv_judge_pass(j);
        if (o->result[2] != PV_E_IDLE)
                pv_judge_fail(j, "idle", "%s, selector %u", pv_finding_word(o->result[2]),
                              o->view.event.selector);
}

static bool
arrived(const PvObservation *o, PvJudgement *j)
{
        pv_judge_pass(j);
        if (o->result[2]) {
                pv_judge_fail(j, "an insert event", "%s", pv_finding_word(o->result[2]));
                return false;
        }
        return pv_judge_equal(j, "event kind", PV_EVENT_INSERT, o->view.event.kind) &&
               pv_judge_equal(j, "arrived selector", newcomer(&o->after), o->view.event.selector);
}

static void
judge_many(const PvObservation *o, PvJudgement *j)
{
        uint32_t found = 0;

        pv_judge_pass(j);
        for (unsigned i = 0; i < o->n_values; i++) {
                const uint64_t selector = o->value[i];

                if (selector < FIRST_OF_MANY || selector > LAST_OF_MANY || found >> selector & 1)
                        pv_judge_fail(j, "each CPU that arrived, once", "selector %u", (unsigned) selector);
                found |= 1u << (selector & 31);
        }
        if (j->verdict == PV_PASS)
                pv_judge_equal(j, "arrivals found:", N_MANY, o->n_values);
        if (j->verdict == PV_PASS && o->result[4])
                pv_judge_fail(j, "nothing written behind the view's room", "an APIC ID there has changed");
        if (j->verdict == PV_PASS && o->result[2] != PV_E_IDLE)
                pv_judge_fail(j, "idle, once all are acknowledged", "%s", pv_finding_word(o->result[2]));
}

static void
judge_arrival(const PvObservation *o, PvJudgement *j)
{
        arrived(o, j);
}

static void
judge_arrival_id(const PvObservation *o, PvJudgement *j)
{
        if (!arrived(o, j))
                return;
        if (!(o->view.facets & PV_FACET_ARRIVED_ID)) {
                j->verdict = PV_CANNOT_TELL;
                return;
        }
        pv_judge_equal(j, "arrived APIC ID", o->after.apic_id[newcomer(&o->after)], o->view.event.apic_id);
}

static void
judge_ack(const PvObservation *o, PvJudgement *j)
{
        if (!arrived(o, j))
                return;
        if (o->result[3] || !(o->view.facets & PV_FACET_ACKED))
                pv_judge_fail(j, "the event acknowledged", "%s", pv_finding_word(o->result[3]));
        else if (o->result[4] != PV_E_IDLE)
                pv_judge_fail(j, "idle after the acknowledgement", "%s, selector %u",
                              pv_finding_word(o->result[4]), o->view.event.selector);
}

static void
judge_eject(const PvObservation *o, PvJudgement *j)
{
        pv_judge_pass(j);
        if (o->result[2])
                pv_judge_fail(j, "a remove event", "%s", pv_finding_word(o->result[2]));
        else if (o->result[5])
                pv_judge_fail(j, "ejected", "%s", pv_finding_word(o->result[5]));
        else if (pv_judge_equal(j, "event kind", PV_EVENT_REMOVE, o->view.event.kind) &&
                 pv_judge_equal(j, "selector asked back", LEAVING, o->view.event.selector) &&
                 pv_judge_counted(j, o->after.no_ejected, "CPUs ejected", 1, o->after.n_ejected))
                pv_judge_equal(j, "ejected selector", LEAVING, o->after.last_ejected);
}

static void
judge_come_back(const PvObservation *o, PvJudgement *j)
{
        pv_judge_pass(j);
        if (o->result[2] || o->result[5])
                pv_judge_fail(j, "ejected", "poll: %s, eject: %s", pv_finding_word(o->result[2]),
                              pv_finding_word(o->result[5]));
        else if (o->result[4])
                pv_judge_fail(j, "an insert event", "%s", pv_finding_word(o->result[4]));
        else if (pv_judge_equal(j, "event kind", PV_EVENT_INSERT, o->view.event.kind))
                pv_judge_equal(j, "selector that came back", LEAVING, o->view.event.selector);
}

static void
judge_boot_cpu_stays(const PvObservation *o, PvJudgement *j)
{
        pv_judge_pass(j);
        if (o->result[5] != PV_E_REFUSED)
                pv_judge_fail(j, "refused", "%s", pv_finding_word(o->result[5]));
        else
                pv_judge_counted(j, o->after.no_ejected, "CPUs ejected", 0, o->after.n_ejected);
}

static void
judge_ost(const PvObservation *o, PvJudgement *j)
{
        pv_judge_pass(j);
        if (pv_judge_counted(j, o->after.no_ost, "_OST reports", 1, o->after.n_ost) &&
            pv_judge_equal(j, "_OST selector", 1, o->after.ost_selector) &&
            pv_judge_equal(j, "_OST event", OST_EJECTION_PROCESSING, o->after.ost_event))
                pv_judge_equal(j, "_OST status", OST_EJECTION_IN_PROGRESS, o->after.ost_status);
}

/* ---- checks ---- */

const PvCheck pv_checks_events[] = {
        {.id = "EVT-IDL-001", .area = PV_AREA_EVENTS, .basis = PV_BASIS_DERIVED,
         .source = "acpi_cpu_hotplug.rst, 'Typical usecases', get a cpu with pending event",
         .requirement = "Without an event a consumer finds none.",
         .advice = "The selector that a scan leaves behind is not an event.",
         .facets = PV_FACET_ARRIVED, .act = act_idle, .judge = judge_idle},
        {.id = "EVT-ARR-001", .area = PV_AREA_EVENTS, .basis = PV_BASIS_DOCUMENTED,
         .source = "acpi_cpu_hotplug.rst, 'Typical usecases', get a cpu with pending event",
         .requirement = "A consumer learns which CPU has just been plugged.",
         .advice = "A file that lists CPUs does not say which one is new.",
         .facets = PV_FACET_ARRIVED, PV_CHECK_CELLS(arrival_cells),
         .act = act_arrival, .judge = judge_arrival},
        {.id = "EVT-ARR-002", .area = PV_AREA_EVENTS, .basis = PV_BASIS_DOCUMENTED,
         .source = "Message-Id f058a521-7d58-87a3-1c49-97ba904cf44b@redhat.com",
         .requirement = "A consumer learns the APIC ID of the CPU that has just been plugged.",
         .advice = "Firmware sends this ID its INIT and SIPI; a wrong one hits another CPU.",
         .facets = PV_FACET_ARRIVED | PV_FACET_APIC_ID, PV_CHECK_CELLS(arrival_cells), .act = act_arrival_id,
         .judge = judge_arrival_id},
        {.id = "EVT-ARR-003", .area = PV_AREA_EVENTS, .basis = PV_BASIS_DERIVED,
         .source = "acpi_cpu_hotplug.rst, 'Typical usecases'; edk2 OvmfPkg/CpuHotplugSmm, whose arrays have "
                   "an end",
         .requirement = "When more CPUs arrive at once than a consumer has room for, each is found once.",
         .advice = "Take as many as fit, and look again; what is not acknowledged stays.",
         .facets = PV_FACET_ARRIVED | PV_FACET_ACKED, .act = act_many, .judge = judge_many},
        {.id = "EVT-ACK-001", .area = PV_AREA_EVENTS, .basis = PV_BASIS_DOCUMENTED,
         .source = "acpi_cpu_hotplug.rst, control bit 1",
         .requirement = "An event that was acknowledged is not seen again.",
         .advice = "Look at whether the acknowledgement reaches the device.",
         .facets = PV_FACET_ARRIVED | PV_FACET_ACKED, .act = act_ack, .judge = judge_ack},
        {.id = "EVT-ACK-002", .area = PV_AREA_EVENTS, .basis = PV_BASIS_DERIVED,
         .source = "acpi_cpu_hotplug.rst, status bit 1 and control bit 1",
         .requirement = "An event that nobody acknowledged is found again.",
         .advice = "To look is not to acknowledge: firmware looks first, and the OS acknowledges.",
         .facets = PV_FACET_ARRIVED, .act = act_look_again, .judge = judge_arrival},
        {.id = "EVT-RST-001", .level = PV_SHOULD, .area = PV_AREA_EVENTS, .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU hw/acpi/cpu.c has no reset handler",
         .requirement = "An event that was pending at a system reset is found after it.",
         .advice = "The CPU is still there, and nobody has been told of it.",
         .facets = PV_FACET_ARRIVED, .act = act_arrival_reset, .judge = judge_arrival},
        {.id = "EVT-MIG-001", .area = PV_AREA_EVENTS, .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU hw/acpi/cpu.c, vmstate of a CPU's events",
         .requirement = "An event that is pending when the machine migrates is found where it goes on.",
         .advice = "Compare what is saved with what the device keeps.",
         .facets = PV_FACET_ARRIVED, .act = act_arrival_migration, .judge = judge_arrival},
        {.id = "EVT-EJ-001", .area = PV_AREA_EVENTS, .basis = PV_BASIS_DOCUMENTED,
         .source = "acpi_cpu_hotplug.rst, control bit 3",
         .requirement = "A guest that is asked for a CPU can let go of it, and the host is told which.",
         .advice = "Look at whether the eject reaches the host, and for which selector.",
         .facets = PV_FACET_ARRIVED, PV_CHECK_CELLS(leaving_cells), .act = act_eject, .judge = judge_eject},
        {.id = "EVT-EJ-002", .area = PV_AREA_ROBUSTNESS, .basis = PV_BASIS_OURS,
         .source = "edk2 OvmfPkg/CpuHotplugSmm; never eject on the host's word alone",
         .requirement = "Firmware never ejects its own boot CPU.",
         .advice = "Refuse before the first access.",
         .facets = PV_FACET_ARRIVED, .act = act_eject_boot_cpu, .judge = judge_boot_cpu_stays},
        {.id = "EVT-EJ-003", .area = PV_AREA_EVENTS, .basis = PV_BASIS_CONSUMER,
         .source = "QEMU hw/acpi/cpu.c, AML methods CSCN and CEJ0; cloud-hypervisor commit 3cd8abcd8",
         .requirement = "A request for a CPU can be answered after it was acknowledged.",
         .advice = "The acknowledgement says that the request was heard, not that it is over.",
         .facets = PV_FACET_ARRIVED | PV_FACET_ACKED, PV_CHECK_CELLS(leaving_cells),
         .act = act_ack_then_eject,
         .judge = judge_eject},
        {.id = "EVT-CYC-001", .area = PV_AREA_EVENTS, .basis = PV_BASIS_DERIVED,
         .source = "acpi_cpu_hotplug.rst, status bits 0 to 2 and control bit 3",
         .requirement = "A CPU that the guest let go of can come back, and a consumer learns of it.",
         .advice = "What a CPU left behind when it went must not hide that it came.",
         .facets = PV_FACET_ARRIVED | PV_FACET_ACKED, .many_events = true, PV_CHECK_CELLS(leaving_cells),
         .act = act_come_back, .judge = judge_come_back},
        {.id = "EVT-OST-001", .area = PV_AREA_EVENTS, .basis = PV_BASIS_DOCUMENTED,
         .source = "acpi_cpu_hotplug.rst, commands 1 and 2; ACPI 6.5, 6.3.5 _OST",
         .requirement = "The OS can tell the host how it took an event, and the host learns CPU, event and "
                        "status.",
         .advice = "The event must be written before the status.",
         .facets = PV_FACET_ARRIVED, .act = act_ost, .judge = judge_ost},
};

const size_t pv_n_checks_events = COUNT(pv_checks_events);
