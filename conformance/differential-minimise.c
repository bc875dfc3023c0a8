/* SPDX-License-Identifier: MIT */
/* Delta debugging: leaves out pieces, halved until they are single items, as long as a difference remains. */
#include "conformance/differential-minimise.h"

#include "common/interrupt.h"

/* The sequence without a piece of it, on fresh machines. NULL: no difference any more. */
static PvPair *
try_without(const PvPairSetup *setup, const GArray *items, guint from, guint n)
{
        g_autoptr(PvPair) pair = pv_pair_open(setup, NULL);
        gboolean ok = pair != NULL;

        for (guint i = 0; ok && i < items->len; i++)
                if (i < from || i >= from + n)
                        ok = pv_pair_do(pair, &g_array_index(items, PvTraceItem, i));
        if (ok)
                pv_pair_settle(pair);
        return pair && pair->mismatch ? g_steal_pointer(&pair) : NULL;
}

/* What came after the difference is not part of it. */
static void
cut(PvPair *pair)
{
        g_array_set_size(pair->items, pair->mismatch->item + 1);
}

static gboolean
time_is_up(gint64 deadline)
{
        return pv_interrupted() || g_get_monotonic_time() > deadline;
}

/* One round over all pieces of this size; TRUE: something was left out. */
static gboolean
round_of(const PvPairSetup *setup, PvPair **pair, guint size, gint64 deadline)
{
        gboolean shorter = FALSE;

        for (guint from = 0; from < (*pair)->items->len && !time_is_up(deadline);) {
                PvPair *without = try_without(setup, (*pair)->items, from, size);

                if (!without) {
                        from += size;
                        continue;
                }
                pv_pair_free(*pair);
                *pair = without;
                cut(*pair);
                shorter = TRUE;
        }
        return shorter;
}

PvPair *
pv_minimise(const PvPairSetup *setup, PvPair *found, guint seconds, gboolean *ret_minimal)
{
        gint64 deadline = g_get_monotonic_time() + (gint64) seconds * G_USEC_PER_SEC;
        PvPair *pair = found;
        guint size;

        cut(pair);
        size = MAX(pair->items->len / 2, 1);
        while (!time_is_up(deadline)) {
                gboolean shorter = round_of(setup, &pair, size, deadline);

                if (size == 1 && !shorter)
                        break;
                size = MAX(size / 2, 1);
        }
        *ret_minimal = !time_is_up(deadline);
        return pair;
}
