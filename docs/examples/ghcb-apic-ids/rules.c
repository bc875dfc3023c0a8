/* SPDX-License-Identifier: MIT */
/* What the exchange promises, bugs that break the promises, and lies of a host. */
#include "ghcb-apic-ids.h"

#include <inttypes.h>
#include <stdio.h>

#define SPEC "the exchange 0x80000017 as modelled: README.md"
#define OURS "README.md of this example"
#define DEFAULT_CPUS 12u /* of PV_DEFAULT_SMP */
#define TAIL 64u         /* bytes behind the list that are looked at */

#define GAI_W(where_, kind_, arg_) {'W', 4, where_, {PV_VALUE_##kind_, arg_}}
#define GAI_R(where_, value_) {'R', 4, where_, {PV_VALUE_LITERAL, value_}}
#define EXCHANGE(kind_, arg_, pages_, code_)                                                                 \
        GAI_W(GAI_ADDRESS_LOW_W, kind_, arg_), GAI_W(GAI_ADDRESS_HIGH_W, LITERAL, 0),                        \
                GAI_W(GAI_PAGES_RW, LITERAL, pages_), GAI_W(GAI_EXIT_W, LITERAL, code_)
#define MARK {'M', 8, 0, {PV_VALUE_LITERAL, 0x5a5a5a5a5a5a5a5a}}
#define UNMARKED {'m', 8, 0, {PV_VALUE_LITERAL, 0x5a5a5a5a5a5a5a5a}}

/* ---- the list, by hand: value[0] result, [1] count, then IDs, last how many bytes changed behind ---- */

static int
poke(const PvScene *s, uint64_t where, uint32_t value)
{
        return pv_bus_out(s->bus, s->base + where, 4, value);
}

static int
ask(const PvScene *s, PvGpa page, uint32_t *ret_result)
{
        int r = poke(s, GAI_ADDRESS_LOW_W, (uint32_t) page.value);

        r = r ? r : poke(s, GAI_ADDRESS_HIGH_W, (uint32_t) (page.value >> 32));
        r = r ? r : poke(s, GAI_PAGES_RW, 1);
        r = r ? r : poke(s, GAI_EXIT_W, GAI_EXIT_GET_APIC_IDS);
        return r ? r : pv_bus_in(s->bus, s->base + GAI_RESULT_R, 4, ret_result);
}

static int
act_list(const PvScene *s, PvObservation *o)
{
        const unsigned end = GAI_LE_IDS + DEFAULT_CPUS * GAI_ID_SIZE;
        uint8_t bytes[GAI_LE_IDS + DEFAULT_CPUS * GAI_ID_SIZE + TAIL];
        uint32_t result = 0;
        PvGpa page = {0};
        int r = s->bus->ops->gpa_alloc(s->bus, PV_PAGE_SIZE, PV_SHARED, &page);

        for (unsigned i = 0; i < sizeof bytes; i++)
                bytes[i] = 0x5a;
        r = r ? r : s->bus->ops->gpa_write(s->bus, page, bytes, sizeof bytes);
        r = r ? r : ask(s, page, &result);
        r = r ? r : s->bus->ops->gpa_read(s->bus, page, bytes, sizeof bytes);
        if (r)
                return r;
        o->value[o->n_values++] = result;
        for (unsigned at = 0; at < end; at += GAI_ID_SIZE)
                o->value[o->n_values++] = gai_load_le32(bytes + at);
        for (unsigned i = end; i < sizeof bytes; i++)
                o->value[o->n_values] += bytes[i] != 0x5a;
        o->n_values++;
        return s->bus->ops->gpa_free(s->bus, page);
}

static void
expect_number(PvJudgement *j, const char *what, uint64_t expected, uint64_t actual)
{
        if (j->verdict == PV_FAIL || expected == actual)
                return;
        j->verdict = PV_FAIL;
        snprintf(j->expected, sizeof j->expected, "%s 0x%" PRIx64, what, expected);
        snprintf(j->actual, sizeof j->actual, "%s 0x%" PRIx64, what, actual);
}

