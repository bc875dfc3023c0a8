/* SPDX-License-Identifier: MIT */
/* Tables of times and crossovers. */
#include "reports/report-times.h"

#include <string.h>

#include "common/record.h"
#include "reports/report-score.h"

const char pv_report_times_legend[] =
        "A time is the median of samples that the candidates of a table took in turns, untraced; in brackets "
        "the interval "
        "in which it lies with 95 % confidence (order statistics). Then the ratio to the first column, "
        "or \"same\": no difference beyond the noise floor, which is what the same looks like against itself "
        "in this run, "
        "the largest of the line. Only the asking is timed, without what carries the question to a guest. "
        "Times are of "
        "this machine; counts are of any.";

const char pv_report_crossover_legend[] =
        "From so many possible CPUs on a candidate answers at less cost than the one that it is held "
        "against; two numbers: at "
        "sizes between them neither is cheaper, beyond the noise floor. always, never: at every size from 2 "
        "to the largest "
        "that was asked. Exits are counted, and exact: accesses, each REP INS as one, those that find the "
        "device among "
        "them. Times hold for this machine, and for a guest whose other instructions take as long as here.";

/* ---- words ---- */

/* In which it is at least 1. */
static const char *
unit_of(double *ns)
{
        static const char *const units[] = {"ns", "us", "ms", "s"};
        gsize unit = 0;

        for (; *ns >= 1000 && unit + 1 < G_N_ELEMENTS(units); unit++)
                *ns /= 1000;
        return units[unit];
}

/* "154.2 us". */
static char *
time_text(double ns)
{
        const char *unit = unit_of(&ns);
        g_autofree char *number = pv_report_number(ns);

        return g_strdup_printf("%s %s", number, unit);
}

/* "150.3-160.2 us". */
static char *
interval_text(const PvTimes *times)
{
        double low = times->low, high = times->high;
        const char *low_unit = unit_of(&low), *high_unit = unit_of(&high);
        g_autofree char *a = pv_report_number(low), *b = pv_report_number(high);

        if (low_unit == high_unit)
                return g_strdup_printf("%s-%s %s", a, b, high_unit);
        return g_strdup_printf("%s %s to %s %s", a, low_unit, b, high_unit);
}

/* Of medians; "same" when nothing says that they differ. */
static char *
ratio_text(const PvTimes *times, const PvTimes *base)
{
        g_autofree char *number = pv_report_number(times->median / base->median);

        return pv_times_compare(times, base) ? g_strdup_printf("x%s", number) : g_strdup("same");
}

static char *
floor_text(double floor)
{
        return floor > 0 ? pv_report_number(floor) : g_strdup("?");
}

static void
add_times(PvReportTable *table, const PvTimes *times)
{
        pv_report_table_take(table, time_text(times->median), PV_REPORT_PLAIN);
        pv_report_table_take(table, interval_text(times), PV_REPORT_PLAIN);
        pv_report_table_take(table, floor_text(times->floor), PV_REPORT_PLAIN);
}

static void
dim(PvReportTable *table, const char *text)
{
        pv_report_table_take(table, g_strdup(text), PV_REPORT_DIM);
}

/* ---- times of a question ---- */

static JsonObject *
find_time(const PvReportModel *model, const PvReportColumn *column, const char *question, gint64 n)
{
        for (guint i = 0; i < model->times->len; i++) {
                JsonObject *record = model->times->pdata[i];

                if (pv_record_int(record, "n") == n &&
                    !strcmp(pv_record_string(record, "question"), question) &&
                    !strcmp(pv_record_string(record, "candidate"), column->candidate) &&
                    !strcmp(pv_record_string(record, "target"), column->target))
                        return record;
        }
        return NULL;
}

static void
add_time(PvReportTable *table, JsonObject *record, PvTimes *base, double *floor)
{
        PvTimes times;
        g_autofree char *median = NULL, *interval = NULL, *ratio = NULL;

        if (!record || !pv_record_get_times(record, &times)) {
                dim(table, record ? pv_record_string(record, "answer") : ".");
                return;
        }
        median = time_text(times.median);
        interval = interval_text(&times);
        ratio = base->samples ? ratio_text(&times, base) : NULL;
        pv_report_table_take(
                table, g_strdup_printf("%s [%s]%s%s", median, interval, ratio ? " " : "", ratio ? ratio : ""),
                PV_REPORT_PLAIN);
        *base = base->samples ? *base : times;
        *floor = MAX(*floor, times.floor);
}

