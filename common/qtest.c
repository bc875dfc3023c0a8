/* SPDX-License-Identifier: MIT */
/* Client of the qtest line protocol: one command a line, one answer a line. */
#include "common/qtest.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/error.h"
#include "common/lines.h"

#define LINE_LIMIT 65536u
#define PIPELINE 100u   /* commands under way at once in read_string */
#define GPA_CHUNK 2048u /* bytes per read or write command */

/* Where the guest allocates: above what firmware would use, below every chipset's stolen memory. */
#define HEAP_START 0x200000u
#define HEAP_END 0x4000000u
#define RAM_END 0x8000000u /* QEMU's default: 128 MiB */
#define HOLE_START 0xa0000u
#define HOLE_END 0x100000u

typedef struct Block {
        uint64_t start, end;
        bool freed;
} Block;

typedef struct QtestBus {
        PvBus bus;
        PvLines lines;
        PvQtestOwner owner;
        GArray *blocks; /* Block, ascending */
        bool greeted;   /* before, the handshake's error says it all */
        char *why;
} QtestBus;

/* A command under construction; the caller's buffer is large enough for it. */
typedef struct Text {
        char *at;
} Text;

static void
put_word(Text *text, const char *word)
{
        while (*word)
                *text->at++ = *word++;
}

static void
put_digits(Text *text, uint64_t value, unsigned digits)
{
        while (digits-- > 0)
                *text->at++ = "0123456789abcdef"[value >> (4 * digits) & 15];
}

static void
put_number(Text *text, uint64_t value)
{
        unsigned digits = 1;

        while (digits < 16 && value >> (4 * digits))
                digits++;
        put_word(text, " 0x");
        put_digits(text, value, digits);
}

/* Remembers and says why, once; the socket is of no use any more. */
static int
gone(QtestBus *q, const char *what, const char *line)
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
refuse_early_answers(QtestBus *q)
{
        while (pv_lines_ready(&q->lines)) {
                char *line;
                size_t n;

                if (pv_lines_next(&q->lines, &line, &n) == PV_LINES_OK && strncmp(line, "IRQ ", 4))
                        return gone(q, "is babbling: it answered without being asked", line);
        }
        return PV_OK;
}

static int
send_text(QtestBus *q, const char *start, const Text *text)
{
        PvLinesEnd end;

        if (q->why)
                return PV_E_GONE;
        if (q->lines.begin != q->lines.end && refuse_early_answers(q))
                return PV_E_GONE;
        end = pv_lines_send(&q->lines, start, (size_t) (text->at - start));
        return end == PV_LINES_OK ? PV_OK : gone(q, pv_lines_word(end), NULL);
}

/* The answer after "OK", with its length. */
static int
receive_answer(QtestBus *q, const char **ret_rest, size_t *ret_n)
{
        gint64 deadline = 0;
        char *line;
        size_t n;

        for (;;) {
                PvLinesEnd end = pv_lines_next(&q->lines, &line, &n);

                if (end != PV_LINES_OK)
                        return gone(q, pv_lines_word(end), NULL);
                if (strncmp(line, "IRQ ", 4))
                        break;
                if (!deadline)
                        deadline = g_get_monotonic_time() + (gint64) q->lines.timeout_ms * 1000;
                if (g_get_monotonic_time() > deadline)
                        return gone(q, "is babbling: nothing but interrupts", NULL);
        }
        if (strncmp(line, "OK", 2) || (line[2] && line[2] != ' '))
                return gone(q, "is babbling", line);
        *ret_rest = line + 2;
        *ret_n = n - 2;
        return PV_OK;
}

