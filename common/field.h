/* SPDX-License-Identifier: MIT */
/* What the bytes are that a host supplies: where each is read, and what for. Freestanding. */
#ifndef PVABI_COMMON_FIELD_H
#define PVABI_COMMON_FIELD_H

#include "common/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * An ABI whose answers are items: one is selected, and its bytes come one after the other from a register; or
 * by DMA, as a descriptor in memory says (control and length of 4 bytes, address of 8), whose address is
 * written to two registers. Registers count from the base of the device's first range.
 */
typedef struct PvItems {
        uint64_t select, data;
        bool dma;
        bool big_endian;    /* the two registers, and the descriptor */
        uint64_t high, low; /* a write to the lower half starts the transfer */
        size_t control, length, address, size; /* of the descriptor */
        uint32_t read, write, skip, choose; /* bits of the control word */
        unsigned shift;              /* ... and where the item stands in it */
} PvItems;

typedef enum PvFieldPlace {
        PV_FIELD_REGISTER,   /* offset counts from the base of the device's first range, as in a PvMutation */
        PV_FIELD_ITEM,       /* ... from the start of this item */
        PV_FIELD_DESCRIPTOR, /* ... from the start of a descriptor, once it was handed to the device */
        PV_FIELD_PAGE,       /* ... from the start of memory that the device may store to */
} PvFieldPlace;

/* Of the fields of a backend the first that has a byte is what the byte is. Those of one name are one field. */
typedef struct PvField {
        const char *name; /* "APIC ID" */
        const char *use;  /* "names a CPU" */
        PvFieldPlace place;
        uint64_t offset, length; /* bytes; length 0: all that follow */
        uint64_t stride; /* it comes again after so many bytes; 0: once */
        bool per_cpu;    /* length is that of one possible CPU, and of each there is one */
        uint64_t item;
        uint64_t needs; /* one of these features of the revision; 0: none */
        /* Of a register: only while the last write at latch_offset had (value & latch_mask) == latch_match ... */
        bool latched;
        uint64_t latch_offset, latch_mask, latch_match;
        bool fresh; /* ... and nothing was written to the device since */
        bool indexed; /* the last value at index_offset tells which of several it is ... */
        bool moves;   /* ... and what is read here is what the device has changed that value to */
        uint64_t index_offset;
} PvField;

#ifdef __cplusplus
}
#endif

#endif
