/* SPDX-License-Identifier: MIT */
/* Whatever a run record says of its machine is compared: a new member needs no line here. */
#include "reports/diff-fields.h"

#include <string.h>

#include "common/record.h"
#include "reports/report-model.h"

#define NOT_RECORDED "not recorded"

static void
field_free(void *data)
{
        PvDiffField *field = data;

        g_free(field->name);
        g_free(field->target);
        g_free(field->old);
        g_free(field->new);
        g_free(field);
}

/* Name of a field to what the runs of one file say of it. */
typedef GHashTable Values;

/* Several runs may have been on several machines: all of them are said. */
static void
add_value(Values *values, const char *name, const char *value)
{
        const char *known = g_hash_table_lookup(values, name);
        g_auto(GStrv) said = g_strsplit(known ? known : "", " | ", -1);

        if (!*value || g_strv_contains((const char *const *) said, value))
                return;
        g_hash_table_replace(values, g_strdup(name),
                             known ? g_strjoin(" | ", known, value, NULL) : g_strdup(value));
}

static void
add_members(JsonObject *object, const char *member, JsonNode *node, gpointer values)
{
        g_autofree char *name = g_strdup_printf("machine.%s", member);

        (void) object;
        if (JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING)
                add_value(values, name, json_node_get_string(node));
}

static void
add_targets(JsonArray *array, guint index, JsonNode *node, gpointer values)
{
        JsonObject *target = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;

        (void) array;
        (void) index;
        if (target)
                add_value(values, pv_record_string(target, "name"), pv_record_string(target, "version"));
}

typedef struct Environment {
        Values *fields;   /* of the whole run */
        Values *versions; /* of targets */
} Environment;

static Environment
environment_of(GPtrArray *runs)
{
        Environment all = {
                g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
                g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
        };

        for (guint i = 0; i < runs->len; i++) {
                JsonObject *run = runs->pdata[i];
                JsonNode *machine = json_object_get_member(run, "machine");
                JsonArray *targets = pv_report_array(run, "targets");

                add_value(all.fields, "build", pv_record_string(run, "build"));
                if (machine && JSON_NODE_HOLDS_OBJECT(machine))
                        json_object_foreach_member(json_node_get_object(machine), add_members, all.fields);
                if (targets)
                        json_array_foreach_element(targets, add_targets, all.versions);
        }
        return all;
}

static void
environment_clear(Environment *environment)
{
        g_hash_table_unref(environment->fields);
        g_hash_table_unref(environment->versions);
}

static int
by_name(gconstpointer a, gconstpointer b)
{
        return strcmp(*(const char *const *) a, *(const char *const *) b);
}

/* Names that either has, in order. */
static GPtrArray *
names_of(Values *old, Values *new)
{
        Values *const both[] = {old, new};
        GPtrArray *names = g_ptr_array_new();
        GHashTableIter iter;
        gpointer name;

        for (gsize i = 0; i < G_N_ELEMENTS(both); i++) {
                g_hash_table_iter_init(&iter, both[i]);
                while (g_hash_table_iter_next(&iter, &name, NULL))
                        if (i == 0 || !g_hash_table_contains(old, name))
                                g_ptr_array_add(names, name);
        }
        g_ptr_array_sort(names, by_name);
        return names;
}

/* A target that only one file has has no times to compare; a field that only one has may hide anything. */
static void
compare(GPtrArray *fields, Values *old, Values *new, gboolean targets)
{
        g_autoptr(GPtrArray) names = names_of(old, new);

        for (guint i = 0; i < names->len; i++) {
                const char *before = g_hash_table_lookup(old, names->pdata[i]);
                const char *after = g_hash_table_lookup(new, names->pdata[i]);
                PvDiffField *field;

                if ((targets && (!before || !after)) || !g_strcmp0(before, after))
                        continue;
                field = g_new0(PvDiffField, 1);
                field->name = targets ? g_strdup("version") : g_strdup(names->pdata[i]);
                field->target = targets ? g_strdup(names->pdata[i]) : NULL;
                field->old = g_strdup(before ? before : NOT_RECORDED);
                field->new = g_strdup(after ? after : NOT_RECORDED);
                g_ptr_array_add(fields, field);
        }
}

GPtrArray *
pv_diff_fields(GPtrArray *old_runs, GPtrArray *new_runs)
{
        GPtrArray *fields = g_ptr_array_new_with_free_func(field_free);
        Environment old = environment_of(old_runs), new = environment_of(new_runs);

        compare(fields, old.fields, new.fields, FALSE);
        compare(fields, old.versions, new.versions, TRUE);
        environment_clear(&old);
        environment_clear(&new);
        return fields;
}

gboolean
pv_diff_fields_bear_on(GPtrArray *fields, const char *target)
{
        for (guint i = 0; i < fields->len; i++) {
                const PvDiffField *field = fields->pdata[i];

                if (!field->target || !strcmp(field->target, target))
                        return TRUE;
        }
        return FALSE;
}
