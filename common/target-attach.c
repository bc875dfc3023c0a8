/* SPDX-License-Identifier: MIT */
/* The attach target: any program that answers qtest lines on a Unix socket, and host lines on another. */
#include "common/target.h"

#include <string.h>
#include <unistd.h>

#include "common/held-socket.h"
#include "common/host-cpus.h"
#include "common/host-lines.h"
#include "common/one-machine.h"
#include "common/qemu-ids.h"
#include "common/qtest.h"
#include "common/smp.h"
#include "common/unix-socket.h"

static const char whose[] = "the attached machine";

/* Everything behind one bus. */
typedef struct Session {
        PvHost *host;
} Session;

/* ---- the two sockets ---- */

static unsigned
patience_ms(void)
{
        return pv_qemu_patience_ms(0);
}

static int
accept_one(const PvTarget *target, GError **error)
{
        int listener = pv_unix_listen(target->path, error), fd = -1;

        if (listener >= 0) {
                fd = pv_unix_accept(listener, target->path, patience_ms(), error);
                close(listener);
                unlink(target->path);
        }
        return fd;
}

/* A program that connects to us does so once, as QEMU does, or, when each cell finds it fresh, for each. */
static gboolean
is_held(const PvTarget *target)
{
        return target->server && !target->fresh;
}

static char *
held_path(const PvTarget *target)
{
        return g_strconcat(target->path, ".held", NULL);
}

static int
reach(const PvTarget *target, GError **error)
{
        g_autofree char *held = held_path(target);

        if (is_held(target))
                return pv_held_socket_take(held, error);
        return target->server ? accept_one(target, error) : pv_unix_connect(target->path, error);
}

/* Is the program there? One that connects but once is held, for the processes that are to come. */
static gboolean
meet(const PvTarget *target, GError **error)
{
        g_autofree char *held = held_path(target);
        int fd = target->server ? accept_one(target, error) : pv_unix_connect(target->path, error);

        if (fd < 0)
                return FALSE;
        if (is_held(target))
                return pv_held_socket_offer(fd, held, error);
        close(fd);
        return TRUE;
}

#define HOST_WAIT_US (2 * G_USEC_PER_SEC)
#define HOST_LOOK_US 20000

/* A program that came to us may open its host's socket a moment later; one that we came to has had its time. */
static int
reach_host(const PvTarget *target, GError **error)
{
        gint64 deadline = g_get_monotonic_time() + (target->server ? HOST_WAIT_US : 0);

        for (;;) {
                g_autoptr(GError) cause = NULL;
                int fd = pv_unix_connect(target->host, &cause);

                if (fd >= 0)
                        return fd;
                if (g_get_monotonic_time() >= deadline) {
                        g_propagate_error(error, g_steal_pointer(&cause));
                        return -1;
                }
                g_usleep(HOST_LOOK_US);
        }
}

static gboolean
attach_usable(const PvTarget *target, char **ret_why)
{
        g_autoptr(GError) error = NULL;
        int host = meet(target, &error) && target->host ? reach_host(target, &error) : -1;

        if (host >= 0)
                close(host);
        if (error)
                *ret_why = g_strdup(error->message);
        return !error;
}

static char *
attach_version(const PvTarget *target)
{
        const char *name = target->profile ? target->profile->name : "attached program";

        return g_strconcat(name, target->host ? "" : ", CPUs as told", NULL);
}

/* ---- the machine ---- */

static gboolean
limited(GError **error, const char *what)
{
        g_set_error_literal(error, PV_ERROR, PV_ERROR_LIMIT, what);
        return FALSE;
}

static PvHost *
new_host(const PvTarget *target, GError **error)
{
        PvTopology told;
        int fd;

        if (target->host) {
                fd = pv_unix_connect(target->host, error);
                return fd < 0 ? NULL : pv_host_lines_new(fd, MIN(patience_ms(), PV_QTEST_ANSWER_MS), error);
        }
        if (!pv_smp_parse(target->told ? target->told : PV_DEFAULT_SMP, &told, error))
                return NULL;
        return pv_host_told_new(pv_host_cpus_of(&told),
                                "host events need a host socket; add ,host=unix:PATH to the target");
}

