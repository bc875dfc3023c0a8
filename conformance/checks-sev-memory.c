/* SPDX-License-Identifier: MIT */
/* SEV safety: which pages the host sees, for how long, and what a port access shows. Modelled. */
#include "conformance/checks-sev.h"
#include "conformance/checks.h"
#include "conformance/judge.h"

#define COUNT(array) (sizeof array / sizeof array[0])

/* What goes wrong on the way: a page that is shared by then has to become private all the same. */
static const PvMutation never_completes = {.kind = PV_MUTATE_DMA_WRITE_DROP, .width = 4};
static const PvMutation ends_in_error = {
        .kind = PV_MUTATE_DMA_WRITE_XOR, .width = 4, .then = 3, .operand = 1,
};
/* The file of a topology. */
static const PvMutation stores_nothing = {.kind = PV_MUTATE_DMA_WRITE_DROP, .width = 16};
static const PvMutation guest_ends = {.kind = PV_MUTATE_GHCB_VECTOR, .operand = 29, .skip = 12};

static const PvCell error_cells[] = {
        {.guest = PV_GUEST_SEV, .phase = PV_PHASE_DXE},
        {.guest = PV_GUEST_SEV_SNP, .phase = PV_PHASE_OS},
        {.guest = PV_GUEST_SEV, .phase = PV_PHASE_DXE, .hostile = &never_completes, .lie = "never completes"},
        {.guest = PV_GUEST_SEV_SNP, .phase = PV_PHASE_DXE, .hostile = &ends_in_error, .lie = "an error"},
        {.guest = PV_GUEST_SEV_ES, .phase = PV_PHASE_OS, .hostile = &stores_nothing, .lie = "stores nothing"},
        {.guest = PV_GUEST_SEV_SNP, .phase = PV_PHASE_OS, .hostile = &guest_ends, .lie = "guest ends"},
};
#define BY_GHCB(where) PV_SEV_IN(SEV_ES, where), PV_SEV_IN(SEV_SNP, where)

static const PvCell ghcb_cells[] = {BY_GHCB(SEC), BY_GHCB(PEI), BY_GHCB(DXE), BY_GHCB(OS), BY_GHCB(AML)};
static const PvCell late_cells[] = {PV_SEV_RUNTIME};
static const PvCell unshared_cells[] = {PV_SEV_EVERY_KIND(SEC), PV_SEV_EVERY_KIND(SMM), PV_SEV_EVERY_KIND(AML)};
static const PvCell smm_cells[] = {PV_SEV_EVERY_KIND(SMM)};

/* Every page that was made shared changes once more when it becomes private again. */
static uint64_t
left_shared(const PvObservation *o)
{
        return 2 * o->counts.shared_pages - o->counts.guest.changes;
}

static void
judge_none_left(const PvObservation *o, PvJudgement *j)
{
        pv_judge_pass(j);
        pv_judge_equal(j, "pages left shared:", 0, left_shared(o));
        pv_judge_care(j, o->counts.shared_pages ? "every page that was shared was given back" : NULL);
}

static void
judge_no_standing_page(const PvObservation *o, PvJudgement *j)
{
        if (pv_sev_answered(o, j))
                pv_judge_equal(j, "pages that stay shared:", 0, left_shared(o));
}

static void
judge_shown(const PvObservation *o, PvJudgement *j)
{
        pv_judge_pass(j);
        if (o->counts.guest.ghcb_exits == 0)
                pv_judge_fail(j, "port accesses by the GHCB", "none was made");
        else
                pv_judge_equal(j, "fields and bits shown without need:", 0, o->counts.guest.ghcb_excess);
}

static void
judge_no_allocation(const PvObservation *o, PvJudgement *j)
{
        if (pv_sev_answered(o, j))
                pv_judge_equal(j, "page tables allocated:", 0, o->counts.guest.pt_splits);
}

