/* SPDX-License-Identifier: MIT */
/* A bad plug-in: built for a minor version that is yet to come. */
#include "tests/plugins/stub.h"

const PvBackend *
pv_backend_entry(void)
{
        stub_backend.abi_minor = PV_ABI_MINOR + 1;
        return &stub_backend;
}