/* First the cell's own machine, then the one that was started. *ret_exact: it is the cell's. */
static int
power_cycle(PvHost *host, const PvSetup *setup, gboolean *ret_exact, char **ret_why)
{
        int r = pv_host_lines_power_cycle(host, &setup->topology, setup->boot_present, setup->chipset,
                                          ret_why);

        *ret_exact = !r;
        if (r == PV_E_REFUSED) {
                g_clear_pointer(ret_why, g_free);
                r = pv_host_lines_power_cycle(host, NULL, NULL, PV_CHIPSET_Q35, ret_why);
        }
        return r;
}

static gboolean
power_on(const PvTarget *target, const PvSetup *setup, PvHost *host, GError **error)
{
        g_autofree char *why = NULL;
        gboolean exact = FALSE;
        int r = target->host ? power_cycle(host, setup, &exact, &why) : PV_E_UNSUPPORTED;

        if (r < 0 || r == PV_E_REFUSED) {
                g_set_error(error, PV_ERROR, PV_ERROR_HARNESS, "no power-cycle: %s", why);
                return FALSE;
        }
        if (r == PV_E_UNSUPPORTED && !target->fresh && !setup->any_state)
                return limited(error, "the attached machine keeps its state from check to check, and this "
                                      "check needs it as "
                                      "at power-on; see power-cycle and fresh=on in docs/attach.md");
        if (!pv_one_machine_fits(host, setup, whose, error)) {
                if (exact)
                        g_prefix_error(error, "after a power-cycle to this cell's machine: ");
                return FALSE;
        }
        if (!exact && !target->profile && setup->chipset != PV_CHIPSET_Q35)
                return limited(error,
                               "the attached machine is taken for a q35, for no profile says otherwise");
        return TRUE;
}

static void
session_end(void *data)
{
        Session *session = data;

        pv_host_lines_free(session->host);
        g_free(session);
}

static PvBus *
session_bus(int fd, const PvSetup *setup, Session *session)
{
        const PvBusOwner owner = {.data = session, .ended = session_end};
        PvBus *bus = pv_qtest_bus_new(fd, MIN(patience_ms(), PV_QTEST_ANSWER_MS), &owner);

        bus->guest = setup->guest;
        bus->phase = setup->phase;
        bus->limits = (PvLimits){
                .max_cpus = PV_CPUS_LIMIT, .max_apic_id = UINT32_MAX - 1, .hotplug = true, .migrate = true};
        return bus;
}

static gboolean
start(const PvTarget *target, const PvSetup *setup, PvBus **ret_bus, PvHost **ret_host, GError **error)
{
        int fd = reach(target, error);
        Session *session;
        PvBus *bus;

        if (fd < 0)
                return FALSE;
        session = g_new0(Session, 1);
        bus = session_bus(fd, setup, session);
        if (pv_qtest_handshake(bus, patience_ms(), error)) {
                pv_qtest_look_for_memory(bus);
                session->host = new_host(target, error);
        }
        if (!session->host || !power_on(target, setup, session->host, error)) {
                bus->ops->free(bus);
                return FALSE;
        }
        *ret_bus = bus;
        *ret_host = session->host;
        return TRUE;
}

/* The program was there when the run began: when nobody answers now, it is gone, and nothing is missing here.
 */
static gboolean
attach_open(const PvTarget *target, const PvSetup *setup, PvBus **ret_bus, PvHost **ret_host, GError **error)
{
        g_autoptr(GError) cause = NULL;

        if (!pv_one_machine_takes(setup, whose, error))
                return FALSE;
        if (start(target, setup, ret_bus, ret_host, &cause))
                return TRUE;
        if (cause->code == PV_ERROR_BLOCKED) {
                cause->code = PV_ERROR_HARNESS;
                g_prefix_error(&cause, "the program is gone: ");
        }
        g_propagate_error(error, g_steal_pointer(&cause));
        return FALSE;
}

const PvTargetOps pv_target_attach = {
        .kind = "qtest:unix:PATH",
        .summary = "any running program that answers qtest lines on a socket",
        .device = PV_ORIGIN_THEIRS,
        .one = TRUE,
        .addressed = TRUE,
        .usable = attach_usable,
        .version = attach_version,
        .open = attach_open,
};
