/* SPDX-License-Identifier: MIT */
/* Version numbers and ranges of them. */
#include "common/version.h"

#include <string.h>

#define PART_LIMIT 1000u

/* Up to three numbers with dots between them, and nothing else; *ret_step is one in the last that is named. */
static gboolean
parse(const char *text, guint *ret_version, guint *ret_step)
{
        g_auto(GStrv) parts = g_strsplit(text, ".", -1);
        guint version = 0, unit = PV_VERSION(1, 0);

        if (!parts[0] || g_strv_length(parts) > 3)
                return FALSE;
        for (guint i = 0; parts[i]; i++, unit /= PART_LIMIT) {
                guint64 part;

                if (!g_ascii_string_to_unsigned(parts[i], 10, 0, PART_LIMIT - 1, &part, NULL))
                        return FALSE;
                version += (guint) part * unit;
                *ret_step = unit;
        }
        *ret_version = version;
        return TRUE;
}

guint
pv_version_at_end(const char *text)
{
        const char *start = text + strlen(text);
        guint version = 0, step;

        while (start > text && (g_ascii_isdigit(start[-1]) || start[-1] == '.'))
                start--;
        return parse(start, &version, &step) ? version : 0;
}

gboolean
pv_version_range_parse(const char *text, PvVersionRange *ret_range)
{
        g_auto(GStrv) ends = g_strsplit(text, "-", 2);
        const char *first = ends[0] ? ends[0] : "", *last = ends[0] && ends[1] ? ends[1] : first;
        PvVersionRange range = {0, G_MAXUINT};
        guint step = 0;

        if (strcmp(text, "*")) {
                if ((!*first && !*last) || (*first && !parse(first, &range.from, &step)))
                        return FALSE;
                if (*last && !parse(last, &range.below, &step))
                        return FALSE;
                if (*last)
                        range.below += step;
        }
        *ret_range = range;
        return range.from < range.below;
}

gboolean
pv_version_in(const PvVersionRange *range, guint version)
{
        return version >= range->from && version < range->below;
}
