/* SPDX-License-Identifier: MIT */
/* Options that several verbs share. */
#ifndef PVABI_CLI_OPTIONS_H
#define PVABI_CLI_OPTIONS_H

#include <glib.h>

#include "common/verdict.h"

typedef struct PvOptions {
        char **candidates;
        char **targets;
        char *out; /* folder; NULL: not given */
        char *smp;
        char *errata;   /* deviations that the user knows of; NULL: none */
        char *baseline; /* records of an earlier run; NULL: none */
        char *cost_model; /* NULL: the one that is shipped */
        char *profile; /* of attached programs; NULL: none */
        char *host_command; /* for guests in VMMs without QMP; NULL: none */
        char *formats;
        char *qtest_socket, *host_socket, *chipset;
        char *pid, *record;
        gint seed, jobs, timeout, retries, max_cpus;
        gint64 accesses;
        char *level_word, *shard_word; /* as given; NULL: not */
        PvLevel level;                 /* the weakest that is run */
        gint shard, shards;            /* K of N; 0 of 0: everything */
        char **fail_on; /* thresholds, as given; NULL: none */
        gboolean strict, json, qtest, mutation_score, differential, hostile, ledger, force;
        char **rest;   /* what is not an option; may be NULL */
        char *command; /* the command line, quoted for a shell */
} PvOptions;

typedef enum PvOptionSet {
        PV_OPTIONS_RUN = 1 << 0,    /* -c, --target, -o, --seed, --timeout, --json, --strict */
        PV_OPTIONS_CHECK = 1 << 1,  /* --smp, --jobs, --level, --shard, --retries */
        PV_OPTIONS_BENCH = 1 << 2,  /* --max-cpus */
        PV_OPTIONS_REPORT = 1 << 3, /* -o, --format, --strict */
        PV_OPTIONS_JSON = 1 << 4,
        PV_OPTIONS_QTEST = 1 << 5,
        PV_OPTIONS_ONE = 1 << 6,  /* one further argument */
        PV_OPTIONS_REST = 1 << 7, /* any number of them */
        PV_OPTIONS_MACHINE = 1 << 8, /* -c, --target, --smp, --seed */
        PV_OPTIONS_SCORE = 1 << 9, /* --mutation-score, --hostile, --ledger */
        PV_OPTIONS_DIFFERENTIAL = 1 << 11, /* --differential, --accesses */
        PV_OPTIONS_DIFF = 1 << 12, /* --fail-on, --strict */
        PV_OPTIONS_TRACE = 1 << 13, /* --pid, --record */
        PV_OPTIONS_SERVE = 1 << 10, /* -c, --smp, --qtest, --host, --chipset */
} PvOptionSet;

/*
 * Parses the arguments of a verb; arguments: what --help calls the rest. FALSE: *ret_exit is what the verb returns
 * (help was shown, or a line on stderr said what is wrong).
 */
gboolean pv_options_parse(PvOptions *ret_options, PvOptionSet set, const char *arguments, const char *summary,
                          int argc, char **argv, int *ret_exit);
void pv_options_clear(PvOptions *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PvOptions, pv_options_clear)

/* Says what is wrong in one line and returns the exit code for it. */
int pv_complain(const GError *error);

/* Colour on this terminal? */
gboolean pv_wants_color(void);

#endif
