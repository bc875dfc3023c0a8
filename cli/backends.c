/* SPDX-License-Identifier: MIT */
/* Every backend there is. */
#include "cli/backends.h"

#include <string.h>

#include "cli/options.h"

static int
by_name(gconstpointer a, gconstpointer b)
{
        return strcmp(*(const char *const *) a, *(const char *const *) b);
}

GPtrArray *
pv_backends_all(PvLoader *loader, PvExit *ret_code)
{
        g_autoptr(GPtrArray) names = pv_loader_names(loader);
        GPtrArray *backends = g_ptr_array_new();

        g_ptr_array_sort(names, by_name);
        for (guint i = 0; i < names->len; i++) {
                g_autoptr(GError) error = NULL;
                const PvBackend *backend = pv_loader_get(loader, names->pdata[i], &error);

                if (backend)
                        g_ptr_array_add(backends, (gpointer) backend);
                else
                        *ret_code = (PvExit) pv_complain(error);
        }
        return backends;
}
