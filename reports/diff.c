/* SPDX-License-Identifier: MIT */
/* Joins what two record files say, item by item, and decides what each pair means. */
#include "reports/diff.h"

#include <string.h>

#include "common/record.h"
#include "reports/diff-fields.h"
#include "reports/report-words.h"

#define SOCKET_PREFIX "qtest:unix:" /* of targets whose name holds a path that is new in each run */

static void
item_free(void *data)
{
        PvDiffItem *item = data;

        g_free(item->candidate);
        g_free(item->target);
        g_free(item->what);
        g_free(item->word);
        g_array_unref(item->figures);
        g_free(item);
}

static void
add_figure(PvDiffItem *item, const char *name, double value)
{
        PvDiffFigure figure = {g_intern_string(name), value};

        g_array_append_val(item->figures, figure);
}

/* Takes what and word. */
static PvDiffItem *
add_item(GPtrArray *items, PvDiffKind kind, JsonObject *record, char *what, char *word)
{
        PvDiffItem *item = g_new0(PvDiffItem, 1);

        item->kind = kind;
        item->candidate = g_strdup(pv_record_string(record, "candidate"));
        item->target = g_strdup(pv_record_string(record, "target"));
        item->what = what;
        item->word = word;
        item->figures = g_array_new(FALSE, FALSE, sizeof(PvDiffFigure));
        g_ptr_array_add(items, item);
        return item;
}

/* ---- samples: every count, and two sums that people ask for ---- */

static const struct {
        const char *name;
        const char *members[5];
} sums[] = {
        {"accesses", {"reads", "writes", "string_bytes", NULL}},
        {"exits", {"reads", "writes", "strings", "platform", NULL}},
};

/* prefix: of their names. A sum that was itself counted is no sum of ours. */
static void
add_counts(PvDiffItem *item, JsonObject *counts, const char *prefix)
{
        g_autoptr(GList) members = json_object_get_members(counts);

        for (gsize i = 0; i < G_N_ELEMENTS(sums); i++) {
                g_autofree char *name = g_strconcat(prefix, sums[i].name, NULL);
                gint64 sum = 0;

                for (gsize m = 0; sums[i].members[m]; m++)
                        sum += pv_record_int(counts, sums[i].members[m]);
                if (!json_object_has_member(counts, sums[i].name))
                        add_figure(item, name, (double) sum);
        }
        for (GList *m = members; m; m = m->next) {
                g_autofree char *name = g_strconcat(prefix, m->data, NULL);

                add_figure(item, name, pv_record_double(counts, m->data));
        }
}

static void
add_sample(GPtrArray *items, const PvReportSample *sample)
{
        /* What is counted twice is named apart. */
        static const char *const members[][2] = {{"counts", ""}, {"private_counts", "private_"}};
        const char *answer = pv_record_string(sample->record, "answer");
        PvDiffItem *item = add_item(items, PV_DIFF_SAMPLE, sample->record,
                                    g_strdup_printf("%s at N=%" G_GINT64_FORMAT, sample->question, sample->n),
                                    g_strdup(answer));

        for (gsize i = 0; i < G_N_ELEMENTS(members) && !strcmp(answer, "ok"); i++) {
                JsonNode *node = json_object_get_member(sample->record, members[i][0]);

                if (node && JSON_NODE_HOLDS_OBJECT(node))
                        add_counts(item, json_node_get_object(node), members[i][1]);
        }
}

/* Exits that really happened, and whether all who counted them agree. */
static void
add_exactness(GPtrArray *items, JsonObject *record)
{
        JsonNode *vmm = json_object_get_member(record, "vmm");
        PvDiffItem *item =
                add_item(items, PV_DIFF_SAMPLE, record,
                         g_strdup_printf("exits of %s at N=%" G_GINT64_FORMAT,
                                         pv_record_string(record, "question"), pv_record_int(record, "n")),
                         g_strdup(pv_record_string(record, "agreement")));

        if (vmm && JSON_NODE_HOLDS_OBJECT(vmm))
                add_figure(item, "exits", pv_record_double(json_node_get_object(vmm), "exits"));
}

