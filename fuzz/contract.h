/* SPDX-License-Identifier: MIT */
/* What a consumer keeps to, whatever it is told: shared by the harnesses that lie to one. */
#ifndef PVABI_FUZZ_CONTRACT_H
#define PVABI_FUZZ_CONTRACT_H

#include <glib.h>

#include "common/consumer.h"

/* Ends the run when it does not hold. */
void must(gboolean holds, const char *what);

/* Exactly as large as the contract says, between canaries. */
PvView guarded_view(uint32_t capacity);
void guarded_view_free(PvView *view);

/* Each makes the call and looks at what came of it; returns what the call did. */
int contract_detect(const PvConsumerOps *ops, void *state);
int contract_enumerate(const PvConsumerOps *ops, void *state, uint32_t wanted, PvView *view);
int contract_poll(const PvConsumerOps *ops, void *state, PvView *view);
/* Of the event that poll found. */
int contract_ack(const PvConsumerOps *ops, void *state, PvView *view);
int contract_eject(const PvConsumerOps *ops, void *state, uint32_t selector);
int contract_ost(const PvConsumerOps *ops, void *state, uint32_t selector);

#endif
