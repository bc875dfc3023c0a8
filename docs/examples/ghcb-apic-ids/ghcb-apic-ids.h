/* SPDX-License-Identifier: MIT */
/* The exchange "Get APIC IDs" as device and consumers see it; README.md says what is modelled. */
#ifndef GHCB_APIC_IDS_H
#define GHCB_APIC_IDS_H

#include "common/backend.h"

/* Four ports of 32 bits stand for fields of the GHCB, and a write to the last of them for VMGEXIT. */
#define GAI_BASE 0x720u
#define GAI_LENGTH 16u
#define GAI_SIGNATURE_R 0u    /* says that the host knows the exchange: bit 4 of the hypervisor's features */
#define GAI_ADDRESS_LOW_W 0u  /* guest-physical address of the shared pages, page-aligned */
#define GAI_ADDRESS_HIGH_W 4u
#define GAI_PAGES_RW 8u       /* RAX: how many there are; from a host that needs more, how many it needs */
#define GAI_EXIT_W 12u        /* SW_EXITCODE, and VMGEXIT */
#define GAI_RESULT_R 12u

#define GAI_SIGNATURE 0x44495041u /* "APID", little-endian */
#define GAI_EXIT_GET_APIC_IDS 0x80000017u

enum {
        GAI_DONE,
        GAI_TOO_FEW_PAGES,
        GAI_INVALID, /* another exit code, an address that is not of a page or not in RAM */
};

/* What the host stores: a little-endian u32 count, then as many u32 APIC IDs, by selector. */
#define GAI_LE_COUNT 0u
#define GAI_LE_IDS 4u
#define GAI_ID_SIZE 4u

static inline uint64_t
gai_pages_for(uint32_t cpus)
{
        return (GAI_LE_IDS + (uint64_t) cpus * GAI_ID_SIZE + PV_PAGE_SIZE - 1) / PV_PAGE_SIZE;
}

static inline uint32_t
gai_load_le32(const uint8_t *bytes)
{
        return bytes[0] | (uint32_t) bytes[1] << 8 | (uint32_t) bytes[2] << 16 | (uint32_t) bytes[3] << 24;
}

extern const PvDeviceOps gai_device;
extern const PvConsumerOps gai_careful;
extern const PvConsumerOps gai_kept_shared;
extern const PvRules gai_rules;
extern const PvMutant gai_mutants[];
extern const size_t gai_n_mutants;
extern const PvLie gai_lies[];
extern const size_t gai_n_lies;
extern const PvField gai_fields[];
extern const size_t gai_n_fields;

/* What lies are about. */
#define GAI_FIELD_PAGES "pages that are needed"
#define GAI_FIELD_RESULT "result"
#define GAI_FIELD_COUNT "list: number of CPUs"
#define GAI_FIELD_IDS "list: APIC IDs"

#endif
