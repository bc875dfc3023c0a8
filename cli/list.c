/* SPDX-License-Identifier: MIT */
/* pvabi list: what there is to name on the command line. */
#include <stdio.h>
#include <string.h>

#include <json-glib/json-glib.h>

#include "cli/backends.h"
#include "cli/options.h"
#include "cli/profile.h"
#include "cli/requirements.h"
#include "cli/verbs.h"
#include "common/error.h"
#include "common/target.h"
#include "conformance/requirement.h"

/* One row: a name, and what to say of it; level is indentation on the terminal. */
typedef struct Row {
        const char *kind, *name, *text;
        int level;
} Row;

typedef struct Output {
        gboolean json;
        JsonArray *rows;
} Output;

static void
emit(Output *out, Row row)
{
        JsonObject *object;

        if (!out->json) {
                printf("%*s%-*s %s\n", 2 * row.level, "", 28 - 2 * row.level, row.name, row.text);
                return;
        }
        object = json_object_new();
        json_object_set_string_member(object, "kind", row.kind);
        json_object_set_string_member(object, "name", row.name);
        json_object_set_string_member(object, "text", row.text);
        json_array_add_object_element(out->rows, object);
}

static void
list_consumers(Output *out, const char *kind, const PvConsumerOps *const *consumers, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                g_autofree char *name = g_strdup_printf("/%s", consumers[i]->name);

                emit(out, (Row){kind, name, consumers[i]->summary, 1});
        }
}

static void
list_backend(Output *out, const PvBackend *backend)
{
        emit(out, (Row){"backend", backend->name, backend->summary, 0});
        for (size_t i = 0; i < backend->n_revisions; i++) {
                g_autofree char *name = g_strdup_printf(":%s", backend->revisions[i].name);

                emit(out, (Row){"revision", name, backend->revisions[i].summary, 1});
        }
        list_consumers(out, "consumer", backend->consumers, backend->n_consumers);
        list_consumers(out, "contrast", backend->contrast, backend->n_contrast);
}

static PvExit
list_backends(Output *out)
{
        g_autoptr(PvLoader) loader = pv_loader_new();
        PvExit code = PV_EXIT_OK;
        g_autoptr(GPtrArray) backends = pv_backends_all(loader, &code);

        for (guint i = 0; i < backends->len; i++)
                list_backend(out, backends->pdata[i]);
        return code;
}

static PvExit
list_candidates(Output *out)
{
        for (int i = 0; pv_headline[i]; i++)
                emit(out, (Row){"candidate", pv_headline[i], "in the headline", 0});
        for (int i = 0; pv_appendix[i]; i++)
                emit(out, (Row){"candidate", pv_appendix[i], "experimental: in the appendix", 0});
        if (!out->json)
                puts("\nAny BACKEND[:REVISION][+BACKEND[:REVISION]...][/[BACKEND.]CONSUMER[@REVISION]] is a\n"
                     "candidate; none:ones, none:zero and none:stale are machines without a device.");
        return PV_EXIT_OK;
}

static void
print_id(const char *id, const char *level, const char *basis, const char *text, const char *state)
{
        printf("%-13s %-6s %-14s %s", id, level, basis, text);
        printf(*state ? " (%s)\n" : "%s\n", state);
}

static void
emit_requirement(Output *out, const PvRequirement *r)
{
        const char *state = pv_requirement_state_word(r->state);
        const struct {
                const char *member, *value;
        } text[] = {
                {"kind", r->check ? "check" : "exclusion"},
                {"name", r->id},
                {"text", r->requirement},
                {"level", pv_level_word(r->level)},
                {"basis", pv_basis_word(r->basis)},
                {"area", r->check ? pv_area_word(r->check->area) : ""},
                {"state", state},
                {"reason", r->reason ? r->reason : ""},
                {"source", r->source},
                {"rules", r->backend ? r->backend->name : ""},
        };
        JsonObject *object;

        if (!out->json) {
                print_id(r->id, pv_level_word(r->level), pv_basis_word(r->basis), r->requirement,
                         r->check ? "" : state);
                return;
        }
        object = json_object_new();
        for (gsize i = 0; i < G_N_ELEMENTS(text); i++)
                json_object_set_string_member(object, text[i].member, text[i].value);
        json_array_add_object_element(out->rows, object);
}

