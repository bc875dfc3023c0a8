/* SPDX-License-Identifier: MIT */
/* Draws what was counted, and writes its records. */
#include "cli/trace-show.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "cli/options.h"
#include "common/record.h"
#include "reports/report-draw.h"

#define TABLE_WIDTH 110

void
pv_trace_totals_init(PvTraceTotals *totals, PvExits *exits)
{
        totals->counts = exits ? pv_exits_counts(exits) : g_array_new(FALSE, FALSE, sizeof(PvExitsCount));
        totals->times = exits ? pv_exits_times(exits) : g_array_new(FALSE, FALSE, sizeof(PvExitsTimes));
        totals->rows = pv_exits_rows(totals->counts, totals->times);
        totals->lost = exits ? pv_exits_lost(exits) : 0;
}

void
pv_trace_totals_clear(PvTraceTotals *totals)
{
        g_clear_pointer(&totals->counts, g_array_unref);
        g_clear_pointer(&totals->times, g_array_unref);
        g_clear_pointer(&totals->rows, g_array_unref);
}

/* ---- the table ---- */

static gboolean
is_other(const PvExitsRow *row)
{
        return row->class == &pv_exits_classes[pv_exits_n_classes - 1];
}

static int
busiest_first(gconstpointer a, gconstpointer b)
{
        const PvExitsRow *x = a, *y = b;

        return (x->accesses < y->accesses) - (x->accesses > y->accesses);
}

static GArray *
other_rows(const GArray *rows)
{
        GArray *others = g_array_new(FALSE, FALSE, sizeof(PvExitsRow));

        for (guint i = 0; i < rows->len; i++)
                if (is_other(&g_array_index(rows, PvExitsRow, i)))
                        g_array_append_val(others, g_array_index(rows, PvExitsRow, i));
        g_array_sort(others, busiest_first);
        return others;
}

static void
add_number(PvReportTable *table, guint64 number)
{
        pv_report_table_take(table, number ? g_strdup_printf("%" PRIu64, number) : g_strdup("-"),
                             PV_REPORT_PLAIN);
}

static void
add_us(PvReportTable *table, const char *before, double ns)
{
        pv_report_table_take(table, ns > 0 ? g_strdup_printf("%s%.1f us", before, ns / 1000) : g_strdup("-"),
                             PV_REPORT_PLAIN);
}

static void
add_numbers(PvReportTable *table, const PvExitsRow *row)
{
        const PvExitsHistogram *h = &row->histogram;

        add_number(table, row->accesses);
        add_number(table, row->user);
        add_number(table, row->bytes);
        add_us(table, "", h->n ? (double) h->total_ns / (double) h->n : 0);
        add_us(table, "<", (double) pv_exits_quantile(h, 50));
        add_us(table, "<", (double) pv_exits_quantile(h, 90));
        add_us(table, "", (double) h->max_ns);
}

static void
add_row(PvReportTable *table, const PvExitsRow *row)
{
        const char *part = row->class->part;

        pv_report_table_row(table);
        pv_report_table_take(table, g_strdup_printf("%s%s%s", row->class->abi, *part ? " " : "", part),
                             is_other(row) ? PV_REPORT_DIM : PV_REPORT_GOOD);
        pv_report_table_take(table, g_strdup_printf("0x%04" PRIx64, row->address), PV_REPORT_PLAIN);
        pv_report_table_take(table,
                             g_strdup_printf("%s%s %u", row->string ? "rep " : "",
                                             pv_exits_kind_word(row->kind), row->width),
                             PV_REPORT_PLAIN);
        add_numbers(table, row);
}

static void
add_rest(PvReportTable *table, const GArray *others, guint from)
{
        PvExitsRow rest = {0};

        for (guint i = from; i < others->len; i++) {
                const PvExitsRow *row = &g_array_index(others, PvExitsRow, i);

                rest.accesses += row->accesses;
                rest.user += row->user;
                rest.bytes += row->bytes;
        }
        if (!rest.accesses)
                return;
        pv_report_table_row(table);
        pv_report_table_take(table, g_strdup_printf("other, %u more", others->len - from), PV_REPORT_DIM);
        pv_report_table_add(table, "");
        pv_report_table_add(table, "");
        add_numbers(table, &rest);
}

