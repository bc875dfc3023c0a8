/* SPDX-License-Identifier: MIT */
/* QEMU's options as far as a trace needs them, and the lines of its log. */
#include "cli/trace-qemu.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/smp.h"

/* QEMU's fw_cfg DMA register is big-endian, and the event has the value as the device sees it. */
#define DMA_FIRST 0x514u
#define DMA_LAST 0x51bu

/* ---- the command line ---- */

/* Of a wrapper's arguments, or the command itself. */
gboolean
pv_trace_qemu_is(char **command)
{
        for (guint i = 0; command[i]; i++) {
                g_autofree char *name = g_path_get_basename(command[i]);

                if (g_str_has_prefix(name, "qemu-system-"))
                        return TRUE;
        }
        return FALSE;
}

/* The value of the last option of this name; QEMU takes one dash or two. NULL: there is none. */
static const char *
option(char **command, const char *name)
{
        const char *value = NULL;

        for (guint i = 0; command[i] && command[i + 1]; i++) {
                const char *word = command[i];

                if (*word == '-' && !strcmp(word + 1 + (word[1] == '-'), name))
                        value = command[i + 1];
        }
        return value;
}

static const char *
machine(char **command)
{
        const char *value = option(command, "machine") ? option(command, "machine") : option(command, "M");

        return value ? value : "";
}

gboolean
pv_trace_qemu_uses_kvm(char **command)
{
        const char *accelerator = option(command, "accel");

        return g_strv_contains((const char *const *) command, "-enable-kvm") ||
               g_strv_contains((const char *const *) command, "--enable-kvm") ||
               (accelerator && g_str_has_prefix(accelerator, "kvm")) || strstr(machine(command), "accel=kvm");
}

char **
pv_trace_qemu_command(char **command, const char *path)
{
        const char *const more[] = {
                "-trace", "memory_region_ops_read", "-trace", "memory_region_ops_write", "-D", path};
        guint n = g_strv_length(command);
        char **all = g_new0(char *, n + G_N_ELEMENTS(more) + 1);

        for (guint i = 0; i < n; i++)
                all[i] = g_strdup(command[i]);
        for (guint i = 0; i < G_N_ELEMENTS(more); i++)
                all[n + i] = g_strdup(more[i]);
        return all;
}

const char *
pv_trace_qemu_smp(char **command)
{
        const char *value = option(command, "smp");
        PvTopology topology;

        if (!pv_trace_qemu_is(command))
                return NULL;
        return !value ? "1" : pv_smp_parse(value, &topology, NULL) ? value : NULL;
}

const char *
pv_trace_qemu_chipset(char **command)
{
        const char *name = machine(command);

        if (!pv_trace_qemu_is(command))
                return NULL;
        if (strstr(name, "q35"))
                return "q35";
        return strstr(name, "microvm") || strstr(name, "isapc") ? NULL : "pc";
}

/* ---- events ---- */

static uint64_t
swapped(uint64_t value, unsigned width)
{
        return width == 4   ? GUINT32_SWAP_LE_BE((guint32) value)
               : width == 2 ? GUINT16_SWAP_LE_BE((guint16) value)
                            : value;
}

gboolean
pv_trace_qemu_event(const char *line, PvTraceItem *ret_item)
{
        const char *event = strstr(line, "memory_region_ops_");
        uint64_t where, value;
        char action[6];
        unsigned width;

        if (!event ||
            sscanf(event,
                   "memory_region_ops_%5[a-z] cpu %*d mr %*s addr %" SCNx64 " value %" SCNx64 " size %u",
                   action, &where, &value, &width) != 4)
                return FALSE;
        if (where > 0xffff || (width != 1 && width != 2 && width != 4) ||
            (strcmp(action, "read") && strcmp(action, "write")))
                return FALSE;
        if (where >= DMA_FIRST && where <= DMA_LAST)
                value = swapped(value, width);
        *ret_item = (PvTraceItem){
                .action = *action == 'r' ? 'R' : 'W', .where = where, .width = width, .value = value};
        return TRUE;
}
