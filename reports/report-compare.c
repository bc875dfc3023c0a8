/* SPDX-License-Identifier: MIT */
/* Which real VMMs stand beside each other, what each passed, and what only some of them did. */
#include "reports/report-compare.h"

#include <string.h>

#include "common/record.h"

const char pv_report_tally_legend[] = "Checks that passed / failed / do not apply or were not claimed; +k?: k more stayed "
                                      "undecided. A check in several cells or for several candidates counts once, with its "
                                      "worst verdict; one failed as expected counts as failed.";

#define BRIEF_CHECKS 6 /* so many are named one by one where it is to be brief */

/* ---- what is compared ---- */

static void
comparison_free(void *data)
{
        PvReportComparison *comparison = data;

        g_free(comparison->title);
        g_ptr_array_unref(comparison->targets);
        g_free(comparison);
}

static gboolean
same_target(gconstpointer a, gconstpointer b)
{
        return !strcmp(((const PvReportColumn *) a)->target, ((const PvReportColumn *) b)->target);
}

static gboolean
same_version(gconstpointer a, gconstpointer b)
{
        return !strcmp(((const PvReportColumn *) a)->version, ((const PvReportColumn *) b)->version);
}

/* Of these columns the first of each kind. */
static GPtrArray *
first_of_each(GPtrArray *columns, GEqualFunc same)
{
        GPtrArray *firsts = g_ptr_array_new();

        for (guint i = 0; i < columns->len; i++) {
                PvReportColumn *column = columns->pdata[i];

                if (column->theirs && *column->version && !g_ptr_array_find_with_equal_func(firsts, column, same, NULL))
                        g_ptr_array_add(firsts, column);
        }
        return firsts;
}

/* Takes the title and the targets; one target is nothing to compare. */
static void
add_comparison(GPtrArray *all, char *title, gboolean by_version, GPtrArray *targets)
{
        PvReportComparison *comparison = g_new0(PvReportComparison, 1);

        *comparison = (PvReportComparison){title, by_version, targets};
        if (targets->len > 1)
                g_ptr_array_add(all, comparison);
        else
                comparison_free(comparison);
}

static GPtrArray *
types_of(GPtrArray *targets, const PvReportColumn *version)
{
        GPtrArray *types = g_ptr_array_new();

        for (guint i = 0; i < targets->len; i++)
                if (same_version(targets->pdata[i], version) && *((PvReportColumn *) targets->pdata[i])->machine_type)
                        g_ptr_array_add(types, targets->pdata[i]);
        return types;
}

GPtrArray *
pv_report_comparisons(const PvReportModel *model)
{
        g_autoptr(GPtrArray) targets = first_of_each(model->columns, same_target);
        GPtrArray *versions = first_of_each(targets, same_version);
        GPtrArray *all = g_ptr_array_new_with_free_func(comparison_free);

        if (model->checks->len == 0) {
                g_ptr_array_unref(versions);
                return all;
        }
        for (guint i = 0; i < versions->len; i++)
                add_comparison(all, g_strdup_printf("Compat settings of one device: %s",
                                                    ((PvReportColumn *) versions->pdata[i])->version),
                               FALSE, types_of(targets, versions->pdata[i]));
        add_comparison(all, g_strdup("Version matrix"), TRUE, versions);
        if (all->len && ((PvReportComparison *) all->pdata[all->len - 1])->by_version)
                g_ptr_array_insert(all, 0, g_ptr_array_steal_index(all, all->len - 1));
        return all;
}

char *
pv_report_compared_name(const PvReportComparison *comparison, const PvReportColumn *target)
{
        return g_strdup(comparison->by_version ? target->version : target->machine_type);
}

/* ---- verdicts of a target ---- */

/* What matters between VMMs: why a check does not apply does not. */
typedef enum Outcome {
        PASSED,
        FAILED,
        UNDECIDED,
        INAPPLICABLE,
        N_OUTCOMES,
} Outcome;

static const char *const outcome_words[N_OUTCOMES] = {"passed", "failed", "undecided", "does not apply"};

static Outcome
outcome_of(PvVerdict verdict)
{
        switch (verdict) {
        case PV_PASS:
        case PV_XPASS:
                return PASSED;
        case PV_FAIL:
        case PV_XFAIL:
                return FAILED;
        case PV_NA:
        case PV_NOT_CLAIMED:
                return INAPPLICABLE;
        default:
                return UNDECIDED;
        }
}

