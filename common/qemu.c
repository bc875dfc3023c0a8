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

#define VERSION_MS 5000u
#define WORDS_LIMIT 16384u
#define LOOK_MS 20 /* how often a QEMU that has not connected yet is asked whether it still lives */

struct PvQemu {
        char *binary;
        char *folder;
        GPtrArray *files;     /* paths in the folder */
        GPtrArray *arguments; /* NULL-terminated once started */
        int listener[2];      /* qtest, qmp */
        int words;            /* its stderr, a file without a name */
        pid_t pid;            /* 0: not started, or reaped */
        int status;           /* of waitpid, once reaped */
};

static const char *const socket_names[] = {"qtest", "qmp"};

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
        for (guint i = 0; i < qemu->files->len; i++)
                unlink(qemu->files->pdata[i]);
        g_ptr_array_set_size(qemu->files, 0);
        if (qemu->folder)
                rmdir(qemu->folder);
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
        g_free(qemu->binary);
        g_free(qemu);
}

void
pv_qemu_add(PvQemu *qemu, const char *argument)
{
        g_ptr_array_add(qemu->arguments, g_strdup(argument));
}

void
pv_qemu_add_machine(PvQemu *qemu, const char *type, const char *accelerator, const PvTopology *t)
{
        /* Where there is one die, some machine types and versions do not know the word. */
        g_autofree char *dies = t->dies > 1 ? g_strdup_printf("dies=%u,", t->dies) : g_strdup("");
        g_autofree char *smp = g_strdup_printf("cpus=%u,maxcpus=%u,sockets=%u,%scores=%u,threads=%u", t->cpus,
                                               t->max_cpus, t->sockets, dies, t->cores, t->threads);
        const char *const arguments[] = {"-machine", type,          "-accel",     accelerator,
                                         "-smp",     smp,           "-qtest-log", "/dev/null",
                                         "-S",       "-nodefaults", "-display",   "none"};

        for (size_t i = 0; i < G_N_ELEMENTS(arguments); i++)
                pv_qemu_add(qemu, arguments[i]);
}

/* A comma in a value is written twice in QEMU's options. */
static char *
option_value(const char *text)
{
        g_auto(GStrv) pieces = g_strsplit(text, ",", -1);

        return g_strjoinv(",,", pieces);
}

char *
pv_qemu_cpu(const PvTopology *t, uint32_t selector, const char *id)
{
        uint32_t thread = selector % t->threads, rest = selector / t->threads;
        uint32_t core = rest % t->cores, die = rest / t->cores % t->dies, socket = rest / t->cores / t->dies;
        g_autofree char *die_part = t->dies > 1 ? g_strdup_printf("die-id=%u,", die) : g_strdup("");

        return g_strdup_printf("qemu64-x86_64-cpu,id=%s,socket-id=%u,%score-id=%u,thread-id=%u", id, socket, die_part,
                               core, thread);
}

char *
pv_qemu_file(PvQemu *qemu, const char *leaf)
{
        char *path = g_build_filename(qemu->folder, leaf, NULL);

        g_ptr_array_add(qemu->files, path);
        return g_strdup(path);
}

