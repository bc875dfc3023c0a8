/* SPDX-License-Identifier: MIT */
/* A port that keeps what is written to it; a mutant for every fate of a mutant, and probes that go wrong. */
#include "tests/plugins/stub.h"

#define CRASHES 0xcc
#define NEVER_ENDS 0xdd

static uint64_t kept;

static uint64_t
kept_read(void *state, PvSpace space, uint64_t address, unsigned width)
{
        (void) state;
        (void) space;
        (void) address;
        (void) width;
        return kept;
}

static void
kept_write(void *state, PvSpace space, uint64_t address, unsigned width, uint64_t value)
{
        (void) state;
        (void) space;
        (void) address;
        (void) width;
        kept = value;
        if (value == CRASHES)
                abort();
        for (volatile bool ends = value != NEVER_ENDS; !ends;)
                ;
}

#define ABOUT(text)                                                                                    \
        .source = "tests/plugins/mutants.c, head", .requirement = text, .advice = "Compare the values."

static const PvCheck rules[] = {
        {.id = "MUT-ONE-001", ABOUT("What is written is read back."),
         PV_CHECK_SCRIPT({'W', 1, 0, {.arg = 1}}, {'R', 1, 0, {.arg = 1}})},
        {.id = "MUT-TWO-001", ABOUT("The port reads 2 after 1 was written, which it does not."),
         PV_CHECK_SCRIPT({'W', 1, 0, {.arg = 1}}, {'R', 1, 0, {.arg = 2}})},
        {.id = "MUT-BARE-001", ABOUT("No mutant is for this one."),
         PV_CHECK_SCRIPT({'W', 1, 0, {.arg = 1}}, {'R', 1, 0, {.arg = 1}})},
};

#define SETS(value) .mutation = {.kind = PV_MUTATE_WRITE_SET, .offset = 0, .operand = value}

static const PvMutant mutants[] = {
        {"is-killed", "MUT-ONE-001", "stub", "Another value is kept.", SETS(2)},
        {"survives", "MUT-ONE-001", "stub", "The same value is kept.", SETS(1)},
        {"crashes", "MUT-ONE-001", "stub", "A value is kept that ends the process.", SETS(CRASHES)},
        {"times-out", "MUT-ONE-001", "stub", "A value is kept that never lets go.", SETS(NEVER_ENDS)},
        {"is-no-hang", "MUT-ONE-001", "stub", "A wrong answer is no hang.", SETS(2), .hangs = true},
        {"is-unsound", "MUT-TWO-001", "stub", "Its check fails by itself.", SETS(3)},
        {"names-no-check", "MUT-NIL-001", "stub", "Its check does not exist.", SETS(2)},
        {"names-no-candidate", "MUT-NIL-001", "stub:never", "Its candidate does not exist.", SETS(2)},
};
static const PvMutant blind_mutants[] = {
        {"is-killed-blind", "MUT-ONE-001", "stub", "Nothing is kept.",
         .mutation = {.kind = PV_MUTATE_WRITE_DROP, .offset = 0}},
};

#define PROBE(sentence, written)                                                                        \
        .source = "tests/plugins/mutants.c, head", .what = sentence, .n_steps = 2,                       \
        .steps = (const PvStep[]){{'W', 1, 0, {.arg = written}}, {'R', 1, 0, {0}}}

static const PvProbe probes[] = {
        {.id = "MUT-PRB-001", PROBE("A read after the process went down.", CRASHES)},
        {.id = "MUT-PRB-002", PROBE("A read that nobody waits for.", NEVER_ENDS)},
        {.id = "MUT-PRB-003", PROBE("A read of what was written.", 1)},
};

const PvBackend *
pv_backend_entry(void)
{
        stub_device.read = kept_read;
        stub_device.write = kept_write;
        stub_backend.rules = rules;
        stub_backend.n_rules = sizeof rules / sizeof rules[0];
        stub_backend.mutants = mutants;
        stub_backend.n_mutants = sizeof mutants / sizeof mutants[0];
        stub_backend.blind_mutants = blind_mutants;
        stub_backend.n_blind_mutants = sizeof blind_mutants / sizeof blind_mutants[0];
        stub_backend.probes = probes;
        stub_backend.n_probes = sizeof probes / sizeof probes[0];
        return &stub_backend;
}
