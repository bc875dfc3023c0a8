/* SPDX-License-Identifier: MIT */
/* Building the model: names from run records first, then verdicts and samples, then order and merging. */
#include "reports/report-model.h"

#include <string.h>

#include "common/record.h"

/* Joins the parts of a key; no name holds this character. */
#define KEY_SEPARATOR "\x1f"

/* Place of a name in the list; with `add`, at its end when it is new. G_MAXUINT: not there. */
static guint
name_index(GPtrArray *names, const char *name, gboolean add)
{
        guint i;

        if (g_ptr_array_find_with_equal_func(names, name, g_str_equal, &i))
                return i;
        if (!add)
                return G_MAXUINT;
        g_ptr_array_add(names, (char *) name);
        return names->len - 1;
}

static void
add_names(GPtrArray *names, JsonObject *run, const char *member)
{
        g_autoptr(GPtrArray) more = pv_report_strings(run, member);

        for (guint i = 0; i < more->len; i++)
                name_index(names, more->pdata[i], TRUE);
}

/* Calls back for each object of a run's array member. */
static void
each_object(PvReportModel *model, JsonObject *run, const char *member,
            void (*visit)(PvReportModel *model, JsonObject *object))
{
        JsonArray *array = pv_report_array(run, member);

        for (guint i = 0; array && i < json_array_get_length(array); i++) {
                JsonNode *node = json_array_get_element(array, i);

                if (JSON_NODE_HOLDS_OBJECT(node))
                        visit(model, json_node_get_object(node));
        }
}

static void
visit_target(PvReportModel *model, JsonObject *target)
{
        name_index(model->targets, pv_record_string(target, "name"), TRUE);
}

static void
add_not_run(PvReportModel *model, char *what, const char *why)
{
        PvReportNotRun *not_run;

        for (guint i = 0; i < model->not_run->len; i++) {
                not_run = model->not_run->pdata[i];
                if (!strcmp(not_run->what, what) && !strcmp(not_run->why, why)) {
                        g_free(what);
                        return;
                }
        }
        not_run = g_new0(PvReportNotRun, 1);
        not_run->what = what;
        not_run->why = g_strdup(why);
        g_ptr_array_add(model->not_run, not_run);
}

/* A target that one run left out may have been run by another. */
static void
visit_not_run(PvReportModel *model, JsonObject *object)
{
        const char *target = pv_record_string(object, "target");

        for (guint i = 0; i < model->columns->len; i++)
                if (!strcmp(((PvReportColumn *) model->columns->pdata[i])->target, target))
                        return;
        g_hash_table_insert(model->by_key, g_strjoin(KEY_SEPARATOR, "not-run", target, NULL), model);
        add_not_run(model, g_strdup_printf("target %s", target), pv_record_string(object, "why"));
}

/* Names first, headline first: the order of columns must not depend on which verdict came first. */
static void
read_runs(PvReportModel *model)
{
        for (guint i = 0; i < model->runs->len; i++)
                add_names(model->candidates, model->runs->pdata[i], "headline");
        model->n_headline = model->candidates->len;
        for (guint i = 0; i < model->runs->len; i++) {
                add_names(model->candidates, model->runs->pdata[i], "candidates");
                add_names(model->experimental, model->runs->pdata[i], "experimental");
                each_object(model, model->runs->pdata[i], "targets", visit_target);
        }
}

/* One target name in several runs may have been several VMMs: all of them are said. */
static void
add_version(PvReportColumn *column, const char *version)
{
        g_auto(GStrv) known = g_strsplit(column->version, ", ", -1);
        g_autofree char *before = NULL;

        if (g_strv_contains((const char *const *) known, version))
                return;
        before = column->version;
        column->version = *before ? g_strdup_printf("%s, %s", before, version) : g_strdup(version);
}

/* What a run record says about the target of this column. */
static void
describe_column(PvReportColumn *column, JsonObject *run)
{
        JsonArray *targets = pv_report_array(run, "targets");

        for (guint i = 0; targets && i < json_array_get_length(targets); i++) {
                JsonNode *node = json_array_get_element(targets, i);
                JsonObject *target = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
                const char *version;

                if (!target || strcmp(pv_record_string(target, "name"), column->target))
                        continue;
                version = pv_record_string(target, "version");
                column->theirs |= !strcmp(pv_record_string(target, "device"), "theirs");
                if (*version)
                        add_version(column, version);
                g_free(column->machine_type);
                column->machine_type = g_strdup(pv_record_string(target, "machine_type"));
        }
}