gboolean
pv_qemu_add_fw_cfg(PvQemu *qemu, const char *name, const void *data, size_t size, GError **error)
{
        g_autofree char *leaf = g_strdup_printf("file-%u", qemu->files->len);
        g_autofree char *path = pv_qemu_file(qemu, leaf);
        g_autofree char *name_value = option_value(name), *path_value = option_value(path);
        g_autofree char *argument = g_strdup_printf("name=%s,file=%s", name_value, path_value);
        g_autoptr(GError) cause = NULL;

        if (!g_file_set_contents_full(path, size ? data : "", (gssize) size, G_FILE_SET_CONTENTS_NONE, 0600,
                                      &cause)) {
                g_set_error(error, PV_ERROR, PV_ERROR_HARNESS, "cannot store %s for QEMU: %s", name,
                            cause->message);
                return FALSE;
        }
        pv_qemu_add(qemu, "-fw_cfg");
        pv_qemu_add(qemu, argument);
        return TRUE;
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

static gboolean
listen_both(PvQemu *qemu, GError **error)
{
        for (int i = 0; i < 2; i++) {
                char *path = g_build_filename(qemu->folder, socket_names[i], NULL);
                g_autofree char *value = option_value(path);
                g_autofree char *option = g_strdup_printf("-%s", socket_names[i]);
                g_autofree char *argument = g_strdup_printf("unix:%s", value);

                g_ptr_array_add(qemu->files, path);
                qemu->listener[i] = listen_at(path);
                if (qemu->listener[i] < 0) {
                        g_set_error(error, PV_ERROR, PV_ERROR_HARNESS, "cannot listen at %s: %s", path,
                                    g_strerror(errno));
                        return FALSE;
                }
                pv_qemu_add(qemu, option);
                pv_qemu_add(qemu, argument);
        }
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
spawn(char **arguments, int out, int err, pid_t *ret_pid, GError **error)
{
        GSpawnFlags flags = G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_SEARCH_PATH;
        g_autoptr(GError) cause = NULL;
        pid_t parent = getpid();

        flags |= out < 0 ? G_SPAWN_STDOUT_TO_DEV_NULL : 0;
        flags |= err < 0 ? G_SPAWN_STDERR_TO_DEV_NULL : 0;
        if (g_spawn_async_with_fds(NULL, arguments, NULL, flags, prepare_child, &parent, ret_pid, -1, out,
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

static gboolean
say_ended(PvQemu *qemu, GError **error)
{
        g_autofree char *what = NULL;

        if (WIFSIGNALED(qemu->status))
                what = g_strdup_printf("was killed by signal %d at start", WTERMSIG(qemu->status));
        else
                what = g_strdup_printf("ended at start with status %d", WEXITSTATUS(qemu->status));
        return say_not_up(qemu, what, error);
}

/* Accepts what has come in by the deadline; an fd is -1 until its peer has connected. */
static gboolean
accept_both(PvQemu *qemu, gint64 deadline, int fd[2], GError **error)
{
        while (fd[0] < 0 || fd[1] < 0) {
                struct pollfd wait[2] = {{.fd = fd[0] < 0 ? qemu->listener[0] : -1, .events = POLLIN},
                                         {.fd = fd[1] < 0 ? qemu->listener[1] : -1, .events = POLLIN}};

                poll(wait, 2, LOOK_MS);
                for (int i = 0; i < 2; i++)
                        if (fd[i] < 0 && wait[i].revents)
                                fd[i] = accept4(qemu->listener[i], NULL, NULL, SOCK_CLOEXEC);
                if (fd[0] >= 0 && fd[1] >= 0)
                        break;
                if (reap(qemu, WNOHANG))
                        return say_ended(qemu, error);
                if (g_get_monotonic_time() > deadline)
                        return say_not_up(qemu, "did not connect in time", error);
        }
        return TRUE;
}

gboolean
pv_qemu_start(PvQemu *qemu, unsigned timeout_ms, int *ret_qtest_fd, int *ret_qmp_fd, GError **error)
{
        gint64 deadline = g_get_monotonic_time() + (gint64) timeout_ms * 1000;
        int fd[2] = {-1, -1};

        if (!listen_both(qemu, error))
                return FALSE;
        g_ptr_array_add(qemu->arguments, NULL);
        if (!spawn((char **) qemu->arguments->pdata, -1, qemu->words, &qemu->pid, error))
                return FALSE;
        if (!accept_both(qemu, deadline, fd, error)) {
                close_fd(&fd[0]);
                close_fd(&fd[1]);
                return FALSE;
        }
        *ret_qtest_fd = fd[0];
        *ret_qmp_fd = fd[1];
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
        if (spawn(arguments, pair[1], -1, &pid, error)) {
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
