/* SPDX-License-Identifier: MIT */
/* Probes: unspecified accesses, whose answers are recorded and never judged. */
#ifndef PVABI_CONFORMANCE_PROBE_H
#define PVABI_CONFORMANCE_PROBE_H

#include <glib.h>
#include <json-glib/json-glib.h>

#include "conformance/suite.h"

/* A probe of one part of a machine. */
typedef struct PvProbeEntry {
        const PvProbe *probe;
        const PvPart *part;
} PvProbeEntry;

/* Those that the machine's revisions have; a GArray of PvProbeEntry. */
GArray *pv_probes_of(const PvCandidate *candidate);
const PvProbeEntry *pv_probe_find(GArray *probes, const char *id);

/*
 * Makes the accesses. The record of what they read; of as many as there were, with the reason, when they
 * broke off.
 */
JsonObject *pv_probe_run(const PvSuiteRun *run, const PvProbeEntry *entry);

/* The record of a probe that got no answer, and why. */
JsonObject *pv_probe_unanswered(const PvSuiteRun *run, const PvProbeEntry *entry, const char *reason);

#endif
