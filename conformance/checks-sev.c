/* SPDX-License-Identifier: MIT */
/* SEV safety: what an ABI needs. All of it is modelled: of guest memory a device sees only what is shared. */
#include "conformance/checks.h"

#include "conformance/checks-sev.h"
#include "conformance/judge.h"

#define COUNT(array) (sizeof array / sizeof array[0])

#define NEWCOMER 7
#define LEAVING 10

/* One SMI may take this many accesses, and as many again for each event. */
#define SMI_FIXED 8
#define SMI_PER_EVENT 8

/* A completion that never comes: the 4-byte store of the control field is lost. */
static const PvMutation never_completes = {.kind = PV_MUTATE_DMA_WRITE_DROP, .width = 4};

#define ANSWERS(kind, where) {.plugged = "10", .guest = PV_GUEST_##kind, .phase = PV_PHASE_##where}
#define HANGS(kind, where) {.guest = PV_GUEST_##kind, .phase = PV_PHASE_##where, .hostile = &never_completes}

static const PvMutation maps_pages = {.kind = PV_MUTATE_PAGE_MAPPED};

static const PvCell everywhere_cells[] = {
        PV_SEV_EVERYWHERE,
        {.guest = PV_GUEST_SEV_SNP, .phase = PV_PHASE_PEI, .hostile = &maps_pages, .lie = "maps private pages"},
};
static const PvCell runtime_cells[] = {PV_SEV_RUNTIME};
static const PvCell aml_cells[] = {PV_SEV_EVERY_KIND(AML)};
static const PvCell answer_cells[] = {
        ANSWERS(SEV, OS),  ANSWERS(SEV_ES, OS),  ANSWERS(SEV_SNP, OS),
        ANSWERS(SEV, SMM), ANSWERS(SEV_ES, SMM), ANSWERS(SEV_SNP, SMM),
        ANSWERS(SEV, AML), ANSWERS(SEV_ES, AML), ANSWERS(SEV_SNP, AML),
};
static const PvCell hang_cells[] = {
        HANGS(SEV, DXE), HANGS(SEV_ES, DXE), HANGS(SEV_SNP, DXE),
        HANGS(SEV, OS),  HANGS(SEV_ES, OS),  HANGS(SEV_SNP, OS),
        HANGS(SEV, SMM), HANGS(SEV_ES, SMM), HANGS(SEV_SNP, SMM),
};
static const PvCell smm_cells[] = {
        PV_SEV_EVERY_KIND(SMM),
        {.smp = "2,maxcpus=64,sockets=2,dies=1,cores=16,threads=2", .guest = PV_GUEST_SEV, .phase = PV_PHASE_SMM},
};
static const PvCell boot_cells[] = {PV_SEV_EVERY_KIND(PEI), PV_SEV_EVERY_KIND(DXE), PV_SEV_EVERY_KIND(OS)};

/* ---- acts: result[0] detect, [1] enumerate, [2] poll, [5] eject ---- */

int
pv_sev_act_boot(const PvScene *s, PvObservation *o)
{
        o->view = *s->buffers;
        o->result[0] = s->consumer->detect(s->consumer_state);
        if (o->result[0])
                return o->result[0] < 0 ? o->result[0] : 0;
        if (!s->consumer->enumerate)
                return PV_E_UNSUPPORTED;
        o->result[1] = s->consumer->enumerate(s->consumer_state, PV_FACETS_BOOT, &o->view);
        return o->result[1] < 0 ? o->result[1] : 0;
}

int
pv_sev_act_to_the_end(const PvScene *s, PvObservation *o)
{
        int r = pv_sev_act_boot(s, o);

        return r == PV_E_TERMINATED ? 0 : r;
}

static uint64_t
accesses(const PvCounts *counts)
{
        return counts->reads + counts->writes + counts->string_bytes;
}

/*
 * Boot firmware has run. Then what an SMI handler that keeps nothing from boot does: find the device, ask
 * which CPU came, learn its ID. value[0]: the accesses of the SMI alone.
 */
static int
act_smi(const PvScene *s, PvObservation *o)
{
        uint64_t before;
        int r;

        o->view = *s->buffers;
        if (!s->consumer->poll)
                return PV_E_UNSUPPORTED;
        r = s->consumer->detect(s->consumer_state);
        if (r >= 0)
                r = s->host->ops->plug(s->host, NEWCOMER);
        if (r)
                return r;
        before = accesses(s->counts);
        r = o->result[0] = s->consumer->detect(s->consumer_state);
        if (!r)
                r = o->result[2] = s->consumer->poll(s->consumer_state, &o->view);
        if (!r && !(o->view.facets & PV_FACET_ARRIVED_ID) && s->consumer->enumerate)
                r = o->result[1] = s->consumer->enumerate(s->consumer_state, PV_FACET_APIC_ID, &o->view);
        o->value[o->n_values++] = accesses(s->counts) - before;
        return r < 0 ? r : 0;
}

