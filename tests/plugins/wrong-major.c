/* SPDX-License-Identifier: MIT */
/* A bad plug-in: built for another major version. */
#include "tests/plugins/stub.h"

const PvBackend *
pv_backend_entry(void)
{
        stub_backend.abi_major = PV_ABI_MAJOR + 1;
        return &stub_backend;
}
