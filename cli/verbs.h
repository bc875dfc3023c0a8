/* SPDX-License-Identifier: MIT */
/* The verbs of the command line. Each parses its own arguments and returns an exit code (PvExit). */
#ifndef PVABI_CLI_VERBS_H
#define PVABI_CLI_VERBS_H

int pv_verb_compare(int argc, char **argv);
int pv_verb_check(int argc, char **argv);
int pv_verb_bench(int argc, char **argv);
int pv_verb_report(int argc, char **argv);
int pv_verb_diff(int argc, char **argv);
int pv_verb_list(int argc, char **argv);
int pv_verb_explain(int argc, char **argv);
int pv_verb_replay(int argc, char **argv);
int pv_verb_serve(int argc, char **argv);
int pv_verb_trace(int argc, char **argv);
int pv_verb_doctor(int argc, char **argv);

#endif
