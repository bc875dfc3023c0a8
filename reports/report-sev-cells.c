/* SPDX-License-Identifier: MIT */
/* SEV requirements by candidate, and by kind of guest and phase. */
#include "reports/report-sev.h"

#include <string.h>

#include "common/record.h"
#include "reports/report-score.h"

#define N_GUESTS (PV_GUEST_SEV_SNP + 1)
#define N_PHASES (PV_PHASE_AML + 1)
#define N_PLACES (N_GUESTS * N_PHASES)
#define NAMED_COLUMNS 4 /* that many heads fit beside each other with the candidate's name */

static const struct {
        const char *word;
        PvReportTone tone;
} outcomes[PV_REPORT_SEV_N_OUTCOMES] = {
        [PV_REPORT_SEV_NONE] = {".", PV_REPORT_DIM},
        [PV_REPORT_SEV_NA] = {"n/a", PV_REPORT_DIM},
        [PV_REPORT_SEV_HOLDS] = {"holds", PV_REPORT_GOOD},
        [PV_REPORT_SEV_CARE] = {"by care", PV_REPORT_PLAIN},
        [PV_REPORT_SEV_OPEN] = {"?", PV_REPORT_WARN},
        [PV_REPORT_SEV_FAILS] = {"FAILS", PV_REPORT_BAD},
};

PvReportSevOutcome
pv_report_sev_cell_outcome(const PvReportCell *cell)
{
        switch (cell->verdict) {
        case PV_PASS:
        case PV_XPASS:
                return pv_report_cell_by_care(cell) ? PV_REPORT_SEV_CARE : PV_REPORT_SEV_HOLDS;
        case PV_FAIL:
        case PV_XFAIL:
                return PV_REPORT_SEV_FAILS;
        case PV_NA:
        case PV_NOT_CLAIMED:
                return PV_REPORT_SEV_NA;
        default:
                return PV_REPORT_SEV_OPEN;
        }
}

PvReportSevOutcome
pv_report_sev_outcome(const PvReportResult *result)
{
        PvReportSevOutcome worst = PV_REPORT_SEV_NONE;

        for (guint i = 0; result && i < result->cells->len; i++)
                worst = MAX(worst, pv_report_sev_cell_outcome(result->cells->pdata[i]));
        return worst;
}

const char *
pv_report_sev_word(PvReportSevOutcome outcome)
{
        return outcomes[outcome].word;
}

void
pv_report_list_add(GString *list, const char *word)
{
        g_auto(GStrv) words = g_strsplit(list->str, ", ", -1);

        if (!g_strv_contains((const char *const *) words, word))
                g_string_append_printf(list, "%s%s", list->len ? ", " : "", word);
}

/* ---- columns and rows ---- */

static gboolean
was_asked(const PvReportModel *model, const PvReportColumn *column)
{
        PvReportSevOutcome worst = PV_REPORT_SEV_NONE;

        for (guint i = 0; i < model->checks->len; i++) {
                const PvReportCheck *check = model->checks->pdata[i];

                if (check->area == PV_AREA_SEV)
                        worst = MAX(worst, pv_report_sev_outcome(pv_report_result(check, column)));
        }
        return worst > PV_REPORT_SEV_NA;
}

GPtrArray *
pv_report_sev_columns(const PvReportModel *model, gboolean headline_only)
{
        GPtrArray *columns = g_ptr_array_new();

        for (guint i = 0; i < model->columns->len; i++) {
                PvReportColumn *column = model->columns->pdata[i];

                if ((column->headline || !headline_only || model->only_experimental) &&
                    was_asked(model, column))
                        g_ptr_array_add(columns, column);
        }
        return columns;
}

void
pv_report_sev_heads(PvReportTable *table, GPtrArray *columns, gboolean brief)
{
        for (guint i = 0; i < columns->len; i++) {
                const PvReportColumn *column = columns->pdata[i];
                g_autofree char *named = g_strdup_printf("%s\n%s", column->letter, column->candidate);

                pv_report_table_head(table, brief || columns->len > NAMED_COLUMNS ? column->letter : named);
        }
}

JsonObject *
pv_report_requirement(const PvReportModel *model, const char *id)
{
        for (guint i = 0; i < model->requirements->len; i++)
                if (!strcmp(pv_record_string(model->requirements->pdata[i], "id"), id))
                        return model->requirements->pdata[i];
        return NULL;
}

