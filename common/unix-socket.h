/* SPDX-License-Identifier: MIT */
/* Unix stream sockets by path, as QEMU's options name them. */
#ifndef PVABI_COMMON_UNIX_SOCKET_H
#define PVABI_COMMON_UNIX_SOCKET_H

#include <glib.h>

/* The path of "unix:PATH"; PV_ERROR_USAGE says what is wrong, `what` being the option's name. g_free. */
char *pv_unix_path(const char *what, const char *text, GError **error);

/* A connected socket, or -1: PV_ERROR_BLOCKED when nobody listens there. */
int pv_unix_connect(const char *path, GError **error);

/*
 * A listening socket, or -1: PV_ERROR_USAGE. A socket file that was left behind is replaced, one that
 * somebody listens on is not. The caller unlinks it.
 */
int pv_unix_listen(const char *path, GError **error);

/* The next to connect, or -1: PV_ERROR_BLOCKED when nobody did in time, or on an interrupt. */
int pv_unix_accept(int listener, const char *path, unsigned timeout_ms, GError **error);

#endif