static void
judge_not_offered(const PvObservation *o, PvJudgement *j)
{
        pv_judge_pass(j);
        pv_judge_equal(j, "bytes of memory used where none can be shared:", 0, o->counts.gpa_bytes);
}

static void
judge_without_services(const PvObservation *o, PvJudgement *j)
{
        pv_sev_answered(o, j);
}

const PvCheck pv_checks_sev_memory[] = {
        {.id = "SEV-MEM-003", .area = PV_AREA_SEV, .basis = PV_BASIS_CONSUMER,
         .source = "docs/sev.md, M03; edk2 OvmfPkg, APIC IDs by GHCB, whose pages stay shared",
         .requirement = "No page is left shared, also when the device or the host fails on the way.",
         .advice = "Give the page back on every path, also on that of an error.",
         PV_CHECK_CELLS(error_cells), .facets = PV_FACET_POSSIBLE_COUNT,
         .act = pv_sev_act_to_the_end, .judge = judge_none_left},
        {.id = "SEV-MEM-008", .area = PV_AREA_SEV, .basis = PV_BASIS_CONSUMER,
         .source = "docs/sev.md, M08; edk2 CcExitLib and Linux arch/x86/coco/sev, valid bits of an IOIO exit",
         .requirement = "A port access shows the host the GHCB fields that it needs, and of RAX the bytes "
                        "that are written.",
         .advice = "Mark valid what the exit needs and mask RAX to the width.",
         PV_CHECK_CELLS(ghcb_cells), .facets = PV_FACET_POSSIBLE_COUNT,
         .act = pv_sev_act_boot, .judge = judge_shown},
        {.id = "SEV-MEM-009", .level = PV_SHOULD, .area = PV_AREA_SEV, .basis = PV_BASIS_OURS,
         .source = "docs/sev.md, M09",
         .requirement = "Once firmware has booted, the answers come without a page that stays shared.",
         .advice = "A page that is shared for good is one the host may write to at any time.",
         PV_CHECK_CELLS(late_cells), .facets = PV_FACET_POSSIBLE_COUNT,
         .act = pv_sev_act_boot, .judge = judge_no_standing_page},
        {.id = "SEV-MEM-011", .area = PV_AREA_SEV, .basis = PV_BASIS_CONSUMER,
         .source = "docs/sev.md, M11; edk2 OvmfPkg/IoMmuDxe, buffers reserved beforehand",
         .requirement = "Once firmware has booted, the answers come without allocating a page table.",
         .advice = "The first page shared out of a large mapping splits it; reserve it before, or use ports.",
         PV_CHECK_CELLS(late_cells), .facets = PV_FACET_POSSIBLE_COUNT,
         .act = pv_sev_act_boot, .judge = judge_no_allocation},
        {.id = "SEV-DMA-008", .area = PV_AREA_SEV, .basis = PV_BASIS_CONSUMER,
         .source = "docs/sev.md, D08; edk2 OvmfPkg/Library/QemuFwCfgLib, SEC and PEI instances",
         .requirement = "Where no page can be shared a consumer offers a device no memory, for it would "
                        "be private.",
         .advice = "Refuse DMA in SEC, SMM and AML of an encrypted guest.",
         PV_CHECK_CELLS(unshared_cells), .facets = PV_FACET_POSSIBLE_COUNT,
         .act = pv_sev_act_boot, .judge = judge_not_offered},
        {.id = "SEV-STA-006", .area = PV_AREA_SEV, .basis = PV_BASIS_DOCUMENTED,
         .source = "docs/sev.md, C06; Laszlo Ersek in the thread of RFC 0/3, October 2019",
         .requirement = "The answers come in SMM, without boot services or an IOMMU protocol.",
         .advice = "What needs a page to be shared works under boot services alone.",
         PV_CHECK_CELLS(smm_cells), .facets = PV_FACET_POSSIBLE_COUNT,
         .act = pv_sev_act_boot, .judge = judge_without_services},
};

const size_t pv_n_checks_sev_memory = COUNT(pv_checks_sev_memory);
