/* SPDX-License-Identifier: MIT */
/* Finds the records of a run by its folder. */
#include "cli/records.h"

#include "common/record.h"

char *
pv_cli_records_path(const char *path)
{
        return g_file_test(path, G_FILE_TEST_IS_DIR) ? g_build_filename(path, PV_RECORD_FILE, NULL)
                                                     : g_strdup(path);
}

GPtrArray *
pv_cli_records_read(const char *path, GError **error)
{
        g_autofree char *file = pv_cli_records_path(path);

        return pv_record_read(file, error);
}