/* Ours first, in the order of their ports. */
static void
draw_table(const PvTraceTotals *totals, guint n_others, GString *out)
{
        static const char *const heads[] = {"what",  "port", "access", "number", "exits",
                                            "bytes", "mean", "50 %", "90 %", "longest", NULL};
        g_autoptr(PvReportTable) table = pv_report_table_new(heads);
        g_autoptr(GArray) others = other_rows(totals->rows);

        for (guint i = 0; i < totals->rows->len; i++)
                if (!is_other(&g_array_index(totals->rows, PvExitsRow, i)))
                        add_row(table, &g_array_index(totals->rows, PvExitsRow, i));
        for (guint i = 0; i < MIN(n_others, others->len); i++)
                add_row(table, &g_array_index(others, PvExitsRow, i));
        add_rest(table, others, MIN(n_others, others->len));
        if (table->rows->len)
                pv_report_draw_table(table, TABLE_WIDTH, pv_wants_color(), out);
}

/* Per ABI: what was read, what was written. */
static void
draw_abis(const PvTraceTotals *totals, GString *out)
{
        g_autoptr(GString) text = g_string_new(NULL);

        for (guint i = 0; i < pv_exits_n_classes; i++) {
                const PvExitsClass *class = &pv_exits_classes[i];
                guint64 n[PV_EXITS_N_KINDS] = {0};

                for (guint j = 0; j < totals->rows->len; j++) {
                        const PvExitsRow *row = &g_array_index(totals->rows, PvExitsRow, j);

                        if (row->class == class)
                                n[row->kind] += row->accesses;
                }
                g_string_append_printf(text, "%s%s%s%s %" PRIu64 " in, %" PRIu64 " out", i ? "; " : "",
                                       class->abi, *class->part ? " " : "", class->part, n[PV_EXITS_PIO_IN],
                                       n[PV_EXITS_PIO_OUT]);
        }
        g_string_append_c(text, '.');
        pv_report_draw_text(text->str, TABLE_WIDTH, 0, out);
}

/* A KVM_RUN that ended with an error has no reason: a signal to the thread, mostly. */
static const char *
reason_word(const PvExitsKey *key)
{
        const char *word = pv_exits_reason_word(key->address);

        return key->units == EINTR ? "interrupted" : key->units ? "failed" : word ? word : "other";
}

static gboolean
same_reason(const PvExitsKey *a, const PvExitsKey *b)
{
        return a->kind == b->kind && a->address == b->address && a->units == b->units;
}

/* "KVM_RUN came back 12 times in 1 thread: io 10, hlt 2." */
static void
draw_reasons(const PvTraceTotals *totals, GString *out)
{
        guint64 total = pv_exits_userspace(totals->counts), n = 0;
        const char *before = ": ";

        g_string_append_printf(out, "KVM_RUN came back %" PRIu64 " times in %u thread%s", total,
                               pv_exits_threads(totals->counts),
                               pv_exits_threads(totals->counts) == 1 ? "" : "s");
        for (guint i = 0; i < totals->counts->len; i++) {
                const PvExitsCount *count = &g_array_index(totals->counts, PvExitsCount, i);
                const PvExitsCount *next = i + 1 < totals->counts->len ? count + 1 : NULL;

                if (count->key.kind != PV_EXITS_USERSPACE)
                        continue;
                n += count->number.user;
                if (next && same_reason(&next->key, &count->key))
                        continue;
                g_string_append_printf(out, "%s%s %" PRIu64, before, reason_word(&count->key), n);
                before = ", ";
                n = 0;
        }
        g_string_append(out, ".\n");
}

