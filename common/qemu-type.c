/* SPDX-License-Identifier: MIT */
/* The table of machine types; each was asked, in 5.2, 7.2, 10.0 and 11.1. */
#include "common/qemu-type.h"

static const PvQemuType types[] = {
        {"isapc", PV_CHIPSET_PC, 1, FALSE}, /* says of its CPU that it is hotpluggable, and takes one */
        {"microvm*", PV_CHIPSET_Q35, 0, FALSE},
        {"q35", PV_CHIPSET_Q35, 0, TRUE},
        {"pc-q35-*", PV_CHIPSET_Q35, 0, TRUE},
        {"*", PV_CHIPSET_PC, 0, TRUE},
};

const PvQemuType *
pv_qemu_type(const char *name)
{
        const PvQemuType *type = types;

        while (!g_pattern_match_simple(type->glob, name))
                type++;
        return type;
}
