/* SPDX-License-Identifier: MIT */
/* pvabi compare: the main job. */
#include "cli/campaign.h"
#include "cli/verbs.h"

int
pv_verb_compare(int argc, char **argv)
{
        const PvCampaign campaign = {
                .check = TRUE,
                .bench = TRUE,
                .hostile = TRUE,
                .ledger = TRUE,
                .every_target = TRUE,
                .headline = TRUE,
                .appendix = TRUE,
                .folder = "pvabi-report",
        };
        g_auto(PvOptions) options = {0};
        int code;

        if (!pv_options_parse(&options, PV_OPTIONS_RUN | PV_OPTIONS_CHECK | PV_OPTIONS_BENCH | PV_OPTIONS_REST, "[ID|GLOB...]",
                              "Checks and measures candidates on targets and writes a report.", argc, argv, &code))
                return code;
        return pv_campaign_run(&campaign, &options);
}
