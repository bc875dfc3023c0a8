/* SPDX-License-Identifier: MIT */
/* VM exits by what they belong to: one of the two ABIs, us, or others. Pure functions of what was counted. */
#ifndef PVABI_BENCH_EXITS_ROWS_H
#define PVABI_BENCH_EXITS_ROWS_H

#include "bench/exits.h"

typedef struct PvExitsClass {
        const char *abi, *part;
        guint16 first, last;
} PvExitsClass;

/* The class of this port: the last of them is for ports that no other has. */
extern const PvExitsClass pv_exits_classes[];
extern const guint pv_exits_n_classes;
const PvExitsClass *pv_exits_class(guint port);

/* Is it a port of one of the two ABIs? */
gboolean pv_exits_is_abi(guint16 port);

/* Alike accesses to one port or page, whatever thread made them, under whatever tag. */
typedef struct PvExitsRow {
        const PvExitsClass *class; /* of MMIO: the last */
        PvExitsKind kind;
        guint64 address;
        guint width;
        gboolean string;  /* of more than one unit: once for each time that KVM saw it */
        guint64 accesses;
        guint64 bytes;
        guint64 user;               /* of the accesses: those that left the kernel */
        PvExitsHistogram histogram; /* n is 0: none */
} PvExitsRow;

/* Of PvExitsRow, sorted by class, address, kind, width and string; counts and times as pv_exits_counts() and
 * _times(). */
GArray *pv_exits_rows(const GArray *counts, const GArray *times);

/* How often KVM_RUN came back. */
guint64 pv_exits_userspace(const GArray *counts);

/* How many threads did. */
guint pv_exits_threads(const GArray *counts);

/* What so many per cent of them were below: the upper end of a bucket, in ns; 0: there are none. */
guint64 pv_exits_quantile(const PvExitsHistogram *histogram, guint percent);

#endif
