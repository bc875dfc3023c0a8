/* SPDX-License-Identifier: MIT */
/* A bad plug-in: its stamp is not that of a backend. */
#include "tests/plugins/stub.h"

const PvBackend *
pv_backend_entry(void)
{
        stub_backend.magic = 0x464c457f;
        return &stub_backend;
}
