/* SPDX-License-Identifier: MIT */
/* fw_cfg on x86: ports, keys, DMA control bits and wire layouts. Freestanding. */
#ifndef PVABI_BACKEND_FWCFG_FWCFG_H
#define PVABI_BACKEND_FWCFG_FWCFG_H

#include "common/types.h"

/* Ports. The data port is the high half of the selector's word. */
#define FWCFG_BASE 0x510u
#define FWCFG_SELECTOR_W 0x510u  /* 2 bytes, little-endian */
#define FWCFG_DATA_R 0x511u      /* 1 byte; n bytes as a string */
#define FWCFG_DMA_HIGH_RW 0x514u /* 4 bytes, big-endian; reads as "QEMU" */
#define FWCFG_DMA_LOW_RW 0x518u  /* 4 bytes, big-endian; reads as " CFG"; a write starts the transfer */
#define FWCFG_PORTS_SIZE 2u
#define FWCFG_DMA_SIZE 8u

/* Keys. */
#define FWCFG_KEY_SIGNATURE 0x00u
#define FWCFG_KEY_ID 0x01u
#define FWCFG_KEY_UUID 0x02u
#define FWCFG_KEY_RAM_SIZE 0x03u /* le64 */
#define FWCFG_KEY_NOGRAPHIC 0x04u
#define FWCFG_KEY_NB_CPUS 0x05u /* le16: CPUs present now */
#define FWCFG_KEY_NUMA 0x0du    /* le64[]: number of nodes, node of each APIC ID, size of each node */
#define FWCFG_KEY_BOOT_MENU 0x0eu
#define FWCFG_KEY_MAX_CPUS 0x0fu /* le16: the largest APIC ID + 1, not a count of CPUs */
#define FWCFG_KEY_DIRECTORY 0x19u
#define FWCFG_KEY_FILES 0x20u
#define FWCFG_FILE_SLOTS 0x20u
#define FWCFG_KEY_LIMIT (FWCFG_KEY_FILES + FWCFG_FILE_SLOTS)
#define FWCFG_KEY_WRITE 0x4000u /* once opened an item for writing; without meaning now */
#define FWCFG_KEY_ARCH 0x8000u  /* the table of architecture-specific items */
#define FWCFG_KEY_IRQ0_OVERRIDE (FWCFG_KEY_ARCH | 2u)
#define FWCFG_KEY_E820 (FWCFG_KEY_ARCH | 3u)
#define FWCFG_KEY_HPET (FWCFG_KEY_ARCH | 4u)
#define FWCFG_KEY_INVALID 0xffffu

#define FWCFG_SIGNATURE "QEMU"
#define FWCFG_DMA_SIGNATURE "QEMU CFG"
#define FWCFG_ID_PORTS 0x1u
#define FWCFG_ID_DMA 0x2u

/* Directory: a big-endian count, then entries. */
#define FWCFG_DIRECTORY_HEADER 4u
#define FWCFG_ENTRY_SIZE 64u
#define FWCFG_ENTRY_BE_SIZE 0u   /* u32 */
#define FWCFG_ENTRY_BE_SELECT 4u /* u16 */
#define FWCFG_ENTRY_RESERVED 6u  /* u16 */
#define FWCFG_ENTRY_NAME 8u
#define FWCFG_NAME_SIZE 56u /* with the NUL */

/* DMA descriptor. */
#define FWCFG_DMA_BE_CONTROL 0u /* u32: key in the upper half when it selects */
#define FWCFG_DMA_BE_LENGTH 4u  /* u32 */
#define FWCFG_DMA_BE_ADDRESS 8u /* u64 */
#define FWCFG_DMA_DESCRIPTOR_SIZE 16u
#define FWCFG_DMA_ERROR 0x01u
#define FWCFG_DMA_READ 0x02u
#define FWCFG_DMA_SKIP 0x04u
#define FWCFG_DMA_SELECT 0x08u
#define FWCFG_DMA_WRITE 0x10u
#define FWCFG_DMA_KEY_SHIFT 16u

/* The file of revision `topology`, as proposed in October 2019. */
#define FWCFG_TOPOLOGY_FILE "etc/x86-smp-topology"
#define FWCFG_TOPOLOGY_LE_DIES 0u /* u32 each */
#define FWCFG_TOPOLOGY_LE_CORES 4u
#define FWCFG_TOPOLOGY_LE_THREADS 8u
#define FWCFG_TOPOLOGY_LE_MAX_CPUS 12u
#define FWCFG_TOPOLOGY_SIZE 16u

/* The file of revision `map`: a header, u32 apic_id[max_cpus], then the present bitmap, LSB first. */
#define FWCFG_MAP_FILE "etc/x86-cpu-map"
#define FWCFG_MAP_LE_MAGIC 0u      /* u32 */
#define FWCFG_MAP_LE_VERSION 4u    /* u16 */
#define FWCFG_MAP_LE_ENTRY_SIZE 6u /* u16 */
#define FWCFG_MAP_LE_MAX_CPUS 8u   /* u32 */
#define FWCFG_MAP_LE_GENERATION 12u /* u32: grows whenever a CPU comes or goes */
#define FWCFG_MAP_HEADER_SIZE 16u
#define FWCFG_MAP_MAGIC 0x4d435650u /* "PVCM" */
#define FWCFG_MAP_VERSION 1u
#define FWCFG_MAP_ENTRY_SIZE 4u

