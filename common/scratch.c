/* SPDX-License-Identifier: MIT */
/* Folders for temporary files; an environment variable tells children where. */
#include "common/scratch.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/error.h"

#define VARIABLE "PVABI_SCRATCH"

char *
pv_scratch_folder(GError **error)
{
        const char *entered = pv_scratch_entered();
        /* A socket's path is at most 107 bytes: a long TMPDIR is of no use here. */
        const char *parent = entered ? entered : strlen(g_get_tmp_dir()) < 60 ? g_get_tmp_dir() : "/tmp";
        char *folder = g_strdup_printf("%s/pvabi-XXXXXX", parent);

        if (g_mkdtemp(folder))
                return folder;
        g_set_error(error, PV_ERROR, PV_ERROR_HARNESS, "cannot make a folder in %s: %s; set TMPDIR to a writable one",
                    parent, g_strerror(errno));
        g_free(folder);
        return NULL;
}

void
pv_scratch_enter(const char *folder)
{
        g_setenv(VARIABLE, folder, TRUE);
}

const char *
pv_scratch_entered(void)
{
        return g_getenv(VARIABLE);
}

void
pv_scratch_remove(const char *folder)
{
        GDir *dir = folder ? g_dir_open(folder, 0, NULL) : NULL;
        const char *name;

        while (dir && (name = g_dir_read_name(dir))) {
                g_autofree char *path = g_build_filename(folder, name, NULL);

                if (unlink(path) < 0)
                        pv_scratch_remove(path);
        }
        g_clear_pointer(&dir, g_dir_close);
        if (folder)
                rmdir(folder);
}