/* Who says that it tells events and has no way to answer one fails. */
static int
act_answer(const PvScene *s, PvObservation *o)
{
        int r;

        o->view = *s->buffers;
        o->result[0] = s->consumer->detect(s->consumer_state);
        if (o->result[0])
                return o->result[0] < 0 ? o->result[0] : 0;
        r = s->host->ops->unplug_request(s->host, LEAVING);
        if (r)
                return r;
        o->result[5] = s->consumer->eject ? s->consumer->eject(s->consumer_state, LEAVING) : PV_E_UNSUPPORTED;
        return o->result[5] < 0 ? o->result[5] : 0;
}

/* ---- judges ---- */

bool
pv_sev_answered(const PvObservation *o, PvJudgement *j)
{
        uint32_t due = o->claimed & PV_FACETS_BOOT;

        pv_judge_view(j, o, due);
        if (j->verdict == PV_CANNOT_TELL)
                pv_judge_fail(j, "every claimed facet learnt",
                              "facets 0x%x of 0x%x learnt (detect: %s, enumerate: %s)",
                              o->view.facets & due, due, pv_finding_word(o->result[0]),
                              pv_finding_word(o->result[1]));
        return j->verdict == PV_PASS;
}

const char *
pv_sev_found(const PvObservation *o)
{
        const int finding = o->result[0] ? o->result[0] : o->result[1];

        if (finding && finding != PV_E_UNSUPPORTED)
                return pv_finding_word(finding);
        /* A composite asks its next part then, and hands no finding on. */
        return o->claimed & PV_FACETS_BOOT & ~o->view.facets ? "a part was refused, and the composite went on with the other" : NULL;
}

static void
judge_all_private(const PvObservation *o, PvJudgement *j)
{
        if (pv_sev_answered(o, j) && o->counts.shared_pages)
                pv_judge_fail(j, "no page shared with the host", "%u pages shared",
                              (unsigned) o->counts.shared_pages);
}

/* Who unrolls is the consumer's library: a string is what it is asked for. */
static void
judge_unrolled(const PvObservation *o, PvJudgement *j)
{
        if (pv_sev_answered(o, j))
                pv_judge_care(j, o->counts.string_bytes ? "strings are unrolled, or go by the GHCB's buffer" : NULL);
}

static void
judge_no_state_change(const PvObservation *o, PvJudgement *j)
{
        if (pv_sev_answered(o, j))
                pv_judge_equal(j, "pages made shared:", 0, o->counts.shared_pages);
}

static void
judge_ports_only(const PvObservation *o, PvJudgement *j)
{
        if (pv_sev_answered(o, j))
                pv_judge_equal(j, "bytes of guest memory used:", 0, o->counts.gpa_bytes);
}

static void
judge_answer(const PvObservation *o, PvJudgement *j)
{
        pv_judge_pass(j);
        if (o->result[0] || o->result[5])
                pv_judge_fail(j, "ejected", "detect: %s, eject: %s", pv_finding_word(o->result[0]),
                              pv_finding_word(o->result[5]));
        else
                pv_judge_equal(j, "CPUs the host saw ejected:", 1, o->after.n_ejected);
}

/* That it ended at all is half of it: out of its access budget, it would have been wedged. */
static void
judge_ended(const PvObservation *o, PvJudgement *j)
{
        pv_judge_view(j, o, o->view.facets & PV_FACETS_BOOT);
        if (j->verdict == PV_PASS && o->counts.doorbells && !(o->claimed & PV_FACETS_BOOT & ~o->view.facets))
                pv_judge_fail(j, "nothing believed of a transfer that never completed",
                              "every claimed facet learnt after %u transfers",
                              (unsigned) o->counts.doorbells);
        pv_judge_care(j, o->counts.doorbells ? pv_sev_found(o) : NULL);
}

static void
judge_smi(const PvObservation *o, PvJudgement *j)
{
        const uint64_t bound = SMI_FIXED + SMI_PER_EVENT;

        pv_judge_pass(j);
        if (o->result[0] || o->result[2] || !(o->view.facets & (PV_FACET_ARRIVED_ID | PV_FACET_APIC_ID)))
                pv_judge_fail(j, "the arrived CPU and its APIC ID", "detect: %s, poll: %s, enumerate: %s",
                              pv_finding_word(o->result[0]), pv_finding_word(o->result[2]),
                              pv_finding_word(o->result[1]));
        else if (o->value[0] > bound)
                pv_judge_fail(j, "at most 16 accesses for one event", "%u accesses", (unsigned) o->value[0]);
}

