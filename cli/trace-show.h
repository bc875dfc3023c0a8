/* SPDX-License-Identifier: MIT */
/* VM exits that were counted, as a table for people and as records. */
#ifndef PVABI_CLI_TRACE_SHOW_H
#define PVABI_CLI_TRACE_SHOW_H

#include <json-glib/json-glib.h>

#include "bench/exits-rows.h"

/* Everything that was counted until now; exits: NULL is nothing. */
typedef struct PvTraceTotals {
        GArray *counts, *times, *rows;
        guint64 lost;
} PvTraceTotals;

void pv_trace_totals_init(PvTraceTotals *totals, PvExits *exits);
void pv_trace_totals_clear(PvTraceTotals *totals);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PvTraceTotals, pv_trace_totals_clear)

/*
 * The two ABIs port by port, then the `others` busiest other ports and pages, and what is left as one line.
 * The text that is printed while counting has no legend.
 */
void pv_trace_draw(const PvTraceTotals *totals, guint others, gboolean legend, GString *out);

/* One record on standard output; takes it over. */
void pv_trace_print(JsonObject *record);

/* All but the first of them: "exits", "exit-times", and "exits-end" with how the process ended. */
void pv_trace_records(const PvTraceTotals *totals, const char *name, const char *end, guint64 recorded);

#endif