/* The files of revision `live` beside that map: the event that waits longest, as the guest reads it ... */
#define FWCFG_EVENTS_FILE "etc/x86-cpu-events"
#define FWCFG_EVENTS_LE_MAGIC 0u           /* u32 */
#define FWCFG_EVENTS_LE_SEQUENCE 4u        /* u32: the number of this event; 0: there is none */
#define FWCFG_EVENTS_LE_VERSION 8u         /* u16 */
#define FWCFG_EVENTS_LE_KIND 10u           /* u16 */
#define FWCFG_EVENTS_LE_SELECTOR 12u       /* u32 */
#define FWCFG_EVENTS_LE_APIC_ID 16u        /* u32 */
#define FWCFG_EVENTS_LE_SEQUENCE_AGAIN 20u /* u32: differs when the event changed while it was read */
#define FWCFG_EVENTS_SIZE 24u
#define FWCFG_EVENTS_MAGIC 0x45435650u /* "PVCE" */
#define FWCFG_EVENTS_VERSION 1u
enum { FWCFG_EVENT_NONE, FWCFG_EVENT_INSERT, FWCFG_EVENT_REMOVE, FWCFG_N_EVENTS };

/* ... and what the guest answers: u32 each, all of them in one transfer. */
#define FWCFG_ANSWER_FILE "etc/x86-cpu-answer"
#define FWCFG_ANSWER_LE_VERB 0u
#define FWCFG_ANSWER_LE_SEQUENCE 4u /* of the event that is acknowledged */
#define FWCFG_ANSWER_LE_SELECTOR 8u
#define FWCFG_ANSWER_LE_OST_EVENT 12u
#define FWCFG_ANSWER_LE_OST_STATUS 16u
#define FWCFG_ANSWER_SIZE 20u
enum { FWCFG_ANSWER_NOTHING, FWCFG_ANSWER_ACK, FWCFG_ANSWER_EJECT, FWCFG_ANSWER_OST };

/* Files about SMI features: two little-endian masks, and whether the guest gets what it wants. */
#define FWCFG_SMI_SUPPORTED_FILE "etc/smi/supported-features"
#define FWCFG_SMI_REQUESTED_FILE "etc/smi/requested-features"
#define FWCFG_SMI_OK_FILE "etc/smi/features-ok"
#define FWCFG_SMI_BROADCAST UINT64_C(1)
#define FWCFG_SMI_HOTPLUG UINT64_C(2)    /* CPUs may arrive while SMIs are broadcast */
#define FWCFG_SMI_HOT_UNPLUG UINT64_C(4) /* and go */

/* The revision without DMA and without a file of ours; its directory is not sorted. */
#define FWCFG_REVISION_OLD "qemu-2.4"

#define FWCFG_CPUS_LIMIT (1u << 20)

/* Features of a revision. */
#define FWCFG_FEATURE_DMA (UINT64_C(1) << 0)
#define FWCFG_FEATURE_TOPOLOGY (UINT64_C(1) << 1)
#define FWCFG_FEATURE_MAP (UINT64_C(1) << 2)
#define FWCFG_FEATURE_SORTED (UINT64_C(1) << 3)
#define FWCFG_FEATURE_LIVE (UINT64_C(1) << 4)

static inline uint16_t
fwcfg_load_le16(const uint8_t *p)
{
        return (uint16_t) (p[0] | p[1] << 8);
}

static inline uint32_t
fwcfg_load_le32(const uint8_t *p)
{
        return p[0] | (uint32_t) p[1] << 8 | (uint32_t) p[2] << 16 | (uint32_t) p[3] << 24;
}

static inline uint64_t
fwcfg_load_le64(const uint8_t *p)
{
        return fwcfg_load_le32(p) | (uint64_t) fwcfg_load_le32(p + 4) << 32;
}

static inline uint16_t
fwcfg_load_be16(const uint8_t *p)
{
        return (uint16_t) (p[0] << 8 | p[1]);
}

static inline uint32_t
fwcfg_load_be32(const uint8_t *p)
{
        return (uint32_t) p[0] << 24 | (uint32_t) p[1] << 16 | (uint32_t) p[2] << 8 | p[3];
}

static inline uint64_t
fwcfg_load_be64(const uint8_t *p)
{
        return (uint64_t) fwcfg_load_be32(p) << 32 | fwcfg_load_be32(p + 4);
}

/* The n low bytes of value, lowest first. */
static inline void
fwcfg_store_le(uint8_t *p, uint64_t value, unsigned n)
{
        for (unsigned i = 0; i < n; i++)
                p[i] = (uint8_t) (value >> 8 * i);
}

/* The n low bytes of value, highest first. */
static inline void
fwcfg_store_be(uint8_t *p, uint64_t value, unsigned n)
{
        for (unsigned i = 0; i < n; i++)
                p[n - 1 - i] = (uint8_t) (value >> 8 * i);
}

/* The DMA registers are big-endian behind a little-endian bus. */
static inline uint32_t
fwcfg_swap32(uint32_t value)
{
        return value << 24 | (value & 0xff00u) << 8 | (value >> 8 & 0xff00u) | value >> 24;
}

/* Bytes of a map of n CPUs. */
static inline uint32_t
fwcfg_map_size(uint32_t n)
{
        return FWCFG_MAP_HEADER_SIZE + FWCFG_MAP_ENTRY_SIZE * n + (n + 7) / 8;
}

/* CPUs of a map of this size; 0: there is none of this size. A CPU takes 33 bits. */
static inline uint32_t
fwcfg_map_cpus(uint32_t size)
{
        uint32_t n;

        if (size <= FWCFG_MAP_HEADER_SIZE || size > fwcfg_map_size(FWCFG_CPUS_LIMIT))
                return 0;
        n = (size - FWCFG_MAP_HEADER_SIZE) * 8 / 33;
        return fwcfg_map_size(n) == size ? n : 0;
}

#endif
