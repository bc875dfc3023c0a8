/* SPDX-License-Identifier: MIT */
/* pvabi explain: one check, and how to reproduce it alone. */
#include <stdio.h>
#include <string.h>

#include "cli/backends.h"
#include "cli/options.h"
#include "cli/verbs.h"
#include "common/error.h"
#include "common/qemu.h"
#include "common/record.h"
#include "common/smp.h"
#include "conformance/script.h"
#include "conformance/suite.h"

#define RECORDS "pvabi-report/" PV_RECORD_FILE

static void
print_cells(const PvCheck *check)
{
        size_t n;
        const PvCell *cells = pv_check_cells(check, &n);

        for (size_t i = 0; i < n; i++) {
                g_autofree char *name = pv_cell_name(&cells[i]);

                printf("%-13s%s\n", i ? "" : "Cells", name);
        }
}

/* Who passed in the last comparison, if there was one here. */
static void
print_results(const char *id, const char *alone)
{
        g_autoptr(GPtrArray) records = pv_record_read(RECORDS, NULL);
        gboolean any = FALSE;

        for (guint i = 0; records && i < records->len; i++) {
                JsonObject *r = records->pdata[i];

                if (strcmp(pv_record_string(r, "check"), id))
                        continue;
                printf("%-13s%-11s %s on %s, %s\n", any ? "" : "Results", pv_record_string(r, "verdict"),
                       pv_record_string(r, "candidate"), pv_record_string(r, "target"), pv_record_string(r, "cell"));
                any = TRUE;
        }
        if (!any)
                printf("%-13snone in " RECORDS "; run: pvabi check -o pvabi-report %s\n", "Results", alone);
}

static void
print_check(const PvSuiteEntry *entry)
{
        const PvCheck *check = entry->check;
        g_autofree char *alone = entry->backend ? g_strdup_printf("-c %s %s", entry->backend->name, check->id)
                                                : g_strdup(check->id);

        printf("%s\n%-13s%s\n%-13s%s, %s\n%-13s%s\n%-13s%s\n%-13s%s\n", check->id, "Requirement", check->requirement,
               "Level, area", pv_level_word(check->level), pv_area_word(check->area), "Basis",
               pv_basis_word(check->basis), "Source", check->source, "Advice", check->advice);
        print_cells(check);
        print_results(check->id, alone);
        printf("%-13spvabi check %s\n", "Alone", alone);
}

/* ---- --qtest ---- */

typedef struct Scene {
        PvTopology topology;
        uint32_t *apic_id;
        PvTruth truth;
        uint64_t base;
} Scene;

/* A page of guest RAM that no firmware uses while the machine is stopped. */
#define PAGE 0x200000u

static guint64
value_of(const PvStep *step, const Scene *scene)
{
        return pv_script_value(&step->value, &scene->truth, (PvGpa){PAGE});
}

static void
print_expected(const PvStep *step, const Scene *scene)
{
        if (step->value.kind == PV_VALUE_ANY)
                puts("");
        else
                printf("    # expect 0x%" G_GINT64_MODIFIER "x\n", value_of(step, scene));
}

static void
print_cpu(const PvTopology *topology, uint32_t selector)
{
        g_autofree char *id = g_strdup_printf("cpu%u", selector);
        g_autofree char *cpu = pv_qemu_cpu(topology, selector, id);

        fputs(cpu, stdout);
}

/* Host events are for the monitor, on its own socket; what begins with # is not to be pasted. */
static void
print_host_step(const PvStep *step, const Scene *scene)
{
        static const char *const event[] = {
                [PV_HOST_RESET] = "system_reset", [PV_HOST_SAVE_LOAD] = "migrate, with the state",
                [PV_HOST_EJECTED] = "expect CPUs ejected:", [PV_HOST_N_OST] = "expect ACPI_DEVICE_OST events:",
                [PV_HOST_OST_SELECTOR] = "expect its slot:", [PV_HOST_OST_EVENT] = "expect its source:",
                [PV_HOST_OST_STATUS] = "expect its status:",
        };

        if (step->where == PV_HOST_PLUG || step->where == PV_HOST_PLUG_REFUSED) {
                printf("# monitor: device_add ");
                print_cpu(&scene->topology, (uint32_t) value_of(step, scene));
                puts(step->where == PV_HOST_PLUG ? "" : "    # expect that it is refused");
        } else if (step->where == PV_HOST_UNPLUG_REQUEST || step->where == PV_HOST_UNPLUG_REFUSED) {
                printf("# monitor: device_del cpu%u%s\n", (unsigned) value_of(step, scene),
                       step->where == PV_HOST_UNPLUG_REQUEST ? "" : "    # expect that it is refused");
        } else if (step->where < PV_HOST_EJECTED) {
                printf("# monitor: %s\n", event[step->where]);
        } else {
                printf("# %s 0x%" G_GINT64_MODIFIER "x\n", event[step->where], value_of(step, scene));
        }
}

