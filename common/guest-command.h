/* SPDX-License-Identifier: MIT */
/* The user's command line for a VMM that boots pvabi-guest: words with {placeholders}. */
#ifndef PVABI_COMMON_GUEST_COMMAND_H
#define PVABI_COMMON_GUEST_COMMAND_H

#include <glib.h>

#include "common/qemu.h"
#include "common/types.h"

/*
 * The words of a command line, quoted as in a shell. A QEMU's without a placeholder is given all that the
 * guest needs; empty text is the default QEMU. What follows --host-cmd at the end is apart (NULL: nothing).
 * g_strfreev, g_free. PV_ERROR_USAGE.
 */
gboolean pv_guest_command_parse(const char *text, char ***ret_words, char **ret_host_command, GError **error);

/* Does a word have this placeholder in it, as in "{qmp}"? */
gboolean pv_guest_command_has(char **words, const char *placeholder);

/* The machine type that QEMU's -M or -machine names; NULL: the cell's chipset decides. g_free. */
char *pv_guest_command_machine_type(char **words);

/* Is it a QEMU, by its name? */
gboolean pv_guest_command_is_qemu(char **words);

/* Nothing asks for another accelerator than QEMU's own. */
gboolean pv_guest_command_is_tcg(char **words);

/* Adds all words but the first to the process, as this machine has them. */
void pv_guest_command_add(PvQemu *qemu, char **words, const PvTopology *topology, PvChipset chipset);

#endif
