/* SPDX-License-Identifier: MIT */
/* pvabi check: conformance. */
#include "cli/campaign.h"
#include "cli/differential.h"
#include "cli/hostile.h"
#include "cli/ledger.h"
#include "cli/score.h"
#include "cli/verbs.h"

int
pv_verb_check(int argc, char **argv)
{
        const PvCampaign campaign = {.check = TRUE};
        g_auto(PvOptions) options = {0};
        int code;

        if (!pv_options_parse(&options, PV_OPTIONS_RUN | PV_OPTIONS_CHECK | PV_OPTIONS_SCORE | PV_OPTIONS_DIFFERENTIAL |
                              PV_OPTIONS_REST,
                              "[ID|GLOB...]",
                              "Runs the conformance checks. Without -c: the headline candidates and two beside them on "
                              "the model; on a real VMM what its version has.",
                              argc, argv, &code))
                return code;
        if (options.ledger)
                return pv_ledger_verb(&options);
        if (options.hostile)
                return pv_hostile_verb(&options);
        if (options.mutation_score)
                return pv_score_run(&options);
        if (options.differential)
                return pv_differential_verb(&options);
        return pv_campaign_run(&campaign, &options);
}
