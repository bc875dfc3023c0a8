/* SPDX-License-Identifier: MIT */
/* Names of targets. */
#include "common/target.h"

#include <string.h>

#include "common/guest-command.h"
#include "common/unix-socket.h"

const PvTargetOps *const pv_targets[] = {&pv_target_model, &pv_target_qtest, &pv_target_kvm,
                                         &pv_target_guest, &pv_target_native, &pv_target_attach, NULL};

static const PvTargetOps *
find_ops(const char *kind)
{
        for (int i = 0; pv_targets[i]; i++)
                if (!strcmp(pv_targets[i]->kind, kind))
                        return pv_targets[i];
        return NULL;
}

static gboolean
parse_switch(const char *word, gboolean *ret_on)
{
        if (strcmp(word, "on") && strcmp(word, "off"))
                return FALSE;
        *ret_on = !strcmp(word, "on");
        return TRUE;
}

/* One OPTION=VALUE after the socket. */
static gboolean
parse_option(PvTarget *target, const char *option, GError **error)
{
        const char *value = strchr(option, '=') ? strchr(option, '=') + 1 : "";

        if (g_str_has_prefix(option, "host=") && !target->host) {
                target->host = pv_unix_path("host=", value, error);
                return target->host != NULL;
        }
        if (g_str_has_prefix(option, "profile=") && !target->profile) {
                target->profile = pv_profile_load(value, error);
                return target->profile != NULL;
        }
        if (g_str_has_prefix(option, "server=") && parse_switch(value, &target->server))
                return TRUE;
        if (g_str_has_prefix(option, "fresh=") && parse_switch(value, &target->fresh))
                return TRUE;
        g_set_error(error, PV_ERROR, PV_ERROR_USAGE,
                    "target '%s': '%s' is none of its options; there are host=unix:PATH, profile=FILE, "
                    "server=on and fresh=on",
                    target->name, option);
        return FALSE;
}

/* A comma ends the path. */
static PvTarget *
parse_attach(const char *name, GError **error)
{
        g_auto(GStrv) field = g_strsplit(name + strlen("qtest:"), ",", -1);
        g_autoptr(PvTarget) target = g_new0(PvTarget, 1);

        target->name = g_strdup(name);
        target->ops = &pv_target_attach;
        target->path = pv_unix_path("a target", field[0], error);
        for (guint i = 1; target->path && field[i]; i++)
                if (!parse_option(target, field[i], error))
                        return NULL;
        return target->path ? g_steal_pointer(&target) : NULL;
}

static PvTarget *
parse_native(const char *name, GError **error)
{
        const char *option = name + strlen(pv_target_native.kind);
        PvTarget *target;

        if (*option && strcmp(option, PV_NATIVE_FORCE)) {
                g_set_error(error, PV_ERROR, PV_ERROR_USAGE, "unknown target '%s'; write native, or native%s", name,
                            PV_NATIVE_FORCE);
                return NULL;
        }
        target = g_new0(PvTarget, 1);
        target->name = g_strdup(name);
        target->ops = &pv_target_native;
        target->force = *option != 0;
        pv_native_describe(target);
        return target;
}

/* All behind the colon is the command. */
static PvTarget *
parse_guest(const char *name, GError **error)
{
        const char *command = strchr(name, ':');
        g_auto(GStrv) words = NULL;
        char *host_command = NULL;
        PvTarget *target;

        if (!pv_guest_command_parse(command ? command + 1 : "", &words, &host_command, error))
                return NULL;
        target = g_new0(PvTarget, 1);
        target->name = g_strdup(name);
        target->ops = &pv_target_guest;
        target->machine_type = pv_guest_command_machine_type(words);
        target->words = g_steal_pointer(&words);
        target->host_command = host_command;
        return target;
}

PvTarget *
pv_target_parse(const char *name, GError **error)
{
        g_auto(GStrv) field = g_strsplit(name, ":", 3);
        const PvTargetOps *ops = field[0] ? find_ops(field[0]) : NULL;
        guint n = g_strv_length(field);
        PvTarget *target;

        if (g_str_has_prefix(name, PV_ATTACH_PREFIX))
                return parse_attach(name, error);
        if (g_str_has_prefix(name, pv_target_native.kind))
                return parse_native(name, error);
        if (ops == &pv_target_guest)
                return parse_guest(name, error);
        if (!ops || ((ops == &pv_target_model || ops == &pv_target_kvm) && n > 1)) {
                g_set_error(error, PV_ERROR, PV_ERROR_USAGE,
                            "unknown target '%s'; write model, kvm, native, qtest[:BINARY][:MACHINE] as in "
                            "qtest::pc-q35-7.2, guest[:COMMAND], or qtest:unix:PATH",
                            name);
                return NULL;
        }
        target = g_new0(PvTarget, 1);
        target->name = g_strdup(name);
        target->ops = ops;
        target->binary = n > 1 && *field[1] ? g_strdup(field[1]) : NULL;
        target->machine_type = n > 2 && *field[2] ? g_strdup(field[2]) : NULL;
        return target;
}

void
pv_target_free(PvTarget *target)
{
        if (!target)
                return;
        g_free(target->name);
        g_free(target->binary);
        g_free(target->machine_type);
        g_free(target->path);
        g_free(target->host);
        pv_profile_free(target->profile);
        g_free(target->told);
        g_free(target->smp);
        g_strfreev(target->words);
        g_free(target->host_command);
        g_free(target);
}

gboolean
pv_chipset_parse(const char *text, PvChipset *ret_chipset, GError **error)
{
        if (strcmp(text, "q35") && strcmp(text, "pc")) {
                g_set_error(error, PV_ERROR, PV_ERROR_USAGE, "'%s' is not a chipset; write q35 or pc", text);
                return FALSE;
        }
        *ret_chipset = strcmp(text, "pc") ? PV_CHIPSET_Q35 : PV_CHIPSET_PC;
        return TRUE;
}