static void
judge_list(const PvObservation *o, PvJudgement *j)
{
        j->verdict = PV_PASS;
        expect_number(j, "result", GAI_DONE, o->value[0]);
        expect_number(j, "count", o->after.max_cpus, o->value[1]);
        for (uint32_t i = 0; i < o->after.max_cpus; i++)
                expect_number(j, "APIC ID", o->after.apic_id[i], o->value[2 + i]);
}

static void
judge_tail(const PvObservation *o, PvJudgement *j)
{
        j->verdict = PV_PASS;
        expect_number(j, "result", GAI_DONE, o->value[0]);
        expect_number(j, "bytes changed behind the list:", 0, o->value[o->n_values - 1]);
}

/* ---- whether the consumer leaves pages behind that the host can read ---- */

static const PvMutation no_count = {
        .kind = PV_MUTATE_DMA_WRITE_DROP, .offset = PV_ANYWHERE, .width = GAI_LE_IDS};
static const PvMutation never_enough = {
        .kind = PV_MUTATE_READ_SET, .offset = GAI_RESULT_R, .width = 4, .operand = GAI_TOO_FEW_PAGES};

static const PvCell sharing_cells[] = {
        {.guest = PV_GUEST_SEV, .phase = PV_PHASE_DXE},
        {.guest = PV_GUEST_SEV_SNP, .phase = PV_PHASE_DXE},
        {.guest = PV_GUEST_SEV_SNP, .phase = PV_PHASE_DXE, .hostile = &no_count, .lie = "no count"},
        {.guest = PV_GUEST_SEV_SNP, .phase = PV_PHASE_DXE, .hostile = &never_enough, .lie = "never enough"},
};

static int
act_share(const PvScene *s, PvObservation *o)
{
        o->view = *s->buffers;
        o->result[0] = s->consumer->detect(s->consumer_state);
        if (!o->result[0])
                o->result[1] = s->consumer->enumerate(s->consumer_state, PV_FACET_APIC_ID, &o->view);
        return o->result[0] < 0 ? o->result[0] : o->result[1] < 0 ? o->result[1] : 0;
}

/* Some page must have been shared, and every one that was has changed twice. */
static void
judge_share(const PvObservation *o, PvJudgement *j)
{
        j->verdict = PV_PASS;
        expect_number(j, "pages shared, if any:", 1, o->counts.shared_pages > 0);
        expect_number(j, "page state changes:", 2 * o->counts.shared_pages, o->counts.guest.changes);
}

/* ---- rules ---- */

static const PvCell large_cells[] = {{.smp = "3,maxcpus=4096,sockets=16,dies=2,cores=64,threads=2"}};

