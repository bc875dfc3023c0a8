/* SPDX-License-Identifier: MIT */
/*
 * The trust ledger: for each byte that a consumer is told in one life, by whom, over which channel, how often
 * it was read, what it is for, and what becomes of lies about it; and which pages it shares meanwhile.
 */
#ifndef PVABI_CONFORMANCE_LEDGER_H
#define PVABI_CONFORMANCE_LEDGER_H

#include <glib.h>

#include "common/record.h"
#include "common/session.h"

/*
 * Records "ledger" and "ledger-pages" of a candidate, in every kind of guest and the phases that it has;
 * given to take(), which owns them. undeclared: bytes that match no field of a backend that declares any.
 */
gboolean pv_ledger_run(PvLoader *loader, const PvCandidate *candidate, const PvTarget *model,
                       void (*take)(void *data, JsonObject *record), void *data, guint64 *ret_undeclared,
                       GError **error);

#endif
