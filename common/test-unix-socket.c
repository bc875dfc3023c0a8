/* SPDX-License-Identifier: MIT */
/* Sockets by path: what they are called, who is there, who is not. */
#include <glib/gstdio.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/error.h"
#include "common/held-socket.h"
#include "common/unix-socket.h"

static char *folder;

static char *
path_of(const char *name)
{
        return g_build_filename(folder, name, NULL);
}

static void
test_names(void)
{
        g_autofree char *path = pv_unix_path("--host", "unix:/tmp/x", NULL), *deep = g_strnfill(108, 'x');
        g_autofree char *too_long = g_strconcat("unix:", deep, NULL);
        const char *const bad[] = {"", "/tmp/x", "unix:", "tcp:1", too_long};

        g_assert_cmpstr(path, ==, "/tmp/x");
        for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
                g_autoptr(GError) error = NULL;

                g_assert_null(pv_unix_path("--host", bad[i], &error));
                g_assert_error(error, PV_ERROR, PV_ERROR_USAGE);
        }
}

static void
assert_nobody(const char *path)
{
        g_autoptr(GError) error = NULL;

        g_assert_cmpint(pv_unix_connect(path, &error), ==, -1);
        g_assert_error(error, PV_ERROR, PV_ERROR_BLOCKED);
        g_assert_nonnull(strstr(error->message, path));
}

static void
test_meeting(void)
{
        g_autofree char *path = path_of("meet");
        g_autoptr(GError) error = NULL;
        int listener, one, other;
        char byte = 0;

        assert_nobody(path);
        listener = pv_unix_listen(path, &error);
        g_assert_no_error(error);
        one = pv_unix_connect(path, &error);
        g_assert_no_error(error);
        other = pv_unix_accept(listener, path, 1000, &error);
        g_assert_no_error(error);
        g_assert_cmpint(write(one, "x", 1), ==, 1);
        g_assert_cmpint(read(other, &byte, 1), ==, 1);
        g_assert_cmpint(byte, ==, 'x');
        close(one);
        close(other);
        g_assert_cmpint(pv_unix_accept(listener, path, 10, &error), ==, -1);
        g_assert_error(error, PV_ERROR, PV_ERROR_BLOCKED);
        close(listener);
        g_unlink(path);
}

static void
test_taken(void)
{
        g_autofree char *path = path_of("taken"), *file = path_of("file");
        g_autoptr(GError) taken = NULL, occupied = NULL;
        int first = pv_unix_listen(path, NULL), again;

        g_assert_cmpint(pv_unix_listen(path, &taken), ==, -1);
        g_assert_error(taken, PV_ERROR, PV_ERROR_USAGE);
        close(first);
        assert_nobody(path);
        again = pv_unix_listen(path, NULL); /* what the first left behind is replaced */
        g_assert_cmpint(again, >=, 0);
        close(again);
        g_unlink(path);

        g_assert_true(g_file_set_contents(file, "kept", -1, NULL));
        g_assert_cmpint(pv_unix_listen(file, &occupied), ==, -1);
        g_assert_error(occupied, PV_ERROR, PV_ERROR_USAGE);
        g_assert_true(g_file_test(file, G_FILE_TEST_IS_REGULAR));
        g_unlink(file);
}

/* The connection is handed out again and again, and is over when its holder's parent is. */
static void
test_held(void)
{
        g_autofree char *path = path_of("held");
        g_autoptr(GError) error = NULL;
        int ends[2], pipe_fd[2], fd = -1;
        pid_t pid;
        char byte = 0;

        g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), ==, 0);
        g_assert_cmpint(pipe2(pipe_fd, O_CLOEXEC), ==, 0);
        pid = fork();
        if (pid == 0) { /* offers it, and lives until the pipe is closed */
                close(pipe_fd[1]);
                close(ends[0]);
                if (!pv_held_socket_offer(ends[1], path, NULL))
                        _exit(1);
                _exit(read(pipe_fd[0], &byte, 1) == 0 ? 0 : 1);
        }
        close(ends[1]);
        close(pipe_fd[0]);
        for (int i = 0; i < 200 && !g_file_test(path, G_FILE_TEST_EXISTS); i++)
                g_usleep(10000);
        for (char letter = 'a'; letter <= 'c'; letter++) {
                fd = pv_held_socket_take(path, &error);
                g_assert_no_error(error);
                g_assert_cmpint(write(fd, &letter, 1), ==, 1);
                g_assert_cmpint(read(ends[0], &byte, 1), ==, 1);
                g_assert_cmpint(byte, ==, letter);
                close(fd);
        }
        close(pipe_fd[1]);
        g_assert_cmpint(waitpid(pid, NULL, 0), ==, pid);
        g_assert_cmpint(read(ends[0], &byte, 1), ==, 0);
        close(ends[0]);
        g_assert_cmpint(pv_held_socket_take(path, &error), ==, -1);
        g_assert_error(error, PV_ERROR, PV_ERROR_BLOCKED);
}

int
main(int argc, char **argv)
{
        int r;

        g_test_init(&argc, &argv, NULL);
        folder = g_dir_make_tmp("pvabi-test-XXXXXX", NULL);
        g_test_add_func("/unix-socket/names", test_names);
        g_test_add_func("/unix-socket/meeting", test_meeting);
        g_test_add_func("/unix-socket/taken", test_taken);
        g_test_add_func("/unix-socket/held", test_held);
        r = g_test_run();
        g_rmdir(folder);
        g_free(folder);
        return r;
}
