/* SPDX-License-Identifier: MIT */
/* The inside of the qtest bus: commands under construction, answers taken apart. */
#ifndef PVABI_COMMON_QTEST_LINE_H
#define PVABI_COMMON_QTEST_LINE_H

#include <glib.h>

#include "common/heap.h"
#include "common/lines.h"
#include "common/qtest.h"

typedef struct PvQtestBus {
        PvBus bus;
        PvLines lines;
        PvBusOwner owner;
        GArray *heap;   /* of guest memory: qtest-memory.c */
        bool greeted;   /* before, the handshake's error says it all */
        char *why;
} PvQtestBus;

/* A command under construction; the caller's buffer is large enough for it. */
typedef struct PvText {
        char *at;
} PvText;

static inline void
pv_text_word(PvText *text, const char *word)
{
        while (*word)
                *text->at++ = *word++;
}

static inline void
pv_text_digits(PvText *text, uint64_t value, unsigned digits)
{
        while (digits-- > 0)
                *text->at++ = "0123456789abcdef"[value >> (4 * digits) & 15];
}

static inline void
pv_text_number(PvText *text, uint64_t value)
{
        unsigned digits = 1;

        while (digits < 16 && value >> (4 * digits))
                digits++;
        pv_text_word(text, " 0x");
        pv_text_digits(text, value, digits);
}

/* Each of these: 0, or PV_E_GONE for good once the socket has failed or an answer made no sense. */

/* Remembers and says why, once; the socket is of no use any more. */
int pv_qtest_gone(PvQtestBus *bus, const char *what, const char *line);
int pv_qtest_send(PvQtestBus *bus, const char *start, const PvText *text);
/* Any line but an interrupt's. */
int pv_qtest_line(PvQtestBus *bus, char **ret_line, size_t *ret_n);
/* The answer after "OK", with its length; one of nothing, a number of at most width bytes, n bytes. */
int pv_qtest_answer(PvQtestBus *bus, const char **ret_rest, size_t *ret_n);
int pv_qtest_done(PvQtestBus *bus);
int pv_qtest_number(PvQtestBus *bus, unsigned width, uint64_t *ret_value);
int pv_qtest_bytes(PvQtestBus *bus, uint8_t *ret_data, size_t n);
/* Sends a command whose answer holds nothing. */
int pv_qtest_do(PvQtestBus *bus, const char *start, const PvText *text);

/* One line each. FALSE: the protocol has no access of this width. */
gboolean pv_text_read(PvText *text, PvSpace space, uint64_t address, unsigned width);
gboolean pv_text_write(PvText *text, PvSpace space, uint64_t address, unsigned width, uint64_t value);
void pv_text_load(PvText *text, uint64_t gpa, size_t n);
void pv_text_store(PvText *text, uint64_t gpa, const uint8_t *data, size_t n);

/* The memory of the bus. */
int pv_qtest_gpa_alloc(PvBus *bus, size_t n, PvSharing sharing, PvGpa *ret_gpa);
int pv_qtest_gpa_free(PvBus *bus, PvGpa gpa);
int pv_qtest_gpa_read(PvBus *bus, PvGpa gpa, void *ret_data, size_t n);
int pv_qtest_gpa_write(PvBus *bus, PvGpa gpa, const void *data, size_t n);

#endif
