/* SPDX-License-Identifier: MIT */
/* A device that is wrong once, then crashes once, then is right: how often it was read is the length of $PVABI_FLAKY. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/plugins/stub.h"

static uint64_t
flaky_read(void *state, PvSpace space, uint64_t address, unsigned width)
{
        int fd = open(getenv("PVABI_FLAKY"), O_WRONLY | O_CREAT | O_APPEND, 0600);
        struct stat st;

        (void) state;
        (void) space;
        (void) address;
        (void) width;
        if (fd < 0 || fstat(fd, &st) || write(fd, "x", 1) != 1)
                return 0;
        close(fd);
        if (st.st_size == 1)
                abort();
        return st.st_size > 1;
}

static const PvStep steps[] = {{'R', 1, 0, {PV_VALUE_LITERAL, 1}}};

static const PvCheck rules[] = {
        {.id = "FLK-ONE-001", .source = "tests/plugins/flaky.c, head", .requirement = "The byte reads 1.",
         .advice = "Try again.", .steps = steps, .n_steps = 1},
};

const PvBackend *
pv_backend_entry(void)
{
        stub_device.read = flaky_read;
        stub_backend.rules = rules;
        stub_backend.n_rules = 1;
        return &stub_backend;
}
