/* SPDX-License-Identifier: MIT */
/* pvabi check --differential: which machines on which targets, and the exit code. */
#include "cli/differential.h"

#include <errno.h>
#include <stdio.h>

#include "cli/derive.h"
#include "cli/legs.h"
#include "common/interrupt.h"
#include "common/scratch.h"
#include "conformance/differential.h"

static int
usage(const char *why)
{
        fprintf(stderr, "pvabi: --differential %s; --help shows what there is\n", why);
        return PV_EXIT_USAGE;
}

static gboolean
run_machine(const PvOptions *o, PvLoader *loader, const PvTarget *target, const char *name, PvExit *code,
            GError **error)
{
        g_autoptr(PvCandidate) candidate = pv_candidate_parse(loader, name, error);
        const PvDifferentialPlan plan = {
                .loader = loader,
                .candidate = candidate,
                .target = target,
                .smp = o->smp,
                .accesses = (guint64) o->accesses,
                .seed = (guint32) o->seed,
                .minimise_s = (guint) o->timeout,
                .folder = o->out,
        };
        PvExit result = candidate ? pv_differential_run(&plan, error) : PV_EXIT_ERROR;

        if (*code == PV_EXIT_OK || result == PV_EXIT_INTERRUPTED)
                *code = result;
        return result != PV_EXIT_ERROR && result != PV_EXIT_INTERRUPTED;
}

/* Without -c: the version's register block behind the version's fw_cfg, with our file in it. */
static gboolean
run_target(const PvOptions *o, PvLoader *loader, const char *name, PvExit *code, GError **error)
{
        g_autoptr(PvTarget) target = pv_target_parse(name, error);
        g_autofree char *why = NULL, *both = NULL;
        const char *machines[] = {NULL, NULL};
        const char *const *machine = (const char *const *) o->candidates;

        if (!target)
                return FALSE;
        if (target->ops->used) {
                g_set_error(error, PV_ERROR, PV_ERROR_USAGE,
                            "no random accesses to %s: others rely on it; start a QEMU of its own, with --target qtest", name);
                return FALSE;
        }
        if (!target->ops->usable(target, &why)) {
                g_set_error(error, PV_ERROR, PV_ERROR_BLOCKED, "target %s: %s", name, why);
                return FALSE;
        }
        if (!machine) {
                machines[0] = both = g_strconcat("fwcfg:topology+", pv_derive_block(target), NULL);
                machine = machines;
        }
        for (; *machine; machine++)
                if (!run_machine(o, loader, target, *machine, code, error))
                        return FALSE;
        return TRUE;
}

static gboolean
make_folder(const PvOptions *o, GError **error)
{
        if (!o->out || g_mkdir_with_parents(o->out, 0755) == 0)
                return TRUE;
        g_set_error(error, PV_ERROR, PV_ERROR_USAGE, "cannot make folder %s: %s; name a writable one with -o",
                    o->out, g_strerror(errno));
        return FALSE;
}

static int
run(const PvOptions *o)
{
        static const char *const standard[] = {"qtest", NULL};
        const char *const *target = o->targets ? (const char *const *) o->targets : standard;
        g_autofree char *scratch = NULL;
        g_autoptr(PvLoader) loader = pv_loader_new();
        g_autoptr(GError) error = NULL;
        PvExit code = PV_EXIT_OK;
        gboolean ok = make_folder(o, &error);

        scratch = ok ? pv_scratch_folder(&error) : NULL;
        if (scratch)
                pv_scratch_enter(scratch);
        for (ok = scratch != NULL; ok && *target; target++)
                ok = run_target(o, loader, *target, &code, &error);
        pv_scratch_remove(scratch);
        return error ? pv_complain(error) : (int) code;
}

int
pv_differential_verb(const PvOptions *o)
{
        int code;

        if (o->rest)
                return usage("runs no check, so that it takes no IDs");
        if (o->json || o->strict || o->mutation_score || o->jobs || o->level_word || o->shard_word ||
            o->retries || o->baseline || o->fail_on)
                return usage("takes -c, --target, --smp, --seed, --accesses, --timeout and -o only");
        pv_interrupt_catch();
        code = run(o);
        pv_interrupt_release();
        return code;
}
