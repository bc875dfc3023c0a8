/* SPDX-License-Identifier: MIT */
/* The trust ledger, from its records: accounts that read the same stand once. */
#include "reports/report-ledger.h"

#include <string.h>

#include "common/record.h"

const char pv_report_ledger_legend[] =
        "Modelled: one life of each consumer with an honest device (boot, a plug, an unplug request), "
        "watched byte by byte. \"Bytes\" are different ones; \"read\" says how often a byte was read in one "
        "call of the consumer, and \"again\" that a later call read it anew. \"Checked\" is what the "
        "consumer called a lie about the field when it was told one, with the lie's ID. An access is one of "
        "the guest's to a port or to memory, a string counting once; while a page is shared, the host may "
        "change it at each.";

#define NUMBER "%" G_GINT64_FORMAT

/* ---- words ---- */

static char *
times_read(JsonObject *row)
{
        const gint64 most = pv_record_int(row, "most");
        const char *again =
                pv_record_int(row, "reads") > most * pv_record_int(row, "bytes") ? ", and again" : "";

        if (most > 1)
                return g_strdup_printf("up to " NUMBER " times%s", most, again);
        return g_strdup_printf("once%s", again);
}

/* "malformed (count)": the part that tells it from others. */
static char *
short_finding(const char *finding)
{
        const char *start = strchr(finding, '('), *end = strrchr(finding, ')');

        return start && end ? g_strndup(start + 1, (gsize) (end - start - 1)) : g_strdup(finding);
}

/* What lies came to, each end once, with the IDs. */
static void
add_end(GPtrArray *ends, GPtrArray *ids, JsonObject *check)
{
        const char *end = pv_record_string(check, "end"), *id = pv_record_string(check, "lie");
        g_autofree char *finding = short_finding(pv_record_string(check, "finding"));
        gboolean named = !strcmp(end, "named"), harmless = !strcmp(end, "harmless");
        const char *words = named ? finding : harmless ? "nothing untrue believed" : end;
        char *before;
        guint at;

        if (!g_ptr_array_find_with_equal_func(ends, words, g_str_equal, &at)) {
                g_ptr_array_add(ends, g_strdup(words));
                g_ptr_array_add(ids, g_strdup(id));
                return;
        }
        before = ids->pdata[at];
        ids->pdata[at] = g_strdup_printf("%s, %s", before, id);
        g_free(before);
}

static char *
how_checked(JsonObject *row, PvReportTone *ret_tone)
{
        g_autoptr(GPtrArray) ends = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
        JsonArray *checks = pv_report_array(row, "checks");
        GString *text = g_string_new(NULL);

        *ret_tone = PV_REPORT_PLAIN;
        for (guint i = 0; checks && i < json_array_get_length(checks); i++) {
                JsonNode *node = json_array_get_element(checks, i);
                JsonObject *check = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;

                if (!check)
                        continue;
                add_end(ends, ids, check);
                if (!strcmp(pv_record_string(check, "end"), "BELIEVED") ||
                    !strcmp(pv_record_string(check, "end"), "ENDLESS"))
                        *ret_tone = PV_REPORT_BAD;
        }
        for (guint i = 0; i < ends->len; i++)
                g_string_append_printf(text, "%s%s (%s)", i ? ", " : "", (char *) ends->pdata[i],
                                       (char *) ids->pdata[i]);
        return ends->len ? g_string_free(text, FALSE)
                         : (g_string_free(text, TRUE), g_strdup("no lie of it is told"));
}