/* clang-format off */
static const PvCheck rules[] = {
        {.id = "GAI-REG-001", .area = PV_AREA_DISCOVERY, .basis = PV_BASIS_OURS, .source = OURS,
         .requirement = "The first register reads as the signature, whatever was written to it.",
         .advice = "The address is written at the same offset.",
         .any_smp = true,
         PV_CHECK_SCRIPT(GAI_W(GAI_ADDRESS_LOW_W, LITERAL, 0), GAI_R(GAI_SIGNATURE_R, GAI_SIGNATURE))},
        {.id = "GAI-PGS-001", .area = PV_AREA_DISCOVERY, .basis = PV_BASIS_DOCUMENTED, .source = SPEC,
         .requirement = "A host with too few pages says how many it needs, and stores nothing.",
         .advice = "A guest asks with no page at first.",
         PV_CHECK_SCRIPT(MARK, EXCHANGE(PAGE, 0, 0, GAI_EXIT_GET_APIC_IDS),
                         GAI_R(GAI_RESULT_R, GAI_TOO_FEW_PAGES), GAI_R(GAI_PAGES_RW, 1), UNMARKED)},
        {.id = "GAI-PGS-002", .area = PV_AREA_DISCOVERY, .basis = PV_BASIS_DOCUMENTED, .source = SPEC,
         .requirement = "The number of pages is that of the whole list: 4 bytes, and 4 for each CPU.",
         .advice = "4096 CPUs fill four pages, and the count takes a fifth.",
         PV_CHECK_CELLS(large_cells),
         PV_CHECK_SCRIPT(EXCHANGE(PAGE, 0, 4, GAI_EXIT_GET_APIC_IDS), GAI_R(GAI_RESULT_R, GAI_TOO_FEW_PAGES),
                         GAI_R(GAI_PAGES_RW, 5))},
        {.id = "GAI-ARG-001", .area = PV_AREA_ROBUSTNESS, .basis = PV_BASIS_OURS, .source = OURS,
         .requirement = "An address inside a page is refused, and nothing is stored.",
         .advice = "Only whole pages can be shared.",
         PV_CHECK_SCRIPT(MARK, EXCHANGE(PAGE, 4, 1, GAI_EXIT_GET_APIC_IDS), GAI_R(GAI_RESULT_R, GAI_INVALID),
                         UNMARKED)},
        {.id = "GAI-ARG-002", .area = PV_AREA_ROBUSTNESS, .basis = PV_BASIS_OURS, .source = OURS,
         .requirement = "Another exit code is refused, and nothing is stored.",
         .advice = "The doorbell takes one request only.",
         PV_CHECK_SCRIPT(MARK, EXCHANGE(PAGE, 0, 1, GAI_EXIT_GET_APIC_IDS + 1),
                         GAI_R(GAI_RESULT_R, GAI_INVALID), UNMARKED)},
        {.id = "GAI-ARG-003", .area = PV_AREA_ROBUSTNESS, .basis = PV_BASIS_OURS, .source = OURS,
         .requirement = "An address behind RAM is refused.",
         .advice = "Both halves of the address count.",
         PV_CHECK_SCRIPT(GAI_W(GAI_ADDRESS_LOW_W, PAGE, 0), GAI_W(GAI_ADDRESS_HIGH_W, LITERAL, 0xffffffff),
                         GAI_W(GAI_PAGES_RW, LITERAL, 1), GAI_W(GAI_EXIT_W, LITERAL, GAI_EXIT_GET_APIC_IDS),
                         GAI_R(GAI_RESULT_R, GAI_INVALID))},
        {.id = "GAI-LST-001", .area = PV_AREA_DISCOVERY, .basis = PV_BASIS_DOCUMENTED, .source = SPEC,
         .requirement = "The list is a little-endian count and the APIC ID of each possible CPU.",
         .advice = "Compare the ID with that of the same selector.",
         .act = act_list, .judge = judge_list},
        {.id = "GAI-LST-002", .area = PV_AREA_ROBUSTNESS, .basis = PV_BASIS_OURS, .source = OURS,
         .requirement = "Nothing is stored behind the list.",
         .advice = "The host may write the whole page, and must not.",
         .act = act_list, .judge = judge_tail},
        {.id = "GAI-SHR-001", .area = PV_AREA_SEV, .basis = PV_BASIS_OURS, .source = OURS,
         .requirement = "A consumer makes every page private again, whatever the host answered.",
         .advice = "Look for a return between sharing and giving back.",
         PV_CHECK_CELLS(sharing_cells), .facets = PV_FACET_APIC_ID, .act = act_share, .judge = judge_share},
};

const PvRules gai_rules = PV_RULES(rules);

