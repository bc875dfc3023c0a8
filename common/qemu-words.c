/* SPDX-License-Identifier: MIT */
/* What QEMU's command line calls things. */
#include "common/qemu.h"

#include "common/error.h"

char *
pv_qemu_smp(const PvTopology *t)
{
        /* Where there is one die, some machine types and versions do not know the word. */
        g_autofree char *dies = t->dies > 1 ? g_strdup_printf("dies=%u,", t->dies) : g_strdup("");

        return g_strdup_printf("cpus=%u,maxcpus=%u,sockets=%u,%scores=%u,threads=%u", t->cpus, t->max_cpus,
                               t->sockets, dies, t->cores, t->threads);
}

void
pv_qemu_add_machine(PvQemu *qemu, const char *type, const char *accelerator, const PvTopology *t)
{
        g_autofree char *smp = pv_qemu_smp(t);
        const char *const arguments[] = {
                "-machine",   type,           "-accel", accelerator,   "-smp",     smp,
                "-qtest-log", "/dev/null",    "-S",     "-nodefaults", "-display", "none",
                "-qtest",     "unix:{qtest}", "-qmp",   "unix:{qmp}"};

        for (size_t i = 0; i < G_N_ELEMENTS(arguments); i++)
                pv_qemu_add(qemu, arguments[i]);
}

/* A comma in a value is written twice in QEMU's options. */
char *
pv_qemu_option_value(const char *text)
{
        g_auto(GStrv) pieces = g_strsplit(text, ",", -1);

        return g_strjoinv(",,", pieces);
}

char *
pv_qemu_cpu(const PvTopology *t, uint32_t selector, const char *id)
{
        uint32_t thread = selector % t->threads, rest = selector / t->threads;
        uint32_t core = rest % t->cores, die = rest / t->cores % t->dies, socket = rest / t->cores / t->dies;
        g_autofree char *die_part = t->dies > 1 ? g_strdup_printf("die-id=%u,", die) : g_strdup("");

        return g_strdup_printf("qemu64-x86_64-cpu,id=%s,socket-id=%u,%score-id=%u,thread-id=%u", id, socket,
                               die_part, core, thread);
}

gboolean
pv_qemu_add_fw_cfg(PvQemu *qemu, const char *name, const void *data, size_t size, GError **error)
{
        g_autofree char *leaf = g_strdup_printf("file-%08x", g_str_hash(name));
        g_autofree char *path = pv_qemu_file(qemu, leaf);
        g_autofree char *name_value = pv_qemu_option_value(name), *path_value = pv_qemu_option_value(path);
        g_autofree char *argument = g_strdup_printf("name=%s,file=%s", name_value, path_value);
        g_autoptr(GError) cause = NULL;

        if (!g_file_set_contents_full(path, size ? data : "", (gssize) size, G_FILE_SET_CONTENTS_NONE, 0600,
                                      &cause)) {
                g_set_error(error, PV_ERROR, PV_ERROR_HARNESS, "cannot store %s for QEMU: %s", name,
                            cause->message);
                return FALSE;
        }
        pv_qemu_add(qemu, "-fw_cfg");
        pv_qemu_add(qemu, argument);
        return TRUE;
}
