/* SPDX-License-Identifier: MIT */
/* The hostile host: lies down, consumers across, and what each came to over every kind of guest and memory
 * model. */
#include <string.h>

#include "common/record.h"
#include "reports/report-sev.h"

/* A lie, and whose it is. */
typedef struct Lie {
        const char *backend, *id;
        JsonObject *record; /* the first on it */
} Lie;

static gboolean
belongs(JsonObject *record, gboolean contrast)
{
        return pv_record_flag(record, "contrast") == contrast;
}

static int
by_id(const void *a, const void *b)
{
        const Lie *x = a, *y = b;
        int order = strcmp(x->id, y->id);

        return order ? order : strcmp(x->backend, y->backend);
}

static GArray *
lies_of(const PvReportModel *model, gboolean contrast)
{
        GArray *lies = g_array_new(FALSE, FALSE, sizeof(Lie));
        g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

        for (guint i = 0; i < model->hostiles->len; i++) {
                JsonObject *record = model->hostiles->pdata[i];
                const Lie lie = {pv_record_string(record, "backend"), pv_record_string(record, "lie"),
                                 record};

                if (belongs(record, contrast) &&
                    g_hash_table_add(seen, g_strjoin("\x1f", lie.backend, lie.id, NULL)))
                        g_array_append_val(lies, lie);
        }
        g_array_sort(lies, by_id);
        return lies;
}

/* Who was lied to: as columns stand; those without a column, in the order in which they were. */
static GPtrArray *
listeners(const PvReportModel *model, gboolean contrast)
{
        GPtrArray *names = g_ptr_array_new();
        g_autoptr(GHashTable) lied_to = g_hash_table_new(g_str_hash, g_str_equal);

        for (guint i = 0; i < model->hostiles->len; i++)
                if (belongs(model->hostiles->pdata[i], contrast)) {
                        const char *name = pv_record_string(model->hostiles->pdata[i], "candidate");

                        if (g_hash_table_add(lied_to, (gpointer) name) && contrast)
                                g_ptr_array_add(names, (gpointer) name);
                }
        for (guint i = 0; i < model->columns->len && !contrast; i++) {
                const PvReportColumn *column = model->columns->pdata[i];

                if (!strcmp(column->target, "model") && g_hash_table_contains(lied_to, column->candidate))
                        g_ptr_array_add(names, column->candidate);
        }
        return names;
}

static const char *
letter_of(const PvReportModel *model, const char *candidate)
{
        for (guint i = 0; i < model->columns->len; i++) {
                const PvReportColumn *column = model->columns->pdata[i];

                if (!strcmp(column->target, "model") && !strcmp(column->candidate, candidate))
                        return column->letter;
        }
        return candidate;
}

/* "malformed (APIC ID twice)" without the word that nearly all have. */
static char *
finding_text(const char *finding)
{
        const char *start = strchr(finding, '(');

        return start && *start && g_str_has_suffix(finding, ")") ? g_strndup(start + 1, strlen(start) - 2)
                                                                 : g_strdup(finding);
}

static gboolean
is_well(const char *end)
{
        return !strcmp(end, "named") || !strcmp(end, "harmless");
}

static char *
end_text(JsonObject *record)
{
        const char *end = pv_record_string(record, "end");

        return strcmp(end, "named") ? g_strdup(end) : finding_text(pv_record_string(record, "finding"));
}

/* What a consumer came to, and in which guests, or by which lies. */
typedef struct End {
        char *text;
        GString *where;
        gboolean well;
} End;

static void
end_clear(gpointer data)
{
        End *end = data;

        g_free(end->text);
        g_string_free(end->where, TRUE);
}

static GArray *
ends_new(void)
{
        GArray *ends = g_array_new(FALSE, FALSE, sizeof(End));

        g_array_set_clear_func(ends, end_clear);
        return ends;
}

