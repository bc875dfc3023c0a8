/* SPDX-License-Identifier: MIT */
/* What the BPF programs and their reader share: keys and values of the maps. */
#ifndef PVABI_BENCH_EXITS_SHARED_H
#define PVABI_BENCH_EXITS_SHARED_H

#include <stdint.h>

#define PV_EXITS_BUCKETS 32u    /* of a histogram; the last takes what is longer */
#define PV_EXITS_DATA_MAX 4096u /* bytes of one string access: KVM has one page for them */
#define PV_EXITS_PORTS 65536u

typedef enum PvExitsKind {
        PV_EXITS_PIO_IN,
        PV_EXITS_PIO_OUT,
        PV_EXITS_MMIO_READ,
        PV_EXITS_MMIO_WRITE,
        PV_EXITS_USERSPACE,   /* KVM_RUN came back; address: why, or units: its errno */
        PV_EXITS_GUEST_ENTRY, /* kvm_entry and kvm_exit: some kernels never say */
        PV_EXITS_GUEST_EXIT,
        PV_EXITS_N_KINDS,
} PvExitsKind;

/* No padding: the kernel compares keys byte by byte. */
typedef struct PvExitsKey {
        uint64_t address; /* port, page of an MMIO access, or exit reason */
        uint32_t thread;  /* KVM names no vCPU in a port access; a vCPU runs in one thread */
        uint32_t tag;
        uint32_t units; /* of a string instruction; 1 for others */
        uint16_t kind;  /* PvExitsKind */
        uint16_t width;
} PvExitsKey;

typedef struct PvExitsNumber {
        uint64_t seen; /* by KVM, which answers some itself */
        uint64_t user; /* those that left the kernel */
} PvExitsNumber;

typedef struct PvExitsTimesKey {
        uint16_t port, kind, width, string; /* string: of more than one unit */
} PvExitsTimesKey;

typedef struct PvExitsHistogram {
        uint64_t n, total_ns, max_ns;
        uint64_t bucket[PV_EXITS_BUCKETS]; /* [i]: below 2^(i+1) ns, and not below 2^i */
} PvExitsHistogram;

typedef struct PvExitsValue {
        uint32_t port, kind, width, units;
        uint8_t data[PV_EXITS_DATA_MAX]; /* width * units of them */
} PvExitsValue;

#endif
