/* SPDX-License-Identifier: MIT */
/* A bad plug-in: it never returns from loading. */
#include <unistd.h>

#include "common/backend.h"

const PvBackend *
pv_backend_entry(void)
{
        for (;;)
                pause();
}
