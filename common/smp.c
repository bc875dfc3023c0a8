/* SPDX-License-Identifier: MIT */
/* The -smp option: parse, fill in, check. */
#include "common/smp.h"

#include <string.h>

#include "common/error.h"

enum { CPUS, MAXCPUS, SOCKETS, DIES, CLUSTERS, CORES, THREADS, N_KEYS };

static const char *const keys[N_KEYS] = {"cpus", "maxcpus", "sockets", "dies", "clusters", "cores", "threads"};

static gboolean
refuse(GError **error, const char *text, const char *why)
{
        g_set_error(error, PV_ERROR, PV_ERROR_USAGE, "--smp %s: %s; write for example --smp %s", text, why,
                    "2,maxcpus=12,sockets=2,dies=1,cores=3,threads=2");
        return FALSE;
}

/* One `key=number`, or a bare number in first place: cpus. 0 stands for "not given". */
static gboolean
parse_item(const char *text, char *item, gboolean first, guint64 *value, GError **error)
{
        g_autofree char *why = NULL;
        char *equals = strchr(item, '=');
        const char *number = equals ? equals + 1 : item;
        guint64 parsed = 0;
        int key = CPUS;

        if (equals) {
                *equals = '\0';
                for (key = 0; key < N_KEYS && strcmp(keys[key], item); key++)
                        ;
        }
        if (key == N_KEYS || (!equals && !first))
                why = g_strdup_printf("'%s' is not a level of the topology", item);
        else if (!g_ascii_string_to_unsigned(number, 10, 0, G_MAXUINT32, &parsed, NULL))
                why = g_strdup_printf("%s '%s' is not a whole number", keys[key], number);
        else if (parsed == 0)
                why = g_strdup_printf("%s must be at least 1", keys[key]);
        if (why)
                return refuse(error, text, why);
        value[key] = parsed;
        return TRUE;
}

static guint64
or_one(guint64 value)
{
        return value ? value : 1;
}

/* What is left out follows from the rest; a division that does not come out even is caught by the product check. */
static void
fill_in(guint64 *v)
{
        guint64 max = v[MAXCPUS] ? v[MAXCPUS] : v[CPUS];

        v[DIES] = or_one(v[DIES]);
        if (!v[CPUS] && !v[MAXCPUS]) {
                v[SOCKETS] = or_one(v[SOCKETS]);
                v[CORES] = or_one(v[CORES]);
                v[THREADS] = or_one(v[THREADS]);
        } else if (!v[CORES]) {
                v[SOCKETS] = or_one(v[SOCKETS]);
                v[THREADS] = or_one(v[THREADS]);
                v[CORES] = max / (v[SOCKETS] * v[DIES] * v[THREADS]);
        } else if (!v[SOCKETS]) {
                v[THREADS] = or_one(v[THREADS]);
                v[SOCKETS] = max / (v[DIES] * v[CORES] * v[THREADS]);
        }
        if (!v[THREADS])
                v[THREADS] = max / (v[SOCKETS] * v[DIES] * v[CORES]);
        if (!v[MAXCPUS])
                v[MAXCPUS] = max ? max : v[SOCKETS] * v[DIES] * v[CORES] * v[THREADS];
        if (!v[CPUS])
                v[CPUS] = v[MAXCPUS];
}

static gboolean
check(const char *text, const guint64 *v, PvTopology *ret_topology, GError **error)
{
        g_autofree char *why = NULL;
        const char *problem = NULL;
        PvTopology topology;

        if (v[SOCKETS] * v[DIES] * v[CORES] * v[THREADS] != v[MAXCPUS])
                why = g_strdup_printf("sockets %" G_GUINT64_FORMAT " * dies %" G_GUINT64_FORMAT
                                      " * cores %" G_GUINT64_FORMAT " * threads %" G_GUINT64_FORMAT
                                      " must equal maxcpus %" G_GUINT64_FORMAT,
                                      v[SOCKETS], v[DIES], v[CORES], v[THREADS], v[MAXCPUS]);
        else if (v[MAXCPUS] < v[CPUS])
                why = g_strdup_printf("maxcpus %" G_GUINT64_FORMAT " is below cpus %" G_GUINT64_FORMAT, v[MAXCPUS],
                                      v[CPUS]);
        else if (v[MAXCPUS] > PV_CPUS_LIMIT)
                why = g_strdup("more than 1048576 possible CPUs are not supported");
        if (why)
                return refuse(error, text, why);
        topology = (PvTopology){(uint32_t) v[CPUS], (uint32_t) v[MAXCPUS], (uint32_t) v[SOCKETS],
                                (uint32_t) v[DIES], (uint32_t) v[CORES],   (uint32_t) v[THREADS]};
        problem = pv_topology_problem(&topology);
        if (problem)
                return refuse(error, text, problem);
        *ret_topology = topology;
        return TRUE;
}

gboolean
pv_smp_parse(const char *text, PvTopology *ret_topology, GError **error)
{
        g_auto(GStrv) items = g_strsplit(text, ",", -1);
        guint64 value[N_KEYS] = {0};

        for (guint i = 0; items[i]; i++)
                if (!parse_item(text, items[i], i == 0, value, error))
                        return FALSE;
        if (value[CLUSTERS] > 1)
                return refuse(error, text, "x86 machines have no clusters");
        /* No level beyond the limit: then no product of four overflows before it is compared. */
        for (int key = 0; key < N_KEYS; key++)
                if (value[key] > PV_CPUS_LIMIT)
                        return refuse(error, text, "more than 1048576 possible CPUs are not supported");
        if (value[SOCKETS] * or_one(value[DIES]) > PV_CPUS_LIMIT ||
            or_one(value[CORES]) * or_one(value[THREADS]) > PV_CPUS_LIMIT)
                return refuse(error, text, "more than 1048576 possible CPUs are not supported");
        fill_in(value);
        return check(text, value, ret_topology, error);
}

char *
pv_smp_format(const PvTopology *t)
{
        return g_strdup_printf("%u,maxcpus=%u,sockets=%u,dies=%u,cores=%u,threads=%u", t->cpus, t->max_cpus,
                               t->sockets, t->dies, t->cores, t->threads);
}
