/* SPDX-License-Identifier: MIT */
/* Escaping: what a record says may come from a hostile device, and must stay text in every format. */
#include <string.h>

#include "reports/report-words.h"

static void
append_visible(GString *out, gunichar c)
{
        if (c == '\n' || c == '\r' || c == '\t')
                g_string_append_c(out, ' ');
        else if (c < 0x20 || (c >= 0x7f && c < 0xa0))
                g_string_append_printf(out, "\\x%02x", c);
        else if (g_unichar_type(c) == G_UNICODE_FORMAT || c == 0x2028 || c == 0x2029 ||
                 (c & 0xfffe) == 0xfffe)
                g_string_append_printf(out, "\\u{%x}", c);
        else
                g_string_append_unichar(out, c);
}

char *
pv_report_visible(const char *text)
{
        g_autofree char *valid = g_utf8_make_valid(text, -1);
        GString *out = g_string_new(NULL);

        for (const char *at = valid; *at; at = g_utf8_next_char(at))
                append_visible(out, g_utf8_get_char(at));
        return g_string_free(out, FALSE);
}

/* An underscore inside a word, as in GET_CPU_ID, is no markup and stays readable. */
static gboolean
is_markup(const char *text, const char *at)
{
        if (*at == '_')
                return at == text || !g_ascii_isalnum(at[-1]) || !g_ascii_isalnum(at[1]);
        return strchr("\\`*|[]~", *at) != NULL;
}

/* The characters that HTML, and so Markdown, would take for markup; NULL: none. */
static const char *
entity(char c, gboolean quotes)
{
        switch (c) {
        case '&':
                return "&amp;";
        case '<':
                return "&lt;";
        case '>':
                return "&gt;";
        case '"':
                return quotes ? "&quot;" : NULL;
        case '\'':
                return quotes ? "&apos;" : NULL;
        default:
                return NULL;
        }
}

char *
pv_report_escape_md(const char *text)
{
        g_autofree char *visible = pv_report_visible(text);
        GString *out = g_string_new(NULL);

        for (const char *at = visible; *at; at++) {
                const char *replacement = entity(*at, FALSE);

                if (replacement) {
                        g_string_append(out, replacement);
                        continue;
                }
                if (is_markup(visible, at))
                        g_string_append_c(out, '\\');
                g_string_append_c(out, *at);
        }
        return g_string_free(out, FALSE);
}

char *
pv_report_escape_xml(const char *text)
{
        g_autofree char *visible = pv_report_visible(text);
        GString *out = g_string_new(NULL);

        for (const char *at = visible; *at; at++) {
                const char *replacement = entity(*at, TRUE);

                if (replacement)
                        g_string_append(out, replacement);
                else
                        g_string_append_c(out, *at);
        }
        return g_string_free(out, FALSE);
}
