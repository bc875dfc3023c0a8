/* SPDX-License-Identifier: MIT */
/* The requirements of fw_cfg, topic after topic, in one table. */
#include "backend-fwcfg/fwcfg-rules.h"

#include <assert.h>

#define CAPACITY 200

static const PvRules *const topics[] = {
        &fwcfg_rules_port,        &fwcfg_rules_item,  &fwcfg_rules_directory, &fwcfg_rules_dma,
        &fwcfg_rules_dma_address, &fwcfg_rules_memory, &fwcfg_rules_write,    &fwcfg_rules_smi,
        &fwcfg_rules_file,        &fwcfg_rules_map,   &fwcfg_rules_live,      &fwcfg_rules_consumer,
};

/* A script names no CPU but the one that it plugs. */
static bool
holds_for_any_smp(const PvCheck *rule)
{
        for (size_t i = 0; i < rule->n_steps; i++)
                if (rule->steps[i].action == 'H' && rule->steps[i].where == PV_HOST_PLUG)
                        return false;
        return rule->any_smp || rule->n_steps;
}

const PvCheck *
fwcfg_rules(size_t *ret_n)
{
        static PvCheck all[CAPACITY];
        size_t n = pv_rules_join(topics, sizeof topics / sizeof topics[0], all, CAPACITY);

        assert(n <= CAPACITY);
        for (size_t i = 0; i < n; i++)
                all[i].any_smp = holds_for_any_smp(&all[i]);
        *ret_n = n;
        return all;
}
