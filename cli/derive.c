/* SPDX-License-Identifier: MIT */
/* Two things decide what a QEMU has: its version, and for some of it the age that its machine type pretends to. */
#include "cli/derive.h"

#include "common/guest-command.h"
#include "common/qemu-type.h"
#include "common/version.h"

typedef struct Since {
        guint version;
        const char *machine;
} Since;

/* The register block follows the version: no machine type hides a part of it. */
static const Since blocks[] = {
        {PV_VERSION(11, 0), "regblock:qemu-11.0"},
        {PV_VERSION(9, 0), "regblock:qemu-9.0"},
        {PV_VERSION(6, 0), "regblock:qemu-6.0"},
        {PV_VERSION(5, 0), "regblock:qemu-5.0"},
        {PV_VERSION(3, 1), "regblock:qemu-4.2"},
        {0, "regblock:qemu-2.7"},
};

/* fw_cfg follows the machine type: those before 2.5 have no DMA. A newer one has our file in it. */
static const Since fw_cfgs[] = {
        {PV_VERSION(2, 5), "fwcfg:topology"},
        {0, "fwcfg:qemu-2.4"},
};

/* A version that is not known is taken for the newest. */
static const char *
since(const Since *rows, guint version)
{
        while (version && version < rows->version)
                rows++;
        return rows->machine;
}

/* Of the machine we run in, only the age that it pretends to shows. No QEMU has machine types of a later one. */
static const char *
native_block(const PvTarget *target)
{
        guint version = target->machine_type ? pv_version_at_end(target->machine_type) : 0;

        return since(blocks, MAX(version, 1));
}

/* To a guest that TCG runs, the legacy block of 5.1 to 7.2.0 refuses what is wider than a byte; qtest does not see it. */
static gboolean
is_strict(const PvTarget *target, guint version)
{
        return target->ops == &pv_target_guest && pv_guest_command_is_tcg(target->words) &&
               version >= PV_VERSION(5, 1) && version <= PV_VERSION(7, 2);
}

const char *
pv_derive_block(const PvTarget *target)
{
        g_autofree char *name = target->ops->version(target);
        guint version = name ? pv_version_at_end(name) : 0;

        if (target->ops == &pv_target_native)
                return native_block(target);
        return is_strict(target, version) ? "regblock:qemu-5.1-tcg" : since(blocks, version);
}

gboolean
pv_derive_can(const PvTarget *target)
{
        return !target->ops->addressed && (!target->words || pv_guest_command_is_qemu(target->words));
}

char **
pv_derive_candidates(const PvTarget *target)
{
        const char *type = target->machine_type ? target->machine_type : "";
        const char *block = pv_derive_block(target);
        const char *fw_cfg = since(fw_cfgs, pv_version_at_end(type));
        g_autofree char *both = g_strjoin("+", fw_cfg, block, NULL);
        g_autofree char *without_file = g_strjoin("+", block, fw_cfg, NULL); /* the block tells, the rest is there too */
        const char *const with_block[] = {block, both, NULL};
        const char *const without[] = {fw_cfg, "none:ones/regblock.firmware", NULL};
        const char *const as_it_is[] = {without_file, NULL};

        if (!target->ops->injects)
                return g_strdupv((char **) as_it_is);
        return g_strdupv((char **) (pv_qemu_type(type)->hotplug ? with_block : without));
}

const char *
pv_derive_smp(const PvTarget *target)
{
        if (target->smp)
                return target->smp;
        return target->machine_type && pv_qemu_type(target->machine_type)->max_cpus == 1 ? "1" : NULL;
}
