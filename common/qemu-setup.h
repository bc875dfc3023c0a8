/* SPDX-License-Identifier: MIT */
/* What a QEMU takes, asked before it is started, and which QEMU there is. */
#ifndef PVABI_COMMON_QEMU_SETUP_H
#define PVABI_COMMON_QEMU_SETUP_H

#include "common/target.h"

/* $QTEST_QEMU_BINARY or qemu-system-x86_64. */
const char *pv_qemu_default_binary(void);

/* Why this is no QEMU that runs here; NULL: it is one. g_free. */
char *pv_qemu_missing(const char *binary);

/* "QEMU 7.2.22"; NULL when it cannot be had. g_free. */
char *pv_qemu_version(const char *binary);

/* Why this machine type has no CPU hotplug; NULL: it has. */
const char *pv_qemu_no_hotplug(const char *type);

/* Can it be this machine? PV_ERROR_LIMIT: QEMU cannot; PV_ERROR_USAGE: nothing can. */
gboolean pv_qemu_check_setup(const PvSetup *setup, const char *type, GError **error);

#endif