static const char legend[] =
        "number: accesses that KVM saw; exits: those that it handed to user space; rep: several at once, by a "
        "string instruction. Times: for an out, from KVM_RUN's return to the next KVM_RUN; for an in, until the "
        "kernel has taken the answer, within that. So many per cent were below the time given, which is a power "
        "of two. They are of traced exits, which take longer than others.";

void
pv_trace_draw(const PvTraceTotals *totals, guint others, gboolean with_legend, GString *out)
{
        draw_table(totals, others, out);
        if (with_legend && totals->rows->len) {
                pv_report_draw_text(legend, TABLE_WIDTH, 0, out);
                g_string_append_c(out, '\n');
                draw_abis(totals, out);
        }
        draw_reasons(totals, out);
}

/* ---- records ---- */

void
pv_trace_print(JsonObject *record)
{
        g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
        g_autofree char *text = NULL;

        json_node_take_object(node, record);
        text = json_to_string(node, FALSE);
        puts(text);
}

static void
set_class(JsonObject *record, guint kind, guint64 port)
{
        gboolean pio = kind == PV_EXITS_PIO_IN || kind == PV_EXITS_PIO_OUT;
        const PvExitsClass *class =
                pio ? pv_exits_class((guint) port) : &pv_exits_classes[pv_exits_n_classes - 1];

        json_object_set_string_member(record, "abi", class->abi);
        json_object_set_string_member(record, "part", class->part);
        json_object_set_string_member(record, "kind", pv_exits_kind_word((PvExitsKind) kind));
}

static void
record_count(const PvExitsCount *count, const char *name)
{
        JsonObject *record = pv_record_new("exits");

        json_object_set_string_member(record, "process", name);
        set_class(record, count->key.kind, count->key.address);
        json_object_set_int_member(record, "address", (gint64) count->key.address);
        if (count->key.kind == PV_EXITS_USERSPACE)
                json_object_set_string_member(record, "reason", reason_word(&count->key));
        json_object_set_int_member(record, "width", count->key.width);
        json_object_set_int_member(record, "units", count->key.units);
        json_object_set_int_member(record, "thread", count->key.thread);
        json_object_set_int_member(record, "seen", (gint64) count->number.seen);
        json_object_set_int_member(record, "user", (gint64) count->number.user);
        pv_trace_print(record);
}

static void
record_times(const PvExitsTimes *times, const char *name)
{
        JsonObject *record = pv_record_new("exit-times");
        JsonArray *buckets = json_array_new();

        json_object_set_string_member(record, "process", name);
        set_class(record, times->key.kind, times->key.port);
        json_object_set_int_member(record, "port", times->key.port);
        json_object_set_int_member(record, "width", times->key.width);
        json_object_set_boolean_member(record, "string", times->key.string);
        json_object_set_int_member(record, "number", (gint64) times->histogram.n);
        json_object_set_int_member(record, "total_ns", (gint64) times->histogram.total_ns);
        json_object_set_int_member(record, "max_ns", (gint64) times->histogram.max_ns);
        for (guint i = 0; i < PV_EXITS_BUCKETS; i++)
                json_array_add_int_element(buckets, (gint64) times->histogram.bucket[i]);
        json_object_set_array_member(record, "buckets", buckets);
        pv_trace_print(record);
}

void
pv_trace_records(const PvTraceTotals *totals, const char *name, const char *end, guint64 recorded)
{
        JsonObject *record = pv_record_new("exits-end");

        for (guint i = 0; i < totals->counts->len; i++)
                record_count(&g_array_index(totals->counts, PvExitsCount, i), name);
        for (guint i = 0; i < totals->times->len; i++)
                record_times(&g_array_index(totals->times, PvExitsTimes, i), name);
        json_object_set_string_member(record, "process", name);
        json_object_set_string_member(record, "end", end);
        json_object_set_int_member(record, "threads", pv_exits_threads(totals->counts));
        json_object_set_int_member(record, "userspace_exits", (gint64) pv_exits_userspace(totals->counts));
        json_object_set_int_member(record, "recorded", (gint64) recorded);
        json_object_set_int_member(record, "lost", (gint64) totals->lost);
        pv_trace_print(record);
}
