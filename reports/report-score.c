/* SPDX-License-Identifier: MIT */
/* Counting: what passed of what was decided, whose parts were tested, what an answer costs. */
#include "reports/report-score.h"

#include <string.h>

#include "common/record.h"

#define DECIDED                                                                         \
        (PV_REPORT_MASK(PV_PASS) | PV_REPORT_MASK(PV_FAIL) | PV_REPORT_MASK(PV_XFAIL) | \
         PV_REPORT_MASK(PV_XPASS))
#define UNDECIDED (PV_REPORT_MASK(PV_CANNOT_TELL) | PV_REPORT_MASK(PV_BLOCKED) | PV_REPORT_MASK(PV_BROKEN))
#define PASSED (PV_REPORT_MASK(PV_PASS) | PV_REPORT_MASK(PV_XPASS))

#define ANSWER_N 64

static void
score_result(PvReportScore *score, const PvReportResult *result)
{
        unsigned mask = PV_REPORT_MASK(result->verdict);

        score->checks++;
        score->passed += (mask & PASSED) != 0;
        score->partial += result->partial;
        score->decided += (mask & DECIDED) != 0;
        score->undecided += (mask & UNDECIDED) != 0;
        score->not_claimed += result->verdict == PV_NOT_CLAIMED;
        score->worst = pv_report_worse(score->worst, result->verdict);
}

PvReportScore
pv_report_score(const PvReportModel *model, const PvReportColumn *column, unsigned area)
{
        PvReportScore score = {.worst = PV_NA};

        for (guint i = 0; i < model->checks->len; i++) {
                const PvReportCheck *check = model->checks->pdata[i];
                const PvReportResult *result = check->area == area ? pv_report_result(check, column) : NULL;

                if (result)
                        score_result(&score, result);
        }
        return score;
}

char *
pv_report_score_text(const PvReportScore *score)
{
        g_autofree char *undecided =
                score->undecided ? g_strdup_printf("+%u?", score->undecided) : g_strdup("");

        if (score->checks == 0)
                return g_strdup(".");
        if (score->decided)
                return g_strdup_printf("%u/%u%s%s%s", score->passed, score->decided,
                                       score->partial ? "*" : "", *undecided ? " " : "", undecided);
        if (score->undecided)
                return g_steal_pointer(&undecided);
        return g_strdup(score->not_claimed ? "not claimed" : "n/a");
}

/* A pass says what the consumer found, and was not expected to: see pv_judge_care(). */
gboolean
pv_report_cell_by_care(const PvReportCell *cell)
{
        return cell->verdict == PV_PASS && !*pv_record_string(cell->record, "expected") &&
               *pv_record_string(cell->record, "actual");
}

static gboolean
by_care(const PvReportResult *result)
{
        for (guint i = 0; i < result->cells->len; i++)
                if (pv_report_cell_by_care(result->cells->pdata[i]))
                        return TRUE;
        return FALSE;
}

PvReportSevScore
pv_report_sev_score(const PvReportModel *model, const PvReportColumn *column)
{
        PvReportSevScore score = {0};

        for (guint i = 0; i < model->checks->len; i++) {
                const PvReportCheck *check = model->checks->pdata[i];
                const PvReportResult *result =
                        check->area == PV_AREA_SEV ? pv_report_result(check, column) : NULL;
                unsigned mask = result ? PV_REPORT_MASK(result->verdict) : 0;

                if (mask & PASSED && by_care(result)) {
                        score.care++;
                        continue;
                }
                score.passed += (mask & PASSED) != 0;
                score.decided += (mask & DECIDED) != 0;
        }
        return score;
}

