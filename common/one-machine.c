/* SPDX-License-Identifier: MIT */
/* Is the one machine there is the one that a cell asks for? */
#include "common/one-machine.h"

#include <string.h>

#include "common/cpu-list.h"

static gboolean
limited(GError **error, const char *whose, const char *what)
{
        g_set_error(error, PV_ERROR, PV_ERROR_LIMIT, "%s%s", whose, what);
        return FALSE;
}

gboolean
pv_one_machine_takes(const PvSetup *setup, const char *whose, GError **error)
{
        const char *problem = pv_topology_problem(&setup->topology);

        if (problem) {
                g_set_error_literal(error, PV_ERROR, PV_ERROR_USAGE, problem);
                return FALSE;
        }
        if (setup->machine->n_parts == 0)
                return limited(error, whose, "'s device cannot be taken away");
        if (setup->guest != PV_GUEST_PLAIN)
                return limited(error, whose, " is no encrypted guest here");
        if (setup->mutation)
                return limited(error, whose, "'s device cannot be made to lie");
        return TRUE;
}

static gboolean
same_ids(const PvTruth *truth, const PvTopology *t)
{
        for (uint32_t i = 0; i < t->max_cpus; i++)
                if (truth->apic_id[i] != pv_topology_apic_id(t, i))
                        return FALSE;
        return TRUE;
}

gboolean
pv_one_machine_fits(PvHost *host, const PvSetup *setup, const char *whose, GError **error)
{
        g_autoptr(GString) present = g_string_new(NULL), needed = g_string_new(NULL);
        uint32_t max_cpus = setup->topology.max_cpus;
        PvTruth truth;

        if (host->ops->truth(host, &truth)) {
                g_set_error(error, PV_ERROR, PV_ERROR_HARNESS, "the program at the host socket is gone");
                return FALSE;
        }
        pv_cpu_list_append_set(present, truth.present, truth.max_cpus);
        pv_cpu_list_append_set(needed, setup->boot_present, max_cpus);
        if (truth.max_cpus != max_cpus ||
            memcmp(truth.present, setup->boot_present, pv_bitmap_size(max_cpus))) {
                g_set_error(error, PV_ERROR, PV_ERROR_LIMIT,
                            "%s has %u possible CPUs, of which %s are present; this cell needs %u, with %s",
                            whose, truth.max_cpus, present->str, max_cpus, needed->str);
                return FALSE;
        }
        if (!same_ids(&truth, &setup->topology))
                return limited(error, whose, "'s CPUs have the APIC IDs of another topology");
        return TRUE;
}
