/* SPDX-License-Identifier: MIT */
/* Command lines of QEMU, and lines that it writes. */
#undef NDEBUG
#include <assert.h>
#include <string.h>

#include "cli/trace-qemu.h"

static const struct {
        const char *command;
        gboolean qemu, kvm;
        const char *smp, *chipset; /* NULL: not known */
} commands[] = {
        {"qemu-system-x86_64", TRUE, FALSE, "1", "pc"},
        {"/usr/bin/qemu-system-x86_64 -M q35 -smp 1,maxcpus=6", TRUE, FALSE, "1,maxcpus=6", "q35"},
        {"timeout 9 qemu-system-x86_64 --machine pc-q35-2.6", TRUE, FALSE, "1", "q35"},
        {"qemu-system-x86_64 -machine q35,accel=kvm", TRUE, TRUE, "1", "q35"},
        {"qemu-system-x86_64 -accel kvm,kernel-irqchip=split -smp 4", TRUE, TRUE, "4", "pc"},
        {"qemu-system-x86_64 -accel tcg", TRUE, FALSE, "1", "pc"},
        {"qemu-system-x86_64 -enable-kvm -M microvm", TRUE, TRUE, "1", NULL},
        {"qemu-system-x86_64 -smp nonsense", TRUE, FALSE, NULL, "pc"},
        {"qemu-system-x86_64 -smp", TRUE, FALSE, "1", "pc"},
        {"cloud-hypervisor --cpus boot=1", FALSE, FALSE, NULL, NULL},
};

static void
test_commands(void)
{
        for (gsize i = 0; i < G_N_ELEMENTS(commands); i++) {
                g_auto(GStrv) words = g_strsplit(commands[i].command, " ", -1);

                assert(pv_trace_qemu_is(words) == commands[i].qemu);
                assert(pv_trace_qemu_uses_kvm(words) == commands[i].kvm);
                assert(g_strcmp0(pv_trace_qemu_smp(words), commands[i].smp) == 0);
                assert(g_strcmp0(pv_trace_qemu_chipset(words), commands[i].chipset) == 0);
        }
}

static void
test_addition(void)
{
        char *words[] = {(char *) "qemu-system-x86_64", (char *) "-S", NULL};
        g_auto(GStrv) more = pv_trace_qemu_command(words, "/dev/fd/9");
        g_autofree char *line = g_strjoinv(" ", more);

        assert(!strcmp(line,
                       "qemu-system-x86_64 -S -trace memory_region_ops_read -trace memory_region_ops_write "
                       "-D /dev/fd/9"));
}

/* As QEMU 7.2 writes them; the second with the time that -msg timestamp=on puts before it. */
static const struct {
        const char *line, *item; /* NULL: it is none */
} events[] = {
        {"memory_region_ops_read cpu 0 mr 0x55dd9e440870 addr 0x511 value 0x51 size 1 name 'fwcfg'",
         "R 0x0511 1 0x51"},
        {"24160@1669.25:memory_region_ops_write cpu -1 mr 0x55 addr 0xcd8 value 0x2 size 4 name 'x'",
         "W 0x0cd8 4 0x00000002"},
        {"memory_region_ops_write cpu 0 mr 0x55 addr 0x518 value 0x6f3c size 4 name 'fwcfg.dma'",
         "W 0x0518 4 0x3c6f0000"},
        {"memory_region_ops_read cpu 0 mr 0x55 addr 0x514 value 0x51454d55 size 4 name 'fwcfg.dma'",
         "R 0x0514 4 0x554d4551"},
        {"memory_region_ops_write cpu 0 mr 0x55 addr 0xfee00000 value 0x0 size 4 name 'apic'", NULL},
        {"memory_region_ops_read cpu 0 mr 0x55 addr 0x511 value 0x0 size 8 name 'x'", NULL},
        {"memory_region_ops_reach cpu 0 mr 0x55 addr 0x511 value 0x0 size 1 name 'x'", NULL},
        {"memory_region_ops_read cpu 0 mr 0x55 addr 0x511", NULL},
        {"qemu-system-x86_64: terminating on signal 15", NULL},
        {"", NULL},
};

static void
test_events(void)
{
        for (gsize i = 0; i < G_N_ELEMENTS(events); i++) {
                PvTraceItem item;
                gboolean is_item = pv_trace_qemu_event(events[i].line, &item);
                g_autofree char *line = is_item ? pv_trace_item_line(&item) : NULL;

                assert(g_strcmp0(line, events[i].item) == 0);
        }
}

int
main(void)
{
        test_commands();
        test_addition();
        test_events();
        return 0;
}
