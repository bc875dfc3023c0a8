/* SPDX-License-Identifier: MIT */
/* Describes a machine to QEMU, starts it, and migrates it to another process of the same description. */
#include "common/qemu-session.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/guest-command.h"
#include "common/guest-serial.h"
#include "common/qemu-host.h"
#include "common/qemu-ids.h"
#include "common/qemu.h"
#include "common/qtest.h"

/*
 * Ejects that one process lives through. Under TCG, QEMU 7.2 dies in a plug that follows an eject; under KVM 30 rounds went
 * well, and stopped machines need nothing else of it.
 */
#define MAX_EJECTS_TCG 1u
#define MAX_EJECTS_KVM 24u

#define SLOW_KVM 4u
#define FILES_LIMIT 64u /* fw_cfg files of one backend */
#define LOOK_US 2000    /* how often a migration is asked whether it is over */

/* Everything behind one bus. */
typedef struct Session {
        PvQemuPlan plan;
        PvSetup setup;
        uint32_t *apic_id;
        uint8_t *boot_present;
        unsigned patience, answer_ms;
        PvQemu *qemu;
        PvQmp *qmp;
        PvHost *host;
        PvBus *bus;
} Session;

/* A process that has connected. */
typedef struct Process {
        PvQemu *qemu;
        PvQmp *qmp;
        int fd; /* of its qtest */
} Process;

const PvQemuFront pv_qemu_front_qtest = {
        .name = "qtest",
        .stopped = TRUE,
        .bus_new = pv_qtest_bus_new,
        .handshake = pv_qtest_handshake,
        .reconnect = pv_qtest_reconnect,
};

const PvQemuFront pv_qemu_front_guest = {
        .name = "guest",
        .bus_new = pv_guest_serial_new,
        .handshake = pv_guest_serial_handshake,
        .reconnect = pv_guest_serial_reconnect,
        .was_reset = pv_guest_serial_rebooted,
        .set_host = pv_guest_serial_set_host,
};

/* ---- what to start ---- */

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

static void
add_stopped_machine(const Session *s, PvQemu *qemu, const PvTopology *t)
{
        pv_qemu_add_machine(qemu, s->plan.type, s->setup.many_events ? "kvm" : "tcg", t);
        if (s->setup.many_events) { /* QEMU takes the next one where this machine has no KVM */
                pv_qemu_add(qemu, "-accel");
                pv_qemu_add(qemu, "tcg");
        }
}

