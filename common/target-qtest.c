/* SPDX-License-Identifier: MIT */
/* The qtest target: a real QEMU answers, stopped, with us as its guest and its operator. */
#include "common/target.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/qemu-host.h"
#include "common/qemu-ids.h"
#include "common/qemu.h"
#include "common/qtest.h"

/* What TCG can do: its local APICs have 8-bit IDs, and 255 is broadcast. */
#define MAX_CPUS 255u
#define MAX_APIC_ID 254u

/*
 * Ejects that one process lives through. Under TCG, QEMU 7.2 dies in a plug that follows an eject; under KVM 30 rounds went
 * well, and stopped machines need nothing else of it.
 */
#define MAX_EJECTS_TCG 1u
#define MAX_EJECTS_KVM 24u

#define FILES_LIMIT 64u /* fw_cfg files of one backend */

/* Everything behind one bus. */
typedef struct Session {
        PvQemu *qemu;
        PvQmp *qmp;
        PvHost *host;
} Session;

static const char *
binary_of(const PvTarget *target)
{
        const char *named = g_getenv("QTEST_QEMU_BINARY");

        if (target->binary)
                return target->binary;
        return named && *named ? named : "qemu-system-x86_64";
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
        const char *type = target->machine_type;

        if (target->profile && target->profile->has_chipset)
                return target->profile->chipset;
        if (!type)
                return asked;
        if (!strcmp(type, "q35") || g_str_has_prefix(type, "pc-q35"))
                return PV_CHIPSET_Q35;
        if (!strcmp(type, "pc") || !strcmp(type, "isapc") || g_str_has_prefix(type, "pc-i440fx"))
                return PV_CHIPSET_PC;
        return asked;
}

static gboolean
qtest_usable(const PvTarget *target, char **ret_why)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *line = pv_qemu_version_line(binary_of(target), &error);

        if (line && g_str_has_prefix(line, "QEMU emulator version "))
                return TRUE;
        *ret_why = line ? g_strdup_printf("%s does not say that it is QEMU; name one, or apt-get install qemu-system-x86",
                                          binary_of(target))
                        : g_strdup(error->message);
        return FALSE;
}

static char *
qtest_version(const PvTarget *target)
{
        static const char marker[] = "version ";
        g_autofree char *line = pv_qemu_version_line(binary_of(target), NULL);
        const char *number = line ? strstr(line, marker) : NULL;

        if (!number)
                return NULL;
        number += strlen(marker);
        return g_strdup_printf("QEMU %.*s", (int) strcspn(number, " ("), number);
}

static gboolean
limited(GError **error, const char *what)
{
        g_set_error_literal(error, PV_ERROR, PV_ERROR_LIMIT, what);
        return FALSE;
}

static gboolean
check_topology(const PvTopology *t, GError **error)
{
        const char *problem = pv_topology_problem(t);
        uint32_t last;

        if (problem) {
                g_set_error_literal(error, PV_ERROR, PV_ERROR_USAGE, problem);
                return FALSE;
        }
        last = pv_topology_apic_id(t, t->max_cpus - 1); /* IDs ascend */
        if (t->max_cpus <= MAX_CPUS && last <= MAX_APIC_ID)
                return TRUE;
        g_set_error(
                error, PV_ERROR, PV_ERROR_LIMIT,
                "QEMU under TCG: at most %u CPUs with APIC IDs up to %u; asked for %u, the last with ID %u",
                MAX_CPUS, MAX_APIC_ID, t->max_cpus, last);
        return FALSE;
}

static gboolean
check_setup(const PvSetup *setup, GError **error)
{
        if (setup->machine->n_parts == 0)
                return limited(error, "a real VMM's device cannot be taken away");
        for (unsigned i = 0; i < setup->machine->n_parts; i++)
                if (!setup->machine->part[i].backend->in_qemu)
                        return limited(error, "QEMU has no such device");
        if (setup->guest != PV_GUEST_PLAIN)
                return limited(error, "no encrypted guest here");
        if (setup->mutation)
                return limited(error, "a real VMM's device cannot be made to lie");
        return check_topology(&setup->topology, error);
}

/* The bitmap that was asked for, with the first `cpus` in it for certain. */
static uint8_t *
present_at_boot(const PvSetup *setup)
{
        uint32_t max_cpus = setup->topology.max_cpus;
        uint8_t *present = g_malloc0(pv_bitmap_size(max_cpus));

        for (uint32_t i = 0; i < max_cpus; i++)
                if (i < setup->topology.cpus || (setup->boot_present && pv_bit_get(setup->boot_present, i)))
                        pv_bit_set(present, i, true);
        return present;
}

static void
add_cold_plugged(PvQemu *qemu, const PvTopology *t, uint32_t selector)
{
        g_autofree char *id = g_strdup_printf("pvabi-cold-%u", selector);
        g_autofree char *argument = pv_qemu_cpu(t, selector, id);

        pv_qemu_add(qemu, "-device");
        pv_qemu_add(qemu, argument);
}