/* ---- checks ---- */

const PvCheck pv_checks_sev[] = {
        {.id = "SEV-MEM-001", .area = PV_AREA_SEV, .basis = PV_BASIS_DOCUMENTED,
         .source = "docs/sev.md, M01; Laszlo Ersek in the thread of RFC 0/3, October 2019",
         .requirement = "The right answers come with all guest memory private (but the GHCB).",
         .advice = "DMA needs a page that the host can read: share one, or use ports.",
         PV_CHECK_CELLS(everywhere_cells), .facets = PV_FACET_APIC_ID,
         .act = pv_sev_act_boot, .judge = judge_all_private},
        {.id = "SEV-MEM-002", .area = PV_AREA_SEV, .basis = PV_BASIS_DOCUMENTED,
         .source = "docs/sev.md, M02; Laszlo Ersek in the thread of RFC 0/3, October 2019",
         .requirement = "No page changes its state (C-bit flip, page state change) in the operation.",
         .advice = "SMM has no IOMMU protocol and AML no page tables.",
         PV_CHECK_CELLS(runtime_cells), .facets = PV_FACET_POSSIBLE_COUNT,
         .act = pv_sev_act_boot, .judge = judge_no_state_change},
        {.id = "SEV-STA-004", .area = PV_AREA_SEV, .basis = PV_BASIS_DOCUMENTED,
         .source = "docs/sev.md, C04; Laszlo Ersek in the thread of RFC 0/3, October 2019",
         .requirement = "AML gets its answers with SystemIO alone, without a SystemMemory region over "
                        "private pages.",
         .advice = "An operation region would have to be decrypted by somebody, for ever.",
         PV_CHECK_CELLS(aml_cells), .facets = PV_FACET_APIC_ID,
         .act = pv_sev_act_boot, .judge = judge_ports_only},
        {.id = "SEV-STA-005", .area = PV_AREA_SEV, .basis = PV_BASIS_DOCUMENTED,
         .source = "docs/sev.md, C05; Laszlo Ersek in the thread of RFC 0/3, October 2019",
         .requirement = "The guest can answer back: what it lets go of reaches the host.",
         .advice = "fw_cfg has had no port writes since QEMU 2.4.",
         PV_CHECK_CELLS(answer_cells), .facets = PV_FACET_ARRIVED, .act = act_answer, .judge = judge_answer},
        {.id = "SEV-DMA-004", .area = PV_AREA_SEV, .basis = PV_BASIS_OURS,
         .source = "docs/sev.md, D04",
         .requirement = "When the device never completes a transfer, a consumer ends, and believes nothing "
                        "of it.",
         .advice = "Bound the wait; in SMM a hang stops the whole machine.",
         PV_CHECK_CELLS(hang_cells), .facets = PV_FACET_POSSIBLE_COUNT,
         .act = pv_sev_act_boot, .judge = judge_ended},
        {.id = "SEV-ACC-001", .area = PV_AREA_SEV, .basis = PV_BASIS_CONSUMER,
         .source = "docs/sev.md, X01; edk2 MdePkg, BaseIoLibIntrinsic; Linux CC_ATTR_GUEST_UNROLL_STRING_IO",
         .requirement = "A port access has no operand in memory, or is unrolled where the host cannot store to it.",
         .advice = "In a plain SEV guest REP INS leaves noise: read byte by byte.",
         PV_CHECK_CELLS(boot_cells), .facets = PV_FACET_POSSIBLE_COUNT,
         .act = pv_sev_act_boot, .judge = judge_unrolled},
        {.id = "SEV-TIM-004", .area = PV_AREA_SEV, .basis = PV_BASIS_OURS,
         .source = "docs/sev.md, T04",
         .requirement = "The work of one SMI is bounded by its events, not by the number of CPUs or files: "
                        "at most 8 + 8 per event accesses, with nothing kept from boot.",
         .advice = "Keep a snapshot of the map from boot, or use an ABI that answers for one CPU.",
         PV_CHECK_CELLS(smm_cells), .facets = PV_FACET_ARRIVED | PV_FACET_APIC_ID,
         .act = act_smi, .judge = judge_smi},
};

const size_t pv_n_checks_sev = COUNT(pv_checks_sev);
