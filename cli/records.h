/* SPDX-License-Identifier: MIT */
/* Record files as the user names them. */
#ifndef PVABI_CLI_RECORDS_H
#define PVABI_CLI_RECORDS_H

#include <glib.h>

/* A record file, or the folder of a run: the file. g_free. */
char *pv_cli_records_path(const char *path);

/* As pv_record_read(). */
GPtrArray *pv_cli_records_read(const char *path, GError **error);

#endif
