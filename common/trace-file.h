/* SPDX-License-Identifier: MIT */
/* Trace files: accesses, memory and host events as text, one item a line. docs/traces/ has examples. */
#ifndef PVABI_COMMON_TRACE_FILE_H
#define PVABI_COMMON_TRACE_FILE_H

#include <glib.h>

#include "common/topology.h"

typedef enum PvTraceEvent {
        PV_TRACE_PLUG,           /* selector */
        PV_TRACE_UNPLUG_REQUEST, /* selector */
        PV_TRACE_RESET,
        PV_TRACE_SAVE_LOAD,
        PV_TRACE_SWITCH_MODERN,  /* the register block's legacy bitmap was left before the recording began */
        PV_TRACE_N_EVENTS,
} PvTraceEvent;

/* One line: `R|W PORT WIDTH VALUE`, `M|m GPA HEX`, `H ACTION [SELECTOR]`. */
typedef struct PvTraceItem {
        char action;
        guint line;     /* of the file, from 1 */
        unsigned width; /* bytes: of the access, or of data */
        uint64_t where; /* port, GPA or PvTraceEvent */
        uint64_t value; /* read or written, or the selector */
        uint8_t *data;  /* M: what the guest stored; m: what memory must hold */
} PvTraceItem;

/* What the lines `# smp:`, `# plugged:` and `# chipset:` of the head say; NULL and Q35 when they are missing. */
typedef struct PvTraceFile {
        char *smp, *plugged;
        PvChipset chipset;
        GArray *items; /* PvTraceItem */
} PvTraceFile;

/* PV_ERROR_USAGE with the file's name and the number of the line that is none. */
PvTraceFile *pv_trace_file_parse(const char *text, gsize n, const char *name, GError **error);
PvTraceFile *pv_trace_file_read(const char *path, GError **error);
void pv_trace_file_free(PvTraceFile *trace);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PvTraceFile, pv_trace_file_free)

/* The item as a line of a trace, and as a line for -qtest stdio (an event: for the monitor, in a comment); g_free. */
char *pv_trace_item_line(const PvTraceItem *item);
char *pv_trace_item_qtest(const PvTraceItem *item, const PvTopology *topology);

/* The word for an event; NULL out of range. */
const char *pv_trace_event_word(PvTraceEvent event);

#endif
