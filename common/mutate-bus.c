/* SPDX-License-Identifier: MIT */
/* A bus around a consumer's bus: the consumer has one seeded bug in how it makes its accesses. */
#include "common/mutate.h"

#include <stdlib.h>
#include <string.h>

#include "common/wrap-bus.h"

typedef struct MutantBus {
        PvWrapBus wrap;
        PvMutation mutation;
        unsigned met; /* accesses that the bug would have touched */
        bool latch;     /* the last write at latch_offset matched */
        uint64_t taken; /* bytes read since then */
        PvGpa gone;     /* page that was given back too early; 0: none */
        struct {
                bool any;
                PvSpace space;
                uint64_t address, value;
                unsigned width;
        } held;
} MutantBus;

/* Is the bug of this kind, about accesses of n bytes, and does it show? */
static bool
is(MutantBus *m, PvMutationKind kind, size_t n)
{
        const PvMutation *t = &m->mutation;

        return t->kind == kind && (t->width == 0 || t->width == n) && m->met++ >= t->skip;
}

static bool
is_at(MutantBus *m, PvMutationKind kind, uint64_t address, unsigned width)
{
        return (m->mutation.offset == PV_ANYWHERE || m->mutation.offset == address) && is(m, kind, width);
}

static void
note_write(MutantBus *m, uint64_t address, uint64_t value)
{
        const PvMutation *t = &m->mutation;

        if (address != t->latch_offset)
                return;
        m->latch = (value & t->latch_mask) == t->latch_match;
        m->taken = 0;
}

/* n more bytes have been read from the latched item. */
static void
set_byte(MutantBus *m, uint8_t *bytes, size_t n)
{
        const uint64_t index = m->mutation.then - m->taken;

        m->taken += n;
        if (m->latch && index < n && m->mutation.kind == PV_MUTATE_BUS_BYTE_SET)
                bytes[index] = (uint8_t) m->mutation.operand;
}

static int
bus_read(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t *ret_value)
{
        MutantBus *m = (MutantBus *) bus;
        int r = m->wrap.inner->ops->read(m->wrap.inner, space, address, width, ret_value);

        if (!r && is_at(m, PV_MUTATE_BUS_READ_SET, address, width))
                *ret_value = pv_by_width(m->mutation.operand, width);
        if (!r && is_at(m, PV_MUTATE_BUS_READ_SWAP, address, width))
                *ret_value = pv_mutate_swapped(*ret_value, width);
        return r;
}

/* Makes the write that was held back, if there is one. */
static int
let_go(MutantBus *m)
{
        if (!m->held.any)
                return 0;
        m->held.any = false;
        return m->wrap.inner->ops->write(m->wrap.inner, m->held.space, m->held.address, m->held.width, m->held.value);
}

static int
bus_write(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t value)
{
        MutantBus *m = (MutantBus *) bus;
        bool matches = (value & m->mutation.mask) == m->mutation.match;
        int r;

        note_write(m, address, value);
        if (matches && is_at(m, PV_MUTATE_BUS_WRITE_DROP, address, width))
                return 0;
        if (matches && !m->held.any && is_at(m, PV_MUTATE_BUS_WRITE_HELD, address, width)) {
                m->held.any = true;
                m->held.space = space;
                m->held.address = address;
                m->held.width = width;
                m->held.value = value;
                return 0;
        }
        if (matches && is_at(m, PV_MUTATE_BUS_WRITE_SET, address, width))
                value = pv_by_width(m->mutation.operand, width);
        if (matches && is_at(m, PV_MUTATE_BUS_WRITE_SWAP, address, width))
                value = pv_mutate_swapped(value, width);
        if (matches && is_at(m, PV_MUTATE_BUS_WRITE_WIDTH, address, width))
                width = (unsigned) m->mutation.operand;
        r = m->wrap.inner->ops->write(m->wrap.inner, space, address, width, pv_by_width(value, width));
        return r ? r : let_go(m);
}

