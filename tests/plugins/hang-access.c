/* SPDX-License-Identifier: MIT */
/* A bad plug-in: its device never answers a read. */
#include <unistd.h>

#include "tests/plugins/stub.h"

static uint64_t
hang_read(void *state, PvSpace space, uint64_t address, unsigned width)
{
        (void) state;
        (void) space;
        (void) address;
        (void) width;
        while (pause() < 0)
                ;
        return 0;
}

const PvBackend *
pv_backend_entry(void)
{
        stub_device.read = hang_read;
        return &stub_backend;
}