static void
note_end(GArray *ends, const char *text, gboolean well, const char *where)
{
        const End new = {g_strdup(text), g_string_new(where), well};

        for (guint i = 0; i < ends->len; i++)
                if (!strcmp(g_array_index(ends, End, i).text, text)) {
                        pv_report_list_add(g_array_index(ends, End, i).where, where);
                        g_free(new.text);
                        g_string_free(new.where, TRUE);
                        return;
                }
        g_array_append_val(ends, new);
}

static char *
key_of(const char *backend, const char *lie, const char *candidate)
{
        return g_strjoin("\x1f", backend, lie, candidate, NULL);
}

/* Records by lie and candidate, for there are thousands: GPtrArray of JsonObject. */
static GHashTable *
told_of(const PvReportModel *model)
{
        GHashTable *told =
                g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);

        for (guint i = 0; i < model->hostiles->len; i++) {
                JsonObject *record = model->hostiles->pdata[i];
                char *key = key_of(pv_record_string(record, "backend"), pv_record_string(record, "lie"),
                                   pv_record_string(record, "candidate"));
                GPtrArray *records = g_hash_table_lookup(told, key);

                if (!records)
                        g_hash_table_insert(told, g_strdup(key), records = g_ptr_array_new());
                g_ptr_array_add(records, record);
                g_free(key);
        }
        return told;
}

static GArray *
ends_of(GHashTable *told, const Lie *lie, const char *candidate)
{
        g_autofree char *key = key_of(lie->backend, lie->id, candidate);
        GPtrArray *records = g_hash_table_lookup(told, key);
        GArray *ends = ends_new();

        for (guint i = 0; records && i < records->len; i++) {
                JsonObject *record = records->pdata[i];
                g_autofree char *text = end_text(record);

                note_end(ends, text, is_well(pv_record_string(record, "end")),
                         pv_record_string(record, "guest"));
        }
        return ends;
}

/* "terminated in sev-es, sev-snp; harmless in plain, sev"; where all guests say one thing, that. */
static void
add_ends(PvReportTable *table, GArray *ends, gboolean brief)
{
        PvReportTone tone = ends->len ? PV_REPORT_DIM : PV_REPORT_PLAIN;
        GString *text = g_string_new(ends->len ? NULL : ".");

        for (guint i = 0; i < ends->len; i++) {
                const End *end = &g_array_index(ends, End, i);
                gboolean harmless = !strcmp(end->text, "harmless");

                if (!end->well)
                        tone = PV_REPORT_BAD;
                else if (!harmless && tone == PV_REPORT_DIM)
                        tone = PV_REPORT_GOOD;
                if (brief && harmless && ends->len > 1)
                        continue;
                g_string_append_printf(text, "%s%s", text->len ? "; " : "", end->text);
                if (ends->len > 1 && !brief)
                        g_string_append_printf(text, " in %s", end->where->str);
        }
        pv_report_table_take(table, g_string_free(text, FALSE), tone);
}

static void
add_lie(PvReportTable *table, GHashTable *told, const Lie *lie, GPtrArray *names, gboolean brief)
{
        pv_report_table_row(table);
        pv_report_table_add(table, lie->id);
        if (!brief) {
                pv_report_table_add(table, lie->backend);
                pv_report_table_add(table, pv_record_string(lie->record, "what"));
                pv_report_table_take(table, finding_text(pv_record_string(lie->record, "expected")),
                                     PV_REPORT_PLAIN);
        }
        for (guint i = 0; i < names->len; i++) {
                g_autoptr(GArray) ends = ends_of(told, lie, names->pdata[i]);

                add_ends(table, ends, brief);
        }
}

static gboolean
ends_well(GArray *ends)
{
        for (guint e = 0; e < ends->len; e++)
                if (!g_array_index(ends, End, e).well)
                        return FALSE;
        return TRUE;
}

static gboolean
all_end_well(GHashTable *told, const Lie *lie, GPtrArray *names)
{
        gboolean well = TRUE;

        for (guint i = 0; i < names->len; i++) {
                g_autoptr(GArray) ends = ends_of(told, lie, names->pdata[i]);

                well &= ends_well(ends);
        }
        return well;
}

