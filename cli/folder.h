/* SPDX-License-Identifier: MIT */
/* The folder of a run: its records, and what is made of them. */
#ifndef PVABI_CLI_FOLDER_H
#define PVABI_CLI_FOLDER_H

#include <glib.h>

#include "common/record.h"

typedef struct PvFolder {
        char *path;
        char *records_path;
        PvRecorder *recorder;
        int lock; /* so that two runs do not write into it at a time; -1: none */
} PvFolder;

/*
 * Makes it where there is none, and keeps the records that an earlier run left under another name.
 * PV_ERROR_USAGE. Whether it was opened or not, ret_folder is for pv_folder_clear().
 */
gboolean pv_folder_open(PvFolder *ret_folder, const char *path, GError **error);
void pv_folder_clear(PvFolder *folder);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PvFolder, pv_folder_clear)

#endif
