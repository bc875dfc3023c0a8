/* SPDX-License-Identifier: MIT */
/* The first record of a run: what was run, on what. */
#ifndef PVABI_CLI_HEADER_H
#define PVABI_CLI_HEADER_H

#include <glib.h>
#include <json-glib/json-glib.h>

#include "cli/legs.h"
#include "common/verdict.h"

typedef struct PvHeader {
        const char *command;
        gint seed;
        PvLevel level;
        const char *shard; /* "K/N"; NULL: everything */
        gboolean asked_for; /* the user named the candidates: then each stands in the headline that is not experimental */
        const PvLegs *legs;
} PvHeader;

JsonObject *pv_header_record(const PvHeader *header);

#endif
