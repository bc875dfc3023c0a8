/* SPDX-License-Identifier: MIT */
/* Reads lines from a socket, within a time and a length. */
#ifndef PVABI_COMMON_LINES_H
#define PVABI_COMMON_LINES_H

#include <glib.h>

/* Why there is no line. */
typedef enum PvLinesEnd {
        PV_LINES_OK,
        PV_LINES_CLOSED,
        PV_LINES_SILENT,   /* nothing, or no whole line, in time */
        PV_LINES_BABBLING, /* more than the limit without a newline */
} PvLinesEnd;

typedef struct PvLines {
        int fd;
        unsigned timeout_ms;
        size_t limit;
        size_t begin, scanned, end; /* of what was received and not yet handed out */
        char *buffer;
} PvLines;

/* Borrows the socket, and sets its send and receive timeouts. */
void pv_lines_init(PvLines *lines, int fd, size_t limit, unsigned timeout_ms);
void pv_lines_clear(PvLines *lines);
void pv_lines_set_timeout(PvLines *lines, unsigned timeout_ms);

/*
 * The next line without its newline, NUL-terminated, valid until the next call. One recv() when the whole
 * line is there; never longer than twice the timeout.
 */
PvLinesEnd pv_lines_next(PvLines *lines, char **ret_line, size_t *ret_length);

/* A whole line is at hand without a system call. */
gboolean pv_lines_ready(PvLines *lines);

/* Sends all of it. PV_LINES_CLOSED or PV_LINES_SILENT when that did not work. */
PvLinesEnd pv_lines_send(PvLines *lines, const char *data, size_t n);

/* What the peer did, as the end of a sentence: "closed its socket". */
const char *pv_lines_word(PvLinesEnd end);

#endif
