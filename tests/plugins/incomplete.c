/* SPDX-License-Identifier: MIT */
/* A bad plug-in: its device cannot be read. */
#include "tests/plugins/stub.h"

const PvBackend *
pv_backend_entry(void)
{
        stub_device.read = NULL;
        return &stub_backend;
}
