/* SPDX-License-Identifier: MIT */
/* What is known of CPU discovery and hot-plug, belongs to no one ABI, and has no check: with the reason. */
#include "conformance/checks.h"

const PvExclusion pv_check_exclusions[] = {
        {.id = "DISC-ENC-001", .level = PV_MUST, .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU machine types up to pc-1.3, compat_apic_id_mode",
         .requirement = "The APIC IDs that a consumer learns are right also where they are the selectors.",
         .reason = "no QEMU that can be had still offers these machine types"},
        {.id = "DISC-ENC-002", .level = PV_MUST, .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU 9.1, include/hw/i386/topology.h, module level",
         .requirement = "The APIC IDs that a consumer learns are right also for a topology with modules.",
         .reason = "--smp has the levels of QEMU 7.2, which knows no modules",
         .untested = true},
        {.id = "DISC-MSR-001", .level = PV_MUST, .basis = PV_BASIS_CONSUMER,
         .source = "edk2 PlatformInitLib, PlatformMaxCpuCountInitialization, IGVM and TDX",
         .requirement = "A number of CPUs that was measured at launch is believed before any device is "
                        "asked.",
         .reason = "neither ABI carries it, and no launch is measured here"},
        {.id = "DISC-THR-001", .level = PV_MAY, .basis = PV_BASIS_CONSUMER,
         .source = "oak issue 3631",
         .requirement = "What firmware has to read takes no noticeable time.",
         .reason = "a duration is no promise of an ABI; 'pvabi bench' counts the accesses"},
        {.id = "DISC-WAIT-001", .level = PV_MUST, .basis = PV_BASIS_CONSUMER,
         .source = "SeaBIOS src/fw/smp.c, smp_scan",
         .requirement = "Firmware that waits for its processors ends the wait when another number of them "
                        "starts than was announced.",
         .reason = "no processor is started by these consumers; that the number is right is DISC-CNT-002"},
        {.id = "DISC-X2A-001", .level = PV_SHOULD, .basis = PV_BASIS_CONSUMER,
         .source = "edk2 PlatformInitLib, PlatformMaxCpuCountInitialization, condition on the CPU count",
         .requirement = "Firmware chooses x2APIC mode by the largest APIC ID and not by the number of CPUs.",
         .reason = "what firmware does with an ID it has learnt is on no bus; DISC-ID-001 has a cell of "
                   "195 CPUs and an ID of 320"},
        {.id = "COH-INT-001", .level = PV_SHOULD, .basis = PV_BASIS_CONSUMER,
         .source = "Laszlo Ersek in the thread of RFC 0/3, October 2019; Linux "
                   "drivers/firmware/qemu_fw_cfg.c, ACPI global lock",
         .requirement = "An agent that comes between two accesses of another leaves what the other has "
                        "selected as it was.",
         .reason = "needs a bus that lets a second consumer in between two accesses",
         .untested = true},
        {.id = "COH-S3-001", .level = PV_MUST, .basis = PV_BASIS_CONSUMER,
         .source = "SeaBIOS src/fw/smp.c on S3 resume; cover letter of the fw_cfg series, October 2019",
         .requirement = "A resume from S3 counts the CPUs that were plugged before it.",
         .reason = "neither the models nor a stopped QEMU sleep"},
        {.id = "EVT-AML-001", .level = PV_SHOULD, .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU commit 8aa35bebee (10.0)",
         .requirement = "One SCI tells the OS of both when an insert and a remove event of one CPU are "
                        "pending.",
         .reason = "it is AML that QEMU brings, and no AML is run here; a consumer's part is REG-CON-005"},
        {.id = "EVT-CON-001", .level = PV_MUST, .basis = PV_BASIS_IMPLEMENTATION,
         .source = "cloud-hypervisor commits 5ff4696ce, 6d01695e5",
         .requirement = "A hot-plug and a guest's access at the same moment do not wait for each other.",
         .reason = "models and qtest take one step at a time"},
};

const size_t pv_n_check_exclusions = sizeof pv_check_exclusions / sizeof pv_check_exclusions[0];