/* A check that was not run there does not apply there. */
static Outcome
outcome_on(const PvReportCheck *check, const PvReportColumn *target)
{
        PvVerdict worst = PV_NA;

        for (guint i = 0; i < check->results->len; i++) {
                const PvReportResult *result = check->results->pdata[i];

                if (same_target(result->column, target))
                        worst = pv_report_worse(worst, result->verdict);
        }
        return outcome_of(worst);
}

static void
row_free(void *data)
{
        PvReportRow *row = data;

        g_free(row->title);
        g_free(row);
}

static gboolean
in_row(const PvReportCheck *check, const PvReportRow *row)
{
        return check->area == row->area && !strcmp(pv_record_string(check->record, "rules"), row->rules);
}

GPtrArray *
pv_report_compared_rows(const PvReportModel *model)
{
        GPtrArray *rows = g_ptr_array_new_with_free_func(row_free);

        for (guint i = 0; i < model->checks->len; i++) {
                const PvReportCheck *check = model->checks->pdata[i];
                const char *rules = pv_record_string(check->record, "rules");
                PvReportRow *row;
                guint known = 0;

                while (known < rows->len && !in_row(check, rows->pdata[known]))
                        known++;
                if (known < rows->len)
                        continue;
                row = g_new0(PvReportRow, 1);
                *row = (PvReportRow){check->area, rules, *rules ? g_strconcat("rules of ", rules, NULL)
                                                                : g_strdup(pv_report_area_title(check->area))};
                g_ptr_array_add(rows, row);
        }
        return rows;
}

PvReportTally
pv_report_tally(const PvReportModel *model, const PvReportColumn *target, const PvReportRow *row)
{
        guint n[N_OUTCOMES] = {0};

        for (guint i = 0; i < model->checks->len; i++)
                if (in_row(model->checks->pdata[i], row))
                        n[outcome_on(model->checks->pdata[i], target)]++;
        return (PvReportTally){n[PASSED], n[FAILED], n[UNDECIDED], n[INAPPLICABLE]};
}

/* ---- differences ---- */

static void
difference_free(void *data)
{
        PvReportDifference *difference = data;

        g_free(difference->words);
        g_ptr_array_unref(difference->checks);
        g_free(difference);
}

/* The targets with this outcome, by name. */
static void
append_names(GString *words, const PvReportComparison *comparison, const Outcome *outcome, Outcome asked)
{
        const char *separator = words->len ? "; " : "";

        for (guint i = 0; i < comparison->targets->len; i++) {
                g_autofree char *name = pv_report_compared_name(comparison, comparison->targets->pdata[i]);

                if (outcome[i] != asked)
                        continue;
                g_string_append_printf(words, "%s%s", separator, name);
                separator = ", ";
        }
        if (strcmp(separator, ", ") == 0)
                g_string_append_printf(words, ": %s", outcome_words[asked]);
}

/* The few by name, the many as the others; NULL when all are alike. */
static char *
words_of(const PvReportCheck *check, const PvReportComparison *comparison)
{
        g_autofree Outcome *outcome = g_new0(Outcome, comparison->targets->len);
        g_autoptr(GString) words = g_string_new(NULL);
        guint n[N_OUTCOMES] = {0}, most = 0;

        for (guint i = 0; i < comparison->targets->len; i++) {
                outcome[i] = outcome_on(check, comparison->targets->pdata[i]);
                n[outcome[i]]++;
        }
        for (guint o = 0; o < N_OUTCOMES; o++)
                most = n[o] > n[most] ? o : most;
        if (n[most] == comparison->targets->len)
                return NULL;
        for (guint o = 0; o < N_OUTCOMES; o++)
                if (o != most)
                        append_names(words, comparison, outcome, o);
        g_string_append_printf(words, "; others: %s", outcome_words[most]);
        return g_string_free(g_steal_pointer(&words), FALSE);
}

