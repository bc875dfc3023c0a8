/* SPDX-License-Identifier: MIT */
/* How bytes mean a scene and what is done to its devices: shared by the harness and by what makes its seeds. */
#ifndef PVABI_FUZZ_DEVICE_H
#define PVABI_FUZZ_DEVICE_H

/* The head: revision, topology, chipset, guest kind, one byte each. Then operations, each a byte and its arguments. */
enum {
        FUZZ_READ,   /* width, offset */
        FUZZ_WRITE,  /* width, offset, value of that width */
        FUZZ_STRING, /* offset, length */
        FUZZ_STORE,  /* place in the page, 8 bytes */
        FUZZ_RING,   /* place of the descriptor in the page: its address goes to the doorbell */
        FUZZ_PLUG,   /* selector */
        FUZZ_UNPLUG, /* selector */
        FUZZ_RESET,
        FUZZ_SAVE_LOAD,
        FUZZ_ADDRESS, /* place in the page: stores the page's address there, 8 bytes, big-endian */
        FUZZ_N_OPERATIONS,
};

static const char *const fuzz_topologies[] = {
        "2,maxcpus=12,sockets=2,dies=1,cores=3,threads=2",
        "1",
        "3,maxcpus=255,sockets=1,dies=1,cores=255,threads=1",
        "1,maxcpus=288,sockets=2,dies=2,cores=36,threads=2",
};

#endif
