/* SPDX-License-Identifier: MIT */
/* The model's memory, and how writers look things up in it. */
#include "reports/report-model.h"

#include <string.h>

#include "common/record.h"

JsonArray *
pv_report_array(JsonObject *record, const char *member)
{
        JsonNode *node = json_object_get_member(record, member);

        return node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

GPtrArray *
pv_report_strings(JsonObject *record, const char *member)
{
        GPtrArray *strings = g_ptr_array_new();
        JsonArray *array = pv_report_array(record, member);

        for (guint i = 0; array && i < json_array_get_length(array); i++) {
                JsonNode *node = json_array_get_element(array, i);

                if (JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING)
                        g_ptr_array_add(strings, (char *) json_node_get_string(node));
        }
        return strings;
}

const char *
pv_report_inner(JsonObject *record, const char *member, const char *inner)
{
        JsonNode *node = json_object_get_member(record, member);

        return node && JSON_NODE_HOLDS_OBJECT(node) ? pv_record_string(json_node_get_object(node), inner)
                                                    : "";
}

static void
column_free(void *data)
{
        PvReportColumn *column = data;

        g_free(column->candidate);
        g_free(column->target);
        g_free(column->version);
        g_free(column->machine_type);
        g_free(column->letter);
        g_free(column);
}

static void
check_free(void *data)
{
        PvReportCheck *check = data;

        json_object_unref(check->record);
        g_ptr_array_unref(check->results);
        g_free(check->id);
        g_free(check);
}

static void
sample_free(void *data)
{
        PvReportSample *sample = data;

        json_object_unref(sample->record);
        g_free(sample);
}

static void
unspecified_free(void *data)
{
        PvReportUnspecified *unspecified = data;

        json_object_unref(unspecified->record);
        g_free(unspecified);
}

static void
not_run_free(void *data)
{
        PvReportNotRun *not_run = data;

        g_free(not_run->what);
        g_free(not_run->why);
        g_free(not_run);
}

PvReportModel *
pv_report_model_empty(void)
{
        PvReportModel *model = g_new0(PvReportModel, 1);

        model->runs = g_ptr_array_new_with_free_func((GDestroyNotify) json_object_unref);
        model->columns = g_ptr_array_new_with_free_func(column_free);
        model->checks = g_ptr_array_new_with_free_func(check_free);
        model->samples = g_ptr_array_new_with_free_func(sample_free);
        model->unspecified = g_ptr_array_new_with_free_func(unspecified_free);
        model->times = g_ptr_array_new_with_free_func((GDestroyNotify) json_object_unref);
        model->accesses = g_ptr_array_new_with_free_func((GDestroyNotify) json_object_unref);
        model->crossovers = g_ptr_array_new_with_free_func((GDestroyNotify) json_object_unref);
        model->speeds = g_ptr_array_new_with_free_func((GDestroyNotify) json_object_unref);
        model->exactness = g_ptr_array_new_with_free_func((GDestroyNotify) json_object_unref);
        model->exits = g_ptr_array_new_with_free_func((GDestroyNotify) json_object_unref);
        model->exit_times = g_ptr_array_new_with_free_func((GDestroyNotify) json_object_unref);
        model->exits_end = g_ptr_array_new_with_free_func((GDestroyNotify) json_object_unref);
        model->cost_models = g_ptr_array_new_with_free_func((GDestroyNotify) json_object_unref);
        model->modelled = g_ptr_array_new_with_free_func((GDestroyNotify) json_object_unref);
        model->predictions = g_ptr_array_new_with_free_func((GDestroyNotify) json_object_unref);
        model->modelled_crossovers = g_ptr_array_new_with_free_func((GDestroyNotify) json_object_unref);
        model->requirements = g_ptr_array_new_with_free_func((GDestroyNotify) json_object_unref);
        model->hostiles = g_ptr_array_new_with_free_func((GDestroyNotify) json_object_unref);
        model->ledger = g_ptr_array_new_with_free_func((GDestroyNotify) json_object_unref);
        model->ledger_pages = g_ptr_array_new_with_free_func((GDestroyNotify) json_object_unref);
        model->notes = g_ptr_array_new_with_free_func((GDestroyNotify) json_object_unref);
        model->not_run = g_ptr_array_new_with_free_func(not_run_free);
        model->candidates = g_ptr_array_new();
        model->experimental = g_ptr_array_new();
        model->targets = g_ptr_array_new();
        model->by_key = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        return model;
}

void
pv_report_model_free(PvReportModel *model)
{
        if (!model)
                return;
        g_hash_table_unref(model->by_key);
        g_ptr_array_unref(model->targets);
        g_ptr_array_unref(model->experimental);
        g_ptr_array_unref(model->candidates);
        g_ptr_array_unref(model->not_run);
        g_ptr_array_unref(model->notes);
        g_ptr_array_unref(model->hostiles);
        g_ptr_array_unref(model->requirements);
        g_ptr_array_unref(model->ledger_pages);
        g_ptr_array_unref(model->ledger);
        g_ptr_array_unref(model->exits_end);
        g_ptr_array_unref(model->exit_times);
        g_ptr_array_unref(model->exits);
        g_ptr_array_unref(model->exactness);
        g_ptr_array_unref(model->predictions);
        g_ptr_array_unref(model->modelled_crossovers);
        g_ptr_array_unref(model->modelled);
        g_ptr_array_unref(model->cost_models);
        g_ptr_array_unref(model->speeds);
        g_ptr_array_unref(model->crossovers);
        g_ptr_array_unref(model->accesses);
        g_ptr_array_unref(model->times);
        g_ptr_array_unref(model->unspecified);
        g_ptr_array_unref(model->samples);
        g_ptr_array_unref(model->checks);
        g_ptr_array_unref(model->columns);
        g_ptr_array_unref(model->runs);
        g_free(model);
}

/* What a later record of the kind replaces is the one that has these members in common; none: it replaces nothing. */
static const struct Kind {
        const char *kind;
        gsize array;
        const char *key[7];
} kinds[] = {
        {"time", G_STRUCT_OFFSET(PvReportModel, times), {"candidate", "target", "question", "n"}},
        {"access", G_STRUCT_OFFSET(PvReportModel, accesses), {"target", "operation"}},
        {"crossover", G_STRUCT_OFFSET(PvReportModel, crossovers), {"question", "first", "second", "target", "measure"}},
        {"speed", G_STRUCT_OFFSET(PvReportModel, speeds), {NULL}},
        {"exactness", G_STRUCT_OFFSET(PvReportModel, exactness), {NULL}},
        {"exits", G_STRUCT_OFFSET(PvReportModel, exits), {NULL}},
        {"exit-times", G_STRUCT_OFFSET(PvReportModel, exit_times), {NULL}},
        {"exits-end", G_STRUCT_OFFSET(PvReportModel, exits_end), {NULL}},
        {"cost-model", G_STRUCT_OFFSET(PvReportModel, cost_models), {NULL}},
        {"modelled", G_STRUCT_OFFSET(PvReportModel, modelled), {NULL}},
        {"modelled-crossover", G_STRUCT_OFFSET(PvReportModel, modelled_crossovers), {NULL}},
        {"prediction", G_STRUCT_OFFSET(PvReportModel, predictions), {"candidate", "target", "question", "n"}},
        {"requirement", G_STRUCT_OFFSET(PvReportModel, requirements), {"id"}},
        {"hostile", G_STRUCT_OFFSET(PvReportModel, hostiles),
         {"candidate", "backend", "lie", "guest", "memory"}},
        {"ledger",
         G_STRUCT_OFFSET(PvReportModel, ledger),
         {"candidate", "guest", "phase", "part", "field", "channel"}},
        {"ledger-pages", G_STRUCT_OFFSET(PvReportModel, ledger_pages), {"candidate", "guest", "phase"}},
        {"note", G_STRUCT_OFFSET(PvReportModel, notes), {NULL}},
};

/* Kind and members, as one text; no name holds the character between them. */
static char *
key_of(const struct Kind *kind, JsonObject *record)
{
        GString *key = g_string_new(kind->kind);

        for (guint i = 0; kind->key[i]; i++)
                g_string_append_printf(key, "\x1f%s\x1f%" G_GINT64_FORMAT,
                                       pv_record_string(record, kind->key[i]),
                                       pv_record_int(record, kind->key[i]));
        return g_string_free(key, FALSE);
}

static void
replace_earlier(PvReportModel *model, const struct Kind *kind, GPtrArray *array, JsonObject *record)
{
        char *key = key_of(kind, record);
        JsonObject *earlier = g_hash_table_lookup(model->by_key, key);

        if (earlier && g_ptr_array_remove(array, earlier))
                model->replaced++;
        g_hash_table_insert(model->by_key, key, record);
}

gboolean
pv_report_keep(PvReportModel *model, JsonObject *record)
{
        const struct Kind *kind = kinds, *end = kinds + G_N_ELEMENTS(kinds);
        GPtrArray *array;

        while (kind < end && strcmp(kind->kind, pv_record_string(record, "record")))
                kind++;
        if (kind == end)
                return FALSE;
        array = G_STRUCT_MEMBER(GPtrArray *, model, kind->array);
        if (kind->key[0])
                replace_earlier(model, kind, array, record);
        g_ptr_array_add(array, json_object_ref(record));
        return TRUE;
}

PvReportResult *
pv_report_result(const PvReportCheck *check, const PvReportColumn *column)
{
        for (guint i = 0; i < check->results->len; i++) {
                PvReportResult *result = check->results->pdata[i];

                if (result->column == column)
                        return result;
        }
        return NULL;
}

PvReportSample *
pv_report_sample(const PvReportModel *model, const PvReportColumn *column, const char *question, gint64 n)
{
        for (guint i = 0; i < model->samples->len; i++) {
                PvReportSample *sample = model->samples->pdata[i];

                if (sample->column == column && sample->n == n && !strcmp(sample->question, question))
                        return sample;
        }
        return NULL;
}

static void
cells_of_result(const PvReportResult *result, unsigned verdicts, GPtrArray *cells)
{
        for (guint i = 0; i < result->cells->len; i++) {
                PvReportCell *cell = result->cells->pdata[i];

                if (verdicts & PV_REPORT_MASK(cell->verdict))
                        g_ptr_array_add(cells, cell);
        }
}

GPtrArray *
pv_report_cells(const PvReportModel *model, unsigned verdicts)
{
        GPtrArray *cells = g_ptr_array_new();

        for (guint i = 0; i < model->checks->len; i++) {
                const PvReportCheck *check = model->checks->pdata[i];

                for (guint j = 0; j < check->results->len; j++)
                        cells_of_result(check->results->pdata[j], verdicts, cells);
        }
        return cells;
}
