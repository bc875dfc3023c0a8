/* SPDX-License-Identifier: MIT */
/* The OSPM consumer makes, access for access, what a real Linux guest's AML did when a CPU was hot-added. */
#undef NDEBUG
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend-regblock/consumers.h"

#define HOST_BRIDGE_Q35 0x29c08086u

/* A bus that answers from the trace and checks that each access is the recorded one. */
typedef struct Replay {
        PvBus bus;
        FILE *trace;
        unsigned n;
} Replay;

static bool
next_line(Replay *r, char *letter, unsigned *port, unsigned *width, unsigned *value)
{
        char line[128];

        while (fgets(line, sizeof line, r->trace)) {
                if (line[0] == '#')
                        continue;
                if (line[0] == 'H')
                        return false;
                assert(sscanf(line, "%c %x %u %x", letter, port, width, value) == 4);
                return true;
        }
        return false;
}

static unsigned
expect(Replay *r, char letter, uint64_t address, unsigned width)
{
        unsigned port, wide, value;
        char recorded;

        assert(next_line(r, &recorded, &port, &wide, &value));
        assert(recorded == letter && port == address && wide == width);
        r->n++;
        return value;
}

static int
replay_read(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t *ret_value)
{
        Replay *r = (Replay *) bus;

        (void) space;
        *ret_value = address == 0xcfc ? HOST_BRIDGE_Q35 : expect(r, 'R', address, width);
        return 0;
}

static int
replay_write(PvBus *bus, PvSpace space, uint64_t address, unsigned width, uint64_t value)
{
        Replay *r = (Replay *) bus;

        (void) space;
        if (address != 0xcf8)
                assert(expect(r, 'W', address, width) == value);
        return 0;
}

static const PvBusOps replay_ops = {.read = replay_read, .write = replay_write};

int
main(int argc, char **argv)
{
        Replay r = {.bus = {.ops = &replay_ops, .limits = {.max_cpus = 4}}};
        void *state = calloc(1, regblock_ospm.state_size);
        PvView view = {0};
        char letter;
        unsigned port, width, value;

        assert(argc == 2 && state && (r.trace = fopen(argv[1], "r")));
        assert(!next_line(&r, &letter, &port, &width, &value)); /* the switch to modern, by _INI */
        assert(!next_line(&r, &letter, &port, &width, &value)); /* the plug */
        assert(regblock_ospm.init(state, &r.bus, NULL) == 0);
        assert(regblock_find((RegblockPort *) state) == 0); /* detect() without its access: _INI ran long ago */
        assert(regblock_ospm.poll(state, &view) == 0);
        assert(view.event.kind == PV_EVENT_INSERT && view.event.selector == 1);
        assert(regblock_ospm.ack(state, &view) == 0);
        assert(regblock_ospm.ost(state, 1, 1, 0) == 0);
        assert(!next_line(&r, &letter, &port, &width, &value)); /* and that was all, up to the next plug */
        assert(r.n == 21);
        fclose(r.trace);
        free(state);
        return 0;
}
