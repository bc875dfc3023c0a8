/* SPDX-License-Identifier: MIT */
/* A child in its own process group, with a pipe back. */
#include "bench/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/error.h"

#define LISTEN_MS 100 /* how late an interrupt that fell between two system calls is noticed */
#define REAP_US 200

static volatile sig_atomic_t interrupted;
static struct sigaction before;

static void
note_interrupt(int signal_number)
{
        (void) signal_number;
        interrupted = 1;
}

void
pv_interrupt_catch(void)
{
        struct sigaction action = {.sa_handler = note_interrupt};

        interrupted = 0;
        sigaction(SIGINT, &action, &before);
}

void
pv_interrupt_release(void)
{
        sigaction(SIGINT, &before, NULL);
}

gboolean
pv_interrupted(void)
{
        return interrupted != 0;
}

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
        signal(SIGINT, SIG_DFL);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
                _exit(1); /* it went before we could be told */
        work(data, fd);
        _exit(0);
}

/* FALSE once the other end is closed. */
static gboolean
receive(int fd, GByteArray *messages)
{
        guint8 bytes[256];
        ssize_t n = read(fd, bytes, sizeof bytes);

        if (n > 0)
                g_byte_array_append(messages, bytes, (guint) n);
        return n > 0 || (n < 0 && errno == EINTR);
}

static gboolean
is_over(gint64 deadline)
{
        return interrupted || g_get_monotonic_time() > deadline;
}

static void
listen_to(int fd, gint64 deadline, GByteArray *messages)
{
        gboolean open = TRUE;

        while (open && !is_over(deadline)) {
                struct pollfd p = {fd, POLLIN, 0};

                if (poll(&p, 1, LISTEN_MS) > 0)
                        open = receive(fd, messages);
        }
}

/* Its group is swept while the child is a zombie: until it is reaped, nobody else can have its number. */
static gboolean
reap(pid_t child, gint64 deadline, int *ret_status, struct rusage *ret_usage)
{
        siginfo_t info = {0};
        gboolean late = FALSE;

        while (waitid(P_PID, (id_t) child, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == 0) {
                late = late || is_over(deadline);
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
        gint64 deadline = g_get_monotonic_time() + (gint64) seconds * G_USEC_PER_SEC;
        PvChildEnd end = {.messages = g_byte_array_new()};
        struct rusage usage = {0};
        int status = 0;
        gboolean late;

        listen_to(fd, deadline, end.messages);
        late = reap(child, deadline, &status, &usage);
        while (receive(fd, end.messages)) /* what it said between the last look and its end */
                ;
        end.interrupted = interrupted != 0;
        end.why = end.interrupted ? NULL : explain(status, late, seconds);
        end.peak_mib = (double) usage.ru_maxrss / 1024;
        *ret_end = end;
}

gboolean
pv_child_run(PvChildWork work, void *data, guint seconds, PvChildEnd *ret_end, GError **error)
{
        pid_t parent = getpid(), child;
        int fd[2];

        if (pipe2(fd, O_CLOEXEC) < 0) {
                g_set_error(error, PV_ERROR, PV_ERROR_HARNESS, "no pipe for a child process: %s",
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