/* The CPUs that are present: by -smp as many as it can name, the others as devices. */
static void
add_machine(const Session *s, PvQemu *qemu, const uint8_t *present)
{
        PvTopology t = s->setup.topology;
        uint32_t wanted = t.cpus;

        for (t.cpus = 1; t.cpus < wanted && pv_bit_get(present, t.cpus);)
                t.cpus++;
        if (s->plan.words)
                pv_guest_command_add(qemu, s->plan.words, &t, s->plan.chipset);
        else
                add_stopped_machine(s, qemu, &t);
        for (uint32_t i = t.cpus; i < t.max_cpus; i++)
                if (pv_bit_get(present, i))
                        add_cold_plugged(qemu, &t, i);
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
describe(const Session *s, PvQemu *qemu, const uint8_t *present, GError **error)
{
        const PvMachine *machine = s->setup.machine;
        PvDeviceEnv env = {
                .struct_size = sizeof env,
                .chipset = s->plan.chipset,
                .topology = &s->setup.topology,
                .apic_id = s->apic_id,
                .boot_present = s->boot_present,
        };

        add_machine(s, qemu, present);
        for (unsigned i = 0; i < machine->n_parts; i++)
                if (!add_content(qemu, &machine->part[i], &env, error))
                        return FALSE;
        return TRUE;
}

/* ---- processes ---- */

static void
process_clear(Process *process)
{
        pv_qmp_free(process->qmp);
        pv_qemu_free(process->qemu);
        if (process->fd >= 0)
                close(process->fd);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Process, process_clear)

/* The process is there already, and has all its arguments. */
static gboolean
start(const Session *s, Process *process, GError **error)
{
        int qmp_fd;

        if (!pv_qemu_start(process->qemu, s->patience, &process->fd, &qmp_fd, error))
                return FALSE;
        process->qmp = pv_qmp_new(qmp_fd, s->answer_ms);
        if (pv_qmp_handshake(process->qmp, s->patience, error))
                return TRUE;
        pv_qemu_quote(process->qemu, error);
        return FALSE;
}

/* Its socket, for a bus. */
static int
take_fd(Process *process)
{
        int fd = process->fd;

        process->fd = -1;
        return fd;
}

/* The session's process from now on. */
static void
adopt(Session *s, Process *process)
{
        g_clear_pointer(&s->qmp, pv_qmp_free);
        g_clear_pointer(&s->qemu, pv_qemu_free);
        s->qmp = g_steal_pointer(&process->qmp);
        s->qemu = g_steal_pointer(&process->qemu);
}

/* ---- migration ---- */

static JsonObject *
one_argument(const char *name, const char *value)
{
        JsonObject *arguments = json_object_new();

        json_object_set_string_member(arguments, name, value);
        return arguments;
}

/* Asks until "status" is neither of these; the last one is kept. NULL is never reached by a machine. */
static int
wait_while(PvQmp *qmp, const char *question, const char *const *while_it_is, unsigned patience, char **ret_status)
{
        gint64 deadline = g_get_monotonic_time() + (gint64) patience * 1000;
        g_autofree char *status = NULL;

        do {
                g_autoptr(JsonNode) answer = NULL;
                int r = pv_qmp_call(qmp, question, NULL, &answer);

                if (r || !JSON_NODE_HOLDS_OBJECT(answer))
                        return PV_E_GONE;
                g_free(status);
                status = g_strdup(pv_json_string(json_node_get_object(answer), "status"));
                if (status && !g_strv_contains(while_it_is, status)) {
                        *ret_status = g_steal_pointer(&status);
                        return PV_OK;
                }
                g_usleep(LOOK_US);
        } while (g_get_monotonic_time() < deadline);
        return PV_E_GONE;
}

/* Writes the machine's state into a file. */
static int
save(const Session *s, const char *path)
{
        static const char *const under_way[] = {"none", "setup", "active", "device", "wait-unplug", NULL};
        g_autofree char *quoted = g_shell_quote(path), *uri = g_strconcat("exec:cat >", quoted, NULL);
        g_autofree char *status = NULL;
        int r = pv_qmp_call(s->qmp, "migrate", one_argument("uri", uri), NULL);

        r = r ? r : wait_while(s->qmp, "query-migrate", under_way, s->patience, &status);
        return r ? r : strcmp(status, "completed") ? PV_E_REFUSED : PV_OK;
}

/* A process with these CPUs, which begins with the state in this file. */
static int
load(const Session *s, Process *process, const char *path, GError **error)
{
        static const char *const under_way[] = {"inmigrate", NULL};
        g_autofree char *quoted = g_shell_quote(path), *uri = g_strconcat("exec:cat ", quoted, NULL);
        g_autofree char *status = NULL;

        pv_qemu_add(process->qemu, "-incoming");
        pv_qemu_add(process->qemu, uri);
        if (!start(s, process, error))
                return PV_E_GONE;
        return wait_while(process->qmp, "query-status", under_way, s->patience, &status);
}

/* PvQemuHostPlan.migrate */
static int
session_migrate(void *data, const uint8_t *present, PvQmp **ret_qmp)
{
        Session *s = data;
        g_auto(Process) next = {.fd = -1};
        g_autoptr(GError) error = NULL;
        g_autofree char *path = NULL;
        int r;

        next.qemu = pv_qemu_new(s->plan.binary, &error);
        if (!next.qemu || !describe(s, next.qemu, present, &error)) {
                g_printerr("pvabi: %s: %s\n", s->plan.front->name, error->message);
                return PV_E_GONE;
        }
        path = pv_qemu_file(next.qemu, "state");
        r = save(s, path);
        if (r)
                return r;
        r = load(s, &next, path, &error);
        if (!r && !s->plan.front->reconnect(s->bus, take_fd(&next), s->patience, &error))
                r = PV_E_GONE;
        if (r) {
                g_autofree char *words = pv_qemu_last_words(next.qemu);

                g_printerr("pvabi: %s: the migrated machine did not come up: %s\n",
                           s->plan.front->name, error ? error->message : words ? words : "no reason given");
                return r;
        }
        pv_qemu_forget_files(next.qemu);
        adopt(s, &next);
        *ret_qmp = s->qmp;
        return PV_OK;
}

/* PvQemuHostPlan.was_reset */
static int
session_was_reset(void *data)
{
        Session *s = data;

        return s->plan.front->was_reset ? s->plan.front->was_reset(s->bus, s->patience) : PV_OK;
}

/* ---- the session ---- */

static char *
session_last_words(void *data)
{
        Session *s = data;

        return s->qemu ? pv_qemu_last_words(s->qemu) : NULL;
}

static void
session_end(void *data)
{
        Session *s = data;

        pv_qemu_host_free(s->host);
        pv_qmp_free(s->qmp);
        pv_qemu_free(s->qemu);
        g_free(s->apic_id);
        g_free(s->boot_present);
        g_free(s);
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

/* Takes the process; from here on the bus owns the session. */
static void
make_bus(Session *s, Process *process)
{
        const PvBusOwner owner = {.data = s, .last_words = session_last_words, .ended = session_end};

        s->bus = s->plan.front->bus_new(take_fd(process), s->answer_ms, &owner);
        s->bus->guest = s->setup.guest;
        s->bus->phase = s->setup.phase;
        s->bus->limits = (PvLimits){.max_cpus = PV_QEMU_MAX_CPUS,
                                    .max_apic_id = PV_QEMU_MAX_APIC_ID,
                                    .hotplug = !s->plan.no_hotplug,
                                    .migrate = true,
                                    .firmware = !s->plan.front->stopped};
        adopt(s, process);
        s->bus->limits.kvm = (s->setup.many_events || !s->plan.front->stopped) && has_kvm(s->qmp);
        s->bus->limits.max_ejects = s->bus->limits.kvm ? MAX_EJECTS_KVM : MAX_EJECTS_TCG;
}

/* A bus whose machine answers, or the session is gone. */
static gboolean
connect_session(Session *s, Process *process, GError **error)
{
        const PvQemuHostPlan plan = {.max_cpus = s->setup.topology.max_cpus,
                                     .boot_present = s->boot_present,
                                     .apic_id = s->apic_id,
                                     .no_hotplug = s->plan.no_hotplug,
                                     .migrate = session_migrate,
                                     .was_reset = session_was_reset,
                                     .data = s};

        make_bus(s, process);
        if (s->plan.front->handshake(s->bus, s->patience, error))
                s->host = pv_qemu_host_new(s->qmp, &plan, error);
        if (s->host) {
                if (s->plan.front->set_host)
                        s->plan.front->set_host(s->bus, s->host);
                pv_qemu_forget_files(s->qemu);
                return TRUE;
        }
        pv_qemu_quote(s->qemu, error);
        s->bus->ops->free(s->bus);
        return FALSE;
}

static Session *
session_new(const PvQemuPlan *plan)
{
        Session *s = g_new0(Session, 1);

        s->plan = *plan;
        s->setup = *plan->setup;
        s->boot_present = present_at_boot(&s->setup);
        s->patience = pv_qemu_patience_ms(s->setup.topology.max_cpus);
        if (s->plan.words && !pv_guest_command_is_tcg(s->plan.words)) /* some KVMs emulate what runs in firmware */
                s->patience *= SLOW_KVM;
        s->answer_ms = MIN(s->patience, PV_QTEST_ANSWER_MS);
        return s;
}

gboolean
pv_qemu_session_open(const PvQemuPlan *plan, PvBus **ret_bus, PvHost **ret_host, GError **error)
{
        Session *s = session_new(plan);
        g_auto(Process) process = {.fd = -1};

        s->apic_id = pv_qemu_ids(plan->binary, plan->type, &s->setup.topology, error);
        process.qemu = s->apic_id ? pv_qemu_new(plan->binary, error) : NULL;
        if (!process.qemu || !describe(s, process.qemu, s->boot_present, error) || !start(s, &process, error)) {
                session_end(s);
                return FALSE;
        }
        if (!connect_session(s, &process, error))
                return FALSE;
        *ret_bus = s->bus;
        *ret_host = s->host;
        return TRUE;
}
