/* SPDX-License-Identifier: MIT */
/* Opens the folder that -o names. */
#include "cli/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "common/error.h"

static void
keep_previous(const char *path)
{
        g_autofree char *previous = g_strconcat(path, ".previous", NULL);

        if (g_file_test(path, G_FILE_TEST_EXISTS) && rename(path, previous) < 0)
                fprintf(stderr, "pvabi: cannot keep %s: %s\n", path, g_strerror(errno));
}

gboolean
pv_folder_open(PvFolder *ret_folder, const char *path, GError **error)
{
        *ret_folder = (PvFolder){.path = g_strdup(path), .lock = -1};
        if (g_mkdir_with_parents(path, 0755) < 0) {
                g_set_error(error, PV_ERROR, PV_ERROR_USAGE,
                            "cannot make folder %s: %s; name a writable one with -o", path,
                            g_strerror(errno));
                return FALSE;
        }
        ret_folder->lock = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (ret_folder->lock >= 0 && flock(ret_folder->lock, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK) {
                g_set_error(error, PV_ERROR, PV_ERROR_USAGE,
                            "another run is writing into %s; wait for it, or name another folder with -o",
                            path);
                return FALSE;
        }
        ret_folder->records_path = g_build_filename(path, PV_RECORD_FILE, NULL);
        keep_previous(ret_folder->records_path);
        ret_folder->recorder = pv_recorder_open(ret_folder->records_path, TRUE, error);
        return ret_folder->recorder != NULL;
}

void
pv_folder_clear(PvFolder *folder)
{
        g_clear_pointer(&folder->recorder, pv_recorder_free);
        if (folder->lock >= 0)
                close(folder->lock);
        folder->lock = -1;
        g_clear_pointer(&folder->records_path, g_free);
        g_clear_pointer(&folder->path, g_free);
}
