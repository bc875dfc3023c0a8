/* SPDX-License-Identifier: MIT */
/* The tables that list: admitted failures, what is newer than claimed, what was not run, speed. */
#include <string.h>

#include "common/record.h"
#include "reports/report-table.h"

PvReportTable *
pv_report_table_admitted(const PvReportModel *model)
{
        static const char *const heads[] = {"check",  "column",           "expected",
                                            "actual", "admitted because", NULL};
        g_autoptr(GPtrArray) cells = pv_report_cells(model, PV_REPORT_MASK(PV_XFAIL));
        PvReportTable *table;

        if (cells->len == 0)
                return NULL;
        table = pv_report_table_new(heads);
        for (guint i = 0; i < cells->len; i++) {
                const PvReportCell *cell = cells->pdata[i];

                pv_report_table_row(table);
                pv_report_table_take(table, pv_report_cell_name(cell->record), PV_REPORT_WARN);
                pv_report_table_add(table, cell->column->letter);
                pv_report_table_add(table, pv_record_string(cell->record, "expected"));
                pv_report_table_add(table, pv_record_string(cell->record, "actual"));
                pv_report_table_add(table, pv_record_string(cell->record, "reason"));
        }
        return table;
}

PvReportTable *
pv_report_table_retried(const PvReportModel *model)
{
        static const char *const heads[] = {"check", "column", "attempts before", "then", NULL};
        g_autoptr(GPtrArray) cells = pv_report_cells(model, PV_REPORT_MASK(PV_N_VERDICTS) - 1);
        PvReportTable *table = NULL;

        for (guint i = 0; i < cells->len; i++) {
                const PvReportCell *cell = cells->pdata[i];

                if (!cell->earlier)
                        continue;
                table = table ? table : pv_report_table_new(heads);
                pv_report_table_row(table);
                pv_report_table_take(table, pv_report_cell_name(cell->record), PV_REPORT_WARN);
                pv_report_table_add(table, cell->column->letter);
                pv_report_table_add(table, cell->earlier);
                pv_report_table_add(table, pv_record_string(cell->record, "verdict"));
        }
        return table;
}

/* Cells that share a reason. */
typedef struct Group {
        const char *reason;
        GPtrArray *columns; /* letters */
        GPtrArray *checks;  /* IDs */
        guint cells;
} Group;

static void
group_free(void *data)
{
        Group *group = data;

        g_ptr_array_unref(group->columns);
        g_ptr_array_unref(group->checks);
        g_free(group);
}

static Group *
get_group(GPtrArray *groups, const char *reason)
{
        Group *group;

        for (guint i = 0; i < groups->len; i++) {
                group = groups->pdata[i];
                if (!strcmp(group->reason, reason))
                        return group;
        }
        group = g_new0(Group, 1);
        group->reason = reason;
        group->columns = g_ptr_array_new();
        group->checks = g_ptr_array_new();
        g_ptr_array_add(groups, group);
        return group;
}

