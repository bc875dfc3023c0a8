/* SPDX-License-Identifier: MIT */
/* The server's side of the host line protocol, which docs/attach.md describes. */
#ifndef PVABI_CONFORMANCE_HOST_SERVER_H
#define PVABI_CONFORMANCE_HOST_SERVER_H

#include "conformance/served.h"

#define PV_HOST_COMMAND_MAX 4096u
#define PV_HOST_ANSWER_MAX (1u << 20)

/* Appends the answer to one command of n bytes, without its newline, which is cut up in place. */
void pv_host_serve(PvServed *served, char *line, gsize n, GString *out);

#endif
