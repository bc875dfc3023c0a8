/* SPDX-License-Identifier: MIT */
/* The qtest target: a real QEMU answers, stopped, with us as its guest and its operator. */
#include "common/target.h"

#include <string.h>

#include "common/qemu-session.h"
#include "common/qemu-setup.h"
#include "common/qemu-type.h"
#include "common/qemu.h"

static const char *
binary_of(const PvTarget *target)
{
        return target->binary ? target->binary : pv_qemu_default_binary();
}

static const char *
machine_type_of(const PvTarget *target, PvChipset chipset)
{
        if (target->machine_type)
                return target->machine_type;
        return chipset == PV_CHIPSET_PC ? "pc" : "q35";
}

PvChipset
pv_target_chipset(const PvTarget *target, PvChipset asked)
{
        if (target->profile && target->profile->has_chipset)
                return target->profile->chipset;
        return target->machine_type ? pv_qemu_type(target->machine_type)->chipset : asked;
}

static gboolean
qtest_usable(const PvTarget *target, char **ret_why)
{
        *ret_why = pv_qemu_missing(binary_of(target));
        return !*ret_why;
}

static char *
qtest_version(const PvTarget *target)
{
        return pv_qemu_version(binary_of(target));
}

static gboolean
qtest_open(const PvTarget *target, const PvSetup *setup, PvBus **ret_bus, PvHost **ret_host, GError **error)
{
        const char *type = machine_type_of(target, setup->chipset);
        const PvQemuPlan plan = {
                .binary = binary_of(target),
                .type = type,
                .chipset = pv_target_chipset(target, setup->chipset),
                .no_hotplug = pv_qemu_no_hotplug(type),
                .front = &pv_qemu_front_qtest,
                .setup = setup,
        };

        return pv_qemu_check_setup(setup, type, error) && pv_qemu_session_open(&plan, ret_bus, ret_host, error);
}

const PvTargetOps pv_target_qtest = {
        .kind = "qtest",
        .summary = "a real QEMU's devices, by its qtest protocol",
        .device = PV_ORIGIN_THEIRS,
        .injects = TRUE,
        .usable = qtest_usable,
        .version = qtest_version,
        .open = qtest_open,
};
