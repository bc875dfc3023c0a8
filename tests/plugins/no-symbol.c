/* SPDX-License-Identifier: MIT */
/* A bad plug-in: it lacks the symbol that a backend exports. */
#include "common/backend.h"

__attribute__((visibility("default"))) const PvBackend *pv_backend_entrance(void);

const PvBackend *
pv_backend_entrance(void)
{
        return NULL;
}
