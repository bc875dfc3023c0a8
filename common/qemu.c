/* SPDX-License-Identifier: MIT */
/* Starts a QEMU that connects to us, and ends it. */
#define _GNU_SOURCE 1 /* accept4, memfd_create */
#include "common/qemu.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/error.h"
#include "common/scratch.h"
#include "common/lines.h"
#include "common/placeholder.h"
#include "common/unix-socket.h"

#define VERSION_MS 5000u
#define WORDS_LIMIT 16384u
#define END_US (G_USEC_PER_SEC / 5) /* from a closed socket to the process's end */
#define LOOK_MS 20 /* how often a QEMU that has not connected yet is asked whether it still lives */

struct PvQemu {
        char *binary;
        char *folder;
        GPtrArray *files;     /* paths in the folder */
        GPtrArray *arguments; /* NULL-terminated once started */
        int listener[2];      /* the guest's side, qmp; -1: no argument names it */
        char *reach;          /* where it listens for us, as the guest's side; NULL: nowhere */
        int words;            /* its stderr, a file without a name */
        pid_t pid;            /* 0: not started, or reaped */
        int status;           /* of waitpid, once reaped */
};

/* Who asks for one in an argument is given its path there. */
static const struct {
        const char *name, *leaf;
        int end; /* of PvQemu.listener: the guest's side, or the monitor */
} sockets[] = {{"{qtest}", "qtest", 0}, {"{serial}", "serial", 0}, {"{qmp}", "qmp", 1}};

PvQemu *
pv_qemu_new(const char *binary, GError **error)
{
        g_autofree char *folder = pv_scratch_folder(error);
        PvQemu *qemu;

        if (!folder)
                return NULL;
        qemu = g_new0(PvQemu, 1);
        qemu->binary = g_strdup(binary);
        qemu->folder = g_steal_pointer(&folder);
        qemu->files = g_ptr_array_new_with_free_func(g_free);
        qemu->arguments = g_ptr_array_new_with_free_func(g_free);
        qemu->listener[0] = qemu->listener[1] = -1;
        qemu->words = memfd_create("pvabi-stderr", MFD_CLOEXEC);
        g_ptr_array_add(qemu->arguments, g_strdup(binary));
        return qemu;
}

static void
close_fd(int *fd)
{
        if (*fd >= 0)
                close(*fd);
        *fd = -1;
}

void
pv_qemu_forget_files(PvQemu *qemu)
{
        close_fd(&qemu->listener[0]);
        close_fd(&qemu->listener[1]);
        g_ptr_array_set_size(qemu->files, 0);
        pv_scratch_remove(qemu->folder);
        g_clear_pointer(&qemu->folder, g_free);
}

/* TRUE once the process has ended. */
static gboolean
reap(PvQemu *qemu, int flags)
{
        pid_t pid = 0;

        while (qemu->pid && (pid = waitpid(qemu->pid, &qemu->status, flags)) < 0 && errno == EINTR)
                ;
        if (pid) /* an error too: somebody else has reaped it */
                qemu->pid = 0;
        return qemu->pid == 0;
}

/* TRUE once it has ended, in time. */
static gboolean
reap_by(PvQemu *qemu, gint64 deadline)
{
        while (!reap(qemu, WNOHANG)) {
                if (g_get_monotonic_time() > deadline)
                        return FALSE;
                g_usleep(2000);
        }
        return TRUE;
}

void
pv_qemu_free(PvQemu *qemu)
{
        if (!qemu)
                return;
        if (qemu->pid) {
                kill(qemu->pid, SIGKILL);
                reap(qemu, 0);
        }
        pv_qemu_forget_files(qemu);
        close_fd(&qemu->words);
        g_ptr_array_unref(qemu->files);
        g_ptr_array_unref(qemu->arguments);
        g_free(qemu->reach);
        g_free(qemu->binary);
        g_free(qemu);
}

const char *
pv_qemu_folder(const PvQemu *qemu)
{
        return qemu->folder;
}

void
pv_qemu_add(PvQemu *qemu, const char *argument)
{
        g_ptr_array_add(qemu->arguments, g_strdup(argument));
}