static void
print_step(const PvStep *step, const Scene *scene)
{
        char width = step->width == 1 ? 'b' : step->width == 2 ? 'w' : 'l';
        guint64 address = scene->base + step->where, value = value_of(step, scene);

        switch (step->action) {
        case 'H':
                print_host_step(step, scene);
                break;
        case 'W':
                printf("out%c 0x%" G_GINT64_MODIFIER "x 0x%" G_GINT64_MODIFIER "x\n", width, address, value);
                break;
        case 'M':
                printf("write 0x%x %u 0x%0*" G_GINT64_MODIFIER "x\n", PAGE + step->where, step->width,
                       2 * step->width, value);
                break;
        case 'm':
                printf("read 0x%x %u", PAGE + step->where, step->width);
                print_expected(step, scene);
                break;
        case 'S':
                for (unsigned i = 0; i < step->width; i++)
                        printf("inb 0x%" G_GINT64_MODIFIER "x    # expect 0x%02x\n", address,
                               (unsigned) (value >> 8 * i & 0xff));
                break;
        default:
                printf("in%c 0x%" G_GINT64_MODIFIER "x", width, address);
                print_expected(step, scene);
        }
}

static void
print_cold_plugged(const char *selectors, const PvTopology *t)
{
        g_auto(GStrv) words = g_strsplit(selectors ? selectors : "", ",", -1);

        for (guint i = 0; words[i]; i++) {
                printf(" -device ");
                print_cpu(t, (uint32_t) g_ascii_strtoull(words[i], NULL, 10));
        }
}

static gboolean
fill_scene(const PvSuiteEntry *entry, Scene *ret_scene, GError **error)
{
        size_t n;
        const PvCell *cell = pv_check_cells(entry->check, &n);
        const char *smp = cell->smp ? cell->smp : PV_DEFAULT_SMP;
        PvRange range = {0};

        if (!pv_smp_parse(smp, &ret_scene->topology, error))
                return FALSE;
        ret_scene->apic_id = g_new(uint32_t, ret_scene->topology.max_cpus);
        for (uint32_t i = 0; i < ret_scene->topology.max_cpus; i++)
                ret_scene->apic_id[i] = pv_topology_apic_id(&ret_scene->topology, i);
        ret_scene->truth = (PvTruth){.max_cpus = ret_scene->topology.max_cpus,
                                     .present_count = ret_scene->topology.cpus,
                                     .apic_id = ret_scene->apic_id};
        entry->backend->device->ranges(entry->backend->revisions[0].name, cell->chipset, &range, 1);
        ret_scene->base = range.base;
        printf("# qemu-system-x86_64 -machine %s -accel tcg -S -nodefaults -display none -smp %s -qtest stdio "
               "-monitor unix:monitor,server=on,wait=off",
               cell->chipset == PV_CHIPSET_PC ? "pc" : "q35", smp);
        print_cold_plugged(cell->plugged, &ret_scene->topology);
        puts("");
        return TRUE;
}

static int
print_qtest(const PvSuiteEntry *entry)
{
        g_autoptr(GError) error = NULL;
        Scene scene = {0};

        if (!entry->check->steps) {
                fprintf(stderr, "pvabi: %s is not a script of accesses: a consumer runs it; a failure's record has the "
                                "last accesses as qtest lines\n",
                        entry->check->id);
                return PV_EXIT_INCOMPLETE;
        }
        if (!fill_scene(entry, &scene, &error))
                return pv_complain(error);
        for (size_t i = 0; i < entry->check->n_steps; i++)
                print_step(&entry->check->steps[i], &scene);
        g_free(scene.apic_id);
        return PV_EXIT_OK;
}

int
pv_verb_explain(int argc, char **argv)
{
        g_autoptr(PvLoader) loader = pv_loader_new();
        g_autoptr(GPtrArray) backends = NULL;
        g_autoptr(GArray) suite = NULL;
        g_auto(PvOptions) options = {0};
        const PvSuiteEntry *entry;
        PvExit ignored;
        int code;

        if (!pv_options_parse(&options, PV_OPTIONS_QTEST | PV_OPTIONS_ONE, "ID", "Explains one check.", argc, argv, &code))
                return code;
        backends = pv_backends_all(loader, &ignored);
        suite = pv_suite((const PvBackend *const *) backends->pdata, backends->len);
        if (!options.rest) {
                fputs("pvabi: explain needs the ID of a check; 'pvabi list checks' shows them\n", stderr);
                return PV_EXIT_USAGE;
        }
        entry = pv_suite_find(suite, options.rest[0]);
        if (!entry) {
                fprintf(stderr, "pvabi: unknown check '%s'; 'pvabi list checks' shows their IDs\n", options.rest[0]);
                return PV_EXIT_USAGE;
        }
        if (options.qtest)
                return print_qtest(entry);
        print_check(entry);
        return PV_EXIT_OK;
}
