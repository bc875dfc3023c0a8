/* SPDX-License-Identifier: MIT */
/*
 * Page state change requests of an SNP guest, modelled: the guest lists pages in the GHCB's buffer, the host goes through
 * them and may stop anywhere. Source: edk2 BaseMemEncryptSevLib, SnpPageStateChange.
 */
#ifndef PVABI_COMMON_PSC_H
#define PVABI_COMMON_PSC_H

#include "common/check.h"

#define PV_PSC_ENTRIES 253u /* that one request has room for */

/* lie: PV_MUTATE_PSC_*; NULL: an honest host. met: requests that it has been told in. */
typedef struct PvPscHost {
        const PvMutation *lie;
        unsigned met;
} PvPscHost;

/*
 * Asks for n pages, as many requests as it takes; the guest goes by its own list and never by the one that it
 * shares. 0, or PV_E_TERMINATED: the answer was an error, went back, went past the end, or came to nothing.
 */
int pv_psc_request(PvPscHost *host, uint32_t n, PvGuestSteps *steps);

#endif
