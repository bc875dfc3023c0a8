/* SPDX-License-Identifier: MIT */
/* What fw_cfg promises, and the seeded bugs that show each promise is checked. */
#ifndef PVABI_BACKEND_FWCFG_FWCFG_RULES_H
#define PVABI_BACKEND_FWCFG_FWCFG_RULES_H

#include "backend-fwcfg/fwcfg.h"
#include "common/check.h"

#define FWCFG_N_RULES 30
#define FWCFG_N_MUTANTS 30

extern const PvCheck fwcfg_rules[FWCFG_N_RULES];
extern const PvMutant fwcfg_mutants[FWCFG_N_MUTANTS];

#define FWCFG_RULE(name)                                                                                     \
        int fwcfg_act_##name(const PvScene *scene, PvObservation *ret_observation);                          \
        void fwcfg_judge_##name(const PvObservation *observation, PvJudgement *ret_judgement)

FWCFG_RULE(directory);
FWCFG_RULE(directory_order);
FWCFG_RULE(topology_file);
FWCFG_RULE(topology_content);
FWCFG_RULE(map_file);
FWCFG_RULE(map_content);
FWCFG_RULE(dma_read);
FWCFG_RULE(dma_zero_fill);
FWCFG_RULE(dma_invalid_key);
FWCFG_RULE(dma_read_only);
FWCFG_RULE(dma_refused_offset);
FWCFG_RULE(dma_priority);
FWCFG_RULE(dma_skip);
FWCFG_RULE(dma_nothing);
FWCFG_RULE(dma_address);
FWCFG_RULE(dma_shared_offset);

#endif
