/* SPDX-License-Identifier: MIT */
/* One table of words per enumeration. */
#include "common/verdict.h"

#include <string.h>

#define N_WORDS(table) (sizeof table / sizeof table[0])

static const char *const verdicts[PV_N_VERDICTS] = {
        [PV_PASS] = "pass",
        [PV_FAIL] = "fail",
        [PV_XFAIL] = "xfail",
        [PV_XPASS] = "xpass",
        [PV_NOT_CLAIMED] = "not-claimed",
        [PV_CANNOT_TELL] = "cannot-tell",
        [PV_NA] = "n/a",
        [PV_BLOCKED] = "blocked",
        [PV_BROKEN] = "error",
};
static const char *const failures[PV_N_FAILURES] = {"none", "wrong", "wedged", "crashed"};
static const char *const origins[PV_N_ORIGINS] = {"theirs", "ours", "modelled"};
static const char *const levels[PV_N_LEVELS] = {"MUST", "SHOULD", "MAY"};
static const char *const areas[PV_N_AREAS] = {
        "discovery", "events", "compatibility", "coherence", "sev", "robustness",
};
static const char *const bases[PV_N_BASES] = {
        "documented", "implementation", "consumer", "derived", "ours",
};
static const char *const guests[] = {"plain", "sev", "sev-es", "sev-snp"};
static const char *const phases[] = {"pei", "sec", "dxe", "os", "smm", "aml"};

static const char *
word(const char *const *table, size_t n, unsigned value)
{
        return value < n ? table[value] : NULL;
}

static int
parse(const char *const *table, size_t n, const char *text)
{
        for (size_t i = 0; i < n; i++)
                if (!strcmp(table[i], text))
                        return (int) i;
        return -1;
}

const char *
pv_verdict_word(PvVerdict verdict)
{
        return word(verdicts, N_WORDS(verdicts), verdict);
}

const char *
pv_failure_word(PvFailure failure)
{
        return word(failures, N_WORDS(failures), failure);
}

const char *
pv_origin_word(PvOrigin origin)
{
        return word(origins, N_WORDS(origins), origin);
}

const char *
pv_level_word(PvLevel level)
{
        return word(levels, N_WORDS(levels), level);
}

const char *
pv_area_word(PvArea area)
{
        return word(areas, N_WORDS(areas), area);
}

const char *
pv_basis_word(PvBasis basis)
{
        return word(bases, N_WORDS(bases), basis);
}

const char *
pv_guest_word(PvGuestKind guest)
{
        return word(guests, N_WORDS(guests), guest);
}

const char *
pv_phase_word(PvPhase phase)
{
        return word(phases, N_WORDS(phases), phase);
}

const char *
pv_finding_word(int result)
{
        static const char *const findings[] = {
                [PV_OK] = "no finding",         [PV_E_ABSENT] = "absent",
                [PV_E_IDLE] = "idle",           [PV_E_REFUSED] = "refused",
                [PV_E_MALFORMED] = "malformed", [PV_E_UNSUPPORTED] = "unsupported",
                [PV_E_TOO_SMALL] = "too small",
                [PV_E_BAD_READBACK] = "malformed (read back)",
                [PV_E_BAD_STATUS] = "malformed (status)",
                [PV_E_BAD_SELECTOR] = "malformed (selector)",
                [PV_E_BAD_COUNT] = "malformed (count)",
                [PV_E_BAD_PRESENT] = "malformed (present)",
                [PV_E_BAD_ID] = "malformed (APIC ID)",
                [PV_E_ID_TWICE] = "malformed (APIC ID twice)",
                [PV_E_CONTRADICTION] = "malformed (contradiction)",
                [PV_E_BAD_DIRECTORY] = "malformed (directory)",
                [PV_E_BAD_NAME] = "malformed (file name)",
                [PV_E_BAD_KEY] = "malformed (key)",
                [PV_E_BAD_SIZE] = "malformed (size)",
                [PV_E_BAD_FORMAT] = "malformed (format)",
                [PV_E_BAD_TOPOLOGY] = "malformed (topology)",
                [PV_E_UNFINISHED] = "malformed (unfinished transfer)",
                [PV_E_SHORT] = "malformed (short transfer)",
                [PV_E_UNSTEADY] = "malformed (unsteady)",
                [PV_E_BOOT_CPU] = "malformed (boot CPU)",
        };

        if (result < 0)
                return result == PV_E_BUDGET ? "out of budget" : result == PV_E_FORBIDDEN ? "forbidden" : result == PV_E_TERMINATED ? "terminated" : "gone";
        return result < (int) N_WORDS(findings) && findings[result] ? findings[result] : "unknown";
}

int
pv_verdict_parse(const char *text)
{
        return parse(verdicts, N_WORDS(verdicts), text);
}

int
pv_guest_parse(const char *text)
{
        return parse(guests, N_WORDS(guests), text);
}

int
pv_phase_parse(const char *text)
{
        return parse(phases, N_WORDS(phases), text);
}
