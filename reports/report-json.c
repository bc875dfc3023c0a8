/* SPDX-License-Identifier: MIT */
/* results.json: the model for other programs, with the same numbers as the page. */
#include <string.h>

#include "common/record.h"
#include "reports/report-compare.h"
#include "reports/report-score.h"
#include "reports/report-sev.h"
#include "reports/report-words.h"
#include "reports/report-writers.h"

/* Copies the members of a record that are not named, so that members of a later schema survive. */
static JsonObject *
copy_without(JsonObject *record, const char *const *left_out)
{
        g_autoptr(GList) members = json_object_get_members(record);
        JsonObject *copy = json_object_new();

        for (GList *at = members; at; at = at->next)
                if (!g_strv_contains(left_out, at->data))
                        json_object_set_member(copy, at->data, json_object_dup_member(record, at->data));
        return copy;
}

static JsonObject *
copy_record(JsonObject *record)
{
        static const char *const left_out[] = {"record", NULL};

        return copy_without(record, left_out);
}

static JsonArray *
copy_all(GPtrArray *records)
{
        JsonArray *array = json_array_new();

        for (guint i = 0; i < records->len; i++)
                json_array_add_object_element(array, copy_record(records->pdata[i]));
        return array;
}

static JsonObject *
pair(const PvReportColumn *column)
{
        JsonObject *object = json_object_new();

        json_object_set_string_member(object, "candidate", column->candidate);
        json_object_set_string_member(object, "target", column->target);
        return object;
}

static JsonArray *
columns_array(const PvReportModel *model)
{
        JsonArray *array = json_array_new();

        for (guint i = 0; i < model->columns->len; i++) {
                const PvReportColumn *column = model->columns->pdata[i];
                JsonObject *object = pair(column);

                json_object_set_string_member(object, "letter", column->letter);
                json_object_set_string_member(object, "version", column->version);
                json_object_set_string_member(object, "device", column->theirs ? "theirs" : "ours");
                json_object_set_boolean_member(object, "headline", column->headline);
                json_object_set_boolean_member(object, "experimental", column->experimental);
                json_array_add_object_element(array, object);
        }
        return array;
}

static JsonObject *
result_object(const PvReportResult *result)
{
        static const char *const shared[] = {
                "record", "candidate", "target",      "check",  "level", "area",
                "basis",  "source",    "requirement", "advice", NULL,
        };
        JsonObject *object = pair(result->column);
        JsonArray *cells = json_array_new();

        json_object_set_string_member(object, "verdict", pv_verdict_word(result->verdict));
        json_object_set_boolean_member(object, "partial", result->partial);
        for (guint i = 0; i < result->cells->len; i++) {
                const PvReportCell *cell = result->cells->pdata[i];
                JsonObject *copy = copy_without(cell->record, shared);

                if (cell->earlier)
                        json_object_set_string_member(copy, "earlier_attempts", cell->earlier);
                json_array_add_object_element(cells, copy);
        }
        json_object_set_array_member(object, "cells", cells);
        return object;
}

static JsonArray *
checks_array(const PvReportModel *model)
{
        static const char *const about[] = {"level", "area", "basis", "source", "requirement", "advice"};
        JsonArray *array = json_array_new();

        for (guint i = 0; i < model->checks->len; i++) {
                const PvReportCheck *check = model->checks->pdata[i];
                JsonObject *object = json_object_new();
                JsonArray *results = json_array_new();

                json_object_set_string_member(object, "id", check->id);
                for (size_t j = 0; j < G_N_ELEMENTS(about); j++)
                        json_object_set_string_member(object, about[j],
                                                      pv_record_string(check->record, about[j]));
                for (guint j = 0; j < check->results->len; j++)
                        json_array_add_object_element(results, result_object(check->results->pdata[j]));
                json_object_set_array_member(object, "results", results);
                json_array_add_object_element(array, object);
        }
        return array;
}

static JsonObject *
score_object(const PvReportColumn *column, const char *area, const PvReportScore *score)
{
        JsonObject *object = pair(column);
        g_autofree char *text = pv_report_score_text(score);

        json_object_set_string_member(object, "area", area);
        json_object_set_string_member(object, "text", text);
        json_object_set_int_member(object, "checks", score->checks);
        json_object_set_int_member(object, "passed", score->passed);
        json_object_set_int_member(object, "partial", score->partial);
        json_object_set_int_member(object, "decided", score->decided);
        json_object_set_int_member(object, "undecided", score->undecided);
        json_object_set_int_member(object, "not_claimed", score->not_claimed);
        json_object_set_string_member(object, "worst", pv_verdict_word(score->worst));
        return object;
}

