/* SPDX-License-Identifier: MIT */
/* A function that does nothing, and a qtest client that does no more than it must. */
#include "bench/bare.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>

int
pv_bare_read(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t *ret_value)
{
        (void) bus;
        (void) space;
        (void) width;
        *ret_value = address;
        return 0;
}

bool
pv_bare_qtest_inb(int fd, uint16_t port, uint64_t *ret_value)
{
        char line[64];
        int length = snprintf(line, sizeof line, "inb 0x%x\n", port);
        size_t n = 0;

        if (send(fd, line, (size_t) length, MSG_NOSIGNAL) != length)
                return false;
        do {
                ssize_t got = recv(fd, line + n, sizeof line - 1 - n, 0);

                if (got <= 0)
                        return false;
                n += (size_t) got;
        } while (line[n - 1] != '\n' && n < sizeof line - 1);
        line[n] = '\0';
        if (strncmp(line, "OK ", 3))
                return false;
        *ret_value = strtoull(line + 3, NULL, 0);
        return true;
}
