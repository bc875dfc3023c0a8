/* SPDX-License-Identifier: MIT */
/* The walk: aims at cells, lets the backends make the steps, and throws in what an operator does. */
#include "conformance/differential-walk.h"

#include "common/interrupt.h"
#include "common/model.h"
#include "conformance/script.h"

/* One in so many moves is ... */
#define EVENT_EVERY 64u /* ... a plug or an unplug request of any CPU, sensible or not */
#define RESET_EVERY 1024u
#define SETTLE_EVERY 512u /* accesses between comparisons of memory and truth */

#define MOVES_PER_ACCESS 16u /* before a backend that makes none is given up */

typedef struct Walk {
        PvPair *pair;
        PvCover *cover;
        const PvMachine *machine;
        PvRandom random;
        PvWalk part[PV_PARTS_MAX];
        uint64_t base[PV_PARTS_MAX];
        PvTruth truth; /* of the model */
        guint accesses, length, settled;
} Walk;

/* The ejects that the other machine lives through are spread over the walk. */
static void
look(Walk *w)
{
        uint64_t max = w->pair->other->bus->limits.max_ejects;
        bool may_eject;

        w->pair->model->host->ops->truth(w->pair->model->host, &w->truth);
        may_eject = max == 0 || (2 * (uint64_t) w->truth.n_ejected + 1) * w->length <= 2 * w->accesses * max;
        for (unsigned i = 0; i < w->machine->n_parts; i++)
                w->part[i] = (PvWalk){pv_model_device(w->pair->model->bus, i), &w->random, may_eject};
}

/* After the last eject that it lives through, the other machine may die of any event, but not of accesses. */
static gboolean
is_frail(const Walk *w)
{
        uint32_t max = w->pair->other->bus->limits.max_ejects;

        return max && w->truth.n_ejected >= max;
}

static gboolean
do_event(Walk *w, PvTraceEvent event, uint32_t selector)
{
        const PvTraceItem item = {.action = 'H', .where = event, .value = selector};

        return is_frail(w) || pv_pair_do(w->pair, &item);
}

static gboolean
random_event(Walk *w)
{
        uint32_t max_cpus = w->pair->model->topology.max_cpus;

        if (pv_random(&w->random, RESET_EVERY / EVENT_EVERY) == 0)
                return do_event(w, PV_TRACE_RESET, 0);
        return do_event(w, pv_random(&w->random, 2) ? PV_TRACE_PLUG : PV_TRACE_UNPLUG_REQUEST,
                        pv_random(&w->random, max_cpus));
}

static void
store_be(uint8_t *data, uint64_t value, unsigned n)
{
        for (; n > 0; n--, value >>= 8)
                data[n - 1] = (uint8_t) value;
}

/* FALSE as of pv_pair_do(), or for a step that no script can have. */
static gboolean
do_step(Walk *w, unsigned part, const PvStep *step)
{
        static const PvTraceEvent event[] = {[PV_HOST_PLUG] = PV_TRACE_PLUG,
                                             [PV_HOST_UNPLUG_REQUEST] = PV_TRACE_UNPLUG_REQUEST,
                                             [PV_HOST_RESET] = PV_TRACE_RESET};
        PvTraceItem item = {.action = step->action, .width = step->width, .where = step->where};
        PvStep resolved = *step;
        uint8_t stored[8];

        item.value = pv_script_value(&step->value, &w->truth, w->pair->memory, NULL);
        switch (step->action) {
        case 'R':
        case 'W':
                resolved.value = (PvValue){PV_VALUE_LITERAL, item.value};
                pv_cover_count(w->cover, part, &w->part[part], &resolved);
                item.where += w->base[part];
                w->accesses++;
                return pv_pair_do(w->pair, &item);
        case 'M':
        case 'm':
                g_return_val_if_fail(step->width <= (step->action == 'M' ? sizeof stored : PV_LOAD_MAX),
                                     FALSE);
                store_be(stored, item.value, MIN(step->width, sizeof stored));
                item.data = step->action == 'M' ? stored : NULL;
                item.where += w->pair->memory.value;
                return pv_pair_do(w->pair, &item);
        default:
                g_return_val_if_fail(step->where < G_N_ELEMENTS(event), FALSE);
                return do_event(w, event[step->where], (uint32_t) item.value);
        }
}

static gboolean
move(Walk *w)
{
        PvStep steps[PV_REACH_MAX];
        unsigned n, part;
        gboolean ok = TRUE;

        if (pv_random(&w->random, EVENT_EVERY) == 0)
                return random_event(w);
        look(w);
        n = pv_cover_reach(w->cover, w->part, steps, &part);
        for (unsigned i = 0; ok && i < n; i++) {
                ok = do_step(w, part, &steps[i]);
                look(w);
        }
        return ok;
}

guint
pv_walk_run(PvPair *pair, PvCover *cover, const PvMachine *machine, guint accesses, uint64_t seed)
{
        Walk w = {.pair = pair, .cover = cover, .machine = machine, .random = {seed}, .length = accesses};
        guint64 moves = MOVES_PER_ACCESS * (guint64) accesses;
        gboolean ok = TRUE;

        for (unsigned i = 0; i < machine->n_parts; i++) {
                const PvPart *part = &machine->part[i];
                PvRange range = {0};

                part->backend->device->ranges(part->revision->name, pair->model->chipset, &range, 1);
                w.base[i] = range.base;
        }
        while (ok && w.accesses < accesses && moves-- > 0 && !pv_interrupted()) {
                ok = move(&w);
                if (ok && w.accesses - w.settled >= SETTLE_EVERY) {
                        ok = pv_pair_settle(pair);
                        w.settled = w.accesses;
                }
        }
        if (ok)
                pv_pair_settle(pair);
        return w.accesses;
}
