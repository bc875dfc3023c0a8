/* SPDX-License-Identifier: MIT */
/* From records to what people and other programs read: a terminal page, Markdown, JSON and JUnit. */
#ifndef PVABI_REPORTS_REPORT_H
#define PVABI_REPORTS_REPORT_H

#include <glib.h>

/*
 * Writes the formats named ("md,html,json,junit"; NULL: every one) into the folder dir, which is made when
 * missing. records are JsonObjects as pv_record_read() returns them; those of several files may follow.
 * PV_ERROR_USAGE: an unknown format, in which case nothing is written, or a folder that cannot be written.
 */
gboolean pv_report_write(GPtrArray *records, const char *dir, const char *formats, GError **error);

/* The answer page, the unexpected failures and what was not run, to stdout, as wide as the terminal. */
void pv_report_terminal(GPtrArray *records, gboolean color);
/* The trust ledger in full, likewise. */
void pv_report_terminal_ledger(GPtrArray *records, gboolean color);

/*
 * Names of the files that pv_report_write() makes of these formats, for a closing line: "report.md,
 * junit.xml".
 */
char *pv_report_files(const char *formats);

#endif
