/* SPDX-License-Identifier: MIT */
/* The qtest line protocol: one command a line, one answer a line. */
#include "common/qtest-line.h"

#include <string.h>
#include <sys/socket.h>

/* ---- sending, and taking answers apart ---- */

int
pv_qtest_gone(PvQtestBus *q, const char *what, const char *line)
{
        g_autofree char *shown = line ? g_strndup(line, 60) : NULL;
        g_autofree char *printable = shown ? g_strescape(shown, NULL) : NULL;
        g_autofree char *words = NULL;

        if (q->why)
                return PV_E_GONE;
        shutdown(q->lines.fd, SHUT_RDWR);
        if (q->owner.last_words)
                words = q->owner.last_words(q->owner.data);
        q->why = g_strdup_printf("the VMM %s%s%s%s%s%s", what, printable ? ": \"" : "",
                                 printable ? printable : "", printable ? "\"" : "",
                                 words ? "; its last words: " : "", words ? words : "");
        if (q->greeted)
                g_printerr("pvabi: qtest: %s\n", q->why);
        return PV_E_GONE;
}

/* Lines that came before they were asked for would shift every answer after them. */
static int
refuse_early_answers(PvQtestBus *q)
{
        while (pv_lines_ready(&q->lines)) {
                char *line;
                size_t n;

                if (pv_lines_next(&q->lines, &line, &n) == PV_LINES_OK && strncmp(line, "IRQ ", 4))
                        return pv_qtest_gone(q, "is babbling: it answered without being asked", line);
        }
        return PV_OK;
}

int
pv_qtest_send(PvQtestBus *q, const char *start, const PvText *text)
{
        PvLinesEnd end;

        if (q->why)
                return PV_E_GONE;
        if (q->lines.begin != q->lines.end && refuse_early_answers(q))
                return PV_E_GONE;
        end = pv_lines_send(&q->lines, start, (size_t) (text->at - start));
        return end == PV_LINES_OK ? PV_OK : pv_qtest_gone(q, pv_lines_word(end), NULL);
}

int
pv_qtest_line(PvQtestBus *q, char **ret_line, size_t *ret_n)
{
        gint64 deadline = 0;

        for (;;) {
                PvLinesEnd end = pv_lines_next(&q->lines, ret_line, ret_n);

                if (end != PV_LINES_OK)
                        return pv_qtest_gone(q, pv_lines_word(end), NULL);
                if (strncmp(*ret_line, "IRQ ", 4))
                        return PV_OK;
                if (!deadline)
                        deadline = g_get_monotonic_time() + (gint64) q->lines.timeout_ms * 1000;
                if (g_get_monotonic_time() > deadline)
                        return pv_qtest_gone(q, "is babbling: nothing but interrupts", NULL);
        }
}

int
pv_qtest_answer(PvQtestBus *q, const char **ret_rest, size_t *ret_n)
{
        char *line;
        size_t n;
        int r = pv_qtest_line(q, &line, &n);

        if (r)
                return r;
        if (strncmp(line, "OK", 2) || (line[2] && line[2] != ' '))
                return pv_qtest_gone(q, "is babbling", line);
        *ret_rest = line + 2;
        *ret_n = n - 2;
        return PV_OK;
}

int
pv_qtest_done(PvQtestBus *q)
{
        const char *rest;
        size_t n;
        int r = pv_qtest_answer(q, &rest, &n);

        return r || !n ? r : pv_qtest_gone(q, "is babbling", rest);
}

static bool
parse_number(const char *text, size_t n, uint64_t *ret_value)
{
        uint64_t value = 0;

        if (n < 4 || n > 19 || strncmp(text, " 0x", 3))
                return false;
        for (size_t i = 3; i < n; i++) {
                int digit = g_ascii_xdigit_value(text[i]);

                if (digit < 0)
                        return false;
                value = value << 4 | (unsigned) digit;
        }
        *ret_value = value;
        return true;
}

int
pv_qtest_do(PvQtestBus *q, const char *start, const PvText *text)
{
        int r = pv_qtest_send(q, start, text);

        return r ? r : pv_qtest_done(q);
}

int
pv_qtest_number(PvQtestBus *q, unsigned width, uint64_t *ret_value)
{
        uint64_t value;
        const char *rest;
        size_t n;
        int r = pv_qtest_answer(q, &rest, &n);

        if (r)
                return r;
        if (!parse_number(rest, n, &value) || (width < 8 && value >> (8 * width)))
                return pv_qtest_gone(q, "is babbling", rest - 2);
        *ret_value = value;
        return PV_OK;
}

int
pv_qtest_bytes(PvQtestBus *q, uint8_t *data, size_t n)
{
        const char *rest;
        size_t length;
        int r = pv_qtest_answer(q, &rest, &length);

        if (r)
                return r;
        if (length != 3 + 2 * n || strncmp(rest, " 0x", 3))
                return pv_qtest_gone(q, "is babbling", rest - 2);
        for (size_t i = 0; i < n; i++) {
                int high = g_ascii_xdigit_value(rest[3 + 2 * i]), low = g_ascii_xdigit_value(rest[4 + 2 * i]);

                if (high < 0 || low < 0)
                        return pv_qtest_gone(q, "is babbling", rest - 2);
                data[i] = (uint8_t) (high * 16 + low);
        }
        return PV_OK;
}

/* ---- commands ---- */

/* The protocol's name of an access; NULL for one that it cannot make. */
static const char *
verb(PvSpace space, gboolean write, unsigned width)
{
        static const char *const names[2][2][4] = {
                {{"inb", "inw", "inl", NULL}, {"outb", "outw", "outl", NULL}},
                {{"readb", "readw", "readl", "readq"}, {"writeb", "writew", "writel", "writeq"}},
        };
        unsigned power = width == 1 ? 0 : width == 2 ? 1 : width == 4 ? 2 : 3;

        return width == 1u << power ? names[space == PV_SPACE_MMIO][write][power] : NULL;
}

/* QEMU ends itself at a port above 0xffff; the CPU would have wrapped around. */
static uint64_t
reachable(PvSpace space, uint64_t address)
{
        return space == PV_SPACE_PIO ? address & 0xffff : address;
}

gboolean
pv_text_read(PvText *text, PvSpace space, uint64_t address, unsigned width)
{
        const char *name = verb(space, FALSE, width);

        if (!name)
                return FALSE;
        pv_text_word(text, name);
        pv_text_number(text, reachable(space, address));
        pv_text_word(text, "\n");
        return TRUE;
}

gboolean
pv_text_write(PvText *text, PvSpace space, uint64_t address, unsigned width, uint64_t value)
{
        const char *name = verb(space, TRUE, width);

        if (!name)
                return FALSE;
        pv_text_word(text, name);
        pv_text_number(text, reachable(space, address));
        pv_text_number(text, pv_by_width(value, width));
        pv_text_word(text, "\n");
        return TRUE;
}

void
pv_text_load(PvText *text, uint64_t gpa, size_t n)
{
        pv_text_word(text, "read");
        pv_text_number(text, gpa);
        pv_text_number(text, n);
        pv_text_word(text, "\n");
}

void
pv_text_store(PvText *text, uint64_t gpa, const uint8_t *data, size_t n)
{
        pv_text_word(text, "write");
        pv_text_number(text, gpa);
        pv_text_number(text, n);
        pv_text_word(text, " 0x");
        for (size_t i = 0; i < n; i++)
                pv_text_digits(text, data[i], 2);
        pv_text_word(text, "\n");
}
