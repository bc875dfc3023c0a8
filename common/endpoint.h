/* SPDX-License-Identifier: MIT */
/* Sockets as QEMU's options name them: unix:PATH, and unix:PATH,server=on to listen there. */
#ifndef PVABI_COMMON_ENDPOINT_H
#define PVABI_COMMON_ENDPOINT_H

#include <glib.h>

typedef struct PvEndpoint {
        char *path;
        gboolean server;
} PvEndpoint;

/* A comma of the path is written twice. PV_ERROR_USAGE. */
gboolean pv_endpoint_parse(const char *text, PvEndpoint *ret_endpoint, GError **error);
void pv_endpoint_clear(PvEndpoint *endpoint);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PvEndpoint, pv_endpoint_clear)

/*
 * A blocking, connected socket; or a listening one that does not block, at a new path or in the place of a socket
 * that nobody listens on any more. -1 with PV_ERROR_USAGE.
 */
int pv_endpoint_open(const PvEndpoint *endpoint, GError **error);

#endif
