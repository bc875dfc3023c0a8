/* SPDX-License-Identifier: MIT */
/* Steps as lines to paste into a real QEMU. */
#include "cli/explain-qtest.h"

#include <stdio.h>

#include "cli/options.h"
#include "common/error.h"
#include "common/qemu.h"
#include "common/session.h"
#include "common/smp.h"
#include "conformance/script.h"

typedef struct Scene {
        PvTopology topology;
        uint32_t *apic_id;
        PvTruth truth;
        uint64_t base;
        gboolean judged; /* else nothing is expected */
} Scene;

/* A page of guest RAM that no firmware uses while the machine is stopped. */
#define PAGE 0x200000u

static guint64
value_of(const PvStep *step, const Scene *scene)
{
        return pv_script_value(&step->value, &scene->truth, (PvGpa){PAGE}, NULL);
}

static void
print_expected(const PvStep *step, const Scene *scene)
{
        if (!scene->judged || step->value.kind == PV_VALUE_ANY)
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
                [PV_HOST_RESET] = "system_reset",
                [PV_HOST_SAVE_LOAD] = "migrate, with the state",
                [PV_HOST_EJECTED] = "expect CPUs ejected:",
                [PV_HOST_N_OST] = "expect ACPI_DEVICE_OST events:",
                [PV_HOST_OST_SELECTOR] = "expect its slot:",
                [PV_HOST_OST_EVENT] = "expect its source:",
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
fill_scene(const PvBackend *backend, const PvCell *cell, Scene *ret_scene, GError **error)
{
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
        if (backend)
                backend->device->ranges(backend->revisions[0].name, cell->chipset, &range, 1);
        ret_scene->base = range.base;
        printf("# qemu-system-x86_64 -machine %s -accel tcg -S -nodefaults -display none -smp %s "
               "-qtest stdio -monitor unix:monitor,server=on,wait=off",
               cell->chipset == PV_CHIPSET_PC ? "pc" : "q35", smp);
        print_cold_plugged(cell->plugged, &ret_scene->topology);
        puts("");
        return TRUE;
}

int
pv_explain_qtest(const PvBackend *backend, const PvCell *cell, const PvStep *steps, size_t n_steps,
                 gboolean judged)
{
        g_autoptr(GError) error = NULL;
        Scene scene = {.judged = judged};

        if (!fill_scene(backend, cell, &scene, &error))
                return pv_complain(error);
        for (size_t i = 0; i < n_steps; i++)
                print_step(&steps[i], &scene);
        g_free(scene.apic_id);
        return PV_EXIT_OK;
}
