/* SPDX-License-Identifier: MIT */
/* Finds a process, or makes one that waits. */
#include "cli/trace-command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/error.h"
#include "common/interrupt.h"

#define END_MS 3000 /* from SIGTERM to SIGKILL */

static PvTraced *
traced_new(pid_t pid)
{
        PvTraced *traced = g_new0(PvTraced, 1);

        traced->pid = pid;
        traced->go = traced->failed = traced->status = -1;
        traced->fd = pidfd_open(pid, 0);
        return traced;
}

/* ---- a process that runs ---- */

static char *
name_of(pid_t pid)
{
        g_autofree char *path = g_strdup_printf("/proc/%d/comm", (int) pid);
        char *name = NULL;

        if (!g_file_get_contents(path, &name, NULL, NULL))
                return g_strdup("?");
        return g_strchomp(name);
}

/* Has it a vCPU open? */
static gboolean
runs_vcpu(pid_t pid, gboolean *ret_yes)
{
        g_autofree char *path = g_strdup_printf("/proc/%d/fd", (int) pid);
        g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
        const char *name;

        *ret_yes = FALSE;
        while (dir && !*ret_yes && (name = g_dir_read_name(dir))) {
                g_autofree char *link = g_build_filename(path, name, NULL);
                g_autofree char *target = g_file_read_link(link, NULL);

                *ret_yes = target && strstr(target, "kvm-vcpu");
        }
        return dir != NULL;
}

PvTraced *
pv_traced_attach(const char *text, GError **error)
{
        g_autoptr(PvTraced) traced = NULL;
        guint64 pid;
        gboolean vmm;

        if (!g_ascii_string_to_unsigned(text, 10, 1, G_MAXINT32, &pid, NULL)) {
                g_set_error(error, PV_ERROR, PV_ERROR_USAGE,
                            "--pid takes the number of a process, not '%s'; %s", text,
                            "'pgrep -a qemu' shows those of QEMU");
                return NULL;
        }
        traced = traced_new((pid_t) pid);
        if (traced->fd < 0) {
                g_set_error(error, PV_ERROR, PV_ERROR_USAGE, "there is no process %s: %s; %s", text,
                            g_strerror(errno), "'pgrep -a qemu' shows those of QEMU");
                return NULL;
        }
        traced->name = name_of(traced->pid);
        if (!runs_vcpu(traced->pid, &vmm)) {
                g_set_error(error, PV_ERROR, PV_ERROR_BLOCKED,
                            "what process %s has open cannot be seen; run as root", text);
                return NULL;
        }
        if (!vmm) {
                g_set_error(error, PV_ERROR, PV_ERROR_USAGE,
                            "process %s (%s) runs no virtual machine: it has no vCPU of KVM; name one that "
                            "has, or "
                            "start it by 'pvabi trace -- COMMAND'",
                            text, traced->name);
                return NULL;
        }
        return g_steal_pointer(&traced);
}

/* ---- a command ---- */

/* In the child: waits for the word, and ends when there is nobody left to give it. */
G_GNUC_NORETURN static void
become(char **command, int go, int failed, gboolean quiet)
{
        char word;
        int errnum;

        pv_interrupt_default();
        signal(SIGPIPE, SIG_DFL);
        if (quiet)
                dup2(STDERR_FILENO, STDOUT_FILENO);
        if (read(go, &word, 1) == 1) {
                execvp(command[0], command);
                errnum = errno;
                if (write(failed, &errnum, sizeof errnum) < 0)
                        _exit(126);
        }
        _exit(127);
}

PvTraced *
pv_traced_hold(char **command, gboolean quiet, GError **error)
{
        int go[2], failed[2];
        PvTraced *traced;
        pid_t pid;

        if (pipe2(go, O_CLOEXEC) < 0 || pipe2(failed, O_CLOEXEC) < 0 || (pid = fork()) < 0) {
                g_set_error(error, PV_ERROR, PV_ERROR_HARNESS, "no process can be started: %s; close others",
                            g_strerror(errno));
                return NULL;
        }
        if (pid == 0) {
                close(go[1]);
                close(failed[0]);
                become(command, go[0], failed[1], quiet);
        }
        close(go[0]);
        close(failed[1]);
        traced = traced_new(pid);
        traced->child = TRUE;
        traced->name = g_strdup(command[0]);
        traced->go = go[1];
        traced->failed = failed[0];
        return traced;
}

gboolean
pv_traced_go(PvTraced *traced, GError **error)
{
        int errnum;

        if (!traced->child)
                return TRUE;
        /* The other end of the second pipe is closed by a successful exec. */
        if (write(traced->go, "g", 1) == 1 && read(traced->failed, &errnum, sizeof errnum) == sizeof errnum) {
                g_set_error(error, PV_ERROR, PV_ERROR_USAGE,
                            "cannot execute '%s': %s; is it installed, and in PATH?", traced->name,
                            g_strerror(errnum));
                return FALSE;
        }
        return TRUE;
}

/* ---- the end ---- */

static void
reap(PvTraced *traced, int flags)
{
        int status;

        if (traced->child && traced->status < 0 && waitpid(traced->pid, &status, flags) == traced->pid)
                traced->status = status;
}

static void
end_child(PvTraced *traced)
{
        struct pollfd ended = {.fd = traced->fd, .events = POLLIN};

        reap(traced, WNOHANG);
        if (traced->status >= 0)
                return;
        kill(traced->pid, SIGTERM);
        if (poll(&ended, 1, END_MS) <= 0)
                kill(traced->pid, SIGKILL);
        reap(traced, 0);
}

char *
pv_traced_end(PvTraced *traced)
{
        struct pollfd ended = {.fd = traced->fd, .events = POLLIN};

        reap(traced, WNOHANG);
        if (traced->status >= 0 && WIFSIGNALED(traced->status))
                return g_strdup_printf("signal %d", WTERMSIG(traced->status));
        if (traced->status >= 0)
                return g_strdup_printf("exit code %d", WEXITSTATUS(traced->status));
        return g_strdup(poll(&ended, 1, 0) == 1 ? "ended" : "running");
}

static void
close_fd(int fd)
{
        if (fd >= 0)
                close(fd);
}

void
pv_traced_free(PvTraced *traced)
{
        if (!traced)
                return;
        close_fd(traced->go); /* one that is still held ends by this */
        if (traced->child)
                end_child(traced);
        close_fd(traced->failed);
        close_fd(traced->fd);
        g_free(traced->name);
        g_free(traced);
}
