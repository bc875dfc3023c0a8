/* SPDX-License-Identifier: MIT */
/* The preempting bus: whoever is on it does not know, and whoever comes in between is on the bus below. */
#include "common/preempt-bus.h"

static int
made(PvPreemptBus *p, uint64_t accesses)
{
        p->made += accesses;
        return p->made == p->after ? p->intrude(p->data) : 0;
}

static int
preempt_read(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t *ret_value)
{
        PvPreemptBus *p = (PvPreemptBus *) bus;
        uint64_t value = 0;
        int r = p->wrap.inner->ops->read(p->wrap.inner, space, address, width, &value);

        r = r ? r : made(p, 1);
        if (!r)
                *ret_value = value;
        return r;
}

static int
preempt_write(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t value)
{
        PvPreemptBus *p = (PvPreemptBus *) bus;
        int r = p->wrap.inner->ops->write(p->wrap.inner, space, address, width, value);

        return r ? r : made(p, 1);
}

/* How much of a string of n bytes comes before the interruption. */
static size_t
piece_of(const PvPreemptBus *p, size_t n)
{
        return p->after > p->made && p->after - p->made < n ? (size_t) (p->after - p->made) : n;
}

static int
preempt_read_string(PvBus *bus, uint64_t port, void *ret_data, size_t n)
{
        PvPreemptBus *p = (PvPreemptBus *) bus;
        uint8_t *bytes = ret_data;
        int r = 0;

        while (n > 0 && !r) {
                const size_t piece = piece_of(p, n);

                r = p->wrap.inner->ops->read_string(p->wrap.inner, port, bytes, piece);
                r = r ? r : made(p, piece);
                bytes += piece;
                n -= piece;
        }
        return r;
}

static int
preempt_gpa_read(PvBus *bus, PvGpa gpa, void *ret_data, size_t n)
{
        int r = pv_wrap_gpa_read(bus, gpa, ret_data, n);

        return r ? r : made((PvPreemptBus *) bus, 1);
}

static int
preempt_gpa_write(PvBus *bus, PvGpa gpa, const void *data, size_t n)
{
        int r = pv_wrap_gpa_write(bus, gpa, data, n);

        return r ? r : made((PvPreemptBus *) bus, 1);
}

/* It is its owner's memory. */
static void
preempt_free(PvBus *bus)
{
        (void) bus;
}

static const PvBusOps preempt_bus_ops = {
        .read = preempt_read,
        .write = preempt_write,
        .read_string = preempt_read_string,
        .gpa_alloc = pv_wrap_gpa_alloc,
        .gpa_free = pv_wrap_gpa_free,
        .gpa_read = preempt_gpa_read,
        .gpa_write = preempt_gpa_write,
        .free = preempt_free,
};

void
pv_preempt_init(PvPreemptBus *preempt, PvBus *inner, PvIntrusion *intrude, void *data)
{
        *preempt = (PvPreemptBus){.intrude = intrude, .data = data};
        pv_wrap_init(&preempt->wrap, inner, &preempt_bus_ops);
}

void
pv_preempt_arm(PvPreemptBus *preempt, uint64_t after)
{
        preempt->made = 0;
        preempt->after = after;
}
