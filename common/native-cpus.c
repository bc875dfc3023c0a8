/* SPDX-License-Identifier: MIT */
/* Reads the MADT (ACPI 6.5, 5.2.12) and what Linux says of its CPUs. Nothing in the table is trusted. */
#include "common/native-cpus.h"

#include <string.h>

#include "common/cpu-list.h"
#include "common/error.h"

#define MADT "/sys/firmware/acpi/tables/APIC"
#define CPUINFO "/proc/cpuinfo"
#define PRESENT "/sys/devices/system/cpu/present"

enum {
        MADT_LENGTH = 4,   /* of the table */
        MADT_ENTRIES = 44, /* where they begin */
        MADT_APIC = 0,     /* a CPU with an 8-bit APIC ID */
        MADT_APIC_SIZE = 8,
        MADT_X2APIC = 9,
        MADT_X2APIC_SIZE = 16,
        MADT_ENABLED = 1,
        PRESENT_LIMIT = 1u << 16, /* of Linux's own numbers */
};

typedef struct Entry {
        guint32 uid, apic_id, flags;
} Entry;

static gboolean
unknown(GError **error, const char *why)
{
        g_set_error(error, PV_ERROR, PV_ERROR_LIMIT, "nobody tells the truth about this machine's CPUs: %s",
                    why);
        return FALSE;
}

/* ---- the table ---- */

static guint32
load32(const guint8 *p)
{
        return p[0] | (guint32) p[1] << 8 | (guint32) p[2] << 16 | (guint32) p[3] << 24;
}

static gboolean
is_cpu(const guint8 *p, Entry *ret_entry)
{
        if (p[0] == MADT_APIC && p[1] == MADT_APIC_SIZE)
                *ret_entry = (Entry){p[2], p[3], load32(p + 4)};
        else if (p[0] == MADT_X2APIC && p[1] == MADT_X2APIC_SIZE)
                *ret_entry = (Entry){load32(p + 12), load32(p + 4), load32(p + 8)};
        else
                return FALSE;
        return TRUE;
}

/* Entry; NULL when one is longer than the table, or has no length. */
static GArray *
entries_of(const guint8 *madt, gsize n)
{
        g_autoptr(GArray) entries = g_array_new(FALSE, FALSE, sizeof(Entry));
        gsize at = MADT_ENTRIES;

        if (n < MADT_ENTRIES || memcmp(madt, "APIC", 4) || load32(madt + MADT_LENGTH) != n)
                return NULL;
        while (at < n) {
                Entry entry;

                if (n - at < 2 || madt[at + 1] < 2 || madt[at + 1] > n - at)
                        return NULL;
                if (is_cpu(madt + at, &entry))
                        g_array_append_val(entries, entry);
                at += madt[at + 1];
        }
        return g_steal_pointer(&entries);
}

/* Each of the numbers 0 to n - 1 once: they are the selectors. */
static gboolean
place(GArray *entries, PvHostCpus *c)
{
        g_autofree guint8 *seen = g_malloc0(pv_bitmap_size(entries->len));

        for (guint i = 0; i < entries->len; i++) {
                const Entry *entry = &g_array_index(entries, Entry, i);

                if (entry->uid >= entries->len || pv_bit_get(seen, entry->uid))
                        return FALSE;
                pv_bit_set(seen, entry->uid, true);
                pv_bit_set(c->boot_present, entry->uid, entry->flags & MADT_ENABLED);
                c->apic_id[entry->uid] = entry->apic_id;
        }
        return TRUE;
}

/* ---- the CPUs themselves ---- */

static gboolean
find(const PvHostCpus *c, guint64 apic_id, guint32 *ret_selector)
{
        for (guint32 i = 0; i < c->truth.max_cpus; i++)
                if (c->apic_id[i] == apic_id) {
                        *ret_selector = i;
                        return TRUE;
                }
        return FALSE;
}

/* Those that are online. FALSE: one that the table does not have, or twice. */
static gboolean
look(const char *cpuinfo, PvHostCpus *c)
{
        g_auto(GStrv) lines = g_strsplit(cpuinfo, "\n", -1);

        for (guint i = 0; lines[i]; i++) {
                const char *value = g_str_has_prefix(lines[i], "apicid") ? strchr(lines[i], ':') : NULL;
                guint32 selector;

                if (!value)
                        continue;
                if (!find(c, g_ascii_strtoull(value + 1, NULL, 10), &selector) ||
                    pv_bit_get(c->present, selector))
                        return FALSE;
                pv_bit_set(c->present, selector, true);
                c->truth.present_count++;
        }
        return TRUE;
}

