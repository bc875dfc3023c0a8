/* SPDX-License-Identifier: MIT */
/* The limits of QEMU, and which one there is. */
#include "common/qemu-setup.h"

#include <string.h>

#include "common/error.h"
#include "common/qemu-session.h"
#include "common/qemu-type.h"
#include "common/qemu.h"

/* ---- which QEMU ---- */

const char *
pv_qemu_default_binary(void)
{
        const char *named = g_getenv("QTEST_QEMU_BINARY");

        return named && *named ? named : "qemu-system-x86_64";
}

char *
pv_qemu_missing(const char *binary)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *line = pv_qemu_version_line(binary, &error);

        if (line && g_str_has_prefix(line, "QEMU emulator version "))
                return NULL;
        return line ? g_strdup_printf(
                              "%s does not say that it is QEMU; name one, or apt-get install qemu-system-x86",
                              binary)
                    : g_strdup(error->message);
}

char *
pv_qemu_version(const char *binary)
{
        static const char marker[] = "version ";
        g_autofree char *line = pv_qemu_version_line(binary, NULL);
        const char *number = line ? strstr(line, marker) : NULL;

        if (!number)
                return NULL;
        number += strlen(marker);
        return g_strdup_printf("QEMU %.*s", (int) strcspn(number, " ("), number);
}

/* ---- what it takes ---- */

static const char no_hotplug[] = "this machine type has no CPU hotplug";

const char *
pv_qemu_no_hotplug(const char *type)
{
        return pv_qemu_type(type)->hotplug ? NULL : no_hotplug;
}

static gboolean
limited(GError **error, const char *what)
{
        g_set_error_literal(error, PV_ERROR, PV_ERROR_LIMIT, what);
        return FALSE;
}

static gboolean
check_topology(const PvSetup *setup, const char *type_name, GError **error)
{
        const PvTopology *t = &setup->topology;
        const PvQemuType *type = pv_qemu_type(type_name);
        const char *problem = pv_topology_problem(t);
        uint32_t last;

        if (problem) {
                g_set_error_literal(error, PV_ERROR, PV_ERROR_USAGE, problem);
                return FALSE;
        }
        last = pv_topology_apic_id(t, t->max_cpus - 1); /* IDs ascend */
        if (type->max_cpus && t->max_cpus > type->max_cpus)
                g_set_error(error, PV_ERROR, PV_ERROR_LIMIT, "machine type %s takes %u CPU%s", type_name,
                            type->max_cpus, type->max_cpus == 1 ? "" : "s");
        else if (t->dies > 1 && !type->dies)
                g_set_error(error, PV_ERROR, PV_ERROR_LIMIT, "machine type %s has one die in a socket",
                            type_name);
        else if (t->max_cpus > PV_QEMU_MAX_CPUS || last > PV_QEMU_MAX_APIC_ID)
                g_set_error(error, PV_ERROR, PV_ERROR_LIMIT,
                            "QEMU under TCG: at most %u CPUs with APIC IDs up to %u; asked for %u, the last "
                            "with ID %u",
                            PV_QEMU_MAX_CPUS, PV_QEMU_MAX_APIC_ID, t->max_cpus, last);
        else
                return TRUE;
        return FALSE;
}

/* CPU hotplug is a device of the machine, and a CPU that is not among the first ones is plugged into it. */
static gboolean
check_hotplug(const PvSetup *setup, GError **error)
{
        const PvTopology *t = &setup->topology;

        for (unsigned i = 0; i < setup->machine->n_parts; i++)
                if (setup->machine->part[i].revision &&
                    setup->machine->part[i].revision->facets & PV_FACETS_EVENT)
                        return limited(error, no_hotplug);
        for (uint32_t i = t->cpus; setup->boot_present && i < t->max_cpus; i++)
                if (pv_bit_get(setup->boot_present, i))
                        return limited(error, no_hotplug);
        return TRUE;
}

/* Where there is no hotplug, there is nothing at the ports of its register block. */
static gboolean
check_machine(const PvMachine *machine, gboolean hotplug, GError **error)
{
        if (machine->n_parts == 0 && (hotplug || machine->absence != PV_ABSENCE_ONES))
                return limited(error, hotplug ? "a real VMM's device cannot be taken away"
                                              : "unclaimed ports read as ones in a real QEMU");
        for (unsigned i = 0; i < machine->n_parts; i++)
                if (!pv_part_in_qemu(&machine->part[i]))
                        return limited(error, "QEMU has no such device");
        return TRUE;
}

gboolean
pv_qemu_check_setup(const PvSetup *setup, const char *type, GError **error)
{
        gboolean hotplug = pv_qemu_type(type)->hotplug;

        if (setup->guest != PV_GUEST_PLAIN)
                return limited(error, "no encrypted guest here");
        if (setup->mutation)
                return limited(error, "a real VMM's device cannot be made to lie");
        return check_machine(setup->machine, hotplug, error) && check_topology(setup, type, error) &&
               (hotplug || check_hotplug(setup, error));
}
