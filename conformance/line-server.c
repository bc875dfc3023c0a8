/* SPDX-License-Identifier: MIT */
/* One loop for all ports. A client that does not read its answers is not read either: buffers stay small. */
#include "conformance/line-server.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/interrupt.h"
#include "common/lines.h"
#include "common/unix-socket.h"

/* Answers of more bytes, or that took longer, are sent before more are made; then the other port has its turn. */
#define OUT_HIGH 65536u
#define TURN_US 5000

typedef struct Port {
        const PvLinePort *port;
        int listener, fd; /* -1: none */
        PvLines in;
        GString *out;
        gsize sent;     /* of out */
        gboolean ended; /* no more commands: it goes once the answers are sent */
} Port;

static void
begin(Port *p, int fd)
{
        fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
        p->fd = fd;
        p->ended = FALSE;
        pv_lines_init(&p->in, fd, p->port->limit, 0);
}

static void
hang_up(Port *p)
{
        if (p->fd < 0)
                return;
        close(p->fd);
        p->fd = -1;
        pv_lines_clear(&p->in);
        g_string_truncate(p->out, 0);
        p->sent = 0;
}

static gboolean
open_port(Port *p, GError **error)
{
        const PvLinePort *port = p->port;
        int fd = port->listens ? pv_unix_listen(port->path, error) : pv_unix_connect(port->path, error);

        if (fd < 0)
                return FALSE;
        if (port->listens)
                p->listener = fd;
        else
                begin(p, fd);
        return TRUE;
}

static void
close_port(Port *p)
{
        hang_up(p);
        if (p->listener >= 0) {
                close(p->listener);
                unlink(p->port->path);
        }
        g_string_free(p->out, TRUE);
}

static gboolean
unsent(const Port *p)
{
        return p->sent < p->out->len;
}

static void
flush(Port *p)
{
        while (unsent(p)) {
                ssize_t n = send(p->fd, p->out->str + p->sent, p->out->len - p->sent, MSG_NOSIGNAL);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
                        return;
                if (n < 0) {
                        hang_up(p);
                        return;
                }
                p->sent += (gsize) n;
        }
        g_string_truncate(p->out, 0);
        p->sent = 0;
}

static gboolean
turn_over(const Port *p, gint64 since)
{
        return p->ended || p->out->len >= OUT_HIGH || g_get_monotonic_time() - since > TURN_US;
}

/* What has come in, until there is enough to send. One receive at most: others want to be served as well. */
static void
answer(Port *p)
{
        gint64 since = g_get_monotonic_time();
        char *line;
        gsize n;

        do {
                PvLinesEnd end = pv_lines_next(&p->in, &line, &n);

                if (end == PV_LINES_OK)
                        p->port->answer(p->port->data, line, n, p->out);
                if (end == PV_LINES_BABBLING)
                        g_string_append_printf(p->out, "FAIL a line of more than %zu bytes\n",
                                               p->port->limit);
                p->ended = end == PV_LINES_CLOSED || end == PV_LINES_BABBLING;
        } while (!turn_over(p, since) && pv_lines_ready(&p->in));
}

static void
serve(Port *p)
{
        if (p->fd < 0) {
                int fd = accept4(p->listener, NULL, NULL, SOCK_CLOEXEC);

                if (fd >= 0)
                        begin(p, fd);
                return;
        }
        if (!unsent(p))
                answer(p);
        flush(p);
        if (p->ended && p->fd >= 0 && !unsent(p))
                hang_up(p);
}

/* TRUE when there is something to do at once. */
static gboolean
prepare(Port *p, struct pollfd *ret_wait)
{
        *ret_wait = (struct pollfd){
                .fd = p->fd >= 0 ? p->fd : p->listener,
                .events = p->fd >= 0 && unsent(p) ? POLLOUT : POLLIN,
        };
        return p->fd >= 0 && !unsent(p) && pv_lines_ready(&p->in);
}

static void
loop(Port *ports, guint n)
{
        struct pollfd wait[PV_LINE_PORTS_MAX];
        gboolean ready[PV_LINE_PORTS_MAX];

        while (ports[0].fd >= 0 || ports[0].listener >= 0) {
                gboolean busy = FALSE;

                for (guint i = 0; i < n; i++) {
                        ready[i] = prepare(&ports[i], &wait[i]);
                        busy |= ready[i];
                }
                if (pv_interrupt_poll(wait, n, busy ? 0 : -1) < 0)
                        return;
                for (guint i = 0; i < n; i++)
                        if (ready[i] || wait[i].revents)
                                serve(&ports[i]);
        }
}

gboolean
pv_line_server_run(const PvLinePort *port, guint n, GError **error)
{
        Port ports[PV_LINE_PORTS_MAX];
        gboolean ok = TRUE;

        g_assert(n <= PV_LINE_PORTS_MAX);
        for (guint i = 0; i < n; i++)
                ports[i] = (Port){.port = &port[i], .listener = -1, .fd = -1, .out = g_string_new(NULL)};
        for (guint i = 0; i < n && ok; i++)
                ok = open_port(&ports[i], error);
        if (ok)
                loop(ports, n);
        for (guint i = 0; i < n; i++)
                close_port(&ports[i]);
        return ok;
}
