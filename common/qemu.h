/* SPDX-License-Identifier: MIT */
/* A process of QEMU's or another VMM's: its arguments and files, its two sockets, its last words. It never
 * outlives us. */
#ifndef PVABI_COMMON_QEMU_H
#define PVABI_COMMON_QEMU_H

#include <glib.h>

#include "common/topology.h"

typedef struct PvQemu PvQemu;

/* A machine that is not running yet, and a private folder for its files. PV_ERROR_HARNESS. */
PvQemu *pv_qemu_new(const char *binary, GError **error);
void pv_qemu_free(PvQemu *qemu);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PvQemu, pv_qemu_free)

/* What {folder} stands for; its own. */
const char *pv_qemu_folder(const PvQemu *qemu);

/* Adds one argument. */
void pv_qemu_add(PvQemu *qemu, const char *argument);

/* What -smp takes, every level spelt out; g_free. */
char *pv_qemu_smp(const PvTopology *topology);

/* A stopped machine of this type behind qtest, with nothing but its own board. Accelerator: tcg or kvm. */
void pv_qemu_add_machine(PvQemu *qemu, const char *type, const char *accelerator, const PvTopology *topology);

/* A comma in a value is written twice in QEMU's options; g_free. */
char *pv_qemu_option_value(const char *text);

/* Where to keep a file for it, which goes with the others; g_free. */
char *pv_qemu_file(PvQemu *qemu, const char *leaf);

/* Hands this file to the machine's fw_cfg. PV_ERROR_HARNESS. */
gboolean pv_qemu_add_fw_cfg(PvQemu *qemu, const char *name, const void *data, size_t size, GError **error);

/* The CPU at this selector as -device and device_add name it: threads vary fastest, then cores, dies, sockets. g_free. */
char *pv_qemu_cpu(const PvTopology *topology, uint32_t selector, const char *id);

/*
 * Starts it and waits for its two sockets, which the caller owns from then on. In an argument, {qmp} is where it
 * connects its monitor to (without: -1), {qtest} or {serial} where it connects the guest's side to, and
 * {serial-listen} where it listens for us instead; without these three, standard input and output are the guest's
 * side. {folder} is private, and goes with all that is in it. PV_ERROR_BLOCKED: there is no such program;
 * PV_ERROR_HARNESS quotes what it said.
 */
gboolean pv_qemu_start(PvQemu *qemu, unsigned timeout_ms, int *ret_guest_fd, int *ret_qmp_fd, GError **error);

/* How it has ended, and its last words; NULL when neither is known. g_free. */
char *pv_qemu_end(PvQemu *qemu);

/* The files have been read: removes them, so that nothing is left behind whatever becomes of us. */
void pv_qemu_forget_files(PvQemu *qemu);

/* The first line on stderr that matters, or NULL; g_free. */
char *pv_qemu_last_words(PvQemu *qemu);

/* Appends the last words to an error that is set, where they say more than it does. */
void pv_qemu_quote(PvQemu *qemu, GError **error);

/*
 * Runs a command to its end. What it printed, and how it failed: NULL when it did not (both g_free).
 * PV_ERROR_BLOCKED: there is no such program.
 */
gboolean pv_qemu_run(char **words, unsigned timeout_ms, char **ret_printed, char **ret_how, GError **error);

/* First line of `BINARY -version`. PV_ERROR_BLOCKED when it cannot be had. */
char *pv_qemu_version_line(const char *binary, GError **error);

/* Of what QEMU wrote on stderr, the first line that is neither a warning nor chatter; NULL: none. */
char *pv_qemu_relevant_line(const char *text);

#endif
