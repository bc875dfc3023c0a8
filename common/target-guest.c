/* SPDX-License-Identifier: MIT */
/* The guest target: our consumers booted inside somebody else's VMM, which a command line starts. */
#include "common/target.h"

#include <string.h>
#include <unistd.h>

#include "common/guest-bus.h"
#include "common/guest-command.h"
#include "common/guest-image.h"
#include "common/guest-serial.h"
#include "common/host-command.h"
#include "common/host-lines.h"
#include "common/one-machine.h"
#include "common/qemu-ids.h"
#include "common/qemu-session.h"
#include "common/qemu-setup.h"
#include "common/smp.h"

#define ANSWER_MS 10000u /* far above what a command takes, where an access takes 50 us */

/* A VMM that has no monitor of QEMU's; everything behind one bus. */
typedef struct Vmm {
        PvQemu *process;
        PvBus *bus;
        PvHost *host;
        unsigned patience;
} Vmm;

/* A QEMU that we can operate. */
static gboolean
has_monitor(const PvTarget *target)
{
        return pv_guest_command_has(target->words, "{qmp}");
}

static gboolean
guest_usable(const PvTarget *target, char **ret_why)
{
        g_autofree char *found = g_find_program_in_path(target->words[0]);

        *ret_why = pv_guest_image_missing();
        if (!*ret_why && pv_guest_command_is_qemu(target->words))
                *ret_why = pv_qemu_missing(target->words[0]);
        else if (!*ret_why && !found)
                *ret_why = g_strdup_printf(
                        "there is no program %s; install it, or name another in guest:COMMAND",
                        target->words[0]);
        return !*ret_why;
}

static char *
guest_version(const PvTarget *target)
{
        return pv_guest_command_is_qemu(target->words) ? pv_qemu_version(target->words[0])
                                                       : g_path_get_basename(target->words[0]);
}

static gboolean
limited(GError **error, const char *what)
{
        g_set_error_literal(error, PV_ERROR, PV_ERROR_LIMIT, what);
        return FALSE;
}

/* ---- QEMU ---- */

static gboolean
open_qemu(const PvTarget *target, const PvSetup *setup, PvBus **ret_bus, PvHost **ret_host, GError **error)
{
        PvChipset chipset = pv_target_chipset(target, setup->chipset);
        const char *type = target->machine_type       ? target->machine_type
                           : chipset == PV_CHIPSET_PC ? "pc"
                                                      : "q35";
        const PvQemuPlan plan = {
                .binary = target->words[0],
                .type = type,
                .chipset = chipset,
                .no_hotplug = pv_qemu_no_hotplug(type),
                .front = &pv_qemu_front_guest,
                .words = target->words,
                .setup = setup,
        };

        return pv_qemu_check_setup(setup, type, error) &&
               pv_qemu_session_open(&plan, ret_bus, ret_host, error);
}

/* ---- any other VMM ---- */

/* Does the command say how many CPUs there shall be? */
static gboolean
takes_topology(const PvTarget *target)
{
        return pv_guest_command_has(target->words, "{smp}") ||
               (pv_guest_command_has(target->words, "{cpus}") &&
                pv_guest_command_has(target->words, "{max_cpus}"));
}

static gboolean
takes_levels(const PvTarget *target)
{
        return pv_guest_command_has(target->words, "{smp}") ||
               pv_guest_command_has(target->words, "{threads}");
}

/* The topology that the machine will have: the cell's, or the one that was told. */
static gboolean
choose_topology(const PvTarget *target, const PvSetup *setup, PvTopology *ret_topology, GError **error)
{
        const PvTopology *t = &setup->topology;

        if (!takes_topology(target))
                return pv_smp_parse(target->told ? target->told : PV_DEFAULT_SMP, ret_topology, error);
        if (!takes_levels(target) && pv_topology_apic_id(t, t->max_cpus - 1) != t->max_cpus - 1)
                return limited(error,
                               "the command has neither {smp} nor {threads}, so that this cell's APIC IDs "
                               "cannot be had");
        *ret_topology = *t;
        return TRUE;
}

static gboolean
check_setup(const PvTarget *target, const PvSetup *setup, GError **error)
{
        const PvTopology *t = &setup->topology;

        /* That nothing is there, of none:zero and the like, is the user's word as a revision is. */
        if (setup->machine->n_parts > 0 && !pv_one_machine_takes(setup, "a real VMM", error))
                return FALSE;
        if (t->max_cpus > PV_QEMU_MAX_CPUS || pv_topology_apic_id(t, t->max_cpus - 1) > PV_QEMU_MAX_APIC_ID)
                return limited(error, "a VMM that a command starts is asked for no more than 255 CPUs");
        for (unsigned i = 0; i < setup->machine->n_parts; i++)
                if (setup->machine->part[i].revision && setup->machine->part[i].revision->content)
                        return limited(error, "a file of ours cannot be placed in this VMM");
        if (setup->chipset != PV_CHIPSET_Q35 && !pv_guest_command_has(target->words, "{machine}"))
                return limited(error, "the command has no {machine}, and the VMM's is taken for a q35");
        return TRUE;
}

