/* SPDX-License-Identifier: MIT */
/* The tables of requirements, probes and mutants are well-formed: IDs, sources, sentences, advice. */
#include <stdio.h>
#include <string.h>

#include "common/loader.h"
#include "conformance/checks.h"
#include "conformance/prediction.h"
#include "conformance/requirement.h"

static guint problems;

static void
complain(const char *name, const char *why)
{
        printf("%s: %s\n", name, why);
        problems++;
}

/* AREA-TOPIC-NNN, never used before. */
static void
examine_id(GHashTable *ids, const char *id)
{
        if (!g_regex_match_simple("^[A-Z][A-Z0-9]*-[A-Z0-9]+-[0-9]{3}$", id, 0, 0))
                complain(id, "not of the form AREA-TOPIC-NNN");
        if (!g_hash_table_add(ids, (gpointer) id))
                complain(id, "the ID is used twice");
}

/* A document and a place in it: more than one word, and a number, a path or a comma somewhere. */
static void
examine_source(const char *id, const char *source)
{
        if (!source || !strchr(source, ' ') || !strpbrk(source, "0123456789,;:/"))
                complain(id, "the source is not a document and a place in it");
}

static void
examine_sentence(const char *id, const char *sentence)
{
        if (!sentence || !g_str_has_suffix(sentence, "."))
                complain(id, "not a sentence that ends with a period");
        else if (g_regex_match_simple("[.] [A-Z]", sentence, 0, 0))
                complain(id, "more than one sentence");
}

static void
examine_requirement(GHashTable *ids, const PvRequirement *r)
{
        examine_id(ids, r->id);
        examine_source(r->id, r->source);
        examine_sentence(r->id, r->requirement);
        if (r->level < 0 || r->level >= PV_N_LEVELS || r->basis < 0 || r->basis >= PV_N_BASES)
                complain(r->id, "an unknown level or basis");
        if (r->check && (!r->check->advice || !*r->check->advice))
                complain(r->id, "no advice");
        if (!r->check && (!r->reason || !*r->reason || g_str_has_suffix(r->reason, ".")))
                complain(r->id, "no reason, or one that is a sentence");
        if (r->check && (r->check->act != NULL) != (r->check->judge != NULL))
                complain(r->id, "act without judge, or judge without act");
        if (r->check && !r->check->act && r->check->n_steps == 0)
                complain(r->id, "neither a script nor an act");
}

static void
examine_probe(GHashTable *ids, const PvProbe *probe)
{
        gboolean reads = FALSE;

        examine_id(ids, probe->id);
        examine_source(probe->id, probe->source);
        examine_sentence(probe->id, probe->what);
        for (size_t i = 0; i < probe->n_steps; i++)
                reads |= probe->steps[i].action == 'R';
        if (!reads)
                complain(probe->id, "it reads nothing");
}

static void
examine_mutants(GHashTable *names, const PvMutant *mutants, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                if (!g_hash_table_add(names, (gpointer) mutants[i].name))
                        complain(mutants[i].name, "the name is used twice");
                examine_sentence(mutants[i].name, mutants[i].bug);
        }
}

static void
examine_backend(GHashTable *ids, GHashTable *names, const PvBackend *backend)
{
        for (size_t i = 0; i < backend->n_probes; i++)
                examine_probe(ids, &backend->probes[i]);
        examine_mutants(names, backend->mutants, backend->n_mutants);
        examine_mutants(names, backend->blind_mutants, backend->n_blind_mutants);
}

/* A reason is of something that was predicted of one of the ways to be asked, and stands there once. */
static void
examine_deviation(GHashTable *seen, const PvDeviation *deviation)
{
        const PvPrediction *prediction = pv_prediction_find(deviation->id);
        char *key = g_strdup_printf("%s %c %c", deviation->id, deviation->predicted, deviation->run);

        if (!prediction || !strchr(prediction->letters, deviation->predicted))
                complain(key, "this was not predicted");
        if (!pv_prediction_letter_word(deviation->run) || deviation->run == deviation->predicted)
                complain(key, "this does not differ from the prediction");
        if (!g_hash_table_add(seen, key))
                complain(deviation->id, "two reasons for one difference");
}

int
main(void)
{
        g_autoptr(PvLoader) loader = pv_loader_new();
        g_autoptr(GHashTable) ids = g_hash_table_new(g_str_hash, g_str_equal);
        g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
        g_autoptr(GHashTable) deviations = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        const PvBackend *backends[] = {pv_loader_get(loader, "fwcfg", NULL),
                                       pv_loader_get(loader, "regblock", NULL)};
        g_autoptr(GArray) requirements = NULL;

        g_assert_true(backends[0] && backends[1]);
        requirements = pv_requirements(backends, G_N_ELEMENTS(backends));
        for (guint i = 0; i < requirements->len; i++)
                examine_requirement(ids, &g_array_index(requirements, PvRequirement, i));
        examine_mutants(names, pv_check_mutants, pv_n_check_mutants);
        examine_mutants(names, pv_check_blind_mutants, pv_n_check_blind_mutants);
        for (gsize i = 0; i < pv_n_deviations; i++)
                examine_deviation(deviations, &pv_deviations[i]);
        for (gsize i = 0; i < G_N_ELEMENTS(backends); i++)
                examine_backend(ids, names, backends[i]);
        printf("%u IDs and %u mutants examined, %u problems\n", g_hash_table_size(ids),
               g_hash_table_size(names), problems);
        return problems != 0;
}