PvReportTable *
pv_report_table_lies(const PvReportModel *model, gboolean brief)
{
        static const char *const full[] = {"lie", "told by", "what it says", "to be found as", NULL},
                                 *const short_[] = {"lie", NULL};
        g_autoptr(GArray) lies = lies_of(model, FALSE);
        g_autoptr(GPtrArray) names = listeners(model, FALSE);
        g_autoptr(GHashTable) told = told_of(model);
        g_autoptr(PvReportTable) table = pv_report_table_new(brief ? short_ : full);

        for (guint i = 0; i < names->len; i++)
                pv_report_table_head(table, letter_of(model, names->pdata[i]));
        for (guint i = 0; i < lies->len; i++)
                if (!brief || !all_end_well(told, &g_array_index(lies, Lie, i), names))
                        add_lie(table, told, &g_array_index(lies, Lie, i), names, brief);
        return table->rows->len ? g_steal_pointer(&table) : NULL;
}

/* "BELIEVED: A06, A07; ENDLESS: A01". */
static char *
bad_ends(GArray *bad)
{
        GString *text = g_string_new(NULL);

        for (guint i = 0; i < bad->len; i++)
                g_string_append_printf(text, "%s%s: %s", i ? "; " : "", g_array_index(bad, End, i).text,
                                       g_array_index(bad, End, i).where->str);
        return g_string_free(text, FALSE);
}

PvReportTable *
pv_report_table_contrast(const PvReportModel *model)
{
        static const char *const heads[] = {"consumer of ours", "lies it lives through", "others", NULL};
        g_autoptr(GArray) lies = lies_of(model, TRUE);
        g_autoptr(GPtrArray) names = listeners(model, TRUE);
        g_autoptr(GHashTable) told = told_of(model);
        g_autoptr(PvReportTable) table = pv_report_table_new(heads);

        for (guint i = 0; i < names->len; i++) {
                g_autoptr(GArray) bad = ends_new();
                guint n = 0;

                for (guint l = 0; l < lies->len; l++) {
                        const Lie *lie = &g_array_index(lies, Lie, l);
                        g_autoptr(GArray) ends = ends_of(told, lie, names->pdata[i]);

                        n += ends->len && ends_well(ends);
                        for (guint e = 0; e < ends->len; e++)
                                if (!g_array_index(ends, End, e).well)
                                        note_end(bad, g_array_index(ends, End, e).text, FALSE, lie->id);
                }
                pv_report_table_row(table);
                pv_report_table_add(table, names->pdata[i]);
                pv_report_table_take(table, g_strdup_printf("%u", n), PV_REPORT_PLAIN);
                pv_report_table_take(table, bad_ends(bad), PV_REPORT_BAD);
        }
        return table->rows->len ? g_steal_pointer(&table) : NULL;
}

char *
pv_report_lies_sentence(const PvReportModel *model, gboolean contrast)
{
        g_autoptr(GArray) lies = lies_of(model, contrast);
        g_autoptr(GPtrArray) names = listeners(model, contrast);
        g_autoptr(GString) guests = g_string_new(NULL), memories = g_string_new(NULL);
        guint told = 0, named = 0, harmless = 0;

        for (guint i = 0; i < model->hostiles->len; i++) {
                JsonObject *record = model->hostiles->pdata[i];
                const char *end = pv_record_string(record, "end");

                if (!belongs(record, contrast))
                        continue;
                told++;
                named += !strcmp(end, "named");
                harmless += !strcmp(end, "harmless");
                pv_report_list_add(guests, pv_record_string(record, "guest"));
                pv_report_list_add(memories, pv_record_string(record, "memory"));
        }
        if (told == 0)
                return NULL;
        return g_strdup_printf(
                "Lies: %u; consumers: %u; told %u times, in guests of the kinds %s and the memory models %s. "
                "Named: %u; harmless, for nothing untrue was believed: %u; other ends: %u. All of it is "
                "modelled.",
                lies->len, names->len, told, guests->str, memories->str, named, harmless,
                told - named - harmless);
}