char *
pv_report_requirement_name(const PvReportModel *model, const char *id)
{
        JsonObject *record = pv_report_requirement(model, id);
        const char *row = record ? pv_record_string(record, "row") : "";

        return *row ? g_strdup_printf("%s (%s)", id, row) : g_strdup(id);
}

typedef enum Rank {
        RANK_LEADS,
        RANK_TELLS_APART,
        RANK_OTHER,
} Rank;

typedef struct Row {
        Rank rank;
        const char *id;
        const char *requirement;
        const PvReportCheck *check; /* NULL: it has none */
} Row;

/* Does it hold for one candidate and fail for another? */
static gboolean
tells_apart(const PvReportCheck *check, GPtrArray *columns)
{
        guint seen = 0;

        for (guint i = 0; i < columns->len; i++)
                seen |= 1u << pv_report_sev_outcome(pv_report_result(check, columns->pdata[i]));
        return seen & (1u << PV_REPORT_SEV_HOLDS | 1u << PV_REPORT_SEV_CARE) &&
               seen & 1u << PV_REPORT_SEV_FAILS;
}

static int
by_rank_and_id(const void *a, const void *b)
{
        const Row *x = a, *y = b;

        return x->rank != y->rank ? (int) x->rank - (int) y->rank : strcmp(x->id, y->id);
}

/* What has no check stands here only where it would lead. */
static GArray *
rows_of(const PvReportModel *model, GPtrArray *columns)
{
        GArray *rows = g_array_new(FALSE, FALSE, sizeof(Row));

        for (guint i = 0; i < model->checks->len; i++) {
                const PvReportCheck *check = model->checks->pdata[i];
                JsonObject *record = pv_report_requirement(model, check->id);
                const Row row = {tells_apart(check, columns) ? RANK_TELLS_APART : RANK_OTHER, check->id,
                                 pv_record_string(check->record, "requirement"), check};

                if (check->area != PV_AREA_SEV)
                        continue;
                g_array_append_val(rows, row);
                if (record && pv_record_flag(record, "leads"))
                        g_array_index(rows, Row, rows->len - 1).rank = RANK_LEADS;
        }
        for (guint i = 0; i < model->requirements->len; i++) {
                JsonObject *record = model->requirements->pdata[i];
                const Row row = {RANK_LEADS, pv_record_string(record, "id"),
                                 pv_record_string(record, "requirement"), NULL};

                if (pv_record_flag(record, "leads") && strcmp(pv_record_string(record, "state"), "tested"))
                        g_array_append_val(rows, row);
        }
        g_array_sort(rows, by_rank_and_id);
        return rows;
}

/* ---- where: a kind of guest and a phase ---- */

char *
pv_report_cell_part(const PvReportCell *cell, const char *key)
{
        g_auto(GStrv) parts = g_strsplit(pv_record_string(cell->record, "cell"), ";", -1);

        for (guint i = 0; parts[i]; i++)
                if (g_str_has_prefix(parts[i], key))
                        return g_strdup(parts[i] + strlen(key));
        return NULL;
}

/* Kind and phase as one number; -1 of a cell that names none. */
static int
place_of(const PvReportCell *cell)
{
        g_autofree char *guest = pv_report_cell_part(cell, "guest="),
                        *phase = pv_report_cell_part(cell, "phase=");
        int g = guest ? pv_guest_parse(guest) : -1, p = phase ? pv_phase_parse(phase) : -1;

        return g < 0 || p < 0 ? -1 : g * N_PHASES + p;
}

static char *
place_name(guint place)
{
        return g_strdup_printf("%s %s", pv_guest_word((PvGuestKind) (place / N_PHASES)),
                               pv_phase_word((PvPhase) (place % N_PHASES)));
}

/* Is it n/a since there is no such place: SMM of a guest whose registers nobody else sees? */
static gboolean
is_nowhere(guint place)
{
        return place / N_PHASES >= PV_GUEST_SEV_ES && place % N_PHASES == PV_PHASE_SMM;
}

