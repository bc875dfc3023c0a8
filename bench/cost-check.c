/* SPDX-License-Identifier: MIT */
/* Counts times measured prices, beside the measured whole. */
#include "bench/cost-check.h"

#include <string.h>

#define NS_PER_US 1000.0

static gboolean
is(JsonObject *record, const char *member, const char *value)
{
        return !strcmp(pv_record_string(record, member), value);
}

/* ---- prices ---- */

/* The last of its kind; NULL: there is none. */
static JsonObject *
find_access(GPtrArray *records, const char *target, const char *operation, PvTimes *ret_times)
{
        for (guint i = records->len; i > 0; i--) {
                JsonObject *record = records->pdata[i - 1];

                if (is(record, "record", "access") && is(record, "target", target) &&
                    is(record, "operation", operation))
                        return pv_record_get_times(record, ret_times) ? record : NULL;
        }
        return NULL;
}

static PvCostModel *
empty_model(const char *target)
{
        PvCostModel *model = g_new0(PvCostModel, 1);
        PvCostEnvironment *environment = g_new0(PvCostEnvironment, 1);

        model->parameters = g_ptr_array_new_with_free_func((GDestroyNotify) pv_cost_parameter_free);
        model->environments = g_ptr_array_new_with_free_func((GDestroyNotify) pv_cost_environment_free);
        environment->name = g_strdup(target);
        environment->title = g_strdup(target);
        g_ptr_array_add(model->environments, environment);
        return model;
}

/* One more parameter, paid once for this thing. */
static void
add_price(PvCostModel *model, PvCostThing thing, double low, double high)
{
        PvCostEnvironment *environment = model->environments->pdata[0];
        PvCostParameter *parameter = g_new0(PvCostParameter, 1);

        parameter->name = g_strdup(pv_cost_thing_word(thing));
        parameter->range = parameter->given = (PvCostRange){MAX(low, 0), MAX(high, 0)};
        environment->times[thing][model->parameters->len] = 1;
        g_ptr_array_add(model->parameters, parameter);
}

/* A byte of REP INS was measured with its share of the exit: without it, for exits are counted apart. */
static void
add_strings(PvCostModel *model, GPtrArray *records, const char *target, const PvTimes *read)
{
        PvCostEnvironment *environment = model->environments->pdata[0];
        PvTimes byte;
        JsonObject *record = find_access(records, target, "string-byte", &byte);
        double chunk = record ? pv_record_double(record, "chunk") : 0;

        if (chunk < 1)
                return;
        environment->chunk = (PvCostRange){chunk, chunk};
        add_price(model, PV_COST_STRING_EXIT, read->low, read->high);
        add_price(model, PV_COST_STRING_BYTE, byte.low - read->high / chunk, byte.high - read->low / chunk);
}

PvCostModel *
pv_cost_model_of(GPtrArray *records, const char *target)
{
        PvTimes read, write;
        PvCostModel *measured;

        if (!find_access(records, target, "read", &read))
                return NULL;
        if (!find_access(records, target, "write", &write))
                write = read;
        measured = empty_model(target);
        add_price(measured, PV_COST_READ, read.low, read.high);
        add_price(measured, PV_COST_WRITE, write.low, write.high);
        add_strings(measured, records, target, &read);
        return measured;
}

/* Nobody times memory, and strings only where their bytes exit together. */
static gboolean
has_prices(const PvCostModel *measured, const PvCounts *counts)
{
        const PvCostEnvironment *environment = measured->environments->pdata[0];

        return !counts->gpa_bytes && !counts->shared_pages &&
               (!counts->string_bytes || environment->chunk.low > 0);
}

/* ---- predictions ---- */

static gboolean
same_question(JsonObject *a, JsonObject *b)
{
        static const char *const members[] = {"candidate", "target", "question"};

        for (gsize i = 0; i < G_N_ELEMENTS(members); i++)
                if (!is(a, members[i], pv_record_string(b, members[i])))
                        return FALSE;
        return pv_record_int(a, "n") == pv_record_int(b, "n");
}

static JsonObject *
sample_of(GPtrArray *records, JsonObject *time)
{
        for (guint i = 0; i < records->len; i++)
                if (is(records->pdata[i], "record", "sample") && is(records->pdata[i], "answer", "ok") &&
                    same_question(records->pdata[i], time))
                        return records->pdata[i];
        return NULL;
}

static void
set_us(JsonObject *object, const char *member, double ns)
{
        json_object_set_double_member(object, member, ns / NS_PER_US);
}

static JsonObject *
prediction(JsonObject *time, const PvTimes *measured, PvCostRange predicted)
{
        JsonObject *record = pv_record_new("prediction");
        JsonObject *range = json_object_new(), *whole = json_object_new(), *error = json_object_new();

        json_object_set_string_member(record, "how", "modelled");
        json_object_set_string_member(record, "candidate", pv_record_string(time, "candidate"));
        json_object_set_string_member(record, "target", pv_record_string(time, "target"));
        json_object_set_string_member(record, "question", pv_record_string(time, "question"));
        json_object_set_int_member(record, "n", pv_record_int(time, "n"));
        json_object_set_string_member(record, "unit", "us");
        set_us(range, "low", predicted.low);
        set_us(range, "high", predicted.high);
        set_us(whole, "median", measured->median);
        set_us(whole, "low", measured->low);
        set_us(whole, "high", measured->high);
        json_object_set_double_member(error, "low", predicted.low / measured->median - 1);
        json_object_set_double_member(error, "high", predicted.high / measured->median - 1);
        json_object_set_object_member(record, "predicted", range);
        json_object_set_object_member(record, "measured", whole);
        json_object_set_object_member(record, "error", error);
        return record;
}

/* The model of a target's prices, made once; the value of a target without prices is NULL. */
static const PvCostModel *
model_of(GHashTable *models, GPtrArray *records, const char *target)
{
        if (!g_hash_table_contains(models, target))
                g_hash_table_insert(models, g_strdup(target), pv_cost_model_of(records, target));
        return g_hash_table_lookup(models, target);
}

static void
check(GHashTable *models, GPtrArray *records, JsonObject *time, const PvTimes *whole, PvRecorder *recorder)
{
        JsonObject *sample = sample_of(records, time);
        const PvCostModel *measured = model_of(models, records, pv_record_string(time, "target"));
        PvCounts counts;

        if (!sample || !measured)
                return;
        counts = pv_record_get_counts(sample);
        if (has_prices(measured, &counts))
                pv_recorder_add(recorder, prediction(time, whole,
                                                     pv_cost_price(measured, measured->environments->pdata[0],
                                                                   &counts)));
}

void
pv_cost_check(GPtrArray *records, PvRecorder *recorder)
{
        g_autoptr(GHashTable) models =
                g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify) pv_cost_model_free);
        PvTimes whole;

        for (guint i = 0; i < records->len; i++)
                if (is(records->pdata[i], "record", "time") &&
                    pv_record_get_times(records->pdata[i], &whole) && whole.median > 0)
                        check(models, records, records->pdata[i], &whole, recorder);
}
