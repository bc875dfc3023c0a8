/* SPDX-License-Identifier: MIT */
/* Connects, listens and accepts, with one line for each thing that can be wrong. */
#include "common/unix-socket.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/error.h"
#include "common/interrupt.h"

#define PREFIX "unix:"

static gboolean
fill_address(const char *path, struct sockaddr_un *ret_address, GError **error)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};

        if (!*path || strlen(path) >= sizeof address.sun_path) {
                g_set_error(error, PV_ERROR, PV_ERROR_USAGE,
                            "'%s' cannot be the path of a socket; name one of 1 to %zu bytes", path,
                            sizeof address.sun_path - 1);
                return FALSE;
        }
        strcpy(address.sun_path, path);
        *ret_address = address;
        return TRUE;
}

char *
pv_unix_path(const char *what, const char *text, GError **error)
{
        struct sockaddr_un address;

        if (!g_str_has_prefix(text, PREFIX)) {
                g_set_error(error, PV_ERROR, PV_ERROR_USAGE, "%s takes unix:PATH, not '%s'; name a socket",
                            what, text);
                return NULL;
        }
        if (!fill_address(text + strlen(PREFIX), &address, error))
                return NULL;
        return g_strdup(address.sun_path);
}

static int
new_socket(void)
{
        return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

/* A connected socket, or -errno. Bounded: who listens may have others waiting already. */
static int
dial(const struct sockaddr_un *address)
{
        const struct timeval patience = {.tv_sec = 2};
        int fd = new_socket(), why;

        if (fd >= 0)
                setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        if (fd >= 0 && !connect(fd, (const struct sockaddr *) address, sizeof *address))
                return fd;
        why = errno;
        if (fd >= 0)
                close(fd);
        return -why;
}

int
pv_unix_connect(const char *path, GError **error)
{
        struct sockaddr_un address;
        int fd;

        if (!fill_address(path, &address, error))
                return -1;
        fd = dial(&address);
        if (fd >= 0)
                return fd;
        g_set_error(error, PV_ERROR, PV_ERROR_BLOCKED,
                    "nothing answers at %s: %s; start the program that listens there", path, g_strerror(-fd));
        return -1;
}

/* A socket file that nobody listens on any more goes. What is no socket refuses a connection too, and stays.
 */
static void
remove_left_behind(const struct sockaddr_un *address)
{
        struct stat st;
        int fd;

        if (lstat(address->sun_path, &st) || !S_ISSOCK(st.st_mode))
                return;
        fd = dial(address);
        if (fd >= 0)
                close(fd);
        else if (fd == -ECONNREFUSED)
                unlink(address->sun_path);
}

int
pv_unix_listen(const char *path, GError **error)
{
        struct sockaddr_un address;
        int fd;

        if (!fill_address(path, &address, error))
                return -1;
        remove_left_behind(&address);
        fd = new_socket();
        if (fd >= 0 && !bind(fd, (struct sockaddr *) &address, sizeof address) && !listen(fd, 1))
                return fd;
        g_set_error(error, PV_ERROR, PV_ERROR_USAGE, "cannot listen on %s: %s; name another path", path,
                    g_strerror(errno));
        if (fd >= 0)
                close(fd);
        return -1;
}

int
pv_unix_accept(int listener, const char *path, unsigned timeout_ms, GError **error)
{
        struct pollfd wait = {.fd = listener, .events = POLLIN};
        int ready = pv_interrupt_poll(&wait, 1, (int) timeout_ms), fd = -1;

        if (ready > 0)
                fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0)
                g_set_error(error, PV_ERROR, PV_ERROR_BLOCKED,
                            "nobody connected to %s within %u ms; start the program that connects there",
                            path, timeout_ms);
        return fd;
}