/* A phase alone where every kind of guest that was asked there came to this, else each with its kind. */
static void
add_places(GString *names, const PvReportSevOutcome *at, guint phase, PvReportSevOutcome outcome)
{
        guint same = 0, others = 0;

        for (guint place = phase; place < N_PLACES; place += N_PHASES)
                if (at[place] != PV_REPORT_SEV_NONE && !is_nowhere(place))
                        *(at[place] == outcome ? &same : &others) += 1;
        if (same > 1 && !others) {
                pv_report_list_add(names, pv_phase_word((PvPhase) phase));
                return;
        }
        for (guint place = phase; place < N_PLACES; place += N_PHASES) {
                g_autofree char *name = place_name(place);

                if (at[place] == outcome && !is_nowhere(place))
                        pv_report_list_add(names, name);
        }
}

/* "FAILS: sev smm, aml", of all places of one outcome; nothing where there is none. */
static void
append_places(GString *text, const PvReportSevOutcome *at, PvReportSevOutcome outcome)
{
        g_autoptr(GString) names = g_string_new(NULL);

        for (guint phase = 0; phase < N_PHASES; phase++)
                add_places(names, at, phase, outcome);
        if (names->len)
                g_string_append_printf(text, "%s%s: %s", text->len ? "; " : "", outcomes[outcome].word,
                                       names->str);
}

/* "FAILS: sev smm; holds: pei, sev-snp os", or "holds; n/a: sev dxe". NULL: the same wherever there is such a place. */
static char *
by_place(const PvReportResult *result)
{
        PvReportSevOutcome at[N_PLACES] = {PV_REPORT_SEV_NONE}, worst = pv_report_sev_outcome(result);
        GString *text = g_string_new(NULL);
        guint seen = 0;

        for (guint i = 0; i < result->cells->len; i++) {
                PvReportSevOutcome outcome = pv_report_sev_cell_outcome(result->cells->pdata[i]);
                int place = place_of(result->cells->pdata[i]);

                if (place >= 0 && (outcome != PV_REPORT_SEV_NA || !is_nowhere((guint) place)))
                        at[place] = MAX(at[place], outcome);
        }
        for (guint place = 0; place < N_PLACES; place++)
                seen |= 1u << at[place];
        seen &= ~(1u << PV_REPORT_SEV_NONE);
        if (seen == (1u << worst | 1u << PV_REPORT_SEV_NA))
                g_string_append(text, outcomes[worst].word);
        else
                for (guint o = PV_REPORT_SEV_N_OUTCOMES - 1; o > PV_REPORT_SEV_NA; o--)
                        append_places(text, at, (PvReportSevOutcome) o);
        append_places(text, at, PV_REPORT_SEV_NA);
        return g_string_free(text, (seen & (seen - 1)) == 0);
}

/* Of the cells that apply, how many do not fail, where that is neither all nor none. */
static char *
in_brief(const PvReportResult *result)
{
        PvReportSevOutcome worst = pv_report_sev_outcome(result);
        guint apply = 0, hold = 0;

        for (guint i = 0; i < result->cells->len; i++) {
                PvReportSevOutcome outcome = pv_report_sev_cell_outcome(result->cells->pdata[i]);

                apply += outcome > PV_REPORT_SEV_NA;
                hold += outcome == PV_REPORT_SEV_HOLDS || outcome == PV_REPORT_SEV_CARE;
        }
        if (worst == PV_REPORT_SEV_FAILS && hold)
                return g_strdup_printf("%s %u/%u", outcomes[worst].word, apply - hold, apply);
        return g_strdup(outcomes[worst].word);
}

static void
add_outcome(PvReportTable *table, const PvReportResult *result, gboolean brief)
{
        PvReportSevOutcome worst = pv_report_sev_outcome(result);
        char *text = result && !brief ? by_place(result) : NULL;

        if (!text)
                text = result && brief ? in_brief(result) : g_strdup(outcomes[worst].word);
        pv_report_table_take(table, text, outcomes[worst].tone);
}

PvReportTable *
pv_report_table_requirements(const PvReportModel *model, gboolean brief)
{
        static const char *const full[] = {"check", "requirement", NULL}, *const short_[] = {"check", NULL};
        g_autoptr(GPtrArray) columns = pv_report_sev_columns(model, brief);
        g_autoptr(GArray) rows = rows_of(model, columns);
        g_autoptr(PvReportTable) table = pv_report_table_new(brief ? short_ : full);

        pv_report_sev_heads(table, columns, brief);
        for (guint i = 0; i < rows->len; i++) {
                const Row *row = &g_array_index(rows, Row, i);

                if (brief && row->rank == RANK_OTHER)
                        continue;
                pv_report_table_row(table);
                pv_report_table_take(table, pv_report_requirement_name(model, row->id), PV_REPORT_PLAIN);
                if (!brief)
                        pv_report_table_add(table, row->requirement);
                for (guint c = 0; c < columns->len; c++)
                        if (row->check)
                                add_outcome(table, pv_report_result(row->check, columns->pdata[c]), brief);
                        else
                                pv_report_table_take(table, g_strdup("no check"), PV_REPORT_DIM);
        }
        return columns->len && table->rows->len ? g_steal_pointer(&table) : NULL;
}

