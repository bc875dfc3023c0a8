/* SPDX-License-Identifier: MIT */
/* A bad plug-in: its device crashes when it is created. */
#include "tests/plugins/stub.h"

static void *
crash_create(const PvDeviceEnv *env, const char *revision)
{
        (void) env;
        (void) revision;
        abort();
}

const PvBackend *
pv_backend_entry(void)
{
        stub_device.create = crash_create;
        return &stub_backend;
}
