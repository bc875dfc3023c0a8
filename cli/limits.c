/* SPDX-License-Identifier: MIT */
/* Each limit in turn, for whoever compares two runs. */
#include "cli/limits.h"

#include <stdio.h>

GArray *
pv_cli_limits_parse(char **texts, GError **error)
{
        g_autoptr(GArray) limits = g_array_new(FALSE, FALSE, sizeof(PvDiffLimit));

        for (guint i = 0; texts && texts[i]; i++) {
                PvDiffLimit limit;

                if (!pv_diff_limit_parse(texts[i], &limit, error))
                        return NULL;
                g_array_append_val(limits, limit);
        }
        return g_steal_pointer(&limits);
}

void
pv_cli_limits_end_clear(PvLimitsEnd *end)
{
        g_clear_pointer(&end->broken, g_ptr_array_unref);
        g_clear_pointer(&end->idle, g_ptr_array_unref);
}

PvLimitsEnd
pv_cli_limits_judge(const GArray *limits, const PvDiff *diff)
{
        PvLimitsEnd end = {g_ptr_array_new_with_free_func(g_free), g_ptr_array_new(), FALSE};

        for (guint i = 0; i < limits->len; i++) {
                const PvDiffLimit *limit = &g_array_index(limits, PvDiffLimit, i);
                g_auto(PvDiffLimitResult) result = pv_diff_limit_judge(limit, diff);

                end.rule_counts |= pv_diff_limit_rules_counts(limit);
                if (result.compared == 0)
                        g_ptr_array_add(end.idle, (gpointer) limit->text);
                g_ptr_array_extend_and_steal(end.broken, g_steal_pointer(&result.broken));
        }
        return end;
}

void
pv_cli_limits_end_say(const PvLimitsEnd *end)
{
        for (guint i = 0; i < end->broken->len; i++)
                fprintf(stderr, "pvabi: broken: %s\n", (const char *) end->broken->pdata[i]);
        for (guint i = 0; i < end->idle->len; i++)
                fprintf(stderr,
                        "pvabi: --fail-on '%s' found nothing to compare; 'pvabi diff' says what both runs "
                        "have and how "
                        "their environments differ\n",
                        (const char *) end->idle->pdata[i]);
}

PvExit
pv_cli_limits_end_exit(const PvLimitsEnd *end)
{
        if (end->idle->len)
                return PV_EXIT_INCOMPLETE;
        return end->broken->len ? PV_EXIT_THRESHOLD : PV_EXIT_OK;
}
