/* SPDX-License-Identifier: MIT */
/* What was predicted of each SEV requirement before there was a check, to be held against what runs say. */
#ifndef PVABI_CONFORMANCE_PREDICTION_H
#define PVABI_CONFORMANCE_PREDICTION_H

#include <glib.h>

#include "common/machine.h"

typedef struct PvPrediction {
        const char *id;
        const char *row;     /* the letter and number that docs/sev.md has it under */
        const char *letters; /* of each way to be asked: P by construction, c by care, F fails, - n/a */
        gboolean leads;      /* tells the ABIs apart by construction, so that a report begins with it */
} PvPrediction;

extern const PvPrediction pv_predictions[];
extern const gsize pv_n_predictions;

/* Why runs say something else than what was predicted, in the same letters. */
typedef struct PvDeviation {
        const char *id;
        char predicted, run;
        const char *why;
} PvDeviation;

extern const PvDeviation pv_deviations[];
extern const gsize pv_n_deviations;

/* As pv_prediction_word; NULL: no such letter. */
const char *pv_prediction_letter_word(char letter);

/* NULL: none. */
const PvPrediction *pv_prediction_find(const char *id);

/*
 * "construction", "care", "fails" or "n/a" of a candidate, that of a composite being the worst of its parts'.
 * NULL where nothing was predicted: of another requirement, another ABI, or of AML.
 */
const char *pv_prediction_word(const char *id, const PvCandidate *candidate);

#endif