static PvReportColumn *
get_column(PvReportModel *model, JsonObject *record)
{
        const char *candidate = pv_record_string(record, "candidate"),
                   *target = pv_record_string(record, "target");
        g_autofree char *key = g_strjoin(KEY_SEPARATOR, "column", candidate, target, NULL);
        PvReportColumn *column = g_hash_table_lookup(model->by_key, key);

        if (column)
                return column;
        column = g_new0(PvReportColumn, 1);
        column->candidate = g_strdup(candidate);
        column->target = g_strdup(target);
        column->version = g_strdup("");
        column->machine_type = g_strdup("");
        for (guint i = 0; i < model->runs->len; i++)
                describe_column(column, model->runs->pdata[i]);
        if (name_index(model->targets, target, FALSE) == G_MAXUINT)
                column->theirs = !strcmp(pv_record_string(record, "device"), "theirs");
        g_hash_table_insert(model->by_key, g_steal_pointer(&key), column);
        g_ptr_array_add(model->columns, column);
        return column;
}

static unsigned
area_of(JsonObject *record)
{
        const char *word = pv_record_string(record, "area");

        if (*pv_record_string(record, "rules"))
                return PV_REPORT_OWN_RULES;
        for (unsigned area = 0; area < PV_N_AREAS; area++)
                if (!strcmp(pv_area_word(area), word))
                        return area;
        return PV_REPORT_OTHER_AREA;
}

static void
cell_free(void *data)
{
        PvReportCell *cell = data;

        json_object_unref(cell->record);
        g_free(cell->earlier);
        g_free(cell);
}

static void
result_free(void *data)
{
        PvReportResult *result = data;

        g_ptr_array_unref(result->cells);
        g_free(result);
}

static PvReportCheck *
get_check(PvReportModel *model, JsonObject *record)
{
        const char *id = pv_record_string(record, "check");
        g_autofree char *key = g_strjoin(KEY_SEPARATOR, "check", id, NULL);
        PvReportCheck *check = g_hash_table_lookup(model->by_key, key);

        if (check) {
                json_object_unref(check->record);
        } else {
                check = g_new0(PvReportCheck, 1);
                check->id = g_strdup(id);
                check->results = g_ptr_array_new_with_free_func(result_free);
                g_hash_table_insert(model->by_key, g_steal_pointer(&key), check);
                g_ptr_array_add(model->checks, check);
        }
        check->area = area_of(record);
        check->record = json_object_ref(record);
        return check;
}

static PvReportResult *
get_result(PvReportCheck *check, PvReportColumn *column)
{
        PvReportResult *result = pv_report_result(check, column);

        if (!result) {
                result = g_new0(PvReportResult, 1);
                result->column = column;
                result->cells = g_ptr_array_new_with_free_func(cell_free);
                g_ptr_array_add(check->results, result);
        }
        return result;
}

/* Another attempt of the same run hides nothing: what it replaces is kept by name. */
static void
replace_verdict(PvReportModel *model, PvReportCell *cell, JsonObject *record, PvVerdict verdict)
{
        g_autofree char *earlier = cell->earlier;

        cell->earlier = NULL;
        if (pv_record_int(record, "attempt") > 1) {
                cell->earlier = g_strjoin(earlier ? ", " : "", earlier ? earlier : "",
                                          pv_record_string(cell->record, "verdict"), NULL);
        } else {
                model->replaced++;
                model->changed += cell->verdict != verdict;
        }
        json_object_unref(cell->record);
}

static void
add_verdict(PvReportModel *model, JsonObject *record)
{
        g_autofree char *key =
                g_strjoin(KEY_SEPARATOR, "cell", pv_record_string(record, "candidate"),
                          pv_record_string(record, "target"), pv_record_string(record, "check"),
                          pv_record_string(record, "cell"), NULL);
        PvReportCell *cell = g_hash_table_lookup(model->by_key, key);
        int parsed = pv_verdict_parse(pv_record_string(record, "verdict"));
        PvVerdict verdict = parsed < 0 ? PV_BROKEN : (PvVerdict) parsed;
        PvReportCheck *check = get_check(model, record);

        if (cell) {
                replace_verdict(model, cell, record, verdict);
        } else {
                cell = g_new0(PvReportCell, 1);
                cell->column = get_column(model, record);
                g_ptr_array_add(get_result(check, cell->column)->cells, cell);
                g_hash_table_insert(model->by_key, g_steal_pointer(&key), cell);
        }
        cell->record = json_object_ref(record);
        cell->verdict = verdict;
}