static const char *
area_word(unsigned area)
{
        return area < PV_N_AREAS ? pv_area_word((PvArea) area) : pv_report_area_title(area);
}

static JsonArray *
scores_array(const PvReportModel *model)
{
        JsonArray *array = json_array_new();

        for (guint i = 0; i < model->columns->len; i++) {
                for (unsigned area = 0; area <= PV_REPORT_OTHER_AREA; area++) {
                        PvReportScore score = pv_report_score(model, model->columns->pdata[i], area);
                        if (score.checks)
                                json_array_add_object_element(
                                        array, score_object(model->columns->pdata[i], area_word(area), &score));
                }
        }
        return array;
}

static JsonObject *
provenance_object(const PvReportModel *model)
{
        PvReportProvenance provenance = pv_report_provenance(model);
        JsonObject *object = json_object_new();

        json_object_set_int_member(object, "headline_cells", provenance.cells);
        json_object_set_int_member(object, "device_and_consumer_theirs",
                                   provenance.device_and_consumer_theirs);
        json_object_set_int_member(object, "device_theirs", provenance.device_theirs);
        json_object_set_int_member(object, "content_ours", provenance.content_ours);
        return object;
}

static JsonArray *
unspecified_array(const PvReportModel *model)
{
        JsonArray *array = json_array_new();

        for (guint i = 0; i < model->unspecified->len; i++)
                json_array_add_object_element(
                        array, copy_record(((PvReportUnspecified *) model->unspecified->pdata[i])->record));
        return array;
}

static JsonArray *
samples_array(const PvReportModel *model)
{
        JsonArray *array = json_array_new();

        for (guint i = 0; i < model->samples->len; i++) {
                const PvReportSample *sample = model->samples->pdata[i];
                PvReportCost cost = pv_report_cost(sample);
                JsonObject *object = copy_record(sample->record);

                json_object_set_int_member(object, "accesses", cost.accesses);
                json_object_set_int_member(object, "accesses_with_rep", cost.string_accesses);
                json_object_set_int_member(object, "bytes", cost.bytes);
                json_object_set_int_member(object, "transfers", cost.transfers);
                json_array_add_object_element(array, object);
        }
        return array;
}

static JsonArray *
not_run_array(const PvReportModel *model)
{
        JsonArray *array = json_array_new();

        for (guint i = 0; i < model->not_run->len; i++) {
                const PvReportNotRun *not_run = model->not_run->pdata[i];
                JsonObject *object = json_object_new();

                json_object_set_string_member(object, "what", not_run->what);
                json_object_set_string_member(object, "why", not_run->why);
                json_array_add_object_element(array, object);
        }
        return array;
}

static JsonObject *
tallies_object(const PvReportModel *model, const PvReportColumn *target)
{
        g_autoptr(GPtrArray) rows = pv_report_compared_rows(model);
        JsonObject *object = json_object_new(), *by_row = json_object_new();

        json_object_set_string_member(object, "target", target->target);
        json_object_set_string_member(object, "version", target->version);
        json_object_set_string_member(object, "machine_type", target->machine_type);
        for (guint i = 0; i < rows->len; i++) {
                const PvReportRow *row = rows->pdata[i];
                PvReportTally tally = pv_report_tally(model, target, row);
                JsonObject *counts = json_object_new();

                json_object_set_int_member(counts, "passed", tally.passed);
                json_object_set_int_member(counts, "failed", tally.failed);
                json_object_set_int_member(counts, "not_applicable", tally.inapplicable);
                json_object_set_int_member(counts, "undecided", tally.undecided);
                json_object_set_object_member(by_row, row->title, counts);
        }
        json_object_set_object_member(object, "rows", by_row);
        return object;
}

static JsonObject *
comparison_object(const PvReportModel *model, const PvReportComparison *comparison)
{
        g_autoptr(GPtrArray) differences = pv_report_differences(model, comparison);
        JsonObject *object = json_object_new();
        JsonArray *targets = json_array_new(), *differing = json_array_new();

        json_object_set_string_member(object, "title", comparison->title);
        json_object_set_string_member(object, "by", comparison->by_version ? "version" : "machine_type");
        for (guint i = 0; i < comparison->targets->len; i++)
                json_array_add_object_element(targets, tallies_object(model, comparison->targets->pdata[i]));
        for (guint i = 0; i < differences->len; i++) {
                const PvReportDifference *difference = differences->pdata[i];
                JsonObject *one = json_object_new();
                JsonArray *checks = json_array_new();

                for (guint j = 0; j < difference->checks->len; j++)
                        json_array_add_string_element(checks, difference->checks->pdata[j]);
                json_object_set_string_member(one, "outcomes", difference->words);
                json_object_set_array_member(one, "checks", checks);
                json_array_add_object_element(differing, one);
        }
        json_object_set_array_member(object, "targets", targets);
        json_object_set_array_member(object, "differences", differing);
        return object;
}

