/* SPDX-License-Identifier: MIT */
/* Words every part of pvabi shares: address spaces, guest kinds, phases and result codes. Freestanding. */
#ifndef PVABI_COMMON_TYPES_H
#define PVABI_COMMON_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Result of a call: negative is fatal and is forwarded unchanged; 0 is fine; positive is a documented
 * finding of that one call, to be handled by its caller.
 */
enum {
        PV_E_GONE = -1,   /* what stands behind the bus no longer answers */
        PV_E_BUDGET = -2, /* the access budget of this run is used up: the consumer would not have ended */
        PV_E_NO_MEMORY = -3,
        PV_E_TERMINATED = -5, /* the guest ended itself: the host's answer in the GHCB was none */
        PV_E_FORBIDDEN = -4, /* not made: it would disturb whoever else uses the machine */

        PV_OK = 0,

        PV_E_ABSENT = 1,      /* no such device here */
        PV_E_IDLE = 2,        /* nothing pending */
        PV_E_REFUSED = 3,     /* the device or the platform said no */
        PV_E_MALFORMED = 4,   /* the device answered something no honest device answers; see PvMalformed */
        PV_E_UNSUPPORTED = 5, /* a device is here, but it does not offer this */
        PV_E_TOO_SMALL = 6,   /* the caller's buffer does not hold the answer */
};

/* PV_E_MALFORMED by name: what about the answer gave the device away. */
typedef enum PvMalformed {
        PV_E_BAD_READBACK = 64, /* a register reads neither as written nor as out of range */
        PV_E_BAD_STATUS,        /* bits that are reserved, or contradict each other */
        PV_E_BAD_SELECTOR,      /* of a CPU that cannot be */
        PV_E_BAD_COUNT,         /* of CPUs: none, or more than the platform has */
        PV_E_BAD_PRESENT,       /* none is present, more than are possible, or one that is not possible */
        PV_E_BAD_ID,            /* an APIC ID that no CPU has: the broadcast, or wider than 32 bits */
        PV_E_ID_TWICE,          /* two CPUs with one APIC ID */
        PV_E_CONTRADICTION,     /* of what was told before, or by another ABI of the machine */
        PV_E_BAD_DIRECTORY,     /* more files than any machine has */
        PV_E_BAD_NAME,          /* of a file, without its end */
        PV_E_BAD_KEY,           /* of a file, where no file can be */
        PV_E_BAD_SIZE,          /* of a file, which its content does not have */
        PV_E_BAD_FORMAT,        /* magic, version or entry size of a file */
        PV_E_BAD_TOPOLOGY,      /* a level of nothing, or levels that do not fit in an APIC ID */
        PV_E_UNFINISHED,        /* a transfer was never completed */
        PV_E_SHORT,             /* a transfer was said to be complete, and bytes are missing */
        PV_E_UNSTEADY,          /* content that changes whenever it is read */
        PV_E_BOOT_CPU,          /* to be let go of: the CPU that this guest runs on */
        PV_E_MALFORMED_END,
} PvMalformed;

static inline bool
pv_is_malformed(int result)
{
        return result == PV_E_MALFORMED || (result >= PV_E_BAD_READBACK && result < PV_E_MALFORMED_END);
}

typedef enum PvSpace {
        PV_SPACE_PIO,  /* x86 port, 16-bit address */
        PV_SPACE_MMIO, /* guest-physical address */
} PvSpace;

/* A guest-physical address. A struct, so that it is never mistaken for a number or a pointer. */
typedef struct PvGpa {
        uint64_t value;
} PvGpa;

#define PV_PAGE_SIZE 4096u

/* Memory protection of the guest. All but plain are modelled. */
typedef enum PvGuestKind {
        PV_GUEST_PLAIN,
        PV_GUEST_SEV,
        PV_GUEST_SEV_ES,
        PV_GUEST_SEV_SNP,
} PvGuestKind;

/* Where in its life the guest software runs: it decides which services it has. */
typedef enum PvPhase {
        PV_PHASE_PEI, /* where firmware counts its CPUs; the default */
        PV_PHASE_SEC,
        PV_PHASE_DXE,
        PV_PHASE_OS,
        PV_PHASE_SMM,
        PV_PHASE_AML,
} PvPhase;

typedef enum PvSharing {
        PV_PRIVATE, /* encrypted, or not mapped into the host */
        PV_SHARED,  /* readable and writable by the host */
} PvSharing;

/* Which chipset the guest sees; it decides where the register block lives. */
typedef enum PvChipset {
        PV_CHIPSET_Q35, /* ICH9, host bridge 8086:29c0 */
        PV_CHIPSET_PC,  /* i440FX and PIIX4, host bridge 8086:1237 */
} PvChipset;

static inline bool
pv_bit_get(const uint8_t *bitmap, uint32_t bit)
{
        return bitmap[bit / 8] >> (bit % 8) & 1;
}

static inline void
pv_bit_set(uint8_t *bitmap, uint32_t bit, bool value)
{
        uint8_t mask = (uint8_t) (1u << (bit % 8));

        bitmap[bit / 8] = (uint8_t) (value ? bitmap[bit / 8] | mask : bitmap[bit / 8] & ~mask);
}

/* What an access of width bytes (1 to 8) carries of a value. */
static inline uint64_t
pv_by_width(uint64_t value, unsigned width)
{
        if (width == 4) /* nearly every access: no shifts */
                return (uint32_t) value;
        return width < 8 ? value & (((uint64_t) 1 << 8 * width) - 1) : value;
}

/* Bytes that a bitmap of n bits takes. */
static inline size_t
pv_bitmap_size(uint32_t n)
{
        return ((size_t) n + 7) / 8;
}

#ifdef __cplusplus
}
#endif

#endif
