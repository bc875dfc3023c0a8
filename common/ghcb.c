/* SPDX-License-Identifier: MIT */
/* Both ends of the GHCB: the handler in the guest, and a host that may lie. */
#include "common/ghcb.h"

#include <stdlib.h>
#include <string.h>

#include "common/wrap-bus.h"

#define RESULT_EXCEPTION 1u
#define EVENT_EXCEPTION (1u << 31 | 3u << 8) /* valid, of type exception */

typedef struct GhcbBus {
        PvWrapBus wrap;
        PvMutation lie;
        PvGhcb page;
        unsigned met; /* exits that the lie would have touched */
        PvGuestSteps *steps;
} GhcbBus;

/* ---- the host ---- */

static bool
lies(GhcbBus *g, PvMutationKind kind)
{
        if (g->lie.kind != kind || g->met++ < g->lie.skip)
                return false;
        g->steps->lies_told++;
        return true;
}

static int
answer(GhcbBus *g)
{
        PvGhcb *page = &g->page;
        const uint64_t port = page->info1 >> PV_GHCB_PORT_SHIFT;
        const unsigned width = (unsigned) (page->info1 >> PV_GHCB_WIDTH_SHIFT) & 7u;
        uint64_t value = 0;
        int r;

        if (page->info1 & PV_GHCB_STRING)
                r = g->wrap.inner->ops->read_string(g->wrap.inner, port, page->buffer, page->info2);
        else if (page->info1 & PV_GHCB_IN)
                r = g->wrap.inner->ops->read(g->wrap.inner, PV_SPACE_PIO, port, width, &value);
        else
                r = g->wrap.inner->ops->write(g->wrap.inner, PV_SPACE_PIO, port, width, page->rax);
        page->rax = value;
        page->valid |= PV_GHCB_RAX;
        page->info1 = page->info2 = 0;
        return r;
}

static void
tamper(GhcbBus *g)
{
        if (lies(g, PV_MUTATE_GHCB_NO_RAX)) {
                g->page.valid &= ~(uint32_t) PV_GHCB_RAX;
        } else if (lies(g, PV_MUTATE_GHCB_RESULT)) {
                g->page.info1 = g->lie.operand;
        } else if (lies(g, PV_MUTATE_GHCB_VECTOR)) {
                g->page.info1 = RESULT_EXCEPTION;
                g->page.info2 = EVENT_EXCEPTION | g->lie.operand;
        } else if (lies(g, PV_MUTATE_GHCB_WIDE)) {
                g->page.rax |= g->lie.operand;
        }
}

/* What a request shows beyond what any host needs for it. */
static void
look(GhcbBus *g, uint64_t needed)
{
        const unsigned width = (unsigned) (g->page.info1 >> PV_GHCB_WIDTH_SHIFT) & 7u;
        const uint64_t beyond =
                g->page.info1 & PV_GHCB_IN ? g->page.rax : g->page.rax & ~pv_by_width(UINT64_MAX, width);

        g->steps->ghcb_exits++;
        g->steps->ghcb_excess += (uint64_t) __builtin_popcount(g->page.valid & ~(uint32_t) needed);
        g->steps->ghcb_excess += (uint64_t) __builtin_popcountll(beyond);
        g->steps->secrets_sent += (uint32_t) g->page.rax == PV_SECRET;
}

/* ---- the handler ---- */

/* The host may raise #VC itself: the exit code must be that of the instruction that stands there. */
static bool
is_of_port_access(GhcbBus *g)
{
        return !lies(g, PV_MUTATE_GHCB_EXIT_CODE) || g->lie.operand == PV_GHCB_EXIT_IOIO;
}

/* An exception ends firmware, even one that the host may raise: there is no handler for it. */
static int
check(const PvGhcb *page, bool scalar_in)
{
        const uint32_t result = (uint32_t) page->info1;

        if (result == RESULT_EXCEPTION)
                return PV_E_TERMINATED;
        if (result || (scalar_in && !(page->valid & PV_GHCB_RAX)))
                return PV_E_TERMINATED;
        return 0;
}

