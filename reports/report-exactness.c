/* SPDX-License-Identifier: MIT */
/* Exactness: what the guest, our VMM and the kernel counted, each for itself. */
#include <string.h>

#include "common/record.h"
#include "reports/report-model.h"
#include "reports/report-table.h"

/* The accounts of one candidate on one target, or of all. */
typedef struct Sum {
        const char *candidate, *target;
        gint64 asked, differ, units, exits, kernel_exits;
        gboolean by_kernel; /* every time */
        const char *missing, *difference;
} Sum;

static gint64
member(JsonObject *record, const char *account, const char *name)
{
        return json_object_has_member(record, account)
                       ? pv_record_int(json_object_get_object_member(record, account), name)
                       : 0;
}

static void
add(Sum *sum, JsonObject *record)
{
        const char *missing = pv_record_string(record, "kernel_missing");

        sum->asked++;
        sum->units += member(record, "vmm", "units");
        sum->exits += member(record, "vmm", "exits");
        sum->kernel_exits += member(record, "kernel", "exits");
        if (*missing) {
                sum->by_kernel = FALSE;
                sum->missing = missing;
        }
        if (!strcmp(pv_record_string(record, "agreement"), "differ")) {
                sum->differ++;
                sum->difference = pv_record_string(record, "difference");
        }
}

static Sum *
sum_of(GArray *sums, const char *candidate, const char *target)
{
        const Sum new = {.candidate = candidate, .target = target, .by_kernel = TRUE};

        for (guint i = 0; i < sums->len; i++) {
                Sum *sum = &g_array_index(sums, Sum, i);

                if (!strcmp(sum->candidate, candidate) && !strcmp(sum->target, target))
                        return sum;
        }
        g_array_append_val(sums, new);
        return &g_array_index(sums, Sum, sums->len - 1);
}

PvReportTable *
pv_report_table_exactness(const PvReportModel *model)
{
        static const char *const heads[] = {"candidate",     "on",         "questions",
                                            "port accesses", "exits: VMM", "exits: kernel",
                                            "accounts",      NULL};
        g_autoptr(GArray) sums = g_array_new(FALSE, FALSE, sizeof(Sum));
        PvReportTable *table;

        for (guint i = 0; i < model->exactness->len; i++) {
                JsonObject *record = model->exactness->pdata[i];

                add(sum_of(sums, pv_record_string(record, "candidate"), pv_record_string(record, "target")),
                    record);
        }
        if (sums->len == 0)
                return NULL;
        table = pv_report_table_new(heads);
        for (guint i = 0; i < sums->len; i++) {
                const Sum *sum = &g_array_index(sums, Sum, i);

                pv_report_table_row(table);
                pv_report_table_add(table, sum->candidate);
                pv_report_table_add(table, sum->target);
                pv_report_table_take(table, g_strdup_printf("%" G_GINT64_FORMAT, sum->asked),
                                     PV_REPORT_PLAIN);
                pv_report_table_take(table, g_strdup_printf("%" G_GINT64_FORMAT, sum->units),
                                     PV_REPORT_PLAIN);
                pv_report_table_take(table, g_strdup_printf("%" G_GINT64_FORMAT, sum->exits),
                                     PV_REPORT_PLAIN);
                pv_report_table_take(table,
                                     sum->by_kernel ? g_strdup_printf("%" G_GINT64_FORMAT, sum->kernel_exits)
                                                    : g_strdup("not counted"),
                                     sum->by_kernel ? PV_REPORT_PLAIN : PV_REPORT_DIM);
                pv_report_table_take(table, g_strdup(sum->differ ? "DIFFER" : "equal"),
                                     sum->differ ? PV_REPORT_BAD : PV_REPORT_GOOD);
        }
        return table;
}

char *
pv_report_exactness_sentence(const PvReportModel *model)
{
        Sum all = {.by_kernel = TRUE};

        for (guint i = 0; i < model->exactness->len; i++)
                add(&all, model->exactness->pdata[i]);
        if (!all.asked)
                return NULL;
        if (all.differ)
                return g_strdup_printf("Exactness: in %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT
                                       " questions the accounts of port accesses DIFFER; the last: %s.",
                                       all.differ, all.asked, all.difference);
        if (!all.by_kernel)
                return g_strdup_printf("Exactness: in all of %" G_GINT64_FORMAT
                                       " questions the guest and the VMM counted the same "
                                       "port accesses, %" G_GINT64_FORMAT
                                       " in all; the kernel was not asked: %s.",
                                       all.asked, all.units, all.missing);
        return g_strdup_printf(
                "Exactness: in all of %" G_GINT64_FORMAT
                " questions the guest, the VMM and the kernel (by BPF) counted the same port accesses, "
                "%" G_GINT64_FORMAT " in %" G_GINT64_FORMAT " exits.",
                all.asked, all.units, all.exits);
}
