/* SPDX-License-Identifier: MIT */
/* The parser of trace files. */
#include "common/trace-file.h"

#include <string.h>

#include "common/error.h"

#define SIZE_LIMIT (64u << 20)
#define DATA_LIMIT 65536u /* bytes of one M or m line */

static const struct {
        const char *word;
        gboolean selector; /* one follows */
} events[PV_TRACE_N_EVENTS] = {
        [PV_TRACE_PLUG] = {"plug", TRUE},
        [PV_TRACE_UNPLUG_REQUEST] = {"unplug-request", TRUE},
        [PV_TRACE_RESET] = {"reset", FALSE},
        [PV_TRACE_SAVE_LOAD] = {"save-load", FALSE},
        [PV_TRACE_SWITCH_MODERN] = {"switch-modern", FALSE},
};

const char *
pv_trace_event_word(PvTraceEvent event)
{
        return event < PV_TRACE_N_EVENTS ? events[event].word : NULL;
}

static void
item_clear(gpointer data)
{
        g_free(((PvTraceItem *) data)->data);
}

void
pv_trace_file_free(PvTraceFile *trace)
{
        if (!trace)
                return;
        g_array_unref(trace->items);
        g_free(trace->smp);
        g_free(trace->plugged);
        g_free(trace);
}

/* A whole word as a number, decimal or hexadecimal with 0x. */
static gboolean
parse_number(const char *word, guint64 max, uint64_t *ret_value)
{
        gboolean hex = g_str_has_prefix(word, "0x");
        guint64 value;

        if (!g_ascii_string_to_unsigned(hex ? word + 2 : word, hex ? 16 : 10, 0, max, &value, NULL))
                return FALSE;
        *ret_value = value;
        return TRUE;
}

static gboolean
parse_access(char **word, guint n, PvTraceItem *item)
{
        uint64_t width;

        if (n != 4 || !parse_number(word[1], 0xffff, &item->where) || !parse_number(word[2], 4, &width) || width < 1 ||
            width == 3 || !parse_number(word[3], pv_by_width(UINT64_MAX, (unsigned) width), &item->value))
                return FALSE;
        item->width = (unsigned) width;
        return TRUE;
}

static gboolean
parse_memory(char **word, guint n, PvTraceItem *item)
{
        const char *hex = n == 3 ? word[2] : "";
        gsize digits = strlen(hex);

        if (n != 3 || !parse_number(word[1], G_MAXUINT64, &item->where) || digits < 2 || digits % 2 ||
            digits / 2 > DATA_LIMIT || strspn(hex, "0123456789abcdefABCDEF") != digits)
                return FALSE;
        item->width = (unsigned) (digits / 2);
        item->data = g_malloc(item->width);
        for (unsigned i = 0; i < item->width; i++)
                item->data[i] = (uint8_t) (g_ascii_xdigit_value(hex[2 * i]) << 4 | g_ascii_xdigit_value(hex[2 * i + 1]));
        return TRUE;
}

/* A selector behind an event that needs none is tolerated: the recorder writes one behind every event. */
static gboolean
parse_event(char **word, guint n, PvTraceItem *item)
{
        guint event = 0;

        while (event < PV_TRACE_N_EVENTS && (n < 2 || strcmp(events[event].word, word[1])))
                event++;
        if (event == PV_TRACE_N_EVENTS || n > 3 || (events[event].selector && n != 3))
                return FALSE;
        item->where = event;
        return n < 3 || parse_number(word[2], G_MAXUINT32, &item->value);
}

static gboolean
parse_item(char *line, PvTraceItem *item)
{
        g_auto(GStrv) words = g_strsplit_set(line, " \t", -1);
        guint n = 0;

        for (guint i = 0; words[i]; i++) /* blanks in a row make empty words */
                if (*words[i])
                        words[n++] = words[i];
                else
                        g_free(words[i]);
        words[n] = NULL;
        if (n == 0 || strlen(words[0]) != 1)
                return FALSE;
        item->action = *words[0];
        switch (item->action) {
        case 'R':
        case 'W':
                return parse_access(words, n, item);
        case 'M':
        case 'm':
                return parse_memory(words, n, item);
        case 'H':
                return parse_event(words, n, item);
        default:
                return FALSE;
        }
}

/* "# key: value"; other comments mean nothing. FALSE: a known key with a value that cannot be. */
static gboolean
parse_head(const char *line, PvTraceFile *trace)
{
        g_auto(GStrv) pair = g_strsplit(line + 1, ":", 2);
        const char *key = pair[0] ? g_strstrip(pair[0]) : "", *value = pair[0] && pair[1] ? g_strstrip(pair[1]) : NULL;

        if (!value)
                return TRUE;
        if (!strcmp(key, "smp")) {
                g_free(trace->smp);
                trace->smp = g_strdup(value);
        } else if (!strcmp(key, "plugged")) {
                g_free(trace->plugged);
                trace->plugged = g_strdup(value);
        } else if (!strcmp(key, "chipset")) {
                trace->chipset = !strcmp(value, "pc") ? PV_CHIPSET_PC : PV_CHIPSET_Q35;
                return !strcmp(value, "pc") || !strcmp(value, "q35");
        }
        return TRUE;
}

static gboolean
parse_line(char *line, guint number, PvTraceFile *trace)
{
        PvTraceItem item = {.line = number};

        if (!*g_strstrip(line))
                return TRUE;
        if (*line == '#')
                return parse_head(line, trace);
        if (!parse_item(line, &item)) {
                item_clear(&item);
                return FALSE;
        }
        g_array_append_val(trace->items, item);
        return TRUE;
}

PvTraceFile *
pv_trace_file_parse(const char *text, gsize n, const char *name, GError **error)
{
        g_autoptr(PvTraceFile) trace = g_new0(PvTraceFile, 1);
        const char *end = text + n;

        trace->items = g_array_new(FALSE, FALSE, sizeof(PvTraceItem));
        g_array_set_clear_func(trace->items, item_clear);
        for (guint number = 1; text < end; number++) {
                const char *newline = memchr(text, '\n', (gsize) (end - text));
                gsize length = (gsize) ((newline ? newline : end) - text);
                g_autofree char *line = g_strndup(text, length);

                if (strlen(line) != length || !parse_line(line, number, trace)) {
                        g_set_error(error, PV_ERROR, PV_ERROR_USAGE,
                                    "%s, line %u is no line of a trace; write R|W PORT WIDTH VALUE, M|m GPA HEX, "
                                    "H ACTION [SELECTOR] or # with a comment",
                                    name, number);
                        return NULL;
                }
                text += length + (newline != NULL);
        }
        return g_steal_pointer(&trace);
}

PvTraceFile *
pv_trace_file_read(const char *path, GError **error)
{
        g_autoptr(GError) cause = NULL;
        g_autofree char *text = NULL;
        gsize n;

        if (!g_file_get_contents(path, &text, &n, &cause)) {
                g_set_error(error, PV_ERROR, PV_ERROR_USAGE, "cannot read the trace: %s; docs/traces/ has examples", cause->message);
                return NULL;
        }
        if (n > SIZE_LIMIT) {
                g_set_error(error, PV_ERROR, PV_ERROR_USAGE, "%s is larger than %u MiB; split it", path,
                            SIZE_LIMIT >> 20);
                return NULL;
        }
        return pv_trace_file_parse(text, n, path, error);
}
