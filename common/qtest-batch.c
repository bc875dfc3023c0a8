/* SPDX-License-Identifier: MIT */
/* Many accesses at once: a round trip costs more than an access, so that commands go ahead of answers. */
#include "common/qtest-line.h"

/* What may be under way at once: its answers must fit into the socket, else the VMM stops listening. */
#define PIECE_ITEMS 100u
#define PIECE_BYTES 16384u /* of memory, both ways */

#define COMMAND_SIZE 64u /* besides its data */

static gboolean
is_memory(const PvTraceItem *item)
{
        return item->action == 'M' || item->action == 'm';
}

/* How many of these make one piece; 0: the first has more data than a command may carry. */
static size_t
piece_size(const PvTraceItem *items, size_t n)
{
        size_t bytes = 0, i;

        for (i = 0; i < n && i < PIECE_ITEMS; i++) {
                bytes += is_memory(&items[i]) ? items[i].width : 0;
                if (bytes > PIECE_BYTES)
                        break;
        }
        return i;
}

static gboolean
put_item(PvText *text, const PvTraceItem *item)
{
        if (item->action == 'R')
                return pv_text_read(text, PV_SPACE_PIO, item->where, item->width);
        if (item->action == 'W')
                return pv_text_write(text, PV_SPACE_PIO, item->where, item->width, item->value);
        if (!is_memory(item) || !item->width || !pv_heap_in_ram(item->where, item->width))
                return FALSE;
        if (item->action == 'm')
                pv_text_load(text, item->where, item->width);
        else
                pv_text_store(text, item->where, item->data, item->width);
        return TRUE;
}

static int
receive_item(PvQtestBus *q, PvTraceItem *item)
{
        if (item->action == 'R')
                return pv_qtest_number(q, item->width, &item->value);
        return item->action == 'm' ? pv_qtest_bytes(q, item->data, item->width) : pv_qtest_done(q);
}

static int
run_piece(PvQtestBus *q, PvTraceItem *items, size_t n)
{
        char commands[PIECE_ITEMS * COMMAND_SIZE + 2 * PIECE_BYTES];
        PvText text = {commands};
        int r;

        *commands = '\0';
        for (size_t i = 0; i < n; i++)
                if (!put_item(&text, &items[i]))
                        return PV_E_REFUSED;
        r = pv_qtest_send(q, commands, &text);
        for (size_t i = 0; !r && i < n; i++)
                r = receive_item(q, &items[i]);
        return r;
}

static int
run_one(PvBus *bus, PvTraceItem *item)
{
        switch (item->action) {
        case 'R':
                return bus->ops->read(bus, PV_SPACE_PIO, item->where, item->width, &item->value);
        case 'W':
                return bus->ops->write(bus, PV_SPACE_PIO, item->where, item->width, item->value);
        case 'M':
                return bus->ops->gpa_write(bus, (PvGpa){item->where}, item->data, item->width);
        case 'm':
                return bus->ops->gpa_read(bus, (PvGpa){item->where}, item->data, item->width);
        default:
                return PV_E_REFUSED;
        }
}

int
pv_qtest_batch(PvBus *bus, PvTraceItem *items, size_t n)
{
        gboolean pipelined = pv_qtest_fd(bus) >= 0;
        int r = PV_OK;

        for (size_t done = 0, size = 1; !r && done < n; done += size) {
                if (pipelined && !(size = piece_size(items + done, n - done)))
                        return PV_E_REFUSED;
                r = pipelined ? run_piece((PvQtestBus *) bus, items + done, size)
                              : run_one(bus, items + done);
        }
        return r;
}
