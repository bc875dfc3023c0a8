/* SPDX-License-Identifier: MIT */
/* From samples to modelled times, and to the sizes at which another candidate becomes the cheaper one. */
#include "bench/cost-records.h"

#include <string.h>

#include "bench/cost-crossover.h"

#define NS_PER_US 1000.0
#define CROSSOVER_MAX                                                                                        \
        65535 /* possible CPUs: beyond, NB_CPUS of fw_cfg wraps and counts are no line any more */

/* ---- the model itself, so that a report can name each source ---- */

static JsonArray *
parameters(const PvCostModel *model)
{
        JsonArray *array = json_array_new();

        for (guint i = 0; i < model->parameters->len; i++) {
                const PvCostParameter *p = model->parameters->pdata[i];
                JsonObject *object = json_object_new();

                json_object_set_string_member(object, "name", p->name);
                json_object_set_double_member(object, "low", p->given.low);
                json_object_set_double_member(object, "high", p->given.high);
                json_object_set_string_member(object, "unit", p->unit);
                json_object_set_string_member(object, "mark", p->mark);
                json_object_set_string_member(object, "confidence", p->confidence);
                json_object_set_string_member(object, "source", p->source);
                json_array_add_object_element(array, object);
        }
        return array;
}

/* "pio + 2*psc" of what one thing costs there; "" for nothing. */
static char *
formula(const PvCostModel *model, const double *times)
{
        GString *text = g_string_new(NULL);

        for (guint i = 0; i < model->parameters->len; i++) {
                const PvCostParameter *p = model->parameters->pdata[i];

                if (times[i] > 0)
                        g_string_append(text, text->len ? " + " : "");
                if (times[i] > 1)
                        g_string_append_printf(text, "%.0f*", times[i]);
                if (times[i] > 0)
                        g_string_append(text, p->name);
        }
        return g_string_free(text, FALSE);
}

static JsonArray *
environments(const PvCostModel *model)
{
        JsonArray *array = json_array_new();

        for (guint i = 0; i < model->environments->len; i++) {
                const PvCostEnvironment *e = model->environments->pdata[i];
                JsonObject *object = json_object_new();

                json_object_set_string_member(object, "name", e->name);
                json_object_set_string_member(object, "title", e->title);
                for (int thing = 0; thing < PV_N_COST_THINGS; thing++) {
                        g_autofree char *words = formula(model, e->times[thing]);

                        json_object_set_string_member(object, pv_cost_thing_word((PvCostThing) thing), words);
                }
                json_array_add_object_element(array, object);
        }
        return array;
}

static void
record_model(const PvCostModel *model, PvRecorder *recorder)
{
        JsonObject *record = pv_record_new("cost-model");

        json_object_set_string_member(record, "file", model->path);
        json_object_set_array_member(record, "parameters", parameters(model));
        json_object_set_array_member(record, "environments", environments(model));
        pv_recorder_add(recorder, record);
}

/* ---- one sample in every environment ---- */

static gboolean
is_answer(JsonObject *record)
{
        return !strcmp(pv_record_string(record, "record"), "sample") &&
               !strcmp(pv_record_string(record, "answer"), "ok");
}

static void
set_range(JsonObject *record, const char *name, PvCostRange ns)
{
        JsonObject *range = json_object_new();

        json_object_set_double_member(range, "low", ns.low / NS_PER_US);
        json_object_set_double_member(range, "high", ns.high / NS_PER_US);
        json_object_set_object_member(record, name, range);
}

static JsonObject *
new_record(const char *kind, JsonObject *sample, const PvCostEnvironment *environment)
{
        JsonObject *record = pv_record_new(kind);

        json_object_set_string_member(record, "how", "modelled");
        json_object_set_string_member(record, "target", pv_record_string(sample, "target"));
        json_object_set_string_member(record, "question", pv_record_string(sample, "question"));
        json_object_set_string_member(record, "environment", environment->name);
        return record;
}

/*
 * Where memory is private, what was counted in a plain guest will do only if nothing moved through memory:
 * else there would have been pages to share.
 */
static gboolean
counts_in(const PvCostEnvironment *environment, JsonObject *sample, PvCounts *ret_counts)
{
        PvCounts counts = pv_record_get_counts(sample);

        if (environment->private && !pv_record_get_private_counts(sample, &counts) &&
            (counts.gpa_bytes || counts.doorbells))
                return FALSE;
        *ret_counts = counts;
        return TRUE;
}

static void
record_sample(const PvCostModel *model, JsonObject *sample, PvRecorder *recorder)
{
        gint64 n = pv_record_int(sample, "n");
        gboolean smi = g_strv_contains((const char *const *) model->smi_questions,
                                       pv_record_string(sample, "question"));

        for (guint i = 0; i < model->environments->len; i++) {
                const PvCostEnvironment *e = model->environments->pdata[i];
                JsonObject *record;
                PvCounts counts;

                if (!counts_in(e, sample, &counts))
                        continue;
                record = new_record("modelled", sample, e);
                json_object_set_string_member(record, "candidate", pv_record_string(sample, "candidate"));
                json_object_set_int_member(record, "n", n);
                json_object_set_string_member(record, "unit", "us");
                set_range(record, "time", pv_cost_price(model, e, &counts));
                if (smi && e->smm)
                        set_range(record, "rendezvous", pv_cost_rendezvous(model, n));
                pv_recorder_add(recorder, record);
        }
}

