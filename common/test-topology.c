/* SPDX-License-Identifier: MIT */
/* APIC IDs of 18 worked topologies, and what -smp accepts, fills in and refuses. */
#undef NDEBUG
#include <assert.h>
#include <string.h>

#include "common/smp.h"

typedef struct Row {
        uint32_t dies, cores, threads, max, packages;
        uint32_t last_id, holes;
        uint32_t first[14]; /* the first IDs, up to 0 */
} Row;

/* Compared with QEMU 7.2 by command 3 where it can run them, else computed by hand. */
static const Row rows[] = {
        {1, 1, 1, 1, 1, 0, 0, {0}},
        {1, 2, 1, 4, 2, 3, 0, {0, 1, 2, 3}},
        {1, 4, 2, 8, 1, 7, 0, {0, 1, 2, 3, 4, 5, 6, 7}},
        {1, 3, 2, 12, 2, 13, 2, {0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13}},
        {1, 3, 2, 8, 2, 9, 2, {0, 1, 2, 3, 4, 5, 8, 9}},
        {1, 6, 2, 36, 3, 43, 8, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16, 17}},
        {1, 5, 1, 5, 1, 4, 0, {0, 1, 2, 3, 4}},
        {2, 3, 1, 12, 2, 14, 3, {0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14}},
        {3, 3, 3, 27, 1, 42, 16, {0, 1, 2, 4, 5, 6, 8, 9, 10, 16}},
        {3, 5, 2, 60, 2, 105, 46, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 17}},
        {3, 5, 1, 15, 1, 20, 6, {0, 1, 2, 3, 4, 8, 9, 10, 11, 12, 16}},
        {4, 8, 2, 128, 2, 127, 0, {0, 1, 2, 3}},
        {1, 1, 3, 51, 17, 66, 16, {0, 1, 2, 4, 5, 6, 8}},
        {1, 65, 1, 195, 3, 320, 126, {0, 1, 2, 3}},
        {1, 260, 1, 260, 1, 259, 0, {0, 1, 2, 3}},
        {2, 36, 2, 288, 2, 455, 168, {0, 1, 2, 3}},
        {1, 1, 1, 288, 288, 287, 0, {0, 1, 2, 3}},
        {2, 64, 2, 4096, 16, 4095, 0, {0, 1, 2, 3}},
};

static void
test_rows(void)
{
        for (gsize r = 0; r < G_N_ELEMENTS(rows); r++) {
                const Row *row = &rows[r];
                PvTopology t = {1, row->max, row->packages, row->dies, row->cores, row->threads};
                uint32_t last = pv_topology_apic_id(&t, row->max - 1);

                assert(!pv_topology_problem(&t));
                assert(last == row->last_id);
                assert(last + 1 - row->max == row->holes);
                for (uint32_t i = 0; i < 14 && (i == 0 || row->first[i]); i++)
                        assert(pv_topology_apic_id(&t, i) == row->first[i]);
        }
}

static void
accepts(const char *text, const char *expanded)
{
        PvTopology t;
        g_autofree char *out = NULL;

        assert(pv_smp_parse(text, &t, NULL));
        out = pv_smp_format(&t);
        assert(!strcmp(out, expanded));
}

/* As QEMU 7.2 with a machine type of its own version. */
static void
test_accepted(void)
{
        accepts("1", "1,maxcpus=1,sockets=1,dies=1,cores=1,threads=1");
        accepts("", "1,maxcpus=1,sockets=1,dies=1,cores=1,threads=1");
        accepts("cpus=2", "2,maxcpus=2,sockets=1,dies=1,cores=2,threads=1");
        accepts("2,dies=2", "2,maxcpus=2,sockets=1,dies=2,cores=1,threads=1");
        accepts("2,clusters=1", "2,maxcpus=2,sockets=1,dies=1,cores=2,threads=1");
        accepts("maxcpus=6,cores=3", "6,maxcpus=6,sockets=2,dies=1,cores=3,threads=1");
        accepts("cores=4", "4,maxcpus=4,sockets=1,dies=1,cores=4,threads=1");
        accepts("4,maxcpus=8", "4,maxcpus=8,sockets=1,dies=1,cores=8,threads=1");
        accepts("4,sockets=2", "4,maxcpus=4,sockets=2,dies=1,cores=2,threads=1");
        accepts("8,sockets=2,cores=2", "8,maxcpus=8,sockets=2,dies=1,cores=2,threads=2");
        accepts("2,maxcpus=12,sockets=2,cores=3,threads=2", "2,maxcpus=12,sockets=2,dies=1,cores=3,threads=2");
        accepts("1048576,cores=1048576", "1048576,maxcpus=1048576,sockets=1,dies=1,cores=1048576,threads=1");
}

static void
refuses(const char *text, const char *word)
{
        g_autoptr(GError) error = NULL;
        PvTopology t;

        assert(!pv_smp_parse(text, &t, &error));
        assert(strstr(error->message, word));
        assert(!strchr(error->message, '\n'));
}

static void
test_refused(void)
{
        refuses("2,maxcpus=12,sockets=2,cores=3,threads=1", "must equal maxcpus");
        refuses("7,sockets=2", "must equal maxcpus");
        refuses("2,maxcpus=5,cores=2", "must equal maxcpus");
        refuses("4,maxcpus=2", "below cpus");
        refuses("0", "at least 1");
        refuses("2,sockets=0", "at least 1");
        refuses("8,clusters=2", "clusters");
        refuses("2,foo=1", "not a level");
        refuses("2,3", "not a level");
        refuses("x", "not a whole number");
        refuses("2k", "not a whole number");
        refuses("-1", "not a whole number");
        refuses("4294967296", "not a whole number");
        refuses("1,maxcpus=2000000", "1048576");
        refuses("sockets=65536,cores=65536", "1048576");
        refuses("1,maxcpus=1048576,sockets=1048576,dies=1048576,cores=1048576,threads=1048576", "1048576");
}

int
main(void)
{
        test_rows();
        test_accepted();
        test_refused();
        return 0;
}
