/* SPDX-License-Identifier: MIT */
/* Coverage: the tables of a machine's backends multiplied out into cells, their hits, and the next aim. */
#include "conformance/differential-cover.h"

#include <inttypes.h>

#include "common/error.h"

#define CELLS_LIMIT (1u << 20) /* of one table */
#define AIMS 64                /* cells looked at before there is nothing to do here */
#define DRAWN 8                /* cells of which the rarest is the aim */
#define NAMES 20               /* cells that are named on the terminal */

typedef struct Table {
        const PvCoverage *coverage;
        const char *backend;
        unsigned part;
        guint n_axes, n_values[PV_AXES_MAX], n_cells;
        guint64 *hits;
        const PvUnreachable **unreachable; /* by cell; NULL: reachable */
} Table;

struct PvCover {
        GArray *tables; /* Table */
        GArray *aims;   /* guint64: table << 32 | cell */
};

static const Table *
table_at(const PvCover *cover, guint i)
{
        return &g_array_index(cover->tables, Table, i);
}

/* ---- cells ---- */

static void
cell_values(const Table *t, guint cell, uint8_t *ret_values)
{
        for (guint axis = t->n_axes; axis-- > 0; cell /= t->n_values[axis])
                ret_values[axis] = (uint8_t) (cell % t->n_values[axis]);
}

/* FALSE: a value that the axis does not have. */
static gboolean
cell_index(const Table *t, const uint8_t *values, guint *ret_cell)
{
        guint cell = 0;

        for (guint axis = 0; axis < t->n_axes; axis++) {
                if (values[axis] >= t->n_values[axis])
                        return FALSE;
                cell = cell * t->n_values[axis] + values[axis];
        }
        *ret_cell = cell;
        return TRUE;
}

static char *
cell_name(const Table *t, guint cell)
{
        GString *name = g_string_new(NULL);
        uint8_t values[PV_AXES_MAX];

        cell_values(t, cell, values);
        g_string_append_printf(name, "%s %s:", t->backend, t->coverage->name);
        for (guint axis = 0; axis < t->n_axes; axis++)
                g_string_append_printf(name, "%s %s %s", axis ? "," : "", t->coverage->axis[axis].name,
                                       t->coverage->axis[axis].values[values[axis]]);
        return g_string_free(name, FALSE);
}

/* ---- building ---- */

static gboolean
matches(const PvUnreachable *row, const uint8_t *values, guint n_axes)
{
        for (guint axis = 0; axis < n_axes; axis++)
                if (row->at[axis] && !(row->at[axis] >> values[axis] & 1))
                        return FALSE;
        return TRUE;
}

static const PvUnreachable *
find_unreachable(const Table *t, guint cell, uint64_t features, const PvCoverTerms *terms)
{
        uint8_t values[PV_AXES_MAX];

        cell_values(t, cell, values);
        for (size_t i = 0; i < t->coverage->n_unreachable; i++) {
                const PvUnreachable *row = &t->coverage->unreachable[i];

                if ((row->lacks & features) || (row->pc && terms->q35) ||
                    (row->one_eject && !terms->one_eject))
                        continue;
                if (matches(row, values, t->n_axes))
                        return row;
        }
        return NULL;
}

static gboolean
measure(Table *t)
{
        t->n_cells = 1;
        for (; t->n_axes < PV_AXES_MAX && t->coverage->axis[t->n_axes].name; t->n_axes++) {
                const char *const *values = t->coverage->axis[t->n_axes].values;
                guint n = 0;

                while (values && n <= PV_AXIS_VALUES && values[n])
                        n++;
                if (n == 0 || n > PV_AXIS_VALUES || t->n_cells > CELLS_LIMIT / n)
                        return FALSE;
                t->n_values[t->n_axes] = n;
                t->n_cells *= n;
        }
        return t->n_axes && t->coverage->locate && t->coverage->reach;
}

