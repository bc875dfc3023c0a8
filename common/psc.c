/* SPDX-License-Identifier: MIT */
/* Both ends of a page state change request. */
#include "common/psc.h"

#define IDLE_ANSWERS 8u /* in a row, until the host counts as one that never will */

/* The header of the shared list: entry `current` is the next to be done, `end` the last. */
typedef struct Header {
        uint16_t current, end;
} Header;

/* The host's part: returns SW_EXITINFO2. */
static uint64_t
answer(PvPscHost *host, Header *shared, PvGuestSteps *steps)
{
        const PvMutation *lie = host->lie;
        const bool psc = lie && (lie->kind == PV_MUTATE_PSC_ENTRY || lie->kind == PV_MUTATE_PSC_RESULT);

        if (psc && host->met++ >= lie->skip) {
                steps->lies_told++;
                if (lie->kind == PV_MUTATE_PSC_RESULT)
                        return lie->operand;
                shared->current = (uint16_t) (host->met == 1 ? lie->operand : lie->then);
                return 0;
        }
        shared->current = (uint16_t) (shared->end + 1);
        return 0;
}

static int
request(PvPscHost *host, uint16_t n, PvGuestSteps *steps)
{
        Header shared = {.current = 0, .end = (uint16_t) (n - 1)};
        uint16_t done = 0;

        for (unsigned idle = 0; done < n && idle < IDLE_ANSWERS;) {
                uint64_t result = answer(host, &shared, steps);
                uint16_t current = shared.current; /* once: the host may change it at any time */

                steps->psc_exits++;
                if (result || current < done || current > n)
                        return PV_E_TERMINATED;
                idle = current == done ? idle + 1 : 0;
                done = current;
        }
        return done == n ? 0 : PV_E_TERMINATED;
}

int
pv_psc_request(PvPscHost *host, uint32_t n, PvGuestSteps *steps)
{
        int r = 0;

        while (n > 0 && !r) {
                uint32_t some = n < PV_PSC_ENTRIES ? n : PV_PSC_ENTRIES;

                r = request(host, (uint16_t) some, steps);
                n -= some;
        }
        return r;
}
