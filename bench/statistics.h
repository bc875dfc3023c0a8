/* SPDX-License-Identifier: MIT */
/* What samples of one time say: order statistics, for times are neither normal nor symmetric. */
#ifndef PVABI_BENCH_STATISTICS_H
#define PVABI_BENCH_STATISTICS_H

#include <glib.h>

#include "common/record.h"

/* Fewer samples have no interval of 95 %: even from the smallest to the largest is less. */
#define PV_SAMPLES_MIN 6u

/*
 * Sorts the values. The interval is that of the sign test: from the k-th smallest to the k-th largest, with
 * the largest k for which no more than 5 % of all sequences of n fair coin tosses have fewer than k heads or
 * fewer than k tails. It assumes independent samples, and nothing about how they are distributed. n is at
 * least PV_SAMPLES_MIN.
 */
PvTimes pv_times_of(double *values, guint n);

/* k of the above, counted from 1; 0: n is too small. */
guint pv_times_interval_rank(guint n);

/* Larger by smaller median of two series of the same. */
double pv_times_floor(double *first, guint n_first, double *second, guint n_second);

/* The same times, each less what took so long and is not meant. The noise stays, and weighs more against what
 * is left. */
PvTimes pv_times_less(const PvTimes *times, double ns);

/* Of one of so many that were timed together. */
PvTimes pv_times_share(const PvTimes *times, double parts);

#endif