/* Takes what. */
static void
add_time(GPtrArray *items, JsonObject *record, char *what, const char *unit, const PvTimes *times)
{
        PvDiffItem *item = add_item(items, PV_DIFF_TIME, record, what, g_strdup(unit));

        add_figure(item, "time", times->median);
        item->times = *times;
}

/* One figure, of which only the floor is known. */
static void
add_speed(GPtrArray *items, JsonObject *speed)
{
        double value = pv_record_double(speed, "value");
        const PvTimes times = {
                .median = value, .low = value, .high = value, .floor = pv_record_double(speed, "floor")};

        add_time(items, speed, g_strdup(pv_record_string(speed, "name")), pv_record_string(speed, "unit"),
                 &times);
}

static void
add_times(GPtrArray *items, const PvReportModel *model)
{
        PvTimes times;

        for (guint i = 0; i < model->times->len; i++) {
                JsonObject *record = model->times->pdata[i];

                if (pv_record_get_times(record, &times))
                        add_time(items, record,
                                 g_strdup_printf("%s at N=%" G_GINT64_FORMAT,
                                                 pv_record_string(record, "question"),
                                                 pv_record_int(record, "n")),
                                 "ns", &times);
        }
        for (guint i = 0; i < model->accesses->len; i++) {
                JsonObject *record = model->accesses->pdata[i];

                if (pv_record_get_times(record, &times))
                        add_time(items, record,
                                 g_strdup_printf("one %s", pv_record_string(record, "operation")), "ns",
                                 &times);
        }
        for (guint i = 0; i < model->speeds->len; i++)
                add_speed(items, model->speeds->pdata[i]);
}

/* Who is there for contrast changes nothing for anybody. */
static void
add_lie(GPtrArray *items, JsonObject *record)
{
        if (!pv_record_flag(record, "contrast"))
                add_item(items, PV_DIFF_LIE, record,
                         g_strdup_printf("%s of %s in %s, %s", pv_record_string(record, "lie"),
                                         pv_record_string(record, "backend"), pv_record_string(record, "guest"),
                                         pv_record_string(record, "memory")),
                         g_strdup(pv_record_string(record, "end")));
}

static GPtrArray *
read_items(const PvReportModel *model)
{
        GPtrArray *items = g_ptr_array_new_with_free_func(item_free);
        g_autoptr(GPtrArray) cells = pv_report_cells(model, ~0u);

        for (guint i = 0; i < cells->len; i++) {
                const PvReportCell *cell = cells->pdata[i];

                add_item(items, PV_DIFF_VERDICT, cell->record, pv_report_cell_name(cell->record),
                         pv_report_outcome(cell));
        }
        for (guint i = 0; i < model->hostiles->len; i++)
                add_lie(items, model->hostiles->pdata[i]);
        for (guint i = 0; i < model->samples->len; i++)
                add_sample(items, model->samples->pdata[i]);
        for (guint i = 0; i < model->exactness->len; i++)
                add_exactness(items, model->exactness->pdata[i]);
        add_times(items, model);
        return items;
}

/* ---- what a pair means ---- */

/* Verdicts, answers and ends of lies, best first; what is not here is worst. */
static guint
rank(const char *word)
{
        static const struct {
                const char *word;
                guint rank;
        } ranks[] = {
                {"pass", 0},        {"ok", 0},          {"xpass", 1},         {"n/a", 2},
                {"not-claimed", 2}, {"cannot-tell", 3}, {"cannot-answer", 3}, {"blocked", 4},
                {"xfail", 5},       {"fail", 6},        {"wrong", 6},         {"equal", 0},
                {"differ", 6},      {"named", 0},       {"harmless", 0},
        };
        gsize n = strcspn(word, " ");

        for (gsize i = 0; i < G_N_ELEMENTS(ranks); i++)
                if (strlen(ranks[i].word) == n && !strncmp(word, ranks[i].word, n))
                        return ranks[i].rank;
        return G_MAXUINT;
}

/* What ends a run with exit code 1 or 5. */
static gboolean
is_unexpected(const char *word)
{
        return rank(word) >= rank("fail") || g_str_has_prefix(word, "xpass");
}

