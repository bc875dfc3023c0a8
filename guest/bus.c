/* SPDX-License-Identifier: MIT */
/* The bus of a consumer that runs in the guest. */
#include "guest/guest.h"

#include "common/port.h"

static int
count(GuestBus *g, PvSpace space, uint64_t port, unsigned width, PvPortKind kind, uint32_t units)
{
        g->accesses += units;
        if (g->budget && g->accesses > g->budget)
                return PV_E_BUDGET;
        if (space == PV_SPACE_PIO)
                guest_count((uint32_t) port, width, kind, units);
        return 0;
}

static int
guest_read(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t *ret_value)
{
        int r = count((GuestBus *) bus, space, address, width, PV_PORT_IN, 1);

        if (r)
                return r;
        *ret_value = space == PV_SPACE_PIO ? pv_port_in((uint16_t) address, width)
                                           : pv_memory_in((uintptr_t) address, width);
        return 0;
}

static int
guest_write(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t value)
{
        int r = count((GuestBus *) bus, space, address, width, PV_PORT_OUT, 1);

        if (r)
                return r;
        if (space == PV_SPACE_PIO)
                pv_port_out((uint16_t) address, width, (uint32_t) value);
        else
                pv_memory_out((uintptr_t) address, width, (uint32_t) value);
        return 0;
}

static int
guest_read_string(PvBus *bus, uint64_t port, void *ret_data, size_t n)
{
        int r = count((GuestBus *) bus, PV_SPACE_PIO, port, 1, PV_PORT_STRING, (uint32_t) n);

        if (!r)
                pv_port_in_string((uint16_t) port, ret_data, n);
        return r;
}

/* Whoever shares it: a plain guest's memory is all the host's to see. */
static int
guest_gpa_alloc(PvBus *bus, size_t n, PvSharing sharing, PvGpa *ret_gpa)
{
        GuestBus *g = (GuestBus *) bus;
        uint32_t size = ((uint32_t) n + PV_PAGE_SIZE - 1) & ~(PV_PAGE_SIZE - 1);

        (void) sharing;
        if (n > g->end - g->arena || size > g->end - g->next)
                return PV_E_NO_MEMORY;
        ret_gpa->value = g->next;
        g->next += size;
        g->live++;
        __builtin_memset((void *) (uintptr_t) ret_gpa->value, 0, size);
        return 0;
}

static int
guest_gpa_free(PvBus *bus, PvGpa gpa)
{
        GuestBus *g = (GuestBus *) bus;

        if (gpa.value < g->arena || gpa.value >= g->next || !g->live)
                return PV_E_REFUSED;
        if (--g->live == 0)
                g->next = g->arena;
        return 0;
}

static int
guest_gpa_read(PvBus *bus, PvGpa gpa, void *ret_data, size_t n)
{
        ((GuestBus *) bus)->gpa_bytes += (uint32_t) n;
        __builtin_memcpy(ret_data, (const void *) (uintptr_t) gpa.value, n);
        return 0;
}

static int
guest_gpa_write(PvBus *bus, PvGpa gpa, const void *data, size_t n)
{
        ((GuestBus *) bus)->gpa_bytes += (uint32_t) n;
        __builtin_memcpy((void *) (uintptr_t) gpa.value, data, n);
        return 0;
}

/* The guest ends with its machine. */
static void
guest_free(PvBus *bus)
{
        (void) bus;
}

void
guest_bus_init(GuestBus *g, uint32_t arena, uint32_t end)
{
        static const PvBusOps ops = {
                .read = guest_read,
                .write = guest_write,
                .read_string = guest_read_string,
                .gpa_alloc = guest_gpa_alloc,
                .gpa_free = guest_gpa_free,
                .gpa_read = guest_gpa_read,
                .gpa_write = guest_gpa_write,
                .free = guest_free,
        };

        *g = (GuestBus){
                .bus = {.ops = &ops, .caps = PV_BUS_PIO | PV_BUS_STRING | PV_BUS_GPA | PV_BUS_SHARE},
                .arena = arena,
                .next = arena,
                .end = end,
        };
}