static void
add_row(PvReportTable *table, JsonObject *row)
{
        const char *field = pv_record_string(row, "field");
        PvReportTone tone;
        char *checked = how_checked(row, &tone);

        pv_report_table_row(table);
        pv_report_table_take(table, g_strdup(*field ? field : "not declared"),
                             *field ? PV_REPORT_PLAIN : PV_REPORT_WARN);
        pv_report_table_add(table, pv_record_string(row, "part"));
        pv_report_table_take(table,
                             g_strdup_printf("%s, %s", pv_record_string(row, "supplier"),
                                             pv_record_string(row, "channel")),
                             PV_REPORT_PLAIN);
        pv_report_table_take(table, g_strdup_printf(NUMBER, pv_record_int(row, "bytes")),
                             PV_REPORT_PLAIN);
        pv_report_table_take(table, times_read(row), PV_REPORT_PLAIN);
        pv_report_table_take(table, checked, tone);
        pv_report_table_add(table, pv_record_string(row, "use"));
}

static void
say_shared(GString *text, JsonObject *pages)
{
        g_autoptr(GPtrArray) calls = pv_report_strings(pages, "calls");

        g_string_append_printf(text,
                               "Pages shared: " NUMBER ", at most " NUMBER " at once, for at most " NUMBER
                               " accesses each and " NUMBER " together, in",
                               pv_record_int(pages, "shared"), pv_record_int(pages, "at_once"),
                               pv_record_int(pages, "longest"), pv_record_int(pages, "accesses"));
        for (guint i = 0; i < calls->len; i++)
                g_string_append_printf(text, "%s %s()", i ? "," : "", (char *) calls->pdata[i]);
        g_string_append_printf(text, "; still shared at the end: " NUMBER ".", pv_record_int(pages, "kept"));
}

static char *
pages_sentence(JsonObject *pages)
{
        const gint64 requests = pv_record_int(pages, "requests");
        const char *finding = pv_record_string(pages, "finding");
        GString *text = g_string_new(NULL);

        if (pv_record_int(pages, "shared"))
                say_shared(text, pages);
        else
                g_string_append(text, "No page was shared for it.");
        if (requests)
                g_string_append_printf(text,
                                       " The page of the GHCB is shared throughout, and took " NUMBER
                                       " requests.",
                                       requests);
        if (*finding)
                g_string_append_printf(text, " %s() ended with: %s.", pv_record_string(pages, "call"),
                                       finding);
        return g_string_free(text, FALSE);
}

/* ---- grouping ---- */

static void
ledger_free(void *data)
{
        PvReportLedger *ledger = data;

        g_string_free(ledger->where, TRUE);
        pv_report_table_free(ledger->table);
        g_ptr_array_unref(ledger->rows);
        g_free(ledger->pages);
        g_free(ledger);
}

static gboolean
same_member(JsonObject *a, JsonObject *b, const char *member)
{
        return !strcmp(pv_record_string(a, member), pv_record_string(b, member));
}

/* Of one candidate in one kind of guest and phase. */
static PvReportLedger *
account_of(const PvReportModel *model, JsonObject *pages)
{
        static const char *const heads[] = {"field", "of",      "from, over", "bytes",
                                            "read",  "checked", "used for",   NULL};
        PvReportLedger *ledger = g_new0(PvReportLedger, 1);

        ledger->candidate = pv_record_string(pages, "candidate");
        ledger->where = g_string_new(NULL);
        ledger->table = pv_report_table_new(heads);
        ledger->pages = pages_sentence(pages);
        ledger->rows = g_ptr_array_new();
        ledger->shared = pages;
        for (guint i = 0; i < model->ledger->len; i++) {
                JsonObject *row = model->ledger->pdata[i];

                if (!same_member(row, pages, "candidate") || !same_member(row, pages, "guest") ||
                    !same_member(row, pages, "phase"))
                        continue;
                add_row(ledger->table, row);
                g_ptr_array_add(ledger->rows, row);
        }
        return ledger;
}

