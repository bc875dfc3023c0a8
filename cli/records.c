/* SPDX-License-Identifier: MIT */
/* Finds the records of a run by its folder. */
#include "cli/records.h"

#include "common/record.h"

GPtrArray *
pv_cli_records_read(const char *path, GError **error)
{
        gboolean folder = g_file_test(path, G_FILE_TEST_IS_DIR);
        g_autofree char *file = folder ? g_build_filename(path, PV_RECORD_FILE, NULL) : g_strdup(path);

        return pv_record_read(file, error);
}