char *
pv_qemu_file(PvQemu *qemu, const char *leaf)
{
        char *path = g_build_filename(qemu->folder, leaf, NULL);

        g_ptr_array_add(qemu->files, path);
        return g_strdup(path);
}

static gboolean
is_chatter(const char *line)
{
        static const char *const starts[] = {"[R ", "[S ", "[I ", "**", "Please configure -smp"};

        for (size_t i = 0; i < G_N_ELEMENTS(starts); i++)
                if (g_str_has_prefix(line, starts[i]))
                        return TRUE;
        return !*line || strstr(line, "warning:");
}

char *
pv_qemu_relevant_line(const char *text)
{
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

        for (guint i = 0; lines[i]; i++) {
                size_t name = strcspn(lines[i], ": ");

                if (is_chatter(g_strstrip(lines[i])))
                        continue;
                /* "qemu-system-x86_64: cause" */
                return g_strndup(g_str_has_prefix(lines[i] + name, ": ") ? lines[i] + name + 2 : lines[i],
                                 300);
        }
        return NULL;
}

char *
pv_qemu_last_words(PvQemu *qemu)
{
        g_autofree char *text = g_malloc0(WORDS_LIMIT + 1), *line = NULL;
        off_t skipped = MAX(lseek(qemu->words, 0, SEEK_END) - (off_t) WORDS_LIMIT, 0);
        ssize_t n = pread(qemu->words, text, WORDS_LIMIT, skipped);
        const char *whole = text;

        text[MAX(n, 0)] = '\0';
        if (skipped && strchr(text, '\n')) /* a warning per plug may fill it: the end is what matters */
                whole = strchr(text, '\n') + 1;
        line = pv_qemu_relevant_line(whole);
        return line ? g_utf8_make_valid(line, -1) : NULL;
}

void
pv_qemu_quote(PvQemu *qemu, GError **error)
{
        g_autofree char *words = pv_qemu_last_words(qemu);
        g_autofree char *message = NULL;

        if (!words || !error || !*error || strstr((*error)->message, words))
                return;
        message = g_strdup_printf("%s; QEMU's last words: %s", (*error)->message, words);
        g_free((*error)->message);
        (*error)->message = g_steal_pointer(&message);
}

static int
listen_at(const char *path)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

        g_strlcpy(address.sun_path, path, sizeof address.sun_path);
        if (fd >= 0 && (bind(fd, (struct sockaddr *) &address, sizeof address) || listen(fd, 1)))
                close_fd(&fd);
        return fd;
}

/* In every argument. FALSE: none has it. */
static gboolean
fill(PvQemu *qemu, const char *word, const char *value)
{
        gboolean any = FALSE;

        for (guint i = 0; i < qemu->arguments->len; i++)
                any |= pv_placeholder_fill((char **) &qemu->arguments->pdata[i], word, value);
        return any;
}

static gboolean
listen_for(PvQemu *qemu, gsize i, GError **error)
{
        g_autofree char *path = g_build_filename(qemu->folder, sockets[i].leaf, NULL);
        g_autofree char *value = pv_qemu_option_value(path);
        int *listener = &qemu->listener[sockets[i].end];

        if (!fill(qemu, sockets[i].name, value))
                return TRUE;
        *listener = listen_at(path);
        if (*listener < 0) {
                g_set_error(error, PV_ERROR, PV_ERROR_HARNESS, "cannot listen at %s: %s", path,
                            g_strerror(errno));
                return FALSE;
        }
        g_ptr_array_add(qemu->files, g_steal_pointer(&path));
        return TRUE;
}

static gboolean
listen_all(PvQemu *qemu, GError **error)
{
        g_autofree char *reach = g_build_filename(qemu->folder, "reach", NULL);

        fill(qemu, "{folder}", qemu->folder);
        if (fill(qemu, "{serial-listen}", reach)) {
                g_ptr_array_add(qemu->files, g_strdup(reach));
                qemu->reach = g_steal_pointer(&reach);
        }
        for (gsize i = 0; i < G_N_ELEMENTS(sockets); i++)
                if (!listen_for(qemu, i, error))
                        return FALSE;
        return TRUE;
}

/* In the child: dies with us, whatever kills us, but not by a Ctrl-C that is meant for us. */
static void
prepare_child(gpointer data)
{
        pid_t parent = *(pid_t *) data;

        setpgid(0, 0);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
                _exit(127);
}