static gboolean
reads_same(const PvReportLedger *a, const PvReportLedger *b)
{
        if (strcmp(a->candidate, b->candidate) || strcmp(a->pages, b->pages) ||
            a->table->rows->len != b->table->rows->len)
                return FALSE;
        for (guint i = 0; i < a->table->rows->len; i++) {
                const GPtrArray *x = a->table->rows->pdata[i], *y = b->table->rows->pdata[i];

                for (guint j = 0; j < x->len; j++) {
                        const PvReportField *left = x->pdata[j], *right = y->pdata[j];

                        if (strcmp(left->text, right->text))
                                return FALSE;
                }
        }
        return TRUE;
}

/* "plain in pei, os; sev in pei": records of one guest follow each other. */
static void
add_where(GString *where, JsonObject *pages)
{
        const char *guest = pv_record_string(pages, "guest"), *phase = pv_record_string(pages, "phase");
        const char *last = strrchr(where->str, ';');
        g_autofree char *words = g_strdup_printf("%s in ", guest);

        last = last ? last + 2 : where->str;
        if (g_str_has_prefix(last, words))
                g_string_append_printf(where, ", %s", phase);
        else
                g_string_append_printf(where, "%s%s%s", where->len ? "; " : "", words, phase);
}

GPtrArray *
pv_report_ledgers(const PvReportModel *model)
{
        GPtrArray *ledgers = g_ptr_array_new_with_free_func(ledger_free);

        for (guint i = 0; i < model->ledger_pages->len; i++) {
                JsonObject *pages = model->ledger_pages->pdata[i];
                PvReportLedger *new = account_of(model, pages), *ledger = new;

                for (guint j = 0; j < ledgers->len && ledger == new; j++)
                        if (reads_same(ledgers->pdata[j], new))
                                ledger = ledgers->pdata[j];
                add_where(ledger->where, pages);
                if (ledger == new)
                        g_ptr_array_add(ledgers, new);
                else
                        ledger_free(new);
        }
        return ledgers;
}

/* ---- all in one table ---- */

static void
take_number(PvReportTable *table, gint64 number, PvReportTone tone)
{
        pv_report_table_take(table, g_strdup_printf(NUMBER, number), tone);
}

/* Sums and extremes over the rows of one account. */
static void
add_summary(PvReportTable *table, const PvReportLedger *ledger)
{
        gint64 bytes = 0, reads = 0, most = 0, unchecked = 0;

        for (guint i = 0; i < ledger->rows->len; i++) {
                JsonObject *row = ledger->rows->pdata[i];
                JsonArray *checks = pv_report_array(row, "checks");

                bytes += pv_record_int(row, "bytes");
                reads += pv_record_int(row, "reads");
                most = MAX(most, pv_record_int(row, "most"));
                unchecked += !checks || json_array_get_length(checks) == 0;
        }
        pv_report_table_row(table);
        pv_report_table_add(table, ledger->candidate);
        pv_report_table_add(table, ledger->where->str);
        take_number(table, ledger->rows->len, PV_REPORT_PLAIN);
        take_number(table, unchecked, PV_REPORT_PLAIN);
        take_number(table, bytes, PV_REPORT_PLAIN);
        take_number(table, reads, PV_REPORT_PLAIN);
        take_number(table, most, PV_REPORT_PLAIN);
        take_number(table, pv_record_int(ledger->shared, "shared"), PV_REPORT_PLAIN);
        take_number(table, pv_record_int(ledger->shared, "accesses"), PV_REPORT_PLAIN);
        take_number(table, pv_record_int(ledger->shared, "kept"),
                    pv_record_int(ledger->shared, "kept") ? PV_REPORT_BAD : PV_REPORT_PLAIN);
}

PvReportTable *
pv_report_table_ledgers(GPtrArray *ledgers)
{
        static const char *const heads[] = {
                "candidate",      "guest and phase", "fields",       "no lie told", "bytes", "reads",
                "most in a call", "pages shared",    "accesses then", "shared at the end", NULL};
        PvReportTable *table = ledgers->len ? pv_report_table_new(heads) : NULL;

        for (guint i = 0; i < ledgers->len; i++)
                add_summary(table, ledgers->pdata[i]);
        return table;
}
