/* SPDX-License-Identifier: MIT */
/* A bad plug-in: it has no name. */
#include "tests/plugins/stub.h"

const PvBackend *
pv_backend_entry(void)
{
        stub_backend.name = NULL;
        return &stub_backend;
}
