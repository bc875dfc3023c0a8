/* SPDX-License-Identifier: MIT */
/* The rules of the DMA interface: scripts with a letter of their own for the big-endian doorbell. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "backend-fwcfg/fwcfg-rules.h"

/*
 * The letters of PvStep, and D: hands the descriptor at page + where to the device. Its address goes to the
 * registers in big-endian order; width 8 writes both halves, width 4 only the low one.
 */
#define N(array) (sizeof(array) / sizeof(array)[0])
#define LITERAL(n) {PV_VALUE_LITERAL, (n)}
#define DATA 0x100u /* where in the page data goes */

#define SELECT(key) {'W', 2, FWCFG_SELECTOR_W - FWCFG_BASE, LITERAL(key)}
#define PORT(byte) {'R', 1, FWCFG_DATA_R - FWCFG_BASE, LITERAL(byte)}
#define STORE(width, where, n) {'M', width, where, LITERAL(n)}
#define EXPECT(width, where, n) {'m', width, where, LITERAL(n)}
#define DESCRIPTOR(where, control, length)                                                                   \
        STORE(4, (where) + FWCFG_DMA_BE_CONTROL, control), STORE(4, (where) + FWCFG_DMA_BE_LENGTH, length),  \
        {'M', 8, (where) + FWCFG_DMA_BE_ADDRESS, {PV_VALUE_PAGE, DATA}}
#define RING(where) {'D', 8, where, LITERAL(0)}
#define RING_LOW(where) {'D', 4, where, LITERAL(0)}
#define KEY(key) ((uint32_t) (key) << FWCFG_DMA_KEY_SHIFT | FWCFG_DMA_SELECT)

#define ONES UINT64_MAX
#define QEMU_BE UINT64_C(0x51454d55)

static int
store_number(PvBus *bus, PvGpa gpa, unsigned width, uint64_t value)
{
        uint8_t bytes[8];

        fwcfg_store_be(bytes, value, width);
        return bus->ops->gpa_write(bus, gpa, bytes, width);
}

static int
load_number(PvBus *bus, PvGpa gpa, unsigned width, uint64_t *ret_value)
{
        uint8_t bytes[8] = {0};
        int r = bus->ops->gpa_read(bus, gpa, bytes, width);

        if (!r)
                *ret_value = fwcfg_load_be64(bytes) >> 8 * (8 - width);
        return r;
}

static int
ring(const PvScene *scene, uint64_t descriptor, unsigned width)
{
        const uint64_t high = scene->base + (FWCFG_DMA_HIGH_RW - FWCFG_BASE);
        const uint64_t low = scene->base + (FWCFG_DMA_LOW_RW - FWCFG_BASE);
        int r = 0;

        if (width == 8)
                r = pv_bus_out(scene->bus, high, 4, fwcfg_swap32((uint32_t) (descriptor >> 32)));
        return r ? r : pv_bus_out(scene->bus, low, 4, fwcfg_swap32((uint32_t) descriptor));
}

static int
run_step(const PvScene *scene, const PvStep *step, PvObservation *o)
{
        const uint64_t number = step->value.arg + (step->value.kind == PV_VALUE_PAGE ? o->page.value : 0);
        const PvGpa there = {o->page.value + step->where};
        PvBus *bus = scene->bus;
        uint64_t value = 0;
        int r;

        switch (step->action) {
        case 'W':
                return bus->ops->write(bus, PV_SPACE_PIO, scene->base + step->where, step->width, number);
        case 'M':
                return store_number(bus, there, step->width, number);
        case 'D':
                return ring(scene, there.value, step->width);
        case 'R':
                r = bus->ops->read(bus, PV_SPACE_PIO, scene->base + step->where, step->width, &value);
                break;
        default:
                r = load_number(bus, there, step->width, &value);
        }
        if (!r)
                o->value[o->n_values++] = value;
        return r;
}

static int
act(const PvScene *scene, const PvStep *steps, size_t n, PvObservation *o)
{
        PvBus *bus = scene->bus;
        int r, f;

        if (!(bus->caps & PV_BUS_GPA))
                return PV_E_UNSUPPORTED;
        r = bus->ops->gpa_alloc(bus, PV_PAGE_SIZE, PV_SHARED, &o->page);
        if (r)
                return r == PV_E_REFUSED ? PV_E_UNSUPPORTED : r;
        for (size_t i = 0; i < n && !r; i++)
                r = run_step(scene, &steps[i], o);
        f = bus->ops->gpa_free(bus, o->page);
        return r ? r : f;
}

/* What was read, in order, against what the steps say. */
static void
judge(const PvObservation *o, const PvStep *steps, size_t n, PvJudgement *ret_judgement)
{
        unsigned k = 0; /* below PV_N_VALUES: no script reads so much */

        ret_judgement->verdict = PV_PASS;
        for (size_t i = 0; i < n; i++) {
                const PvStep *s = &steps[i];
                bool port = s->action == 'R';

                if (!port && s->action != 'm')
                        continue;
                if (k < o->n_values && o->value[k] == s->value.arg) {
                        k++;
                        continue;
                }
                ret_judgement->verdict = PV_FAIL;
                snprintf(ret_judgement->expected, sizeof ret_judgement->expected, "0x%" PRIx64 " %s 0x%x",
                         s->value.arg, port ? "at port base +" : "at page +", s->where);
                snprintf(ret_judgement->actual, sizeof ret_judgement->actual, "0x%" PRIx64 "%s", o->value[k],
                         k < o->n_values ? "" : " (never read)");
                return;
        }
}

