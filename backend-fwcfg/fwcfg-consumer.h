/* SPDX-License-Identifier: MIT */
/* The guest side of fw_cfg: how bytes are fetched, and who fetches them. Freestanding. */
#ifndef PVABI_BACKEND_FWCFG_FWCFG_CONSUMER_H
#define PVABI_BACKEND_FWCFG_FWCFG_CONSUMER_H

#include "backend-fwcfg/fwcfg.h"
#include "common/consumer.h"

/* Data bytes of one transfer: descriptor and data share a page. */
#define FWCFG_BOUNCE_SIZE (PV_PAGE_SIZE - FWCFG_DMA_DESCRIPTOR_SIZE)
#define FWCFG_SCRATCH_ENTRIES (FWCFG_BOUNCE_SIZE / FWCFG_ENTRY_SIZE)

typedef struct FwcfgConsumer FwcfgConsumer;

/* How the bytes [offset, offset+n) of an item reach the guest. */
typedef struct FwcfgTransport {
        int (*read)(FwcfgConsumer *consumer, uint16_t key, uint32_t offset, uint8_t *ret_data, uint32_t n);
        /* A writable item from its start on, in one transfer; NULL: no port can write since QEMU 2.4. */
        int (*write)(FwcfgConsumer *consumer, uint16_t key, const uint8_t *data, uint32_t n);
        uint32_t chunk;   /* most bytes of one read */
        uint32_t entries; /* directory entries worth reading at once, at most FWCFG_SCRATCH_ENTRIES */
        bool fields;    /* a directory entry field by field, in four reads */
        bool no_string; /* each byte by an IN of its own: string IO is unrolled where the hypervisor cannot carry it out */
        bool needs_dma;
        PvSharing sharing; /* of the page that transfers go through */
} FwcfgTransport;

extern const FwcfgTransport fwcfg_transport_port;
extern const FwcfgTransport fwcfg_transport_port_bytes;
extern const FwcfgTransport fwcfg_transport_port_fields;
extern const FwcfgTransport fwcfg_transport_os;
extern const FwcfgTransport fwcfg_transport_dma;
extern const FwcfgTransport fwcfg_transport_dma_private;

/* Checks of what a consumer is told; one with a habit lacks one of them. */
enum {
        FWCFG_CHECK_POLLS = 1u << 0, /* a transfer is over after so many looks, or is given up */
        FWCFG_CHECK_ERROR = 1u << 1, /* a transfer did not end in an error */
        FWCFG_CHECK_TAIL = 1u << 2,  /* a transfer stored its last bytes */
        FWCFG_CHECK_CAP = 1u << 3,   /* the directory is read no further than a cap and the file */
        FWCFG_CHECK_SIZE = 1u << 4,  /* a file has the size that its content takes */
        FWCFG_CHECK_ID = 1u << 5,    /* an APIC ID is one, and nobody else's */
};

typedef struct FwcfgFile {
        uint16_t key; /* 0: not found */
        uint32_t size;
} FwcfgFile;

struct FwcfgConsumer {
        PvBus *bus;
        const FwcfgTransport *transport;
        uint32_t unchecked; /* FWCFG_CHECK_* that are not made: none but in fwcfg-habits.c */
        uint64_t formats; /* FWCFG_FEATURE_TOPOLOGY, _MAP, _LIVE: the files it looks for */

        /* The file, once found. */
        uint64_t format; /* one of formats; 0: none yet */
        uint16_t key;
        uint32_t size;
        FwcfgFile events, answer; /* of _LIVE */

        uint8_t levels[FWCFG_TOPOLOGY_SIZE]; /* the topology file as it was read first */
        bool levels_known;

        /* The event that was found last. */
        uint32_t sequence; /* 0: none */
        uint32_t selector;

        /* Where the device stands, as far as we moved it. */
        bool at_known;
        uint16_t at_key;
        uint32_t at_offset;

        uint8_t scratch[FWCFG_SCRATCH_ENTRIES * FWCFG_ENTRY_SIZE];
};

static inline bool
fwcfg_checks(const FwcfgConsumer *c, uint32_t check)
{
        return !(c->unchecked & check);
}

int fwcfg_init(FwcfgConsumer *consumer, PvBus *bus, const char *assumed, const FwcfgTransport *transport);
int fwcfg_detect(void *state);
int fwcfg_enumerate(void *state, uint32_t wanted, PvView *view);

/* Reads by port whatever the transport: the signature and the features come first. */
int fwcfg_port_read(FwcfgConsumer *consumer, uint16_t key, uint32_t offset, uint8_t *ret_data, uint32_t n);

/* By the files of revision `live`: PV_E_UNSUPPORTED where there are none, or nothing can be written. */
int fwcfg_poll(void *state, PvView *view);
int fwcfg_ack(void *state, PvView *view);
int fwcfg_eject(void *state, uint32_t selector);
int fwcfg_ost(void *state, uint32_t selector, uint32_t event, uint32_t status);

/* Fills the view from the file that was found. */
int fwcfg_view_from_topology(FwcfgConsumer *consumer, uint32_t wanted, PvView *view);
int fwcfg_view_from_map(FwcfgConsumer *consumer, uint32_t wanted, PvView *view);
/* CPUs present, from NB_CPUS: only for a machine whose possible CPUs fit in its 16 bits. */
int fwcfg_read_nb_cpus(FwcfgConsumer *consumer, uint32_t possible, uint32_t *ret_present);

#define FWCFG_NB_CPUS_LIMIT 0xffffu

extern const PvConsumerOps fwcfg_consumer_port;
extern const PvConsumerOps fwcfg_consumer_port_bytes;
extern const PvConsumerOps fwcfg_consumer_port_fields;
extern const PvConsumerOps fwcfg_consumer_dma;
extern const PvConsumerOps fwcfg_consumer_dma_private;
extern const PvConsumerOps fwcfg_consumer_os_driver;

/* Without one check each, for contrast. */
extern const PvConsumerOps *const fwcfg_contrast[];
extern const size_t fwcfg_n_contrast;

#endif