/* ---- kind, phase, candidate ---- */

typedef struct Tally {
        guint n[PV_REPORT_SEV_N_OUTCOMES];
} Tally;

static Tally
tally_of(const PvReportModel *model, const PvReportColumn *column, int place)
{
        Tally tally = {{0}};

        for (guint i = 0; i < model->checks->len; i++) {
                const PvReportCheck *check = model->checks->pdata[i];
                const PvReportResult *result =
                        check->area == PV_AREA_SEV ? pv_report_result(check, column) : NULL;

                for (guint c = 0; result && c < result->cells->len; c++)
                        if (place_of(result->cells->pdata[c]) == place)
                                tally.n[pv_report_sev_cell_outcome(result->cells->pdata[c])]++;
        }
        return tally;
}

/* "9 hold, 4 by care, 1 FAILS, 2 n/a", or in brief "13/14". */
static char *
tally_text(const Tally *tally, gboolean brief)
{
        static const struct {
                PvReportSevOutcome outcome;
                const char *word;
        } order[] = {
                {PV_REPORT_SEV_HOLDS, "hold"}, {PV_REPORT_SEV_CARE, "by care"}, {PV_REPORT_SEV_FAILS, "FAIL"},
                {PV_REPORT_SEV_OPEN, "?"},     {PV_REPORT_SEV_NA, "n/a"},
        };
        guint hold = tally->n[PV_REPORT_SEV_HOLDS] + tally->n[PV_REPORT_SEV_CARE];
        guint apply = hold + tally->n[PV_REPORT_SEV_FAILS] + tally->n[PV_REPORT_SEV_OPEN];
        GString *text = g_string_new(NULL);

        if (brief && apply)
                g_string_append_printf(text, "%u/%u", hold, apply);
        else if (brief)
                g_string_append(text, tally->n[PV_REPORT_SEV_NA] ? "n/a" : ".");
        for (gsize i = 0; !brief && i < G_N_ELEMENTS(order); i++)
                if (tally->n[order[i].outcome])
                        g_string_append_printf(text, "%s%u %s", text->len ? ", " : "",
                                               tally->n[order[i].outcome], order[i].word);
        return g_string_free(text->len ? text : g_string_append_c(text, '.'), FALSE);
}

/* FALSE: no cell is there. */
static gboolean
add_place(PvReportTable *table, const PvReportModel *model, GPtrArray *columns, guint place, gboolean brief)
{
        gboolean any = FALSE;

        pv_report_table_row(table);
        pv_report_table_take(table, place_name(place), PV_REPORT_PLAIN);
        for (guint c = 0; c < columns->len; c++) {
                Tally tally = tally_of(model, columns->pdata[c], (int) place);
                gboolean fails = tally.n[PV_REPORT_SEV_FAILS] > 0;

                for (guint o = 0; o < PV_REPORT_SEV_N_OUTCOMES; o++)
                        any |= tally.n[o] > 0;
                pv_report_table_take(table, tally_text(&tally, brief),
                                     fails ? PV_REPORT_WARN : PV_REPORT_PLAIN);
        }
        return any;
}

PvReportTable *
pv_report_table_places(const PvReportModel *model, gboolean brief)
{
        static const char *const heads[] = {"guest, phase", NULL};
        g_autoptr(GPtrArray) columns = pv_report_sev_columns(model, brief);
        g_autoptr(PvReportTable) table = pv_report_table_new(heads);

        pv_report_sev_heads(table, columns, brief);
        for (guint place = 0; place < N_PLACES; place++)
                if (!add_place(table, model, columns, place, brief))
                        g_ptr_array_remove_index(table->rows, table->rows->len - 1);
        return columns->len && table->rows->len ? g_steal_pointer(&table) : NULL;
}
