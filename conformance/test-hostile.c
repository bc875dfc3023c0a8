/* SPDX-License-Identifier: MIT */
/* Every lie against every consumer it is for, in every kind of guest and every memory model. */
#include <string.h>

#include "conformance/hostile.h"
#include "common/verdict.h"

static PvLoader *loader;
static PvTarget *model;
static GHashTable *named; /* lies that at least one consumer calls what they are */

static void
try(const PvCandidate *candidate, const PvBackend *backend, const PvLie *lie)
{
        for (int guest = PV_GUEST_PLAIN; guest <= PV_GUEST_SEV_SNP; guest++)
                for (gsize m = 0; pv_memory_models[m]; m++) {
                        PvHostileResult result;

                        pv_hostile_try(loader, candidate, model, backend, lie, (PvGuestKind) guest,
                                       pv_memory_models[m], &result);
                        if (!pv_hostile_well(result.end))
                                g_printerr("%s, %s of %s in %s: %s by %s(): %s%s%s\n", candidate->name,
                                           lie ? lie->id : "honest", result.backend,
                                           pv_guest_word((PvGuestKind) guest), pv_hostile_word(result.end),
                                           result.call, pv_finding_word(result.finding),
                                           result.what ? ", " : "", result.what ? result.what : "");
                        if (!pv_hostile_well(result.end))
                                g_test_fail();
                        if (result.end == PV_HOSTILE_NAMED)
                                g_hash_table_add(named, (gpointer) lie->id);
                        pv_hostile_result_clear(&result);
                }
}

static void
test_ghcb(void)
{
        named = g_hash_table_new(g_str_hash, g_str_equal);
        for (gsize c = 0; pv_hostile_candidates[c]; c++) {
                g_autoptr(PvCandidate) candidate = pv_candidate_parse(loader, pv_hostile_candidates[c], NULL);

                for (gsize i = 0; i < pv_n_ghcb_lies; i++)
                        try(candidate, NULL, &pv_ghcb_lies[i]);
        }
        g_assert_cmpuint(g_hash_table_size(named), ==, 3);
        g_hash_table_unref(named);
}

static void
test_backend(gconstpointer data)
{
        const PvBackend *backend = pv_loader_get(loader, data, NULL);

        g_assert_nonnull(backend);
        named = g_hash_table_new(g_str_hash, g_str_equal);
        for (gsize c = 0; pv_hostile_candidates[c]; c++) {
                g_autoptr(PvCandidate) candidate = pv_candidate_parse(loader, pv_hostile_candidates[c], NULL);

                try(candidate, backend, NULL);
                for (gsize i = 0; i < backend->n_lies; i++)
                        if (pv_hostile_applies(&backend->lies[i], backend, candidate))
                                try(candidate, backend, &backend->lies[i]);
        }
        for (gsize i = 0; i < backend->n_lies; i++)
                if (backend->lies[i].expected && !g_hash_table_contains(named, backend->lies[i].id)) {
                        g_printerr("%s: nobody names it\n", backend->lies[i].id);
                        g_test_fail();
                }
        g_hash_table_unref(named);
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        loader = pv_loader_new();
        model = pv_target_parse("model", NULL);
        g_test_add_data_func("/hostile/regblock", "regblock", test_backend);
        g_test_add_data_func("/hostile/fwcfg", "fwcfg", test_backend);
        g_test_add_func("/hostile/ghcb", test_ghcb);
        return g_test_run();
}