static void
add_difference(GPtrArray *all, char *words, const char *check)
{
        PvReportDifference *difference;

        for (guint i = 0; i < all->len; i++) {
                difference = all->pdata[i];
                if (!strcmp(difference->words, words)) {
                        g_ptr_array_add(difference->checks, (gpointer) check);
                        g_free(words);
                        return;
                }
        }
        difference = g_new0(PvReportDifference, 1);
        difference->words = words;
        difference->checks = g_ptr_array_new();
        g_ptr_array_add(difference->checks, (gpointer) check);
        g_ptr_array_add(all, difference);
}

GPtrArray *
pv_report_differences(const PvReportModel *model, const PvReportComparison *comparison)
{
        GPtrArray *all = g_ptr_array_new_with_free_func(difference_free);

        for (guint i = 0; i < model->checks->len; i++) {
                const PvReportCheck *check = model->checks->pdata[i];
                char *words = words_of(check, comparison);

                if (words)
                        add_difference(all, words, check->id);
        }
        return all;
}

/* IDs are AREA-TOPIC-NNN, and sorted: topics with how many there are. */
static char *
topics(GPtrArray *checks)
{
        GString *text = g_string_new(NULL);

        for (guint i = 0, n; i < checks->len; i += n) {
                const char *id = checks->pdata[i], *number = strrchr(id, '-');
                gsize length = number ? (gsize) (number - id) + 1 : strlen(id);

                for (n = 1; i + n < checks->len && !strncmp(checks->pdata[i + n], id, length);)
                        n++;
                g_string_append_printf(text, "%s%.*s (%u)", i ? ", " : "", (int) length - 1, id, n);
        }
        return g_string_free(text, FALSE);
}

char *
pv_report_difference_checks(const PvReportDifference *difference, gboolean brief)
{
        g_autoptr(GPtrArray) checks = g_ptr_array_copy(difference->checks, NULL, NULL);

        if (brief && checks->len > BRIEF_CHECKS)
                return topics(checks);
        g_ptr_array_add(checks, NULL);
        return g_strjoinv(", ", (char **) checks->pdata);
}

/* ---- tables ---- */

static void
tally_field(PvReportTable *table, const PvReportTally *tally)
{
        g_autofree char *open = tally->undecided ? g_strdup_printf(" +%u?", tally->undecided) : g_strdup("");

        pv_report_table_take(table,
                             g_strdup_printf("%u / %u / %u%s", tally->passed, tally->failed, tally->inapplicable, open),
                             tally->failed ? PV_REPORT_WARN : tally->passed ? PV_REPORT_GOOD : PV_REPORT_DIM);
}

PvReportTable *
pv_report_table_compared(const PvReportModel *model, const PvReportComparison *comparison)
{
        static const char *const heads[] = {"", NULL};
        g_autoptr(GPtrArray) rows = pv_report_compared_rows(model);
        PvReportTable *table = pv_report_table_new(heads);

        for (guint i = 0; i < comparison->targets->len; i++) {
                const PvReportColumn *target = comparison->targets->pdata[i];
                g_autofree char *name = pv_report_compared_name(comparison, target);
                g_autofree char *head = comparison->by_version && *target->machine_type
                                                ? g_strdup_printf("%s\n%s", name, target->machine_type)
                                                : g_strdup(name);

                pv_report_table_head(table, head);
        }
        for (guint i = 0; i < rows->len; i++) {
                const PvReportRow *row = rows->pdata[i];

                pv_report_table_row(table);
                pv_report_table_add(table, row->title);
                for (guint j = 0; j < comparison->targets->len; j++) {
                        PvReportTally tally = pv_report_tally(model, comparison->targets->pdata[j], row);

                        tally_field(table, &tally);
                }
        }
        return table;
}

PvReportTable *
pv_report_table_differences(const PvReportModel *model, const PvReportComparison *comparison, gboolean brief)
{
        static const char *const heads[] = {"what differs", "in which checks", NULL};
        g_autoptr(GPtrArray) differences = pv_report_differences(model, comparison);
        PvReportTable *table;

        if (differences->len == 0)
                return NULL;
        table = pv_report_table_new(heads);
        for (guint i = 0; i < differences->len; i++) {
                const PvReportDifference *difference = differences->pdata[i];

                pv_report_table_row(table);
                pv_report_table_add(table, difference->words);
                pv_report_table_take(table, pv_report_difference_checks(difference, brief), PV_REPORT_PLAIN);
        }
        return table;
}
