/* SPDX-License-Identifier: MIT */
/* Bytes become what a program answers by its qtest socket: each call ends, with a value or with PV_E_GONE for ever. */
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/qtest.h"
#include "fuzz/input.h"

#define CALLS 16u
#define ANSWER_MS 200u /* never waited for: the peer has said all it will say, and hangs up */

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
        (void) argc;
        (void) argv;
        return 0;
}

static int
call(PvBus *bus, unsigned which)
{
        uint64_t value = 0;
        uint8_t bytes[32] = {0};
        PvGpa gpa = {0x200000};
        int r;

        switch (which % 6) {
        case 0:
                r = bus->ops->read(bus, PV_SPACE_PIO, 0xcd8, 4, &value);
                if (!r && value >> 32)
                        abort();
                return r;
        case 1:
                return bus->ops->write(bus, PV_SPACE_PIO, 0xcd8, 1, 0);
        case 2:
                return bus->ops->read_string(bus, 0x511, bytes, 16);
        case 3:
                return bus->ops->gpa_alloc(bus, 64, PV_SHARED, &gpa);
        case 4:
                return bus->ops->gpa_read(bus, gpa, bytes, sizeof bytes);
        default:
                return bus->ops->gpa_write(bus, gpa, bytes, sizeof bytes);
        }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
        gboolean gone = FALSE;
        int pair[2];
        PvBus *bus;

        if (n > 65536 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
                return 0;
        if (n && send(pair[1], data, n, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t) n)
                n = 0;
        shutdown(pair[1], SHUT_WR);
        bus = pv_qtest_bus_new(pair[0], ANSWER_MS, NULL);
        gone = !pv_qtest_handshake(bus, ANSWER_MS, NULL);
        for (unsigned i = 0; i < CALLS; i++) {
                int r = call(bus, i);

                if (gone && r != PV_E_GONE)
                        abort();
                gone |= r == PV_E_GONE;
        }
        bus->ops->free(bus);
        close(pair[1]);
        return 0;
}