static void
add_sample(PvReportModel *model, JsonObject *record)
{
        PvReportColumn *column = get_column(model, record);
        const char *question = pv_record_string(record, "question");
        gint64 n = pv_record_int(record, "n");
        PvReportSample *sample = pv_report_sample(model, column, question, n);

        if (sample) {
                model->replaced++;
                json_object_unref(sample->record);
        } else {
                sample = g_new0(PvReportSample, 1);
                sample->column = column;
                sample->n = n;
                g_ptr_array_add(model->samples, sample);
        }
        sample->record = json_object_ref(record);
        sample->question = pv_record_string(sample->record, "question");
}

static void
add_unspecified(PvReportModel *model, JsonObject *record)
{
        g_autofree char *key =
                g_strjoin(KEY_SEPARATOR, "probe", pv_record_string(record, "candidate"),
                          pv_record_string(record, "target"), pv_record_string(record, "probe"), NULL);
        PvReportUnspecified *unspecified = g_hash_table_lookup(model->by_key, key);

        if (unspecified) {
                json_object_unref(unspecified->record);
        } else {
                unspecified = g_new0(PvReportUnspecified, 1);
                unspecified->column = get_column(model, record);
                g_ptr_array_add(model->unspecified, unspecified);
                g_hash_table_insert(model->by_key, g_steal_pointer(&key), unspecified);
        }
        unspecified->record = json_object_ref(record);
}

/* Lies may be all that there is of a candidate; who is there for contrast is none. */
static void
note_listener(PvReportModel *model, JsonObject *record)
{
        if (pv_record_flag(record, "contrast"))
                g_hash_table_insert(model->by_key,
                                    g_strjoin(KEY_SEPARATOR, "contrast", pv_record_string(record, "candidate"),
                                              pv_record_string(record, "target"), NULL),
                                    model);
        else
                get_column(model, record);
}

static void
add_record(PvReportModel *model, JsonObject *record)
{
        const char *kind = pv_record_string(record, "record");

        if (!strcmp(kind, "verdict"))
                add_verdict(model, record);
        else if (!strcmp(kind, "unspecified"))
                add_unspecified(model, record);
        else if (!strcmp(kind, "sample"))
                add_sample(model, record);
        else if (strcmp(kind, "run") && !pv_report_keep(model, record))
                model->unknown++;
        if (!strcmp(kind, "hostile"))
                note_listener(model, record);
}

/* n/a and not-claimed are neutral: they lose against every other. */
static unsigned
badness(PvVerdict verdict)
{
        static const unsigned rank[PV_N_VERDICTS] = {
                [PV_NA] = 0,    [PV_NOT_CLAIMED] = 1, [PV_PASS] = 2, [PV_CANNOT_TELL] = 3, [PV_BLOCKED] = 4,
                [PV_XPASS] = 5, [PV_XFAIL] = 6,       [PV_FAIL] = 7, [PV_BROKEN] = 8,
        };

        return rank[verdict];
}

PvVerdict
pv_report_worse(PvVerdict a, PvVerdict b)
{
        return badness(a) >= badness(b) ? a : b;
}

static void
merge_cells(PvReportResult *result)
{
        gboolean neutral = FALSE;

        result->verdict = PV_NA;
        for (guint i = 0; i < result->cells->len; i++) {
                const PvReportCell *cell = result->cells->pdata[i];

                result->verdict = pv_report_worse(result->verdict, cell->verdict);
                neutral |= cell->verdict == PV_NA || cell->verdict == PV_NOT_CLAIMED;
        }
        result->partial = neutral && result->verdict == PV_PASS;
}

static int
compare_columns(const void *a, const void *b)
{
        const PvReportColumn *left = *(PvReportColumn *const *) a, *right = *(PvReportColumn *const *) b;

        for (guint i = 0; i < G_N_ELEMENTS(left->rank); i++)
                if (left->rank[i] != right->rank[i])
                        return left->rank[i] < right->rank[i] ? -1 : 1;
        return 0;
}

