/* SPDX-License-Identifier: MIT */
/* Two machines in step. The model answers at once; the other one is asked in batches. */
#include "conformance/differential-pair.h"

#include <inttypes.h>
#include <string.h>

#include "common/qtest.h"
#include "common/smp.h"

#define BATCH 256u
#define PIECE 4096u /* bytes of memory compared at a time */

static PvTraceItem *
item_at(const PvPair *pair, guint i)
{
        return &g_array_index(pair->items, PvTraceItem, i);
}

static void
item_clear(gpointer data)
{
        g_free(((PvTraceItem *) data)->data);
}

static GArray *
items_new(void)
{
        GArray *items = g_array_new(FALSE, FALSE, sizeof(PvTraceItem));

        g_array_set_clear_func(items, item_clear);
        return items;
}

static void
append(GArray *items, const PvTraceItem *item)
{
        PvTraceItem copy = *item;

        if (copy.action == 'M' || copy.action == 'm')
                copy.data = item->data ? g_memdup2(item->data, item->width) : g_malloc0(item->width);
        g_array_append_val(items, copy);
}

GArray *
pv_pair_copy_items(const GArray *items)
{
        GArray *copy = items_new();

        for (guint i = 0; i < items->len; i++)
                append(copy, &g_array_index(items, PvTraceItem, i));
        return copy;
}

/* ---- opening ---- */

/* The last CPU but one, where it is not there anyway. */
static gboolean
choose_plugged(PvPair *pair, const char *smp, GError **error)
{
        PvTopology t;

        if (!pv_smp_parse(smp ? smp : PV_DEFAULT_SMP, &t, error))
                return FALSE;
        if (t.max_cpus >= t.cpus + 2)
                pair->plugged = g_strdup_printf("%u", t.max_cpus - 2);
        return TRUE;
}

static PvSession *
open_one(const PvPair *pair, const PvPairSetup *setup, const PvTarget *target, gboolean kvm, GError **error)
{
        const PvCell cell = {.smp = setup->smp, .plugged = pair->plugged, .chipset = setup->chipset};
        const PvSessionOptions options = {.untraced = TRUE, .kvm = kvm, .many_events = TRUE};

        return pv_session_open(setup->loader, setup->candidate, target, &cell, &options, error);
}

static gboolean
alloc_memory(PvPair *pair, GError **error)
{
        PvBus *model = pair->model->bus, *other = pair->other->bus;
        PvGpa there = {0};

        if (!model->ops->gpa_alloc(model, PV_WALK_MEMORY, PV_SHARED, &pair->memory) &&
            !other->ops->gpa_alloc(other, PV_WALK_MEMORY, PV_SHARED, &there) &&
            pair->memory.value == there.value)
                return TRUE;
        g_set_error_literal(
                error, PV_ERROR, PV_ERROR_HARNESS,
                "the two machines do not give memory at the same address; start another kind of target");
        return FALSE;
}

PvPair *
pv_pair_open(const PvPairSetup *setup, GError **error)
{
        g_autoptr(PvTarget) model = pv_target_parse("model", error);
        g_autoptr(PvPair) pair = g_new0(PvPair, 1);

        pair->items = items_new();
        if (!choose_plugged(pair, setup->smp, error))
                return NULL;
        pair->other = open_one(pair, setup, setup->target, FALSE, error);
        if (pair->other && model)
                pair->model = open_one(pair, setup, model, pair->other->bus->limits.kvm, error);
        return pair->model && alloc_memory(pair, error) ? g_steal_pointer(&pair) : NULL;
}

void
pv_pair_free(PvPair *pair)
{
        if (!pair)
                return;
        pv_session_close(pair->model);
        pv_session_close(pair->other);
        g_array_unref(pair->items);
        g_free(pair->plugged);
        if (pair->mismatch) {
                g_free(pair->mismatch->what);
                g_free(pair->mismatch->model);
                g_free(pair->mismatch->other);
        }
        g_free(pair->mismatch);
        g_free(pair);
}

