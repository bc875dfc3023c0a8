/* SPDX-License-Identifier: MIT */
/* pvabi bench: what each question costs, and how fast our own code is. */
#include "cli/campaign.h"
#include "cli/verbs.h"

int
pv_verb_bench(int argc, char **argv)
{
        const PvCampaign campaign = {.bench = TRUE, .speed = TRUE, .headline = TRUE};
        g_auto(PvOptions) options = {0};
        int code;

        if (!pv_options_parse(&options, PV_OPTIONS_RUN | PV_OPTIONS_BENCH, NULL,
                              "Counts what each question costs each candidate, and times this program.", argc, argv,
                              &code))
                return code;
        return pv_campaign_run(&campaign, &options);
}
