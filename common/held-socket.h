/* SPDX-License-Identifier: MIT */
/* One connection that outlives each of the processes which use it, one after the other. */
#ifndef PVABI_COMMON_HELD_SOCKET_H
#define PVABI_COMMON_HELD_SOCKET_H

#include <glib.h>

/*
 * Takes the socket, and hands it to whoever asks at this path until the calling process has ended; then the
 * path is gone too. PV_ERROR_HARNESS, or PV_ERROR_USAGE for the path.
 */
gboolean pv_held_socket_offer(int fd, const char *path, GError **error);

/* A copy of the socket that is offered there, or -1: PV_ERROR_BLOCKED. */
int pv_held_socket_take(const char *path, GError **error);

#endif
