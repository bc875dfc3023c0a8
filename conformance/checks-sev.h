/* SPDX-License-Identifier: MIT */
/* What the files of SEV checks share. */
#ifndef PVABI_CONFORMANCE_CHECKS_SEV_H
#define PVABI_CONFORMANCE_CHECKS_SEV_H

#include "common/check.h"

/* result[0] detect, [1] enumerate. A fatal code is returned, and stands there too. */
int pv_sev_act_boot(const PvScene *scene, PvObservation *ret_observation);

/* Everything that machine and consumer claim was learnt, and is true; else FALSE, and the judgement says so. */
bool pv_sev_answered(const PvObservation *observation, PvJudgement *ret_judgement);

/* What the boot acts found instead of an answer, in words; NULL: nothing. */
const char *pv_sev_found(const PvObservation *observation);

#endif
