/* SPDX-License-Identifier: MIT */
/* What the judges of several checks have in common. */
#include "conformance/judge.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

void
pv_judge_pass(PvJudgement *j)
{
        *j = (PvJudgement){.verdict = PV_PASS};
}

void
pv_judge_fail(PvJudgement *j, const char *expected, const char *actual, ...)
{
        va_list arguments;

        j->verdict = PV_FAIL;
        snprintf(j->expected, sizeof j->expected, "%s", expected);
        va_start(arguments, actual);
        vsnprintf(j->actual, sizeof j->actual, actual, arguments);
        va_end(arguments);
}

void
pv_judge_care(PvJudgement *j, const char *found)
{
        if (j->verdict == PV_PASS && found)
                snprintf(j->actual, sizeof j->actual, "%s", found);
}

bool
pv_judge_equal(PvJudgement *j, const char *what, uint64_t expected, uint64_t actual)
{
        char sentence[128];

        if (expected == actual)
                return true;
        snprintf(sentence, sizeof sentence, "%s %" PRIu64, what, expected);
        pv_judge_fail(j, sentence, "%s %" PRIu64, what, actual);
        return false;
}

bool
pv_judge_counted(PvJudgement *j, bool unknown, const char *what, uint64_t expected, uint64_t actual)
{
        if (!unknown)
                return pv_judge_equal(j, what, expected, actual);
        j->verdict = PV_NA;
        snprintf(j->actual, sizeof j->actual, "nobody there keeps count of this: %s", what);
        return false;
}

static bool
equal_present_set(PvJudgement *j, const PvObservation *o)
{
        char sentence[128];

        for (uint32_t i = 0; i < o->after.max_cpus; i++) {
                bool expected = pv_bit_get(o->after.present, i), actual = pv_bit_get(o->view.present, i);

                if (expected == actual)
                        continue;
                snprintf(sentence, sizeof sentence, "selector %" PRIu32 " %s", i,
                         expected ? "present" : "absent");
                pv_judge_fail(j, sentence, "selector %" PRIu32 " %s", i, actual ? "present" : "absent");
                return false;
        }
        return true;
}

static bool
equal_apic_ids(PvJudgement *j, const PvObservation *o)
{
        char what[64];

        for (uint32_t i = 0; i < o->after.max_cpus; i++) {
                snprintf(what, sizeof what, "selector %" PRIu32 ": APIC ID", i);
                if (!pv_judge_equal(j, what, o->after.apic_id[i], o->view.apic_id[i]))
                        return false;
        }
        return true;
}

void
pv_judge_view(PvJudgement *j, const PvObservation *o, uint32_t which)
{
        uint32_t set = o->view.facets & which;
        bool ok = true;

        pv_judge_pass(j);
        if (set & PV_FACET_POSSIBLE_COUNT)
                ok = pv_judge_equal(j, "possible CPUs:", o->after.max_cpus, o->view.possible);
        if (ok && set & PV_FACET_PRESENT_COUNT)
                ok = pv_judge_equal(j, "present CPUs:", o->after.present_count, o->view.present_count);
        if (ok && set & PV_FACET_PRESENT_SET)
                ok = equal_present_set(j, o);
        if (ok && set & PV_FACET_APIC_ID)
                ok = equal_apic_ids(j, o);
        if (ok && set != which) {
                j->verdict = PV_CANNOT_TELL;
                snprintf(j->actual, sizeof j->actual, "the consumer left it unset (%s)",
                         pv_finding_word(o->result[1]));
        }
}
