/* SPDX-License-Identifier: MIT */
/* Unix sockets by name: connects, or listens. */
#include "common/endpoint.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/error.h"

static gboolean
refuse(GError **error, const char *text, const char *why)
{
        g_set_error(error, PV_ERROR, PV_ERROR_USAGE,
                    "%s: %s; write unix:PATH to connect, unix:PATH,server=on to listen", text, why);
        return FALSE;
}

/* Up to the next single comma; two of them stand for one. */
static char *
take_item(const char **text)
{
        GString *item = g_string_new(NULL);
        const char *at = *text;

        for (; *at && (*at != ',' || at[1] == ','); at++) {
                at += *at == ',';
                g_string_append_c(item, *at);
        }
        *text = *at ? at + 1 : at;
        return g_string_free(item, FALSE);
}

static gboolean
take_option(const char *text, const char *item, PvEndpoint *e, GError **error)
{
        g_autofree char *why = NULL;

        if (!strcmp(item, "server=on") || !strcmp(item, "server=off")) {
                e->server = !strcmp(item, "server=on");
                return TRUE;
        }
        /* QEMU's other way to listen: here nothing waits for a client before it starts. */
        if (!strcmp(item, "wait=off") || !strcmp(item, "wait=on"))
                return TRUE;
        why = g_strdup_printf("'%s' is not an option of a socket", item);
        return refuse(error, text, why);
}

gboolean
pv_endpoint_parse(const char *text, PvEndpoint *ret_endpoint, GError **error)
{
        g_auto(PvEndpoint) e = {0};
        const char *at = text + strlen("unix:");

        if (!g_str_has_prefix(text, "unix:"))
                return refuse(error, text, "not the name of a socket");
        e.path = take_item(&at);
        if (!*e.path)
                return refuse(error, text, "the path is missing");
        if (strlen(e.path) >= sizeof ((struct sockaddr_un *) NULL)->sun_path)
                return refuse(error, text, "the path is too long for a socket, which takes 107 bytes");
        while (*at) {
                g_autofree char *item = take_item(&at);

                if (!take_option(text, item, &e, error))
                        return FALSE;
        }
        *ret_endpoint = e;
        e.path = NULL;
        return TRUE;
}

void
pv_endpoint_clear(PvEndpoint *endpoint)
{
        g_clear_pointer(&endpoint->path, g_free);
}

static int
try_connect(int fd, const struct sockaddr_un *address)
{
        int r;

        do
                r = connect(fd, (const struct sockaddr *) address, sizeof *address);
        while (r < 0 && errno == EINTR);
        return r;
}

/* Whether somebody listens there: a socket outlives a program that was killed. */
static gboolean
is_stale(const struct sockaddr_un *address)
{
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        gboolean stale = fd >= 0 && connect(fd, (const struct sockaddr *) address, sizeof *address) < 0 &&
                         errno == ECONNREFUSED;

        if (fd >= 0)
                close(fd);
        return stale;
}

static int
try_listen(int fd, const struct sockaddr_un *address)
{
        struct stat status;

        if (!lstat(address->sun_path, &status)) {
                if (!S_ISSOCK(status.st_mode)) {
                        errno = EEXIST;
                        return -1;
                }
                if (is_stale(address))
                        unlink(address->sun_path);
        }
        if (bind(fd, (const struct sockaddr *) address, sizeof *address) < 0)
                return -1;
        return listen(fd, 1);
}

int
pv_endpoint_open(const PvEndpoint *endpoint, GError **error)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | (endpoint->server ? SOCK_NONBLOCK : 0), 0);

        g_strlcpy(address.sun_path, endpoint->path, sizeof address.sun_path);
        if (fd >= 0 && (endpoint->server ? try_listen(fd, &address) : try_connect(fd, &address)) == 0)
                return fd;
        g_set_error(error, PV_ERROR, PV_ERROR_USAGE, "cannot %s %s: %s; %s",
                    endpoint->server ? "listen at" : "connect to", endpoint->path, g_strerror(errno),
                    endpoint->server ? "choose another path, or end who listens there"
                                     : "start the program that listens there first");
        if (fd >= 0)
                close(fd);
        return -1;
}
