/* SPDX-License-Identifier: MIT */
/*
 * What is marked to hold in any state does: every such check runs on machines that random accesses were made
 * to. With $PVABI_TEST_LIST it prints those that would hold too and are not marked.
 */
#include <stdio.h>
#include <string.h>

#include "common/machine.h"
#include "conformance/suite.h"

#define ACCESSES 1000
#define MACHINES 12
#define SEEDS (4 * MACHINES) /* on some a CPU goes, and such a machine is another one */
#define RANGES 8

static GRand *dice;
static gboolean used; /* as asked: no CPU has gone */

/* A guest that knows nothing: any width, anywhere in the machine's ranges, mostly small values. */
static void
access_once(PvBus *bus, const PvRange *range)
{
        unsigned width = 1u << g_rand_int_range(dice, 0, 3);
        uint64_t address = range->base + (guint32) g_rand_int_range(dice, 0, (gint32) range->length);
        uint64_t value = g_rand_int(dice) >> (g_rand_int_range(dice, 0, 4) ? 28 : 0);

        address -= address % width;
        if (g_rand_boolean(dice))
                bus->ops->read(bus, range->space, address, width, &value);
        else
                bus->ops->write(bus, range->space, address, width, pv_by_width(value, width));
}

static gboolean
all_there(PvHost *host)
{
        PvTruth truth;

        return host->ops->truth(host, &truth) == 0 && truth.n_ejected == 0;
}

static gboolean
used_open(const PvTarget *target, const PvSetup *setup, PvBus **ret_bus, PvHost **ret_host, GError **error)
{
        PvRange range[RANGES];
        unsigned n = 0;

        if (!pv_target_model.open(target, setup, ret_bus, ret_host, error))
                return FALSE;
        for (unsigned i = 0; i < setup->machine->n_parts; i++)
                n += (unsigned) setup->machine->part[i].backend->device->ranges(
                        setup->machine->part[i].revision->name, setup->chipset, range + n,
                        (int) (RANGES - n));
        for (unsigned i = 0; n > 0 && i < ACCESSES; i++)
                access_once(*ret_bus, &range[g_rand_int_range(dice, 0, (gint32) n)]);
        used = all_there(*ret_host);
        return TRUE;
}

/* Does it pass on used machines as it does on a fresh one? */
static gboolean
holds(const PvSuiteRun *run, const PvSuiteEntry *entry, const PvCell *cell)
{
        PvTargetOps ops = pv_target_model;
        PvTarget target = {.name = (char *) "used", .ops = &ops};
        PvSuiteRun again = *run;
        gboolean ok = TRUE;
        guint tried = 0;

        ops.open = used_open;
        again.target = &target;
        for (guint32 seed = 1; ok && seed <= SEEDS && tried < MACHINES; seed++) {
                PvResult result;

                g_rand_set_seed(dice, seed);
                pv_suite_run(&again, entry, cell, &result);
                tried += used;
                ok = !used || result.verdict == PV_PASS;
                if (!ok)
                        g_test_message("%s, seed %u: %s: expected %s, got %s", entry->check->id, seed,
                                       pv_verdict_word(result.verdict), result.judgement.expected,
                                       result.judgement.actual);
                pv_result_clear(&result);
        }
        return ok;
}

static gboolean
passes(const PvSuiteRun *run, const PvSuiteEntry *entry, const PvCell *cell)
{
        PvResult result;
        gboolean ok;

        pv_suite_run(run, entry, cell, &result);
        ok = result.verdict == PV_PASS;
        pv_result_clear(&result);
        return ok;
}

/* Every cell that applies to a machine of one's own. */
static gboolean
holds_everywhere(const PvSuiteRun *run, const PvSuiteEntry *entry)
{
        size_t n;
        const PvCell *cells = pv_check_cells(entry->check, &n);
        gboolean any = FALSE;

        for (size_t i = 0; i < n; i++) {
                if (cells[i].machine || cells[i].hostile || cells[i].guest != PV_GUEST_PLAIN ||
                    !passes(run, entry, &cells[i]))
                        continue;
                any = TRUE;
                if (!holds(run, entry, &cells[i]))
                        return FALSE;
        }
        return any;
}

static gboolean
ever_applies(const PvSuiteRun *run, const PvSuiteEntry *entry)
{
        size_t n;
        const PvCell *cells = pv_check_cells(entry->check, &n);

        for (size_t i = 0; i < n; i++)
                if (passes(run, entry, &cells[i]))
                        return TRUE;
        return FALSE;
}

static void
test_candidate(gconstpointer data)
{
        g_autoptr(PvLoader) loader = pv_loader_new();
        g_autoptr(GError) error = NULL;
        g_autoptr(PvCandidate) candidate = pv_candidate_parse(loader, data, &error);
        g_autoptr(PvTarget) model = pv_target_parse("model", &error);
        g_autoptr(GArray) suite = NULL;
        guint held = 0;

        g_assert_no_error(error);
        suite = pv_suite_of(candidate);
        for (guint i = 0; i < suite->len; i++) {
                const PvSuiteEntry *entry = &g_array_index(suite, PvSuiteEntry, i);
                PvSuiteRun run = {.loader = loader, .candidate = candidate, .target = model, .seed = 1};

                if (entry->check->any_state && ever_applies(&run, entry)) {
                        if (!holds_everywhere(&run, entry))
                                g_error("%s: %s does not hold in any state", (const char *) data,
                                        entry->check->id);
                        held++;
                } else if (g_getenv("PVABI_TEST_LIST") && !entry->check->any_state &&
                           holds_everywhere(&run, entry)) {
                        printf("# %s: %s would hold\n", (const char *) data, entry->check->id);
                }
        }
        g_assert_cmpuint(held, >=, 8);
}

int
main(int argc, char **argv)
{
        static const char *const candidates[] = {"regblock:qemu-11.0", "regblock:qemu-6.0", "fwcfg:topology",
                                                 "fwcfg:map/dma", "fwcfg:qemu-2.4"};
        int r;

        g_test_init(&argc, &argv, NULL);
        dice = g_rand_new_with_seed(0);
        for (gsize i = 0; i < G_N_ELEMENTS(candidates); i++) {
                g_autofree char *path = g_strdup_printf("/any-state/%s", candidates[i]);

                g_strdelimit(path + strlen("/any-state/"), "/", '.');
                g_test_add_data_func(path, candidates[i], test_candidate);
        }
        r = g_test_run();
        g_rand_free(dice);
        return r;
}
