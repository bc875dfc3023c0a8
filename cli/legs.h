/* SPDX-License-Identifier: MIT */
/* Legs of a campaign: targets, each with the candidates that run on it. */
#ifndef PVABI_CLI_LEGS_H
#define PVABI_CLI_LEGS_H

#include "cli/campaign.h"
#include "common/machine.h"
#include "common/target.h"

typedef struct PvLeg {
        PvTarget *target;
        char *blocked;         /* NULL: usable */
        GPtrArray *candidates; /* PvCandidate, owned by the legs */
} PvLeg;

typedef struct PvLegs {
        GArray *leg;           /* PvLeg */
        GPtrArray *candidates; /* every one, owned */
        GPtrArray *not_run;    /* target names and reasons, in pairs */
        /* private */
        PvLoader *loader;
        const PvCampaign *campaign;
        const PvOptions *options;
} PvLegs;

void pv_legs_init(PvLegs *legs, PvLoader *loader);
void pv_legs_clear(PvLegs *legs);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PvLegs, pv_legs_clear)

/* Every target that the options name, or the campaign's own, with its candidates. PV_ERROR_USAGE. */
gboolean pv_legs_add(PvLegs *legs, const PvCampaign *campaign, const PvOptions *options, GError **error);

#endif