static guint32
count_present(const char *present)
{
        g_autofree guint8 *bits = g_malloc0(pv_bitmap_size(PRESENT_LIMIT));
        g_autofree char *list = g_strstrip(g_strdup(present));
        guint32 n = 0;

        return pv_cpu_list_parse_set(list, bits, PRESENT_LIMIT, &n) ? n : 0;
}

static gboolean
fill(GArray *entries, const char *cpuinfo, const char *present, PvHostCpus *c, GError **error)
{
        guint32 n = entries->len;

        c->apic_id = g_new0(guint32, n);
        c->present = g_malloc0(pv_bitmap_size(n));
        c->boot_present = g_malloc0(pv_bitmap_size(n));
        c->truth = (PvTruth){.max_cpus = n,
                             .apic_id = c->apic_id,
                             .present = c->present,
                             .boot_present = c->boot_present,
                             .no_ejected = true,
                             .no_ost = true};
        if (!place(entries, c))
                return unknown(error, "the MADT does not number them from 0 on");
        if (!look(cpuinfo, c))
                return unknown(error, "/proc/cpuinfo has an APIC ID that the MADT does not have");
        if (c->truth.present_count != count_present(present))
                return unknown(error, "not every CPU that is present is online; write 1 to its 'online' in "
                                      "/sys/devices/system/cpu");
        return TRUE;
}

gboolean
pv_native_cpus_parse(const guint8 *madt, gsize n, const char *cpuinfo, const char *present,
                     PvHostCpus *ret_cpus, GError **error)
{
        g_autoptr(GArray) entries = entries_of(madt, n);
        PvHostCpus cpus = {0};

        if (!entries || !entries->len)
                return unknown(error, "the MADT is no table of CPUs");
        if (!fill(entries, cpuinfo, present, &cpus, error)) {
                pv_host_cpus_clear(&cpus);
                return FALSE;
        }
        *ret_cpus = cpus;
        return TRUE;
}

static char *
slurp(const char *path, gsize *ret_n, GError **error)
{
        g_autoptr(GError) cause = NULL;
        char *text;

        if (g_file_get_contents(path, &text, ret_n, &cause))
                return text;
        g_set_error(error, PV_ERROR, PV_ERROR_BLOCKED,
                    "Linux does not say which CPUs this machine has: %s; be root, with /proc and /sys "
                    "mounted and ACPI on",
                    cause->message);
        return NULL;
}

gboolean
pv_native_cpus_read(PvHostCpus *ret_cpus, GError **error)
{
        gsize n_madt = 0;
        g_autofree char *madt = slurp(MADT, &n_madt, error);
        g_autofree char *cpuinfo = madt ? slurp(CPUINFO, NULL, error) : NULL;
        g_autofree char *present = cpuinfo ? slurp(PRESENT, NULL, error) : NULL;

        return present &&
               pv_native_cpus_parse((const guint8 *) madt, n_madt, cpuinfo, present, ret_cpus, error);
}

/* ---- as a topology ---- */

static gboolean
has_ids(const PvTopology *t, const PvTruth *truth)
{
        if (pv_topology_problem(t))
                return FALSE;
        for (guint32 i = 0; i < truth->max_cpus; i++)
                if (pv_topology_apic_id(t, i) != truth->apic_id[i])
                        return FALSE;
        return TRUE;
}

/* Fewest dies first, then fewest threads: among those with the same IDs, the plainest. */
gboolean
pv_native_topology(const PvTruth *truth, PvTopology *ret_topology)
{
        guint32 n = truth->max_cpus;
        PvTopology t = {.cpus = MAX(truth->present_count, 1), .max_cpus = n};

        for (t.dies = 1; t.dies <= n; t.dies++)
                for (t.threads = 1; t.threads <= n / t.dies; t.threads++)
                        for (t.cores = 1; t.cores <= n / t.dies / t.threads; t.cores++) {
                                t.sockets = n / t.dies / t.threads / t.cores;
                                if (t.sockets * t.dies * t.cores * t.threads != n || !has_ids(&t, truth))
                                        continue;
                                *ret_topology = t;
                                return TRUE;
                        }
        return FALSE;
}
