/* SPDX-License-Identifier: MIT */
/* SEV safety: pages that a device is given, and what the host may do with them at any moment. Modelled. */
#include <stdio.h>

#include "conformance/checks-sev.h"
#include "conformance/checks.h"
#include "conformance/judge.h"

#define COUNT(array) (sizeof array / sizeof array[0])

/* Encrypted in place and split, where pages can be shared. */
#define BOTH PV_SEV_IN(SEV, DXE), PV_SEV_IN(SEV_SNP, OS)
#define BOTH_TOLD(what, words)                                                                               \
        {.guest = PV_GUEST_SEV, .phase = PV_PHASE_DXE, .hostile = &what, .lie = words},                      \
                {.guest = PV_GUEST_SEV_SNP, .phase = PV_PHASE_OS, .hostile = &what, .lie = words}
#define SNP_TOLD(what, words)                                                                                \
        {.guest = PV_GUEST_SEV_SNP, .phase = PV_PHASE_DXE, .hostile = &what, .lie = words},                  \
                {.guest = PV_GUEST_SEV_SNP, .phase = PV_PHASE_OS, .hostile = &what, .lie = words}

static const PvMutation looks_twice = {.kind = PV_MUTATE_PAGE_HARVEST};
static const PvMutation loaded_flips = {.kind = PV_MUTATE_PAGE_LOADED_FLIP, .then = 4, .operand = 0xff};
static const PvMutation copied_flips = {.kind = PV_MUTATE_GHCB_LATE, .operand = 0xff};
static const PvMutation stores_late = {.kind = PV_MUTATE_PAGE_LATE, .operand = 0xff};
static const PvMutation change_fails = {.kind = PV_MUTATE_PSC_RESULT, .operand = UINT64_C(1) << 32};
static const PvMutation change_is_stuck = {.kind = PV_MUTATE_PSC_ENTRY, .operand = 0, .then = 0};
static const PvMutation change_overruns = {.kind = PV_MUTATE_PSC_ENTRY, .operand = 0xffff, .then = 0xffff};

static const PvCell sharing_cells[] = {PV_SEV_EVERY_KIND(PEI), PV_SEV_EVERY_KIND(DXE), PV_SEV_EVERY_KIND(OS)};
static const PvCell everywhere_cells[] = {PV_SEV_EVERYWHERE};
static const PvCell secret_cells[] = {
        PV_SEV_EVERYWHERE,
        BOTH_TOLD(looks_twice, "looks at every page"),
};
static const PvCell again_cells[] = {BOTH, BOTH_TOLD(loaded_flips, "bytes change once they are loaded")};
static const PvCell private_copy_cells[] = {
        BOTH_TOLD(loaded_flips, "bytes change once they are loaded"),
        {.guest = PV_GUEST_SEV_ES, .phase = PV_PHASE_PEI, .hostile = &copied_flips,
         .lie = "a string changes once it is copied"},
        {.guest = PV_GUEST_SEV_SNP, .phase = PV_PHASE_PEI, .hostile = &copied_flips,
         .lie = "a string changes once it is copied"},
};
static const PvCell late_cells[] = {BOTH_TOLD(stores_late, "a store after the page is private")};
static const PvCell change_cells[] = {
        SNP_TOLD(change_fails, "the change is an error"),
        SNP_TOLD(change_is_stuck, "the change never gets on"),
        SNP_TOLD(change_overruns, "the change goes past its end"),
};

/* ---- judges ---- */

static const char *
shared(const PvObservation *o)
{
        return o->counts.shared_pages ? "pages were shared, and nothing went wrong with them" : NULL;
}

/* Where no page is shared there is none to be careful with: neither a merit nor a fault. */
static bool
none_shared(const PvObservation *o, PvJudgement *j)
{
        pv_judge_pass(j);
        if (o->counts.shared_pages)
                return false;
        j->verdict = PV_NA;
        snprintf(j->actual, sizeof j->actual, "no page is shared");
        return true;
}

static void
judge_no_secret(const PvObservation *o, PvJudgement *j)
{
        pv_judge_pass(j);
        pv_judge_equal(j, "secret words that the host saw:", 0,
                       o->counts.guest.secrets_bared + o->counts.guest.secrets_sent);
        pv_judge_care(j, shared(o));
}

static void
judge_scrubbed(const PvObservation *o, PvJudgement *j)
{
        if (none_shared(o, j))
                return;
        pv_judge_equal(j, "secret words in pages when they became shared:", 0, o->counts.guest.secrets_bared);
        pv_judge_care(j, shared(o));
}

static void
judge_within_offer(const PvObservation *o, PvJudgement *j)
{
        if (none_shared(o, j))
                return;
        pv_judge_equal(j, "bytes that the device touched beyond what it was offered:", 0,
                       o->counts.guest.beyond_offer);
        pv_judge_care(j, "every length was within its buffer");
}

