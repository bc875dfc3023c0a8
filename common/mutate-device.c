/* SPDX-License-Identifier: MIT */
/* A device around a device, with one seeded bug between them. */
#include "common/mutate.h"

#include <stdlib.h>
#include <string.h>

typedef struct Mutant {
        const PvDeviceOps *inner;
        void *state;
        PvMutation mutation;
        uint64_t base;
        PvDeviceEnv env;        /* what the inner device is given */
        const PvDeviceEnv *outer; /* what we were given */
        const char *revision;
} Mutant;

static bool
at(const Mutant *m, uint64_t address, unsigned width)
{
        const PvMutation *t = &m->mutation;

        return (t->offset == PV_ANYWHERE || address - m->base == t->offset) && (t->width == 0 || t->width == width);
}

static uint64_t
inner_read(Mutant *m, PvSpace space, uint64_t address, unsigned width)
{
        return m->inner->read(m->state, space, address, width);
}

static uint64_t
mutant_read(void *state, PvSpace space, uint64_t address, unsigned width)
{
        Mutant *m = state;
        const uint64_t operand = m->mutation.operand;
        bool here = at(m, address, width);
        uint64_t value;

        if (here && m->mutation.kind == PV_MUTATE_READ_TWICE)
                inner_read(m, space, address, width);
        if (here && m->mutation.kind == PV_MUTATE_READ_MOVED)
                address += operand;
        value = inner_read(m, space, address, width);
        if (!here)
                return value;
        switch (m->mutation.kind) {
        case PV_MUTATE_READ_AND:
                return value & operand;
        case PV_MUTATE_READ_OR:
                return pv_by_width(value | operand, width);
        case PV_MUTATE_READ_XOR:
                return pv_by_width(value ^ operand, width);
        case PV_MUTATE_READ_ADD:
                return pv_by_width(value + operand, width);
        case PV_MUTATE_READ_SET:
                return pv_by_width(operand, width);
        default:
                return value;
        }
}

static void
inner_write(Mutant *m, PvSpace space, uint64_t address, unsigned width, uint64_t value)
{
        m->inner->write(m->state, space, address, width, pv_by_width(value, width));
}

static void
mutant_write(void *state, PvSpace space, uint64_t address, unsigned width, uint64_t value)
{
        Mutant *m = state;
        const PvMutation *t = &m->mutation;
        PvMutationKind kind = at(m, address, width) && (value & t->mask) == t->match ? t->kind : PV_MUTATE_NOTHING;

        if (kind == PV_MUTATE_WRITE_DROP)
                return;
        if (kind == PV_MUTATE_WRITE_AND)
                value &= t->operand;
        else if (kind == PV_MUTATE_WRITE_OR)
                value |= t->operand;
        else if (kind == PV_MUTATE_WRITE_ADD)
                value += t->operand;
        else if (kind == PV_MUTATE_WRITE_SET)
                value = t->operand;
        else if (kind == PV_MUTATE_WRITE_WIDTH)
                width = (unsigned) t->operand;
        else if (kind == PV_MUTATE_WRITE_TWICE)
                inner_write(m, space, address, width, value);
        inner_write(m, space, address, width, value);
        if (kind == PV_MUTATE_WRITE_THEN)
                inner_write(m, space, m->base + t->then, 1, t->operand);
        if (kind == PV_MUTATE_WRITE_EJECTS)
                m->outer->ejected(m->outer->host, (uint32_t) t->operand);
}

static void
recreate(Mutant *m)
{
        void *fresh = m->inner->create(&m->env, m->revision);

        if (!fresh)
                return;
        m->inner->free(m->state);
        m->state = fresh;
}

static void
mutant_reset(void *state)
{
        Mutant *m = state;

        if (m->mutation.kind != PV_MUTATE_RESET_DROP)
                m->inner->reset(m->state);
        if (m->mutation.kind == PV_MUTATE_RESET_THEN)
                inner_write(m, PV_SPACE_PIO, m->base + m->mutation.then, 1, m->mutation.operand);
        if (m->mutation.kind == PV_MUTATE_RESET_RECREATE)
                recreate(m);
}

static int
mutant_plug(void *state, uint32_t selector)
{
        Mutant *m = state;

        if (m->mutation.kind == PV_MUTATE_PLUG_DROP)
                return 0;
        if (m->mutation.kind == PV_MUTATE_PLUG_ADD)
                selector += (uint32_t) m->mutation.operand;
        return m->inner->plug(m->state, selector);
}

