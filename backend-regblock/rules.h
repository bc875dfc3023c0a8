/* SPDX-License-Identifier: MIT */
/* What the register block promises, and the seeded bugs that show each promise is tested. */
#ifndef PVABI_BACKEND_REGBLOCK_RULES_H
#define PVABI_BACKEND_REGBLOCK_RULES_H

#include "common/check.h"

/* By topic, in files of these names. */
extern const PvRules regblock_rules_place;
extern const PvRules regblock_rules_legacy;
extern const PvRules regblock_rules_detect;
extern const PvRules regblock_rules_selector;
extern const PvRules regblock_rules_command;
extern const PvRules regblock_rules_control;
extern const PvRules regblock_rules_eject;
extern const PvRules regblock_rules_ost;
extern const PvRules regblock_rules_lifetime;
extern const PvRules regblock_rules_consumer;

/* Passes when ok; else fails, with what was expected and a printf-like sentence. */
void regblock_judge(PvJudgement *judgement, bool ok, const char *expected, const char *actual, ...)
        __attribute__((format(printf, 4, 5)));

/* The counts in the view are the machine's, or were not learnt. */
void regblock_judge_counts(const PvObservation *observation, PvJudgement *judgement);

/* All of them in one table. */
const PvCheck *regblock_rules(size_t *ret_n);

extern const PvMutant regblock_mutants[];
extern const size_t regblock_n_mutants;
extern const PvMutant regblock_blind_mutants[];
extern const size_t regblock_n_blind_mutants;
extern const PvProbe regblock_probes[];
extern const size_t regblock_n_probes;
extern const PvExclusion regblock_exclusions[];
extern const size_t regblock_n_exclusions;

#endif
