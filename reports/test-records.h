/* SPDX-License-Identifier: MIT */
/* Literal records for the tests of reports, read back from a file as a report gets them. */
#ifndef PVABI_REPORTS_TEST_RECORDS_H
#define PVABI_REPORTS_TEST_RECORDS_H

#undef G_DISABLE_ASSERT
#include "reports/report-model.h"

/* The run record of test_usual(). */
extern const char test_run[];

/* A folder for the files of this program; made and removed by these. */
extern char *test_dir;
void test_begin(void);
void test_end(void);

/* Lines for test_records(). */
char *test_verdict(const char *candidate, const char *target, const char *check, const char *cell,
                   const char *area, const char *word, const char *device, const char *consumer);
char *test_sample(const char *candidate, const char *target, const char *question, int n, const char *answer);

/* Two reads of one probe; last: the second value, NULL when it broke off before. */
char *test_unspecified(const char *candidate, const char *target, const char *first, const char *second);

/* Takes the lines after the first; ends with NULL. */
GPtrArray *test_records(const char *first, ...) G_GNUC_NULL_TERMINATED;
/* A run in which most things happen; it stays in the folder as records.jsonl until the next. */
GPtrArray *test_usual(void);

PvReportColumn *test_column(const PvReportModel *model, guint i);

#endif
