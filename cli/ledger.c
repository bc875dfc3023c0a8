/* SPDX-License-Identifier: MIT */
/* The trust ledger: who is believed what, as a page of its own or as records of a campaign. */
#include "cli/ledger.h"

#include <stdio.h>

#include "common/error.h"
#include "common/interrupt.h"
#include "common/target.h"
#include "conformance/ledger.h"
#include "reports/report.h"

static void
keep(void *data, JsonObject *record)
{
        g_ptr_array_add(data, record);
}

static void
append(void *data, JsonObject *record)
{
        pv_recorder_add(data, record);
}

gboolean
pv_ledger_append(PvLoader *loader, GPtrArray *candidates, PvRecorder *recorder, GError **error)
{
        g_autoptr(PvTarget) model = pv_target_parse("model", NULL);
        guint64 undeclared;

        for (guint i = 0; i < candidates->len && !pv_interrupted(); i++)
                if (!pv_ledger_run(loader, candidates->pdata[i], model, append, recorder, &undeclared, error))
                        return FALSE;
        return TRUE;
}

static void
print_lines(GPtrArray *records)
{
        for (guint i = 0; i < records->len; i++) {
                g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
                g_autofree char *text = NULL;

                json_node_set_object(node, records->pdata[i]);
                text = json_to_string(node, FALSE);
                puts(text);
        }
}

static gboolean
run(PvLoader *loader, char **names, GPtrArray *records, guint64 *ret_undeclared, GError **error)
{
        const char *const *name = names ? (const char *const *) names : pv_headline;
        g_autoptr(PvTarget) model = pv_target_parse("model", NULL);

        for (; *name; name++) {
                g_autoptr(PvCandidate) candidate = pv_candidate_parse(loader, *name, error);
                guint64 undeclared = 0;

                if (!candidate ||
                    !pv_ledger_run(loader, candidate, model, keep, records, &undeclared, error))
                        return FALSE;
                *ret_undeclared += undeclared;
        }
        return TRUE;
}

int
pv_ledger_verb(const PvOptions *o)
{
        g_autoptr(PvLoader) loader = pv_loader_new();
        g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func((GDestroyNotify) json_object_unref);
        g_autoptr(GError) error = NULL;
        guint64 undeclared = 0;

        if (o->targets || o->smp || o->out || o->baseline || o->fail_on || o->profile || o->level_word ||
            o->shard_word || o->retries || o->jobs || o->strict || o->mutation_score || o->differential ||
            o->hostile || o->rest) {
                fputs("pvabi: --ledger takes -c and --json; leave out the rest\n", stderr);
                return PV_EXIT_USAGE;
        }
        if (!run(loader, o->candidates, records, &undeclared, &error))
                return pv_complain(error);
        if (o->json)
                print_lines(records);
        else
                pv_report_terminal_ledger(records, pv_wants_color());
        if (undeclared)
                fprintf(stderr,
                        "pvabi: %" G_GUINT64_FORMAT " bytes match no field that their backend declares; "
                        "add them to its fields\n",
                        undeclared);
        return undeclared ? PV_EXIT_UNEXPECTED : PV_EXIT_OK;
}
