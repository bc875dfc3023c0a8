/* SPDX-License-Identifier: MIT */
/* The table of machine types; each was asked, in 5.2, 7.2, 10.0 and 11.1. */
#include "common/qemu-type.h"

static const PvQemuType types[] = {
        {.glob = "isapc", PV_CHIPSET_PC, .max_cpus = 1}, /* calls its CPU hotpluggable, and takes one */
        {.glob = "microvm*", PV_CHIPSET_Q35},
        {.glob = "q35", PV_CHIPSET_Q35, .dies = TRUE, .hotplug = TRUE},
        {.glob = "pc-q35-*", PV_CHIPSET_Q35, .dies = TRUE, .hotplug = TRUE},
        {.glob = "*", PV_CHIPSET_PC, .dies = TRUE, .hotplug = TRUE},
};

const PvQemuType *
pv_qemu_type(const char *name)
{
        const PvQemuType *type = types;

        while (!g_pattern_match_simple(type->glob, name))
                type++;
        return type;
}