static JsonArray *
comparisons_array(const PvReportModel *model)
{
        g_autoptr(GPtrArray) comparisons = pv_report_comparisons(model);
        JsonArray *array = json_array_new();

        for (guint i = 0; i < comparisons->len; i++)
                json_array_add_object_element(array, comparison_object(model, comparisons->pdata[i]));
        return array;
}

static JsonArray *
strings_array(GPtrArray *strings)
{
        JsonArray *array = json_array_new();

        for (guint i = 0; i < strings->len; i++)
                json_array_add_string_element(array, strings->pdata[i]);
        return array;
}

static JsonArray *
rows_array(const PvReportTable *table)
{
        JsonArray *array = json_array_new();

        for (guint i = 0; i < table->rows->len; i++) {
                const GPtrArray *row = table->rows->pdata[i];
                JsonArray *fields = json_array_new();

                for (guint j = 0; j < row->len; j++)
                        json_array_add_string_element(fields, ((const PvReportField *) row->pdata[j])->text);
                json_array_add_array_element(array, fields);
        }
        return array;
}

/* The page's own sections, so that nobody has to derive them again. */
static JsonArray *
sev_array(const PvReportModel *model)
{
        g_autoptr(GPtrArray) sections = pv_report_sev_sections(model, FALSE);
        JsonArray *array = json_array_new();

        for (guint i = 0; i < sections->len; i++) {
                const PvReportSection *section = sections->pdata[i];
                JsonObject *object = json_object_new();

                json_object_set_string_member(object, "title", section->title);
                json_object_set_string_member(object, "text", section->text ? section->text : "");
                json_object_set_string_member(object, "how", pv_origin_word(PV_ORIGIN_MODELLED));
                if (section->table) {
                        json_object_set_array_member(object, "heads", strings_array(section->table->heads));
                        json_object_set_array_member(object, "rows", rows_array(section->table));
                }
                json_array_add_object_element(array, object);
        }
        return array;
}

void
pv_report_write_json(const PvReportModel *model, GString *out)
{
        g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
        g_autofree char *text = NULL;
        JsonObject *root = json_object_new();

        json_node_take_object(node, root);
        json_object_set_int_member(root, "schema", PV_RECORD_SCHEMA);
        json_object_set_array_member(root, "runs", copy_all(model->runs));
        json_object_set_array_member(root, "columns", columns_array(model));
        json_object_set_array_member(root, "scores", scores_array(model));
        json_object_set_object_member(root, "provenance", provenance_object(model));
        json_object_set_array_member(root, "comparisons", comparisons_array(model));
        json_object_set_array_member(root, "checks", checks_array(model));
        json_object_set_array_member(root, "unspecified", unspecified_array(model));
        json_object_set_array_member(root, "samples", samples_array(model));
        json_object_set_array_member(root, "times", copy_all(model->times));
        json_object_set_array_member(root, "accesses", copy_all(model->accesses));
        json_object_set_array_member(root, "crossovers", copy_all(model->crossovers));
        json_object_set_array_member(root, "speed", copy_all(model->speeds));
        json_object_set_array_member(root, "exactness", copy_all(model->exactness));
        json_object_set_array_member(root, "exits", copy_all(model->exits));
        json_object_set_array_member(root, "exit_times", copy_all(model->exit_times));
        json_object_set_array_member(root, "exits_end", copy_all(model->exits_end));
        json_object_set_array_member(root, "cost_models", copy_all(model->cost_models));
        json_object_set_array_member(root, "modelled", copy_all(model->modelled));
        json_object_set_array_member(root, "modelled_crossovers", copy_all(model->modelled_crossovers));
        json_object_set_array_member(root, "predictions", copy_all(model->predictions));
        json_object_set_array_member(root, "requirements", copy_all(model->requirements));
        json_object_set_array_member(root, "hostile", copy_all(model->hostiles));
        json_object_set_array_member(root, "sev", sev_array(model));
        json_object_set_array_member(root, "ledger", copy_all(model->ledger));
        json_object_set_array_member(root, "ledger_pages", copy_all(model->ledger_pages));
        json_object_set_array_member(root, "notes", copy_all(model->notes));
        json_object_set_array_member(root, "not_run", not_run_array(model));
        json_object_set_int_member(root, "replaced", model->replaced);
        json_object_set_int_member(root, "changed", model->changed);
        json_object_set_int_member(root, "unknown", model->unknown);
        text = json_to_string(node, TRUE);
        g_string_append_printf(out, "%s\n", text);
}
