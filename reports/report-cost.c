/* SPDX-License-Identifier: MIT */
/* The tables of what is modelled. */
#include "reports/report-cost.h"

#include <string.h>

#include "common/record.h"
#include "reports/report-score.h"

const char pv_report_modelled_legend[] = "Modelled: the letter of the column that is cheaper, whatever "
                                         "value each parameter takes in its range, as long as both "
                                         "pay the same. \"A to 19, C from 61\": A up to 19 possible CPUs "
                                         "and C from 61 on, and between them it hangs on the "
                                         "parameters; a question mark: it always does. Between the sizes "
                                         "that were counted, counts are taken to be linear.";

/* Environments of the last cost model that was recorded, or NULL. */
static JsonArray *
environments(const PvReportModel *model)
{
        guint n = model->cost_models->len;

        return n ? pv_report_array(model->cost_models->pdata[n - 1], "environments") : NULL;
}

static JsonObject *
element(JsonArray *array, guint i)
{
        JsonNode *node = json_array_get_element(array, i);

        return JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

static gboolean
is(JsonObject *record, const char *member, const char *value)
{
        return !strcmp(pv_record_string(record, member), value);
}

/* The last one counts. */
static JsonObject *
find_modelled(const PvReportModel *model, const PvReportColumn *column, const char *question, gint64 n,
              const char *environment)
{
        for (guint i = model->modelled->len; i > 0; i--) {
                JsonObject *record = model->modelled->pdata[i - 1];

                if (pv_record_int(record, "n") == n && is(record, "question", question) &&
                    is(record, "environment", environment) && is(record, "candidate", column->candidate) &&
                    is(record, "target", column->target))
                        return record;
        }
        return NULL;
}

static double
bound(JsonObject *record, const char *range, const char *side)
{
        JsonNode *node = json_object_get_member(record, range);

        return node && JSON_NODE_HOLDS_OBJECT(node) ? pv_record_double(json_node_get_object(node), side) : 0;
}

/* Two digits: the ranges claim no more. */
static char *
brief(double value)
{
        char buffer[G_ASCII_DTOSTR_BUF_SIZE];
        guint64 unit = 1;

        if (value < 100)
                return g_strdup(g_ascii_formatd(buffer, sizeof buffer, "%.2g", value));
        while (value / (double) unit >= 100)
                unit *= 10;
        return g_strdup_printf("%" G_GUINT64_FORMAT, (guint64) (value / (double) unit + 0.5) * unit);
}

static char *
time_words(JsonObject *record)
{
        g_autofree char *low = brief(bound(record, "time", "low")),
                        *high = brief(bound(record, "time", "high"));

        return g_strdup_printf("%s–%s us", low, high);
}

/* Its share in itself and the rendezvous together. */
static char *
share_words(JsonObject *record)
{
        double low = bound(record, "time", "low"), high = bound(record, "time", "high");
        double least = bound(record, "rendezvous", "low"), most = bound(record, "rendezvous", "high");
        g_autofree char *from = brief(100 * low / (low + most)), *to = brief(100 * high / (high + least));

        return most > 0 ? g_strdup_printf("%s–%s %%", from, to) : NULL;
}

static void
modelled_row(PvReportTable *table, const PvReportModel *model, JsonObject *environment, const char *question,
             const char *title, char *(*words)(JsonObject *record))
{
        gint64 n = pv_report_answer_n(model);

        pv_report_table_row(table);
        pv_report_table_add(table, title);
        for (guint i = 0; i < model->columns->len; i++) {
                JsonObject *record = find_modelled(model, model->columns->pdata[i], question, n,
                                                   pv_record_string(environment, "name"));
                char *text = record ? words(record) : NULL;

                pv_report_table_take(table, text ? text : g_strdup("."),
                                     text ? PV_REPORT_PLAIN : PV_REPORT_DIM);
        }
}

/* Is anything of this question modelled beside an SMI there? */
static gboolean
has_rendezvous(const PvReportModel *model, const char *question, const char *environment)
{
        for (guint i = 0; i < model->modelled->len; i++)
                if (is(model->modelled->pdata[i], "question", question) &&
                    is(model->modelled->pdata[i], "environment", environment) &&
                    json_object_has_member(model->modelled->pdata[i], "rendezvous"))
                        return TRUE;
        return FALSE;
}

static void
modelled_rows(PvReportTable *table, const PvReportModel *model, JsonObject *environment, const char *question)
{
        const char *title = pv_record_string(environment, "title");
        g_autofree char *share = g_strdup_printf("%s, share", title);

        modelled_row(table, model, environment, question, title, time_words);
        if (has_rendezvous(model, question, pv_record_string(environment, "name")))
                modelled_row(table, model, environment, question, share, share_words);
}

static gboolean
is_modelled(const PvReportModel *model, const char *question)
{
        for (guint i = 0; i < model->modelled->len; i++)
                if (is(model->modelled->pdata[i], "question", question))
                        return TRUE;
        return FALSE;
}

PvReportTable *
pv_report_table_modelled(const PvReportModel *model, const char *question)
{
        static const char *const heads[] = {"modelled", NULL};
        JsonArray *array = environments(model);
        PvReportTable *table;

        if (!array || !is_modelled(model, question))
                return NULL;
        table = pv_report_table_new(heads);
        for (guint i = 0; i < model->columns->len; i++)
                pv_report_table_head(table, ((PvReportColumn *) model->columns->pdata[i])->letter);
        for (guint i = 0; i < json_array_get_length(array); i++)
                if (element(array, i))
                        modelled_rows(table, model, element(array, i), question);
        return table;
}

/* ---- crossovers ---- */

static const char *
letter_of(const PvReportModel *model, JsonObject *record, const char *member)
{
        for (guint i = 0; i < model->columns->len; i++) {
                const PvReportColumn *column = model->columns->pdata[i];

                if (is(record, member, column->candidate) && is(record, "target", column->target))
                        return column->letter;
        }
        return "?";
}

/* "A to 7, C 14 to 4096, A from 5000" */
static char *
crossover_words(const PvReportModel *model, JsonObject *record)
{
        JsonArray *spans = pv_report_array(record, "spans");
        guint n = spans ? json_array_get_length(spans) : 0;
        GString *text = g_string_new(NULL);

        for (guint i = 0; i < n; i++) {
                JsonObject *span = element(spans, i);

                if (!span || is(span, "cheaper", "depends"))
                        continue;
                g_string_append_printf(text, "%s%s", text->len ? ", " : "",
                                       letter_of(model, record, pv_record_string(span, "cheaper")));
                if (i > 0)
                        g_string_append_printf(text, " %s%" G_GINT64_FORMAT, i + 1 == n ? "from " : "",
                                               pv_record_int(span, "from"));
                if (i + 1 < n)
                        g_string_append_printf(text, " to %" G_GINT64_FORMAT, pv_record_int(span, "to"));
        }
        return text->len ? g_string_free(text, FALSE) : (g_string_free(text, TRUE), g_strdup("?"));
}

/* A pair on a target and question. */
static char *
pair_key(const PvReportModel *model, JsonObject *record)
{
        return g_strdup_printf("%s: %s and %s", pv_record_string(record, "question"),
                               letter_of(model, record, "a"), letter_of(model, record, "b"));
}

static void
crossover_row(PvReportTable *table, const PvReportModel *model, const char *key, JsonArray *array)
{
        pv_report_table_row(table);
        pv_report_table_add(table, key);
        for (guint e = 0; e < json_array_get_length(array); e++) {
                g_autofree char *words = NULL;

                for (guint i = 0; i < model->modelled_crossovers->len; i++) {
                        JsonObject *record = model->modelled_crossovers->pdata[i];
                        g_autofree char *its = pair_key(model, record);

                        if (strcmp(its, key) || !element(array, e) ||
                            !is(record, "environment", pv_record_string(element(array, e), "name")))
                                continue;
                        g_free(words);
                        words = crossover_words(model, record);
                }
                pv_report_table_take(table, words ? g_steal_pointer(&words) : g_strdup("."), PV_REPORT_PLAIN);
        }
}

PvReportTable *
pv_report_table_modelled_crossovers(const PvReportModel *model)
{
        static const char *const heads[] = {"modelled: which is cheaper", NULL};
        g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        JsonArray *array = environments(model);
        PvReportTable *table;

        if (!array || model->modelled_crossovers->len == 0)
                return NULL;
        table = pv_report_table_new(heads);
        for (guint i = 0; i < json_array_get_length(array); i++)
                pv_report_table_head(table,
                                     element(array, i) ? pv_record_string(element(array, i), "title") : "");
        for (guint i = 0; i < model->modelled_crossovers->len; i++) {
                g_autofree char *key = pair_key(model, model->modelled_crossovers->pdata[i]);

                if (!g_hash_table_contains(seen, key))
                        crossover_row(table, model, key, array);
                g_hash_table_add(seen, g_steal_pointer(&key));
        }
        return table;
}

/* ---- parameters ---- */

static void
parameter_row(PvReportTable *table, JsonObject *parameter)
{
        g_autofree char *low = pv_report_number(pv_record_double(parameter, "low"));
        g_autofree char *high = pv_report_number(pv_record_double(parameter, "high"));

        pv_report_table_row(table);
        pv_report_table_add(table, pv_record_string(parameter, "name"));
        pv_report_table_take(table,
                             g_strdup_printf("%s–%s %s", low, high, pv_record_string(parameter, "unit")),
                             PV_REPORT_PLAIN);
        pv_report_table_add(table, pv_record_string(parameter, "mark"));
        pv_report_table_add(table, pv_record_string(parameter, "confidence"));
        pv_report_table_add(table, pv_record_string(parameter, "source"));
}

PvReportTable *
pv_report_table_parameters(const PvReportModel *model)
{
        static const char *const heads[] = {"parameter", "range", "known by", "confidence", "source", NULL};
        guint n = model->cost_models->len;
        JsonArray *array = n ? pv_report_array(model->cost_models->pdata[n - 1], "parameters") : NULL;
        PvReportTable *table;

        if (!array || !json_array_get_length(array))
                return NULL;
        table = pv_report_table_new(heads);
        for (guint i = 0; i < json_array_get_length(array); i++)
                if (element(array, i))
                        parameter_row(table, element(array, i));
        return table;
}

char *
pv_report_modelled_sentence(const PvReportModel *model)
{
        if (model->modelled->len == 0)
                return NULL;
        return g_strdup_printf("Modelled, not measured: the counts above, at %" G_GINT64_FORMAT
                               " possible CPUs, times ranges of what each "
                               "access, byte and shared page costs. A range holds whatever value each "
                               "parameter takes within its own; the "
                               "file report.md and the cost model itself say what they rest on. Where memory "
                               "is private, pages to share are "
                               "counted on the model; a dot: they were not. The share is that of the answer "
                               "in itself and an SMI that stops "
                               "all CPUs; there is none where an environment has no SMM.",
                               pv_report_answer_n(model));
}

/* ---- the model against what was measured ---- */

/* An error of -0.25 to 0.1 as "-25 to +10 %". */
static char *
error_words(double low, double high)
{
        return g_strdup_printf("%+.0f to %+.0f %%", 100 * low, 100 * high);
}

static void
prediction_row(PvReportTable *table, const PvReportModel *model, JsonObject *record)
{
        g_autofree char *low = brief(bound(record, "predicted", "low")),
                        *high = brief(bound(record, "predicted", "high"));
        g_autofree char *median = pv_report_number(bound(record, "measured", "median"));

        pv_report_table_row(table);
        pv_report_table_add(table, pv_record_string(record, "question"));
        pv_report_table_add(table, letter_of(model, record, "candidate"));
        pv_report_table_take(table, g_strdup_printf("%s–%s us", low, high), PV_REPORT_PLAIN);
        pv_report_table_take(table, g_strdup_printf("%s us", median), PV_REPORT_PLAIN);
        pv_report_table_take(table,
                             error_words(bound(record, "error", "low"), bound(record, "error", "high")),
                             PV_REPORT_PLAIN);
}

PvReportTable *
pv_report_table_predictions(const PvReportModel *model)
{
        static const char *const heads[] = {"question", "column", "modelled with measured prices",
                                            "measured", "error",  NULL};
        gint64 n = pv_report_answer_n(model);
        PvReportTable *table = pv_report_table_new(heads);

        for (guint i = 0; i < model->predictions->len; i++)
                if (pv_record_int(model->predictions->pdata[i], "n") == n)
                        prediction_row(table, model, model->predictions->pdata[i]);
        if (table->rows->len)
                return table;
        pv_report_table_free(table);
        return NULL;
}

/* Of one target. */
static char *
error_of_target(const PvReportModel *model, const char *target)
{
        double least = G_MAXDOUBLE, most = -G_MAXDOUBLE;
        guint n = 0, above = 0, below = 0;
        g_autofree char *range = NULL;

        for (guint i = 0; i < model->predictions->len; i++) {
                JsonObject *record = model->predictions->pdata[i];
                double low = bound(record, "error", "low"), high = bound(record, "error", "high");

                if (!is(record, "target", target))
                        continue;
                n++;
                above += low > 0;
                below += high < 0;
                least = MIN(least, low);
                most = MAX(most, high);
        }
        range = error_words(least, most);
        return g_strdup_printf(" On %s, of %u predictions %u hold what was measured, %u are below it and %u "
                               "above; the error "
                               "is %s.",
                               target, n, n - above - below, below, above, range);
}

char *
pv_report_prediction_sentence(const PvReportModel *model)
{
        g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
        GString *text;

        if (model->predictions->len == 0)
                return NULL;
        text = g_string_new(
                "The model held against what was measured: counts times the measured time of one access, in "
                "place "
                "of a whole question, where all that was counted has such a price. What the consumer "
                "computes "
                "between accesses is in no price: where KVM emulates the guest's instructions one by one, as "
                "kvm_pvm does, that is most of the time, and a prediction is far below.");
        for (guint i = 0; i < model->predictions->len; i++) {
                const char *target = pv_record_string(model->predictions->pdata[i], "target");
                g_autofree char *words =
                        g_hash_table_add(seen, (gpointer) target) ? error_of_target(model, target) : NULL;

                g_string_append(text, words ? words : "");
        }
        return g_string_free(text, FALSE);
}