static gboolean
was_timed(const PvReportModel *model, const char *question, const char *target, gint64 n)
{
        for (guint i = 0; i < model->times->len; i++)
                if (pv_record_int(model->times->pdata[i], "n") == n &&
                    !strcmp(pv_record_string(model->times->pdata[i], "question"), question) &&
                    !strcmp(pv_record_string(model->times->pdata[i], "target"), target))
                        return TRUE;
        return FALSE;
}

static void
times_row(PvReportTable *table, const PvReportModel *model, const char *question, const char *target,
          gint64 n)
{
        PvTimes base = {0};
        double floor = 0;

        pv_report_table_row(table);
        pv_report_table_take(table, g_strdup_printf("%" G_GINT64_FORMAT, n), PV_REPORT_PLAIN);
        for (guint i = 0; i < model->columns->len; i++) {
                const PvReportColumn *column = model->columns->pdata[i];

                if (!strcmp(column->target, target))
                        add_time(table, find_time(model, column, question, n), &base, &floor);
        }
        pv_report_table_take(table, floor_text(floor), PV_REPORT_PLAIN);
}

PvReportTable *
pv_report_table_times(const PvReportModel *model, const char *question, const char *target)
{
        static const char *const heads[] = {"N", NULL};
        g_autoptr(GArray) sizes = pv_report_sizes(model, question, target);
        g_autoptr(PvReportTable) table = pv_report_table_new(heads);

        for (guint i = 0; i < model->columns->len; i++)
                if (!strcmp(((PvReportColumn *) model->columns->pdata[i])->target, target))
                        pv_report_table_head(table, ((PvReportColumn *) model->columns->pdata[i])->letter);
        pv_report_table_head(table, "noise floor");
        for (guint i = 0; i < sizes->len; i++)
                if (was_timed(model, question, target, g_array_index(sizes, gint64, i)))
                        times_row(table, model, question, target, g_array_index(sizes, gint64, i));
        return table->rows->len ? g_steal_pointer(&table) : NULL;
}

/* ---- accesses ---- */

static JsonObject *
find_access(const PvReportModel *model, const char *target, const char *operation)
{
        for (guint i = 0; i < model->accesses->len; i++)
                if (!strcmp(pv_record_string(model->accesses->pdata[i], "target"), target) &&
                    !strcmp(pv_record_string(model->accesses->pdata[i], "operation"), operation))
                        return model->accesses->pdata[i];
        return NULL;
}

static int
compare_rungs(const void *a, const void *b)
{
        PvTimes left = {0}, right = {0};

        pv_record_get_times(*(JsonObject *const *) a, &left);
        pv_record_get_times(*(JsonObject *const *) b, &right);
        return (left.median > right.median) - (left.median < right.median);
}

static const char *
version_of(const PvReportModel *model, const char *target)
{
        for (guint i = 0; i < model->columns->len; i++)
                if (!strcmp(((PvReportColumn *) model->columns->pdata[i])->target, target))
                        return ((PvReportColumn *) model->columns->pdata[i])->version;
        return "";
}

static void
ladder_row(PvReportTable *table, const PvReportModel *model, GPtrArray *rungs, guint i)
{
        JsonObject *rung = rungs->pdata[i];
        const char *target = pv_record_string(rung, "target");
        PvTimes times = {0}, first = {0}, before = {0};

        pv_record_get_times(rung, &times);
        pv_record_get_times(rungs->pdata[0], &first);
        pv_record_get_times(rungs->pdata[i ? i - 1 : 0], &before);
        pv_report_table_row(table);
        pv_report_table_take(table, g_strdup_printf("%s (%s)", target, version_of(model, target)),
                             PV_REPORT_PLAIN);
        add_times(table, &times);
        pv_report_table_take(table, i ? ratio_text(&times, &before) : g_strdup(""), PV_REPORT_PLAIN);
        pv_report_table_take(table, i ? ratio_text(&times, &first) : g_strdup(""), PV_REPORT_PLAIN);
}

