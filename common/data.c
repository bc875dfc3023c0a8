/* SPDX-License-Identifier: MIT */
/* Where shipped files are looked for. */
#include "common/data.h"

#ifndef PVABI_DATA_DIR
#define PVABI_DATA_DIR "/usr/share/pvabi"
#endif

GPtrArray *
pv_data_paths(const char *leaf)
{
        GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
        g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
        g_autofree char *beside = self ? g_path_get_dirname(self) : NULL;

        if (beside)
                g_ptr_array_add(paths, g_build_filename(beside, leaf, NULL));
        g_ptr_array_add(paths, g_build_filename(PVABI_DATA_DIR, leaf, NULL));
        return paths;
}

char *
pv_data_file(const char *leaf)
{
        g_autoptr(GPtrArray) paths = pv_data_paths(leaf);

        for (guint i = 0; i < paths->len; i++)
                if (g_file_test(paths->pdata[i], G_FILE_TEST_EXISTS))
                        return g_strdup(paths->pdata[i]);
        return NULL;
}
