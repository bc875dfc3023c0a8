/* SPDX-License-Identifier: MIT */
/* What each byte is that the host supplies: a result and a number in registers, and a list in shared pages. */
#include "ghcb-apic-ids.h"

#define REGISTER(where) .place = PV_FIELD_REGISTER, .offset = where, .length = 4
#define OF_EXCHANGE .indexed = true, .index_offset = GAI_PAGES_RW /* with so many pages */
#define LIST(at, n) .place = PV_FIELD_PAGE, .offset = at, .length = n

const PvField gai_fields[] = {
        {"signature", "finds the host's part", REGISTER(GAI_SIGNATURE_R)},
        {GAI_FIELD_PAGES, "says how much memory to share", REGISTER(GAI_PAGES_RW), OF_EXCHANGE},
        {GAI_FIELD_RESULT, "says what came of an exchange", REGISTER(GAI_RESULT_R), OF_EXCHANGE},
        {GAI_FIELD_COUNT, "counts the CPUs that can be, and bounds the list", LIST(GAI_LE_COUNT, 4)},
        {GAI_FIELD_IDS, "names a CPU", LIST(GAI_LE_IDS, GAI_ID_SIZE), .per_cpu = true},
};

const size_t gai_n_fields = sizeof gai_fields / sizeof gai_fields[0];
