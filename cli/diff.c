/* SPDX-License-Identifier: MIT */
/* pvabi diff: what changed between two runs. */
#include "reports/diff.h"

#include <stdio.h>

#include "cli/options.h"
#include "cli/records.h"
#include "cli/verbs.h"
#include "common/error.h"
#include "reports/diff-limit.h"

static GArray *
parse_limits(char **texts, GError **error)
{
        g_autoptr(GArray) limits = g_array_new(FALSE, FALSE, sizeof(PvDiffLimit));

        for (guint i = 0; texts && texts[i]; i++) {
                PvDiffLimit limit;

                if (!pv_diff_limit_parse(texts[i], &limit, error))
                        return NULL;
                g_array_append_val(limits, limit);
        }
        return g_steal_pointer(&limits);
}

/* What the limits come to; the lines are for stderr. */
typedef struct Judgement {
        GPtrArray *broken;
        GPtrArray *idle; /* limits that found nothing to compare */
        gboolean rule_counts;
} Judgement;

static void
judgement_clear(Judgement *judgement)
{
        g_clear_pointer(&judgement->broken, g_ptr_array_unref);
        g_clear_pointer(&judgement->idle, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Judgement, judgement_clear)

static Judgement
judge(const GArray *limits, const PvDiff *diff)
{
        Judgement judgement = {g_ptr_array_new_with_free_func(g_free), g_ptr_array_new(), FALSE};

        for (guint i = 0; i < limits->len; i++) {
                const PvDiffLimit *limit = &g_array_index(limits, PvDiffLimit, i);
                g_auto(PvDiffLimitResult) result = pv_diff_limit_judge(limit, diff);

                judgement.rule_counts |= pv_diff_limit_rules_counts(limit);
                if (result.compared == 0)
                        g_ptr_array_add(judgement.idle, (gpointer) limit->text);
                g_ptr_array_extend_and_steal(judgement.broken, g_steal_pointer(&result.broken));
        }
        return judgement;
}

static PvExit
exit_code(const PvDiff *diff, const Judgement *judgement, gboolean strict)
{
        guint compared = 0;

        for (guint kind = 0; kind < PV_N_DIFF_KINDS; kind++)
                compared += pv_diff_compared(diff, (PvDiffKind) kind);
        if (pv_diff_got_worse(diff, !judgement->rule_counts))
                return PV_EXIT_UNEXPECTED;
        if (compared == 0 || judgement->idle->len || (strict && diff->fields->len))
                return PV_EXIT_INCOMPLETE;
        return judgement->broken->len ? PV_EXIT_THRESHOLD : PV_EXIT_OK;
}

static void
print_json(const PvDiff *diff, const Judgement *judgement, PvExit code)
{
        g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
        JsonObject *root = pv_diff_to_json(diff);
        JsonArray *broken = json_array_new();
        g_autofree char *text = NULL;

        for (guint i = 0; i < judgement->broken->len; i++)
                json_array_add_string_element(broken, judgement->broken->pdata[i]);
        json_object_set_array_member(root, "broken", broken);
        json_object_set_int_member(root, "exit", code);
        json_node_take_object(node, root);
        text = json_to_string(node, TRUE);
        g_print("%s\n", text);
}

/* Why the exit code is what it is, where the changes do not say so. */
static void
explain(const PvDiff *diff, const Judgement *judgement)
{
        guint compared = 0;

        for (guint kind = 0; kind < PV_N_DIFF_KINDS; kind++)
                compared += pv_diff_compared(diff, (PvDiffKind) kind);
        for (guint i = 0; i < judgement->broken->len; i++)
                fprintf(stderr, "pvabi: broken: %s\n", (const char *) judgement->broken->pdata[i]);
        for (guint i = 0; i < judgement->idle->len; i++)
                fprintf(stderr,
                        "pvabi: --fail-on '%s' found nothing to compare; the lines above say what keeps it\n",
                        (const char *) judgement->idle->pdata[i]);
        if (compared == 0)
                fputs("pvabi: nothing to compare: the files share no verdict, no sample and no time that may "
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
        g_auto(Judgement) judgement = {0};
        PvExit code;

        if (!diff)
                return pv_complain(error);
        judgement = judge(limits, diff);
        code = exit_code(diff, &judgement, options->strict);
        if (options->json)
                print_json(diff, &judgement, code);
        else
                pv_diff_print(diff);
        fflush(stdout);
        explain(diff, &judgement);
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
        limits = parse_limits(options.fail_on, &error);
        return limits ? compare(&options, limits) : pv_complain(error);
}
