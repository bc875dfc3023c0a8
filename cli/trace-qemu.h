/* SPDX-License-Identifier: MIT */
/* What a QEMU's command line says, and its trace events of accesses. Pure functions. */
#ifndef PVABI_CLI_TRACE_QEMU_H
#define PVABI_CLI_TRACE_QEMU_H

#include <glib.h>

#include "common/trace-file.h"

/* Is there a QEMU in this command; and is it one that uses KVM? */
gboolean pv_trace_qemu_is(char **command);
gboolean pv_trace_qemu_uses_kvm(char **command);

/* The same command, and accesses are written to this file (g_strfreev). */
char **pv_trace_qemu_command(char **command, const char *path);

/* Its topology as pv_smp_parse() takes it, and its chipset ("q35", "pc"); NULL: not known. */
const char *pv_trace_qemu_smp(char **command);
const char *pv_trace_qemu_chipset(char **command);

/* A memory_region_ops event as an item of a trace. FALSE: the line is something else. */
gboolean pv_trace_qemu_event(const char *line, PvTraceItem *ret_item);

#endif
