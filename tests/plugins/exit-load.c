/* SPDX-License-Identifier: MIT */
/* A bad plug-in: it ends the process when loaded. */
#include <stdlib.h>

#include "common/backend.h"

const PvBackend *
pv_backend_entry(void)
{
        exit(0);
}
