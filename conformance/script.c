/* SPDX-License-Identifier: MIT */
/* The interpreter of check scripts. */
#include "conformance/script.h"

#include <glib.h>
#include <inttypes.h>
#include <stdio.h>

#include "conformance/judge.h"

#define STRING_MAX 8

uint64_t
pv_script_value(const PvValue *value, const PvTruth *truth, PvGpa page, const uint64_t *found)
{
        uint32_t limit = 0;

        switch (value->kind) {
        case PV_VALUE_LITERAL:
        case PV_VALUE_ANY:
                return value->arg;
        case PV_VALUE_MAX_CPUS:
                return truth->max_cpus + value->arg;
        case PV_VALUE_PRESENT_COUNT:
                return truth->present_count + value->arg;
        case PV_VALUE_APIC_ID:
                return truth->apic_id[value->arg];
        case PV_VALUE_APIC_ID_LIMIT:
                for (uint32_t i = 0; i < truth->max_cpus; i++)
                        limit = truth->apic_id[i] >= limit ? truth->apic_id[i] + 1 : limit;
                return limit + value->arg;
        case PV_VALUE_FOUND:
                return (found ? found[(value->arg >> 32) % PV_N_FOUND] : 0) + (uint32_t) value->arg;
        case PV_VALUE_PAGE:
                return page.value + value->arg;
        case PV_VALUE_PAGE_BE:
                return GUINT32_SWAP_LE_BE((uint32_t) (page.value + value->arg));
        }
        return 0;
}

bool
pv_script_step_reads(const PvStep *step)
{
        return step->action == 'R' || step->action == 'S' || step->action == 'm' ||
               (step->action == 'H' && step->where >= PV_HOST_PLUG_REFUSED);
}

/* A refusal is expected of an event whose value is the selector; of everything else, the value. */
static uint64_t
expected_of(const PvStep *step, const PvObservation *o)
{
        bool refusal = step->action == 'H' &&
                       (step->where == PV_HOST_PLUG_REFUSED || step->where == PV_HOST_UNPLUG_REFUSED);

        return refusal ? 1 : pv_script_value(&step->value, &o->before, o->page, o->found);
}

/* ---- act ---- */

static int
read_string(const PvScene *s, const PvStep *step, uint64_t *ret_value)
{
        uint8_t bytes[STRING_MAX] = {0};
        uint64_t value = 0;
        int r = s->bus->ops->read_string(s->bus, s->base + step->where, bytes, step->width);

        for (unsigned i = step->width; i > 0; i--)
                value = value << 8 | bytes[i - 1];
        *ret_value = value;
        return r;
}

static int
load(const PvScene *s, const PvStep *step, PvGpa page, uint64_t *ret_value)
{
        uint8_t bytes[STRING_MAX] = {0};
        uint64_t value = 0;
        int r = s->bus->ops->gpa_read(s->bus, (PvGpa){page.value + step->where}, bytes, step->width);

        for (unsigned i = 0; i < step->width; i++)
                value = value << 8 | bytes[i];
        *ret_value = value;
        return r;
}

static int
store(const PvScene *s, const PvStep *step, PvGpa page, uint64_t value)
{
        uint8_t bytes[STRING_MAX];

        for (unsigned i = step->width; i > 0; i--, value >>= 8)
                bytes[i - 1] = (uint8_t) value;
        return s->bus->ops->gpa_write(s->bus, (PvGpa){page.value + step->where}, bytes, step->width);
}

/* 1 when the machine said no. */
static int
refusal(int r, uint64_t *ret_value)
{
        *ret_value = r == PV_E_REFUSED;
        return r == PV_E_REFUSED ? 0 : r;
}

static int
host_event(const PvScene *s, const PvStep *step, uint64_t argument, uint64_t *ret_value)
{
        PvTruth truth = {0};
        int r;

        switch ((PvHostAction) step->where) {
        case PV_HOST_PLUG:
                return s->host->ops->plug(s->host, (uint32_t) argument);
        case PV_HOST_UNPLUG_REQUEST:
                return s->host->ops->unplug_request(s->host, (uint32_t) argument);
        case PV_HOST_RESET:
                return s->host->ops->reset(s->host);
        case PV_HOST_SAVE_LOAD:
                return s->host->ops->save_load(s->host);
        case PV_HOST_PLUG_REFUSED:
                return refusal(s->host->ops->plug(s->host, (uint32_t) argument), ret_value);
        case PV_HOST_UNPLUG_REFUSED:
                return refusal(s->host->ops->unplug_request(s->host, (uint32_t) argument), ret_value);
        case PV_HOST_EJECTED:
        case PV_HOST_N_OST:
        case PV_HOST_OST_SELECTOR:
        case PV_HOST_OST_EVENT:
        case PV_HOST_OST_STATUS:
                break;
        }
        r = s->host->ops->truth(s->host, &truth);
        *ret_value = (const uint64_t[]){
                [PV_HOST_EJECTED] = truth.n_ejected,
                [PV_HOST_N_OST] = truth.n_ost,
                [PV_HOST_OST_SELECTOR] = truth.ost_selector,
                [PV_HOST_OST_EVENT] = truth.ost_event,
                [PV_HOST_OST_STATUS] = truth.ost_status,
        }[step->where];
        return r;
}