static int
bus_read_string(PvBus *bus, uint64_t port, void *ret_data, size_t n)
{
        MutantBus *m = (MutantBus *) bus;
        int r = m->wrap.inner->ops->read_string(m->wrap.inner, port, ret_data, n);

        if (!r && bus->guest == PV_GUEST_SEV && is(m, PV_MUTATE_BUS_REP, n))
                for (size_t i = 0; i < n; i++)
                        ((uint8_t *) ret_data)[i] ^= (uint8_t) (0x5a + i); /* decrypted, and never encrypted */
        if (!r && is(m, PV_MUTATE_BUS_STRING_SWAP, n))
                pv_mutate_reverse(ret_data, n);
        if (!r)
                set_byte(m, ret_data, n);
        return r;
}

static int
forgiven(MutantBus *m, int r, size_t n)
{
        return r > 0 && is(m, PV_MUTATE_BUS_FORGIVES, n) ? 0 : r;
}

/* A page is given back once, by whomever. */
static int
bus_gpa_free(PvBus *bus, PvGpa gpa)
{
        MutantBus *m = (MutantBus *) bus;
        const bool gone = gpa.value && gpa.value == m->gone.value;

        m->gone.value = 0;
        return gone ? 0 : pv_wrap_gpa_free(bus, gpa);
}

static int
bus_gpa_read(PvBus *bus, PvGpa gpa, void *ret_data, size_t n)
{
        MutantBus *m = (MutantBus *) bus;
        const PvGpa page = {gpa.value / PV_PAGE_SIZE * PV_PAGE_SIZE};
        int r = 0;

        if (is(m, PV_MUTATE_BUS_LOAD_LATE, n)) {
                r = pv_wrap_gpa_free(bus, page);
                m->gone = page;
        }
        r = r ? r : pv_wrap_gpa_read(bus, gpa, ret_data, n);
        if (!r && is(m, PV_MUTATE_BUS_LOAD_AGAIN, n))
                r = pv_wrap_gpa_read(bus, gpa, ret_data, n);
        if (!r && n > 0 && is(m, PV_MUTATE_BUS_LOAD_AND, n))
                ((uint8_t *) ret_data)[n - 1] &= (uint8_t) m->mutation.operand;
        if (!r && is(m, PV_MUTATE_BUS_LOAD_SWAP, n))
                pv_mutate_reverse(ret_data, n);
        return forgiven(m, r, n);
}

static int
bus_gpa_write(PvBus *bus, PvGpa gpa, const void *data, size_t n)
{
        MutantBus *m = (MutantBus *) bus;
        uint8_t bytes[64];

        if (n > sizeof bytes)
                return forgiven(m, pv_wrap_gpa_write(bus, gpa, data, n), n);
        memcpy(bytes, data, n);
        if (is(m, PV_MUTATE_BUS_STORE_SWAP, n))
                pv_mutate_reverse(bytes, n);
        if (m->mutation.then < n && is(m, PV_MUTATE_BUS_STORE_OR, n))
                bytes[m->mutation.then] |= (uint8_t) m->mutation.operand;
        return forgiven(m, pv_wrap_gpa_write(bus, gpa, bytes, n), n);
}

static void
bus_free(PvBus *bus)
{
        free(bus);
}

static const PvBusOps mutant_bus_ops = {
        .read = bus_read,
        .write = bus_write,
        .read_string = bus_read_string,
        .gpa_alloc = pv_wrap_gpa_alloc,
        .gpa_free = bus_gpa_free,
        .gpa_read = bus_gpa_read,
        .gpa_write = bus_gpa_write,
        .free = bus_free,
};

PvBus *
pv_mutate_bus_new(PvBus *inner, const PvMutation *mutation)
{
        MutantBus *m = calloc(1, sizeof *m);

        if (!m)
                return NULL;
        pv_wrap_init(&m->wrap, inner, &mutant_bus_ops);
        m->mutation = *mutation;
        return &m->wrap.bus;
}
