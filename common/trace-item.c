/* SPDX-License-Identifier: MIT */
/* Items of a trace in words: for a trace file, and for QEMU's qtest protocol. */
#include <inttypes.h>

#include "common/qemu.h"
#include "common/trace-file.h"

static void
append_hex(GString *text, const PvTraceItem *item)
{
        for (unsigned i = 0; i < item->width; i++)
                g_string_append_printf(text, "%02x", item->data[i]);
}

char *
pv_trace_item_line(const PvTraceItem *item)
{
        GString *line = g_string_new(NULL);

        g_string_append_printf(line, "%c ", item->action);
        if (item->action == 'H') {
                g_string_append(line, pv_trace_event_word((PvTraceEvent) item->where));
                if (item->where == PV_TRACE_PLUG || item->where == PV_TRACE_UNPLUG_REQUEST)
                        g_string_append_printf(line, " %" PRIu64, item->value);
        } else if (item->action == 'R' || item->action == 'W') {
                g_string_append_printf(line, "0x%04" PRIx64 " %u 0x%0*" PRIx64, item->where, item->width,
                                       (int) item->width * 2, item->value);
        } else {
                g_string_append_printf(line, "0x%" PRIx64 " ", item->where);
                append_hex(line, item);
        }
        return g_string_free(line, FALSE);
}

static void
append_event(GString *line, const PvTraceItem *item, const PvTopology *topology)
{
        g_autofree char *id = g_strdup_printf("cpu%u", (unsigned) item->value);
        g_autofree char *cpu = NULL;

        switch ((PvTraceEvent) item->where) {
        case PV_TRACE_PLUG:
                cpu = pv_qemu_cpu(topology, (uint32_t) item->value, id);
                g_string_append_printf(line, "# monitor: device_add %s", cpu);
                break;
        case PV_TRACE_UNPLUG_REQUEST:
                g_string_append_printf(line, "# monitor: device_del %s", id);
                break;
        case PV_TRACE_RESET:
                g_string_append(line, "# monitor: system_reset");
                break;
        default:
                g_string_append_printf(line, "# %s", pv_trace_event_word((PvTraceEvent) item->where));
        }
}

char *
pv_trace_item_qtest(const PvTraceItem *item, const PvTopology *topology)
{
        GString *line = g_string_new(NULL);
        char width = item->width == 1 ? 'b' : item->width == 2 ? 'w' : 'l';

        if (item->action == 'R') {
                g_string_append_printf(line, "in%c 0x%" PRIx64 "    # 0x%" PRIx64, width, item->where,
                                       item->value);
        } else if (item->action == 'W') {
                g_string_append_printf(line, "out%c 0x%" PRIx64 " 0x%" PRIx64, width, item->where,
                                       item->value);
        } else if (item->action == 'M') {
                g_string_append_printf(line, "write 0x%" PRIx64 " %u 0x", item->where, item->width);
                append_hex(line, item);
        } else if (item->action == 'm') {
                g_string_append_printf(line, "read 0x%" PRIx64 " %u    # 0x", item->where, item->width);
                append_hex(line, item);
        } else {
                append_event(line, item, topology);
        }
        return g_string_free(line, FALSE);
}
