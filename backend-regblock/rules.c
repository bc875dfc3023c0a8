/* SPDX-License-Identifier: MIT */
/* The register block's requirements, topic after topic, in one table. */
#include "backend-regblock/rules.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#define CAPACITY 160

static const PvRules *const topics[] = {
        &regblock_rules_place,   &regblock_rules_legacy,   &regblock_rules_detect, &regblock_rules_selector,
        &regblock_rules_command, &regblock_rules_control,  &regblock_rules_eject,  &regblock_rules_ost,
        &regblock_rules_lifetime, &regblock_rules_consumer,
};

void
regblock_judge(PvJudgement *j, bool ok, const char *expected, const char *actual, ...)
{
        va_list arguments;

        *j = (PvJudgement){.verdict = ok ? PV_PASS : PV_FAIL};
        if (ok)
                return;
        snprintf(j->expected, sizeof j->expected, "%s", expected);
        va_start(arguments, actual);
        vsnprintf(j->actual, sizeof j->actual, actual, arguments);
        va_end(arguments);
}

void
regblock_judge_counts(const PvObservation *o, PvJudgement *j)
{
        const PvView *v = &o->view;
        bool possible = !(v->facets & PV_FACET_POSSIBLE_COUNT) || v->possible == o->after.max_cpus;
        bool present = !(v->facets & PV_FACET_PRESENT_COUNT) || v->present_count == o->after.present_count;

        regblock_judge(j, possible && present, "the machine's counts, or none",
                       "facets 0x%x: %u possible, %u present", v->facets, v->possible, v->present_count);
}

const PvCheck *
regblock_rules(size_t *ret_n)
{
        static PvCheck all[CAPACITY];

        *ret_n = pv_rules_join(topics, sizeof topics / sizeof topics[0], all, CAPACITY);
        assert(*ret_n <= CAPACITY);
        return all;
}