static int
request(GhcbBus *g, uint64_t port, unsigned width, uint32_t flags, uint64_t rax, uint64_t count)
{
        const uint32_t string = flags & PV_GHCB_STRING ? PV_GHCB_SCRATCH : 0;
        const uint32_t needed =
                PV_GHCB_CODE | PV_GHCB_INFO1 | PV_GHCB_INFO2 | (string ? string : PV_GHCB_RAX);
        int r;

        if (!is_of_port_access(g))
                return PV_E_TERMINATED;
        g->page.valid = needed;
        g->page.code = PV_GHCB_EXIT_IOIO;
        g->page.info1 = flags | (uint64_t) width << PV_GHCB_WIDTH_SHIFT | PV_GHCB_ADDRESS_64 |
                        port << PV_GHCB_PORT_SHIFT;
        g->page.info2 = count;
        g->page.rax = g->lie.kind == PV_MUTATE_GHCB_UNMASKED ? g->lie.operand | rax : rax;
        if (g->lie.kind == PV_MUTATE_GHCB_MORE_VALID)
                g->page.valid |= (uint32_t) g->lie.operand;
        look(g, needed);
        r = answer(g);
        tamper(g);
        return r ? r : check(&g->page, flags & PV_GHCB_IN && !string);
}

static int
ghcb_read(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t *ret_value)
{
        GhcbBus *g = (GhcbBus *) bus;
        int r;

        if (space != PV_SPACE_PIO || width > 4)
                return g->wrap.inner->ops->read(g->wrap.inner, space, address, width, ret_value);
        r = request(g, address, width, PV_GHCB_IN, 0, 0);
        if (!r)
                *ret_value = pv_by_width(g->page.rax, width); /* whatever the host put above it */
        return r;
}

static int
ghcb_write(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t value)
{
        GhcbBus *g = (GhcbBus *) bus;

        if (space != PV_SPACE_PIO || width > 4)
                return g->wrap.inner->ops->write(g->wrap.inner, space, address, width, value);
        return request(g, address, width, 0, pv_by_width(value, width), 0);
}

/* The buffer is copied once, and what is believed is the copy. */
static int
ghcb_read_string(PvBus *bus, uint64_t port, void *ret_data, size_t n)
{
        GhcbBus *g = (GhcbBus *) bus;
        uint8_t *data = ret_data;

        for (size_t done = 0; done < n;) {
                size_t piece = n - done < PV_GHCB_BUFFER ? n - done : PV_GHCB_BUFFER;
                int r = request(g, port, 1, PV_GHCB_IN | PV_GHCB_STRING | PV_GHCB_REP, 0, piece);

                if (r)
                        return r;
                memcpy(data + done, g->page.buffer, piece);
                if (lies(g, PV_MUTATE_GHCB_LATE))
                        memset(g->page.buffer, (int) g->lie.operand, piece);
                done += piece;
        }
        return 0;
}

static void
ghcb_free(PvBus *bus)
{
        GhcbBus *g = (GhcbBus *) bus;

        g->wrap.inner->ops->free(g->wrap.inner);
        free(g);
}

static const PvBusOps ghcb_ops = {
        .read = ghcb_read,
        .write = ghcb_write,
        .read_string = ghcb_read_string,
        .gpa_alloc = pv_wrap_gpa_alloc,
        .gpa_free = pv_wrap_gpa_free,
        .gpa_read = pv_wrap_gpa_read,
        .gpa_write = pv_wrap_gpa_write,
        .free = ghcb_free,
};

PvBus *
pv_ghcb_new(PvBus *inner, const PvMutation *lie, PvGuestSteps *steps)
{
        GhcbBus *g = calloc(1, sizeof *g);

        if (!g)
                abort();
        pv_wrap_init(&g->wrap, inner, &ghcb_ops);
        g->steps = steps;
        if (lie)
                g->lie = *lie;
        return &g->wrap.bus;
}