PvReportProvenance
pv_report_provenance(const PvReportModel *model)
{
        g_autoptr(GPtrArray) cells = pv_report_cells(model, DECIDED | PV_REPORT_MASK(PV_CANNOT_TELL));
        PvReportProvenance provenance = {0};

        for (guint i = 0; i < cells->len; i++) {
                const PvReportCell *cell = cells->pdata[i];
                gboolean device = !strcmp(pv_record_string(cell->record, "device"), "theirs");
                gboolean consumer = !strcmp(pv_record_string(cell->record, "consumer"), "theirs");

                if (!cell->column->headline)
                        continue;
                provenance.cells++;
                provenance.device_theirs += device;
                provenance.device_and_consumer_theirs += device && consumer;
                provenance.content_ours += !strcmp(pv_record_string(cell->record, "content"), "ours");
        }
        return provenance;
}

guint
pv_report_percent(guint part, guint whole)
{
        return (guint) ((guint64) part * 100 / whole);
}

PvReportCost
pv_report_cost(const PvReportSample *sample)
{
        PvCounts counts = pv_record_get_counts(sample->record);

        return (PvReportCost) {
                .accesses = (gint64) (counts.reads + counts.writes + counts.string_bytes),
                .string_accesses = (gint64) (counts.reads + counts.writes + counts.strings),
                .bytes = (gint64) (counts.string_bytes + counts.gpa_bytes),
                .transfers = (gint64) counts.doorbells,
                .platform = (gint64) counts.platform,
                .shared_pages = (gint64) counts.shared_pages,
        };
}

/* The headline decides; where nothing stands in it, all do. */
static gboolean
leads(const PvReportModel *model, const PvReportColumn *column)
{
        return column->headline || model->only_experimental;
}

/* Does every headline column that was sampled at all have a sample of this size? */
static gboolean
size_is_common(const PvReportModel *model, gint64 n)
{
        for (guint i = 0; i < model->columns->len; i++) {
                const PvReportColumn *column = model->columns->pdata[i];
                gboolean sampled = FALSE, found = FALSE;

                for (guint j = 0; leads(model, column) && j < model->samples->len; j++) {
                        const PvReportSample *sample = model->samples->pdata[j];

                        sampled |= sample->column == column;
                        found |= sample->column == column && sample->n == n;
                }
                if (sampled && !found)
                        return FALSE;
        }
        return TRUE;
}

gint64
pv_report_answer_n(const PvReportModel *model)
{
        gint64 largest = 0, common = 0;

        for (guint i = 0; i < model->samples->len; i++) {
                const PvReportSample *sample = model->samples->pdata[i];

                if (!leads(model, sample->column))
                        continue;
                if (sample->n == ANSWER_N)
                        return ANSWER_N;
                largest = MAX(largest, sample->n);
                if (sample->n > common && size_is_common(model, sample->n))
                        common = sample->n;
        }
        return common ? common : largest;
}

static int
compare_names(const void *a, const void *b)
{
        return strcmp(*(char *const *) a, *(char *const *) b);
}

GPtrArray *
pv_report_questions(const PvReportModel *model)
{
        GPtrArray *questions = g_ptr_array_new();

        for (guint i = 0; i < model->samples->len; i++) {
                const PvReportSample *sample = model->samples->pdata[i];

                if (!g_ptr_array_find_with_equal_func(questions, sample->question, g_str_equal, NULL))
                        g_ptr_array_add(questions, (char *) sample->question);
        }
        g_ptr_array_sort(questions, compare_names);
        return questions;
}

static int
compare_sizes(const void *a, const void *b)
{
        gint64 left = *(const gint64 *) a, right = *(const gint64 *) b;

        return left < right ? -1 : left > right;
}

GArray *
pv_report_sizes(const PvReportModel *model, const char *question, const char *target)
{
        GArray *sizes = g_array_new(FALSE, FALSE, sizeof(gint64));

        for (guint i = 0; i < model->samples->len; i++) {
                const PvReportSample *sample = model->samples->pdata[i];
                guint at = 0;

                if (strcmp(sample->question, question) || strcmp(sample->column->target, target))
                        continue;
                while (at < sizes->len && g_array_index(sizes, gint64, at) != sample->n)
                        at++;
                if (at == sizes->len)
                        g_array_append_val(sizes, sample->n);
        }
        g_array_sort(sizes, compare_sizes);
        return sizes;
}