static void
emit_probes(Output *out, const PvBackend *backend)
{
        for (size_t i = 0; i < backend->n_probes; i++) {
                const PvProbe *probe = &backend->probes[i];

                if (out->json)
                        emit(out, (Row){"probe", probe->id, probe->what, 0});
                else
                        print_id(probe->id, "", "unspecified", probe->what, "");
        }
}

/* Everything that has an ID. */
static PvExit
list_checks(Output *out)
{
        g_autoptr(PvLoader) loader = pv_loader_new();
        PvExit code = PV_EXIT_OK;
        g_autoptr(GPtrArray) backends = pv_backends_all(loader, &code);
        g_autoptr(GArray) requirements = pv_requirements((const PvBackend *const *) backends->pdata,
                                                         backends->len);

        for (guint i = 0; i < requirements->len; i++)
                emit_requirement(out, &g_array_index(requirements, PvRequirement, i));
        for (guint i = 0; i < backends->len; i++)
                emit_probes(out, backends->pdata[i]);
        return code;
}

/* docs/requirements.md is made of this. */
static PvExit
list_requirements(Output *out)
{
        g_autoptr(PvLoader) loader = pv_loader_new();
        PvExit code = PV_EXIT_OK;
        g_autoptr(GPtrArray) backends = pv_backends_all(loader, &code);
        g_autoptr(GArray) requirements = pv_requirements((const PvBackend *const *) backends->pdata,
                                                         backends->len);
        g_autofree char *page = out->json ? NULL : pv_requirements_page(requirements);

        if (page)
                fputs(page, stdout);
        for (guint i = 0; !page && i < requirements->len; i++)
                emit_requirement(out, &g_array_index(requirements, PvRequirement, i));
        return code;
}

static PvExit
list_profiles(Output *out)
{
        g_autoptr(GPtrArray) names = pv_profile_names();
        PvExit code = PV_EXIT_OK;

        for (guint i = 0; i < names->len; i++) {
                g_autoptr(GError) error = NULL;
                g_autoptr(PvProfile) profile = pv_profile_load(names->pdata[i], &error);
                g_autofree char *text = profile ? pv_cli_profile_words(profile) : NULL;

                if (profile)
                        emit(out, (Row){"profile", names->pdata[i], text, 0});
                else
                        code = (PvExit) pv_complain(error);
        }
        return code;
}

static PvExit
list_targets(Output *out)
{
        for (int i = 0; pv_targets[i]; i++)
                emit(out, (Row){"target", pv_targets[i]->kind, pv_targets[i]->summary, 0});
        return PV_EXIT_OK;
}

static const struct {
        const char *name;
        PvExit (*list)(Output *out);
} kinds[] = {
        {"backends", list_backends},
        {"candidates", list_candidates},
        {"checks", list_checks},
        {"profiles", list_profiles},
        {"requirements", list_requirements},
        {"targets", list_targets},
};

/* "backends|candidates|..." */
static char *
kind_names(void)
{
        GString *names = g_string_new(NULL);

        for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
                g_string_append_printf(names, "%s%s", i ? "|" : "", kinds[i].name);
        return g_string_free(names, FALSE);
}

static void
print_json(Output *out)
{
        g_autoptr(JsonNode) node = json_node_new(JSON_NODE_ARRAY);
        g_autofree char *text = NULL;

        json_node_take_array(node, out->rows);
        text = json_to_string(node, TRUE);
        puts(text);
}

int
pv_verb_list(int argc, char **argv)
{
        g_auto(PvOptions) options = {0};
        g_autofree char *names = kind_names();
        Output out = {0};
        int code;

        if (!pv_options_parse(&options, PV_OPTIONS_JSON | PV_OPTIONS_ONE, names,
                              "Lists what can be named on the command line; without an argument, backends.",
                              argc, argv, &code))
                return code;
        out = (Output){options.json, json_array_new()};
        for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
                if (options.rest ? strcmp(options.rest[0], kinds[i].name) : i > 0)
                        continue;
                code = kinds[i].list(&out);
                if (out.json)
                        print_json(&out);
                return code;
        }
        fprintf(stderr, "pvabi: cannot list '%s'; there are %s\n", options.rest[0], names);
        return PV_EXIT_USAGE;
}