static gboolean
add_table(PvCover *cover, const PvPart *part, unsigned number, const PvCoverage *coverage,
          const PvCoverTerms *terms)
{
        Table t = {.coverage = coverage, .backend = part->backend->name, .part = number};

        if (!measure(&t))
                return FALSE;
        t.hits = g_new0(guint64, t.n_cells);
        t.unreachable = g_new0(const PvUnreachable *, t.n_cells);
        for (guint cell = 0; cell < t.n_cells; cell++) {
                guint64 place = (guint64) cover->tables->len << 32 | cell;

                t.unreachable[cell] = find_unreachable(&t, cell, part->revision->features, terms);
                if (!t.unreachable[cell] || t.unreachable[cell]->one_eject)
                        g_array_append_val(cover->aims, place);
        }
        g_array_append_val(cover->tables, t);
        return TRUE;
}

static void
table_clear(gpointer data)
{
        Table *t = data;

        g_free(t->hits);
        g_free(t->unreachable);
}

PvCover *
pv_cover_new(const PvMachine *machine, const PvCoverTerms *terms, GError **error)
{
        g_autoptr(PvCover) cover = g_new0(PvCover, 1);

        cover->tables = g_array_new(FALSE, FALSE, sizeof(Table));
        g_array_set_clear_func(cover->tables, table_clear);
        cover->aims = g_array_new(FALSE, FALSE, sizeof(guint64));
        for (unsigned i = 0; i < machine->n_parts; i++) {
                const PvBackend *backend = machine->part[i].backend;

                for (size_t j = 0; j < backend->n_differential; j++)
                        if (!add_table(cover, &machine->part[i], i, backend->differential[j], terms)) {
                                g_set_error(error, PV_ERROR, PV_ERROR_USAGE,
                                            "%s: coverage table %zu has no axis, an axis without values or "
                                            "with more than "
                                            "%u, or no function; mend the backend",
                                            backend->name, j, PV_AXIS_VALUES);
                                return NULL;
                        }
        }
        if (cover->aims->len)
                return g_steal_pointer(&cover);
        g_set_error(error, PV_ERROR, PV_ERROR_USAGE,
                    "%s: no backend of this machine says which random accesses it has; name another machine "
                    "with -c",
                    machine->name);
        return NULL;
}

void
pv_cover_free(PvCover *cover)
{
        if (!cover)
                return;
        g_array_unref(cover->tables);
        g_array_unref(cover->aims);
        g_free(cover);
}

/* ---- hits ---- */

void
pv_cover_count(PvCover *cover, unsigned part, const PvWalk *walk, const PvStep *step)
{
        for (guint i = 0; i < cover->tables->len; i++) {
                const Table *t = table_at(cover, i);
                uint8_t values[PV_AXES_MAX] = {0};
                guint cell;

                if (t->part == part && t->coverage->locate(walk, step, values) &&
                    cell_index(t, values, &cell))
                        t->hits[cell]++;
        }
}

static guint64
any_place(const PvCover *cover, PvRandom *random)
{
        return g_array_index(cover->aims, guint64, pv_random(random, cover->aims->len));
}

static guint64
hits_at(const PvCover *cover, guint64 place)
{
        return table_at(cover, (guint) (place >> 32))->hits[(guint) place];
}

/* The one with the fewest hits of some that are drawn. */
static guint64
any_rare_place(const PvCover *cover, PvRandom *random)
{
        guint64 rarest = any_place(cover, random);

        for (unsigned i = 1; i < DRAWN; i++) {
                guint64 place = any_place(cover, random);

                if (hits_at(cover, place) < hits_at(cover, rarest))
                        rarest = place;
        }
        return rarest;
}

