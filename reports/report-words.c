/* SPDX-License-Identifier: MIT */
/* Words, sentences and escaping. */
#include "reports/report-words.h"

#include <math.h>
#include <string.h>

#include "common/record.h"
#include "reports/report-score.h"

static const char *const verdict_words[PV_N_VERDICTS] = {
        [PV_PASS] = "pass",   [PV_FAIL] = "FAIL",       [PV_XFAIL] = "XFAIL",
        [PV_XPASS] = "XPASS", [PV_NOT_CLAIMED] = "-",   [PV_CANNOT_TELL] = "?",
        [PV_NA] = "n/a",      [PV_BLOCKED] = "blocked", [PV_BROKEN] = "ERROR",
};

const char pv_report_legend[] =
        "pass; pass*: passed in the cells that apply, and some do not; FAIL; XFAIL: failed as expected (admitted "
        "or known), scored as a failure; XPASS: passed against an expectation, which is stale; -: not "
        "claimed by this ABI; n/a: does not apply on this target; ?: the consumer could not tell; "
        "blocked: this machine lacks something; ERROR: the harness, or the VMM after its handshake; a "
        "dot: not run.";

const char pv_report_score_legend[] =
        "A score is checks passed / checks decided, a star where some passed only in the cells that "
        "apply; +k?: k more stayed undecided (blocked, error, or the consumer could not tell); a dot: not "
        "run. The areas hold the checks that every ABI is asked; its own rules are what one ABI promises, "
        "and their numbers do not compare.";

const char pv_report_cost_legend[] =
        "Every question is asked cold: the detection of each ABI of the machine is part of its number. A "
        "number is accesses to the device, each byte of string IO counted as one access. In "
        "parentheses, where not zero: accesses with each REP INS counted as one (rep), bytes moved by "
        "string IO and through memory (B), DMA transfers (DMA), accesses to the host bridge made to find "
        "the device, not in the number (platform), and pages made shared (shared).";

const char *
pv_report_verdict_word(PvVerdict verdict)
{
        return verdict_words[verdict];
}

PvReportTone
pv_report_verdict_tone(PvVerdict verdict)
{
        static const PvReportTone tones[PV_N_VERDICTS] = {
                [PV_PASS] = PV_REPORT_GOOD,       [PV_FAIL] = PV_REPORT_BAD,
                [PV_XFAIL] = PV_REPORT_WARN,      [PV_XPASS] = PV_REPORT_BAD,
                [PV_NOT_CLAIMED] = PV_REPORT_DIM, [PV_CANNOT_TELL] = PV_REPORT_WARN,
                [PV_NA] = PV_REPORT_DIM,          [PV_BLOCKED] = PV_REPORT_WARN,
                [PV_BROKEN] = PV_REPORT_BAD,
        };

        return tones[verdict];
}

const char *
pv_report_area_title(unsigned area)
{
        if (area == PV_AREA_SEV)
                return "SEV (modelled)";
        if (area == PV_REPORT_OWN_RULES)
                return "its own rules";
        return area < PV_N_AREAS ? pv_area_word((PvArea) area) : "other areas";
}

const char *
pv_report_question_title(const char *question)
{
        static const struct {
                const char *question, *title;
        } titles[] = {
                {"Q1", "possible CPUs"},
                {"Q1+Q2", "possible and present CPUs in one walk"},
                {"Q2", "present CPUs"},
                {"Q3", "APIC ID of the CPU just plugged"},
                {"Q4", "all APIC IDs"},
                {"Q5", "eject and answer back"},
        };

        for (size_t i = 0; i < G_N_ELEMENTS(titles); i++)
                if (!strcmp(titles[i].question, question))
                        return titles[i].title;
        return "";
}

char *
pv_report_column_name(const PvReportColumn *column)
{
        return g_strdup_printf("%s on %s", column->candidate, column->target);
}

char *
pv_report_column_long_name(const PvReportColumn *column)
{
        return g_strdup_printf("%s on %s (%s; device: %s)", column->candidate, column->target,
                               *column->version ? column->version : "version unknown",
                               column->theirs ? "theirs" : "ours");
}

char *
pv_report_cell_name(JsonObject *record)
{
        const char *cell = pv_record_string(record, "cell");

        return *cell ? g_strdup_printf("%s [%s]", pv_record_string(record, "check"), cell)
                     : g_strdup(pv_record_string(record, "check"));
}

char *
pv_report_outcome(const PvReportCell *cell)
{
        const char *word = pv_record_string(cell->record, "verdict");
        const char *failure = pv_record_string(cell->record, "failure");

        if (pv_verdict_parse(word) < 0)
                return g_strdup_printf("error (unknown verdict \"%s\")", word);
        if (*failure && strcmp(failure, pv_failure_word(PV_FAILURE_NONE)))
                return g_strdup_printf("%s (%s)", word, failure);
        return g_strdup(word);
}

char *
pv_report_summary(const PvReportModel *model)
{
        static const char *const words[PV_N_VERDICTS] = {
                "passed",
                "failed",
                "failed as admitted",
                "passed against an expectation",
                "not claimed",
                "could not be told",
                "do not apply",
                "blocked",
                "ended in an error",
        };
        GString *text = g_string_new(NULL);
        g_autoptr(GPtrArray) all = pv_report_cells(model, ~0u);
        const char *separator = ", of which ";

        if (all->len == 0)
                return g_string_free(g_string_append(text, "No verdict was recorded."), FALSE);
        g_string_append_printf(text, "Checks: %u; columns: %u; cells: %u", model->checks->len,
                               model->columns->len, all->len);
        for (unsigned verdict = 0; verdict < PV_N_VERDICTS; verdict++) {
                g_autoptr(GPtrArray) cells = pv_report_cells(model, PV_REPORT_MASK(verdict));

                if (cells->len)
                        g_string_append_printf(text, "%s%u %s", separator, cells->len, words[verdict]);
                separator = cells->len ? ", " : separator;
        }
        return g_string_free(g_string_append_c(text, '.'), FALSE);
}

