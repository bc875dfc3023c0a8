/* SPDX-License-Identifier: MIT */
/* The front door: one table of verbs. */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "cli/verbs.h"
#include "common/error.h"

static const struct {
        const char *name;
        const char *summary;
        int (*run)(int argc, char **argv);
} verbs[] = {
        {"compare", "check and measure the headline candidates on every usable target, and report", pv_verb_compare},
        {"check", "conformance only", pv_verb_check},
        {"bench", "cost only", pv_verb_bench},
        {"report", "make a report from record files", pv_verb_report},
        {"diff", "what changed between two runs", pv_verb_diff},
        {"list", "backends, candidates, checks, requirements or targets", pv_verb_list},
        {"explain", "one requirement: basis, source, how to reproduce it, or why it is not tested", pv_verb_explain},
        {"replay", "make recorded accesses again, and compare the answers", pv_verb_replay},
        {"serve", "our device models behind QEMU's qtest protocol", pv_verb_serve},
        {"trace", "VM exits of a running virtual machine, live, by ABI", pv_verb_trace},
        {"doctor", "what can run on this machine, and what is missing for the rest", pv_verb_doctor},
};

static int
usage(FILE *out, int status)
{
        fputs("Usage: pvabi VERB [OPTION...]\n\nCompares paravirtual ABIs by running them.\n\n", out);
        for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++)
                fprintf(out, "  %-9s %s\n", verbs[i].name, verbs[i].summary);
        fputs("\n'pvabi VERB --help' shows the options of one. Exit codes: 0 as expected; 1 an unexpected failure, or an\n"
              "expected one that passed; 2 usage; 3 something asked for could not run; 4 a --fail-on broke; 5 error; 130 interrupted.\n",
              out);
        return status;
}

/* Visible, for criterion's sandbox looks the symbol up to start a test instead of us. */
__attribute__((visibility("default"))) int
main(int argc, char **argv)
{
        setlocale(LC_ALL, "");
        if (argc < 2) {
                fputs("pvabi: no verb given; 'pvabi --help' lists them\n", stderr);
                return PV_EXIT_USAGE;
        }
        if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help"))
                return usage(stdout, PV_EXIT_OK);
        if (!strcmp(argv[1], "--version")) {
                printf("pvabi %s\n", PVABI_VERSION);
                return PV_EXIT_OK;
        }
        for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++)
                if (!strcmp(argv[1], verbs[i].name))
                        return verbs[i].run(argc - 1, argv + 1);
        fprintf(stderr, "pvabi: unknown verb '%s'; 'pvabi --help' lists them\n", argv[1]);
        return PV_EXIT_USAGE;
}
