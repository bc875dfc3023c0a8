/* SPDX-License-Identifier: MIT */
/* The questions of a benchmark, each asked of a candidate that knows nothing yet. */
#ifndef PVABI_BENCH_QUESTION_H
#define PVABI_BENCH_QUESTION_H

#include <glib.h>

#include "common/record.h"
#include "common/session.h"

typedef enum PvQuestion {
        PV_QUESTION_POSSIBLE, /* Q1 */
        PV_QUESTION_PRESENT,  /* Q2 */
        PV_QUESTION_COUNTS,   /* Q1+Q2: both at once, as firmware asks at boot */
        PV_QUESTION_PLUGGED,  /* Q3: APIC ID of the CPU just plugged */
        PV_QUESTION_IDS,      /* Q4: all APIC IDs */
        PV_QUESTION_EJECT,    /* Q5: eject, and answer back */
        PV_N_QUESTIONS,
} PvQuestion;

typedef enum PvAnswer {
        PV_ANSWER_OK,
        PV_ANSWER_CANNOT, /* not claimed, or left unset: the reason says which */
        PV_ANSWER_WRONG,  /* differs from what is true of the machine */
        PV_ANSWER_NA,     /* cannot be asked here */
        PV_ANSWER_ERROR,
        PV_ANSWER_BLOCKED, /* an error too: this machine lacks something */
        PV_N_ANSWERS,
} PvAnswer;

typedef struct PvSample {
        PvAnswer answer;
        char *reason;    /* never NULL */
        PvCounts counts; /* of asking; not of what brought the machine into its state */
        gboolean has_private;
        PvCounts private; /* the same, asked in a guest whose memory is private (modelled) */
} PvSample;

void pv_sample_clear(PvSample *sample);

/* Asks it of a fresh machine of n possible CPUs. The last of them is the one that comes, or goes. */
void pv_question_ask(PvLoader *loader, const PvCandidate *candidate, const PvTarget *target,
                     PvQuestion question, uint32_t n, PvSample *ret_sample);

/*
 * The same in its steps, for who asks more than once or holds a watch. untraced: nothing is counted. NULL: there is
 * nothing to ask, and the sample says why; else its answer is ok until something is found.
 */
typedef struct PvAsking PvAsking;
PvAsking *pv_asking_new(PvLoader *loader, const PvCandidate *candidate, const PvTarget *target, PvQuestion question,
                        uint32_t n, gboolean untraced, PvSample *ret_sample);
void pv_asking_free(PvAsking *asking);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PvAsking, pv_asking_free)

/* All that is counted or timed. */
void pv_asking_act(PvAsking *asking);
/* What was answered last against the truth. */
void pv_asking_judge(PvAsking *asking, PvSample *sample);
/* Is it about an event, which is there once? Else it may be asked again of the same machine. */
gboolean pv_asking_uses_up(const PvAsking *asking);
PvSession *pv_asking_session(PvAsking *asking);
/* Again in a guest whose memory is private, for what that costs besides; only the model has such guests. */
void pv_question_ask_private(PvLoader *loader, const PvCandidate *candidate, const PvTarget *target,
                             PvQuestion question, uint32_t n, PvSample *sample);

/* Does it claim what the question is about? */
gboolean pv_question_claimed(PvQuestion question, const PvCandidate *candidate);

/* "Q1", as it stands in records. */
const char *pv_question_name(PvQuestion question);

JsonObject *pv_question_record(const PvCandidate *candidate, const PvTarget *target, PvQuestion question,
                               uint32_t n, const PvSample *sample);

#endif
