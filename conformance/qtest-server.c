/* SPDX-License-Identifier: MIT */
/*
 * Commands of QEMU 7.2's qtest protocol. Their answers were compared with those of a running QEMU; the protocol
 * is described in QEMU's softmmu/qtest.c.
 */
#include "conformance/qtest-server.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define WORDS 5 /* a command and what it may need; more are passed over, as in QEMU */

typedef struct Request Request;

typedef struct Command {
        const char *name;
        unsigned words; /* of it and what it cannot do without */
        void (*run)(Request *request);
        unsigned width; /* of the access */
} Command;

struct Request {
        PvBus *bus;
        GString *out;
        const Command *command;
        char *word[WORDS];
        uint64_t address, size; /* the first two arguments, where they are numbers */
};

static const char hex_digits[] = "0123456789abcdef";
static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";

/* ---- answers ---- */

G_GNUC_PRINTF(2, 3)
static void
fail(Request *q, const char *format, ...)
{
        va_list arguments;

        g_string_append_printf(q->out, "FAIL %s: ", q->command->name);
        va_start(arguments, format);
        g_string_append_vprintf(q->out, format, arguments);
        va_end(arguments);
        g_string_append_c(q->out, '\n');
}

static void
ok(Request *q)
{
        g_string_append(q->out, "OK\n");
}

/* At least min_digits of them. */
static void
ok_number(Request *q, uint64_t value, unsigned min_digits)
{
        char text[] = "OK 0x0123456789abcdef\n";
        unsigned digits = min_digits;

        while (digits < 16 && value >> 4 * digits)
                digits++;
        for (unsigned i = 0; i < digits; i++)
                text[5 + i] = hex_digits[value >> 4 * (digits - 1 - i) & 15];
        text[5 + digits] = '\n';
        g_string_append_len(q->out, text, 6 + digits);
}

/* ---- arguments ---- */

/* A number as strtoul() takes it: hexadecimal, octal or decimal by its prefix, and nothing behind it. */
static gboolean
number(Request *q, unsigned word, uint64_t *ret_value)
{
        const char *text = q->word[word];
        char *end;
        uint64_t value;

        errno = 0;
        value = strtoull(text, &end, 0);
        if (errno || end == text || *end) {
                fail(q, "argument %u is not a number", word);
                return FALSE;
        }
        *ret_value = value;
        return TRUE;
}

/* What to store; as in QEMU, only as much of it as the access carries. */
static gboolean
datum(Request *q, uint64_t *ret_value)
{
        uint64_t value;

        if (!number(q, 2, &value))
                return FALSE;
        *ret_value = pv_by_width(value, q->command->width);
        return TRUE;
}

static gboolean
port(Request *q, uint64_t *ret_port)
{
        uint64_t value;

        if (!number(q, 1, &value))
                return FALSE;
        if (value > 0xffff) {
                fail(q, "a port is at most 0xffff");
                return FALSE;
        }
        *ret_port = value;
        return TRUE;
}

/* Where, and how many bytes. */
static gboolean
range(Request *q)
{
        if (!number(q, 1, &q->address) || !number(q, 2, &q->size))
                return FALSE;
        if (q->size > PV_QTEST_TRANSFER_MAX) {
                fail(q, "more than %u bytes at once", PV_QTEST_TRANSFER_MAX);
                return FALSE;
        }
        return TRUE;
}

/* ---- accesses ---- */

static void
run_in(Request *q)
{
        uint64_t at, value = 0;

        if (!port(q, &at))
                return;
        q->bus->ops->read(q->bus, PV_SPACE_PIO, at, q->command->width, &value);
        ok_number(q, value, 4);
}

static void
run_out(Request *q)
{
        uint64_t at, value;

        if (!port(q, &at) || !datum(q, &value))
                return;
        q->bus->ops->write(q->bus, PV_SPACE_PIO, at, q->command->width, value);
        ok(q);
}

static void
run_load(Request *q)
{
        uint64_t value = 0;

        if (!number(q, 1, &q->address))
                return;
        q->bus->ops->read(q->bus, PV_SPACE_MMIO, q->address, q->command->width, &value);
        ok_number(q, value, 16);
}

