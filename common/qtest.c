/* SPDX-License-Identifier: MIT */
/* Client of the qtest line protocol as a bus. */
#include "common/qtest.h"

#include <string.h>
#include <unistd.h>

#include "common/error.h"
#include "common/qtest-line.h"

#define LINE_LIMIT 65536u
#define PIPELINE 100u /* commands under way at once in read_string */

static int
bus_read(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t *ret_value)
{
        PvQtestBus *q = (PvQtestBus *) bus;
        char command[64];
        PvText text = {command};
        int r;

        if (!pv_text_read(&text, space, address, width))
                return pv_qtest_gone(q, "was asked for a read of a width that qtest does not have", NULL);
        r = pv_qtest_send(q, command, &text);
        return r ? r : pv_qtest_number(q, width, ret_value);
}

static int
bus_write(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t value)
{
        PvQtestBus *q = (PvQtestBus *) bus;
        char command[64];
        PvText text = {command};

        if (!pv_text_write(&text, space, address, width, value))
                return pv_qtest_gone(q, "was asked for a write of a width that qtest does not have", NULL);
        return pv_qtest_do(q, command, &text);
}

/* At most PIPELINE bytes, asked for in one go. */
static int
read_piece(PvQtestBus *q, uint64_t port, uint8_t *data, size_t n)
{
        char commands[PIPELINE * 16] = "";
        PvText text = {commands};
        int r;

        for (size_t i = 0; i < n; i++)
                pv_text_read(&text, PV_SPACE_PIO, port, 1);
        r = pv_qtest_send(q, commands, &text);
        for (size_t i = 0; !r && i < n; i++) {
                uint64_t value = 0;

                r = pv_qtest_number(q, 1, &value);
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
                int r = read_piece((PvQtestBus *) bus, port, piece, size);

                if (r)
                        return r;
                memcpy(data + done, piece, size);
                done += size;
        }
        return PV_OK;
}

static void
bus_free(PvBus *bus)
{
        PvQtestBus *q = (PvQtestBus *) bus;
        PvBusOwner owner = q->owner;

        close(q->lines.fd);
        pv_lines_clear(&q->lines);
        g_array_unref(q->heap);
        g_free(q->why);
        g_free(q);
        if (owner.ended)
                owner.ended(owner.data);
}

static const PvBusOps qtest_bus_ops = {
        .read = bus_read,
        .write = bus_write,
        .read_string = bus_read_string,
        .gpa_alloc = pv_qtest_gpa_alloc,
        .gpa_free = pv_qtest_gpa_free,
        .gpa_read = pv_qtest_gpa_read,
        .gpa_write = pv_qtest_gpa_write,
        .free = bus_free,
};

PvBus *
pv_qtest_bus_new(int fd, unsigned answer_ms, const PvBusOwner *owner)
{
        PvQtestBus *q = g_new0(PvQtestBus, 1);

        q->bus.ops = &qtest_bus_ops;
        q->bus.caps = PV_BUS_PIO | PV_BUS_GPA | PV_BUS_SHARE;
        pv_lines_init(&q->lines, fd, LINE_LIMIT, answer_ms);
        q->heap = pv_heap_new();
        if (owner)
                q->owner = *owner;
        return &q->bus;
}

gboolean
pv_qtest_handshake(PvBus *bus, unsigned timeout_ms, GError **error)
{
        PvQtestBus *q = (PvQtestBus *) bus;
        unsigned answer_ms = q->lines.timeout_ms;
        char command[] = "endianness\n"; /* the one question without a side effect */
        PvText text = {command + strlen(command)};
        const char *rest;
        size_t n;
        int r;

        pv_lines_set_timeout(&q->lines, timeout_ms);
        r = pv_qtest_send(q, command, &text);
        r = r ? r : pv_qtest_answer(q, &rest, &n);
        if (!r && strcmp(rest, " little"))
                r = pv_qtest_gone(q, "does not speak qtest as an x86 machine", rest - 2);
        pv_lines_set_timeout(&q->lines, answer_ms);
        if (r)
                g_set_error(error, PV_ERROR, PV_ERROR_HARNESS, "no qtest handshake: %s", q->why);
        q->greeted = !r;
        return !r;
}

gboolean
pv_qtest_reconnect(PvBus *bus, int fd, unsigned timeout_ms, GError **error)
{
        PvQtestBus *q = (PvQtestBus *) bus;
        unsigned answer_ms = q->lines.timeout_ms;

        close(q->lines.fd);
        pv_lines_clear(&q->lines);
        pv_lines_init(&q->lines, fd, LINE_LIMIT, answer_ms);
        return pv_qtest_handshake(bus, timeout_ms, error);
}

int
pv_qtest_fd(PvBus *bus)
{
        return bus->ops == &qtest_bus_ops ? ((PvQtestBus *) bus)->lines.fd : -1;
}

const char *
pv_qtest_why(PvBus *bus)
{
        return bus->ops == &qtest_bus_ops ? ((PvQtestBus *) bus)->why : NULL;
}