static int
mutant_unplug_request(void *state, uint32_t selector)
{
        Mutant *m = state;

        return m->mutation.kind == PV_MUTATE_UNPLUG_DROP ? 0 : m->inner->unplug_request(m->state, selector);
}

static void
mutant_unplugged(void *state, uint32_t selector)
{
        Mutant *m = state;

        if (m->mutation.kind != PV_MUTATE_UNPLUGGED_DROP)
                m->inner->unplugged(m->state, selector);
}

static size_t
mutant_save(void *state, void *ret_image, size_t n)
{
        Mutant *m = state;

        return m->inner->save(m->state, ret_image, n);
}

static int
mutant_load(void *state, const void *image, size_t n)
{
        Mutant *m = state;

        return m->inner->load(m->state, image, n);
}

static void
mutant_free(void *state)
{
        Mutant *m = state;

        m->inner->free(m->state);
        free(m);
}

/* The environment of the inner device: the same machine, seen through the bug. */

static int
env_dma_read(void *host, PvGpa gpa, void *ret_data, size_t n)
{
        Mutant *m = host;

        if (m->mutation.kind == PV_MUTATE_DMA_READ_FAIL)
                return PV_E_REFUSED;
        return m->outer->dma_read(m->outer->host, gpa, ret_data, n);
}

static int
env_dma_write(void *host, PvGpa gpa, const void *data, size_t n)
{
        Mutant *m = host;
        const PvMutation *t = &m->mutation;
        bool here = t->width == 0 || t->width == n;
        uint8_t first;
        int r;

        if (here && t->kind == PV_MUTATE_DMA_WRITE_DROP)
                return 0;
        r = m->outer->dma_write(m->outer->host, gpa, data, n);
        if (r || !here || n == 0 || t->kind != PV_MUTATE_DMA_WRITE_XOR)
                return r;
        first = (uint8_t) (*(const uint8_t *) data ^ t->operand);
        return m->outer->dma_write(m->outer->host, gpa, &first, 1);
}

static void
env_notify(void *host, PvNotice notice)
{
        Mutant *m = host;

        m->outer->notify(m->outer->host, notice);
}

static void
env_ejected(void *host, uint32_t selector)
{
        Mutant *m = host;

        if (m->mutation.kind == PV_MUTATE_EJECTED_DROP)
                return;
        if (m->mutation.kind == PV_MUTATE_EJECTED_ADD)
                selector += (uint32_t) m->mutation.operand;
        m->outer->ejected(m->outer->host, selector);
}

static void
env_ost(void *host, uint32_t selector, uint32_t event, uint32_t status)
{
        Mutant *m = host;

        if (m->mutation.kind == PV_MUTATE_OST_DROP)
                return;
        if (m->mutation.kind == PV_MUTATE_OST_SWAP)
                m->outer->ost(m->outer->host, selector, status, event);
        else
                m->outer->ost(m->outer->host, selector, event, status);
}

static void
env_log(void *host, const char *line)
{
        Mutant *m = host;

        m->outer->log(m->outer->host, line);
}

void *
pv_mutate_device_create(const PvDeviceOps *inner, const PvMutation *mutation, uint64_t base, const PvDeviceEnv *env,
                        const char *revision)
{
        Mutant *m = calloc(1, sizeof *m);

        if (!m)
                return NULL;
        m->inner = inner;
        m->mutation = *mutation;
        m->base = base;
        m->outer = env;
        m->revision = revision;
        m->env = *env;
        m->env.host = m;
        m->env.dma_read = env_dma_read;
        m->env.dma_write = env_dma_write;
        m->env.notify = env_notify;
        m->env.ejected = env_ejected;
        m->env.ost = env_ost;
        m->env.log = env_log;
        m->state = inner->create(&m->env, revision);
        if (m->state)
                return m;
        free(m);
        return NULL;
}

/* No read_string: every byte of a string passes the seeded bug. */
const PvDeviceOps pv_mutate_device = {
        .free = mutant_free,
        .reset = mutant_reset,
        .read = mutant_read,
        .write = mutant_write,
        .plug = mutant_plug,
        .unplug_request = mutant_unplug_request,
        .unplugged = mutant_unplugged,
        .save = mutant_save,
        .load = mutant_load,
};
