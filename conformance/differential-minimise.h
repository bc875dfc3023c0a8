/* SPDX-License-Identifier: MIT */
/* From a long sequence that shows a difference to a short one. */
#ifndef PVABI_CONFORMANCE_DIFFERENTIAL_MINIMISE_H
#define PVABI_CONFORMANCE_DIFFERENTIAL_MINIMISE_H

#include "conformance/differential-pair.h"

/*
 * A pair that has just done the shortest sequence found within so many seconds, with its mismatch: none of
 * its items can be left out, unless time was up. Takes the pair that found the difference, and returns it
 * when nothing shorter is found.
 */
PvPair *pv_minimise(const PvPairSetup *setup, PvPair *found, guint seconds, gboolean *ret_minimal);

#endif
