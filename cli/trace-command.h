/* SPDX-License-Identifier: MIT */
/* The process that 'pvabi trace' watches: one that runs, or a command that is held until the watching has
 * begun. */
#ifndef PVABI_CLI_TRACE_COMMAND_H
#define PVABI_CLI_TRACE_COMMAND_H

#include <glib.h>
#include <sys/types.h>

typedef struct PvTraced {
        pid_t pid;
        int fd;         /* readable once the process has ended */
        char *name;     /* as people know it */
        gboolean child; /* it is ours: a command */
        int go, failed; /* of a child that is held: tells it to go on, and brings an errno when it cannot */
        int status;     /* of waitpid, once it has ended; -1 before */
} PvTraced;

/* PV_ERROR_USAGE: there is no such process, or it runs no virtual machine; PV_ERROR_BLOCKED: it cannot be
 * told. */
PvTraced *pv_traced_attach(const char *pid, GError **error);

/*
 * A child that becomes this command when it is let go. Its standard output goes to standard error where ours
 * is for records. PV_ERROR_USAGE: it cannot be executed.
 */
PvTraced *pv_traced_hold(char **command, gboolean quiet, GError **error);
gboolean pv_traced_go(PvTraced *traced, GError **error);

/* A process of somebody else's goes on; a command of ours ends: it is asked to, and made to when it does not.
 */
void pv_traced_free(PvTraced *traced);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PvTraced, pv_traced_free)

/* How it ended, or that it runs (g_free). Asks the kernel. */
char *pv_traced_end(PvTraced *traced);

#endif
