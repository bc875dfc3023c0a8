/* SPDX-License-Identifier: MIT */
/* Reads KEY=VALUE words, of which some are sets and lists of numbers: nothing in them is trusted. */
#include "common/host-cpus.h"

#include <string.h>

#include "common/cpu-list.h"

/* The value of `key=value`; NULL: there is none. */
static const char *
value_of(char **words, const char *key)
{
        size_t n = strlen(key);

        for (guint i = 0; words[i]; i++)
                if (!strncmp(words[i], key, n) && words[i][n] == '=')
                        return words[i] + n + 1;
        return NULL;
}

static gboolean
count(char **words, const char *key, uint32_t *ret_number)
{
        const char *value = value_of(words, key);

        return value && pv_cpu_list_parse(value, ret_number, 1);
}

/* What the guest let go of, and what it reported: each is known, or said to be unknown. */
static const char *
parse_counters(char **words, PvTruth *t)
{
        uint32_t report[3] = {0};
        const char *last = value_of(words, "last-ost");

        t->no_ejected = !value_of(words, "ejected");
        t->no_ost = !value_of(words, "ost");
        if (!t->no_ejected && !count(words, "ejected", &t->n_ejected))
                return "ejected= is not a number";
        if (!t->no_ost && !count(words, "ost", &t->n_ost))
                return "ost= is not a number";
        if (t->n_ejected > 0 && !count(words, "last-ejected", &t->last_ejected))
                return "last-ejected= is not a selector";
        if (t->n_ost > 0 && (!last || !pv_cpu_list_parse(last, report, 3)))
                return "last-ost= is not selector,event,status";
        t->ost_selector = report[0];
        t->ost_event = report[1];
        t->ost_status = report[2];
        return NULL;
}

static const char *
parse_words(char **words, PvHostCpus *c)
{
        const char *present = value_of(words, "present"), *ids = value_of(words, "apic-ids");
        const char *boot = value_of(words, "boot");
        PvTruth *t = &c->truth;
        uint32_t boot_count;

        if (!count(words, "max", &t->max_cpus) || !t->max_cpus || t->max_cpus > PV_CPUS_LIMIT)
                return "max= is missing, or not 1 to 1048576";
        c->apic_id = g_new0(uint32_t, t->max_cpus);
        c->present = g_malloc0(pv_bitmap_size(t->max_cpus));
        c->boot_present = g_malloc0(pv_bitmap_size(t->max_cpus));
        if (!present || !pv_cpu_list_parse_set(present, c->present, t->max_cpus, &t->present_count))
                return "present= is missing, or not a set of selectors below max";
        if (!ids || !pv_cpu_list_parse(ids, c->apic_id, t->max_cpus))
                return "apic-ids= is missing, or not a list of max numbers";
        if (!pv_cpu_list_parse_set(boot ? boot : present, c->boot_present, t->max_cpus, &boot_count))
                return "boot= is not a set of selectors below max";
        t->apic_id = c->apic_id;
        t->present = c->present;
        t->boot_present = c->boot_present;
        return parse_counters(words, t);
}

gboolean
pv_host_cpus_parse(const char *words, PvHostCpus *ret_cpus, const char **ret_why)
{
        g_auto(GStrv) word = g_strsplit(words, " ", -1);
        PvHostCpus cpus = {0};
        const char *why = parse_words(word, &cpus);

        if (why) {
                pv_host_cpus_clear(&cpus);
                *ret_why = why;
                return FALSE;
        }
        *ret_cpus = cpus;
        return TRUE;
}

PvHostCpus
pv_host_cpus_of(const PvTopology *topology)
{
        uint32_t n = topology->max_cpus;
        PvHostCpus c = {.apic_id = g_new(uint32_t, n),
                        .present = g_malloc0(pv_bitmap_size(n)),
                        .boot_present = g_malloc0(pv_bitmap_size(n))};

        for (uint32_t i = 0; i < n; i++) {
                c.apic_id[i] = pv_topology_apic_id(topology, i);
                pv_bit_set(c.present, i, i < topology->cpus);
                pv_bit_set(c.boot_present, i, i < topology->cpus);
        }
        c.truth = (PvTruth){.max_cpus = n,
                            .present_count = topology->cpus,
                            .apic_id = c.apic_id,
                            .present = c.present,
                            .boot_present = c.boot_present,
                            .no_ejected = true,
                            .no_ost = true};
        return c;
}

void
pv_host_cpus_clear(PvHostCpus *cpus)
{
        g_free(cpus->apic_id);
        g_free(cpus->present);
        g_free(cpus->boot_present);
        *cpus = (PvHostCpus){0};
}