#define IDS (DEFAULT_CPUS * GAI_ID_SIZE)
#define STORE(kind_, ...) {.kind = PV_MUTATE_DMA_WRITE_##kind_, .offset = PV_ANYWHERE, __VA_ARGS__}
#define REGISTER(kind_, offset_, operand_)                                                                   \
        {.kind = PV_MUTATE_##kind_, .offset = offset_, .width = 4, .operand = operand_}
#define MUTANT(name_, kills_, bug_, ...)                                                                     \
        {name_, kills_, "ghcb-apic-ids", bug_, .mutation = __VA_ARGS__}

const PvMutant gai_mutants[] = {
        MUTANT("address-reads-back", "GAI-REG-001", "The first register reads as what was written to it.",
               REGISTER(READ_ECHO, GAI_SIGNATURE_R, 0)),
        MUTANT("needs-no-page", "GAI-PGS-001", "The number of pages that are needed is always 0.",
               REGISTER(READ_SET, GAI_PAGES_RW, 0)),
        MUTANT("pages-in-two-bits", "GAI-PGS-002", "Bit 2 of the number of pages is lost.",
               REGISTER(READ_AND, GAI_PAGES_RW, 3)),
        MUTANT("address-rounded", "GAI-ARG-001", "The low bits of the address are ignored.",
               REGISTER(WRITE_AND, GAI_ADDRESS_LOW_W, ~(uint64_t) (PV_PAGE_SIZE - 1))),
        MUTANT("any-exit", "GAI-ARG-002", "Whatever is written to the doorbell starts the exchange.",
               REGISTER(WRITE_SET, GAI_EXIT_W, GAI_EXIT_GET_APIC_IDS)),
        MUTANT("high-half-lost", "GAI-ARG-003", "The high half of the address is ignored.",
               REGISTER(WRITE_AND, GAI_ADDRESS_HIGH_W, 0)),
        MUTANT("count-at-both-ends", "GAI-LST-001", "The last byte of the count is its first as well.",
               STORE(XOR, .width = GAI_LE_IDS, .then = 3, .operand = DEFAULT_CPUS)),
        MUTANT("zeros-behind-the-list", "GAI-LST-002", "Eight more bytes are stored behind the list.",
               STORE(LONG, .width = IDS, .operand = 8)),
        MUTANT("page-left-shared", "GAI-SHR-001", "The consumer shares one page more, and leaves it so.",
               {.kind = PV_MUTATE_CONSUMER_MEMORY, .operand = PV_SHARED}),
};

const size_t gai_n_mutants = sizeof gai_mutants / sizeof gai_mutants[0];

/* Lies that other ABIs know have the IDs from there: the checks that every ABI is asked tell lies by ID. */
const PvLie gai_lies[] = {
        {"G01", "2^24 more pages are needed", OURS, REGISTER(READ_OR, GAI_PAGES_RW, 1u << 24),
         .expected = PV_E_BAD_COUNT, .field = GAI_FIELD_PAGES},
        {"G02", "there are never enough pages", OURS, REGISTER(READ_SET, GAI_RESULT_R, GAI_TOO_FEW_PAGES),
         .expected = PV_E_CONTRADICTION, .field = GAI_FIELD_RESULT},
        {"G03", "a result that there is none of", OURS, REGISTER(READ_OR, GAI_RESULT_R, 0x80),
         .expected = PV_E_BAD_STATUS, .field = GAI_FIELD_RESULT},
        {"A06", "two CPUs have one APIC ID", OURS,
         STORE(XOR, .width = IDS, .then = GAI_ID_SIZE, .operand = 1), .expected = PV_E_ID_TWICE,
         .field = GAI_FIELD_IDS},
        {"A24nd", "2^31 CPUs", OURS, STORE(XOR, .width = GAI_LE_IDS, .then = 3, .operand = 0x80),
         .expected = PV_E_BAD_COUNT, .field = GAI_FIELD_COUNT},
        {"A27", "every exchange is invalid", OURS, REGISTER(READ_SET, GAI_RESULT_R, GAI_INVALID),
         .expected = PV_E_REFUSED, .field = GAI_FIELD_RESULT},
        {"A28", "the last APIC ID is missing", OURS, STORE(SHORT, .width = IDS, .operand = GAI_ID_SIZE),
         .expected = PV_E_SHORT, .field = GAI_FIELD_IDS},
        {"A28n", "nothing is stored, and all is said to be done", OURS, STORE(DROP, .width = 0),
         .expected = PV_E_SHORT, .field = GAI_FIELD_COUNT},
        {"A29", "the host goes on behind the list", OURS, STORE(LONG, .width = IDS, .operand = 64),
         .expected = PV_OK},
};
/* clang-format on */

const size_t gai_n_lies = sizeof gai_lies / sizeof gai_lies[0];
