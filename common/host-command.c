/* SPDX-License-Identifier: MIT */
/* Runs a command for each host event, and keeps the truth from what was done, or asks a command for it. */
#include "common/host-command.h"

#include <string.h>

#include "common/error.h"
#include "common/host-cpus.h"
#include "common/placeholder.h"
#include "common/qemu.h"

#define COMMAND_MS 20000u

/* What there may be a command for. */
enum {
        PLUG,
        UNPLUG,
        RESET,
        CPUS,
        N_COMMANDS,
};

static const char *const keys[N_COMMANDS] = {"plug=", "unplug=", "reset=", "cpus="};

typedef struct HostCommand {
        PvHost host;
        char *command[N_COMMANDS]; /* NULL: there is none */
        char *folder;
        int (*was_reset)(void *data);
        void *data;
        PvHostCpus cpus;
        gboolean unsure; /* a CPU was asked for, and nobody says whether it has gone */
        char *limit;
} HostCommand;

/* ---- the option ---- */

/* FALSE: the word is none of them. */
static gboolean
take_word(const char *word, char **commands)
{
        for (int i = 0; i < N_COMMANDS; i++)
                if (g_str_has_prefix(word, keys[i]) && word[strlen(keys[i])]) {
                        g_free(commands[i]);
                        commands[i] = g_strdup(word + strlen(keys[i]));
                        return g_shell_parse_argv(commands[i], NULL, NULL, NULL);
                }
        return FALSE;
}

static gboolean
parse(const char *text, char **commands, GError **error)
{
        g_auto(GStrv) words = NULL;

        if (!g_shell_parse_argv(text, NULL, &words, NULL))
                words = g_strsplit(text, " ", 1);
        for (guint i = 0; words[i]; i++)
                if (!take_word(words[i], commands)) {
                        g_set_error(
                                error, PV_ERROR, PV_ERROR_USAGE,
                                "--host-cmd: '%s' is none of plug=COMMAND, unplug=COMMAND, reset=COMMAND and "
                                "cpus=COMMAND; quote each that has spaces in it",
                                words[i]);
                        return FALSE;
                }
        return TRUE;
}

gboolean
pv_host_command_check(const char *text, GError **error)
{
        char *commands[N_COMMANDS] = {NULL};
        gboolean ok = parse(text, commands, error);

        for (int i = 0; i < N_COMMANDS; i++)
                g_free(commands[i]);
        return ok;
}

/* ---- running one ---- */

/* The command's words; count: of CPUs that there are after it. */
static char **
words_of(const HostCommand *h, int which, uint32_t selector, uint32_t count)
{
        char **words = NULL;

        g_shell_parse_argv(h->command[which], NULL, &words, NULL);
        for (guint i = 0; words && words[i]; i++) {
                pv_placeholder_fill(&words[i], "{folder}", h->folder);
                pv_placeholder_fill_number(&words[i], "{selector}", selector);
                pv_placeholder_fill_number(&words[i], "{count}", count);
                if (selector < h->cpus.truth.max_cpus)
                        pv_placeholder_fill_number(&words[i], "{apic_id}", h->cpus.apic_id[selector]);
        }
        return words;
}

static int
limited(HostCommand *h, char *why)
{
        g_free(h->limit);
        h->host.limit = h->limit = why;
        return PV_E_UNSUPPORTED;
}

/* 0 and what it printed, if that is wanted; PV_E_UNSUPPORTED with the reason for whatever went wrong. */
static int
run(HostCommand *h, int which, uint32_t selector, uint32_t count, char **ret_printed)
{
        g_auto(GStrv) words = NULL;
        g_autofree char *how = NULL, *printed = NULL;
        g_autoptr(GError) error = NULL;

        if (!h->command[which])
                return limited(
                        h, g_strdup_printf("no host events here; add --host-cmd '%sCOMMAND'", keys[which]));
        words = words_of(h, which, selector, count);
        if (!words || !pv_qemu_run(words, COMMAND_MS, &printed, &how, &error))
                return limited(h, g_strdup_printf("--host-cmd %s: %s", keys[which],
                                                  error ? error->message : "no command"));
        if (how)
                return limited(h, g_strdup_printf("--host-cmd %s: %s", keys[which], how));
        if (ret_printed)
                *ret_printed = g_steal_pointer(&printed);
        return 0;
}