/* The files with which one part of the machine makes its ABI out of a foreign fw_cfg. */
static gboolean
add_content(PvQemu *qemu, const PvPart *part, const PvDeviceEnv *env, GError **error)
{
        const PvDeviceOps *device = part->backend->device;

        for (unsigned i = 0; device && device->content && i < FILES_LIMIT; i++) {
                PvContent content = {0};
                gboolean added;

                if (device->content(env, part->revision ? part->revision->name : NULL, i, &content))
                        break;
                if (!content.name) {
                        g_set_error(error, PV_ERROR, PV_ERROR_HARNESS, "%s: content %u has no name",
                                    part->backend->name, i);
                        free(content.data);
                        return FALSE;
                }
                added = pv_qemu_add_fw_cfg(qemu, content.name, content.data, content.data ? content.size : 0,
                                           error);
                free(content.data);
                if (!added)
                        return FALSE;
        }
        return TRUE;
}

static gboolean
describe(PvQemu *qemu, const PvTarget *target, const PvSetup *setup, const uint32_t *ids,
         const uint8_t *present, GError **error)
{
        const PvTopology *t = &setup->topology;
        PvDeviceEnv env = {
                .struct_size = sizeof env,
                .chipset = pv_target_chipset(target, setup->chipset),
                .topology = t,
                .apic_id = ids,
                .boot_present = present,
        };

        pv_qemu_add_machine(qemu, machine_type_of(target, setup->chipset), setup->many_events ? "kvm" : "tcg", t);
        if (setup->many_events) { /* QEMU takes the next one where this machine has no KVM */
                pv_qemu_add(qemu, "-accel");
                pv_qemu_add(qemu, "tcg");
        }
        for (uint32_t i = t->cpus; i < t->max_cpus; i++)
                if (pv_bit_get(present, i))
                        add_cold_plugged(qemu, t, i);
        for (unsigned i = 0; i < setup->machine->n_parts; i++)
                if (!add_content(qemu, &setup->machine->part[i], &env, error))
                        return FALSE;
        return TRUE;
}

static char *
session_last_words(void *data)
{
        return pv_qemu_last_words(((Session *) data)->qemu);
}

static void
session_end(void *data)
{
        Session *session = data;

        pv_qemu_host_free(session->host);
        pv_qmp_free(session->qmp);
        pv_qemu_free(session->qemu);
        g_free(session);
}

static PvBus *
session_bus(Session *session, int fd, const PvSetup *setup, unsigned answer_ms)
{
        const PvQtestOwner owner = {.data = session, .last_words = session_last_words, .ended = session_end};
        PvBus *bus = pv_qtest_bus_new(fd, answer_ms, &owner);

        bus->guest = setup->guest;
        bus->phase = setup->phase;
        bus->limits = (PvLimits){.max_cpus = MAX_CPUS, .max_apic_id = MAX_APIC_ID, .hotplug = true};
        return bus;
}

/* What became of -accel kvm -accel tcg. */
static gboolean
has_kvm(PvQmp *qmp)
{
        g_autoptr(JsonNode) answer = NULL;

        if (pv_qmp_call(qmp, "query-kvm", NULL, &answer) || !JSON_NODE_HOLDS_OBJECT(answer))
                return FALSE;
        return json_object_get_boolean_member_with_default(json_node_get_object(answer), "enabled", FALSE);
}

/* Takes the process; on failure it is gone with everything else. */
static PvBus *
connect_session(PvQemu *qemu, const PvSetup *setup, const uint32_t *ids, const uint8_t *present,
                PvHost **ret_host, GError **error)
{
        uint32_t max_cpus = setup->topology.max_cpus;
        unsigned patience = pv_qemu_patience_ms(max_cpus), answer_ms = MIN(patience, PV_QTEST_ANSWER_MS);
        Session *session;
        int qtest_fd, qmp_fd;
        PvBus *bus;

        if (!pv_qemu_start(qemu, patience, &qtest_fd, &qmp_fd, error)) {
                pv_qemu_free(qemu);
                return NULL;
        }
        session = g_new0(Session, 1);
        session->qemu = qemu;
        session->qmp = pv_qmp_new(qmp_fd, answer_ms);
        bus = session_bus(session, qtest_fd, setup, answer_ms);
        if (pv_qmp_handshake(session->qmp, patience, error) && pv_qtest_handshake(bus, patience, error))
                session->host = pv_qemu_host_new(session->qmp, max_cpus, present, ids, error);
        if (!session->host) {
                pv_qemu_quote(qemu, error);
                bus->ops->free(bus);
                return NULL;
        }
        bus->limits.max_ejects = setup->many_events && has_kvm(session->qmp) ? MAX_EJECTS_KVM : MAX_EJECTS_TCG;
        pv_qemu_forget_files(qemu);
        *ret_host = session->host;
        return bus;
}

static gboolean
qtest_open(const PvTarget *target, const PvSetup *setup, PvBus **ret_bus, PvHost **ret_host, GError **error)
{
        const char *binary = binary_of(target);
        g_autofree uint8_t *present = NULL;
        g_autofree uint32_t *ids = NULL;
        g_autoptr(PvQemu) qemu = NULL;
        PvBus *bus;

        if (!check_setup(setup, error))
                return FALSE;
        present = present_at_boot(setup);
        ids = pv_qemu_ids(binary, machine_type_of(target, setup->chipset), &setup->topology, error);
        if (!ids)
                return FALSE;
        qemu = pv_qemu_new(binary, error);
        if (!qemu || !describe(qemu, target, setup, ids, present, error))
                return FALSE;
        bus = connect_session(g_steal_pointer(&qemu), setup, ids, present, ret_host, error);
        if (!bus)
                return FALSE;
        *ret_bus = bus;
        return TRUE;
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
