/* SPDX-License-Identifier: MIT */
/* A comparison as a JSON object. */
#include "reports/diff.h"

static JsonObject *
figures_object(const PvDiffItem *item)
{
        JsonObject *object = json_object_new();

        for (guint i = 0; i < item->figures->len; i++) {
                const PvDiffFigure *figure = &g_array_index(item->figures, PvDiffFigure, i);

                json_object_set_double_member(object, figure->name, figure->value);
        }
        return object;
}

static void
add_side(JsonObject *object, const char *side, const PvDiffItem *item)
{
        JsonObject *one;

        if (!item)
                return;
        one = json_object_new();
        json_object_set_string_member(one, item->kind == PV_DIFF_TIME ? "unit" : "word", item->word);
        if (item->figures->len)
                json_object_set_object_member(one, "figures", figures_object(item));
        if (item->times.floor > 0)
                json_object_set_double_member(one, "floor", item->times.floor);
        json_object_set_object_member(object, side, one);
}

static JsonObject *
row_object(const PvDiffRow *row)
{
        const PvDiffItem *item = pv_diff_item(row);
        JsonObject *object = json_object_new();

        json_object_set_string_member(object, "sense", pv_diff_sense_word(row->sense));
        json_object_set_string_member(object, "kind", pv_diff_kind_word(item->kind));
        json_object_set_string_member(object, "candidate", item->candidate);
        json_object_set_string_member(object, "target", item->target);
        json_object_set_string_member(object, "what", item->what);
        add_side(object, "old", row->old);
        add_side(object, "new", row->new);
        return object;
}

static JsonArray *
fields_array(const PvDiff *diff)
{
        JsonArray *array = json_array_new();

        for (guint i = 0; i < diff->fields->len; i++) {
                const PvDiffField *field = diff->fields->pdata[i];
                JsonObject *object = json_object_new();

                json_object_set_string_member(object, "field", field->name);
                if (field->target)
                        json_object_set_string_member(object, "target", field->target);
                json_object_set_string_member(object, "old", field->old);
                json_object_set_string_member(object, "new", field->new);
                json_array_add_object_element(array, object);
        }
        return array;
}

static JsonObject *
tally_object(const PvDiff *diff)
{
        JsonObject *object = json_object_new();

        for (guint kind = 0; kind < PV_N_DIFF_KINDS; kind++) {
                JsonObject *of_kind = json_object_new();

                for (guint sense = 0; sense < PV_N_DIFF_SENSES; sense++)
                        json_object_set_int_member(of_kind, pv_diff_sense_word((PvDiffSense) sense),
                                                   diff->tally[kind][sense]);
                json_object_set_object_member(object, pv_diff_kind_word((PvDiffKind) kind), of_kind);
        }
        return object;
}

JsonObject *
pv_diff_to_json(const PvDiff *diff)
{
        JsonObject *root = json_object_new();
        JsonArray *changes = json_array_new();

        for (guint i = 0; i < diff->rows->len; i++) {
                const PvDiffRow *row = &g_array_index(diff->rows, PvDiffRow, i);

                if (row->sense != PV_DIFF_SAME)
                        json_array_add_object_element(changes, row_object(row));
        }
        json_object_set_array_member(root, "unlike", fields_array(diff));
        json_object_set_array_member(root, "changes", changes);
        json_object_set_object_member(root, "tally", tally_object(diff));
        return root;
}