PvReportTable *
pv_report_table_ladder(const PvReportModel *model)
{
        static const char *const heads[] = {"measured on", "one read", "95 %", "floor",
                                            "step",        "total",    NULL};
        g_autoptr(GPtrArray) rungs = g_ptr_array_new();
        PvReportTable *table;
        PvTimes times;

        for (guint i = 0; i < model->accesses->len; i++)
                if (!strcmp(pv_record_string(model->accesses->pdata[i], "operation"), "read") &&
                    pv_record_get_times(model->accesses->pdata[i], &times))
                        g_ptr_array_add(rungs, model->accesses->pdata[i]);
        if (rungs->len == 0)
                return NULL;
        g_ptr_array_sort(rungs, compare_rungs);
        table = pv_report_table_new(heads);
        for (guint i = 0; i < rungs->len; i++)
                ladder_row(table, model, rungs, i);
        return table;
}

/* What an operation stands for: its ratio is to that; NULL: to nothing. */
static const struct {
        const char *operation, *instead_of;
} operations[] = {
        {"write", NULL}, {"write-coalesced", "write"}, {"write-ioeventfd", "write"},
        {"byte", NULL},  {"string-byte", "byte"},
};

static char *
what_text(JsonObject *access)
{
        const char *what = pv_record_string(access, "what");
        double chunk = pv_record_double(access, "chunk");
        g_autofree char *number = pv_report_number(chunk);

        return chunk > 0 ? g_strdup_printf("%s (%s bytes an exit)", what, number) : g_strdup(what);
}

static void
access_row(PvReportTable *table, const PvReportModel *model, JsonObject *access, const char *instead_of)
{
        const char *target = pv_record_string(access, "target"), *reason = pv_record_string(access, "reason");
        JsonObject *other = instead_of ? find_access(model, target, instead_of) : NULL;
        PvTimes times, base;

        pv_report_table_row(table);
        pv_report_table_take(table, what_text(access), PV_REPORT_PLAIN);
        pv_report_table_add(table, target);
        if (!pv_record_get_times(access, &times)) {
                pv_report_table_take(table,
                                     g_strdup_printf("%s: %s", pv_record_string(access, "answer"), reason),
                                     PV_REPORT_DIM);
                for (guint i = 0; i < 3; i++)
                        pv_report_table_add(table, "");
                return;
        }
        add_times(table, &times);
        pv_report_table_take(
                table, other && pv_record_get_times(other, &base) ? ratio_text(&times, &base) : g_strdup(""),
                PV_REPORT_PLAIN);
}

PvReportTable *
pv_report_table_accesses(const PvReportModel *model)
{
        static const char *const heads[] = {"what",        "measured on",      "time", "95 %",
                                            "noise floor", "to the plain one", NULL};
        g_autoptr(PvReportTable) table = pv_report_table_new(heads);

        for (guint i = 0; i < model->accesses->len; i++) {
                JsonObject *access = model->accesses->pdata[i];

                for (gsize j = 0; j < G_N_ELEMENTS(operations); j++)
                        if (!strcmp(pv_record_string(access, "operation"), operations[j].operation))
                                access_row(table, model, access, operations[j].instead_of);
        }
        return table->rows->len ? g_steal_pointer(&table) : NULL;
}

/* ---- crossovers ---- */

static char *
crossing_text(JsonObject *crossover)
{
        static const char *const words[][2] = {{"first", "never"}, {"second", "always"}, {"same", "same"}};
        const char *answer = pv_record_string(crossover, "answer");
        gint64 below = pv_record_int(crossover, "below"), n = pv_record_int(crossover, "n");

        for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
                if (!strcmp(answer, words[i][0]))
                        return g_strdup(words[i][1]);
        if (strcmp(answer, "crosses"))
                return g_strdup(answer);
        return below + 1 == n ? g_strdup_printf("%" G_GINT64_FORMAT, n)
                              : g_strdup_printf("%" G_GINT64_FORMAT "..%" G_GINT64_FORMAT, below, n);
}

static char *
cost_pair(JsonObject *crossover)
{
        double first = pv_record_double(crossover, "first_cost"),
               second = pv_record_double(crossover, "second_cost");
        gboolean time = !strcmp(pv_record_string(crossover, "measure"), "time");
        g_autofree char *a = time ? time_text(first) : pv_report_number(first);
        g_autofree char *b = time ? time_text(second) : pv_report_number(second);

        if (!json_object_has_member(crossover, "first_cost"))
                return g_strdup(pv_record_string(crossover, "reason"));
        return g_strdup_printf("%s, %s", a, b);
}