static char *
vmm_last_words(void *data)
{
        Vmm *vmm = data;

        return pv_qemu_end(vmm->process);
}

static int
vmm_was_reset(void *data)
{
        Vmm *vmm = data;

        return pv_guest_serial_rebooted(vmm->bus, vmm->patience);
}

static void
vmm_end(void *data)
{
        Vmm *vmm = data;

        pv_host_command_free(vmm->host);
        pv_qemu_free(vmm->process);
        g_free(vmm);
}

static void
make_bus(Vmm *vmm, int fd, const PvSetup *setup)
{
        const PvBusOwner owner = {.data = vmm, .last_words = vmm_last_words, .ended = vmm_end};

        vmm->bus = pv_guest_serial_new(fd, MIN(vmm->patience, ANSWER_MS), &owner);
        vmm->bus->guest = setup->guest;
        vmm->bus->phase = setup->phase;
        vmm->bus->limits =
                (PvLimits){.max_cpus = PV_QEMU_MAX_CPUS, .max_apic_id = PV_QEMU_MAX_APIC_ID, .hotplug = true};
        pv_guest_serial_set_host(vmm->bus, vmm->host);
}

static PvHost *
make_host(Vmm *vmm, const PvTarget *target, const PvTopology *topology)
{
        const PvHostCommandPlan plan = {.commands = target->host_command,
                                        .folder = pv_qemu_folder(vmm->process),
                                        .topology = *topology,
                                        .was_reset = vmm_was_reset,
                                        .data = vmm};

        return pv_host_command_new(&plan);
}

/* Before it is started: are these the CPUs of the cell? */
static gboolean
fits(const PvTopology *topology, const PvSetup *setup, GError **error)
{
        PvHost *told = pv_host_told_new(pv_host_cpus_of(topology), NULL);
        gboolean ok = pv_one_machine_fits(told, setup, "this VMM's machine", error);

        pv_host_lines_free(told);
        return ok;
}

/* A process whose CPUs are those of the cell, and the socket to its guest. */
static gboolean
start(Vmm *vmm, const PvTarget *target, const PvSetup *setup, int *ret_fd, GError **error)
{
        PvTopology topology;
        int none;

        if (!choose_topology(target, setup, &topology, error) || !fits(&topology, setup, error))
                return FALSE;
        vmm->patience = pv_qemu_patience_ms(topology.max_cpus);
        vmm->process = pv_qemu_new(target->words[0], error);
        if (!vmm->process)
                return FALSE;
        vmm->host = make_host(vmm, target, &topology);
        pv_guest_command_add(vmm->process, target->words, &topology, setup->chipset);
        return pv_qemu_start(vmm->process, vmm->patience, ret_fd, &none, error);
}

static gboolean
open_vmm(const PvTarget *target, const PvSetup *setup, PvBus **ret_bus, PvHost **ret_host, GError **error)
{
        Vmm *vmm;
        int fd;

        if (!check_setup(target, setup, error))
                return FALSE;
        vmm = g_new0(Vmm, 1);
        if (!start(vmm, target, setup, &fd, error)) {
                vmm_end(vmm);
                return FALSE;
        }
        make_bus(vmm, fd, setup);
        if (!pv_guest_serial_handshake(vmm->bus, vmm->patience, error)) {
                vmm->bus->ops->free(vmm->bus);
                return FALSE;
        }
        *ret_bus = vmm->bus;
        *ret_host = vmm->host;
        return TRUE;
}

static gboolean
guest_open(const PvTarget *target, const PvSetup *setup, PvBus **ret_bus, PvHost **ret_host, GError **error)
{
        return has_monitor(target) ? open_qemu(target, setup, ret_bus, ret_host, error)
                                   : open_vmm(target, setup, ret_bus, ret_host, error);
}

static const PvConsumerOps *
guest_consumer(PvBus *bus, const PvCandidate *candidate, PvTrace *trace, void **ret_state)
{
        return pv_guest_consumer_new((PvGuestBus *) bus, candidate, trace, ret_state);
}

const PvTargetOps pv_target_guest = {
        .kind = "guest",
        .summary = "our consumers booted inside a real VMM, QEMU under TCG or the one that COMMAND starts",
        .device = PV_ORIGIN_THEIRS,
        .injects = TRUE,
        .usable = guest_usable,
        .version = guest_version,
        .open = guest_open,
        .consumer = guest_consumer,
};
