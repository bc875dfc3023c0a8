/* SPDX-License-Identifier: MIT */
/* VM exits of a running process, counted in the kernel by BPF: by port, direction, width, thread, tag. */
#ifndef PVABI_BENCH_EXITS_H
#define PVABI_BENCH_EXITS_H

#include <glib.h>
#include <sys/types.h>

#include "bench/exits-shared.h"

typedef struct PvExits PvExits;

typedef struct PvExitsCount {
        PvExitsKey key;
        PvExitsNumber number;
} PvExitsCount;

typedef struct PvExitsTimes {
        PvExitsTimesKey key;
        PvExitsHistogram histogram;
} PvExitsTimes;

/* What was read or written on the ports wanted, in order; called by pv_exits_poll(). */
typedef struct PvExitsWatch {
        gboolean (*wants)(guint16 port);
        void (*value)(void *data, const PvExitsValue *value);
        void *data;
} PvExitsWatch;

/*
 * From here on everything is counted that the process (0: our own) and its children make KVM do. An exit then
 * costs more (bench/exits-cost.h): never time what is traced. PV_ERROR_BLOCKED: the machine, our rights
 * or this build lack something.
 */
PvExits *pv_exits_open(pid_t pid, const PvExitsWatch *watch, GError **error);
void pv_exits_free(PvExits *exits);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PvExits, pv_exits_free)

/* Not now: while it is paused, an exit costs what it costs untraced. Errors as pv_exits_open(). */
void pv_exits_pause(PvExits *exits);
gboolean pv_exits_resume(PvExits *exits, GError **error);

/*
 * What comes from now on is kept under this number, say of a phase and a question: one store. At first 0.
 * A read that user space answers is seen by KVM only in the next KVM_RUN: change it after a write.
 */
void pv_exits_tag(PvExits *exits, guint32 tag);

/* Forgets what was counted, but for the tag. */
void pv_exits_reset(PvExits *exits);

/* Of PvExitsCount, and of PvExitsTimes; sorted by key, free with g_array_unref(). */
GArray *pv_exits_counts(PvExits *exits);

/*
 * By port and direction, and these measure different things. A write: from KVM_RUN's return to the next
 * KVM_RUN, which is what user space takes. A read: from KVM_RUN's return to when the kernel has taken the
 * answer over, which is inside the next KVM_RUN.
 */
GArray *pv_exits_times(PvExits *exits);

/* Events that could not be kept for want of room: anything but 0 makes the counts a lower bound. */
guint64 pv_exits_lost(PvExits *exits);

/* Hands over the values that have come; poll this for more. FALSE: cannot be read any more. */
gboolean pv_exits_poll(PvExits *exits);
int pv_exits_fd(PvExits *exits);

/* NULL, or why exits cannot be counted here, in one line (g_free). */
char *pv_exits_missing(void);

/* "in", "out"…, and the name of a KVM exit reason; NULL: it has none here. */
const char *pv_exits_kind_word(PvExitsKind kind);
const char *pv_exits_reason_word(guint64 reason);

#endif
