/* SPDX-License-Identifier: MIT */
/* The tables of checks and of exclusions, as one list. */
#include "conformance/requirement.h"

#include <string.h>

#include "common/record.h"
#include "common/verdict.h"
#include "conformance/checks.h"
#include "conformance/prediction.h"
#include "conformance/suite.h"

static void
add_checks(GArray *requirements, GArray *suite)
{
        for (guint i = 0; i < suite->len; i++) {
                const PvSuiteEntry *entry = &g_array_index(suite, PvSuiteEntry, i);
                const PvCheck *check = entry->check;
                PvRequirement requirement = {
                        .id = check->id, .level = check->level, .basis = check->basis,
                        .source = check->source, .requirement = check->requirement,
                        .backend = entry->backend, .check = check,
                };

                g_array_append_val(requirements, requirement);
        }
}

static void
add_exclusions(GArray *requirements, const PvExclusion *exclusions, size_t n, const PvBackend *backend)
{
        for (size_t i = 0; i < n; i++) {
                const PvExclusion *e = &exclusions[i];
                PvRequirement requirement = {
                        .id = e->id, .level = e->level, .basis = e->basis, .source = e->source,
                        .requirement = e->requirement, .backend = backend, .reason = e->reason,
                        .state = e->untested ? PV_REQUIREMENT_UNTESTED : PV_REQUIREMENT_EXCLUDED,
                };

                g_array_append_val(requirements, requirement);
        }
}

static int
by_backend_and_id(gconstpointer a, gconstpointer b)
{
        const PvRequirement *x = a, *y = b;
        int order = g_strcmp0(x->backend ? x->backend->name : NULL, y->backend ? y->backend->name : NULL);

        return order ? order : strcmp(x->id, y->id);
}

GArray *
pv_requirements(const PvBackend *const *backends, unsigned n_backends)
{
        GArray *requirements = g_array_new(FALSE, FALSE, sizeof(PvRequirement));
        g_autoptr(GArray) suite = pv_suite(backends, n_backends);

        add_checks(requirements, suite);
        add_exclusions(requirements, pv_check_exclusions, pv_n_check_exclusions, NULL);
        for (unsigned i = 0; i < n_backends; i++)
                add_exclusions(requirements, backends[i]->exclusions, backends[i]->n_exclusions, backends[i]);
        g_array_sort(requirements, by_backend_and_id);
        return requirements;
}

const PvRequirement *
pv_requirement_find(GArray *requirements, const char *id)
{
        for (guint i = 0; i < requirements->len; i++)
                if (!strcmp(g_array_index(requirements, PvRequirement, i).id, id))
                        return &g_array_index(requirements, PvRequirement, i);
        return NULL;
}

const char *
pv_requirement_state_word(PvRequirementState state)
{
        static const char *const word[PV_N_REQUIREMENT_STATES] = {
                [PV_REQUIREMENT_TESTED] = "tested",
                [PV_REQUIREMENT_UNTESTED] = "untested",
                [PV_REQUIREMENT_EXCLUDED] = "excluded",
        };

        return word[state];
}

/* Why runs say something else than was predicted: what was, what they say, and the reason. */
static JsonArray *
deviations(const char *id)
{
        JsonArray *array = json_array_new();

        for (gsize i = 0; i < pv_n_deviations; i++) {
                const PvDeviation *deviation = &pv_deviations[i];
                JsonObject *object;

                if (strcmp(deviation->id, id))
                        continue;
                object = json_object_new();
                json_object_set_string_member(object, "predicted",
                                              pv_prediction_letter_word(deviation->predicted));
                json_object_set_string_member(object, "run", pv_prediction_letter_word(deviation->run));
                json_object_set_string_member(object, "why", deviation->why);
                json_array_add_object_element(array, object);
        }
        return array;
}

JsonObject *
pv_requirement_record(const PvRequirement *requirement)
{
        const PvPrediction *prediction = pv_prediction_find(requirement->id);
        JsonObject *record = pv_record_new("requirement");

        json_object_set_string_member(record, "id", requirement->id);
        json_object_set_string_member(record, "level", pv_level_word(requirement->level));
        json_object_set_string_member(record, "source", requirement->source);
        json_object_set_string_member(record, "requirement", requirement->requirement);
        json_object_set_string_member(record, "state", pv_requirement_state_word(requirement->state));
        json_object_set_string_member(record, "reason", requirement->reason ? requirement->reason : "");
        if (!prediction)
                return record;
        json_object_set_string_member(record, "row", prediction->row);
        json_object_set_boolean_member(record, "leads", prediction->leads);
        json_object_set_array_member(record, "deviations", deviations(requirement->id));
        return record;
}
