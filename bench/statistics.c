/* SPDX-License-Identifier: MIT */
/* Medians, quartiles, intervals. */
#include "bench/statistics.h"

#include <math.h>
#include <stdlib.h>

#define CONFIDENCE 0.95

static int
compare_doubles(const void *a, const void *b)
{
        double x = *(const double *) a, y = *(const double *) b;

        return (x > y) - (x < y);
}

/* Of sorted values; between two of them in proportion (R's type 7). */
static double
quantile(const double *sorted, guint n, double share)
{
        double at = share * (n - 1);
        guint below = (guint) at;

        if (below + 1 >= n)
                return sorted[n - 1];
        return sorted[below] + (at - below) * (sorted[below + 1] - sorted[below]);
}

/* n tosses: chance = C(n, heads) / 2^n, in logarithms, for both overflow. */
static double
chance_of(guint n, guint heads)
{
        return exp(lgamma(n + 1.0) - lgamma(heads + 1.0) - lgamma(n - heads + 1.0) - n * M_LN2);
}

guint
pv_times_interval_rank(guint n)
{
        double outside = 0;
        guint k = 0;

        /* Rank k + 1 leaves out k heads or fewer, and as many tails. */
        while (k < n / 2) {
                outside += 2 * chance_of(n, k);
                if (outside > 1 - CONFIDENCE)
                        break;
                k++;
        }
        return k;
}

PvTimes
pv_times_of(double *values, guint n)
{
        guint k = pv_times_interval_rank(n);

        g_assert(k > 0);
        qsort(values, n, sizeof *values, compare_doubles);
        return (PvTimes){
                .samples = n,
                .median = quantile(values, n, 0.5),
                .q1 = quantile(values, n, 0.25),
                .q3 = quantile(values, n, 0.75),
                .low = values[k - 1],
                .high = values[n - k],
        };
}

double
pv_times_floor(double *first, guint n_first, double *second, guint n_second)
{
        double a, b;

        qsort(first, n_first, sizeof *first, compare_doubles);
        qsort(second, n_second, sizeof *second, compare_doubles);
        a = quantile(first, n_first, 0.5);
        b = quantile(second, n_second, 0.5);
        return MIN(a, b) > 0 ? MAX(a, b) / MIN(a, b) : 0;
}

PvTimes
pv_times_less(const PvTimes *times, double ns)
{
        PvTimes less = *times;

        less.median -= ns;
        less.q1 -= ns;
        less.q3 -= ns;
        less.low -= ns;
        less.high -= ns;
        less.floor = times->floor > 0 && less.median > 0
                             ? 1 + (times->floor - 1) * times->median / less.median
                             : 0;
        return less;
}

PvTimes
pv_times_share(const PvTimes *times, double parts)
{
        PvTimes share = *times;

        share.median /= parts;
        share.q1 /= parts;
        share.q3 /= parts;
        share.low /= parts;
        share.high /= parts;
        return share;
}
