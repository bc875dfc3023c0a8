/* SPDX-License-Identifier: MIT */
/* A device around a device, with one seeded bug between them. */
#include "common/mutate-device.h"

#include <stdlib.h>
#include <string.h>

static bool
at(const PvDeviceMutant *m, uint64_t address, unsigned width)
{
        const PvMutation *t = &m->mutation;

        return (t->offset == PV_ANYWHERE || address - m->base == t->offset) &&
               (t->width == 0 || t->width == width);
}

static void
note_write(PvDeviceMutant *m, uint64_t address, unsigned width, uint64_t value)
{
        const PvMutation *t = &m->mutation;

        if (address - m->base != t->latch_offset)
                return;
        m->latch = (value & t->latch_mask) == t->latch_match;
        m->last = value;
        m->last_width = width;
        m->reads = 0;
}

static uint64_t
inner_read(PvDeviceMutant *m, PvSpace space, uint64_t address, unsigned width)
{
        return m->inner->read(m->state, space, address, width);
}

static void
inner_write(PvDeviceMutant *m, PvSpace space, uint64_t address, unsigned width, uint64_t value)
{
        m->inner->write(m->state, space, address, width, pv_by_width(value, width));
}

/* The extra write of the _THEN kinds. */
static void
then_write(PvDeviceMutant *m)
{
        inner_write(m, PV_SPACE_PIO, m->base + m->mutation.then, 1, m->mutation.operand);
}

/* The repetition of the _AHEAD, _UNDONE and _GROWS kinds. */
static void
repeat_last(PvDeviceMutant *m)
{
        const PvMutation *t = &m->mutation;

        if (m->last_width)
                inner_write(m, PV_SPACE_PIO, m->base + t->latch_offset, m->last_width, m->last + t->operand);
}

static bool
is_about_reads(PvMutationKind kind)
{
        return kind >= PV_MUTATE_READ_AND && kind <= PV_MUTATE_READ_THEN;
}

static uint64_t
mutant_read(void *state, PvSpace space, uint64_t address, unsigned width)
{
        PvDeviceMutant *m = state;
        const PvMutationKind kind = m->mutation.kind;
        uint64_t operand, value, nth;

        if (!is_about_reads(kind) || !at(m, address, width) || !pv_mutant_shows(m))
                return inner_read(m, space, address, width);
        operand = pv_mutant_operand(m);
        if (kind == PV_MUTATE_READ_TWICE)
                inner_read(m, space, address, width);
        if (kind == PV_MUTATE_READ_MOVED)
                address += operand;
        value = inner_read(m, space, address, width);
        if (kind == PV_MUTATE_READ_THEN)
                then_write(m);
        switch (kind) {
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
        case PV_MUTATE_READ_NTH_XOR:
                return pv_by_width(m->reads++ == m->mutation.then ? value ^ operand : value, width);
        case PV_MUTATE_READ_NTH_TEXT:
                nth = m->reads++ - m->mutation.then;
                return nth < operand ? (uint8_t) m->mutation.text[nth] : value;
        case PV_MUTATE_READ_ECHO:
                return pv_by_width(m->last, width);
        case PV_MUTATE_READ_SWAP:
                return pv_mutate_swapped(value, width);
        default:
                return value;
        }
}

/* Every byte of a string passes the seeded bug. */
static void
mutant_read_string(void *state, uint64_t port, uint8_t *ret_data, size_t n)
{
        PvDeviceMutant *m = state;
        const size_t reaches = pv_mutant_is(m, PV_MUTATE_STRING_SHORT) ? (size_t) m->mutation.operand : n;

        for (size_t i = 0; i < n; i++)
                ret_data[i] = i == 0 || i < reaches ? (uint8_t) mutant_read(m, PV_SPACE_PIO, port, 1) : ret_data[i - 1];
}

static bool
is_about_writes(PvMutationKind kind)
{
        return (kind >= PV_MUTATE_WRITE_DROP && kind <= PV_MUTATE_WRITE_READS) ||
               kind == PV_MUTATE_WRITE_EJECTS;
}

