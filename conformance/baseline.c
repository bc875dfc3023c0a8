/* SPDX-License-Identifier: MIT */
/* Reads the failures of an earlier run, and marks them in this one. */
#include "conformance/baseline.h"

#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "common/target.h"
#include "common/verdict.h"

/* In CI the socket lies in a new folder each time. */
static const char *
target_word(const char *target)
{
        return g_str_has_prefix(target, PV_ATTACH_PREFIX) ? PV_ATTACH_PREFIX : target;
}

static char *
key_of(JsonObject *record, const char *target)
{
        return g_strjoin("\n", pv_record_string(record, "check"), pv_record_string(record, "cell"),
                         pv_record_string(record, "candidate"), target, NULL);
}

static char *
known_as(JsonObject *record)
{
        return key_of(record, target_word(pv_record_string(record, "target")));
}

static gboolean
has_verdict(JsonObject *record, PvVerdict verdict)
{
        return !strcmp(pv_record_string(record, "record"), "verdict") &&
               !strcmp(pv_record_string(record, "verdict"), pv_verdict_word(verdict));
}

static gboolean
is_marked(JsonObject *record)
{
        return json_object_get_boolean_member_with_default(record, "known", FALSE);
}

static int
by_word(gconstpointer a, gconstpointer b)
{
        return strcmp(*(const char *const *) a, *(const char *const *) b);
}

/* A baseline of a run that had one itself: what was known there still is. */
char **
pv_baseline_load(const char *path, GError **error)
{
        g_autoptr(GPtrArray) records = pv_record_read(path, error);
        g_autoptr(GHashTable) keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_autofree gpointer *words = NULL;
        guint n;

        for (guint i = 0; records && i < records->len; i++) {
                g_autofree char *key = known_as(records->pdata[i]);

                /* Of several attempts the last one counts. */
                if (has_verdict(records->pdata[i], PV_FAIL) || is_marked(records->pdata[i]))
                        g_hash_table_add(keys, g_steal_pointer(&key));
                else
                        g_hash_table_remove(keys, key);
        }
        if (!records)
                return NULL;
        words = g_hash_table_get_keys_as_array(keys, &n);
        g_hash_table_steal_all(keys);
        qsort(words, n, sizeof *words, by_word);
        return (char **) g_steal_pointer(&words);
}

static gboolean
knows(const char *const *known, JsonObject *record)
{
        g_autofree char *key = known_as(record);

        return known && g_strv_contains(known, key);
}

void
pv_baseline_mark(const char *const *known, JsonObject *record)
{
        if (!has_verdict(record, PV_FAIL) || !knows(known, record))
                return;
        json_object_set_boolean_member(record, "known", TRUE);
        json_object_set_string_member(record, "verdict", pv_verdict_word(PV_XFAIL));
        json_object_set_string_member(record, "reason", "known: it failed in the baseline too");
}

/* The records that no later attempt replaced, in their order; borrowed. */
static GPtrArray *
last_attempts(GPtrArray *records)
{
        g_autoptr(GHashTable) last = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        GPtrArray *kept = g_ptr_array_new();

        for (guint i = 0; i < records->len; i++)
                g_hash_table_replace(last,
                                     key_of(records->pdata[i], pv_record_string(records->pdata[i], "target")),
                                     records->pdata[i]);
        for (guint i = 0; i < records->len; i++) {
                g_autofree char *key =
                        key_of(records->pdata[i], pv_record_string(records->pdata[i], "target"));

                if (g_hash_table_lookup(last, key) == records->pdata[i])
                        g_ptr_array_add(kept, records->pdata[i]);
        }
        return kept;
}

char *
pv_baseline_words(const char *path, const char *const *known, GPtrArray *records)
{
        g_autoptr(GPtrArray) last = last_attempts(records);
        g_autoptr(GString) mended = g_string_new(NULL);
        guint still = 0, n_mended = 0, fresh = 0;

        for (guint i = 0; i < last->len; i++) {
                JsonObject *record = last->pdata[i];

                still += is_marked(record);
                fresh += has_verdict(record, PV_FAIL);
                if (!has_verdict(record, PV_PASS) || !knows(known, record))
                        continue;
                n_mended++;
                g_string_append_printf(mended, "%s%s [%s]", mended->len ? ", " : ": ",
                                       pv_record_string(record, "check"), pv_record_string(record, "cell"));
        }
        return g_strdup_printf(
                "baseline %s: known failures still there: %u; new ones: %u; no longer failing: %u%s", path,
                still, fresh, n_mended, mended->str);
}
