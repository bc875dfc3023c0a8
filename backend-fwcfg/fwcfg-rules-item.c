/* SPDX-License-Identifier: MIT */
/* Rules of the fixed items: features, CPUs, and what only x86 has. */
#include "backend-fwcfg/fwcfg-rules.h"
#include "backend-fwcfg/fwcfg-script.h"

#include <stdio.h>

static const PvCell topology_cells[] = {
        {0},
        {.smp = "1,maxcpus=12,sockets=2,dies=2,cores=3,threads=1"},
        {.smp = "1,maxcpus=51,sockets=17,dies=1,cores=1,threads=3"},
        {.smp = "1,maxcpus=195,sockets=3,dies=1,cores=65,threads=1"},
        {.smp = "1,maxcpus=288,sockets=2,dies=2,cores=36,threads=2"},
        {.chipset = PV_CHIPSET_PC},
};

/* ---- NB_CPUS when a CPU goes: only a machine whose consumer can eject ---- */

#define EJECTED 3u

static int
read_nb_cpus(const PvScene *scene, uint64_t *ret_n)
{
        uint8_t item[2];
        int r = fwcfg_rule_select(scene, FWCFG_KEY_NB_CPUS);

        r = r ? r : fwcfg_rule_read(scene, item, sizeof item);
        if (!r)
                *ret_n = fwcfg_load_le16(item);
        return r;
}

static int
act_eject(const PvScene *scene, PvObservation *o)
{
        int r;

        if (!scene->consumer->eject)
                return PV_E_UNSUPPORTED;
        o->n_values = 2;
        r = scene->host->ops->plug(scene->host, EJECTED);
        r = r ? r : read_nb_cpus(scene, &o->value[0]);
        if (r)
                return r;
        o->result[0] = scene->consumer->detect(scene->consumer_state);
        r = scene->consumer->eject(scene->consumer_state, EJECTED);
        return r ? r : read_nb_cpus(scene, &o->value[1]);
}

static void
judge_eject(const PvObservation *o, PvJudgement *j)
{
        char expected[64];

        snprintf(expected, sizeof expected, "%u after the eject", o->after.present_count);
        fwcfg_rule_judge(j, o->after.n_ejected == 1 && o->value[1] == o->after.present_count, expected,
                         "%u after the plug, %u after the eject", (unsigned) o->value[0],
                         (unsigned) o->value[1]);
}

