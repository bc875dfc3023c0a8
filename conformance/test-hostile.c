/* SPDX-License-Identifier: MIT */
/* Every lie against every consumer it is for, in every kind of guest and every memory model. */
#include <stdlib.h>
#include <string.h>

#include "conformance/hostile.h"
#include "common/verdict.h"

static PvLoader *loader;
static PvTarget *model;
static GHashTable *named; /* lies that at least one consumer calls what they are */

static void
complain(const PvCandidate *candidate, const PvHostileResult *result)
{
        g_printerr("%s, %s of %s in %s: %s by %s(): %s%s%s\n", candidate->name,
                   result->lie ? result->lie->id : "honest", result->backend, pv_guest_word(result->guest),
                   pv_hostile_word(result->end), result->call, pv_finding_word(result->finding),
                   result->what ? ", " : "", result->what ? result->what : "");
        g_test_fail();
}

static void
try(const PvCandidate *candidate, const PvBackend *backend, const PvLie *lie)
{
        for (int guest = PV_GUEST_PLAIN; guest <= PV_GUEST_SEV_SNP; guest++)
                for (gsize m = 0; pv_memory_models[m]; m++) {
                        PvHostileResult result;

                        pv_hostile_try(loader, candidate, model, backend, lie, (PvGuestKind) guest,
                                       pv_memory_models[m], &result);
                        if (!pv_hostile_well(result.end))
                                complain(candidate, &result);
                        if (result.end == PV_HOSTILE_NAMED)
                                g_hash_table_add(named, (gpointer) lie->id);
                        pv_hostile_result_clear(&result);
                }
}

