/* SPDX-License-Identifier: MIT */
/* The record file, where conformance, benchmarks and reports meet: JSON Lines, appended as things happen. */
#ifndef PVABI_COMMON_RECORD_H
#define PVABI_COMMON_RECORD_H

#include <glib.h>
#include <json-glib/json-glib.h>

#include "common/check.h"

#define PV_RECORD_SCHEMA 1
#define PV_RECORD_FILE "records.jsonl" /* in the folder of a run */

/*
 * One line per record, one write per line: a crash loses nothing that was recorded, and several processes may append
 * to one file. The members of each record are described by docs/record.schema.json.
 */
typedef struct PvRecorder PvRecorder;

/* Opens for appending; with `fresh` an old file is replaced. PV_ERROR_USAGE when the path cannot be written. */
PvRecorder *pv_recorder_open(const char *path, gboolean fresh, GError **error);
void pv_recorder_free(PvRecorder *recorder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PvRecorder, pv_recorder_free)
const char *pv_recorder_path(PvRecorder *recorder);

/*
 * Appends one record. Takes ownership of the object. When it cannot be written, one line says so, nothing more is
 * appended, and pv_recorder_failed() is TRUE.
 */
void pv_recorder_add(PvRecorder *recorder, JsonObject *record);

gboolean pv_recorder_failed(PvRecorder *recorder);

/*
 * A new record of this kind: "run", "verdict", "requirement", "hostile", "unspecified", "sample", "speed", "exactness",
 * "cost-model", "modelled", "modelled-crossover", "prediction", "time", "access", "crossover",
 * "ledger", "ledger-pages" or "note".
 */
JsonObject *pv_record_new(const char *kind);
void pv_record_set_counts(JsonObject *record, const PvCounts *counts);
PvCounts pv_record_get_counts(JsonObject *record);
/* The same of a guest whose memory is private. FALSE: the record has none. */
void pv_record_set_private_counts(JsonObject *record, const PvCounts *counts);
gboolean pv_record_get_private_counts(JsonObject *record, PvCounts *ret_counts);

/* Samples of one time, summed up; bench/statistics.h says how. */
typedef struct PvTimes {
        guint samples;
        double median, q1, q3; /* ns */
        double low, high;      /* where the median lies with 95 % confidence */
        double floor; /* the same against itself in this run, as a ratio of at least 1; 0: not measured */
} PvTimes;

/* Are they different? Beyond both noise floors, and their intervals apart. -1: a is less, 1: b is less; 0: no. */
int pv_times_compare(const PvTimes *a, const PvTimes *b);

/* The member "times"; FALSE: there is none. */
void pv_record_set_times(JsonObject *record, const PvTimes *times);
gboolean pv_record_get_times(JsonObject *record, PvTimes *ret_times);

/* Member of a record, or the fallback when it is missing or of another type. */
const char *pv_record_string(JsonObject *record, const char *member);       /* fallback: "" */
gint64 pv_record_int(JsonObject *record, const char *member);               /* fallback: 0 */
double pv_record_double(JsonObject *record, const char *member);            /* fallback: 0 */
gboolean pv_record_flag(JsonObject *record, const char *member);            /* fallback: FALSE */

/*
 * Every record of a file, as JsonObjects in order. A last line cut short by a crash is left out; any other bad line is
 * PV_ERROR_USAGE with its number.
 */
GPtrArray *pv_record_read(const char *path, GError **error);
GPtrArray *pv_record_parse(const char *text, gsize n, const char *name, GError **error);

#endif
