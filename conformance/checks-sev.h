/* SPDX-License-Identifier: MIT */
/* What the files of SEV checks share. */
#ifndef PVABI_CONFORMANCE_CHECKS_SEV_H
#define PVABI_CONFORMANCE_CHECKS_SEV_H

#include "common/check.h"

/* Cells by guest kind and phase. There is no SMM under SEV-ES and SNP: such cells are n/a, and say so. */
#define PV_SEV_IN(kind, where) {.guest = PV_GUEST_##kind, .phase = PV_PHASE_##where}
#define PV_SEV_EVERY_KIND(where) PV_SEV_IN(SEV, where), PV_SEV_IN(SEV_ES, where), PV_SEV_IN(SEV_SNP, where)
#define PV_SEV_RUNTIME PV_SEV_EVERY_KIND(OS), PV_SEV_EVERY_KIND(SMM), PV_SEV_EVERY_KIND(AML)
#define PV_SEV_EVERYWHERE                                                                                    \
        PV_SEV_EVERY_KIND(SEC), PV_SEV_EVERY_KIND(PEI), PV_SEV_EVERY_KIND(DXE), PV_SEV_RUNTIME

/* That this firmware has room for, beside a host that lies: a walk over CPUs ends there. */
#define PV_SEV_PLATFORM_CPUS 64u

/* result[0] detect, [1] enumerate. A fatal code is returned, and stands there too. */
int pv_sev_act_boot(const PvScene *scene, PvObservation *ret_observation);
/* The same, where that the guest had to end itself is one of the ways. */
int pv_sev_act_to_the_end(const PvScene *scene, PvObservation *ret_observation);

/* Everything that machine and consumer claim was learnt, and is true; else FALSE, and the judgement says so. */
bool pv_sev_answered(const PvObservation *observation, PvJudgement *ret_judgement);

/* What the boot acts found instead of an answer, in words; NULL: nothing. */
const char *pv_sev_found(const PvObservation *observation);

#endif
