/* SPDX-License-Identifier: MIT */
/*
 * The ACPI CPU-hotplug register block: registers, commands, revisions. Freestanding.
 * Source: QEMU docs/specs/acpi_cpu_hotplug.rst; what the document leaves open follows hw/acpi/cpu.c.
 */
#ifndef PVABI_BACKEND_REGBLOCK_H
#define PVABI_BACKEND_REGBLOCK_H

#include "common/backend.h"

/* Where the block lives. */
#define REGBLOCK_BASE_Q35 0x0cd8u
#define REGBLOCK_BASE_PC 0xaf00u
#define REGBLOCK_MODERN_LENGTH 12u
#define REGBLOCK_LEGACY_LENGTH 32u /* a bitmap of APIC IDs 0..255 */

/* Offsets from the base. Little-endian; one offset may hold two registers, one per direction. */
#define REGBLOCK_SELECTOR_W 0x0u /* 4 bytes */
#define REGBLOCK_DATA2_R 0x0u    /* 4 bytes: command data 2, from QEMU 5.0 on */
#define REGBLOCK_STATUS_R 0x4u   /* 1 byte */
#define REGBLOCK_CONTROL_W 0x4u  /* 1 byte */
#define REGBLOCK_COMMAND_W 0x5u  /* 1 byte */
#define REGBLOCK_DATA_RW 0x8u    /* 4 bytes: command data */

/* Status bits. */
#define REGBLOCK_ENABLED 0x01u
#define REGBLOCK_INSERT 0x02u
#define REGBLOCK_REMOVE 0x04u
#define REGBLOCK_FW_REMOVE 0x10u /* from QEMU 6.0 on */
#define REGBLOCK_STATUS_MASK 0x17u

/* Control bits: only the first of these that is set takes effect. */
#define REGBLOCK_CLEAR_INSERT 0x02u
#define REGBLOCK_CLEAR_REMOVE 0x04u
#define REGBLOCK_EJECT 0x08u
#define REGBLOCK_SET_FW_REMOVE 0x10u

/* Commands. */
#define REGBLOCK_CMD_NEXT_EVENT 0u
#define REGBLOCK_CMD_OST_EVENT 1u
#define REGBLOCK_CMD_OST_STATUS 2u
#define REGBLOCK_CMD_GET_CPU_ID 3u /* from QEMU 5.0 on */

/* What a revision has. */
enum {
        REGBLOCK_STARTS_LEGACY = 1u << 0,     /* powers up as the read-only bitmap */
        REGBLOCK_MODERN = 1u << 1,            /* has selector, command and data registers */
        REGBLOCK_BSP_KEPT = 1u << 2,          /* CPU 0 cannot be ejected: from QEMU 3.1 on */
        REGBLOCK_WIDE_ID_SWITCHES = 1u << 3,  /* a CPU with an APIC ID > 255 forces modern mode: from 2.8 on */
        REGBLOCK_GET_CPU_ID = 1u << 4,        /* command 3 and data 2 */
        REGBLOCK_FW_REMOVE_BIT = 1u << 5,     /* status and control bit 4 */
        REGBLOCK_BYTE_LEGACY = 1u << 6,       /* legacy mode refuses whatever is wider than a byte */
        REGBLOCK_WIDE_ID_ARRIVES = 1u << 7,   /* ... and the CPU that forced it has its insert event: from 9.0 on */
};

extern const PvRevision regblock_revisions[];
extern const size_t regblock_n_revisions;

/* NULL when there is no revision of this name. */
const PvRevision *regblock_revision(const char *name);

#endif