static void
add_once(GPtrArray *names, const char *name)
{
        if (!g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
                g_ptr_array_add(names, (char *) name);
}

static char *
join(GPtrArray *names)
{
        GString *text = g_string_new(NULL);

        for (guint i = 0; i < names->len; i++)
                g_string_append_printf(text, "%s%s", i ? ", " : "", (char *) names->pdata[i]);
        return g_string_free(text, FALSE);
}

static PvReportTable *
draw_groups(GPtrArray *groups)
{
        static const char *const heads[] = {"why", "columns", "checks", "cells", NULL};
        PvReportTable *table;

        if (groups->len == 0)
                return NULL;
        table = pv_report_table_new(heads);
        for (guint i = 0; i < groups->len; i++) {
                const Group *group = groups->pdata[i];

                pv_report_table_row(table);
                pv_report_table_add(table, *group->reason ? group->reason : "no reason was recorded");
                pv_report_table_take(table, join(group->columns), PV_REPORT_PLAIN);
                pv_report_table_take(table, join(group->checks), PV_REPORT_PLAIN);
                pv_report_table_take(table, g_strdup_printf("%u", group->cells), PV_REPORT_PLAIN);
        }
        return table;
}

typedef enum Newer {
        NEWER_LEFT_OUT,
        NEWER_ONLY,
        NEWER_TOO,
} Newer;

static PvReportTable *
by_reason(const PvReportModel *model, PvVerdict verdict, Newer newer)
{
        g_autoptr(GPtrArray) cells = pv_report_cells(model, PV_REPORT_MASK(verdict));
        g_autoptr(GPtrArray) groups = g_ptr_array_new_with_free_func(group_free);

        for (guint i = 0; i < cells->len; i++) {
                const PvReportCell *cell = cells->pdata[i];
                const char *reason = pv_record_string(cell->record, "reason");
                gboolean is_newer = strstr(reason, "newer than claimed") != NULL;
                Group *group;

                if (newer != NEWER_TOO && is_newer != (newer == NEWER_ONLY))
                        continue;
                group = get_group(groups, reason);
                add_once(group->columns, cell->column->letter);
                add_once(group->checks, pv_record_string(cell->record, "check"));
                group->cells++;
        }
        return draw_groups(groups);
}

PvReportTable *
pv_report_table_newer(const PvReportModel *model)
{
        return by_reason(model, PV_NA, NEWER_ONLY);
}

PvReportTable *
pv_report_table_not_applicable(const PvReportModel *model)
{
        return by_reason(model, PV_NA, NEWER_LEFT_OUT);
}

PvReportTable *
pv_report_table_blocked(const PvReportModel *model)
{
        return by_reason(model, PV_BLOCKED, NEWER_TOO);
}

PvReportTable *
pv_report_table_not_run(const PvReportModel *model)
{
        static const char *const heads[] = {"what", "why", NULL};
        PvReportTable *table;

        if (model->not_run->len == 0)
                return NULL;
        table = pv_report_table_new(heads);
        for (guint i = 0; i < model->not_run->len; i++) {
                const PvReportNotRun *not_run = model->not_run->pdata[i];

                pv_report_table_row(table);
                pv_report_table_add(table, not_run->what);
                pv_report_table_add(table, not_run->why);
        }
        return table;
}

static void
speed_row(PvReportTable *table, JsonObject *speed)
{
        double value = pv_record_double(speed, "value"), bound = pv_record_double(speed, "bound");
        double floor = pv_record_double(speed, "floor");
        g_autofree char *number = pv_report_number(value), *limit = pv_report_number(bound);
        const char *unit = pv_record_string(speed, "unit");

        pv_report_table_row(table);
        pv_report_table_add(table, pv_record_string(speed, "name"));
        pv_report_table_add(table, pv_record_string(speed, "what"));
        pv_report_table_add(table, pv_record_string(speed, "target"));
        pv_report_table_take(table, g_strdup_printf("%s %s", number, unit), PV_REPORT_PLAIN);
        if (bound > 0)
                pv_report_table_take(
                        table, g_strdup_printf("%s %s: %s", limit, unit, value <= bound ? "kept" : "BROKEN"),
                        value <= bound ? PV_REPORT_GOOD : PV_REPORT_BAD);
        else
                pv_report_table_take(table, g_strdup("none"), PV_REPORT_DIM);
        pv_report_table_take(table, floor > 0 ? pv_report_number(floor) : g_strdup("not measured"),
                             floor > 0 ? PV_REPORT_PLAIN : PV_REPORT_DIM);
}

PvReportTable *
pv_report_table_speed(const PvReportModel *model)
{
        static const char *const heads[] = {"name", "what", "measured on", "value", "at most", "noise floor", NULL};
        PvReportTable *table;

        if (model->speeds->len == 0)
                return NULL;
        table = pv_report_table_new(heads);
        for (guint i = 0; i < model->speeds->len; i++)
                speed_row(table, model->speeds->pdata[i]);
        return table;
}