/* ---- two candidates on one question ---- */

/* Answers of one candidate to one question on one target, by size. */
typedef struct Series {
        JsonObject *first;
        GPtrArray *samples; /* borrowed */
} Series;

static void
series_free(void *data)
{
        Series *series = data;

        g_ptr_array_unref(series->samples);
        g_free(series);
}

static gboolean
same(JsonObject *a, JsonObject *b, const char *member)
{
        return !strcmp(pv_record_string(a, member), pv_record_string(b, member));
}

static Series *
series_of(GPtrArray *all, JsonObject *sample)
{
        Series *series;

        for (guint i = 0; i < all->len; i++) {
                series = all->pdata[i];
                if (same(series->first, sample, "candidate") && same(series->first, sample, "target") &&
                    same(series->first, sample, "question"))
                        return series;
        }
        series = g_new0(Series, 1);
        series->first = sample;
        series->samples = g_ptr_array_new();
        g_ptr_array_add(all, series);
        return series;
}

/* Adds the size that both were asked at and both can be priced at. */
static void
add_points(const PvCostEnvironment *environment, JsonObject *a, JsonObject *b, GArray *left, GArray *right)
{
        PvCostPoint p = {.n = pv_record_int(a, "n")}, q = {.n = pv_record_int(b, "n")};

        if (p.n != q.n || p.n > CROSSOVER_MAX || !counts_in(environment, a, &p.counts) ||
            !counts_in(environment, b, &q.counts))
                return;
        g_array_append_val(left, p);
        g_array_append_val(right, q);
}

static JsonArray *
spans_array(const PvCostModel *model, const PvCostEnvironment *environment, const GArray *a, const GArray *b)
{
        static const char *const words[] = {
                [PV_COST_DEPENDS] = "depends", [PV_COST_A] = "a", [PV_COST_B] = "b"};
        g_autoptr(GArray) spans = pv_cost_spans(model, environment, (const PvCostPoint *) a->data,
                                                (const PvCostPoint *) b->data, a->len);
        JsonArray *array = json_array_new();

        for (guint i = 0; i < spans->len; i++) {
                const PvCostSpan *span = &g_array_index(spans, PvCostSpan, i);
                JsonObject *object = json_object_new();

                json_object_set_string_member(object, "cheaper", words[span->cheaper]);
                json_object_set_int_member(object, "from", span->from);
                json_object_set_int_member(object, "to", span->to);
                json_array_add_object_element(array, object);
        }
        return array;
}

static void
record_crossover(const PvCostModel *model, const PvCostEnvironment *e, const Series *a, const Series *b,
                 PvRecorder *recorder)
{
        g_autoptr(GArray) left = g_array_new(FALSE, FALSE, sizeof(PvCostPoint));
        g_autoptr(GArray) right = g_array_new(FALSE, FALSE, sizeof(PvCostPoint));
        JsonObject *record;

        for (guint i = 0; i < a->samples->len; i++)
                for (guint j = 0; j < b->samples->len; j++)
                        add_points(e, a->samples->pdata[i], b->samples->pdata[j], left, right);
        if (!left->len || !memcmp(left->data, right->data, left->len * sizeof(PvCostPoint)))
                return; /* nothing in common, or all of it */
        record = new_record("modelled-crossover", a->first, e);
        json_object_set_string_member(record, "a", pv_record_string(a->first, "candidate"));
        json_object_set_string_member(record, "b", pv_record_string(b->first, "candidate"));
        json_object_set_array_member(record, "spans", spans_array(model, e, left, right));
        pv_recorder_add(recorder, record);
}

/* Each against the first candidate that answered the same on the same target. */
static void
record_crossovers(const PvCostModel *model, GPtrArray *all, const Series *series, PvRecorder *recorder)
{
        for (guint j = 0; all->pdata[j] != series; j++) {
                const Series *base = all->pdata[j];

                if (!same(base->first, series->first, "target") ||
                    !same(base->first, series->first, "question"))
                        continue;
                for (guint i = 0; i < model->environments->len; i++)
                        record_crossover(model, model->environments->pdata[i], base, series, recorder);
                return;
        }
}

void
pv_cost_record(const PvCostModel *model, GPtrArray *records, PvRecorder *recorder)
{
        g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(series_free);

        record_model(model, recorder);
        for (guint i = 0; i < records->len; i++) {
                if (!is_answer(records->pdata[i]))
                        continue;
                record_sample(model, records->pdata[i], recorder);
                g_ptr_array_add(series_of(all, records->pdata[i])->samples, records->pdata[i]);
        }
        for (guint i = 0; i < all->len; i++)
                record_crossovers(model, all, all->pdata[i], recorder);
}
