/* SPDX-License-Identifier: MIT */
/* The counting bus. */
#include "common/trace.h"

#define MAX_RANGES 16

/* PCI configuration mechanism #1: firmware reads the host bridge there to find a device's base. */
#define PLATFORM_FIRST 0xcf8u
#define PLATFORM_LENGTH 8u

typedef struct Access {
        char letter; /* R, W, S: as in a trace; M, m: guest memory */
        PvSpace space;
        unsigned width;
        uint64_t address, value;
} Access;

struct PvTrace {
        PvBus bus;
        PvBus *below;
        PvRange range[MAX_RANGES];
        unsigned n_ranges;
        PvCounts counts;
        uint64_t total, budget;
        PvGuestSteps steps; /* of the bus when counting began */
        Access tail[PV_TRACE_TAIL];
        uint64_t n_tail;
};

static void
remember(PvTrace *t, char letter, PvSpace space, unsigned width, uint64_t address, uint64_t value)
{
        t->tail[t->n_tail++ % PV_TRACE_TAIL] = (Access){letter, space, width, address, value};
}

static gboolean
exhausted(PvTrace *t, uint64_t accesses)
{
        t->total += accesses;
        return t->budget && t->total > t->budget;
}

static gboolean
is_platform(PvSpace space, uint64_t address)
{
        return space == PV_SPACE_PIO && address - PLATFORM_FIRST < PLATFORM_LENGTH;
}

static gboolean
is_doorbell(const PvTrace *t, PvSpace space, uint64_t address)
{
        for (unsigned i = 0; i < t->n_ranges; i++)
                if (t->range[i].doorbell == address && t->range[i].space == space && address)
                        return TRUE;
        return FALSE;
}

static void
count_steps(PvTrace *t)
{
        if (t->bus.guest_steps && t->bus.guest != PV_GUEST_PLAIN)
                pv_words_since(t->bus.guest_steps, &t->steps, &t->counts.guest, sizeof t->steps);
}

static int
trace_read(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t *ret_value)
{
        PvTrace *t = (PvTrace *) bus;
        uint64_t value = 0;
        int r;

        if (exhausted(t, 1))
                return PV_E_BUDGET;
        r = t->below->ops->read(t->below, space, address, width, &value);
        if (r)
                return r;
        if (is_platform(space, address))
                t->counts.platform++;
        else
                t->counts.reads++;
        count_steps(t);
        remember(t, 'R', space, width, address, value);
        *ret_value = value;
        return 0;
}

static int
trace_write(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t value)
{
        PvTrace *t = (PvTrace *) bus;
        int r;

        if (exhausted(t, 1))
                return PV_E_BUDGET;
        if (is_platform(space, address))
                t->counts.platform++;
        else
                t->counts.writes++;
        t->counts.doorbells += is_doorbell(t, space, address);
        remember(t, 'W', space, width, address, value);
        r = t->below->ops->write(t->below, space, address, width, value);
        count_steps(t);
        return r;
}

static int
trace_read_string(PvBus *bus, uint64_t port, void *ret_data, size_t n)
{
        PvTrace *t = (PvTrace *) bus;
        int r;

        if (exhausted(t, n))
                return PV_E_BUDGET;
        t->counts.strings++;
        t->counts.string_bytes += n;
        remember(t, 'S', PV_SPACE_PIO, 1, port, n);
        r = t->below->ops->read_string(t->below, port, ret_data, n);
        count_steps(t);
        return r;
}

static int
trace_gpa_alloc(PvBus *bus, size_t n, PvSharing sharing, PvGpa *ret_gpa)
{
        PvTrace *t = (PvTrace *) bus;
        int r = t->below->ops->gpa_alloc(t->below, n, sharing, ret_gpa);

        if (!r && sharing == PV_SHARED && bus->guest != PV_GUEST_PLAIN)
                t->counts.shared_pages += (n + PV_PAGE_SIZE - 1) / PV_PAGE_SIZE;
        count_steps(t);
        return r;
}

static int
trace_gpa_free(PvBus *bus, PvGpa gpa)
{
        PvTrace *t = (PvTrace *) bus;
        int r = t->below->ops->gpa_free(t->below, gpa);

        count_steps(t);
        return r;
}

static int
trace_gpa_read(PvBus *bus, PvGpa gpa, void *ret_data, size_t n)
{
        PvTrace *t = (PvTrace *) bus;
        int r;

        if (exhausted(t, 1))
                return PV_E_BUDGET;
        t->counts.gpa_bytes += n;
        remember(t, 'm', PV_SPACE_MMIO, (unsigned) n, gpa.value, 0);
        r = t->below->ops->gpa_read(t->below, gpa, ret_data, n);
        count_steps(t);
        return r;
}

