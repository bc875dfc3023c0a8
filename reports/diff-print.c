/* SPDX-License-Identifier: MIT */
/* A comparison in words: a line for each change, then how many there were of each kind. */
#include <stdio.h>
#include <string.h>

#include "reports/diff.h"
#include "reports/report-words.h"

#define NAMED 3 /* of those that only one file has; --json has all */

/* Takes the text; what a terminal would obey is spelt out. */
static void
line(char *text)
{
        g_autofree char *owned = text;
        g_autofree char *visible = pv_report_visible(owned);

        puts(visible);
}

static void
append_change(GString *text, const char *before, const char *after, const PvDiffFigure *old,
              const PvDiffFigure *new)
{
        double percent = (new->value / old->value - 1) * 100;

        g_string_append_printf(text, "%s -> %s", before, after);
        if (old->value > 0)
                g_string_append_printf(text, " (%+.1f %%)", percent);
}

/* "accesses 991 -> 1001 (+1.0 %), reads ..." of what differs. */
static void
append_figures(GString *text, const PvDiffRow *row, const char *unit)
{
        const char *separator = "";

        for (guint i = 0; i < row->new->figures->len; i++) {
                const PvDiffFigure *new = &g_array_index(row->new->figures, PvDiffFigure, i);
                const PvDiffFigure *old = pv_diff_figure(row->old, new->name);
                g_autofree char *before = old ? pv_report_number(old->value) : NULL,
                                *after = pv_report_number(new->value);

                if (!old || old->value == new->value)
                        continue;
                g_string_append_printf(text, "%s%s ", separator, *unit ? unit : new->name);
                append_change(text, before, after, old, new);
                separator = ", ";
        }
}

static void
append_floor(GString *text, const PvDiffRow *row)
{
        double floor = MAX(row->old->times.floor, row->new->times.floor);

        if (floor >= 1)
                g_string_append_printf(text, "; noise floor %.1f %%", (floor - 1) * 100);
}

/* Where it was, and what changed. */
static char *
change_words(const PvDiffRow *row)
{
        const PvDiffItem *item = pv_diff_item(row);
        GString *text = g_string_new(NULL);

        g_string_append_printf(text, "%s, %s%son %s: ", item->what, item->candidate,
                               *item->candidate ? " " : "", item->target);
        if (!row->old || strcmp(row->old->word, row->new->word))
                g_string_append_printf(text, "%s -> %s", row->old ? row->old->word : "nothing",
                                       row->new->word);
        else
                append_figures(text, row, item->kind == PV_DIFF_TIME ? item->word : "");
        if (row->old && item->kind == PV_DIFF_TIME)
                append_floor(text, row);
        return g_string_free(text, FALSE);
}

static void
print_changes(const PvDiff *diff, PvDiffSense sense)
{
        for (guint i = 0; i < diff->rows->len; i++) {
                const PvDiffRow *row = &g_array_index(diff->rows, PvDiffRow, i);
                g_autofree char *words = row->sense == sense ? change_words(row) : NULL;

                if (words)
                        line(g_strdup_printf("%s: %s", pv_diff_sense_word(sense), words));
        }
}

/* ---- what only one file has: a line for each column, not for each cell ---- */

/* Of one kind, candidate and target. */
typedef struct Group {
        const PvDiffItem *first;
        GString *whats; /* of the first few */
        guint n;
} Group;

static void
group_free(void *data)
{
        Group *group = data;

        g_string_free(group->whats, TRUE);
        g_free(group);
}

static Group *
group_of(GPtrArray *groups, const PvDiffItem *item)
{
        Group *group;

        for (guint i = 0; i < groups->len; i++) {
                group = groups->pdata[i];
                if (group->first->kind == item->kind && !strcmp(group->first->candidate, item->candidate) &&
                    !strcmp(group->first->target, item->target))
                        return group;
        }
        group = g_new0(Group, 1);
        group->first = item;
        group->whats = g_string_new(NULL);
        g_ptr_array_add(groups, group);
        return group;
}

