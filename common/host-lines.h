/* SPDX-License-Identifier: MIT */
/* The host side of an attached program: by the host line protocol (docs/attach.md), or only as told. */
#ifndef PVABI_COMMON_HOST_LINES_H
#define PVABI_COMMON_HOST_LINES_H

#include <glib.h>

#include "common/host-cpus.h"

/* Takes the connected socket. PV_ERROR_HARNESS when it does not answer `cpus` as the protocol says. */
PvHost *pv_host_lines_new(int fd, unsigned answer_ms, GError **error);

/*
 * The machine as it was when power came on; topology NULL: as the program was started. 0, PV_E_REFUSED,
 * PV_E_UNSUPPORTED, or PV_E_GONE; what the program gave as its reason is then in *ret_why (g_free).
 */
int pv_host_lines_power_cycle(PvHost *host, const PvTopology *topology, const uint8_t *present,
                              PvChipset chipset, char **ret_why);

/* Nobody to ask: these CPUs are the truth, and there are no events, for which `limit` says why. Takes both arrays. */
PvHost *pv_host_told_new(PvHostCpus cpus, const char *limit);

/* Either of them. */
void pv_host_lines_free(PvHost *host);

#endif
