/* SPDX-License-Identifier: MIT */
/* Temporary files: those of a run and of all its processes lie in one folder, so that one removal is enough. */
#ifndef PVABI_COMMON_SCRATCH_H
#define PVABI_COMMON_SCRATCH_H

#include <glib.h>

/*
 * A new folder inside the run's, or in the system's folder for temporary files outside of a run. Short, for sockets.
 * g_free. PV_ERROR_HARNESS.
 */
char *pv_scratch_folder(GError **error);

/* From here on, in this process and its children, pv_scratch_folder() makes folders inside this one. */
void pv_scratch_enter(const char *folder);

/* The folder that was entered, or NULL. */
const char *pv_scratch_entered(void);

/* A folder with all that is in it. Symbolic links are removed, not followed. NULL is nothing. */
void pv_scratch_remove(const char *folder);

#endif
