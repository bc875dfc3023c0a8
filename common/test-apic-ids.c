/* SPDX-License-Identifier: MIT */
/* Property: for any full topology, our APIC IDs are those of the real QEMU. Arguments: [SEED [COUNT]] */
#include <stdio.h>
#include <stdlib.h>

#include "common/qemu-ids.h"
#include "common/target.h"

#define SKIPPED 77
#define COUNT 15u
#define SMALL 40u /* CPUs: QEMU takes milliseconds for each */
#define LAST_ID 254u

/* At least one of each kind of hole, whatever the seed brings. */
static const PvTopology fixed[] = {
        {1, 12, 2, 1, 3, 2},
        {1, 27, 1, 3, 3, 3},
        {1, 6, 2, 3, 1, 1},
};

static guint32
draw(GRand *rand, guint32 most)
{
        return (guint32) g_rand_int_range(rand, 1, (gint32) most + 1);
}

static PvTopology
draw_topology(GRand *rand, uint32_t most_cpus)
{
        PvTopology t = {.cpus = 1};

        do {
                t.sockets = draw(rand, 9);
                t.dies = draw(rand, 4);
                t.cores = draw(rand, 9);
                t.threads = draw(rand, 4);
                t.max_cpus = t.sockets * t.dies * t.cores * t.threads;
        } while (t.max_cpus > most_cpus || pv_topology_problem(&t) ||
                 pv_topology_apic_id(&t, t.max_cpus - 1) > LAST_ID);
        return t;
}

static const char *
binary(void)
{
        const char *named = g_getenv("QTEST_QEMU_BINARY");

        return named && *named ? named : "qemu-system-x86_64";
}

/* The number of differences; each is printed. */
static unsigned
compare(const PvTopology *t, const char *type)
{
        g_autoptr(GError) error = NULL;
        g_autofree uint32_t *ids = pv_qemu_ids(binary(), type, t, &error);
        unsigned differences = 0;

        printf("# %-3s sockets=%u dies=%u cores=%u threads=%u: %u CPUs\n", type, t->sockets, t->dies,
               t->cores, t->threads, t->max_cpus);
        if (!ids) {
                printf("# %s\n", error->message);
                return 1;
        }
        for (uint32_t i = 0; i < t->max_cpus; i++) {
                uint32_t ours = pv_topology_apic_id(t, i);

                if (ids[i] == ours)
                        continue;
                printf("# selector %u: QEMU says %u, pv_topology_apic_id() %u\n", i, ids[i], ours);
                differences++;
        }
        return differences;
}

int
main(int argc, char **argv)
{
        guint32 seed = argc > 1 ? (guint32) strtoul(argv[1], NULL, 0) : g_random_int();
        unsigned count = argc > 2 ? (unsigned) strtoul(argv[2], NULL, 0) : COUNT, failed = 0;
        const PvTarget target = {.name = (char *) "qtest", .ops = &pv_target_qtest};
        g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
        g_autofree char *why = NULL;

        if (!pv_target_qtest.usable(&target, &why)) {
                printf("1..0 # SKIP %s\n", why);
                return SKIPPED;
        }
        g_unsetenv("PVABI_TRUTH_CACHE"); /* the real QEMU, not what was once kept of it */
        printf("1..1\n# seed %u; the same again: %s %u %u\n", seed, argv[0], seed, count);
        for (unsigned i = 0; i < count; i++) {
                /* One in eight is larger. */
                PvTopology t = i < G_N_ELEMENTS(fixed) ? fixed[i]
                                                       : draw_topology(rand, i % 8 == 7 ? 4 * SMALL : SMALL);

                failed += compare(&t, i % 4 == 3 ? "pc" : "q35") > 0;
        }
        printf("%s 1 - %u topologies, %u with differences\n", failed ? "not ok" : "ok", count, failed);
        return failed > 0;
}
