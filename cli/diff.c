/* SPDX-License-Identifier: MIT */
/* pvabi diff: what changed between two runs. */
#include "reports/diff.h"

#include <stdio.h>

#include "cli/limits.h"
#include "cli/options.h"
#include "cli/records.h"
#include "cli/verbs.h"
#include "common/error.h"

static guint
compared(const PvDiff *diff)
{
        guint n = 0;

        for (guint kind = 0; kind < PV_N_DIFF_KINDS; kind++)
                n += pv_diff_compared(diff, (PvDiffKind) kind);
        return n;
}

static PvExit
exit_code(const PvDiff *diff, const PvLimitsEnd *end, gboolean strict)
{
        if (pv_diff_got_worse(diff, !end->rule_counts))
                return PV_EXIT_UNEXPECTED;
        if (compared(diff) == 0 || (strict && diff->fields->len))
                return PV_EXIT_INCOMPLETE;
        return pv_cli_limits_end_exit(end);
}

static void
print_json(const PvDiff *diff, const PvLimitsEnd *end, PvExit code)
{
        g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
        JsonObject *root = pv_diff_to_json(diff);
        JsonArray *broken = json_array_new();
        g_autofree char *text = NULL;

        for (guint i = 0; i < end->broken->len; i++)
                json_array_add_string_element(broken, end->broken->pdata[i]);
        json_object_set_array_member(root, "broken", broken);
        json_object_set_int_member(root, "exit", code);
        json_node_take_object(node, root);
        text = json_to_string(node, TRUE);
        g_print("%s\n", text);
}

/* Why the exit code is what it is, where the changes do not say so. */
static void
explain(const PvDiff *diff, const PvLimitsEnd *end)
{
        pv_cli_limits_end_say(end);
        if (compared(diff) == 0)
                fputs("pvabi: nothing to compare: the files share no verdict, no lie, no sample and no time that may "
                      "be compared; "
                      "run both with the same -c and --target\n",
                      stderr);
}

static int
compare(const PvOptions *options, const GArray *limits)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) old = pv_cli_records_read(options->rest[0], &error);
        g_autoptr(GPtrArray) new = old ? pv_cli_records_read(options->rest[1], &error) : NULL;
        g_autoptr(PvDiff) diff = new ? pv_diff_new(old, new) : NULL;
        g_auto(PvLimitsEnd) end = {0};
        PvExit code;

        if (!diff)
                return pv_complain(error);
        end = pv_cli_limits_judge(limits, diff);
        code = exit_code(diff, &end, options->strict);
        if (options->json)
                print_json(diff, &end, code);
        else
                pv_diff_print(diff);
        fflush(stdout);
        explain(diff, &end);
        return code;
}

int
pv_verb_diff(int argc, char **argv)
{
        g_autofree char *metrics = pv_diff_limit_help();
        g_autofree char *summary =
                g_strconcat("What changed between two runs: verdicts; counts, exactly; times, above the "
                            "noise floor and only\n"
                            "between like environments. Each is a record file or the folder of a run. Exit "
                            "codes: 0 nothing got\n"
                            "worse; 1 a verdict, an answer or a count did; 3 there was nothing to compare, "
                            "or nothing for a\n"
                            "--fail-on, or with --strict the environments differ; 4 a --fail-on broke.\n\n",
                            metrics, NULL);
        g_auto(PvOptions) options = {0};
        g_autoptr(GError) error = NULL;
        g_autoptr(GArray) limits = NULL;
        int code;

        if (!pv_options_parse(&options, PV_OPTIONS_DIFF | PV_OPTIONS_JSON | PV_OPTIONS_REST, "OLD NEW",
                              summary, argc, argv, &code))
                return code;
        if (!options.rest || g_strv_length(options.rest) != 2) {
                fputs("pvabi: diff takes two runs; name a record file or folder of each, OLD and NEW\n",
                      stderr);
                return PV_EXIT_USAGE;
        }
        limits = pv_cli_limits_parse(options.fail_on, &error);
        return limits ? compare(&options, limits) : pv_complain(error);
}
