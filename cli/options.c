/* SPDX-License-Identifier: MIT */
/* Command-line options, by GOption. */
#include "cli/options.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/error.h"
#include "common/topology.h"
#include "conformance/differential.h"

#define N_ENTRIES 32

typedef struct Entry {
        GOptionEntry entry;
        guint sets; /* PvOptionSet */
} Entry;

#define OPTION(sets, name, letter, type, member, text, value) {{name, letter, 0, type, &(member), text, value}, sets}

static void
fill_entries(PvOptions *o, guint set, GOptionEntry *ret_entries)
{
        const Entry all[] = {
                OPTION(PV_OPTIONS_RUN | PV_OPTIONS_MACHINE, "candidate", 'c', G_OPTION_ARG_STRING_ARRAY, o->candidates,
                       "MACHINE[/CONSUMER] to run; may be repeated", "CANDIDATE"),
                OPTION(PV_OPTIONS_RUN | PV_OPTIONS_MACHINE, "target", 't', G_OPTION_ARG_STRING_ARRAY, o->targets,
                       "model, kvm, native, qtest[:BINARY][:MACHINE], or qtest:unix:PATH[,OPTION...]; may be repeated", "TARGET"),
                OPTION(PV_OPTIONS_RUN | PV_OPTIONS_REPORT, "output", 'o', G_OPTION_ARG_FILENAME, o->out,
                       "folder for records and reports", "DIR"),
                OPTION(PV_OPTIONS_REPORT, "format", 'f', G_OPTION_ARG_STRING, o->formats,
                       "what to write: md,html,json,junit (default: all)", "LIST"),
                OPTION(PV_OPTIONS_RUN | PV_OPTIONS_MACHINE, "seed", 0, G_OPTION_ARG_INT, o->seed, "seed of the noise that modelled encrypted memory shows, and of random accesses (default: 1)",
                       "N"),
                OPTION(PV_OPTIONS_RUN, "timeout", 0, G_OPTION_ARG_INT, o->timeout,
                       "seconds that one cell or one size may take (default: 60)", "SECONDS"),
                OPTION(PV_OPTIONS_RUN | PV_OPTIONS_REPORT, "strict", 0, G_OPTION_ARG_NONE, o->strict,
                       "exit 3 when a limit of a target kept a check from running", NULL),
                OPTION(PV_OPTIONS_RUN | PV_OPTIONS_JSON, "json", 0, G_OPTION_ARG_NONE, o->json,
                       "print JSON instead of tables", NULL),
                OPTION(PV_OPTIONS_CHECK | PV_OPTIONS_MACHINE, "smp", 0, G_OPTION_ARG_STRING, o->smp,
                       "topology, as QEMU writes it (check: for those that hold for any)", "TOPOLOGY"),
                OPTION(PV_OPTIONS_RUN, "profile", 0, G_OPTION_ARG_STRING, o->profile,
                       "what a program that is attached to has, and where; a file, or one of 'pvabi list profiles'", "FILE"),
                OPTION(PV_OPTIONS_RUN, "host-cmd", 0, G_OPTION_ARG_STRING, o->host_command,
                       "guest:COMMAND: commands for host events, where there is no QMP: 'plug=… unplug=… reset=… cpus=…'", "COMMANDS"),
                OPTION(PV_OPTIONS_RUN, "force", 0, G_OPTION_ARG_NONE, o->force,
                       "native: use a register block that is in legacy mode; this breaks CPU hotplug until power goes off", NULL),
                OPTION(PV_OPTIONS_CHECK, "errata", 0, G_OPTION_ARG_FILENAME, o->errata,
                       "known deviations of the real implementation that is tested, beside those that are shipped", "FILE"),
                OPTION(PV_OPTIONS_CHECK | PV_OPTIONS_BENCH, "baseline", 0, G_OPTION_ARG_FILENAME, o->baseline,
                       "records of an earlier run: what failed there too is known, and changes no exit code", "RECORDS"),
                OPTION(PV_OPTIONS_CHECK, "jobs", 'j', G_OPTION_ARG_INT, o->jobs,
                       "checks at a time (default: one per processor)", "N"),
                OPTION(PV_OPTIONS_CHECK, "level", 0, G_OPTION_ARG_STRING, o->level_word,
                       "the weakest requirements to run: must, should or may (default: may)", "LEVEL"),
                OPTION(PV_OPTIONS_CHECK, "shard", 0, G_OPTION_ARG_STRING, o->shard_word,
                       "only part K of N of the checks; 'pvabi report' puts the parts together", "K/N"),
                OPTION(PV_OPTIONS_CHECK, "retries", 0, G_OPTION_ARG_INT, o->retries,
                       "run what failed up to N times more; every attempt is recorded and said (default: 0)", "N"),
                OPTION(PV_OPTIONS_SCORE, "mutation-score", 0, G_OPTION_ARG_NONE, o->mutation_score,
                       "run no check for itself: count the seeded bugs that the checks see", NULL),
                OPTION(PV_OPTIONS_SCORE, "hostile", 0, G_OPTION_ARG_NONE, o->hostile,
                       "run no check: every lie of a hostile device against every consumer; arguments are IDs of lies", NULL),
                OPTION(PV_OPTIONS_SCORE, "ledger", 0, G_OPTION_ARG_NONE, o->ledger,
                       "run no check: what each consumer believes of whom, read how often, checked how, used for what", NULL),
                OPTION(PV_OPTIONS_DIFFERENTIAL, "differential", 0, G_OPTION_ARG_NONE, o->differential,
                       "run no check: random accesses on the model and on a real QEMU, which must answer alike", NULL),
                OPTION(PV_OPTIONS_DIFFERENTIAL, "accesses", 0, G_OPTION_ARG_INT64, o->accesses,
                       "random accesses per machine (default: 120000)", "N"),
                OPTION(PV_OPTIONS_BENCH, "max-cpus", 0, G_OPTION_ARG_INT, o->max_cpus,
                       "largest number of CPUs to measure (default: 1048576)", "N"),
                OPTION(PV_OPTIONS_BENCH, "cost-model", 0, G_OPTION_ARG_FILENAME, o->cost_model,
                       "what exits, bytes and pages cost where nothing was measured (default: what is shipped)", "FILE"),
                OPTION(PV_OPTIONS_SERVE, "candidate", 'c', G_OPTION_ARG_STRING_ARRAY, o->candidates,
                       "machine to serve", "MACHINE"),
                OPTION(PV_OPTIONS_SERVE, "smp", 0, G_OPTION_ARG_STRING, o->smp,
                       "topology, as QEMU writes it", "TOPOLOGY"),
                OPTION(PV_OPTIONS_SERVE, "chipset", 0, G_OPTION_ARG_STRING, o->chipset,
                       "q35 (default) or pc", "CHIPSET"),
                OPTION(PV_OPTIONS_SERVE, "qtest", 0, G_OPTION_ARG_STRING, o->qtest_socket,
                       "where the guest's side is: connects, or listens with ,server=on", "unix:PATH[,server=on]"),
                OPTION(PV_OPTIONS_SERVE, "host", 0, G_OPTION_ARG_STRING, o->host_socket,
                       "where the host's side is", "unix:PATH[,server=on]"),
                OPTION(PV_OPTIONS_DIFF | PV_OPTIONS_CHECK | PV_OPTIONS_BENCH, "fail-on", 0, G_OPTION_ARG_STRING_ARRAY, o->fail_on,
                       "exit 4 when this metric rose by more since OLD or --baseline; may be repeated", "METRIC>X%"),
                OPTION(PV_OPTIONS_DIFF, "strict", 0, G_OPTION_ARG_NONE, o->strict,
                       "exit 3 when the environments differ", NULL),
                OPTION(PV_OPTIONS_TRACE, "pid", 0, G_OPTION_ARG_STRING, o->pid,
                       "trace this process, which goes on afterwards", "PID"),
                OPTION(PV_OPTIONS_TRACE, "record", 0, G_OPTION_ARG_FILENAME, o->record,
                       "write the accesses to the ports of the two ABIs as a trace for 'pvabi replay'", "FILE"),
                OPTION(PV_OPTIONS_QTEST, "qtest", 0, G_OPTION_ARG_NONE, o->qtest,
                       "print lines to paste into qemu-system-x86_64 -qtest stdio", NULL),
        };
        gsize n = 0;

        for (gsize i = 0; i < G_N_ELEMENTS(all); i++)
                if (all[i].sets & set)
                        ret_entries[n++] = all[i].entry;
        ret_entries[n++] = (GOptionEntry){G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &o->rest, NULL, NULL};
        ret_entries[n] = (GOptionEntry){0};
}

