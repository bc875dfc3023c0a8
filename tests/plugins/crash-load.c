/* SPDX-License-Identifier: MIT */
/* A bad plug-in: it crashes when loaded. */
#include <stdlib.h>

#include "common/backend.h"

const PvBackend *
pv_backend_entry(void)
{
        abort();
}
