/* SPDX-License-Identifier: MIT */
/* The native target: the machine that this program runs in, by its own ports (docs/native.md). */
#include "common/target.h"

#include <string.h>

#include "common/host-lines.h"
#include "common/native-bus.h"
#include "common/native-cpus.h"
#include "common/native-platform.h"
#include "common/one-machine.h"
#include "common/smp.h"

#define WHOSE "this machine"
#define PC_BASE 0xaf00
#define Q35_BASE 0xcd8

/* What was found out, before any access that changes something. */
typedef struct Found {
        PvNativePlatform platform;
        guint16 base;
        PvHostCpus cpus;
        PvNativeBlock block;
} Found;

static void
found_clear(Found *found)
{
        pv_native_platform_clear(&found->platform);
        pv_host_cpus_clear(&found->cpus);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Found, found_clear)

static gboolean
identify(PvNativePlatform *ret_platform, GError **error)
{
        g_auto(PvNativeSigns) signs = {0};

        pv_native_signs_read(&signs);
        return pv_native_identify(&signs, ret_platform, error);
}

static gboolean
blocked(GError **error, const char *why)
{
        g_set_error_literal(error, PV_ERROR, PV_ERROR_BLOCKED, why);
        return FALSE;
}

/* In this order: the platform is known before a port is asked for, and its CPUs before one is read. */
static gboolean
look(Found *found, GError **error)
{
        const char *no_ports = pv_native_no_ports();
        guint8 bytes[PV_NATIVE_BLOCK_SIZE];

        if (no_ports)
                return blocked(error, no_ports);
        if (!identify(&found->platform, error))
                return FALSE;
        found->base = found->platform.chipset == PV_CHIPSET_PC ? PC_BASE : Q35_BASE;
        if (!pv_native_take_ports(found->base, error) || !pv_native_cpus_read(&found->cpus, error))
                return FALSE;
        pv_native_read_block(found->base, bytes);
        found->block = pv_native_block(bytes, &found->cpus.truth);
        return TRUE;
}

static const char unclear[] =
        "what is at the register block's ports is neither its registers nor a bitmap of the CPUs that are "
        "present; only reading was tried, and nothing more will be";
static const char legacy[] =
        "the register block is in its legacy mode, which this machine's AML goes by, and any use of it would "
        "switch it: CPU hotplug would be broken until power goes off; --force does it";

static gboolean
may_run(const PvTarget *target, const Found *found, GError **error)
{
        if (found->block == PV_NATIVE_UNCLEAR)
                return blocked(error, unclear);
        return found->block != PV_NATIVE_LEGACY || target->force || blocked(error, legacy);
}

static gboolean
native_usable(const PvTarget *target, char **ret_why)
{
        g_auto(Found) found = {0};
        g_autoptr(GError) error = NULL;

        if (look(&found, &error) && may_run(target, &found, &error))
                return TRUE;
        *ret_why = g_strdup(error->message);
        return FALSE;
}

static char *
native_version(const PvTarget *target)
{
        g_auto(PvNativePlatform) platform = {0};

        (void) target;
        if (!identify(&platform, NULL))
                return NULL;
        return g_strdup_printf("type %s, %s", platform.type, platform.accelerator); /* no version of anything */
}

/* ---- opening ---- */

static gboolean
has_block(const PvMachine *machine, const Found *found)
{
        for (unsigned i = 0; i < machine->n_parts; i++) {
                PvRange range = {0};

                machine->part[i].backend->device->ranges(machine->part[i].revision->name,
                                                         found->platform.chipset, &range, 1);
                if (range.base == found->base)
                        return TRUE;
        }
        return FALSE;
}

static gboolean
limited(GError **error, const char *what)
{
        g_set_error_literal(error, PV_ERROR, PV_ERROR_LIMIT, what);
        return FALSE;
}

static gboolean
check_setup(const PvSetup *setup, const Found *found, GError **error)
{
        if (!pv_one_machine_takes(setup, WHOSE, error))
                return FALSE;
        for (unsigned i = 0; i < setup->machine->n_parts; i++)
                if (!pv_part_in_qemu(&setup->machine->part[i]))
                        return limited(error, "QEMU has no such device");
        if (found->block == PV_NATIVE_ABSENT && has_block(setup->machine, found))
                return limited(error, "this machine has no register block: its ports read ones");
        return TRUE;
}

static PvBus *
new_bus(const PvTarget *target, const PvSetup *setup, Found *found, PvHost *host)
{
        const PvNativeGuard guard = {.base = found->base,
                                     .legacy = found->block == PV_NATIVE_LEGACY && !target->force};
        PvBus *bus = pv_native_bus_new(&guard, &(PvNativeOwner){host, pv_host_lines_free});

        bus->guest = setup->guest;
        bus->phase = setup->phase;
        bus->caps |= found->platform.kvm ? PV_BUS_STRING : 0;
        bus->limits = (PvLimits){
                .max_cpus = PV_CPUS_LIMIT, .max_apic_id = UINT32_MAX - 1, .kvm = found->platform.kvm};
        return bus;
}

static gboolean
native_open(const PvTarget *target, const PvSetup *setup, PvBus **ret_bus, PvHost **ret_host, GError **error)
{
        g_auto(Found) found = {0};
        PvHost *host;

        if (!look(&found, error) || !may_run(target, &found, error) || !check_setup(setup, &found, error))
                return FALSE;
        host = pv_host_told_new(found.cpus,
                                "whoever runs inside of a machine cannot plug CPUs into it, nor reset it");
        found.cpus = (PvHostCpus){0};
        if (!pv_one_machine_fits(host, setup, WHOSE, error)) {
                pv_host_lines_free(host);
                return FALSE;
        }
        *ret_bus = new_bus(target, setup, &found, host);
        *ret_host = host;
        return TRUE;
}

/* ---- what it is, before anything is opened ---- */

static PvProfile *
profile_of(const PvNativePlatform *platform)
{
        static const char text[] = "[profile]\n"
                                   "name=native\n"
                                   "summary=a PC of QEMU as it is, with no file of ours in its fw_cfg\n"
                                   "status=run\n"
                                   "[fwcfg]\n"
                                   "lacks=topology-file;map-file\n";
        PvProfile *profile = pv_profile_parse(text, strlen(text), "native", NULL);

        profile->has_chipset = TRUE;
        profile->chipset = platform->chipset;
        return profile;
}

void
pv_native_describe(PvTarget *target)
{
        g_auto(PvNativePlatform) platform = {0};
        PvHostCpus cpus;
        PvTopology topology;

        if (!identify(&platform, NULL))
                return;
        target->profile = profile_of(&platform);
        target->machine_type = g_steal_pointer(&platform.type);
        if (!pv_native_cpus_read(&cpus, NULL))
                return;
        if (pv_native_topology(&cpus.truth, &topology))
                target->smp = pv_smp_format(&topology);
        pv_host_cpus_clear(&cpus);
}

const PvTargetOps pv_target_native = {
        .kind = "native",
        .summary = "the machine that this program runs in, by its own ports",
        .device = PV_ORIGIN_THEIRS,
        .one = TRUE,
        .used = "this machine has been running for a while, and the check needs it as at power-on",
        .usable = native_usable,
        .version = native_version,
        .open = native_open,
};