static PvDiffSense
compare_words(const PvDiffItem *old, const PvDiffItem *new)
{
        guint before = rank(old->word), after = rank(new->word);

        if (before != after)
                return after > before ? PV_DIFF_WORSE : PV_DIFF_BETTER;
        return strcmp(old->word, new->word) ? PV_DIFF_OTHER : PV_DIFF_SAME;
}

static PvDiffSense
compare_samples(const PvDiffItem *old, const PvDiffItem *new)
{
        PvDiffSense sense = compare_words(old, new);
        gboolean rose = FALSE, fell = FALSE;

        if (sense != PV_DIFF_SAME)
                return sense;
        for (guint i = 0; i < new->figures->len; i++) {
                const PvDiffFigure *after = &g_array_index(new->figures, PvDiffFigure, i);
                const PvDiffFigure *before = pv_diff_figure(old, after->name);

                rose |= before && after->value > before->value;
                fell |= before && after->value < before->value;
        }
        if (rose && fell)
                return PV_DIFF_OTHER;
        return rose ? PV_DIFF_WORSE : fell ? PV_DIFF_BETTER : PV_DIFF_SAME;
}

static PvDiffSense
compare_times(const PvDiffItem *old, const PvDiffItem *new)
{
        static const PvDiffSense senses[] = {PV_DIFF_WORSE, PV_DIFF_SAME, PV_DIFF_BETTER};

        if (old->times.floor < 1 || new->times.floor < 1)
                return PV_DIFF_NO_FLOOR;
        return senses[pv_times_compare(&old->times, &new->times) + 1];
}

static const struct {
        const char *word;
        PvDiffSense (*compare)(const PvDiffItem *old, const PvDiffItem *new);
} kinds[PV_N_DIFF_KINDS] = {
        [PV_DIFF_VERDICT] = {"verdict", compare_words},
        [PV_DIFF_LIE] = {"lie", compare_words},
        [PV_DIFF_SAMPLE] = {"sample", compare_samples},
        [PV_DIFF_TIME] = {"time", compare_times},
};

/* ---- joining ---- */

static char *
key_of(const PvDiffItem *item)
{
        const char *target = g_str_has_prefix(item->target, SOCKET_PREFIX) ? SOCKET_PREFIX : item->target;

        return g_strjoin("\n", kinds[item->kind].word, item->candidate, target, item->what,
                         item->kind == PV_DIFF_TIME ? item->word : "", NULL);
}

static void
add_row(PvDiff *diff, const PvDiffItem *old, const PvDiffItem *new)
{
        PvDiffRow row = {old, new, PV_DIFF_GONE};
        PvDiffKind kind = (new ? new : old)->kind;

        if (old && new && kind == PV_DIFF_TIME && pv_diff_fields_bear_on(diff->fields, new->target))
                row.sense = PV_DIFF_UNLIKE;
        else if (old && new)
                row.sense = kinds[kind].compare(old, new);
        else if (new)
                row.sense = kind != PV_DIFF_TIME && is_unexpected(new->word) ? PV_DIFF_WORSE : PV_DIFF_CAME;
        diff->tally[kind][row.sense]++;
        g_array_append_val(diff->rows, row);
}

/* Of several that say the same thing, the last counts. */
static GHashTable *
by_key(GPtrArray *items)
{
        GHashTable *table = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

        for (guint i = 0; i < items->len; i++)
                g_hash_table_replace(table, key_of(items->pdata[i]), items->pdata[i]);
        return table;
}

static void
join(PvDiff *diff, GPtrArray *old, GPtrArray *new)
{
        g_autoptr(GHashTable) before = by_key(old), after = by_key(new);

        for (guint i = 0; i < old->len; i++) {
                g_autofree char *key = key_of(old->pdata[i]);

                if (g_hash_table_lookup(before, key) == old->pdata[i])
                        add_row(diff, old->pdata[i], g_hash_table_lookup(after, key));
        }
        for (guint i = 0; i < new->len; i++) {
                g_autofree char *key = key_of(new->pdata[i]);

                if (g_hash_table_lookup(after, key) == new->pdata[i] && !g_hash_table_contains(before, key))
                        add_row(diff, NULL, new->pdata[i]);
        }
}