static int
compare_checks(const void *a, const void *b)
{
        const PvReportCheck *left = *(PvReportCheck *const *) a, *right = *(PvReportCheck *const *) b;

        if (left->area != right->area)
                return left->area < right->area ? -1 : 1;
        return strcmp(left->id, right->id);
}

static int
compare_results(const void *a, const void *b)
{
        const PvReportResult *left = *(PvReportResult *const *) a, *right = *(PvReportResult *const *) b;

        return compare_columns(&left->column, &right->column);
}

static char *
letter_of(guint index)
{
        GString *letter = g_string_new(NULL);

        for (guint rest = index + 1; rest > 0; rest = (rest - 1) / 26)
                g_string_prepend_c(letter, (char) ('A' + (rest - 1) % 26));
        return g_string_free(letter, FALSE);
}

/* Real VMMs first, target by target; in each the headline first, then as named. What is experimental comes last. */
static void
sort_columns(PvReportModel *model)
{
        model->no_headline = model->only_experimental = TRUE;
        for (guint i = 0; i < model->columns->len; i++) {
                PvReportColumn *column = model->columns->pdata[i];

                column->experimental = name_index(model->experimental, column->candidate, FALSE) != G_MAXUINT;
                column->rank[0] = column->experimental ? 2 : !column->theirs;
                column->rank[1] = name_index(model->targets, column->target, TRUE);
                column->rank[2] = name_index(model->candidates, column->candidate, TRUE);
                column->rank[3] = i;
                column->headline = column->rank[2] < model->n_headline && !column->experimental;
                model->no_headline &= !column->headline;
                model->only_experimental &= column->experimental;
        }
        g_ptr_array_sort(model->columns, compare_columns);
        for (guint i = 0; i < model->columns->len; i++) {
                PvReportColumn *column = model->columns->pdata[i];

                column->letter = letter_of(i);
                column->headline |= model->no_headline && !column->experimental;
        }
}

static void
sort_checks(PvReportModel *model)
{
        g_ptr_array_sort(model->checks, compare_checks);
        for (guint i = 0; i < model->checks->len; i++) {
                PvReportCheck *check = model->checks->pdata[i];

                g_ptr_array_sort(check->results, compare_results);
                for (guint j = 0; j < check->results->len; j++)
                        merge_cells(check->results->pdata[j]);
        }
}

/* A pair that a run named and of which nothing was recorded must not vanish. */
static void
find_silent_pair(PvReportModel *model, const char *candidate, const char *target)
{
        g_autofree char *column = g_strjoin(KEY_SEPARATOR, "column", candidate, target, NULL);
        g_autofree char *not_run = g_strjoin(KEY_SEPARATOR, "not-run", target, NULL);
        g_autofree char *contrast = g_strjoin(KEY_SEPARATOR, "contrast", candidate, target, NULL);

        if (!g_hash_table_contains(model->by_key, column) && !g_hash_table_contains(model->by_key, not_run) &&
            !g_hash_table_contains(model->by_key, contrast))
                add_not_run(model, g_strdup_printf("%s on %s", candidate, target),
                            "the run named it, and recorded nothing of it");
}

static void
find_silent_pairs(PvReportModel *model, JsonObject *run)
{
        JsonArray *targets = pv_report_array(run, "targets");

        for (guint i = 0; targets && i < json_array_get_length(targets); i++) {
                JsonNode *node = json_array_get_element(targets, i);
                JsonObject *target = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
                g_autoptr(GPtrArray) candidates =
                        pv_report_strings(target && pv_report_array(target, "candidates") ? target : run, "candidates");

                for (guint j = 0; target && j < candidates->len; j++)
                        find_silent_pair(model, candidates->pdata[j], pv_record_string(target, "name"));
        }
}

PvReportModel *
pv_report_model_new(GPtrArray *records)
{
        PvReportModel *model = pv_report_model_empty();

        for (guint i = 0; i < records->len; i++)
                if (!strcmp(pv_record_string(records->pdata[i], "record"), "run"))
                        g_ptr_array_add(model->runs, json_object_ref(records->pdata[i]));
        read_runs(model);
        for (guint i = 0; i < records->len; i++)
                add_record(model, records->pdata[i]);
        for (guint i = 0; i < model->runs->len; i++)
                each_object(model, model->runs->pdata[i], "not_run", visit_not_run);
        for (guint i = 0; i < model->runs->len; i++)
                find_silent_pairs(model, model->runs->pdata[i]);
        sort_columns(model);
        sort_checks(model);
        return model;
}
