/* SPDX-License-Identifier: MIT */
/* Record files: one JSON object a line. */
#include "common/record.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/error.h"

struct PvRecorder {
        char *path;
        int fd;
        gboolean failed;
};

PvRecorder *
pv_recorder_open(const char *path, gboolean fresh, GError **error)
{
        int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (fresh ? O_TRUNC : 0);
        int fd = open(path, flags, 0644);
        PvRecorder *recorder;

        if (fd < 0) {
                g_set_error(error, PV_ERROR, PV_ERROR_USAGE,
                            "cannot write %s: %s; name a writable folder with -o", path, g_strerror(errno));
                return NULL;
        }
        recorder = g_new0(PvRecorder, 1);
        recorder->path = g_strdup(path);
        recorder->fd = fd;
        return recorder;
}

void
pv_recorder_free(PvRecorder *recorder)
{
        if (!recorder)
                return;
        close(recorder->fd);
        g_free(recorder->path);
        g_free(recorder);
}

const char *
pv_recorder_path(PvRecorder *recorder)
{
        return recorder->path;
}

void
pv_recorder_add(PvRecorder *recorder, JsonObject *record)
{
        g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
        g_autoptr(GString) line = NULL;
        g_autofree char *text = NULL;

        json_node_take_object(node, record);
        text = json_to_string(node, FALSE);
        line = g_string_new(text);
        g_string_append_c(line, '\n');
        if (recorder->failed)
                return;
        errno = ENOSPC; /* what a short write means */
        recorder->failed = write(recorder->fd, line->str, line->len) != (ssize_t) line->len;
        if (recorder->failed)
                g_printerr("pvabi: cannot append to %s: %s; name a folder with room by -o\n", recorder->path,
                           g_strerror(errno));
}

gboolean
pv_recorder_failed(PvRecorder *recorder)
{
        return recorder->failed;
}

JsonObject *
pv_record_new(const char *kind)
{
        JsonObject *record = json_object_new();

        json_object_set_string_member(record, "record", kind);
        return record;
}

/* Name in the file and place in the struct, once for both directions. */
static const struct {
        const char *name;
        size_t offset;
} count_members[] = {
        {"reads", offsetof(PvCounts, reads)},
        {"writes", offsetof(PvCounts, writes)},
        {"strings", offsetof(PvCounts, strings)},
        {"string_bytes", offsetof(PvCounts, string_bytes)},
        {"platform", offsetof(PvCounts, platform)},
        {"doorbells", offsetof(PvCounts, doorbells)},
        {"gpa_bytes", offsetof(PvCounts, gpa_bytes)},
        {"shared_pages", offsetof(PvCounts, shared_pages)},
        {"ghcb_exits", offsetof(PvCounts, guest.ghcb_exits)},
        {"ghcb_excess", offsetof(PvCounts, guest.ghcb_excess)},
        {"page_changes", offsetof(PvCounts, guest.changes)},
        {"pt_writes", offsetof(PvCounts, guest.pt_writes)},
        {"pt_splits", offsetof(PvCounts, guest.pt_splits)},
        {"tlb_flushes", offsetof(PvCounts, guest.tlb_flushes)},
        {"cache_lines", offsetof(PvCounts, guest.cache_lines)},
        {"pvalidates", offsetof(PvCounts, guest.pvalidates)},
        {"psc_exits", offsetof(PvCounts, guest.psc_exits)},
        {"touches", offsetof(PvCounts, guest.touches)},
        {"secrets_bared", offsetof(PvCounts, guest.secrets_bared)},
        {"secrets_sent", offsetof(PvCounts, guest.secrets_sent)},
        {"fetched_again", offsetof(PvCounts, guest.fetched_again)},
        {"undefined_loads", offsetof(PvCounts, guest.undefined_loads)},
        {"beyond_offer", offsetof(PvCounts, guest.beyond_offer)},
        {"scribbled", offsetof(PvCounts, guest.scribbled)},
        {"lies_told", offsetof(PvCounts, guest.lies_told)},
        {"rmp_faults", offsetof(PvCounts, guest.rmp_faults)},
};

#define COUNTS "counts"
#define PRIVATE_COUNTS "private_counts"

static void
set_counts(JsonObject *record, const char *member, const PvCounts *counts)
{
        JsonObject *object = json_object_new();

        for (size_t i = 0; i < G_N_ELEMENTS(count_members); i++) {
                uint64_t value;

                memcpy(&value, (const char *) counts + count_members[i].offset, sizeof value);
                json_object_set_int_member(object, count_members[i].name, (gint64) value);
        }
        json_object_set_object_member(record, member, object);
}

static gboolean
get_counts(JsonObject *record, const char *member, PvCounts *ret_counts)
{
        JsonNode *node = json_object_get_member(record, member);
        JsonObject *object = node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
        PvCounts counts = {0};

        for (size_t i = 0; object && i < G_N_ELEMENTS(count_members); i++) {
                uint64_t value = (uint64_t) pv_record_int(object, count_members[i].name);

                memcpy((char *) &counts + count_members[i].offset, &value, sizeof value);
        }
        *ret_counts = counts;
        return object != NULL;
}

void
pv_record_set_counts(JsonObject *record, const PvCounts *counts)
{
        set_counts(record, COUNTS, counts);
}

PvCounts
pv_record_get_counts(JsonObject *record)
{
        PvCounts counts;

        get_counts(record, COUNTS, &counts);
        return counts;
}

void
pv_record_set_private_counts(JsonObject *record, const PvCounts *counts)
{
        set_counts(record, PRIVATE_COUNTS, counts);
}

