/* SPDX-License-Identifier: MIT */
/* APIC ID encoding: one bit field per topology level. */
#include "common/topology.h"

/* Bits that hold the indices 0..n-1. */
static unsigned
field_width(uint32_t n)
{
        unsigned width = 0;

        for (uint32_t last = n - 1; last > 0; last >>= 1)
                width++;
        return width;
}

uint32_t
pv_topology_apic_id(const PvTopology *topology, uint32_t selector)
{
        const uint32_t level[] = {topology->threads, topology->cores, topology->dies};
        uint32_t rest = selector, id = 0;
        unsigned offset = 0;

        for (size_t i = 0; i < sizeof level / sizeof level[0]; i++) {
                id |= rest % level[i] << offset;
                rest /= level[i];
                offset += field_width(level[i]);
        }
        return id | (offset < 32 ? rest << offset : 0);
}

const char *
pv_topology_problem(const PvTopology *t)
{
        unsigned width;

        if (!t->cpus || !t->max_cpus || !t->sockets || !t->dies || !t->cores || !t->threads)
                return "every level of a topology must be at least 1";
        if (t->max_cpus > PV_CPUS_LIMIT)
                return "more than 1048576 possible CPUs are not supported";
        if (t->cpus > t->max_cpus)
                return "more CPUs present than possible";
        width = field_width(t->sockets) + field_width(t->dies) + field_width(t->cores) + field_width(t->threads);
        if (width > 32)
                return "the levels need more than the 32 bits of an APIC ID";
        return NULL;
}
