/* SPDX-License-Identifier: MIT */
/* `pvabi check --hostile`: every lie of a device against every consumer. */
#ifndef PVABI_CLI_HOSTILE_H
#define PVABI_CLI_HOSTILE_H

#include "cli/options.h"
#include "common/loader.h"
#include "common/record.h"

int pv_hostile_verb(const PvOptions *options);

/*
 * Tells each candidate every lie on the model and records what came of it; in a process for each, so that one
 * that goes down, or is silent for `timeout` seconds, takes nothing with it: PV_ERROR_HARNESS names it. FALSE
 * without an error when interrupted.
 */
gboolean pv_hostile_record_all(PvLoader *loader, GPtrArray *candidates, guint timeout, PvRecorder *recorder,
                               GError **error);

/* Likewise, of those that are there for contrast. */
gboolean pv_hostile_record_contrast(PvLoader *loader, guint timeout, PvRecorder *recorder, GError **error);

#endif