/* ---- differences ---- */

/* Takes the three texts. */
static gboolean
differ(PvPair *pair, guint item, char *what, char *model, char *other)
{
        pair->mismatch = g_new(PvMismatch, 1);
        *pair->mismatch = (PvMismatch){item, what, model, other};
        return FALSE;
}

static char *
hex(const uint8_t *data, unsigned n)
{
        GString *text = g_string_new(NULL);

        for (unsigned i = 0; i < n; i++)
                g_string_append_printf(text, "%02x", data[i]);
        return g_string_free(text, FALSE);
}

static char *
number(uint64_t value)
{
        return g_strdup_printf("0x%" PRIx64, value);
}

/* At the first byte that differs. */
static gboolean
differ_in_memory(PvPair *pair, guint i, const PvTraceItem *model, const PvTraceItem *other)
{
        unsigned at = 0, n;

        while (model->data[at] == other->data[at])
                at++;
        n = MIN(model->width - at, 8);
        return differ(pair, i, g_strdup_printf("memory at 0x%" PRIx64, model->where + at),
                      hex(model->data + at, n), hex(other->data + at, n));
}

/* The answers of one item; the sequence keeps those of the other machine, which is the real one. */
static gboolean
compare_item(PvPair *pair, guint i, const PvTraceItem *other)
{
        PvTraceItem *item = item_at(pair, i);
        gboolean ok = TRUE;

        if (item->action == 'R' && item->value != other->value) {
                char *what = g_strdup_printf("%u-byte read of port 0x%" PRIx64, item->width, item->where);

                ok = differ(pair, i, what, number(item->value), number(other->value));
                item->value = other->value;
        } else if (item->action == 'm' && memcmp(item->data, other->data, item->width)) {
                ok = differ_in_memory(pair, i, item, other);
                memcpy(item->data, other->data, item->width);
        }
        return ok;
}

/* The other machine catches up. */
static gboolean
flush(PvPair *pair)
{
        guint n = pair->items->len - pair->n_compared;
        g_autofree PvTraceItem *other = g_new(PvTraceItem, MAX(n, 1));
        g_autofree uint8_t *loaded = g_malloc((gsize) MAX(n, 1) * PV_LOAD_MAX);

        for (guint i = 0; i < n; i++) {
                other[i] = *item_at(pair, pair->n_compared + i);
                if (other[i].action == 'm')
                        other[i].data = loaded + (gsize) i * PV_LOAD_MAX;
        }
        pair->gone = pv_qtest_batch(pair->other->bus, other, n) != 0;
        for (guint i = 0; !pair->gone && i < n; i++, pair->n_compared++)
                if (!compare_item(pair, pair->n_compared, &other[i]))
                        return FALSE;
        return !pair->gone;
}

/* ---- host events ---- */

static int
call_host(PvHost *host, const PvTraceItem *item)
{
        switch ((PvTraceEvent) item->where) {
        case PV_TRACE_PLUG:
                return host->ops->plug(host, (uint32_t) item->value);
        case PV_TRACE_UNPLUG_REQUEST:
                return host->ops->unplug_request(host, (uint32_t) item->value);
        case PV_TRACE_RESET:
                return host->ops->reset(host);
        default:
                return PV_E_UNSUPPORTED;
        }
}

static char *
answer_word(int r)
{
        return g_strdup(r == PV_OK ? "done" : r == PV_E_REFUSED ? "refused" : "not supported");
}

/* An event is no part of a batch: what came before it is done first. What both refuse has not happened. */
static gboolean
do_event(PvPair *pair, const PvTraceItem *item)
{
        int model, other;

        if (!flush(pair))
                return FALSE;
        model = call_host(pair->model->host, item);
        other = call_host(pair->other->host, item);
        pair->gone = model < 0 || other < 0;
        if (model == other && model)
                return TRUE;
        append(pair->items, item);
        pair->n_compared++;
        pair->n_events++;
        if (pair->gone || model == other)
                return !pair->gone;
        return differ(pair, pair->items->len - 1,
                      g_strdup_printf("host event: %s", pv_trace_event_word((PvTraceEvent) item->where)),
                      answer_word(model), answer_word(other));
}

