/* SPDX-License-Identifier: MIT */
/* From records to an exit code; several files of one campaign are as good as one. */
#include "cli/outcome.h"

#include <stdio.h>
#include <string.h>

#include "common/record.h"

#define SHARDS_MAX 10000u

/* A bit per word that may decide. */
enum {
        ERROR = 1 << 0,
        UNEXPECTED = 1 << 1,
        BLOCKED = 1 << 2,
        LIMITED = 1 << 3,
};

static const struct {
        const char *member, *word;
        guint bit;
} words[] = {
        {"verdict", "error", ERROR},    {"answer", "error", ERROR},     {"verdict", "fail", UNEXPECTED},
        {"verdict", "xpass", UNEXPECTED}, {"answer", "wrong", UNEXPECTED}, {"verdict", "blocked", BLOCKED},
        {"verdict", "n/a", LIMITED},    {"agreement", "differ", UNEXPECTED},
};

/*
 * A lie that is taken for another one is refused all the same; private DMA takes even an honest device for one.
 * And who is there for contrast is shown for what it believes.
 */
static guint
bit_of_lie(JsonObject *record)
{
        static const char *const refused[] = {"named", "harmless", "taken for something else", NULL};
        const char *end = pv_record_string(record, "end");

        if (pv_record_flag(record, "contrast") || g_strv_contains(refused, end))
                return 0;
        return strcmp(end, "not tried") ? UNEXPECTED : ERROR;
}

static guint
bit_of(JsonObject *record)
{
        if (!strcmp(pv_record_string(record, "record"), "hostile"))
                return bit_of_lie(record);
        for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
                if (!strcmp(pv_record_string(record, words[i].member), words[i].word))
                        return words[i].bit;
        return 0;
}

/* The last record on each question; one that answers no question stands for itself. */
static GHashTable *
last_ones(GPtrArray *records)
{
        static const char *const members[] = {"record", "candidate", "target", "check",  "cell",
                                              "question", "backend", "lie",    "guest", "memory"};
        GHashTable *last = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

        for (guint i = 0; i < records->len; i++) {
                JsonObject *record = records->pdata[i];
                GString *key = g_string_new(NULL);

                for (gsize m = 0; m < G_N_ELEMENTS(members); m++)
                        g_string_append_printf(key, "%s\n", pv_record_string(record, members[m]));
                g_string_append_printf(key, "%" G_GINT64_FORMAT, pv_record_int(record, "n"));
                g_hash_table_insert(last, g_string_free(key, FALSE), record);
        }
        return last;
}

PvExit
pv_outcome(GPtrArray *records, gboolean strict)
{
        g_autoptr(GHashTable) last = last_ones(records);
        GHashTableIter iter;
        gpointer record;
        guint bits = 0;

        g_hash_table_iter_init(&iter, last);
        while (g_hash_table_iter_next(&iter, NULL, &record))
                bits |= bit_of(record);
        if (bits & ERROR)
                return PV_EXIT_ERROR;
        if (bits & UNEXPECTED)
                return PV_EXIT_UNEXPECTED;
        return bits & BLOCKED || (strict && bits & LIMITED) ? PV_EXIT_INCOMPLETE : PV_EXIT_OK;
}

/* ---- shards ---- */

static char *
member_text(JsonObject *run, const char *member)
{
        JsonNode *node = json_object_get_member(run, member);

        return node ? json_to_string(node, FALSE) : g_strdup("none");
}

/* What all shards of one campaign share. */
static gboolean
same_campaign(JsonObject *a, JsonObject *b, GError **error)
{
        static const char *const members[] = {"version", "commit", "level", "seed", "candidates", "not_run"};

        for (gsize i = 0; i < G_N_ELEMENTS(members); i++) {
                g_autofree char *one = member_text(a, members[i]), *other = member_text(b, members[i]);

                if (!strcmp(one, other))
                        continue;
                g_set_error(error, PV_ERROR, PV_ERROR_USAGE,
                            "shards of different campaigns: they differ in %s: %s and %s; give those that one command made",
                            members[i], one, other);
                return FALSE;
        }
        return TRUE;
}

/* K and N of a run that was one shard of several. */
static gboolean
is_shard(JsonObject *record, guint *ret_k, guint *ret_n)
{
        guint k, n;

        if (strcmp(pv_record_string(record, "record"), "run") ||
            sscanf(pv_record_string(record, "shard"), "%u/%u", &k, &n) != 2 || k < 1 || k > n || n > SHARDS_MAX)
                return FALSE;
        *ret_k = k;
        *ret_n = n;
        return TRUE;
}

/* "2, 4 of 4" of what was not seen; NULL: nothing. */
static char *
missing_of(const gboolean *seen, guint n)
{
        GString *text = g_string_new(NULL);

        for (guint k = 1; k <= n; k++)
                if (!seen[k])
                        g_string_append_printf(text, "%s%u", text->len ? ", " : "", k);
        if (text->len == 0) {
                g_string_free(text, TRUE);
                return NULL;
        }
        g_string_prepend(text, "not every part of this campaign is here: shards ");
        g_string_append_printf(text, " of %u are missing", n);
        return g_string_free(text, FALSE);
}

char *
pv_outcome_missing_shards(GPtrArray *records, GError **error)
{
        gboolean seen[SHARDS_MAX + 1] = {FALSE};
        JsonObject *first = NULL;
        guint parts = 0, k, n;

        for (guint i = 0; i < records->len; i++) {
                if (!is_shard(records->pdata[i], &k, &n))
                        continue;
                first = first ? first : records->pdata[i];
                parts = parts ? parts : n;
                if (n != parts) {
                        g_set_error(error, PV_ERROR, PV_ERROR_USAGE,
                                    "shards of different campaigns: one of %u parts, one of %u; give those that one command "
                                    "made",
                                    parts, n);
                        return NULL;
                }
                if (!same_campaign(first, records->pdata[i], error))
                        return NULL;
                seen[k] = TRUE;
        }
        return missing_of(seen, parts);
}
