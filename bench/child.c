/* SPDX-License-Identifier: MIT */
/* A child in its own process group, and a socket to it. */
#include "bench/child.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/error.h"
#include "common/interrupt.h"

#define LISTEN_MS 100 /* how late an interrupt that fell between two system calls is noticed */
#define REAP_US 200
#define GRACE_US (2 * G_USEC_PER_SEC) /* to finish what is at hand, for a killed child leaves files behind */

/* A child that is waited for. */
typedef struct Watch {
        int fd;
        gint64 deadline;
        gboolean told; /* to stop */
} Watch;

void
pv_child_end_clear(PvChildEnd *end)
{
        g_clear_pointer(&end->messages, g_byte_array_unref);
        g_clear_pointer(&end->why, g_free);
}

static void
be_child(PvChildWork work, void *data, int fd, pid_t parent)
{
        setpgid(0, 0);
        pv_interrupt_default();
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
                _exit(1); /* it went before we could be told */
        work(data, fd);
        _exit(0);
}

/* As recv(), without waiting. */
static ssize_t
receive(int fd, GByteArray *messages)
{
        guint8 bytes[256];
        ssize_t n;

        errno = 0;
        n = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
        if (n > 0)
                g_byte_array_append(messages, bytes, (guint) n);
        return n;
}

/* By the socket, not by a signal: that would break a system call of the work. */
static gboolean
is_over(Watch *watch)
{
        gint64 now = g_get_monotonic_time();

        if (pv_interrupted() && !watch->told) {
                watch->told = TRUE;
                watch->deadline = MIN(watch->deadline, now + GRACE_US);
                shutdown(watch->fd, SHUT_WR);
        }
        return now > watch->deadline;
}

gboolean
pv_child_should_stop(int fd)
{
        char nothing;

        return recv(fd, &nothing, 1, MSG_DONTWAIT) == 0;
}

static void
listen_to(Watch *watch, GByteArray *messages)
{
        gboolean open = TRUE;

        while (open && !is_over(watch)) {
                struct pollfd p = {watch->fd, POLLIN, 0};

                if (poll(&p, 1, LISTEN_MS) > 0)
                        open = receive(watch->fd, messages) > 0 || errno == EAGAIN || errno == EINTR;
        }
}

/* Its group is swept while the child is a zombie: until it is reaped, nobody else can have its number. */
static gboolean
reap(pid_t child, Watch *watch, int *ret_status, struct rusage *ret_usage)
{
        siginfo_t info = {0};
        gboolean late = FALSE;

        while (waitid(P_PID, (id_t) child, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == 0) {
                late = late || is_over(watch);
                if (late)
                        kill(child, SIGKILL);
                g_usleep(REAP_US);
        }
        kill(-child, SIGKILL);
        while (wait4(child, ret_status, 0, ret_usage) < 0 && errno == EINTR)
                ;
        return late;
}

static char *
explain(int status, gboolean late, guint seconds)
{
        if (late)
                return g_strdup_printf("did not end within %u s", seconds);
        if (WIFSIGNALED(status))
                return g_strdup_printf("crashed (%s)", g_strsignal(WTERMSIG(status)));
        if (WEXITSTATUS(status) != 0)
                return g_strdup_printf("ended early (exit status %d)", WEXITSTATUS(status));
        return NULL;
}

static void
await(pid_t child, int fd, guint seconds, PvChildEnd *ret_end)
{
        Watch watch = {.fd = fd, .deadline = g_get_monotonic_time() + (gint64) seconds * G_USEC_PER_SEC};
        PvChildEnd end = {.messages = g_byte_array_new()};
        struct rusage usage = {0};
        int status = 0;
        gboolean late;

        listen_to(&watch, end.messages);
        late = reap(child, &watch, &status, &usage);
        while (receive(fd, end.messages) > 0) /* what it said between the last look and its end */
                ;
        end.interrupted = pv_interrupted();
        end.why = end.interrupted ? NULL : explain(status, late, seconds);
        end.peak_mib = (double) usage.ru_maxrss / 1024;
        *ret_end = end;
}

gboolean
pv_child_run(PvChildWork work, void *data, guint seconds, PvChildEnd *ret_end, GError **error)
{
        pid_t parent = getpid(), child;
        int fd[2];

        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) < 0) {
                g_set_error(error, PV_ERROR, PV_ERROR_HARNESS, "no socket for a child process: %s",
                            g_strerror(errno));
                return FALSE;
        }
        fflush(NULL);
        child = fork();
        if (child == 0) {
                close(fd[0]);
                be_child(work, data, fd[1], parent);
        }
        close(fd[1]);
        if (child > 0) {
                setpgid(child, child);
                await(child, fd[0], seconds, ret_end);
        } else {
                g_set_error(error, PV_ERROR, PV_ERROR_HARNESS, "no child process: %s", g_strerror(errno));
        }
        close(fd[0]);
        return child > 0;
}
