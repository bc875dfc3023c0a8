/* SPDX-License-Identifier: MIT */
/* Which candidates run on which targets: as the user named them, or what there is. */
#include "cli/legs.h"

#include <stdio.h>
#include <string.h>

#include "cli/derive.h"
#include "cli/profile.h"
#include "common/error.h"
#include "conformance/expect.h"

/* Not in the headline: what the OS does, and the naive DMA that shows what fails by construction. */
static const char *const beside_headline[] = {
        "regblock:qemu-6.0/ospm",
        "fwcfg:topology+regblock:qemu-2.7/dma-private",
        NULL,
};

static void
leg_clear(gpointer data)
{
        PvLeg *leg = data;

        pv_target_free(leg->target);
        g_free(leg->blocked);
        g_ptr_array_unref(leg->candidates);
}

void
pv_legs_init(PvLegs *l, PvLoader *loader)
{
        l->loader = loader;
        l->candidates = g_ptr_array_new_with_free_func((GDestroyNotify) pv_candidate_free);
        l->not_run = g_ptr_array_new_with_free_func(g_free);
        l->leg = g_array_new(FALSE, FALSE, sizeof(PvLeg));
        g_array_set_clear_func(l->leg, leg_clear);
}

void
pv_legs_clear(PvLegs *l)
{
        g_clear_pointer(&l->leg, g_array_unref);
        g_clear_pointer(&l->candidates, g_ptr_array_unref);
        g_clear_pointer(&l->not_run, g_ptr_array_unref);
}

static gboolean
add_candidate(PvLegs *l, PvLeg *leg, const char *name, GError **error)
{
        g_autoptr(PvExpectations) expectations = NULL;
        PvCandidate *candidate = NULL;

        for (guint i = 0; i < l->candidates->len && !candidate; i++)
                if (!strcmp(((PvCandidate *) l->candidates->pdata[i])->name, name))
                        candidate = l->candidates->pdata[i];
        if (!candidate) {
                candidate = pv_candidate_parse(l->loader, name, error);
                if (!candidate)
                        return FALSE;
                g_ptr_array_add(l->candidates, candidate);
                expectations = pv_expectations_load(l->loader, candidate, NULL, error);
                if (!expectations)
                        return FALSE;
        }
        if (!g_ptr_array_find(leg->candidates, candidate, NULL))
                g_ptr_array_add(leg->candidates, candidate);
        return TRUE;
}

static gboolean
add_candidates(PvLegs *l, PvLeg *leg, const char *const *names, GError **error)
{
        for (guint i = 0; names && names[i]; i++)
                if (!add_candidate(l, leg, names[i], error))
                        return FALSE;
        return TRUE;
}

/* Of an attached program, or a VMM that is no QEMU: nobody can be asked what it has, so the user says so. */
static gboolean
add_claimed(PvLegs *l, PvLeg *leg, GError **error)
{
        g_autofree char *machine = pv_profile_machine(leg->target->profile);

        if (machine)
                return add_candidate(l, leg, machine, error);
        g_set_error(error, PV_ERROR, PV_ERROR_USAGE,
                    "what the machine at %s has is not known; name it with -c, as in -c regblock:qemu-5.0%s",
                    leg->target->name, leg->target->ops->addressed ? ", or by a --profile" : "");
        return FALSE;
}

/* Of a real VMM, with no profile claimed. */
static gboolean
add_derived(PvLegs *l, PvLeg *leg, GError **error)
{
        g_auto(GStrv) names = pv_derive_candidates(leg->target);

        return add_candidates(l, leg, (const char *const *) names, error);
}

static gboolean
choose_candidates(PvLegs *l, PvLeg *leg, GError **error)
{
        const PvTargetOps *ops = leg->target->ops;
        const PvProfile *profile = leg->target->profile;

        if (profile && !pv_cli_check_profile(l->loader, profile, error))
                return FALSE;
        if (l->options->candidates)
                return add_candidates(l, leg, (const char *const *) l->options->candidates, error);
        if (!pv_derive_can(leg->target))
                return add_claimed(l, leg, error);
        if (ops->device == PV_ORIGIN_THEIRS && !(l->campaign->headline && ops->injects))
                return add_derived(l, leg, error);
        return add_candidates(l, leg, pv_headline, error) &&
               (l->campaign->headline || add_candidates(l, leg, beside_headline, error)) &&
               (!l->campaign->appendix || ops != &pv_target_model || add_candidates(l, leg, pv_appendix, error));
}

static gboolean
add_leg(PvLegs *l, const char *name, gboolean asked_for, GError **error)
{
        PvLeg leg = {.candidates = g_ptr_array_new()};
        g_autofree char *why = NULL;
        gboolean ok;

        leg.target = pv_target_parse(name, error);
        if (!leg.target) {
                g_ptr_array_unref(leg.candidates);
                return FALSE;
        }
        if (!leg.target->ops->usable(leg.target, &why)) {
                g_ptr_array_add(l->not_run, g_strdup(name));
                g_ptr_array_add(l->not_run, g_strdup(why));
                if (!asked_for) {
                        leg_clear(&leg);
                        return TRUE;
                }
                leg.blocked = g_steal_pointer(&why);
                fprintf(stderr, "pvabi: target %s: blocked: %s\n", name, leg.blocked);
        }
        ok = choose_candidates(l, &leg, error);
        g_array_append_val(l->leg, leg);
        return ok;
}

static gboolean
named_before(char **names, guint i)
{
        for (guint j = 0; j < i; j++)
                if (!strcmp(names[j], names[i]))
                        return TRUE;
        return FALSE;
}

gboolean
pv_legs_add(PvLegs *l, const PvCampaign *campaign, const PvOptions *o, GError **error)
{
        g_auto(GStrv) targets = pv_cli_target_names(o, error);

        if (!targets || (o->errata && !pv_errata_check(o->errata, error)))
                return FALSE;
        l->campaign = campaign;
        l->options = o;
        for (guint i = 0; targets[i]; i++)
                if (!named_before(targets, i) && !add_leg(l, targets[i], TRUE, error))
                        return FALSE;
        if (o->targets)
                return TRUE;
        for (guint i = 0; pv_targets[i]; i++) {
                const PvTargetOps *ops = pv_targets[i];

                if (ops != &pv_target_model && (!campaign->every_target || ops->one))
                        continue;
                if (!add_leg(l, ops->kind, FALSE, error))
                        return FALSE;
        }
        return TRUE;
}
