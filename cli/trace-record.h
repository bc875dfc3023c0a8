/* SPDX-License-Identifier: MIT */
/* A trace file made of what a virtual machine does on the ports of the two ABIs. */
#ifndef PVABI_CLI_TRACE_RECORD_H
#define PVABI_CLI_TRACE_RECORD_H

#include "bench/exits.h"

/*
 * Values come from one of two places. Under KVM BPF sees them. Where it does not, a QEMU is told to write its
 * memory_region_ops trace events into a pipe. Every function but the first takes NULL for no recording.
 */
typedef struct PvRecording PvRecording;

/* PV_ERROR_USAGE: the file cannot be written. One of pid and command is NULL; qemus: it is QEMU that tells.
 */
PvRecording *pv_recording_new(const char *path, const char *pid, char **command, gboolean qemus,
                              GError **error);
void pv_recording_free(PvRecording *recording);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PvRecording, pv_recording_free)

gboolean pv_recording_is_qemus(const PvRecording *recording);

/* The command as it has to be for that (g_strfreev); and what BPF is to watch, or NULL. */
char **pv_recording_command(const PvRecording *recording, char **command);
const PvExitsWatch *pv_recording_watch(const PvRecording *recording);

/* Readable when there is something to take, or -1. PV_ERROR_HARNESS: the file cannot be written any more. */
int pv_recording_fd(PvRecording *recording, PvExits *exits);
gboolean pv_recording_take(PvRecording *recording, PvExits *exits, GError **error);

/* Takes what is left, and ends the file. */
gboolean pv_recording_close(PvRecording *recording, PvExits *exits, GError **error);

/* How many accesses it has. */
guint64 pv_recording_n(const PvRecording *recording);

#endif