static gboolean
spawn(char **arguments, int in, int out, int err, pid_t *ret_pid, GError **error)
{
        GSpawnFlags flags = G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_SEARCH_PATH;
        g_autoptr(GError) cause = NULL;
        pid_t parent = getpid();

        flags |= out < 0 ? G_SPAWN_STDOUT_TO_DEV_NULL : 0;
        flags |= err < 0 ? G_SPAWN_STDERR_TO_DEV_NULL : 0;
        if (g_spawn_async_with_fds(NULL, arguments, NULL, flags, prepare_child, &parent, ret_pid, in, out,
                                   err, &cause))
                return TRUE;
        g_set_error(
                error, PV_ERROR, PV_ERROR_BLOCKED,
                "cannot start QEMU: %s; apt-get install qemu-system-x86, or name one with QTEST_QEMU_BINARY",
                cause->message);
        return FALSE;
}

static gboolean
say_not_up(PvQemu *qemu, const char *what, GError **error)
{
        g_autofree char *words = pv_qemu_last_words(qemu);

        g_set_error(error, PV_ERROR, PV_ERROR_HARNESS, "%s %s%s%s", qemu->binary, what, words ? ": " : "",
                    words ? words : "");
        return FALSE;
}

static char *
describe_end(const PvQemu *qemu, const char *when)
{
        return WIFSIGNALED(qemu->status)
                       ? g_strdup_printf("was killed by signal %d%s", WTERMSIG(qemu->status), when)
                       : g_strdup_printf("ended%s with status %d", when, WEXITSTATUS(qemu->status));
}

static gboolean
say_ended(PvQemu *qemu, GError **error)
{
        g_autofree char *how = describe_end(qemu, " at start");

        return say_not_up(qemu, how, error);
}

/* The guest's side is where it listens, a while after its start. */
static void
look_where_it_listens(const PvQemu *qemu, int *fd)
{
        if (qemu->reach && *fd < 0)
                *fd = pv_unix_connect(qemu->reach, NULL);
}

/* There is somebody to wait for, who has not come yet. */
static int
awaited(const PvQemu *qemu, const int fd[2], int i)
{
        return fd[i] < 0 ? qemu->listener[i] : -1;
}

static gboolean
all_there(const PvQemu *qemu, const int fd[2])
{
        return awaited(qemu, fd, 0) < 0 && awaited(qemu, fd, 1) < 0 && !(qemu->reach && fd[0] < 0);
}

/* Accepts what has come in by the deadline; an fd is -1 until its peer has connected. */
static gboolean
accept_all(PvQemu *qemu, gint64 deadline, int fd[2], GError **error)
{
        while (!all_there(qemu, fd)) {
                struct pollfd wait[2] = {{.fd = awaited(qemu, fd, 0), .events = POLLIN},
                                         {.fd = awaited(qemu, fd, 1), .events = POLLIN}};

                poll(wait, 2, LOOK_MS);
                for (int i = 0; i < 2; i++)
                        if (wait[i].revents)
                                fd[i] = accept4(qemu->listener[i], NULL, NULL, SOCK_CLOEXEC);
                look_where_it_listens(qemu, &fd[0]);
                if (all_there(qemu, fd))
                        break;
                if (reap(qemu, WNOHANG))
                        return say_ended(qemu, error);
                if (g_get_monotonic_time() > deadline)
                        return say_not_up(qemu, "did not connect in time", error);
        }
        return TRUE;
}

/* The guest's side of who asks for no socket is standard input and output. */
static gboolean
start_process(PvQemu *qemu, int *ret_stdio, GError **error)
{
        gboolean stdio = qemu->listener[0] < 0 && !qemu->reach;
        int pair[2] = {-1, -1};
        gboolean ok;

        if (stdio && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair)) {
                g_set_error(error, PV_ERROR, PV_ERROR_HARNESS, "cannot make a socket: %s", g_strerror(errno));
                return FALSE;
        }
        g_ptr_array_add(qemu->arguments, NULL);
        ok = spawn((char **) qemu->arguments->pdata, pair[1], pair[1], qemu->words, &qemu->pid, error);
        close_fd(&pair[1]);
        if (ok)
                *ret_stdio = pair[0];
        else
                close_fd(&pair[0]);
        return ok;
}