char *
pv_report_provenance_sentence(const PvReportModel *model)
{
        PvReportProvenance p = pv_report_provenance(model);

        if (p.cells == 0)
                return g_strdup("Provenance: no headline cell was answered, so there is no share to print.");
        return g_strdup_printf(
                "Provenance: %u of %u headline cells (%u %%) have device and consumer that are theirs; "
                "the device is theirs in %u (%u %%), the content is ours in %u (%u %%). Cells that were "
                "not claimed, do not apply, were blocked or ended in an error are not counted. Content is the "
                "bytes of the file that was read: on a real VMM, ours are injected.",
                p.device_and_consumer_theirs, p.cells,
                pv_report_percent(p.device_and_consumer_theirs, p.cells), p.device_theirs,
                pv_report_percent(p.device_theirs, p.cells), p.content_ours,
                pv_report_percent(p.content_ours, p.cells));
}

char *
pv_report_sev_sentence(const PvReportModel *model)
{
        g_autoptr(GString) structural = g_string_new(NULL);
        g_autoptr(GString) care = g_string_new(NULL);

        for (guint i = 0; i < model->columns->len; i++) {
                const PvReportColumn *column = model->columns->pdata[i];
                PvReportSevScore score = pv_report_sev_score(model, column);
                const char *comma = structural->len ? ", " : "";

                if (!column->headline || score.decided + score.care == 0)
                        continue;
                g_string_append_printf(structural, "%s%s %u/%u", comma, column->letter, score.passed,
                                       score.decided);
                g_string_append_printf(care, "%s%s %u", comma, column->letter, score.care);
        }
        if (!structural->len)
                return NULL;
        return g_strdup_printf("Every SEV cell is modelled: no memory was encrypted. Two scores: held by "
                               "construction, of those that hold or fail so: %s; and held, in some cell, "
                               "since the guest's side was careful, which says nothing for the ABI: %s.",
                               structural->str, care->str);
}

char *
pv_report_cost_sentence(const PvReportModel *model)
{
        gint64 n = pv_report_answer_n(model);

        if (n == 0)
                return NULL;
        return g_strdup_printf("Cost is counted at %" G_GINT64_FORMAT
                               " possible CPUs: accesses to the device per "
                               "question, each byte of string IO as one; in parentheses with each REP INS as "
                               "one (rep), and DMA transfers. Every question is asked cold: the detection of "
                               "each ABI of the machine is part of its number, and so is a fw_cfg directory "
                               "as long as that machine's.",
                               n);
}

static void
remark(GPtrArray *remarks, gboolean holds, char *text)
{
        if (holds)
                g_ptr_array_add(remarks, text);
        else
                g_free(text);
}

/* Of experimental candidates. */
static guint
cells_apart(const PvReportModel *model)
{
        g_autoptr(GPtrArray) cells = pv_report_cells(model, ~0u);
        guint n = 0;

        for (guint i = 0; i < cells->len; i++)
                n += ((const PvReportCell *) cells->pdata[i])->column->experimental;
        return n;
}

GPtrArray *
pv_report_remarks(const PvReportModel *model)
{
        GPtrArray *remarks = g_ptr_array_new_with_free_func(g_free);
        gboolean theirs = FALSE;
        guint apart = 0;

        for (guint i = 0; i < model->notes->len; i++)
                remark(remarks, TRUE,
                       g_strdup_printf("Note: %s", pv_record_string(model->notes->pdata[i], "text")));
        for (guint i = 0; i < model->columns->len; i++) {
                theirs |= ((PvReportColumn *) model->columns->pdata[i])->theirs;
                apart += ((PvReportColumn *) model->columns->pdata[i])->experimental;
        }
        remark(remarks, model->columns->len && !theirs,
               g_strdup("No real VMM was asked: every device in this report is ours."));
        remark(remarks, model->columns->len && model->only_experimental,
               g_strdup("Nothing but experimental ABIs was run: see the appendix."));
        remark(remarks, apart > 0 && !model->only_experimental,
               g_strdup_printf("Of the columns %u stand in the appendix, with %u of the cells: experimental ABIs.",
                               apart, cells_apart(model)));
        remark(remarks, model->no_headline && !model->only_experimental,
               g_strdup("No headline candidate was run: every candidate stands in for them."));
        remark(remarks, model->replaced > 0,
               g_strdup_printf(
                       "Records replaced by later ones on the same question: %u; verdicts among them that "
                       "read otherwise: %u.",
                       model->replaced, model->changed));
        remark(remarks, model->unknown > 0,
               g_strdup_printf("Records of an unknown kind, left out: %u.", model->unknown));
        return remarks;
}

char *
pv_report_number(double value)
{
        char buffer[G_ASCII_DTOSTR_BUF_SIZE];

        if (!isfinite(value))
                return g_strdup("?");
        return g_strdup(g_ascii_formatd(buffer, sizeof buffer, fabs(value) >= 1000 ? "%.0f" : "%.4g", value));
}