/* The write itself, as the bug has it. */
static void
mutated_write(PvDeviceMutant *m, PvSpace space, uint64_t address, unsigned width, uint64_t value)
{
        const PvMutation *t = &m->mutation;

        if (t->kind == PV_MUTATE_WRITE_DROP)
                return;
        if (t->kind == PV_MUTATE_WRITE_AND)
                value &= t->operand;
        else if (t->kind == PV_MUTATE_WRITE_OR)
                value |= t->operand;
        else if (t->kind == PV_MUTATE_WRITE_ADD)
                value += t->operand;
        else if (t->kind == PV_MUTATE_WRITE_SET)
                value = t->operand;
        else if (t->kind == PV_MUTATE_WRITE_SWAP)
                value = pv_mutate_swapped(value, width);
        else if (t->kind == PV_MUTATE_WRITE_MOVED)
                address += t->operand;
        else if (t->kind == PV_MUTATE_WRITE_WIDTH)
                width = (unsigned) t->operand;
        else if (t->kind == PV_MUTATE_WRITE_TWICE)
                inner_write(m, space, address, width, value);
        inner_write(m, space, address, width, value);
}

static void
before_write(PvDeviceMutant *m)
{
        if (m->mutation.kind == PV_MUTATE_WRITE_FIRST)
                then_write(m);
        if (m->mutation.kind == PV_MUTATE_WRITE_AHEAD)
                repeat_last(m);
}

static void
after_write(PvDeviceMutant *m, PvSpace space)
{
        const PvMutation *t = &m->mutation;
        const uint64_t then = m->base + t->then;

        if (t->kind == PV_MUTATE_WRITE_THEN)
                then_write(m);
        if (t->kind == PV_MUTATE_WRITE_UNDONE &&
            (inner_read(m, space, then, 1) & t->latch_mask) == t->latch_match)
                repeat_last(m);
        if (t->kind == PV_MUTATE_WRITE_GROWS && inner_read(m, space, then, 4) < m->last)
                repeat_last(m);
        if (t->kind == PV_MUTATE_WRITE_READS)
                inner_read(m, space, then, 1);
        if (t->kind == PV_MUTATE_WRITE_EJECTS)
                m->outer->ejected(m->outer->host, (uint32_t) t->operand);
}

static void
mutant_write(void *state, PvSpace space, uint64_t address, unsigned width, uint64_t value)
{
        PvDeviceMutant *m = state;
        const PvMutation *t = &m->mutation;

        if (!is_about_writes(t->kind) || !at(m, address, width) || (value & t->mask) != t->match ||
            !pv_mutant_shows(m)) {
                inner_write(m, space, address, width, value);
        } else {
                before_write(m);
                mutated_write(m, space, address, width, value);
                after_write(m, space);
        }
        note_write(m, address, width, value);
}

static void
recreate(PvDeviceMutant *m)
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
        PvDeviceMutant *m = state;

        if (pv_mutant_is(m, PV_MUTATE_RESET_DROP))
                return;
        m->inner->reset(m->state);
        if (pv_mutant_is(m, PV_MUTATE_RESET_THEN))
                then_write(m);
        if (pv_mutant_is(m, PV_MUTATE_RESET_RECREATE))
                recreate(m);
}

static int
mutant_plug(void *state, uint32_t selector)
{
        PvDeviceMutant *m = state;
        int r;

        m->had_event = true;
        if (pv_mutant_is(m, PV_MUTATE_PLUG_DROP))
                return 0;
        if (pv_mutant_is(m, PV_MUTATE_PLUG_ADD))
                selector += (uint32_t) m->mutation.operand;
        r = m->inner->plug ? m->inner->plug(m->state, selector) : 0;
        if (pv_mutant_is(m, PV_MUTATE_PLUG_THEN))
                then_write(m);
        return r;
}

