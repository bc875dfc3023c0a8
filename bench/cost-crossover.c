/* SPDX-License-Identifier: MIT */
/* Finds where the sign of a difference is certain. */
#include "bench/cost-crossover.h"

typedef struct Pair {
        const PvCostModel *model;
        const PvCostEnvironment *environment;
        const PvCostPoint *a, *b;
        guint n; /* points of each */
} Pair;

static uint64_t
between(uint64_t left, uint64_t right, double part)
{
        return (uint64_t) ((double) left + ((double) right - (double) left) * part + 0.5);
}

static PvCounts
counts_at(const PvCostPoint *left, const PvCostPoint *right, gint64 n)
{
        double part = (double) (n - left->n) / (double) (right->n - left->n);
        const PvCounts *l = &left->counts, *r = &right->counts;

        return (PvCounts){
                .reads = between(l->reads, r->reads, part),
                .writes = between(l->writes, r->writes, part),
                .strings = between(l->strings, r->strings, part),
                .string_bytes = between(l->string_bytes, r->string_bytes, part),
                .platform = between(l->platform, r->platform, part),
                .doorbells = between(l->doorbells, r->doorbells, part),
                .gpa_bytes = between(l->gpa_bytes, r->gpa_bytes, part),
                .shared_pages = between(l->shared_pages, r->shared_pages, part),
        };
}

static PvCostCheaper
cheaper(const Pair *pair, const PvCounts *a, const PvCounts *b)
{
        PvCostRange a_over_b = pv_cost_difference(pair->model, pair->environment, a, b);

        if (a_over_b.high < 0)
                return PV_COST_A;
        return a_over_b.low > 0 ? PV_COST_B : PV_COST_DEPENDS;
}

static PvCostCheaper
cheaper_at(const Pair *pair, guint i)
{
        return cheaper(pair, &pair->a[i].counts, &pair->b[i].counts);
}

/* Between points i and i + 1: the last size before which `is` changes, as seen from the left. */
static gint64
bisect(const Pair *pair, guint i, PvCostCheaper is)
{
        gboolean left = cheaper_at(pair, i) == is;
        gint64 low = pair->a[i].n, high = pair->a[i + 1].n;

        while (high - low > 1) {
                gint64 middle = low + (high - low) / 2;
                PvCounts a = counts_at(&pair->a[i], &pair->a[i + 1], middle);
                PvCounts b = counts_at(&pair->b[i], &pair->b[i + 1], middle);

                if ((cheaper(pair, &a, &b) == is) == left)
                        low = middle;
                else
                        high = middle;
        }
        return low;
}

/* Goes on with the last span, or begins one. */
static void
extend(GArray *spans, gint64 to, PvCostCheaper is)
{
        PvCostSpan *last = spans->len ? &g_array_index(spans, PvCostSpan, spans->len - 1) : NULL;
        PvCostSpan span = {last ? last->to + 1 : to, to, is};

        if (last && to <= last->to)
                return;
        if (last && last->cheaper == is)
                last->to = to;
        else
                g_array_append_val(spans, span);
}

GArray *
pv_cost_spans(const PvCostModel *model, const PvCostEnvironment *environment, const PvCostPoint *a,
              const PvCostPoint *b, guint n)
{
        const Pair pair = {model, environment, a, b, n};
        GArray *spans = g_array_new(FALSE, FALSE, sizeof(PvCostSpan));

        extend(spans, a[0].n, cheaper_at(&pair, 0));
        for (guint i = 0; i + 1 < n; i++) {
                PvCostCheaper left = cheaper_at(&pair, i), right = cheaper_at(&pair, i + 1);

                if (left != right) {
                        extend(spans, bisect(&pair, i, left), left);
                        extend(spans, bisect(&pair, i, right), PV_COST_DEPENDS);
                }
                extend(spans, a[i + 1].n, right);
        }
        return spans;
}
