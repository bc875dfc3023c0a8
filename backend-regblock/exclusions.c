/* SPDX-License-Identifier: MIT */
/* Requirements of the register block that have no check, each with its reason. */
#include "backend-regblock/rules.h"

#define DOCUMENT .basis = PV_BASIS_DOCUMENTED, .source = "acpi_cpu_hotplug.rst, "
#define CODE .basis = PV_BASIS_IMPLEMENTATION, .source = "QEMU "

const PvExclusion regblock_exclusions[] = {
        {.id = "REG-PLC-003", CODE "hw/acpi/generic_event_device.c",
         .requirement = "On LoongArch virt the block lies in MMIO, behind the GED's registers, and an event "
                        "raises GED bit 3.",
         .reason = "not an x86 machine; a program that has it can be attached with a profile"},
        {.id = "REG-PLC-004", .level = PV_SHOULD, CODE "hw/arm, out of tree in 11.0",
         .requirement = "On arm virt 'enabled' and 'present' are two things.",
         .reason = "no released QEMU has it"},
        {.id = "REG-WID-002", .level = PV_SHOULD, CODE "hw/acpi/cpu.c, access sizes",
         .requirement = "An access of eight bytes is refused.",
         .reason = "x86 ports have no such access; only a block in MMIO could be asked"},
        {.id = "REG-NTF-001", DOCUMENT "GPE block",
         .requirement = "A plug or a request for a CPU back raises an SCI with GPE bit 2.",
         .reason = "the GPE block is another device; what the SCI's handler then reads is REG-STA-005 and "
                   "-006"},
        {.id = "REG-UID-001", CODE "hw/acpi/cpu.c, AML",
         .requirement = "A CPU's selector is the _UID of its ACPI object.",
         .reason = "needs the DSDT of a booted machine and an AML interpreter", .untested = true},
        {.id = "REG-LEG-020", DOCUMENT "typical usecases, detection (v7.2)",
         .requirement = "The write that leaves legacy mode is not a selector write.",
         .reason = "it cannot be seen: the value that switches on every path is 0, where the selector starts"},
        {.id = "REG-LEG-021", .level = PV_MAY, CODE "hw/acpi/cpu_hotplug.c, 2.7 to 5.0 under TCG",
         .requirement = "A dword write to the bitmap switches only when all of it is 0.",
         .reason = "differs from path to path: recorded as REG-PRB-010, never judged"},
        {.id = "REG-SEL-013", .level = PV_SHOULD, .basis = PV_BASIS_DERIVED,
         .source = "Message-Id 20191009132252.17860-1-imammedo@redhat.com",
         .requirement = "The block holds for every number of CPUs up to 2^32 - 1.",
         .reason = "no machine has them, and a walk could not be told from its end: selector 0 reads 0 too"},
        {.id = "REG-CMD-018", .level = PV_SHOULD,
         CODE "RFC of 2019-10-09, the ID by way of a host-endian helper",
         .requirement = "Command 3 gives the same ID whatever the host's byte order is.",
         .reason = "needs a big-endian host; REG-CMD-001 and -002 would fail there", .untested = true},
        {.id = "REG-CMD-020", .level = PV_MAY, .basis = PV_BASIS_DERIVED,
         .source = "qemu-devel, RFC 2/3, Oct 2019",
         .requirement = "A machine type that is older than command 3 does not have it.",
         .reason = "planned and never done: commands are the binary's; run the suite with --target "
                   "qtest::TYPE to see it"},
        {.id = "REG-SEL-014", .basis = PV_BASIS_DOCUMENTED,
         .source = "acpi_cpu_hotplug.txt (2.7 to 4.2), command data",
         .requirement = "On an error the data register reads 0xffffffff.",
         .reason = "no QEMU ever did so, and 5.0 corrected the document: REG-SEL-002"},
        {.id = "REG-EJ-009", .level = PV_SHOULD, CODE "hw/i386/pc.c, unplug request of a CPU",
         .requirement = "The machine refuses to ask for CPU 0 back.",
         .reason = "the machine's, not the block's: no access has a part in it"},
        {.id = "REG-FWR-011", .level = PV_SHOULD, CODE "hw/acpi/cpu.c, AML (6.0)",
         .requirement = "_EJ0 sets control bit 4 and raises an SMI where firmware negotiated CPU hot-unplug.",
         .reason = "needs an OS that runs the AML, and firmware in SMM", .untested = true},
        {.id = "REG-OST-012", .level = PV_SHOULD, CODE "qapi/acpi.json, ACPI_DEVICE_OST",
         .requirement = "An _OST report carries the id of a CPU that has one.",
         .reason = "seen by the operator alone, and the host line protocol has no word for it",
         .untested = true},
        {.id = "REG-OST-013", .level = PV_SHOULD, CODE "qapi/acpi.json, query-acpi-ospm-status",
         .requirement = "The operator can list the last _OST report of every possible CPU.",
         .reason = "a command of QEMU's monitor, not of the ABI"},
        {.id = "REG-MIG-010", .level = PV_SHOULD, CODE "hw/acpi, vmstate",
         .requirement = "A source in legacy mode sends nothing of the modern block.",
         .reason = "needs a look into the migration stream; what arrives is REG-MIG-009", .untested = true},
        {.id = "REG-MIG-011", .level = PV_MAY, .basis = PV_BASIS_DERIVED,
         .source = "qemu-devel, RFC, Oct 2019, a note on old machine types",
         .requirement = "Command 3 in force is not lost in a migration to a QEMU that lacks it.",
         .reason = "needs two versions of QEMU, one at each end", .untested = true},
};

const size_t regblock_n_exclusions = sizeof regblock_exclusions / sizeof regblock_exclusions[0];
