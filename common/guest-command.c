/* SPDX-License-Identifier: MIT */
/* From text to words, and from words to the arguments of one machine. */
#include "common/guest-command.h"

#include <string.h>

#include "common/error.h"
#include "common/guest-image.h"
#include "common/host-command.h"
#include "common/placeholder.h"
#include "common/qemu-setup.h"
#include "common/target.h"

/* What a QEMU needs to boot the guest, and to be its operator. */
static const char *const qemu_words[] = {"-nodefaults", "-display", "none",          "-kernel",
                                         "{image}",     "-serial",  "unix:{serial}", "-qmp",
                                         "unix:{qmp}",  "-smp",     "{smp}"};

/* Those of common/qemu.h, too. */
static const char *const placeholders[] = {"{image}", "{smp}",    "{cpus}",         "{max_cpus}", "{sockets}",
                                           "{dies}",  "{cores}",  "{threads}",      "{machine}",  "{serial}",
                                           "{qmp}",   "{folder}", "{serial-listen}"};

gboolean
pv_guest_command_has(char **words, const char *placeholder)
{
        for (guint i = 0; words[i]; i++)
                if (strstr(words[i], placeholder))
                        return TRUE;
        return FALSE;
}

gboolean
pv_guest_command_is_qemu(char **words)
{
        g_autofree char *name = g_path_get_basename(words[0]);

        return g_str_has_prefix(name, "qemu") || !strcmp(words[0], pv_qemu_default_binary());
}

/* The value of the last of these options; NULL: there is none. */
static const char *
value_of(char **words, const char *const *options)
{
        const char *value = NULL;

        for (guint i = 1; words[i] && words[i + 1]; i++)
                if (g_strv_contains(options, words[i]))
                        value = words[i + 1];
        return value;
}

static const char *
machine_option(char **words)
{
        static const char *const options[] = {"-M", "-machine", "--machine", NULL};

        return value_of(words, options);
}

char *
pv_guest_command_machine_type(char **words)
{
        const char *value = machine_option(words);

        if (!value)
                return pv_guest_command_is_qemu(words) ? g_strdup("pc") : NULL; /* QEMU's own default */
        if (g_str_has_prefix(value, "type="))
                value += strlen("type=");
        return strstr(value, "{machine}") ? NULL : g_strndup(value, strcspn(value, ","));
}

static gboolean
names_accelerator(char **words)
{
        static const char *const options[] = {"-accel", "--accel", NULL};
        const char *machine = machine_option(words);

        return value_of(words, options) || g_strv_contains((const char *const *) words, "-enable-kvm") ||
               (machine && strstr(machine, "accel="));
}

gboolean
pv_guest_command_is_tcg(char **words)
{
        static const char *const options[] = {"-accel", "--accel", NULL};
        const char *accelerator = value_of(words, options);

        return accelerator ? g_str_has_prefix(accelerator, "tcg") : !names_accelerator(words);
}

static gboolean
has_placeholder(char **words)
{
        for (gsize i = 0; i < G_N_ELEMENTS(placeholders); i++)
                if (pv_guest_command_has(words, placeholders[i]))
                        return TRUE;
        return FALSE;
}

static char **
complete(char **words)
{
        g_autoptr(GStrvBuilder) builder = g_strv_builder_new();

        g_strv_builder_addv(builder, (const char **) words);
        if (!machine_option(words)) {
                g_strv_builder_add(builder, "-machine");
                g_strv_builder_add(builder, "{machine}");
        }
        if (!names_accelerator(words)) {
                g_strv_builder_add(builder, "-accel");
                g_strv_builder_add(builder, "tcg");
        }
        for (gsize i = 0; i < G_N_ELEMENTS(qemu_words); i++)
                g_strv_builder_add(builder, qemu_words[i]);
        return g_strv_builder_end(builder);
}

/* Takes --host-cmd and its value off the end. */
static char *
take_host_command(char **words)
{
        guint n = g_strv_length(words);
        char *value;

        if (n < 3 || strcmp(words[n - 2], PV_GUEST_HOST_COMMAND))
                return NULL;
        value = words[n - 1];
        g_clear_pointer(&words[n - 2], g_free);
        words[n - 1] = NULL;
        return value;
}

static gboolean
check_host_command(char **words, const char *host_command, GError **error)
{
        if (!host_command)
                return TRUE;
        if (pv_guest_command_has(words, "{qmp}")) {
                g_set_error(error, PV_ERROR, PV_ERROR_USAGE,
                            "--host-cmd is for a VMM without QMP; %s is asked by {qmp}", words[0]);
                return FALSE;
        }
        return pv_host_command_check(host_command, error);
}

gboolean
pv_guest_command_parse(const char *text, char ***ret_words, char **ret_host_command, GError **error)
{
        g_autofree char *quoted = *text ? g_strdup(text) : g_shell_quote(pv_qemu_default_binary());
        g_autofree char *host_command = NULL;
        g_auto(GStrv) words = NULL;
        g_autoptr(GError) cause = NULL;

        if (!g_shell_parse_argv(quoted, NULL, &words, &cause)) {
                g_set_error(error, PV_ERROR, PV_ERROR_USAGE,
                            "guest:COMMAND is no command line: %s; quote it as for a shell", cause->message);
                return FALSE;
        }
        host_command = take_host_command(words);
        if (!has_placeholder(words) && pv_guest_command_is_qemu(words)) {
                char **more = complete(words);

                g_strfreev(words);
                words = more;
        }
        if (!check_host_command(words, host_command, error))
                return FALSE;
        *ret_words = g_steal_pointer(&words);
        *ret_host_command = g_steal_pointer(&host_command);
        return TRUE;
}

/* ---- the arguments of one machine ---- */

void
pv_guest_command_add(PvQemu *qemu, char **words, const PvTopology *t, PvChipset chipset)
{
        g_autofree char *image = pv_guest_image_path(), *smp = pv_qemu_smp(t);
        const struct {
                const char *word;
                uint32_t value;
        } numbers[] = {{"{cpus}", t->cpus}, {"{max_cpus}", t->max_cpus}, {"{sockets}", t->sockets},
                       {"{dies}", t->dies}, {"{cores}", t->cores},       {"{threads}", t->threads}};

        for (guint i = 1; words[i]; i++) {
                g_autofree char *argument = g_strdup(words[i]);

                pv_placeholder_fill(&argument, "{image}", image);
                pv_placeholder_fill(&argument, "{smp}", smp);
                pv_placeholder_fill(&argument, "{machine}", chipset == PV_CHIPSET_PC ? "pc" : "q35");
                for (gsize n = 0; n < G_N_ELEMENTS(numbers); n++)
                        pv_placeholder_fill_number(&argument, numbers[n].word, numbers[n].value);
                pv_qemu_add(qemu, argument);
        }
}