/* ---- PvHostOps ---- */

static void
set_present(HostCommand *h, uint32_t selector, bool present)
{
        PvTruth *t = &h->cpus.truth;

        t->present_count += (uint32_t) present - (uint32_t) pv_bit_get(h->cpus.present, selector);
        pv_bit_set(h->cpus.present, selector, present);
}

static int
command_plug(PvHost *host, uint32_t selector)
{
        HostCommand *h = (HostCommand *) host;
        int r;

        if (selector >= h->cpus.truth.max_cpus || pv_bit_get(h->cpus.present, selector))
                return PV_E_REFUSED;
        r = run(h, PLUG, selector, h->cpus.truth.present_count + 1, NULL);
        if (!r)
                set_present(h, selector, true);
        return r;
}

static int
command_unplug_request(PvHost *host, uint32_t selector)
{
        HostCommand *h = (HostCommand *) host;
        int r;

        if (selector >= h->cpus.truth.max_cpus || !pv_bit_get(h->cpus.present, selector))
                return PV_E_REFUSED;
        r = run(h, UNPLUG, selector, h->cpus.truth.present_count - 1, NULL);
        h->unsure = h->unsure || !r;
        return r;
}

static int
command_reset(PvHost *host)
{
        HostCommand *h = (HostCommand *) host;
        int r = run(h, RESET, 0, h->cpus.truth.present_count, NULL);

        return r ? r : h->was_reset(h->data);
}

/* Nobody reads memory out of a VMM by a command. */
static int
command_save_load(PvHost *host)
{
        return limited((HostCommand *) host, g_strdup("no migration by --host-cmd"));
}

/* The command prints the words that docs/attach.md has behind "OK". */
static int
ask(HostCommand *h)
{
        g_autofree char *printed = NULL;
        const char *wrong = NULL;
        PvHostCpus now;
        int r = run(h, CPUS, 0, h->cpus.truth.present_count, &printed);

        if (r)
                return r;
        if (!pv_host_cpus_parse(g_strstrip(printed), &now, &wrong))
                return limited(h, g_strdup_printf("--host-cmd cpus= printed something else: %s", wrong));
        pv_host_cpus_clear(&h->cpus);
        h->cpus = now;
        return 0;
}

static int
command_truth(PvHost *host, PvTruth *ret_truth)
{
        HostCommand *h = (HostCommand *) host;
        int r = h->command[CPUS] ? ask(h) : 0;

        if (!r && h->unsure && !h->command[CPUS])
                r = limited(
                        h,
                        g_strdup("nobody says here whether a CPU has gone; add --host-cmd 'cpus=COMMAND'"));
        if (!r)
                *ret_truth = h->cpus.truth;
        return r;
}

PvHost *
pv_host_command_new(const PvHostCommandPlan *plan)
{
        static const PvHostOps ops = {
                .plug = command_plug,
                .unplug_request = command_unplug_request,
                .reset = command_reset,
                .save_load = command_save_load,
                .truth = command_truth,
        };
        HostCommand *h = g_new0(HostCommand, 1);

        h->host.ops = &ops;
        h->folder = g_strdup(plan->folder);
        h->was_reset = plan->was_reset;
        h->data = plan->data;
        h->cpus = pv_host_cpus_of(&plan->topology);
        if (plan->commands)
                parse(plan->commands, h->command, NULL);
        return &h->host;
}

void
pv_host_command_free(PvHost *host)
{
        HostCommand *h = (HostCommand *) host;

        if (!h)
                return;
        for (int i = 0; i < N_COMMANDS; i++)
                g_free(h->command[i]);
        pv_host_cpus_clear(&h->cpus);
        g_free(h->folder);
        g_free(h->limit);
        g_free(h);
}