static GPtrArray *
groups_of(const PvDiff *diff, PvDiffSense sense)
{
        GPtrArray *groups = g_ptr_array_new_with_free_func(group_free);

        for (guint i = 0; i < diff->rows->len; i++) {
                const PvDiffRow *row = &g_array_index(diff->rows, PvDiffRow, i);
                Group *group = row->sense == sense ? group_of(groups, pv_diff_item(row)) : NULL;

                if (group && group->n < NAMED)
                        g_string_append_printf(group->whats, "%s%s", group->n ? ", " : "",
                                               pv_diff_item(row)->what);
                if (group)
                        group->n++;
        }
        return groups;
}

static void
print_groups(const PvDiff *diff, PvDiffSense sense)
{
        g_autoptr(GPtrArray) groups = groups_of(diff, sense);

        for (guint i = 0; i < groups->len; i++) {
                const Group *group = groups->pdata[i];
                const char *candidate = group->first->candidate;

                line(g_strdup_printf("%s: %u %s%s, %s%son %s: %s%s", pv_diff_sense_word(sense), group->n,
                                     pv_diff_kind_word(group->first->kind), group->n == 1 ? "" : "s",
                                     candidate, *candidate ? " " : "", group->first->target,
                                     group->whats->str, group->n > NAMED ? ", ..." : ""));
        }
}

/* ---- the end ---- */

static void
print_fields(const PvDiff *diff)
{
        for (guint i = 0; i < diff->fields->len; i++) {
                const PvDiffField *field = diff->fields->pdata[i];

                line(g_strdup_printf("unlike environments: %s%s%s: %s -> %s", field->name,
                                     field->target ? " of " : "", field->target ? field->target : "",
                                     field->old, field->new));
        }
}

/* Between runs only counts and ratios hold still: what shifts everything may well be the machine. */
static void
print_shifts(const PvDiff *diff)
{
        g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

        for (guint i = 0; i < diff->rows->len; i++) {
                const PvDiffItem *item = pv_diff_item(&g_array_index(diff->rows, PvDiffRow, i));
                double shift;

                if (item->kind != PV_DIFF_TIME || !g_hash_table_add(seen, item->target))
                        continue;
                shift = pv_diff_shift(diff, item->target);
                if (shift > 0)
                        line(g_strdup_printf("shift: times on %s changed by %+.1f %% at the median; what "
                                             "shifts them all may be "
                                             "the machine's own",
                                             item->target, (shift - 1) * 100));
        }
}

/* Nothing is said of a kind that neither file has. */
static void
print_tally(const PvDiff *diff, PvDiffKind kind)
{
        const guint *tally = diff->tally[kind];
        g_autoptr(GString) text = g_string_new(NULL);

        for (guint sense = 0; sense < PV_N_DIFF_SENSES; sense++)
                if (tally[sense])
                        g_string_append_printf(text, "%s%u %s", text->len ? ", " : "", tally[sense],
                                               pv_diff_sense_word((PvDiffSense) sense));
        if (text->len)
                line(g_strdup_printf("%ss: %u compared; %s", pv_diff_kind_word(kind),
                                     pv_diff_compared(diff, kind), text->str));
}

void
pv_diff_print(const PvDiff *diff)
{
        static const PvDiffSense each[] = {PV_DIFF_WORSE, PV_DIFF_BETTER, PV_DIFF_OTHER};
        static const PvDiffSense together[] = {PV_DIFF_CAME, PV_DIFF_GONE, PV_DIFF_NO_FLOOR};

        print_fields(diff);
        for (gsize i = 0; i < G_N_ELEMENTS(each); i++)
                print_changes(diff, each[i]);
        for (gsize i = 0; i < G_N_ELEMENTS(together); i++)
                print_groups(diff, together[i]);
        print_shifts(diff);
        for (guint kind = 0; kind < PV_N_DIFF_KINDS; kind++)
                print_tally(diff, (PvDiffKind) kind);
}
