/* SPDX-License-Identifier: MIT */
/* What a real VMM is held to when no profile was claimed for it. */
#ifndef PVABI_CLI_DERIVE_H
#define PVABI_CLI_DERIVE_H

#include "common/target.h"

/* Does anything tell what this VMM has? */
gboolean pv_derive_can(const PvTarget *target);

/* The register block that this version has. */
const char *pv_derive_block(const PvTarget *target);

/* Names of candidates, g_strfreev: what this version has, as this machine type has it. */
char **pv_derive_candidates(const PvTarget *target);

/* The topology for checks that hold for any, where the machine type takes only one; else NULL. */
const char *pv_derive_smp(const PvTarget *target);

#endif