/* An answer that holds nothing. */
static int
receive_done(QtestBus *q)
{
        const char *rest;
        size_t n;
        int r = receive_answer(q, &rest, &n);

        return r || !n ? r : gone(q, "is babbling", rest);
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

/* Sends a command whose answer holds nothing. */
static int
do_command(QtestBus *q, const char *start, const Text *text)
{
        int r = send_text(q, start, text);

        return r ? r : receive_done(q);
}

/* A number of at most `width` bytes. */
static int
receive_number(QtestBus *q, unsigned width, uint64_t *ret_value)
{
        uint64_t value;
        const char *rest;
        size_t n;
        int r = receive_answer(q, &rest, &n);

        if (r)
                return r;
        if (!parse_number(rest, n, &value) || (width < 8 && value >> (8 * width)))
                return gone(q, "is babbling", rest - 2);
        *ret_value = value;
        return PV_OK;
}

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

static int
bus_read(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t *ret_value)
{
        QtestBus *q = (QtestBus *) bus;
        const char *name = verb(space, FALSE, width);
        char command[64];
        Text text = {command};
        int r;

        if (!name)
                return gone(q, "was asked for a read of a width that qtest does not have", NULL);
        put_word(&text, name);
        put_number(&text, reachable(space, address));
        put_word(&text, "\n");
        r = send_text(q, command, &text);
        return r ? r : receive_number(q, width, ret_value);
}

static int
bus_write(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t value)
{
        QtestBus *q = (QtestBus *) bus;
        const char *name = verb(space, TRUE, width);
        char command[64];
        Text text = {command};

        if (!name)
                return gone(q, "was asked for a write of a width that qtest does not have", NULL);
        put_word(&text, name);
        put_number(&text, reachable(space, address));
        put_number(&text, width < 8 ? value & ((UINT64_C(1) << (8 * width)) - 1) : value);
        put_word(&text, "\n");
        return do_command(q, command, &text);
}

/* At most PIPELINE bytes, asked for in one go. */
static int
read_piece(QtestBus *q, uint64_t port, uint8_t *data, size_t n)
{
        char commands[PIPELINE * 16] = "";
        Text text = {commands};
        int r;

        for (size_t i = 0; i < n; i++) {
                put_word(&text, "inb");
                put_number(&text, port & 0xffff);
                put_word(&text, "\n");
        }
        r = send_text(q, commands, &text);
        for (size_t i = 0; !r && i < n; i++) {
                uint64_t value = 0;

                r = receive_number(q, 1, &value);
                data[i] = (uint8_t) value;
        }
        return r;
}

static int
bus_read_string(PvBus *bus, uint64_t port, void *ret_data, size_t n)
{
        uint8_t piece[PIPELINE], *data = ret_data;

        for (size_t done = 0; done < n;) {
                size_t size = MIN(n - done, sizeof piece);
                int r = read_piece((QtestBus *) bus, port, piece, size);

                if (r)
                        return r;
                memcpy(data + done, piece, size);
                done += size;
        }
        return PV_OK;
}

static bool
in_ram(uint64_t gpa, size_t n)
{
        if (gpa > RAM_END || n > RAM_END - gpa)
                return false;
        return gpa + n <= HOLE_START || gpa >= HOLE_END;
}

static int
bus_gpa_alloc(PvBus *bus, size_t n, PvSharing sharing, PvGpa *ret_gpa)
{
        QtestBus *q = (QtestBus *) bus;
        guint used = q->blocks->len;
        uint64_t start = used ? g_array_index(q->blocks, Block, used - 1).end : HEAP_START;
        uint64_t size =
                MAX(((uint64_t) MIN(n, HEAP_END) + PV_PAGE_SIZE - 1) / PV_PAGE_SIZE, 1) * PV_PAGE_SIZE;
        Block block = {.start = start, .end = start + size};
        char command[80];
        Text text = {command};
        int r;

        (void) sharing; /* all of a plain guest's memory is shared */
        if (n > HEAP_END || size > HEAP_END - start)
                return PV_E_REFUSED;
        put_word(&text, "memset");
        put_number(&text, start);
        put_number(&text, size);
        put_word(&text, " 0x00\n");
        r = do_command(q, command, &text);
        if (r)
                return r;
        g_array_append_val(q->blocks, block);
        ret_gpa->value = start;
        return PV_OK;
}

/* Space comes back once everything allocated after it is free too: enough for callers that nest. */
static int
bus_gpa_free(PvBus *bus, PvGpa gpa)
{
        QtestBus *q = (QtestBus *) bus;
        GArray *blocks = q->blocks;
        Block *block = NULL;

        for (guint i = blocks->len; i-- > 0 && !block;)
                if (g_array_index(blocks, Block, i).start == gpa.value)
                        block = &g_array_index(blocks, Block, i);
        if (!block || block->freed)
                return PV_E_REFUSED;
        block->freed = true;
        while (blocks->len && g_array_index(blocks, Block, blocks->len - 1).freed)
                g_array_set_size(blocks, blocks->len - 1);
        return PV_OK;
}

static int
receive_bytes(QtestBus *q, uint8_t *data, size_t n)
{
        const char *rest;
        size_t length;
        int r = receive_answer(q, &rest, &length);

        if (r)
                return r;
        if (length != 3 + 2 * n || strncmp(rest, " 0x", 3))
                return gone(q, "is babbling", rest - 2);
        for (size_t i = 0; i < n; i++) {
                int high = g_ascii_xdigit_value(rest[3 + 2 * i]), low = g_ascii_xdigit_value(rest[4 + 2 * i]);

                if (high < 0 || low < 0)
                        return gone(q, "is babbling", rest - 2);
                data[i] = (uint8_t) (high * 16 + low);
        }
        return PV_OK;
}

static int
bus_gpa_read(PvBus *bus, PvGpa gpa, void *ret_data, size_t n)
{
        QtestBus *q = (QtestBus *) bus;
        g_autofree uint8_t *data = n ? g_malloc(n) : NULL;

        if (!in_ram(gpa.value, n))
                return PV_E_REFUSED;
        for (size_t done = 0; done < n; done += GPA_CHUNK) {
                size_t size = MIN(n - done, GPA_CHUNK);
                char command[64];
                Text text = {command};
                int r;

                put_word(&text, "read");
                put_number(&text, gpa.value + done);
                put_number(&text, size);
                put_word(&text, "\n");
                r = send_text(q, command, &text);
                r = r ? r : receive_bytes(q, data + done, size);
                if (r)
                        return r;
        }
        if (n)
                memcpy(ret_data, data, n);
        return PV_OK;
}

static int
bus_gpa_write(PvBus *bus, PvGpa gpa, const void *data, size_t n)
{
        QtestBus *q = (QtestBus *) bus;
        const uint8_t *bytes = data;

        if (!in_ram(gpa.value, n))
                return PV_E_REFUSED;
        for (size_t done = 0; done < n;) {
                size_t size = MIN(n - done, GPA_CHUNK);
                char command[64 + 2 * GPA_CHUNK];
                Text text = {command};
                int r;

                put_word(&text, "write");
                put_number(&text, gpa.value + done);
                put_number(&text, size);
                put_word(&text, " 0x");
                for (size_t i = 0; i < size; i++)
                        put_digits(&text, bytes[done + i], 2);
                put_word(&text, "\n");
                r = do_command(q, command, &text);
                if (r)
                        return r;
                done += size;
        }
        return PV_OK;
}

static void
bus_free(PvBus *bus)
{
        QtestBus *q = (QtestBus *) bus;
        PvQtestOwner owner = q->owner;

        close(q->lines.fd);
        pv_lines_clear(&q->lines);
        g_array_unref(q->blocks);
        g_free(q->why);
        g_free(q);
        if (owner.ended)
                owner.ended(owner.data);
}

static const PvBusOps qtest_bus_ops = {
        .read = bus_read,
        .write = bus_write,
        .read_string = bus_read_string,
        .gpa_alloc = bus_gpa_alloc,
        .gpa_free = bus_gpa_free,
        .gpa_read = bus_gpa_read,
        .gpa_write = bus_gpa_write,
        .free = bus_free,
};

PvBus *
pv_qtest_bus_new(int fd, unsigned answer_ms, const PvQtestOwner *owner)
{
        QtestBus *q = g_new0(QtestBus, 1);

        q->bus.ops = &qtest_bus_ops;
        q->bus.caps = PV_BUS_PIO | PV_BUS_GPA | PV_BUS_SHARE;
        pv_lines_init(&q->lines, fd, LINE_LIMIT, answer_ms);
        q->blocks = g_array_new(FALSE, FALSE, sizeof(Block));
        if (owner)
                q->owner = *owner;
        return &q->bus;
}

gboolean
pv_qtest_handshake(PvBus *bus, unsigned timeout_ms, GError **error)
{
        QtestBus *q = (QtestBus *) bus;
        unsigned answer_ms = q->lines.timeout_ms;
        char command[] = "endianness\n"; /* the one question without a side effect */
        Text text = {command + strlen(command)};
        const char *rest;
        size_t n;
        int r;

        pv_lines_set_timeout(&q->lines, timeout_ms);
        r = send_text(q, command, &text);
        r = r ? r : receive_answer(q, &rest, &n);
        if (!r && strcmp(rest, " little"))
                r = gone(q, "does not speak qtest as an x86 machine", rest - 2);
        pv_lines_set_timeout(&q->lines, answer_ms);
        if (r)
                g_set_error(error, PV_ERROR, PV_ERROR_HARNESS, "no qtest handshake: %s", q->why);
        q->greeted = !r;
        return !r;
}

int
pv_qtest_fd(PvBus *bus)
{
        return bus->ops == &qtest_bus_ops ? ((QtestBus *) bus)->lines.fd : -1;
}

const char *
pv_qtest_why(PvBus *bus)
{
        return bus->ops == &qtest_bus_ops ? ((QtestBus *) bus)->why : NULL;
}