PvDiff *
pv_diff_new(GPtrArray *old, GPtrArray *new)
{
        g_autoptr(PvReportModel) before = pv_report_model_new(old), after = pv_report_model_new(new);
        g_autoptr(GPtrArray) old_items = read_items(before), new_items = read_items(after);
        PvDiff *diff = g_new0(PvDiff, 1);

        diff->rows = g_array_new(FALSE, FALSE, sizeof(PvDiffRow));
        diff->fields = pv_diff_fields(before->runs, after->runs);
        join(diff, old_items, new_items);
        diff->items = g_steal_pointer(&old_items);
        g_ptr_array_extend_and_steal(diff->items, g_steal_pointer(&new_items));
        return diff;
}

void
pv_diff_free(PvDiff *diff)
{
        if (!diff)
                return;
        g_array_unref(diff->rows);
        g_ptr_array_unref(diff->items);
        g_ptr_array_unref(diff->fields);
        g_free(diff);
}

/* ---- looking things up ---- */

guint
pv_diff_compared(const PvDiff *diff, PvDiffKind kind)
{
        const guint *tally = diff->tally[kind];

        return tally[PV_DIFF_SAME] + tally[PV_DIFF_BETTER] + tally[PV_DIFF_WORSE] + tally[PV_DIFF_OTHER];
}

gboolean
pv_diff_got_worse(const PvDiff *diff, gboolean counts_too)
{
        for (guint i = 0; i < diff->rows->len; i++) {
                const PvDiffRow *row = &g_array_index(diff->rows, PvDiffRow, i);
                gboolean by_word = !row->old || (row->new && strcmp(row->old->word, row->new->word));

                if (row->sense == PV_DIFF_WORSE && pv_diff_item(row)->kind != PV_DIFF_TIME &&
                    (by_word || counts_too))
                        return TRUE;
        }
        return FALSE;
}

static int
by_value(gconstpointer a, gconstpointer b)
{
        double x = *(const double *) a, y = *(const double *) b;

        return (x > y) - (x < y);
}

double
pv_diff_shift(const PvDiff *diff, const char *target)
{
        g_autoptr(GArray) ratios = g_array_new(FALSE, FALSE, sizeof(double));

        for (guint i = 0; i < diff->rows->len; i++) {
                const PvDiffRow *row = &g_array_index(diff->rows, PvDiffRow, i);
                gboolean compared = row->sense == PV_DIFF_SAME || row->sense == PV_DIFF_BETTER ||
                                    row->sense == PV_DIFF_WORSE;
                double ratio;

                if (!row->old || !row->new || row->new->kind != PV_DIFF_TIME || !compared ||
                    strcmp(row->new->target, target) || row->old->times.median <= 0)
                        continue;
                ratio = row->new->times.median / row->old->times.median;
                g_array_append_val(ratios, ratio);
        }
        g_array_sort(ratios, by_value);
        return ratios->len < PV_DIFF_SHIFT_LEAST ? 0 : g_array_index(ratios, double, ratios->len / 2);
}

const PvDiffItem *
pv_diff_item(const PvDiffRow *row)
{
        return row->new ? row->new : row->old;
}

const PvDiffFigure *
pv_diff_figure(const PvDiffItem *item, const char *name)
{
        for (guint i = 0; item && i < item->figures->len; i++) {
                const PvDiffFigure *figure = &g_array_index(item->figures, PvDiffFigure, i);

                if (!strcmp(figure->name, name))
                        return figure;
        }
        return NULL;
}

const char *
pv_diff_kind_word(PvDiffKind kind)
{
        return kinds[kind].word;
}

const char *
pv_diff_sense_word(PvDiffSense sense)
{
        static const char *const words[PV_N_DIFF_SENSES] = {
                [PV_DIFF_SAME] = "same",
                [PV_DIFF_BETTER] = "better",
                [PV_DIFF_WORSE] = "worse",
                [PV_DIFF_OTHER] = "changed",
                [PV_DIFF_CAME] = "came",
                [PV_DIFF_GONE] = "gone",
                [PV_DIFF_UNLIKE] = "unlike environments",
                [PV_DIFF_NO_FLOOR] = "no noise floor",
        };

        return words[sense];
}