unsigned
pv_cover_reach(const PvCover *cover, const PvWalk *walk, PvStep *ret_steps, unsigned *ret_part)
{
        PvRandom *random = walk[0].random;

        for (unsigned i = 0; i < AIMS; i++) {
                guint64 aim = any_rare_place(cover, random);
                const Table *t = table_at(cover, (guint) (aim >> 32));
                uint8_t values[PV_AXES_MAX] = {0};
                unsigned n;

                cell_values(t, (guint) aim, values);
                n = t->coverage->reach(&walk[t->part], values, ret_steps);
                *ret_part = t->part;
                if (n)
                        return MIN(n, PV_REACH_MAX);
        }
        return 0;
}

static gboolean
is_missed(const Table *t, guint cell)
{
        return !t->unreachable[cell] && !t->hits[cell];
}

static gboolean
is_impossible(const Table *t, guint cell)
{
        return t->unreachable[cell] && t->hits[cell] && !t->unreachable[cell]->one_eject;
}

typedef gboolean CellTest(const Table *t, guint cell);

static guint
count_cells(const PvCover *cover, CellTest *test)
{
        guint n = 0;

        for (guint i = 0; i < cover->tables->len; i++)
                for (guint cell = 0; cell < table_at(cover, i)->n_cells; cell++)
                        n += (guint) test(table_at(cover, i), cell);
        return n;
}

guint
pv_cover_n_missed(const PvCover *cover)
{
        return count_cells(cover, is_missed);
}

guint
pv_cover_n_impossible(const PvCover *cover)
{
        return count_cells(cover, is_impossible);
}

/* ---- printing ---- */

static void
print_totals(const Table *t, FILE *out)
{
        g_autofree char *name = g_strdup_printf("%s %s", t->backend, t->coverage->name);
        guint reachable = 0, hit = 0;
        guint64 total = 0, least = G_MAXUINT64;

        for (guint cell = 0; cell < t->n_cells; cell++) {
                if (t->unreachable[cell])
                        continue;
                reachable++;
                hit += t->hits[cell] != 0;
                total += t->hits[cell];
                least = MIN(least, t->hits[cell]);
        }
        if (reachable)
                fprintf(out, "%-36s %9u %9u %11" PRIu64 " %9" PRIu64 " %11u\n", name, reachable, hit,
                        (uint64_t) total, (uint64_t) least, t->n_cells - reachable);
}

static void
print_names(const PvCover *cover, CellTest *test, const char *word, FILE *out)
{
        guint left = count_cells(cover, test), named = 0;

        for (guint i = 0; i < cover->tables->len; i++)
                for (guint cell = 0; cell < table_at(cover, i)->n_cells && named < NAMES; cell++) {
                        const Table *t = table_at(cover, i);
                        g_autofree char *name = test(t, cell) ? cell_name(t, cell) : NULL;

                        if (name && ++named)
                                fprintf(out, "%s: %s\n", word, name);
                }
        if (left > named)
                fprintf(out, "%s: %u more\n", word, left - named);
}

void
pv_cover_print(const PvCover *cover, FILE *out)
{
        fprintf(out, "%-36s %9s %9s %11s %9s %11s\n", "coverage", "cells", "hit", "hits", "least",
                "unreachable");
        for (guint i = 0; i < cover->tables->len; i++)
                print_totals(table_at(cover, i), out);
        print_names(cover, is_missed, "never hit", out);
        print_names(cover, is_impossible, "declared unreachable, yet hit", out);
}

void
pv_cover_print_cells(const PvCover *cover, FILE *out)
{
        for (guint i = 0; i < cover->tables->len; i++)
                for (guint cell = 0; cell < table_at(cover, i)->n_cells; cell++) {
                        const Table *t = table_at(cover, i);
                        g_autofree char *name = cell_name(t, cell);

                        if (t->unreachable[cell])
                                fprintf(out, "%11s  %s (%s)\n", "unreachable", name,
                                        t->unreachable[cell]->reason);
                        else
                                fprintf(out, "%11" PRIu64 "  %s\n", (uint64_t) t->hits[cell], name);
                }
}