static char *
quote_command(int argc, char **argv)
{
        GString *command = g_string_new("pvabi");

        for (int i = 0; i < argc; i++) {
                gboolean plain = *argv[i] && !argv[i][strspn(argv[i], "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                                      "0123456789-_=+:,./@%")];
                g_autofree char *word = plain ? g_strdup(argv[i]) : g_shell_quote(argv[i]);

                g_string_append_printf(command, " %s", word);
        }
        return g_string_free(command, FALSE);
}

static gboolean
refuse(int *ret_exit, const char *why)
{
        fprintf(stderr, "pvabi: %s; --help shows what there is\n", why);
        *ret_exit = PV_EXIT_USAGE;
        return FALSE;
}

static gboolean
parse_level(PvOptions *o)
{
        o->level = PV_MAY;
        for (int level = 0; o->level_word && level <= PV_N_LEVELS; level++) {
                if (level == PV_N_LEVELS)
                        return FALSE;
                o->level = (PvLevel) level;
                if (!g_ascii_strcasecmp(o->level_word, pv_level_word(o->level)))
                        break;
        }
        return TRUE;
}

static gboolean
parse_shard(PvOptions *o)
{
        g_auto(GStrv) part = g_strsplit(o->shard_word ? o->shard_word : "", "/", 2);
        guint64 k, n;

        if (!o->shard_word)
                return TRUE;
        if (g_strv_length(part) != 2 || !g_ascii_string_to_unsigned(part[1], 10, 1, 10000, &n, NULL) ||
            !g_ascii_string_to_unsigned(part[0], 10, 1, n, &k, NULL))
                return FALSE;
        o->shard = (gint) k;
        o->shards = (gint) n;
        return TRUE;
}

gboolean
pv_options_parse(PvOptions *o, PvOptionSet set, const char *arguments, const char *summary, int argc, char **argv,
                 int *ret_exit)
{
        g_autofree char *name = g_strconcat("pvabi ", argv[0], NULL);
        g_autoptr(GOptionContext) context = g_option_context_new(arguments);
        g_autoptr(GError) error = NULL;
        GOptionEntry entries[N_ENTRIES];

        *o = (PvOptions){.seed = 1, .timeout = 60, .max_cpus = PV_CPUS_LIMIT, .accesses = PV_DIFFERENTIAL_ACCESSES};
        o->command = quote_command(argc, argv);
        fill_entries(o, set, entries);
        g_set_prgname(name);
        g_option_context_set_summary(context, summary);
        g_option_context_add_main_entries(context, entries, NULL);
        if (!g_option_context_parse(context, &argc, &argv, &error))
                return refuse(ret_exit, error->message);
        if (o->rest && !(set & PV_OPTIONS_REST) && (!(set & PV_OPTIONS_ONE) || o->rest[1])) {
                g_autofree char *why = g_strdup_printf("'%s' is one argument too many",
                                                       o->rest[set & PV_OPTIONS_ONE ? 1 : 0]);

                return refuse(ret_exit, why);
        }
        if (o->timeout < 1 || o->timeout > 86400)
                return refuse(ret_exit, "--timeout takes 1 to 86400 seconds");
        if (o->seed < 0)
                return refuse(ret_exit, "--seed takes a number of at least 0");
        if (o->jobs < 0 || o->jobs > 1024)
                return refuse(ret_exit, "--jobs takes 1 to 1024, or 0 for one per processor");
        if (o->retries < 0 || o->retries > 100)
                return refuse(ret_exit, "--retries takes 0 to 100");
        if (!parse_level(o))
                return refuse(ret_exit, "--level takes must, should or may");
        if (!parse_shard(o))
                return refuse(ret_exit, "--shard takes K/N, part K of N, as in 1/4; at most 10000 parts");
        if (o->accesses < 1)
                return refuse(ret_exit, "--accesses takes a number of at least 1");
        if (o->max_cpus < 1)
                return refuse(ret_exit, "--max-cpus takes a number of at least 1");
        if (o->smp && !*o->smp)
                return refuse(ret_exit, "--smp takes a topology, as in 2,maxcpus=12,sockets=2,dies=1,cores=3,threads=2");
        return TRUE;
}

void
pv_options_clear(PvOptions *o)
{
        g_strfreev(o->candidates);
        g_strfreev(o->targets);
        g_strfreev(o->rest);
        g_strfreev(o->fail_on);
        g_free(o->out);
        g_free(o->smp);
        g_free(o->profile);
        g_free(o->host_command);
        g_free(o->errata);
        g_free(o->baseline);
        g_free(o->cost_model);
        g_free(o->formats);
        g_free(o->qtest_socket);
        g_free(o->host_socket);
        g_free(o->chipset);
        g_free(o->pid);
        g_free(o->record);
        g_free(o->level_word);
        g_free(o->shard_word);
        g_free(o->command);
}

int
pv_complain(const GError *error)
{
        fprintf(stderr, "pvabi: %s\n", error->message);
        return pv_error_exit(error);
}

gboolean
pv_wants_color(void)
{
        const char *no_color = g_getenv("NO_COLOR");

        return isatty(STDOUT_FILENO) && (!no_color || !*no_color);
}
