/* SPDX-License-Identifier: MIT */
/* Files that are shipped with the program: beside it, or in the data directory. */
#ifndef PVABI_COMMON_DATA_H
#define PVABI_COMMON_DATA_H

#include <glib.h>

/* Where this file or folder may be, in the order of search. */
GPtrArray *pv_data_paths(const char *leaf);

/* The first that there is, or NULL. g_free. */
char *pv_data_file(const char *leaf);

#endif