#define RULE(name)                                                                                           \
        int fwcfg_act_##name(const PvScene *scene, PvObservation *ret_observation)                           \
        {                                                                                                    \
                return act(scene, name##_steps, N(name##_steps), ret_observation);                           \
        }                                                                                                    \
        void fwcfg_judge_##name(const PvObservation *observation, PvJudgement *ret_judgement)                \
        {                                                                                                    \
                judge(observation, name##_steps, N(name##_steps), ret_judgement);                            \
        }

static const PvStep dma_read_steps[] = {
        SELECT(FWCFG_KEY_ID),
        DESCRIPTOR(0, KEY(FWCFG_KEY_SIGNATURE) | FWCFG_DMA_READ, 4),
        RING(0),
        EXPECT(4, 0, 0),
        EXPECT(4, DATA, QEMU_BE),
};
RULE(dma_read)

static const PvStep dma_zero_fill_steps[] = {
        STORE(8, DATA, ONES),
        STORE(8, DATA + 8, ONES),
        DESCRIPTOR(0, KEY(FWCFG_KEY_SIGNATURE) | FWCFG_DMA_READ, 12),
        RING(0),
        EXPECT(4, 0, 0),
        EXPECT(4, DATA, QEMU_BE),
        EXPECT(8, DATA + 4, 0),
        EXPECT(4, DATA + 12, UINT32_MAX),
};
RULE(dma_zero_fill)

static const PvStep dma_invalid_key_steps[] = {
        STORE(8, DATA, ONES),
        DESCRIPTOR(0, KEY(FWCFG_KEY_INVALID) | FWCFG_DMA_READ, 8),
        RING(0),
        EXPECT(4, 0, 0),
        EXPECT(8, DATA, 0),
};
RULE(dma_invalid_key)

static const PvStep dma_read_only_steps[] = {
        STORE(8, DATA, 0),
        DESCRIPTOR(0, KEY(FWCFG_KEY_SIGNATURE) | FWCFG_DMA_WRITE, 2),
        RING(0),
        EXPECT(4, 0, FWCFG_DMA_ERROR),
        SELECT(FWCFG_KEY_SIGNATURE),
        PORT('Q'),
        PORT('E'),
};
RULE(dma_read_only)

static const PvStep dma_refused_offset_steps[] = {
        SELECT(FWCFG_KEY_SIGNATURE),
        DESCRIPTOR(0, FWCFG_DMA_WRITE, 2),
        RING(0),
        EXPECT(4, 0, FWCFG_DMA_ERROR),
        PORT('M'),
};
RULE(dma_refused_offset)

static const PvStep dma_priority_steps[] = {
        STORE(8, DATA, ONES),
        DESCRIPTOR(0, KEY(FWCFG_KEY_SIGNATURE) | FWCFG_DMA_READ | FWCFG_DMA_WRITE | FWCFG_DMA_SKIP, 3),
        RING(0),
        EXPECT(4, 0, 0),
        EXPECT(4, DATA, UINT64_C(0x51454dff)),
        DESCRIPTOR(0, KEY(FWCFG_KEY_SIGNATURE) | FWCFG_DMA_WRITE | FWCFG_DMA_SKIP, 3),
        RING(0),
        EXPECT(4, 0, FWCFG_DMA_ERROR),
};
RULE(dma_priority)

/* The second skip would wrap an offset that had been let past the end, back to the first byte. */
static const PvStep dma_skip_steps[] = {
        DESCRIPTOR(0, KEY(FWCFG_KEY_SIGNATURE) | FWCFG_DMA_SKIP, 1),
        RING(0),
        EXPECT(4, 0, 0),
        PORT('E'),
        DESCRIPTOR(0, KEY(FWCFG_KEY_SIGNATURE) | FWCFG_DMA_SKIP, 100),
        RING(0),
        EXPECT(4, 0, 0),
        DESCRIPTOR(0, FWCFG_DMA_SKIP, 0xffffff9c),
        RING(0),
        EXPECT(4, 0, 0),
        PORT(0),
};
RULE(dma_skip)

static const PvStep dma_nothing_steps[] = {
        STORE(8, DATA, ONES),
        SELECT(FWCFG_KEY_ID),
        DESCRIPTOR(0, KEY(FWCFG_KEY_SIGNATURE), 4),
        RING(0),
        EXPECT(4, 0, 0),
        EXPECT(8, DATA, ONES),
        PORT('Q'),
};
RULE(dma_nothing)

/* A register that kept its value would point the second transfer at the first descriptor again. */
static const PvStep dma_address_steps[] = {
        DESCRIPTOR(0x800, KEY(FWCFG_KEY_ID) | FWCFG_DMA_READ, 4),
        RING(0x800),
        EXPECT(4, 0x800, 0),
        DESCRIPTOR(0, KEY(FWCFG_KEY_SIGNATURE) | FWCFG_DMA_READ, 4),
        RING_LOW(0),
        EXPECT(4, 0, 0),
        EXPECT(4, DATA, QEMU_BE),
};
RULE(dma_address)

static const PvStep dma_shared_offset_steps[] = {
        SELECT(FWCFG_KEY_SIGNATURE),
        PORT('Q'),
        DESCRIPTOR(0, FWCFG_DMA_READ, 2),
        RING(0),
        EXPECT(4, 0, 0),
        EXPECT(2, DATA, 0x454d),
        PORT('U'),
};
RULE(dma_shared_offset)