static int
mutant_unplug_request(void *state, uint32_t selector)
{
        PvDeviceMutant *m = state;
        int r;

        m->had_event = true;
        if (pv_mutant_is(m, PV_MUTATE_UNPLUG_DROP))
                return 0;
        if (pv_mutant_is(m, PV_MUTATE_UNPLUG_ADD))
                selector += (uint32_t) m->mutation.operand;
        r = m->inner->unplug_request ? m->inner->unplug_request(m->state, selector) : PV_E_UNSUPPORTED;
        if (pv_mutant_is(m, PV_MUTATE_UNPLUG_THEN))
                then_write(m);
        return r;
}

static int
mutant_allows(void *state, bool plug, uint32_t selector)
{
        PvDeviceMutant *m = state;

        return m->inner->allows && !pv_mutant_is(m, PV_MUTATE_ALLOWS_ALL)
                       ? m->inner->allows(m->state, plug, selector)
                       : 0;
}

static void
mutant_unplugged(void *state, uint32_t selector)
{
        PvDeviceMutant *m = state;

        if (!pv_mutant_is(m, PV_MUTATE_UNPLUGGED_DROP) && m->inner->unplugged)
                m->inner->unplugged(m->state, selector);
}

static size_t
mutant_save(void *state, void *ret_image, size_t n)
{
        PvDeviceMutant *m = state;

        return m->inner->save && m->inner->load ? m->inner->save(m->state, ret_image, n) : 0;
}

static int
load_image(PvDeviceMutant *m, const void *image, size_t n)
{
        const size_t index = (size_t) m->mutation.then;
        uint8_t *garbled;
        int r;

        if (index >= n || !pv_mutant_is(m, PV_MUTATE_LOAD_XOR))
                return m->inner->load(m->state, image, n);
        garbled = malloc(n);
        if (!garbled)
                return PV_E_NO_MEMORY;
        memcpy(garbled, image, n);
        garbled[index] ^= (uint8_t) m->mutation.operand;
        r = m->inner->load(m->state, garbled, n);
        free(garbled);
        return r;
}

/* Into an inner device that is fresh; the bug migrates too. */
static int
mutant_load(void *state, const void *image, size_t n)
{
        PvDeviceMutant *m = state;
        int r;

        if (!m->inner->save || !m->inner->load)
                return 0;
        recreate(m);
        if (pv_mutant_is(m, PV_MUTATE_LOAD_RECREATE))
                return 0;
        r = load_image(m, image, n);
        if (pv_mutant_is(m, PV_MUTATE_LOAD_THEN))
                then_write(m);
        return r;
}

static void
mutant_free(void *state)
{
        PvDeviceMutant *m = state;

        m->inner->free(m->state);
        free(m);
}

void *
pv_mutate_device_create(const PvDeviceOps *inner, const PvMutation *mutation, uint64_t base,
                        const PvDeviceEnv *env, const char *revision)
{
        PvDeviceMutant *m = calloc(1, sizeof *m);

        if (!m)
                return NULL;
        m->inner = inner;
        m->mutation = *mutation;
        m->base = base;
        m->outer = env;
        m->revision = revision;
        m->env = pv_mutant_env(m);
        m->state = inner->create(&m->env, revision);
        if (!m->state) {
                free(m);
                return NULL;
        }
        if (pv_mutant_is(m, PV_MUTATE_CREATE_THEN))
                then_write(m);
        return m;
}

void
pv_mutate_device_count(void *state, uint64_t *told)
{
        ((PvDeviceMutant *) state)->told = told;
}

const PvDeviceOps pv_mutate_device = {
        .free = mutant_free,
        .reset = mutant_reset,
        .read = mutant_read,
        .write = mutant_write,
        .read_string = mutant_read_string,
        .plug = mutant_plug,
        .unplug_request = mutant_unplug_request,
        .unplugged = mutant_unplugged,
        .allows = mutant_allows,
        .save = mutant_save,
        .load = mutant_load,
};