PvReportTable *
pv_report_table_crossovers(const PvReportModel *model)
{
        static const char *const heads[] = {"question", "held against",         "candidate", "by", "cheaper",
                                            "at",       "costs, in this order", NULL};
        PvReportTable *table;

        if (model->crossovers->len == 0)
                return NULL;
        table = pv_report_table_new(heads);
        for (guint i = 0; i < model->crossovers->len; i++) {
                JsonObject *crossover = model->crossovers->pdata[i];

                pv_report_table_row(table);
                pv_report_table_add(table, pv_record_string(crossover, "question"));
                pv_report_table_add(table, pv_record_string(crossover, "first"));
                pv_report_table_add(table, pv_record_string(crossover, "second"));
                pv_report_table_take(table,
                                     g_strdup_printf("%s on %s", pv_record_string(crossover, "measure"),
                                                     pv_record_string(crossover, "target")),
                                     PV_REPORT_PLAIN);
                pv_report_table_take(table, crossing_text(crossover), PV_REPORT_PLAIN);
                pv_report_table_take(table,
                                     g_strdup_printf("%" G_GINT64_FORMAT, pv_record_int(crossover, "n")),
                                     PV_REPORT_PLAIN);
                pv_report_table_take(table, cost_pair(crossover), PV_REPORT_PLAIN);
        }
        return table;
}

/* Held against the same, by the same measure. */
static gboolean
same_group(JsonObject *a, JsonObject *b)
{
        static const char *const members[] = {"first", "measure", "target"};

        for (gsize i = 0; i < G_N_ELEMENTS(members); i++)
                if (strcmp(pv_record_string(a, members[i]), pv_record_string(b, members[i])))
                        return FALSE;
        return TRUE;
}

GPtrArray *
pv_report_crossover_groups(const PvReportModel *model)
{
        GPtrArray *groups = g_ptr_array_new();

        for (guint i = 0; i < model->crossovers->len; i++) {
                JsonObject *crossover = model->crossovers->pdata[i];

                if (!g_ptr_array_find_with_equal_func(groups, crossover, (GEqualFunc) same_group, NULL))
                        g_ptr_array_add(groups, crossover);
        }
        return groups;
}

static gboolean
is_of_group(JsonObject *crossover, JsonObject *group, const char *member, const char *value)
{
        return same_group(crossover, group) && !strcmp(pv_record_string(crossover, member), value);
}

/* Values of a member in a group, each once. */
static GPtrArray *
values_of(const PvReportModel *model, JsonObject *group, const char *member)
{
        GPtrArray *values = g_ptr_array_new();

        for (guint i = 0; i < model->crossovers->len; i++) {
                JsonObject *crossover = model->crossovers->pdata[i];
                const char *value = pv_record_string(crossover, member);

                if (same_group(crossover, group) &&
                    !g_ptr_array_find_with_equal_func(values, value, g_str_equal, NULL))
                        g_ptr_array_add(values, (gpointer) value);
        }
        return values;
}

static void
add_crossing(PvReportTable *table, const PvReportModel *model, JsonObject *group, const char *second,
             const char *question)
{
        for (guint i = 0; i < model->crossovers->len; i++) {
                JsonObject *crossover = model->crossovers->pdata[i];

                if (!is_of_group(crossover, group, "second", second) ||
                    strcmp(pv_record_string(crossover, "question"), question))
                        continue;
                pv_report_table_take(table, crossing_text(crossover), PV_REPORT_PLAIN);
                return;
        }
        dim(table, ".");
}

PvReportTable *
pv_report_table_crossover_group(const PvReportModel *model, JsonObject *group)
{
        static const char *const heads[] = {"", NULL};
        g_autoptr(GPtrArray) questions = values_of(model, group, "question"),
                             seconds = values_of(model, group, "second");
        PvReportTable *table = pv_report_table_new(heads);

        for (guint q = 0; q < questions->len; q++)
                pv_report_table_head(table, questions->pdata[q]);
        for (guint i = 0; i < seconds->len; i++) {
                pv_report_table_row(table);
                pv_report_table_add(table, seconds->pdata[i]);
                for (guint q = 0; q < questions->len; q++)
                        add_crossing(table, model, group, seconds->pdata[i], questions->pdata[q]);
        }
        return table;
}

char *
pv_report_crossover_title(JsonObject *group)
{
        return g_strdup_printf("Held against %s, by %s on %s:", pv_record_string(group, "first"),
                               pv_record_string(group, "measure"), pv_record_string(group, "target"));
}