/* Those that are to be found, by at least one consumer. */
static void
assert_all_named(const PvLie *lies, gsize n)
{
        for (gsize i = 0; i < n; i++)
                if (lies[i].expected && !g_hash_table_contains(named, lies[i].id)) {
                        g_printerr("%s: nobody names it\n", lies[i].id);
                        g_test_fail();
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
        assert_all_named(pv_ghcb_lies, pv_n_ghcb_lies);
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
        assert_all_named(backend->lies, backend->n_lies);
        g_hash_table_unref(named);
}

/* ---- habits ---- */

static const struct {
        const char *habit, *careful; /* by the same transport */
        const char *lie;             /* that the careful one names, and this comes of the other: */
        PvHostileEnd end;
} contrasts[] = {
        {"regblock:qemu-6.0/unbounded-walk", "regblock:qemu-6.0", "A01", PV_HOSTILE_ENDLESS},
        {"regblock:qemu-6.0/asserted-readback", "regblock:qemu-6.0", "A02", PV_HOSTILE_OTHERWISE},
        {"regblock:qemu-6.0/unchecked-id", "regblock:qemu-6.0", "A06", PV_HOSTILE_BELIEVED},
        {"regblock:qemu-6.0/unchecked-id", "regblock:qemu-6.0", "A07", PV_HOSTILE_BELIEVED},
        {"regblock:qemu-6.0/unchecked-id", "regblock:qemu-6.0", "A08", PV_HOSTILE_BELIEVED},
        {"regblock:qemu-6.0/unchecked-selector", "regblock:qemu-6.0", "A05", PV_HOSTILE_BELIEVED},
        {"fwcfg:topology/unbounded-poll", "fwcfg:topology/dma", "A26", PV_HOSTILE_ENDLESS},
        {"fwcfg:topology/asserted-error", "fwcfg:topology/dma", "A27", PV_HOSTILE_OTHERWISE},
        {"fwcfg:topology/unchecked-length", "fwcfg:topology/dma", "A28n", PV_HOSTILE_OTHERWISE},
        {"fwcfg:topology/no-cap", "fwcfg:topology/port", "A17p", PV_HOSTILE_ENDLESS},
        {"fwcfg:map/unchecked-size", "fwcfg:map/port", "A20mp", PV_HOSTILE_OTHERWISE},
        {"fwcfg:map/unchecked-id", "fwcfg:map/port", "A06mp", PV_HOSTILE_BELIEVED},
};

static const PvLie *
lie_of(const PvBackend *backend, const char *id)
{
        for (gsize i = 0; i < backend->n_lies; i++)
                if (!strcmp(backend->lies[i].id, id))
                        return &backend->lies[i];
        g_error("no lie %s", id);
}

static void
comes_to(const char *name, const char *id, PvHostileEnd end)
{
        g_autoptr(PvCandidate) candidate = pv_candidate_parse(loader, name, NULL);
        const PvBackend *backend = candidate->machine.part[0].backend;
        const PvLie *lie = id ? lie_of(backend, id) : NULL;

        for (int guest = PV_GUEST_PLAIN; guest <= PV_GUEST_SEV_SNP; guest++)
                for (gsize m = 0; pv_memory_models[m]; m++) {
                        PvHostileResult result;

                        pv_hostile_try(loader, candidate, model, backend, lie, (PvGuestKind) guest,
                                       pv_memory_models[m], &result);
                        if (result.end != end)
                                complain(candidate, &result);
                        pv_hostile_result_clear(&result);
                }
}

static void
test_contrast(void)
{
        for (gsize i = 0; i < G_N_ELEMENTS(contrasts); i++) {
                g_assert_true(g_strv_contains(pv_contrast_candidates, contrasts[i].habit));
                comes_to(contrasts[i].habit, contrasts[i].lie, contrasts[i].end);
                comes_to(contrasts[i].careful, contrasts[i].lie, PV_HOSTILE_NAMED);
        }
}

/* Each habit that a backend has is marked, caught above, and lives well with an honest device. */
static void
test_contrast_complete(gconstpointer data)
{
        const PvBackend *backend = pv_loader_get(loader, data, NULL);

        for (gsize i = 0; i < backend->n_contrast; i++) {
                g_autofree char *tail = g_strdup_printf("/%s", backend->contrast[i]->name);
                gsize n_caught = 0;

                g_assert_true(g_str_has_suffix(backend->contrast[i]->summary,
                                               "; ours, for contrast: a habit, not a project's code"));
                for (gsize k = 0; k < G_N_ELEMENTS(contrasts); k++)
                        n_caught += g_str_has_prefix(contrasts[k].habit, backend->name) &&
                                    g_str_has_suffix(contrasts[k].habit, tail);
                g_assert_cmpuint(n_caught, >, 0);
        }
        for (gsize c = 0; pv_contrast_candidates[c]; c++) {
                const char *name = pv_contrast_candidates[c];
                g_autoptr(PvCandidate) candidate = pv_candidate_parse(loader, name, NULL);

                g_assert_true(pv_candidate_is_contrast(candidate));
                if (candidate->machine.part[0].backend == backend)
                        comes_to(name, NULL, PV_HOSTILE_HARMLESS);
        }
}

/* None is where only the careful belong. */
static void
test_contrast_apart(void)
{
        const char *const *const lists[] = {pv_hostile_candidates, pv_headline};

        for (gsize l = 0; l < G_N_ELEMENTS(lists); l++)
                for (gsize c = 0; lists[l][c]; c++) {
                        g_autoptr(PvCandidate) candidate = pv_candidate_parse(loader, lists[l][c], NULL);

                        g_assert_false(pv_candidate_is_contrast(candidate));
                }
}

/* ---- buffers ---- */

/* A consumer that notes a CPU behind its bitmap is caught, by the canaries or by AddressSanitizer. */
static void
test_overrun(void)
{
        const PvLie overrun = {.id = "",
                               .mutation = {.kind = PV_MUTATE_CONSUMER_PRESENT_FLIP, .operand = 16}};
        PvHostileResult result;

        if (g_test_subprocess()) {
                g_autoptr(PvCandidate) candidate = pv_candidate_parse(loader, "regblock", NULL);

                pv_hostile_try(loader, candidate, model, candidate->machine.part[0].backend, &overrun,
                               PV_GUEST_PLAIN, pv_memory_models[0], &result);
                exit(result.end == PV_HOSTILE_OVERRUN);
        }
        g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
        g_test_trap_assert_failed();
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
        g_test_add_func("/hostile/contrast/caught", test_contrast);
        g_test_add_data_func("/hostile/contrast/regblock", "regblock", test_contrast_complete);
        g_test_add_data_func("/hostile/contrast/fwcfg", "fwcfg", test_contrast_complete);
        g_test_add_func("/hostile/contrast/apart", test_contrast_apart);
        g_test_add_func("/hostile/overrun", test_overrun);
        return g_test_run();
}
