/* SPDX-License-Identifier: MIT */
/* The host side of a VMM by commands of the user's: --host-cmd. */
#ifndef PVABI_COMMON_HOST_COMMAND_H
#define PVABI_COMMON_HOST_COMMAND_H

#include <glib.h>

#include "common/host.h"

/* PV_ERROR_USAGE, unless it reads as "plug=COMMAND unplug=COMMAND reset=COMMAND cpus=COMMAND", of which each
 * may be missing. */
gboolean pv_host_command_check(const char *text, GError **error);

/* What is to be operated. */
typedef struct PvHostCommandPlan {
        const char *commands;         /* as checked before; NULL: there are none */
        const char *folder;           /* what {folder} is */
        PvTopology topology;          /* its first CPUs are present */
        int (*was_reset)(void *data); /* 0 once the guest is there, or a fatal code */
        void *data;
} PvHostCommandPlan;

PvHost *pv_host_command_new(const PvHostCommandPlan *plan);
void pv_host_command_free(PvHost *host);

#endif