gboolean
pv_record_get_private_counts(JsonObject *record, PvCounts *ret_counts)
{
        PvCounts counts;
        gboolean found = get_counts(record, PRIVATE_COUNTS, &counts);

        if (found)
                *ret_counts = counts;
        return found;
}

static JsonNode *
member_of_type(JsonObject *record, const char *member, GType type, GType other)
{
        JsonNode *node = json_object_get_member(record, member);

        if (!node || !JSON_NODE_HOLDS_VALUE(node))
                return NULL;
        return json_node_get_value_type(node) == type || json_node_get_value_type(node) == other ? node : NULL;
}

const char *
pv_record_string(JsonObject *record, const char *member)
{
        JsonNode *node = member_of_type(record, member, G_TYPE_STRING, G_TYPE_STRING);

        return node ? json_node_get_string(node) : "";
}

gint64
pv_record_int(JsonObject *record, const char *member)
{
        JsonNode *node = member_of_type(record, member, G_TYPE_INT64, G_TYPE_INT64);

        return node ? json_node_get_int(node) : 0;
}

gboolean
pv_record_flag(JsonObject *record, const char *member)
{
        JsonNode *node = json_object_get_member(record, member);

        return node && JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_BOOLEAN &&
               json_node_get_boolean(node);
}

double
pv_record_double(JsonObject *record, const char *member)
{
        JsonNode *node = member_of_type(record, member, G_TYPE_DOUBLE, G_TYPE_INT64);

        return node ? json_node_get_double(node) : 0;
}

static gboolean
parse_line(GPtrArray *records, const char *line, gsize n)
{
        g_autoptr(JsonParser) parser = json_parser_new();
        JsonNode *node = json_parser_load_from_data(parser, line, (gssize) n, NULL) ? json_parser_get_root(parser) : NULL;

        if (!node || !JSON_NODE_HOLDS_OBJECT(node))
                return FALSE;
        g_ptr_array_add(records, json_node_dup_object(node));
        return TRUE;
}

GPtrArray *
pv_record_parse(const char *text, gsize n, const char *name, GError **error)
{
        g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func((GDestroyNotify) json_object_unref);
        const char *end = text + n;

        for (guint number = 1; text < end; number++) {
                const char *newline = memchr(text, '\n', (gsize) (end - text));
                gsize length = (gsize) ((newline ? newline : end) - text);

                /* A last line without its end is one whose writer was interrupted. */
                if (length > 0 && !parse_line(records, text, length) && newline) {
                        g_set_error(error, PV_ERROR, PV_ERROR_USAGE,
                                    "%s:%u: not a JSON object; is this a pvabi record file?", name, number);
                        return NULL;
                }
                text += length + (newline != NULL);
        }
        if (records->len == 0 || strcmp(pv_record_string(records->pdata[0], "record"), "run") ||
            pv_record_int(records->pdata[0], "schema") != PV_RECORD_SCHEMA) {
                g_set_error(error, PV_ERROR, PV_ERROR_USAGE,
                            "%s does not start with a run record of schema %d; is this a pvabi record file?", name,
                            PV_RECORD_SCHEMA);
                return NULL;
        }
        return g_steal_pointer(&records);
}

GPtrArray *
pv_record_read(const char *path, GError **error)
{
        g_autoptr(GError) cause = NULL;
        g_autofree char *text = NULL;
        gsize n;

        if (!g_file_get_contents(path, &text, &n, &cause)) {
                g_set_error(error, PV_ERROR, PV_ERROR_USAGE,
                            "cannot read records: %s; name a records.jsonl that 'pvabi compare' wrote", cause->message);
                return NULL;
        }
        return pv_record_parse(text, n, path, error);
}

/* ---- times ---- */

int
pv_times_compare(const PvTimes *a, const PvTimes *b)
{
        double floor = MAX(a->floor, b->floor);

        if (a->high < b->low && a->median * floor < b->median)
                return -1;
        return b->high < a->low && b->median * floor < a->median ? 1 : 0;
}

static const struct {
        const char *name;
        gsize offset;
} times_members[] = {
        {"median", G_STRUCT_OFFSET(PvTimes, median)}, {"q1", G_STRUCT_OFFSET(PvTimes, q1)},
        {"q3", G_STRUCT_OFFSET(PvTimes, q3)},         {"low", G_STRUCT_OFFSET(PvTimes, low)},
        {"high", G_STRUCT_OFFSET(PvTimes, high)},     {"floor", G_STRUCT_OFFSET(PvTimes, floor)},
};

void
pv_record_set_times(JsonObject *record, const PvTimes *times)
{
        JsonObject *object = json_object_new();

        json_object_set_string_member(object, "unit", "ns");
        json_object_set_int_member(object, "samples", times->samples);
        for (gsize i = 0; i < G_N_ELEMENTS(times_members); i++)
                if (times->floor > 0 || times_members[i].offset != G_STRUCT_OFFSET(PvTimes, floor))
                        json_object_set_double_member(object, times_members[i].name,
                                                      G_STRUCT_MEMBER(double, times, times_members[i].offset));
        json_object_set_object_member(record, "times", object);
}

gboolean
pv_record_get_times(JsonObject *record, PvTimes *ret_times)
{
        JsonNode *node = json_object_get_member(record, "times");
        JsonObject *object = node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
        PvTimes times = {0};

        if (!object)
                return FALSE;
        times.samples = (guint) pv_record_int(object, "samples");
        for (gsize i = 0; i < G_N_ELEMENTS(times_members); i++)
                G_STRUCT_MEMBER(double, &times, times_members[i].offset) =
                        pv_record_double(object, times_members[i].name);
        *ret_times = times;
        return TRUE;
}
