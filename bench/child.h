/* SPDX-License-Identifier: MIT */
/* Work in a child process: it cannot take us down, it cannot outlive its time, and Ctrl-C ends it. */
#ifndef PVABI_BENCH_CHILD_H
#define PVABI_BENCH_CHILD_H

#include <glib.h>

/* Writes what the parent must know to fd. */
typedef void (*PvChildWork)(void *data, int fd);

typedef struct PvChildEnd {
        GByteArray *messages; /* all that it wrote, whatever became of it */
        char *why;            /* why its work is not complete, or NULL */
        gboolean interrupted; /* by the user; why is NULL */
        double peak_mib;      /* most memory it had resident */
} PvChildEnd;

void pv_child_end_clear(PvChildEnd *end);

/* Runs work in a child for at most this many seconds. PV_ERROR_HARNESS when there is no child. */
gboolean pv_child_run(PvChildWork work, void *data, guint seconds, PvChildEnd *ret_end, GError **error);

/* For the child, between two pieces of work: has the user had enough? It is given a moment to tidy up. */
gboolean pv_child_should_stop(int fd);

#endif
