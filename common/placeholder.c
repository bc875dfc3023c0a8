/* SPDX-License-Identifier: MIT */
/* Replaces words in text. */
#include "common/placeholder.h"

gboolean
pv_placeholder_fill(char **text, const char *word, const char *value)
{
        g_auto(GStrv) pieces = g_strsplit(*text, word, -1);

        if (g_strv_length(pieces) < 2)
                return FALSE;
        g_free(*text);
        *text = g_strjoinv(value, pieces);
        return TRUE;
}

gboolean
pv_placeholder_fill_number(char **text, const char *word, guint32 value)
{
        g_autofree char *number = g_strdup_printf("%u", value);

        return pv_placeholder_fill(text, word, number);
}
