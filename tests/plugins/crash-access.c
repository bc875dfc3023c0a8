/* SPDX-License-Identifier: MIT */
/* A bad plug-in: its device crashes when it is read. */
#include "tests/plugins/stub.h"

static uint64_t
crash_read(void *state, PvSpace space, uint64_t address, unsigned width)
{
        (void) state;
        (void) space;
        (void) address;
        (void) width;
        abort();
}

const PvBackend *
pv_backend_entry(void)
{
        stub_device.read = crash_read;
        return &stub_backend;
}
