/* SPDX-License-Identifier: MIT */
/* What a byte that a guest reads is, by the fields that a backend declares and what was written before. */
#ifndef PVABI_CONFORMANCE_WATCH_FIELDS_H
#define PVABI_CONFORMANCE_WATCH_FIELDS_H

#include <glib.h>

#include "common/device.h"
#include "common/field.h"

#define PV_WATCH_RANGES 4

typedef struct PvWatchLatch {
        guint64 offset, value;
        guint64 when; /* number of the write */
} PvWatchLatch;

/* One device of a machine, as far as the accesses of its guest show it. */
typedef struct PvWatchPart {
        const char *name;
        const PvField *fields;
        gsize n_fields;
        const PvItems *items; /* NULL: none */
        guint64 features;
        guint32 cpus; /* possible ones */
        PvRange range[PV_WATCH_RANGES];
        guint n_ranges;
        GArray *latches; /* PvWatchLatch: the last write at each offset */
        guint64 n_writes;
        guint64 item, position; /* the next byte that comes */
        PvGpa descriptor;       /* the last that the device was given ... */
        guint64 n_transfers;    /* ... of so many */
} PvWatchPart;

/* Which field has a byte; of several like it, which; and which of its bytes. */
typedef struct PvWatchByte {
        const PvField *field; /* NULL: none that is declared */
        guint64 instance, at;
} PvWatchByte;

/* Is this address of the device? Then its offset from the first range. */
gboolean pv_watch_part_has(const PvWatchPart *part, PvSpace space, guint64 address, guint64 *ret_offset);

void pv_watch_part_written(PvWatchPart *part, guint64 offset, guint64 value);

/* Byte number `byte` of a read of value at this offset. The register that items come from moves on. */
PvWatchByte pv_watch_part_register(PvWatchPart *part, guint64 offset, guint byte);
/* The value that was read there is known now. */
void pv_watch_part_told(PvWatchPart *part, const PvField *field, guint64 value);

/* Byte `at` of an item, of the last descriptor, of shared memory. */
PvWatchByte pv_watch_part_byte(const PvWatchPart *part, PvFieldPlace place, guint64 item, guint64 at);

/* A descriptor as the device reads it: what is stored where, of which item from where on. */
typedef struct PvWatchTransfer {
        guint64 address, length, item, position;
} PvWatchTransfer;

/* Did this write hand a descriptor over? Then where it is. */
gboolean pv_watch_part_rung(PvWatchPart *part, guint64 offset, PvGpa *ret_descriptor);
/* FALSE: nothing is stored. */
gboolean pv_watch_part_transfer(PvWatchPart *part, const guint8 *descriptor, PvWatchTransfer *ret_transfer);

#endif