static int
run_step(const PvScene *s, const PvStep *step, const PvObservation *o, uint64_t *ret_value)
{
        const PvGpa page = o->page;
        uint64_t argument = pv_script_value(&step->value, &s->truth, page, o->found);

        switch (step->action) {
        case 'R':
                return s->bus->ops->read(s->bus, PV_SPACE_PIO, s->base + step->where, step->width, ret_value);
        case 'W':
                return s->bus->ops->write(s->bus, PV_SPACE_PIO, s->base + step->where, step->width, argument);
        case 'S':
                return read_string(s, step, ret_value);
        case 'M':
                return store(s, step, page, argument);
        case 'm':
                return load(s, step, page, ret_value);
        default:
                return host_event(s, step, argument, ret_value);
        }
}

bool
pv_script_uses_memory(const PvStep *steps, size_t n_steps)
{
        for (size_t i = 0; i < n_steps; i++)
                if (steps[i].action == 'M' || steps[i].action == 'm' || steps[i].value.kind >= PV_VALUE_PAGE)
                        return true;
        return false;
}

int
pv_script_act(const PvScene *scene, const PvStep *steps, size_t n_steps, PvObservation *o)
{
        bool memory = pv_script_uses_memory(steps, n_steps);
        int r = memory ? scene->bus->ops->gpa_alloc(scene->bus, PV_PAGE_SIZE, PV_SHARED, &o->page) : 0;

        for (size_t i = 0; !r && i < n_steps; i++) {
                uint64_t value = 0;

                r = run_step(scene, &steps[i], o, &value);
                if (r || !pv_script_step_reads(&steps[i]))
                        continue;
                if (o->n_values == PV_N_VALUES)
                        return PV_E_TOO_SMALL;
                o->value[o->n_values++] = value;
        }
        if (memory && !r)
                r = scene->bus->ops->gpa_free(scene->bus, o->page);
        return r;
}

/* ---- judge ---- */

static void
describe(const PvStep *step, size_t number, char *ret_text, size_t n)
{
        static const char *const question[] = {
                [PV_HOST_PLUG_REFUSED] = "plug refused", [PV_HOST_UNPLUG_REFUSED] = "unplug request refused",
                [PV_HOST_EJECTED] = "CPUs ejected", [PV_HOST_N_OST] = "_OST reports",
                [PV_HOST_OST_SELECTOR] = "_OST selector", [PV_HOST_OST_EVENT] = "_OST event",
                [PV_HOST_OST_STATUS] = "_OST status",
        };

        if (step->action == 'H')
                snprintf(ret_text, n, "step %zu: %s", number, question[step->where]);
        else if (step->action == 'm')
                snprintf(ret_text, n, "step %zu: memory at page+0x%" PRIx32, number, step->where);
        else
                snprintf(ret_text, n, "step %zu: %u-byte read at base+0x%" PRIx32, number, step->width,
                         step->where);
}

/* FALSE: a question that the host there cannot answer. */
static bool
is_counted(const PvStep *step, const PvTruth *truth)
{
        if (step->action != 'H' || step->where < PV_HOST_EJECTED)
                return true;
        return step->where == PV_HOST_EJECTED ? !truth->no_ejected : !truth->no_ost;
}

void
pv_script_judge(const PvStep *steps, size_t n_steps, const PvObservation *o, PvJudgement *j)
{
        char what[96], sentence[160];
        bool unknown = false;
        unsigned next = 0;

        pv_judge_pass(j);
        for (size_t i = 0; i < n_steps && next < o->n_values; i++) {
                uint64_t expected, actual;

                if (!pv_script_step_reads(&steps[i]))
                        continue;
                actual = o->value[next++];
                expected = expected_of(&steps[i], o);
                unknown |= !is_counted(&steps[i], &o->before);
                if (steps[i].value.kind == PV_VALUE_ANY || actual == expected ||
                    !is_counted(&steps[i], &o->before))
                        continue;
                describe(&steps[i], i + 1, what, sizeof what);
                snprintf(sentence, sizeof sentence, "%s: 0x%" PRIx64, what, expected);
                pv_judge_fail(j, sentence, "%s: 0x%" PRIx64, what, actual);
                return;
        }
        pv_judge_counted(j, unknown, "CPUs ejected, or _OST reports", 0, 0);
}
