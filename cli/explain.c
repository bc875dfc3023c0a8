/* SPDX-License-Identifier: MIT */
/* pvabi explain: one requirement or probe, and how to reproduce it alone. */
#include <stdio.h>
#include <string.h>

#include "cli/backends.h"
#include "cli/explain-qtest.h"
#include "cli/options.h"
#include "cli/verbs.h"
#include "common/record.h"
#include "common/session.h"
#include "conformance/requirement.h"
#include "conformance/suite.h"

#define RECORDS "pvabi-report/" PV_RECORD_FILE

static void
line(const char *name, const char *text)
{
        printf("%-13s%s\n", name, text);
}

/* How to run it alone, on the first revision that has what it needs; g_free. */
static char *
arguments_of(const PvBackend *backend, const char *id, uint64_t needs, uint64_t excludes)
{
        if (!backend)
                return g_strdup(id);
        for (size_t i = 0; i < backend->n_revisions; i++) {
                const PvRevision *revision = &backend->revisions[i];

                if (!(needs & ~revision->features) && !(excludes & revision->features))
                        return g_strdup_printf("-c %s%s%s %s", backend->name, i ? ":" : "",
                                               i ? revision->name : "", id);
        }
        return g_strdup_printf("-c %s %s", backend->name, id);
}

static void
print_cells(const PvCheck *check)
{
        size_t n;
        const PvCell *cells = pv_check_cells(check, &n);

        for (size_t i = 0; i < n; i++) {
                g_autofree char *name = pv_cell_name(&cells[i]);

                line(i ? "" : "Cells", name);
        }
}

/* ---- what the last comparison found, if there was one here ---- */

static char *
verdict_of(JsonObject *record)
{
        return g_strdup_printf("%-11s %s on %s, %s", pv_record_string(record, "verdict"),
                               pv_record_string(record, "candidate"), pv_record_string(record, "target"),
                               pv_record_string(record, "cell"));
}

static char *
answers_of(JsonObject *record)
{
        JsonNode *node = json_object_get_member(record, "answers");
        JsonArray *answers = node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
        GString *text = g_string_new(NULL);

        for (guint i = 0; answers && i < json_array_get_length(answers); i++) {
                JsonNode *answer = json_array_get_element(answers, i);

                if (JSON_NODE_HOLDS_OBJECT(answer))
                        g_string_append_printf(text, "%s ",
                                               pv_record_string(json_node_get_object(answer), "value"));
        }
        g_string_append_printf(text, "%s%s on %s", pv_record_string(record, "reason"),
                               pv_record_string(record, "candidate"), pv_record_string(record, "target"));
        return g_string_free(text, FALSE);
}

/* Records whose member is this ID, each as a line. */
static void
print_results(const char *member, const char *id, const char *alone, char *(*render)(JsonObject *record))
{
        g_autoptr(GPtrArray) records = pv_record_read(RECORDS, NULL);
        gboolean any = FALSE;

        for (guint i = 0; records && i < records->len; i++) {
                g_autofree char *text = NULL;

                if (strcmp(pv_record_string(records->pdata[i], member), id))
                        continue;
                text = render(records->pdata[i]);
                line(any ? "" : "Results", text);
                any = TRUE;
        }
        if (!any)
                printf("%-13snone in " RECORDS "; run: pvabi check -o pvabi-report %s\n", "Results", alone);
}

/* ---- what has an ID ---- */

static int
explain_requirement(const PvRequirement *r, gboolean qtest)
{
        g_autofree char *alone = arguments_of(r->backend, r->id, r->check ? r->check->needs : 0,
                                              r->check ? r->check->excludes : 0);
        size_t ignored;

        if (qtest && (!r->check || !r->check->steps || r->check->find)) {
                fprintf(stderr,
                        r->check ? "pvabi: %s is more than a script of accesses: what it does depends on the "
                                   "machine; a failure's record has the last accesses as qtest lines\n"
                                 : "pvabi: no check tests %s; explain it without --qtest to see why\n",
                        r->id);
                return PV_EXIT_INCOMPLETE;
        }
        if (qtest)
                return pv_explain_qtest(r->backend, pv_check_cells(r->check, &ignored), r->check->steps,
                                        r->check->n_steps, TRUE);
        puts(r->id);
        line("Requirement", r->requirement);
        line("Level", pv_level_word(r->level));
        line("Basis", pv_basis_word(r->basis));
        line("Source", r->source);
        if (!r->check) {
                line(r->state == PV_REQUIREMENT_UNTESTED ? "Untested" : "Excluded", r->reason);
                return PV_EXIT_OK;
        }
        line("Area", pv_area_word(r->check->area));
        line("Advice", r->check->advice);
        print_cells(r->check);
        print_results("check", r->id, alone, verdict_of);
        printf("%-13spvabi check %s\n", "Alone", alone);
        return PV_EXIT_OK;
}

static int
explain_probe(const PvBackend *backend, const PvProbe *probe, gboolean qtest)
{
        const PvCell plain = {0}, *cell = probe->cell ? probe->cell : &plain;
        g_autofree char *alone = arguments_of(backend, probe->id, probe->needs, 0);
        g_autofree char *name = pv_cell_name(cell);

        if (qtest)
                return pv_explain_qtest(backend, cell, probe->steps, probe->n_steps, FALSE);
        puts(probe->id);
        line("Unspecified", probe->what);
        line("Source", probe->source);
        line("Cells", name);
        print_results("probe", probe->id, alone, answers_of);
        printf("%-13spvabi check --json %s\n", "Alone", alone);
        return PV_EXIT_OK;
}

static const PvProbe *
find_probe(GPtrArray *backends, const char *id, const PvBackend **ret_backend)
{
        for (guint i = 0; i < backends->len; i++) {
                const PvBackend *backend = backends->pdata[i];

                for (size_t p = 0; p < backend->n_probes; p++)
                        if (!strcmp(backend->probes[p].id, id)) {
                                *ret_backend = backend;
                                return &backend->probes[p];
                        }
        }
        return NULL;
}

int
pv_verb_explain(int argc, char **argv)
{
        g_autoptr(PvLoader) loader = pv_loader_new();
        g_autoptr(GPtrArray) backends = NULL;
        g_autoptr(GArray) requirements = NULL;
        g_auto(PvOptions) options = {0};
        const PvRequirement *requirement;
        const PvBackend *backend;
        const PvProbe *probe;
        PvExit ignored;
        int code;

        if (!pv_options_parse(&options, PV_OPTIONS_QTEST | PV_OPTIONS_ONE, "ID",
                              "Explains a requirement, or accesses that are recorded and not judged.", argc,
                              argv, &code))
                return code;
        if (!options.rest) {
                fputs("pvabi: explain needs an ID; 'pvabi list checks' shows them\n", stderr);
                return PV_EXIT_USAGE;
        }
        backends = pv_backends_all(loader, &ignored);
        requirements = pv_requirements((const PvBackend *const *) backends->pdata, backends->len);
        requirement = pv_requirement_find(requirements, options.rest[0]);
        if (requirement)
                return explain_requirement(requirement, options.qtest);
        probe = find_probe(backends, options.rest[0], &backend);
        if (probe)
                return explain_probe(backend, probe, options.qtest);
        fprintf(stderr, "pvabi: unknown ID '%s'; 'pvabi list checks' shows them\n", options.rest[0]);
        return PV_EXIT_USAGE;
}
