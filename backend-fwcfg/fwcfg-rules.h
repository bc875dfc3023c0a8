/* SPDX-License-Identifier: MIT */
/* What fw_cfg promises, and the seeded bugs that show each promise is checked. */
#ifndef PVABI_BACKEND_FWCFG_FWCFG_RULES_H
#define PVABI_BACKEND_FWCFG_FWCFG_RULES_H

#include "backend-fwcfg/fwcfg.h"
#include "common/check.h"

extern const PvCheck fwcfg_rules[];
extern const size_t fwcfg_n_rules;
extern const PvMutant fwcfg_mutants[];
extern const size_t fwcfg_n_mutants;
extern const PvMutant fwcfg_blind_mutants[];
extern const size_t fwcfg_n_blind_mutants;

/* Rules about files, which no script can express: the key of a file is a position in the directory. */
#define FWCFG_RULE(name)                                                                                     \
        int fwcfg_act_##name(const PvScene *scene, PvObservation *ret_observation);                          \
        void fwcfg_judge_##name(const PvObservation *observation, PvJudgement *ret_judgement)

FWCFG_RULE(directory);
FWCFG_RULE(directory_order);
FWCFG_RULE(topology_file);
FWCFG_RULE(topology_content);
FWCFG_RULE(map_file);
FWCFG_RULE(map_content);

#endif
