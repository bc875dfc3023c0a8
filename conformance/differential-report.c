/* SPDX-License-Identifier: MIT */
/* Sequences in words. */
#include "conformance/differential-report.h"

#include <stdlib.h>

#include "common/error.h"
#include "common/qemu.h"
#include "common/smp.h"

static const char *
chipset_of(const PvSequence *s)
{
        return s->pair->model->chipset == PV_CHIPSET_PC ? "pc" : "q35";
}

static void
append_head(GString *text, const PvSequence *s)
{
        g_autofree char *smp = pv_smp_format(&s->pair->model->topology);
        g_autofree char *version = s->setup->target->ops->version(s->setup->target);
        const PvMismatch *m = s->pair->mismatch;

        g_string_append_printf(text, "# pvabi-trace 1\n# source: pvabi check --differential, seed %u\n",
                               s->seed);
        g_string_append_printf(text, "# machine: %s\n# target: %s (%s)\n", s->setup->candidate->machine.name,
                               s->setup->target->name, version ? version : "of unknown version");
        g_string_append_printf(text, "# chipset: %s\n# smp: %s\n", chipset_of(s), smp);
        if (s->pair->plugged)
                g_string_append_printf(text, "# plugged: %s\n", s->pair->plugged);
        if (m)
                g_string_append_printf(text, "# difference: %s: the model has %s, the target %s\n", m->what,
                                       m->model, m->other);
        if (s->remark)
                g_string_append_printf(text, "# %s\n", s->remark);
}

char *
pv_sequence_trace(const PvSequence *s)
{
        GString *text = g_string_new(NULL);

        append_head(text, s);
        for (guint i = 0; i < s->pair->items->len; i++) {
                g_autofree char *line = pv_trace_item_line(&g_array_index(s->pair->items, PvTraceItem, i));

                g_string_append_printf(text, "%s\n", line);
        }
        return g_string_free(text, FALSE);
}

/* How to start the machine that these lines are for. */
static void
append_command(GString *text, const PvSequence *s)
{
        const PvTopology *t = &s->pair->model->topology;
        const char *type = s->setup->target->machine_type, *plugged = s->pair->plugged;
        g_autofree char *smp = pv_smp_format(t);
        g_autofree char *cpu = plugged ? pv_qemu_cpu(t, (uint32_t) atoi(plugged), "cold") : NULL;

        g_string_append_printf(text, "# qemu-system-x86_64 -machine %s -smp %s%s%s", type ? type : chipset_of(s),
                               smp, cpu ? " -device " : "", cpu ? cpu : "");
        g_string_append(text, " -S -display none -qtest stdio\n");
}

char *
pv_sequence_qtest(const PvSequence *s)
{
        GString *text = g_string_new(NULL);

        append_command(text, s);
        for (guint i = 0; i < s->pair->items->len; i++) {
                g_autofree char *line = pv_trace_item_qtest(&g_array_index(s->pair->items, PvTraceItem, i),
                                                            &s->pair->model->topology);

                g_string_append_printf(text, "%s\n", line);
        }
        return g_string_free(text, FALSE);
}

char *
pv_sequence_save(const char *text, const char *folder, const char *name, GError **error)
{
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_autoptr(GError) cause = NULL;

        if (g_file_set_contents(path, text, -1, &cause))
                return g_steal_pointer(&path);
        g_set_error(error, PV_ERROR, PV_ERROR_USAGE, "cannot write %s: %s; name a writable folder with -o",
                    path, cause->message);
        return NULL;
}