static int
trace_gpa_write(PvBus *bus, PvGpa gpa, const void *data, size_t n)
{
        PvTrace *t = (PvTrace *) bus;
        int r;

        if (exhausted(t, 1))
                return PV_E_BUDGET;
        t->counts.gpa_bytes += n;
        remember(t, 'M', PV_SPACE_MMIO, (unsigned) n, gpa.value, 0);
        r = t->below->ops->gpa_write(t->below, gpa, data, n);
        count_steps(t);
        return r;
}

static void
trace_free(PvBus *bus)
{
        PvTrace *t = (PvTrace *) bus;

        t->below->ops->free(t->below);
        g_free(t);
}

static const PvBusOps trace_ops = {
        .read = trace_read,
        .write = trace_write,
        .read_string = trace_read_string,
        .gpa_alloc = trace_gpa_alloc,
        .gpa_free = trace_gpa_free,
        .gpa_read = trace_gpa_read,
        .gpa_write = trace_gpa_write,
        .free = trace_free,
};

PvTrace *
pv_trace_new(PvBus *below, const PvRange *ranges, unsigned n_ranges, uint64_t budget)
{
        PvTrace *t = g_new0(PvTrace, 1);

        t->bus = *below;
        t->bus.ops = &trace_ops;
        t->below = below;
        t->budget = budget;
        for (; t->n_ranges < MIN(n_ranges, MAX_RANGES); t->n_ranges++)
                t->range[t->n_ranges] = ranges[t->n_ranges];
        return t;
}

PvBus *
pv_trace_bus(PvTrace *trace)
{
        return &trace->bus;
}

const PvCounts *
pv_trace_counts(const PvTrace *trace)
{
        return &trace->counts;
}

void
pv_trace_reset_counts(PvTrace *trace)
{
        trace->counts = (PvCounts){0};
        if (trace->bus.guest_steps)
                trace->steps = *trace->bus.guest_steps;
}

uint64_t
pv_trace_budget(const PvTrace *trace)
{
        return trace->budget;
}

static void
add_port(PvTrace *t, const PvPortCount *port)
{
        t->total += port->units;
        if (port->kind == PV_PORT_STRING) {
                t->counts.strings += port->times;
                t->counts.string_bytes += port->units;
        } else if (is_platform(PV_SPACE_PIO, port->port)) {
                t->counts.platform += port->units;
        } else if (port->kind == PV_PORT_OUT) {
                t->counts.writes += port->units;
                t->counts.doorbells += is_doorbell(t, PV_SPACE_PIO, port->port) ? port->units : 0;
        } else {
                t->counts.reads += port->units;
        }
}

void
pv_trace_add(PvTrace *t, const PvPortCounts *ports, uint64_t gpa_bytes)
{
        t->counts.gpa_bytes += gpa_bytes;
        for (uint32_t i = 0; ports && i < ports->n; i++)
                add_port(t, &ports->count[i]);
}

static char *
format(const Access *a)
{
        if (a->letter == 'S')
                return g_strdup_printf("# %" G_GUINT64_FORMAT " bytes by string from 0x%04" G_GINT64_MODIFIER
                                       "x",
                                       (guint64) a->value, (guint64) a->address);
        if (a->letter == 'M' || a->letter == 'm')
                return g_strdup_printf("# %s of %u bytes at 0x%" G_GINT64_MODIFIER "x",
                                       a->letter == 'M' ? "store" : "load", a->width, (guint64) a->address);
        return g_strdup_printf("%c 0x%04" G_GINT64_MODIFIER "x %u 0x%0*" G_GINT64_MODIFIER "x", a->letter,
                               (guint64) a->address, a->width, (int) a->width * 2, (guint64) a->value);
}

static char *
format_qtest(const Access *a)
{
        static const char *const verbs[2][2] = {{"in", "out"}, {"read", "write"}};
        gboolean store = a->letter == 'W';
        char width = a->width == 1 ? 'b' : a->width == 2 ? 'w' : 'l';
        g_autofree char *value = NULL;

        if (a->letter != 'R' && !store)
                return NULL;
        value = store ? g_strdup_printf(" 0x%" G_GINT64_MODIFIER "x", (guint64) a->value) : g_strdup("");
        return g_strdup_printf("%s%c 0x%" G_GINT64_MODIFIER "x%s", verbs[a->space == PV_SPACE_MMIO][store],
                               width, (guint64) a->address, value);
}

static GPtrArray *
format_tail(const PvTrace *t, char *(*one)(const Access *) )
{
        GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
        uint64_t first = t->n_tail > PV_TRACE_TAIL ? t->n_tail - PV_TRACE_TAIL : 0;

        for (uint64_t i = first; i < t->n_tail; i++) {
                char *line = one(&t->tail[i % PV_TRACE_TAIL]);

                if (line)
                        g_ptr_array_add(lines, line);
        }
        return lines;
}

GPtrArray *
pv_trace_tail(const PvTrace *t)
{
        return format_tail(t, format);
}

GPtrArray *
pv_trace_qtest(const PvTrace *t)
{
        return format_tail(t, format_qtest);
}
