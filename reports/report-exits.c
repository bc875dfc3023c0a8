/* SPDX-License-Identifier: MIT */
/* VM exits of traced machines: what they asked of which ABI. */
#include <string.h>

#include "common/record.h"
#include "reports/report-model.h"
#include "reports/report-table.h"

/* One part of an ABI, as one process used it; MMIO is none of its business, and stands apart. */
typedef struct Sum {
        const char *process, *abi, *part;
        gint64 in, out, mmio, bytes, exits;
} Sum;

static Sum *
sum_of(GArray *sums, JsonObject *record)
{
        const Sum new = {.process = pv_record_string(record, "process"),
                         .abi = pv_record_string(record, "abi"),
                         .part = pv_record_string(record, "part")};

        for (guint i = 0; i < sums->len; i++) {
                Sum *sum = &g_array_index(sums, Sum, i);

                if (!strcmp(sum->process, new.process) && !strcmp(sum->abi, new.abi) &&
                    !strcmp(sum->part, new.part))
                        return sum;
        }
        g_array_append_val(sums, new);
        return &g_array_index(sums, Sum, sums->len - 1);
}

/* A record of anything but an access counts nothing. */
static void
add(GArray *sums, JsonObject *record)
{
        const char *kind = pv_record_string(record, "kind");
        gint64 user = pv_record_int(record, "user"), n = MAX(pv_record_int(record, "seen"), user);
        gboolean mmio = g_str_has_prefix(kind, "mmio-"), in = !strcmp(kind, "in"), out = !strcmp(kind, "out");
        Sum *sum;

        if (!mmio && !in && !out)
                return;
        sum = sum_of(sums, record);
        *(mmio ? &sum->mmio : in ? &sum->in : &sum->out) += n;
        sum->bytes += n * pv_record_int(record, "units") * pv_record_int(record, "width");
        sum->exits += user;
}

/* The ABIs in the order of their names, others last. */
static int
compare(gconstpointer a, gconstpointer b)
{
        const Sum *x = a, *y = b;
        int process = strcmp(x->process, y->process), abi = strcmp(x->abi, y->abi);
        int other = !strcmp(x->abi, "other");

        if (process)
                return process;
        if (abi && (other || !strcmp(y->abi, "other")))
                return other ? 1 : -1;
        return abi ? abi : strcmp(x->part, y->part);
}

static void
add_row(PvReportTable *table, const Sum *sum)
{
        const gint64 number[] = {sum->in, sum->out, sum->mmio, sum->bytes, sum->exits};

        pv_report_table_row(table);
        pv_report_table_add(table, sum->process);
        pv_report_table_take(table, g_strdup_printf("%s%s%s", sum->abi, *sum->part ? " " : "", sum->part),
                             PV_REPORT_PLAIN);
        for (guint i = 0; i < G_N_ELEMENTS(number); i++)
                pv_report_table_take(table, g_strdup_printf("%" G_GINT64_FORMAT, number[i]), PV_REPORT_PLAIN);
}

PvReportTable *
pv_report_table_exits(const PvReportModel *model)
{
        static const char *const heads[] = {"process", "ABI", "in", "out", "MMIO", "bytes", "exits", NULL};
        g_autoptr(GArray) sums = g_array_new(FALSE, FALSE, sizeof(Sum));
        PvReportTable *table;

        for (guint i = 0; i < model->exits->len; i++)
                add(sums, model->exits->pdata[i]);
        if (sums->len == 0)
                return NULL;
        g_array_sort(sums, compare);
        table = pv_report_table_new(heads);
        for (guint i = 0; i < sums->len; i++)
                add_row(table, &g_array_index(sums, Sum, i));
        return table;
}