static void
run_store(Request *q)
{
        uint64_t value;

        if (!number(q, 1, &q->address) || !datum(q, &value))
                return;
        q->bus->ops->write(q->bus, PV_SPACE_MMIO, q->address, q->command->width, value);
        ok(q);
}

/* ---- memory ---- */

/* Bytes up to the next page, and the widest access that fits. */
static size_t
page_rest(uint64_t address, size_t n)
{
        return MIN(n, PV_PAGE_SIZE - address % PV_PAGE_SIZE);
}

static unsigned
access_width(uint64_t address, size_t n)
{
        unsigned width = 4;

        while (width > n || address % width)
                width /= 2;
        return width;
}

/* RAM a page at a time, anything else by accesses. */
static void
memory_read(PvBus *bus, uint64_t address, uint8_t *data, size_t n)
{
        while (n > 0) {
                size_t done = page_rest(address, n);

                if (bus->ops->gpa_read(bus, (PvGpa){address}, data, done)) {
                        uint64_t value = 0;

                        done = access_width(address, n);
                        bus->ops->read(bus, PV_SPACE_MMIO, address, (unsigned) done, &value);
                        for (size_t i = 0; i < done; i++)
                                data[i] = (uint8_t) (value >> 8 * i);
                }
                address += done;
                data += done;
                n -= done;
        }
}

static void
memory_write(PvBus *bus, uint64_t address, const uint8_t *data, size_t n)
{
        while (n > 0) {
                size_t done = page_rest(address, n);

                if (bus->ops->gpa_write(bus, (PvGpa){address}, data, done)) {
                        uint64_t value = 0;

                        done = access_width(address, n);
                        for (size_t i = 0; i < done; i++)
                                value |= (uint64_t) data[i] << 8 * i;
                        bus->ops->write(bus, PV_SPACE_MMIO, address, (unsigned) done, value);
                }
                address += done;
                data += done;
                n -= done;
        }
}

static void
run_read(Request *q)
{
        g_autofree uint8_t *data = NULL;
        char *text;
        gsize start;

        if (!range(q))
                return;
        if (q->size == 0) {
                fail(q, "nothing to read");
                return;
        }
        data = g_malloc(q->size);
        memory_read(q->bus, q->address, data, q->size);
        g_string_append(q->out, "OK 0x");
        start = q->out->len;
        g_string_set_size(q->out, start + 2 * q->size);
        text = q->out->str + start;
        for (size_t i = 0; i < q->size; i++) {
                text[2 * i] = hex_digits[data[i] >> 4];
                text[2 * i + 1] = hex_digits[data[i] & 15];
        }
        g_string_append_c(q->out, '\n');
}

static void
run_b64read(Request *q)
{
        g_autofree uint8_t *data = NULL;
        g_autofree char *text = NULL;

        if (!range(q))
                return;
        data = g_malloc(q->size + 1);
        memory_read(q->bus, q->address, data, q->size);
        text = g_base64_encode(data, q->size);
        g_string_append_printf(q->out, "OK %s\n", text);
}

/* QEMU's own words, and not a FAIL. */
static gboolean
long_enough(Request *q)
{
        if (strlen(q->word[3]) >= 3)
                return TRUE;
        g_string_append(q->out, "ERR invalid argument size\n");
        return FALSE;
}

/* Digits after the prefix; as in QEMU, bytes that are missing are zero, and those too many are dropped. */
static void
run_write(Request *q)
{
        g_autofree uint8_t *data = NULL;
        const char *digits = q->word[3] + 2;
        size_t given;

        if (!range(q) || !long_enough(q))
                return;
        given = strspn(digits, "0123456789abcdefABCDEF");
        if (!g_str_has_prefix(q->word[3], "0x") || digits[given]) {
                fail(q, "the data are not hexadecimal digits after 0x");
                return;
        }
        data = g_malloc0(q->size + 1);
        for (size_t i = 0; i < MIN(q->size, given / 2); i++)
                data[i] = (uint8_t) (g_ascii_xdigit_value(digits[2 * i]) << 4 |
                                     g_ascii_xdigit_value(digits[2 * i + 1]));
        memory_write(q->bus, q->address, data, q->size);
        ok(q);
}

