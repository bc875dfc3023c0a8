/* SPDX-License-Identifier: MIT */
/* Names of targets. */
#include "common/target.h"

#include <string.h>

const PvTargetOps *const pv_targets[] = {&pv_target_model, &pv_target_qtest, NULL};

static const PvTargetOps *
find_ops(const char *kind)
{
        for (int i = 0; pv_targets[i]; i++)
                if (!strcmp(pv_targets[i]->kind, kind))
                        return pv_targets[i];
        return NULL;
}

PvTarget *
pv_target_parse(const char *name, GError **error)
{
        g_auto(GStrv) field = g_strsplit(name, ":", 3);
        const PvTargetOps *ops = field[0] ? find_ops(field[0]) : NULL;
        guint n = g_strv_length(field);
        PvTarget *target;

        if (!ops || (ops == &pv_target_model && n > 1)) {
                g_set_error(error, PV_ERROR, PV_ERROR_USAGE,
                            "unknown target '%s'; write model or qtest[:BINARY][:MACHINE], as in qtest::pc-q35-7.2",
                            name);
                return NULL;
        }
        target = g_new0(PvTarget, 1);
        target->name = g_strdup(name);
        target->ops = ops;
        target->binary = n > 1 && *field[1] ? g_strdup(field[1]) : NULL;
        target->machine_type = n > 2 && *field[2] ? g_strdup(field[2]) : NULL;
        return target;
}

void
pv_target_free(PvTarget *target)
{
        if (!target)
                return;
        g_free(target->name);
        g_free(target->binary);
        g_free(target->machine_type);
        g_free(target);
}
