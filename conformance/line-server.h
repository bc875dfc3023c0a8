/* SPDX-License-Identifier: MIT */
/* Serves line protocols on Unix sockets: one line in, one answer out, in order, whatever the client does. */
#ifndef PVABI_CONFORMANCE_LINE_SERVER_H
#define PVABI_CONFORMANCE_LINE_SERVER_H

#include <glib.h>

/* Where clients come from, one at a time, and who answers them. */
typedef struct PvLinePort {
        const char *path;
        gboolean listens; /* else it connects, once */
        gsize limit;      /* bytes of a command; a client that sends more is told so and left */
        /* Appends the answer to one line, which has n bytes and a NUL behind them and may be changed. */
        void (*answer)(void *data, char *line, gsize n, GString *out);
        void *data;
} PvLinePort;

#define PV_LINE_PORTS_MAX 2u

/*
 * Until an interrupt, or until the peer of the first port has left and no other can come. Sockets that were
 * listened on are removed. PV_ERROR_USAGE or PV_ERROR_BLOCKED when a port cannot be opened.
 */
gboolean pv_line_server_run(const PvLinePort *port, guint n, GError **error);

#endif
