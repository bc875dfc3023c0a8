/* SPDX-License-Identifier: MIT */
/* The one error domain: a code says what kind of trouble, the message is one line of what, why and what to do. */
#ifndef PVABI_COMMON_ERROR_H
#define PVABI_COMMON_ERROR_H

#include <glib.h>

typedef enum PvErrorCode {
        PV_ERROR_USAGE,   /* a name, an argument or a file the user gave is wrong */
        PV_ERROR_BLOCKED, /* this machine lacks something that was asked for */
        PV_ERROR_LIMIT,   /* the target cannot express this: n/a */
        PV_ERROR_HARNESS, /* loading, a VMM gone, our own trouble */
} PvErrorCode;

#define PV_ERROR (pv_error_quark())
GQuark pv_error_quark(void);

/* The exit codes of the command line, in the order of their precedence. */
typedef enum PvExit {
        PV_EXIT_OK = 0,
        PV_EXIT_UNEXPECTED = 1,
        PV_EXIT_USAGE = 2,
        PV_EXIT_INCOMPLETE = 3,
        PV_EXIT_THRESHOLD = 4,
        PV_EXIT_ERROR = 5,
        PV_EXIT_INTERRUPTED = 130,
} PvExit;

PvExit pv_error_exit(const GError *error);

#endif
