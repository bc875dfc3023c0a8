/* SPDX-License-Identifier: MIT */
/* pvabi check --ledger, and the ledger's part of a campaign. */
#ifndef PVABI_CLI_LEDGER_H
#define PVABI_CLI_LEDGER_H

#include "cli/options.h"
#include "common/loader.h"
#include "common/record.h"

int pv_ledger_verb(const PvOptions *options);

/* Appends the ledger of each of these PvCandidates, on the model. */
gboolean pv_ledger_append(PvLoader *loader, GPtrArray *candidates, PvRecorder *recorder, GError **error);

#endif