gboolean
pv_qemu_start(PvQemu *qemu, unsigned timeout_ms, int *ret_guest_fd, int *ret_qmp_fd, GError **error)
{
        gint64 deadline = g_get_monotonic_time() + (gint64) timeout_ms * 1000;
        int fd[2] = {-1, -1};

        if (!listen_all(qemu, error) || !start_process(qemu, &fd[0], error))
                return FALSE;
        if (!accept_all(qemu, deadline, fd, error)) {
                close_fd(&fd[0]);
                close_fd(&fd[1]);
                return FALSE;
        }
        *ret_guest_fd = fd[0];
        *ret_qmp_fd = fd[1];
        return TRUE;
}

/* Its socket is closed a moment before it can be waited for. */
char *
pv_qemu_end(PvQemu *qemu)
{
        g_autofree char *words = pv_qemu_last_words(qemu), *how = NULL;

        if (!reap_by(qemu, g_get_monotonic_time() + END_US))
                return g_steal_pointer(&words);
        how = describe_end(qemu, "");
        return g_strdup_printf("%s %s%s%s", qemu->binary, how, words ? ": " : "", words ? words : "");
}

/* All that it prints, until it closes its output. FALSE: not in time. */
static gboolean
read_all(int fd, gint64 deadline, GString *text)
{
        for (;;) {
                gint64 left = deadline - g_get_monotonic_time();
                struct pollfd wait = {.fd = fd, .events = POLLIN};
                char piece[4096];
                ssize_t n;

                if (left <= 0 || text->len > WORDS_LIMIT)
                        return FALSE;
                if (poll(&wait, 1, (int) (left / 1000) + 1) <= 0)
                        continue;
                n = recv(fd, piece, sizeof piece, 0);
                if (n <= 0)
                        return TRUE;
                g_string_append_len(text, piece, n);
        }
}

gboolean
pv_qemu_run(char **words, unsigned timeout_ms, char **ret_printed, char **ret_how, GError **error)
{
        gint64 deadline = g_get_monotonic_time() + (gint64) timeout_ms * 1000;
        g_autoptr(PvQemu) qemu = pv_qemu_new(words[0], error);
        g_autoptr(GString) text = g_string_new(NULL);
        int fd, none;

        for (guint i = 1; qemu && words[i]; i++)
                pv_qemu_add(qemu, words[i]);
        if (!qemu || !pv_qemu_start(qemu, timeout_ms, &fd, &none, error))
                return FALSE;
        if (!read_all(fd, deadline, text))
                *ret_how = g_strdup_printf("%s does not end", words[0]);
        else if (!reap_by(qemu, deadline))
                *ret_how = g_strdup_printf("%s closed its output and does not end", words[0]);
        else if (qemu->status)
                *ret_how = pv_qemu_end(qemu);
        close(fd);
        *ret_printed = g_string_free(g_steal_pointer(&text), FALSE);
        return TRUE;
}

char *
pv_qemu_version_line(const char *binary, GError **error)
{
        char *arguments[] = {(char *) binary, (char *) "-version", NULL};
        char *line, *version = NULL;
        PvLines lines;
        int pair[2];
        pid_t pid;
        size_t n;

        /* A socket, not a pipe: it has a timeout. */
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair)) {
                g_set_error(error, PV_ERROR, PV_ERROR_HARNESS, "cannot make a socket: %s", g_strerror(errno));
                return NULL;
        }
        if (spawn(arguments, -1, pair[1], -1, &pid, error)) {
                close_fd(&pair[1]);
                pv_lines_init(&lines, pair[0], 4096, VERSION_MS);
                if (pv_lines_next(&lines, &line, &n) == PV_LINES_OK)
                        version = g_utf8_make_valid(line, (gssize) n);
                else
                        g_set_error(error, PV_ERROR, PV_ERROR_BLOCKED,
                                    "%s -version says nothing: is this QEMU? apt-get install qemu-system-x86",
                                    binary);
                pv_lines_clear(&lines);
                kill(pid, SIGKILL);
                while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
                        ;
        }
        close_fd(&pair[0]);
        close_fd(&pair[1]);
        return version;
}
