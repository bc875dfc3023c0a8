/* SPDX-License-Identifier: MIT */
/* One table of metrics; a limit is a row of it and a percentage. */
#include "reports/diff-limit.h"

#include <string.h>

#include "common/error.h"
#include "reports/report-words.h"

#define PERCENT_MAX 1e6

struct PvDiffMetric {
        const char *name, *what;
        PvDiffKind kind;
};

static const PvDiffMetric metrics[] = {
        {"exits", "accesses to devices and host bridge, each REP INS as one; on kvm, real ones too",
         PV_DIFF_SAMPLE},
        {"accesses", "accesses to devices, each byte of string IO as one", PV_DIFF_SAMPLE},
        {"reads", "scalar reads", PV_DIFF_SAMPLE},
        {"writes", "scalar writes", PV_DIFF_SAMPLE},
        {"strings", "REP INS instructions", PV_DIFF_SAMPLE},
        {"string_bytes", "bytes that they moved", PV_DIFF_SAMPLE},
        {"platform", "accesses to the host bridge", PV_DIFF_SAMPLE},
        {"doorbells", "writes that may start a DMA transfer", PV_DIFF_SAMPLE},
        {"gpa_bytes", "bytes moved through memory that a device may see", PV_DIFF_SAMPLE},
        {"private_shared_pages", "pages made shared in a guest whose memory is private", PV_DIFF_SAMPLE},
        {"time", "whatever was timed, where it rose above the noise floor too", PV_DIFF_TIME},
        {"gone", "verdicts of OLD that NEW lacks, of all in OLD", PV_DIFF_VERDICT},
};

static char *
names(void)
{
        GString *text = g_string_new(NULL);

        for (gsize i = 0; i < G_N_ELEMENTS(metrics); i++)
                g_string_append_printf(text, "%s%s", i ? ", " : "", metrics[i].name);
        return g_string_free(text, FALSE);
}

char *
pv_diff_limit_help(void)
{
        GString *text = g_string_new("Metrics of --fail-on 'METRIC>X%':\n");

        for (gsize i = 0; i < G_N_ELEMENTS(metrics); i++)
                g_string_append_printf(text, "  %-20s  %s\n", metrics[i].name, metrics[i].what);
        return g_string_free(text, FALSE);
}

static const PvDiffMetric *
find(const char *name)
{
        for (gsize i = 0; i < G_N_ELEMENTS(metrics); i++)
                if (!strcmp(metrics[i].name, name))
                        return &metrics[i];
        return NULL;
}

/* "10%", and nothing else. */
static gboolean
parse_percent(const char *text, double *ret_percent)
{
        char *end;
        double percent = g_ascii_strtod(text, &end);

        if (end == text || !g_ascii_isdigit(*text) || strcmp(end, "%") || !(percent <= PERCENT_MAX))
                return FALSE;
        *ret_percent = percent;
        return TRUE;
}

gboolean
pv_diff_limit_parse(const char *text, PvDiffLimit *ret_limit, GError **error)
{
        g_auto(GStrv) part = g_strsplit(text, ">", 2);
        g_autofree char *known = names();
        const PvDiffMetric *metric = part[0] ? find(g_strstrip(part[0])) : NULL;
        double percent;

        if (!part[0] || !part[1] || !parse_percent(g_strstrip(part[1]), &percent)) {
                g_set_error(error, PV_ERROR, PV_ERROR_USAGE,
                            "--fail-on '%s' is no threshold; write METRIC>X%%, as in 'exits>0%%'", text);
                return FALSE;
        }
        if (!metric) {
                g_set_error(error, PV_ERROR, PV_ERROR_USAGE, "--fail-on '%s': no such metric; there are %s",
                            text, known);
                return FALSE;
        }
        *ret_limit = (PvDiffLimit){metric, percent, text};
        return TRUE;
}

gboolean
pv_diff_limit_rules_counts(const PvDiffLimit *limit)
{
        return limit->metric->kind == PV_DIFF_SAMPLE;
}

/* ---- judging ---- */

/* Without a quotient, so that a whole count that rose by exactly this much is not above it. */
static gboolean
exceeds(double old, double new, double percent)
{
        return new > old && new * 100 > old * (100 + percent);
}

/* A time that did not rise above the noise did not rise. */
static gboolean
rose(const PvDiffRow *row)
{
        return pv_diff_item(row)->kind != PV_DIFF_TIME || row->sense == PV_DIFF_WORSE;
}

static void
judge_figure(const PvDiffLimit *limit, const PvDiffRow *row, PvDiffLimitResult *result)
{
        const PvDiffFigure *old = pv_diff_figure(row->old, limit->metric->name);
        const PvDiffFigure *new = pv_diff_figure(row->new, limit->metric->name);
        const PvDiffItem *item = pv_diff_item(row);
        g_autofree char *before = NULL, *after = NULL;

        if (!old || !new || row->sense == PV_DIFF_UNLIKE || row->sense == PV_DIFF_NO_FLOOR)
                return;
        result->compared++;
        if (!rose(row) || !exceeds(old->value, new->value, limit->percent))
                return;
        before = pv_report_number(old->value);
        after = pv_report_number(new->value);
        g_ptr_array_add(result->broken,
                        g_strdup_printf("%s: %s, %s%son %s: %s -> %s", limit->text, item->what,
                                        item->candidate, *item->candidate ? " " : "", item->target, before,
                                        after));
}

static void
judge_gone(const PvDiffLimit *limit, const PvDiff *diff, PvDiffLimitResult *result)
{
        guint gone = diff->tally[PV_DIFF_VERDICT][PV_DIFF_GONE];

        result->compared = pv_diff_compared(diff, PV_DIFF_VERDICT) + gone;
        if (gone && 100.0 * gone / result->compared > limit->percent)
                g_ptr_array_add(result->broken, g_strdup_printf("%s: %u of %u verdicts are gone", limit->text,
                                                                gone, result->compared));
}

PvDiffLimitResult
pv_diff_limit_judge(const PvDiffLimit *limit, const PvDiff *diff)
{
        PvDiffLimitResult result = {.broken = g_ptr_array_new_with_free_func(g_free)};

        if (limit->metric->kind == PV_DIFF_VERDICT)
                judge_gone(limit, diff, &result);
        for (guint i = 0; limit->metric->kind != PV_DIFF_VERDICT && i < diff->rows->len; i++) {
                const PvDiffRow *row = &g_array_index(diff->rows, PvDiffRow, i);

                if (pv_diff_item(row)->kind == limit->metric->kind)
                        judge_figure(limit, row, &result);
        }
        return result;
}

void
pv_diff_limit_result_clear(PvDiffLimitResult *result)
{
        g_clear_pointer(&result->broken, g_ptr_array_unref);
}
