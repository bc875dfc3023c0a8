/* SPDX-License-Identifier: MIT */
/* A sequence as a file that can be replayed, and a difference for a reader. */
#ifndef PVABI_CONFORMANCE_DIFFERENTIAL_REPORT_H
#define PVABI_CONFORMANCE_DIFFERENTIAL_REPORT_H

#include "conformance/differential-pair.h"

typedef struct PvSequence {
        const PvPairSetup *setup;
        const PvPair *pair;
        guint32 seed;
        const char *remark; /* a line of the head; NULL: none */
} PvSequence;

/* The trace: a head of comments, then the items, reads with the answers of the other machine. g_free. */
char *pv_sequence_trace(const PvSequence *sequence);

/* The same as lines for -qtest stdio. g_free. */
char *pv_sequence_qtest(const PvSequence *sequence);

/* Saves text in this folder. Returns the path; PV_ERROR_USAGE. */
char *pv_sequence_save(const char *text, const char *folder, const char *name, GError **error);

#endif