/* ---- steps ---- */

gboolean
pv_pair_do(PvPair *pair, const PvTraceItem *item)
{
        if (item->action == 'H')
                return do_event(pair, item);
        append(pair->items, item);
        if (pv_qtest_batch(pair->model->bus, item_at(pair, pair->items->len - 1), 1)) {
                pair->gone = TRUE;
                return FALSE;
        }
        return pair->items->len - pair->n_compared < BATCH || flush(pair);
}

/* ---- behind the scenes ---- */

/* Eight bytes that differ become an item, so that a replay shows them too. */
static gboolean
show_memory(PvPair *pair, uint64_t where, const uint8_t *model, const uint8_t *other)
{
        PvTraceItem item = {.action = 'm', .width = 8, .where = where, .data = (uint8_t *) other};

        append(pair->items, &item);
        pair->n_compared++;
        return differ(pair, pair->items->len - 1, g_strdup_printf("memory at 0x%" PRIx64, where),
                      hex(model, 8), hex(other, 8));
}

static gboolean
compare_memory(PvPair *pair)
{
        uint8_t model[PIECE], other[PIECE];

        for (uint32_t done = 0; done < PV_WALK_MEMORY; done += PIECE) {
                PvGpa at = {pair->memory.value + done};

                if (pair->model->bus->ops->gpa_read(pair->model->bus, at, model, PIECE) ||
                    pair->other->bus->ops->gpa_read(pair->other->bus, at, other, PIECE)) {
                        pair->gone = TRUE;
                        return FALSE;
                }
                for (uint32_t i = 0; i < PIECE; i += 8)
                        if (memcmp(model + i, other + i, 8))
                                return show_memory(pair, at.value + i, model + i, other + i);
        }
        return TRUE;
}

static gboolean
compare_facts(PvPair *pair, const PvTruth *model, const PvTruth *other)
{
        const struct {
                const char *what;
                uint64_t model, other;
        } facts[] = {
                {"number of present CPUs", model->present_count, other->present_count},
                {"number of ejected CPUs", model->n_ejected, other->n_ejected},
                {"number of _OST reports", model->n_ost, other->n_ost},
                {"selector of the last _OST report", model->ost_selector, other->ost_selector},
                {"event of the last _OST report", model->ost_event, other->ost_event},
                {"status of the last _OST report", model->ost_status, other->ost_status},
        };

        for (gsize i = 0; i < G_N_ELEMENTS(facts); i++)
                if (facts[i].model != facts[i].other)
                        return differ(pair, pair->items->len - 1,
                                      g_strdup_printf("the host's %s", facts[i].what),
                                      number(facts[i].model), number(facts[i].other));
        return TRUE;
}

static gboolean
compare_truth(PvPair *pair)
{
        PvHost *model = pair->model->host, *other = pair->other->host;
        PvTruth ours, theirs;
        unsigned n;

        if (model->ops->truth(model, &ours) || other->ops->truth(other, &theirs)) {
                pair->gone = TRUE;
                return FALSE;
        }
        n = (unsigned) pv_bitmap_size(ours.max_cpus);
        if (!compare_facts(pair, &ours, &theirs))
                return FALSE;
        return !memcmp(ours.present, theirs.present, n) ||
               differ(pair, pair->items->len - 1, g_strdup("the host's bitmap of present CPUs"),
                      hex(ours.present, n), hex(theirs.present, n));
}

gboolean
pv_pair_settle(PvPair *pair)
{
        return flush(pair) && compare_truth(pair) && compare_memory(pair);
}
