/* SPDX-License-Identifier: MIT */
/* Delta debugging: leaves out pieces, halved until they are single items, as long as a difference remains. */
#include "conformance/differential-minimise.h"

#include "common/interrupt.h"

typedef gboolean Keep(const GArray *items, guint i, guint from, guint n);

static gboolean
not_in_piece(const GArray *items, guint i, guint from, guint n)
{
        (void) items;
        return i < from || i >= from + n;
}

/* Loads change nothing: without all but the last one there is as much to see, in a third of the time. */
static gboolean
not_a_load(const GArray *items, guint i, guint from, guint n)
{
        (void) from;
        (void) n;
        return i + 1 == items->len || g_array_index(items, PvTraceItem, i).action != 'm';
}

/* Those items of the sequence that are to be kept, on fresh machines. NULL: no difference any more. */
static PvPair *
try_items(const PvPairSetup *setup, const GArray *items, Keep *keep, guint from, guint n)
{
        g_autoptr(PvPair) pair = pv_pair_open(setup, NULL);
        gboolean ok = pair != NULL;

        for (guint i = 0; ok && i < items->len; i++)
                if (keep(items, i, from, n))
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

/* Takes it if it is anything, and shorter: a difference found behind the scenes brings an item with it. */
static gboolean
take(PvPair **pair, PvPair *found)
{
        PvPair *longer = found;

        if (!found)
                return FALSE;
        cut(found);
        if (found->items->len < (*pair)->items->len) {
                longer = *pair;
                *pair = found;
        }
        pv_pair_free(longer);
        return longer != found;
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
                if (take(pair, try_items(setup, (*pair)->items, not_in_piece, from, size)))
                        shorter = TRUE;
                else
                        from += size;
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
        take(&pair, try_items(setup, pair->items, not_a_load, 0, 0));
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
