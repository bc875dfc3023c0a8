/* SPDX-License-Identifier: MIT */
/* The first record of a run: what was run, on what. */
#ifndef PVABI_CLI_HEADER_H
#define PVABI_CLI_HEADER_H

#include <glib.h>
#include <json-glib/json-glib.h>

#include "common/verdict.h"

typedef struct PvHeader {
        const char *command;
        gint seed;
        PvLevel level;
        const char *shard; /* "K/N"; NULL: everything */
        GPtrArray *candidates; /* names */
        gboolean asked_for;    /* the user named them: then each stands in the headline */
        GPtrArray *targets;    /* PvTarget */
        GPtrArray *not_run;    /* target names and reasons, in pairs */
} PvHeader;

JsonObject *pv_header_record(const PvHeader *header);

#endif
