/* SPDX-License-Identifier: MIT */
/* Profiles on the command line. */
#ifndef PVABI_CLI_PROFILE_H
#define PVABI_CLI_PROFILE_H

#include "cli/options.h"
#include "common/loader.h"
#include "common/profile.h"
#include "common/target.h"

/* Is this the name of a program that is attached to? */
gboolean pv_cli_is_attached(const char *target);

/*
 * The targets that were named, with what --profile, --host-cmd and --force add to some of them. g_strfreev.
 * PV_ERROR_USAGE when one of these is given and no target takes it.
 */
char **pv_cli_target_names(const PvOptions *options, GError **error);

/* Do its backends, revisions, features and globs exist? PV_ERROR_USAGE names those that do. */
gboolean pv_cli_check_profile(PvLoader *loader, const PvProfile *profile, GError **error);

/* One line: name, status, summary. g_free. */
char *pv_cli_profile_words(const PvProfile *profile);

#endif
