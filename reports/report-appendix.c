/* SPDX-License-Identifier: MIT */
/* The appendix: worked designs and ABIs from outside, which stand in nothing of the answer. */
#include "reports/report-appendix.h"

#include "reports/report-score.h"

const char pv_report_appendix_title[] = "Appendix: experimental ABIs";
const char pv_report_appendix_legend[] =
        "Worked designs of this project and ABIs from outside it: these columns are experimental. They "
        "are counted in the totals, and not in the scores and shares of the answer; other tables show "
        "them under these letters.";

static GPtrArray *
columns_of(const PvReportModel *model)
{
        GPtrArray *columns = g_ptr_array_new();

        for (guint i = 0; i < model->columns->len; i++)
                if (((PvReportColumn *) model->columns->pdata[i])->experimental)
                        g_ptr_array_add(columns, model->columns->pdata[i]);
        return columns;
}

static char *
by_construction(const PvReportSevScore *score)
{
        return score->decided ? g_strdup_printf("%u/%u", score->passed, score->decided) : g_strdup(".");
}

static char *
by_care(const PvReportSevScore *score)
{
        return score->decided + score->care ? g_strdup_printf("%u", score->care) : g_strdup(".");
}

/* One of the two scores that the answer has as a sentence. */
static void
add_score(PvReportTable *table, const PvReportModel *model, GPtrArray *columns, const char *name,
          char *(*text)(const PvReportSevScore *score))
{
        pv_report_table_row(table);
        pv_report_table_add(table, name);
        for (guint i = 0; i < columns->len; i++) {
                PvReportSevScore score = pv_report_sev_score(model, columns->pdata[i]);

                pv_report_table_take(table, text(&score), PV_REPORT_PLAIN);
        }
}

PvReportTable *
pv_report_table_appendix(const PvReportModel *model, gboolean letters_only)
{
        g_autoptr(GPtrArray) columns = columns_of(model);
        PvReportTable *table = pv_report_table_scores(model, columns, letters_only);

        if (!table || model->checks->len == 0)
                return table;
        add_score(table, model, columns, "SEV, by construction", by_construction);
        add_score(table, model, columns, "SEV, by care alone", by_care);
        return table;
}