static const PvCheck rules[] = {
        {.id = "FWC-ID-001", .area = PV_AREA_COMPATIBILITY, .basis = PV_BASIS_DOCUMENTED,
         .source = "QEMU docs/specs/fw_cfg.rst, 'Revision / feature bitmap'",
         .requirement = "Key 0x0001 holds a little-endian 32-bit number with bit 0 (ports) and bit 1 (DMA) "
                        "set and no other.",
         .advice = "A device without DMA leaves bit 1 clear and must not claim the DMA feature.",
         .needs = FWCFG_FEATURE_DMA, .any_state = true,
         PV_CHECK_SCRIPT(SELECT(FWCFG_KEY_ID), STRING(4, LITERAL(FWCFG_ID_PORTS | FWCFG_ID_DMA)))},
        {.id = "FWC-ID-002", .area = PV_AREA_COMPATIBILITY, .basis = PV_BASIS_DOCUMENTED,
         .source = "QEMU docs/specs/fw_cfg.rst, 'Revision / feature bitmap'",
         .requirement = "A device without DMA has bit 0 of key 0x0001 set and bit 1 clear.",
         .advice = "A consumer that sees bit 1 rings a doorbell nobody hears, and waits.",
         .any_state = true, .excludes = FWCFG_FEATURE_DMA, .newer = "FWC-ID-001",
         PV_CHECK_SCRIPT(SELECT(FWCFG_KEY_ID), STRING(4, LITERAL(FWCFG_ID_PORTS)))},
        {.id = "FWC-CPU-001", .area = PV_AREA_DISCOVERY, .basis = PV_BASIS_CONSUMER,
         .source = "edk2 OvmfPkg PlatformInitLib, PlatformMaxCpuCountInitialization(); SeaBIOS src/fw/smp.c",
         .requirement = "NB_CPUS (key 0x0005) is the number of CPUs present, little-endian, 16 bits.",
         .advice = "SeaBIOS waits for exactly as many CPUs, without a timeout.",
         .any_state = true,
         PV_CHECK_SCRIPT(SELECT(FWCFG_KEY_NB_CPUS), STRING(2, {PV_VALUE_PRESENT_COUNT, 0}),
                         STRING(2, LITERAL(0)))},
        {.id = "FWC-CPU-002", .area = PV_AREA_COHERENCE, .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU hw/i386/x86.c, x86_cpu_plug()",
         .requirement = "NB_CPUS counts a CPU as soon as it has been plugged.",
         .advice = "The item is live: rewrite it on every plug.",
         PV_CHECK_SCRIPT(SELECT(FWCFG_KEY_NB_CPUS), STRING(2, {PV_VALUE_PRESENT_COUNT, 0}),
                         H(PV_HOST_PLUG, 3), SELECT(FWCFG_KEY_NB_CPUS),
                         STRING(2, {PV_VALUE_PRESENT_COUNT, 1}))},
        {.id = "FWC-CPU-003", .area = PV_AREA_DISCOVERY, .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU hw/i386/fw_cfg.c, fw_cfg_arch_create(); qemu-devel "
                   "<20191008105259.5378-4-lersek@redhat.com>",
         .requirement = "MAX_CPUS (key 0x000f) is the largest APIC ID plus one, not the number of possible "
                        "CPUs.",
         .advice = "The two differ as soon as the APIC IDs have holes.",
         .any_state = true,
         PV_CHECK_CELLS(topology_cells), .any_smp = true,
         PV_CHECK_SCRIPT(SELECT(FWCFG_KEY_MAX_CPUS), STRING(2, {PV_VALUE_APIC_ID_LIMIT, 0}),
                         STRING(2, LITERAL(0)))},
        {.id = "FWC-CPU-004", .area = PV_AREA_COHERENCE, .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU commit e3cadac073",
         .requirement = "After a reset NB_CPUS still counts the CPUs that were plugged before it.",
         .advice = "QEMU 2.7 fell back to the number at power-on, and SeaBIOS then waited for too few.",
         PV_CHECK_SCRIPT(H(PV_HOST_PLUG, 3), H(PV_HOST_RESET, 0), SELECT(FWCFG_KEY_NB_CPUS),
                STRING(2, {PV_VALUE_PRESENT_COUNT, 1}))},
        {.id = "FWC-CPU-005", .area = PV_AREA_COHERENCE, .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU hw/i386/x86.c, x86_cpu_unplug_cb()",
         .requirement = "NB_CPUS no longer counts a CPU that has been ejected.",
         .advice = "The eject happens in another device: fw_cfg has to hear of it.",
         .act = act_eject, .judge = judge_eject},
        {.id = "FWC-NUMA-001", .level = PV_SHOULD, .area = PV_AREA_DISCOVERY,
         .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU hw/i386/fw_cfg.c, fw_cfg_arch_create()",
         .requirement = "On a machine without NUMA nodes key 0x000d says so: its first 64 bits, the number "
                        "of nodes, are 0.",
         .advice = "The node of each APIC ID and the size of each node follow, 64 bits each.",
         .any_state = true,
         PV_CHECK_SCRIPT(SELECT(FWCFG_KEY_NUMA), STRING(8, LITERAL(0)))},
        {.id = "FWC-ARCH-001", .level = PV_MAY, .area = PV_AREA_COMPATIBILITY,
         .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU hw/i386/fw_cfg.c, fw_cfg_arch_create(), FW_CFG_IRQ0_OVERRIDE",
         .requirement = "Key 0x8002 is 1: the timer's interrupt arrives at pin 2 of the IO APIC.",
         .advice = "Firmware that builds its own MADT needs the override.",
         .any_state = true,
         PV_CHECK_SCRIPT(SELECT(FWCFG_KEY_IRQ0_OVERRIDE), STRING(4, LITERAL(1)))},
        {.id = "FWC-ARCH-002", .level = PV_MAY, .area = PV_AREA_COMPATIBILITY,
         .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU hw/i386/fw_cfg.c, fw_cfg_arch_create(), FW_CFG_HPET",
         .requirement = "Key 0x8004 begins with the number of HPETs in a byte, and for each 32 bits of ID "
                        "and the 64-bit address, little-endian.",
         .advice = "A PC has one, at 0xfed00000.",
         .any_state = true,
         PV_CHECK_SCRIPT(SELECT(FWCFG_KEY_HPET), DATA(1), STRING(4, ANY), STRING(8, LITERAL(0xfed00000)))},
};

const PvRules fwcfg_rules_item = PV_RULES(rules);
