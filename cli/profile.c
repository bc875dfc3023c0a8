/* SPDX-License-Identifier: MIT */
/* Profiles on the command line: --profile, what one must fit, and what is said of it. */
#include "cli/profile.h"

#include <string.h>

#include "common/error.h"
#include "conformance/suite.h"

gboolean
pv_cli_is_attached(const char *target)
{
        return g_str_has_prefix(target, PV_ATTACH_PREFIX);
}

static gboolean
is_native(const char *target)
{
        return !strcmp(target, pv_target_native.kind);
}

static gboolean
is_guest_of_command(const char *target)
{
        return g_str_has_prefix(target, pv_target_guest.kind) && target[strlen(pv_target_guest.kind)] == ':';
}

/* The names, with `option` behind those that take it. NULL: none does. g_strfreev. */
static char **
with_option(char **targets, gboolean (*takes)(const char *target), const char *option)
{
        g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
        gboolean any = FALSE;

        for (guint i = 0; targets && targets[i]; i++) {
                any |= takes(targets[i]);
                g_ptr_array_add(names, g_strconcat(targets[i], takes(targets[i]) ? option : NULL, NULL));
        }
        g_ptr_array_add(names, NULL);
        return any ? (char **) g_ptr_array_free(g_steal_pointer(&names), FALSE) : NULL;
}

static gboolean
add_option(char ***names, gboolean (*takes)(const char *target), const char *option, const char *refusal,
           GError **error)
{
        char **more = with_option(*names, takes, option);

        if (!more) {
                g_set_error_literal(error, PV_ERROR, PV_ERROR_USAGE, refusal);
                return FALSE;
        }
        g_strfreev(*names);
        *names = more;
        return TRUE;
}

char **
pv_cli_target_names(const PvOptions *o, GError **error)
{
        char *none[] = {NULL};
        g_auto(GStrv) names = g_strdupv(o->targets ? o->targets : none);
        g_autofree char *profile = g_strconcat(",profile=", o->profile, NULL);
        g_autofree char *quoted = g_shell_quote(o->host_command ? o->host_command : "");
        g_autofree char *host_command = g_strconcat(" " PV_GUEST_HOST_COMMAND " ", quoted, NULL);

        if (o->profile && !add_option(&names, pv_cli_is_attached, profile,
                                      "--profile is about a program that is attached to; name it with "
                                      "--target " PV_ATTACH_PREFIX "PATH",
                                      error))
                return NULL;
        if (o->host_command && !add_option(&names, is_guest_of_command, host_command,
                                           "--host-cmd is about a VMM that a command starts; name it with "
                                           "--target guest:COMMAND",
                                           error))
                return NULL;
        if (o->force &&
            !add_option(&names, is_native, PV_NATIVE_FORCE,
                        "--force is about the machine we run in; name it with --target native", error))
                return NULL;
        return g_steal_pointer(&names);
}

static gboolean
matches_any(GArray *suite, const char *glob)
{
        for (guint i = 0; i < suite->len; i++)
                if (g_pattern_match_simple(glob, g_array_index(suite, PvSuiteEntry, i).check->id))
                        return TRUE;
        return FALSE;
}

gboolean
pv_cli_check_profile(PvLoader *loader, const PvProfile *profile, GError **error)
{
        const PvBackend *backends[PV_PROFILE_PARTS];
        g_autoptr(GArray) suite = NULL;

        for (guint i = 0; i < profile->n_parts; i++) {
                g_autoptr(GError) cause = NULL;

                backends[i] = pv_loader_get(loader, profile->part[i].backend, &cause);
                if (!backends[i]) {
                        g_set_error(error, PV_ERROR, PV_ERROR_USAGE, "profile %s: [%s]: %s", profile->name,
                                    profile->part[i].backend, cause->message);
                        return FALSE;
                }
                if (!pv_profile_check(profile, &profile->part[i], backends[i], error))
                        return FALSE;
        }
        suite = pv_suite(backends, profile->n_parts);
        for (guint i = 0; i < profile->gaps->len; i++) {
                const char *glob = g_array_index(profile->gaps, PvProfileGap, i).glob;

                if (matches_any(suite, glob))
                        continue;
                g_set_error(error, PV_ERROR, PV_ERROR_USAGE,
                            "profile %s: no check matches '%s'; 'pvabi list checks' shows their IDs",
                            profile->name, glob);
                return FALSE;
        }
        return TRUE;
}

char *
pv_cli_profile_words(const PvProfile *profile)
{
        return g_strdup_printf("profile %s, %s: %s%s%s%s%s", profile->name,
                               profile->run ? "run against it" : "untested, only read", profile->summary,
                               profile->events ? "; events by " : "", profile->events ? profile->events : "",
                               profile->source ? "; source: " : "", profile->source ? profile->source : "");
}
