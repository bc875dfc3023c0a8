/* SPDX-License-Identifier: MIT */
/* Lines from a socket: blocking, with the timeout in the kernel, so that an answer costs one system call. */
#include "common/lines.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

void
pv_lines_init(PvLines *lines, int fd, size_t limit, unsigned timeout_ms)
{
        memset(lines, 0, sizeof *lines);
        lines->fd = fd;
        lines->limit = limit;
        lines->buffer = g_malloc(limit + 1);
        pv_lines_set_timeout(lines, timeout_ms);
}

void
pv_lines_clear(PvLines *lines)
{
        g_clear_pointer(&lines->buffer, g_free);
}

void
pv_lines_set_timeout(PvLines *lines, unsigned timeout_ms)
{
        struct timeval t = {.tv_sec = timeout_ms / 1000, .tv_usec = (suseconds_t) (timeout_ms % 1000) * 1000};

        lines->timeout_ms = timeout_ms;
        setsockopt(lines->fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t);
        setsockopt(lines->fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof t);
}

gboolean
pv_lines_ready(PvLines *lines)
{
        const char *from = lines->buffer + lines->scanned;
        const char *newline = memchr(from, '\n', lines->end - lines->scanned);

        /* Left before the newline, so that the next look finds it at once. */
        lines->scanned = newline ? (size_t) (newline - lines->buffer) : lines->end;
        return newline != NULL;
}

/* Makes room by moving what is left to the front, or starts over when nothing is. */
static void
pack(PvLines *lines)
{
        size_t left = lines->end - lines->begin;

        if (!lines->begin)
                return;
        memmove(lines->buffer, lines->buffer + lines->begin, left);
        lines->scanned -= lines->begin;
        lines->begin = 0;
        lines->end = left;
}

static PvLinesEnd
receive(PvLines *lines)
{
        ssize_t n;

        pack(lines);
        if (lines->end == lines->limit)
                return PV_LINES_BABBLING;
        do
                n = recv(lines->fd, lines->buffer + lines->end, lines->limit - lines->end, 0);
        while (n < 0 && errno == EINTR);
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
                return PV_LINES_SILENT;
        if (n <= 0)
                return PV_LINES_CLOSED;
        lines->end += (size_t) n;
        return PV_LINES_OK;
}

PvLinesEnd
pv_lines_next(PvLines *lines, char **ret_line, size_t *ret_length)
{
        gint64 deadline = 0;

        while (!pv_lines_ready(lines)) {
                /* The clock is read only when an answer comes in pieces: each alone may be in time. */
                gint64 now = lines->begin == lines->end ? 0 : g_get_monotonic_time();
                PvLinesEnd end;

                if (now && !deadline)
                        deadline = now + (gint64) lines->timeout_ms * 1000;
                if (deadline && now > deadline)
                        return PV_LINES_SILENT;
                end = receive(lines);
                if (end != PV_LINES_OK)
                        return end;
        }
        *ret_line = lines->buffer + lines->begin;
        *ret_length = lines->scanned - lines->begin;
        lines->buffer[lines->scanned] = '\0';
        lines->begin = ++lines->scanned;
        return PV_LINES_OK;
}

PvLinesEnd
pv_lines_send(PvLines *lines, const char *data, size_t n)
{
        while (n > 0) {
                ssize_t sent = send(lines->fd, data, n, MSG_NOSIGNAL);

                if (sent < 0 && errno == EINTR)
                        continue;
                if (sent < 0)
                        return errno == EAGAIN || errno == EWOULDBLOCK ? PV_LINES_SILENT : PV_LINES_CLOSED;
                data += sent;
                n -= (size_t) sent;
        }
        return PV_LINES_OK;
}

const char *
pv_lines_word(PvLinesEnd end)
{
        switch (end) {
        case PV_LINES_CLOSED:
                return "closed its socket";
        case PV_LINES_SILENT:
                return "did not answer in time";
        case PV_LINES_BABBLING:
                return "is babbling: a line without an end";
        case PV_LINES_OK:
                break;
        }
        return "answered";
}