static void
judge_defined(const PvObservation *o, PvJudgement *j)
{
        if (none_shared(o, j))
                return;
        pv_judge_equal(j, "bytes read of pages that became private and were not written since:", 0,
                       o->counts.guest.undefined_loads);
        pv_judge_care(j, shared(o));
}

static void
judge_nothing_scribbled(const PvObservation *o, PvJudgement *j)
{
        pv_judge_pass(j);
        pv_judge_equal(j, "bytes of private memory that the device changed:", 0, o->counts.guest.scribbled);
        pv_judge_care(j, o->counts.shared_pages ? "nothing else lay in the pages that the device was given" : NULL);
}

static void
judge_fetched_once(const PvObservation *o, PvJudgement *j)
{
        if (none_shared(o, j))
                return;
        pv_judge_view(j, o, o->view.facets & PV_FACETS_BOOT);
        pv_judge_equal(j, "bytes of shared pages read again:", 0, o->counts.guest.fetched_again);
        pv_judge_care(j, shared(o));
}

static void
judge_unimpressed(const PvObservation *o, PvJudgement *j)
{
        pv_sev_answered(o, j);
        pv_judge_care(j, shared(o));
}

static void
judge_change(const PvObservation *o, PvJudgement *j)
{
        const int last = o->result[0] ? o->result[0] : o->result[1];

        pv_judge_pass(j);
        if (o->counts.guest.psc_exits == 0) {
                j->verdict = PV_NA;
                snprintf(j->actual, sizeof j->actual, "no page changes its state");
                return;
        }
        if (last != PV_E_TERMINATED)
                pv_judge_fail(j, pv_finding_word(PV_E_TERMINATED), "%s", pv_finding_word(last));
        pv_judge_care(j, pv_finding_word(last));
}

/* ---- checks ---- */

#define CHECK(id_, basis_, source_, requirement_, advice_, cells_, judge_)                                   \
        {.id = id_, .area = PV_AREA_SEV, .basis = PV_BASIS_##basis_, .source = "docs/sev.md, " source_,      \
         .requirement = requirement_, .advice = advice_, PV_CHECK_CELLS(cells_),                             \
         .facets = PV_FACET_POSSIBLE_COUNT, .act = pv_sev_act_to_the_end, .judge = judge_}

const PvCheck pv_checks_sev_dma[] = {
        CHECK("SEV-MEM-004", CONSUMER, "M04",
              "No word that is marked secret reaches the host, by a shared page or by the GHCB.",
              "Send what was made to be sent: no buffer as it is, no register as it is.",
              secret_cells, judge_no_secret),
        CHECK("SEV-MEM-005", CONSUMER, "M05; edk2 OvmfPkg/IoMmuDxe",
              "A page is scrubbed before it is shared, up to its end.",
              "Zero the whole page first; what is behind the answer is shown too.", sharing_cells, judge_scrubbed),
        CHECK("SEV-MEM-006", OURS, "M06",
              "A length that a device is given stays within the memory behind it.",
              "Check the length against the buffer before it goes into the descriptor.",
              sharing_cells, judge_within_offer),
        CHECK("SEV-MEM-007", CONSUMER, "M07; edk2 OvmfPkg/IoMmuDxe, bounce pages zeroed after use",
              "A page that became private again is not read before it is written.",
              "Copy the answer out first; what is left there is undefined.", sharing_cells, judge_defined),
        CHECK("SEV-DMA-001", CONSUMER, "D01; VIA, 2021",
              "A device that does as it is told changes no byte of private memory.",
              "A descriptor in private memory is ciphertext to the device, and its answer spoils the guest's.",
              everywhere_cells, judge_nothing_scribbled),
        CHECK("SEV-DMA-002", CONSUMER, "D02; mirror image of CVE-2023-4155, in KVM",
              "A consumer reads no byte of a shared page twice, unless it waits for it to change.",
              "Load it once into private memory; wait for the control word alone.", again_cells, judge_fetched_once),
        CHECK("SEV-DMA-003", OURS, "D03",
              "What is checked is a private copy, and what is used is that copy.",
              "Copy first, check then, use the copy.", private_copy_cells, judge_unimpressed),
        CHECK("SEV-DMA-009", OURS, "D09",
              "A store that comes after a page is private again changes nothing that was read.",
              "Copy the answer out while the page is shared.", late_cells, judge_unimpressed),
        CHECK("SEV-DMA-011", CONSUMER, "D11; edk2 BaseMemEncryptSevLib, SnpPageStateChange",
              "A page state change whose answer is an error, stands still or goes past its end, ends the guest.",
              "Go by your own list; the shared one is the host's.", change_cells, judge_change),
};

const size_t pv_n_checks_sev_dma = COUNT(pv_checks_sev_dma);
