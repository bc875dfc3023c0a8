/* SPDX-License-Identifier: MIT */
/* A campaign: candidates on targets, recorded, and what its exit code is. */
#ifndef PVABI_CLI_CAMPAIGN_H
#define PVABI_CLI_CAMPAIGN_H

#include <glib.h>

#include "cli/options.h"

typedef struct PvCampaign {
        gboolean check, bench, speed;
        gboolean hostile;      /* and every lie told to the candidates on the model */
        gboolean ledger; /* the trust ledger of what runs on the model */
        gboolean every_target; /* without --target: every usable one, not only the model */
        gboolean headline;     /* without -c: the headline candidates only */
        gboolean appendix;     /* ... and, on the model, the experimental ones */
        const char *folder;    /* default of -o, for records and reports; NULL: records are temporary */
} PvCampaign;

/* Runs it and prints the result. Returns the exit code. */
int pv_campaign_run(const PvCampaign *campaign, const PvOptions *options);

#endif
