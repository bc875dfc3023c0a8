/* SPDX-License-Identifier: MIT */
/* Finds and loads backends: in-tree ones and plug-ins by the same path. */
#ifndef PVABI_COMMON_LOADER_H
#define PVABI_COMMON_LOADER_H

#include <glib.h>

#include "common/backend.h"

typedef struct PvLoader PvLoader;

/*
 * Search path: $PVABI_BACKEND_PATH (colon-separated), `backends/` beside the executable, the library directory; never
 * the working directory. Nothing is loaded yet.
 */
PvLoader *pv_loader_new(void);
void pv_loader_free(PvLoader *loader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PvLoader, pv_loader_free)

/*
 * The backend of this name on the search path, or the module at this path (it ends in ".so"). The module is probed in
 * a child first (unless trusted: a parent of this process did), so that one that crashes or hangs is an error here.
 * Owned by the loader, or rather by the module, which is never unloaded.
 */
const PvBackend *pv_loader_get(PvLoader *loader, const char *name_or_path, GError **error);

/* Skip the probe: a parent of this process has already done it. */
void pv_loader_trust(PvLoader *loader);

/* Names of every backend on the search path; a module that cannot be loaded is left to pv_loader_get(). */
GPtrArray *pv_loader_names(PvLoader *loader);

/* File that the backend was loaded from. */
const char *pv_loader_file(PvLoader *loader, const PvBackend *backend);

/* NULL when the descriptor can be used, else why not. Copies what is there into *ret_backend; the rest is 0. */
const char *pv_backend_problem(const PvBackend *backend, PvBackend *ret_backend);

#endif