/* As in QEMU, no more than was announced is stored. */
static void
run_b64write(Request *q)
{
        char *text = q->word[3];
        gsize decoded;

        if (!range(q) || !long_enough(q))
                return;
        if (text[strspn(text, base64_digits)]) {
                fail(q, "the data are not base64");
                return;
        }
        g_base64_decode_inplace(text, &decoded);
        if (decoded < q->size) {
                fail(q, "%zu bytes of data are less than announced", decoded);
                return;
        }
        memory_write(q->bus, q->address, (uint8_t *) text, q->size);
        ok(q);
}

static void
run_memset(Request *q)
{
        g_autofree uint8_t *data = NULL;
        uint64_t pattern;

        if (!range(q) || !number(q, 3, &pattern))
                return;
        data = g_malloc(q->size + 1);
        memset(data, (int) (pattern & 0xff), q->size);
        memory_write(q->bus, q->address, data, q->size);
        ok(q);
}

/* ---- the rest ---- */

static void
run_endianness(Request *q)
{
        g_string_append(q->out, "OK little\n");
}

/* There is nothing in this machine but what is on the bus: no interrupt controller, no modules. */
static void
run_device(Request *q)
{
        g_string_append(q->out, "FAIL Unknown device\n");
}

static void
run_module(Request *q)
{
        g_string_append(q->out, "FAIL\n");
}

/* clock_step, clock_set and rtas are unknown to a QEMU under TCG or KVM as well. */
static const Command commands[] = {
        {"inb", 2, run_in, 1},
        {"inw", 2, run_in, 2},
        {"inl", 2, run_in, 4},
        {"outb", 3, run_out, 1},
        {"outw", 3, run_out, 2},
        {"outl", 3, run_out, 4},
        {"readb", 2, run_load, 1},
        {"readw", 2, run_load, 2},
        {"readl", 2, run_load, 4},
        {"readq", 2, run_load, 8},
        {"writeb", 3, run_store, 1},
        {"writew", 3, run_store, 2},
        {"writel", 3, run_store, 4},
        {"writeq", 3, run_store, 8},
        {"read", 3, run_read, 0},
        {"write", 4, run_write, 0},
        {"memset", 4, run_memset, 0},
        {"b64read", 3, run_b64read, 0},
        {"b64write", 4, run_b64write, 0},
        {"endianness", 1, run_endianness, 0},
        {"irq_intercept_in", 2, run_device, 0},
        {"irq_intercept_out", 2, run_device, 0},
        {"set_irq_in", 5, run_device, 0},
        {"module_load", 3, run_module, 0},
};

static const Command *
find_command(const char *name)
{
        for (gsize i = 0; i < G_N_ELEMENTS(commands); i++)
                if (!strcmp(commands[i].name, name))
                        return &commands[i];
        return NULL;
}

/* Each single space ends a word, so two of them have an empty one between them: as in QEMU. */
static unsigned
split(char *line, char **ret_word)
{
        unsigned n = 0;

        while (line && n < WORDS) {
                char *space = strchr(line, ' ');

                ret_word[n++] = line;
                if (space)
                        *space++ = '\0';
                line = space;
        }
        return n;
}

void
pv_qtest_serve(PvBus *bus, char *line, size_t n, GString *out)
{
        Request q = {.bus = bus, .out = out};
        unsigned words;

        if (memchr(line, '\0', n)) {
                g_string_append(out, "FAIL a NUL byte is in the line\n");
                return;
        }
        words = split(line, q.word);
        q.command = find_command(q.word[0]);
        if (!q.command)
                g_string_append_printf(out, "FAIL Unknown command '%s'\n", q.word[0]);
        else if (words < q.command->words)
                fail(&q, "too few arguments");
        else
                q.command->run(&q);
}
