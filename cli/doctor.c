/* SPDX-License-Identifier: MIT */
/* pvabi doctor: what can run here. */
#include <stdio.h>

#include "bench/exits.h"
#include "cli/options.h"
#include "cli/verbs.h"
#include "common/error.h"
#include "common/target.h"

static void
row(const char *what, gboolean ok, const char *text)
{
        printf("%-18s %-8s %s\n", what, ok ? "ok" : "missing", text);
}

static void
examine_target(const PvTargetOps *ops)
{
        g_autoptr(PvTarget) target = pv_target_parse(ops->kind, NULL);
        g_autofree char *name = g_strdup_printf("target %s", ops->kind);
        g_autofree char *why = NULL, *version = NULL;

        if (!ops->usable(target, &why)) {
                row(name, FALSE, why);
                return;
        }
        version = ops->version(target);
        row(name, TRUE, version ? version : ops->summary);
}

static void
examine_exits(void)
{
        g_autofree char *why = pv_exits_missing();

        row("VM exits", !why, why ? why : "counted by BPF, see 'pvabi trace --help'");
}

static void
examine_memory(void)
{
        for (gsize i = 0; pv_memory_models[i]; i++)
                row("encrypted memory", TRUE, pv_memory_models[i]->summary);
        if (!pv_memory_models[1])
                row("encrypted memory", FALSE, "the AES model; install nettle-dev and build anew");
}

static PvExit
examine_backends(void)
{
        g_autoptr(PvLoader) loader = pv_loader_new();
        g_autoptr(GPtrArray) names = pv_loader_names(loader);
        PvExit code = PV_EXIT_OK;

        for (guint i = 0; i < names->len; i++) {
                g_autoptr(GError) error = NULL;
                const PvBackend *backend = pv_loader_get(loader, names->pdata[i], &error);
                g_autofree char *name = g_strdup_printf("backend %s", (const char *) names->pdata[i]);

                row(name, backend != NULL, backend ? pv_loader_file(loader, backend) : error->message);
                if (!backend)
                        code = PV_EXIT_ERROR;
        }
        if (names->len == 0) {
                row("backends", FALSE, "none found; build the tree, or set PVABI_BACKEND_PATH");
                code = PV_EXIT_ERROR;
        }
        return code;
}

int
pv_verb_doctor(int argc, char **argv)
{
        g_auto(PvOptions) options = {0};
        int code;

        if (!pv_options_parse(&options, 0, NULL, "Says what can run on this machine and what is missing for the rest.",
                              argc, argv, &code))
                return code;
        for (int i = 0; pv_targets[i]; i++)
                if (!pv_targets[i]->addressed)
                        examine_target(pv_targets[i]);
#ifdef HAVE_SMARTCOLS
        row("tables", TRUE, "libsmartcols");
#else
        row("tables", FALSE, "drawn plainly; for libsmartcols: apt-get install libsmartcols-dev, then build again");
#endif
        examine_memory();
        examine_exits();
        return examine_backends();
}
