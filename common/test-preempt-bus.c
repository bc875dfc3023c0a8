/* SPDX-License-Identifier: MIT */
/* The preempting bus: between which accesses the other agent comes, and what the reader gets all the same. */
#undef NDEBUG
#include <assert.h>
#include <string.h>

#include "common/preempt-bus.h"

/* A device that counts: each byte read is one more than the last, and a write sets the count. */
typedef struct Counter {
        PvBus bus;
        uint8_t count;
        unsigned strings, loads;
} Counter;

static int
counter_read(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t *ret_value)
{
        Counter *c = (Counter *) bus;

        (void) space;
        (void) address;
        (void) width;
        *ret_value = c->count++;
        return 0;
}

static int
counter_write(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t value)
{
        (void) space;
        (void) address;
        (void) width;
        ((Counter *) bus)->count = (uint8_t) value;
        return 0;
}

static int
counter_string(PvBus *bus, uint64_t port, void *ret_data, size_t n)
{
        Counter *c = (Counter *) bus;

        (void) port;
        c->strings++;
        for (size_t i = 0; i < n; i++)
                ((uint8_t *) ret_data)[i] = c->count++;
        return 0;
}

static int
counter_load(PvBus *bus, PvGpa gpa, void *ret_data, size_t n)
{
        (void) gpa;
        memset(ret_data, ++((Counter *) bus)->loads, n);
        return 0;
}

static const PvBusOps counter_ops = {
        .read = counter_read,
        .write = counter_write,
        .read_string = counter_string,
        .gpa_read = counter_load,
};

/* The other: moves the count far away. */
static int
intrude(void *data)
{
        return counter_write(data, PV_SPACE_PIO, 0, 1, 100);
}

static int
end(void *data)
{
        (void) data;
        return PV_E_TERMINATED;
}

static void
test_string(void)
{
        static const uint8_t alone[] = {0, 1, 2, 3, 4}, split[] = {0, 1, 100, 101, 102};
        Counter counter = {.bus = {.ops = &counter_ops}};
        PvPreemptBus preempt;
        PvBus *bus = &preempt.wrap.bus;
        uint8_t bytes[5];

        pv_preempt_init(&preempt, &counter.bus, intrude, &counter);
        assert(!bus->ops->read_string(bus, 0, bytes, sizeof bytes));
        assert(!memcmp(bytes, alone, sizeof bytes) && preempt.made == 5 && counter.strings == 1);
        counter.count = 0;
        pv_preempt_arm(&preempt, 2);
        assert(!bus->ops->read_string(bus, 0, bytes, sizeof bytes));
        assert(!memcmp(bytes, split, sizeof bytes) && preempt.made == 5 && counter.strings == 3);
}

/* It comes once, behind the access that was counted, and not before. */
static void
test_scalar(void)
{
        Counter counter = {.bus = {.ops = &counter_ops}};
        PvPreemptBus preempt;
        PvBus *bus = &preempt.wrap.bus;
        uint32_t value = 0;
        uint8_t byte = 0;

        pv_preempt_init(&preempt, &counter.bus, intrude, &counter);
        pv_preempt_arm(&preempt, 3);
        assert(!pv_bus_out(bus, 0, 1, 7) && !pv_bus_in(bus, 0, 1, &value) && value == 7);
        assert(!bus->ops->gpa_read(bus, (PvGpa){0}, &byte, 1) && byte == 1 && counter.count == 100);
        assert(!pv_bus_in(bus, 0, 1, &value) && value == 100 && preempt.made == 4);
        pv_preempt_arm(&preempt, 0);
        assert(!pv_bus_out(bus, 0, 1, 7) && counter.count == 7 && preempt.made == 1);
}

/* What ends the other ends the interrupted access too, whose output is left alone. */
static void
test_fatal(void)
{
        Counter counter = {.bus = {.ops = &counter_ops}};
        PvPreemptBus preempt;
        PvBus *bus = &preempt.wrap.bus;
        uint32_t value = 42;

        pv_preempt_init(&preempt, &counter.bus, end, NULL);
        pv_preempt_arm(&preempt, 1);
        assert(pv_bus_in(bus, 0, 1, &value) == PV_E_TERMINATED && value == 42);
}

int
main(void)
{
        test_string();
        test_scalar();
        test_fatal();
        return 0;
}
