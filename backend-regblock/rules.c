/* SPDX-License-Identifier: MIT */
/* The register block's requirements, each a script of accesses with the answers it must get. */
#include "backend-regblock/rules.h"

#include <stdio.h>

#include "backend-regblock/regblock.h"

/* Words of a script; see PvStep. Offsets count from the block's base. */
#define LIT(n) {PV_VALUE_LITERAL, n}
#define MAX {PV_VALUE_MAX_CPUS, 0}
#define LAST {PV_VALUE_MAX_CPUS, (uint64_t) -1}
#define ID(selector) {PV_VALUE_APIC_ID, selector}
#define ID_LAST {PV_VALUE_APIC_ID_LIMIT, (uint64_t) -1}
#define STEP(action, width, where, ...) {action, width, where, __VA_ARGS__}
#define W4(reg, ...) STEP('W', 4, reg, __VA_ARGS__)
#define W1(reg, n) STEP('W', 1, reg, LIT(n))
#define R4(reg, ...) STEP('R', 4, reg, __VA_ARGS__)
#define R1(reg, ...) STEP('R', 1, reg, __VA_ARGS__)
#define H(what, ...) STEP('H', 0, what, __VA_ARGS__)

/* The first write may be eaten by the switch from legacy mode. */
#define MODERN W4(REGBLOCK_SELECTOR_W, LIT(0)), W4(REGBLOCK_SELECTOR_W, LIT(0))

static const PvCell last_plugged_cells[] = {
        {.plugged = "11"},
};
static const PvCell plugged_cells[] = {
        {.plugged = "10"},
};
static const PvCell maps_cells[] = {
        {0},
        {.smp = "1,maxcpus=12,sockets=2,dies=2,cores=3,threads=1"},
        {.smp = "1,maxcpus=27,sockets=1,dies=3,cores=3,threads=3"},
        {.smp = "1,maxcpus=195,sockets=3,dies=1,cores=65,threads=1"},
        {.chipset = PV_CHIPSET_PC},
};

/* With APIC ID 32 present, byte 4 of the bitmap looks like the status of a present CPU. */
static const PvCell legacy_cells[] = {
        {.machine = "regblock:legacy"},
        {.machine = "regblock:legacy", .smp = "33,maxcpus=64,sockets=1,dies=1,cores=64,threads=1"},
        {.machine = "regblock:legacy", .chipset = PV_CHIPSET_PC},
};

/* result[0]: detect. AML is written for its device and never probes. */
static int
act_detect(const PvScene *scene, PvObservation *o)
{
        if (scene->role == PV_ROLE_OSPM)
                return PV_E_UNSUPPORTED;
        o->view = *scene->buffers;
        o->result[0] = scene->consumer->detect(scene->consumer_state);
        return o->result[0] < 0 ? o->result[0] : 0;
}

static void
judge_not_usable(const PvObservation *o, PvJudgement *j)
{
        j->verdict = o->result[0] == PV_E_UNSUPPORTED || o->result[0] == PV_E_ABSENT ? PV_PASS : PV_FAIL;
        if (j->verdict == PV_PASS)
                return;
        snprintf(j->expected, sizeof j->expected, "detection says unsupported (or absent)");
        snprintf(j->actual, sizeof j->actual, "detection answers %d", o->result[0]);
}

#define CELLS(name) .cells = name, .n_cells = sizeof name / sizeof name[0]
#define SCRIPT(...)                                                                                                    \
        .steps = (const PvStep[]){__VA_ARGS__}, .n_steps = sizeof((const PvStep[]){__VA_ARGS__}) / sizeof(PvStep)

const PvCheck regblock_rules[] = {
        {.id = "REG-DET-001", .area = PV_AREA_DISCOVERY, .basis = PV_BASIS_DOCUMENTED,
         .source = "acpi_cpu_hotplug.rst, 'Typical usecases', detection",
         .requirement = "After selector 0 is written twice and command 0 once, command data 2 reads 0.",
         .advice = "The field must read 0 under command 0; a bitmap here means that the block never left legacy "
                   "mode.",
         .needs = REGBLOCK_MODERN,
         SCRIPT(MODERN, W1(REGBLOCK_COMMAND_W, 0), R4(REGBLOCK_DATA2_R, LIT(0)))},
        {.id = "REG-DET-002", .area = PV_AREA_COMPATIBILITY, .basis = PV_BASIS_DOCUMENTED,
         .source = "Message-Id 22091869-b659-b869-5232-d658acb3ef15@redhat.com, the four outcomes of detection",
         .requirement = "On a block that has only the legacy bitmap, detection does not take it for a modern one.",
         .advice = "Data 2 under command 0 is the bitmap there, with the boot CPU's bit set.",
         CELLS(legacy_cells), .act = act_detect, .judge = judge_not_usable},
        {.id = "REG-LEG-001", .area = PV_AREA_COMPATIBILITY, .basis = PV_BASIS_DOCUMENTED,
         .source = "acpi_cpu_hotplug.rst (v7.2), 'Legacy ACPI CPU hotplug interface'",
         .requirement = "Before the switch, bit n of the bitmap is set when the CPU with APIC ID n is present at power-on.",
         .advice = "The bit position is the APIC ID, not the selector.",
         .needs = REGBLOCK_STARTS_LEGACY, CELLS(last_plugged_cells),
         SCRIPT(R1(0, LIT(0x03)), R1(1, LIT(0x20)), R1(31, LIT(0)))},
        {.id = "REG-LEG-002", .area = PV_AREA_COMPATIBILITY, .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU hw/acpi/cpu_hotplug.c, legacy write",
         .requirement = "A byte other than 0 written to byte 0 of the bitmap changes nothing.",
         .advice = "A wider write counts by its low byte: 0x100 switches, 0x101 does not.",
         .needs = REGBLOCK_STARTS_LEGACY,
         SCRIPT(W1(0, 1), W1(0, 0xff), R1(0, LIT(0x03)))},
        {.id = "REG-LEG-003", .area = PV_AREA_COMPATIBILITY, .basis = PV_BASIS_DOCUMENTED,
         .source = "acpi_cpu_hotplug.rst (v7.2), 'Legacy ACPI CPU hotplug interface'",
         .requirement = "A write of 0 to byte 0 of the bitmap switches to the modern block.",
         .advice = "The byte-wide write is what a byte-wide region sees of any wider one.",
         .needs = REGBLOCK_STARTS_LEGACY | REGBLOCK_MODERN,
         SCRIPT(W1(0, 0), W4(REGBLOCK_SELECTOR_W, LIT(1)), R1(REGBLOCK_STATUS_R, LIT(0x01)))},
        {.id = "REG-LEG-004", .area = PV_AREA_COMPATIBILITY, .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU hw/acpi/cpu_hotplug.c, legacy write",
         .requirement = "A byte of 0 written to another byte of the bitmap does not switch.",
         .advice = "Only the byte at offset 0 is decoded.",
         .needs = REGBLOCK_STARTS_LEGACY,
         SCRIPT(W1(1, 0), W1(5, 0), R1(0, LIT(0x03)))},
        {.id = "REG-LEG-005", .area = PV_AREA_COMPATIBILITY, .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU hw/acpi/cpu.c has no reset handler",
         .requirement = "System reset does not bring legacy mode back.",
         .advice = "Firmware that probes again after a reset must find the block as it left it.",
         .needs = REGBLOCK_MODERN,
         SCRIPT(MODERN, H(PV_HOST_RESET, LIT(0)), W4(REGBLOCK_SELECTOR_W, LIT(1)),
                R1(REGBLOCK_STATUS_R, LIT(0x01)))},
        {.id = "REG-LEG-006", .area = PV_AREA_COMPATIBILITY, .basis = PV_BASIS_DOCUMENTED,
         .source = "acpi_cpu_hotplug.rst (11.0), detection: the block starts in modern mode",
         .requirement = "A block without legacy mode takes the very first dword written as the selector.",
         .advice = "Nothing may be eaten by a switch that no longer exists.",
         .needs = REGBLOCK_MODERN, .excludes = REGBLOCK_STARTS_LEGACY,
         SCRIPT(W4(REGBLOCK_SELECTOR_W, LIT(1)), R1(REGBLOCK_STATUS_R, LIT(0x01)), R4(REGBLOCK_DATA_RW, LIT(1)))},
        {.id = "REG-LEN-001", .area = PV_AREA_COMPATIBILITY, .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU hw/acpi/cpu.c, region length",
         .requirement = "In modern mode the block ends after 12 bytes: what was the bitmap's tail is unclaimed and "
                        "reads ones.",
         .advice = "A firmware that reads past the block must not see stale presence bits.",
         .needs = REGBLOCK_MODERN,
         SCRIPT(MODERN, R4(12, LIT(0xffffffff)), R1(31, LIT(0xff)))},
        {.id = "REG-SEL-001", .area = PV_AREA_DISCOVERY, .basis = PV_BASIS_DOCUMENTED,
         .source = "acpi_cpu_hotplug.rst, 'Command data', command 0",
         .requirement = "Under command 0 the data register reads the selector.",
         .advice = "The data register must follow the selector without a new command.",
         .needs = REGBLOCK_MODERN,
         SCRIPT(MODERN, W1(REGBLOCK_COMMAND_W, 0), W4(REGBLOCK_SELECTOR_W, LAST),
                R4(REGBLOCK_DATA_RW, LAST), W4(REGBLOCK_SELECTOR_W, LIT(3)), R4(REGBLOCK_DATA_RW, LIT(3)))},
        {.id = "REG-SEL-002", .area = PV_AREA_DISCOVERY, .basis = PV_BASIS_DOCUMENTED,
         .source = "acpi_cpu_hotplug.rst, 'Write access', CPU selector",
         .requirement = "While the selector is out of range every register reads 0.",
         .advice = "Both the first value past the end and 0xffffffff are out of range.",
         .needs = REGBLOCK_MODERN,
         SCRIPT(MODERN, W4(REGBLOCK_SELECTOR_W, MAX), R1(REGBLOCK_STATUS_R, LIT(0)),
                R4(REGBLOCK_DATA_RW, LIT(0)), R4(REGBLOCK_DATA2_R, LIT(0)),
                W4(REGBLOCK_SELECTOR_W, LIT(0xffffffff)), R1(REGBLOCK_STATUS_R, LIT(0)),
                R4(REGBLOCK_DATA_RW, LIT(0)))},
        {.id = "REG-SEL-003", .area = PV_AREA_ROBUSTNESS, .basis = PV_BASIS_DOCUMENTED,
         .source = "acpi_cpu_hotplug.rst, 'Write access', CPU selector",
         .requirement = "While the selector is out of range a command is ignored and the one before it stays in force.",
         .advice = "Every operation must begin with a valid selector.",
         .needs = REGBLOCK_MODERN,
         SCRIPT(MODERN, W1(REGBLOCK_COMMAND_W, 1), W4(REGBLOCK_SELECTOR_W, MAX), W1(REGBLOCK_COMMAND_W, 0),
                W4(REGBLOCK_SELECTOR_W, LAST), R4(REGBLOCK_DATA_RW, LIT(0)))},
        {.id = "REG-SEL-004", .area = PV_AREA_ROBUSTNESS, .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU hw/acpi/cpu.c, selector write",
         .requirement = "A one-byte write to the selector replaces all 32 bits of it.",
         .advice = "The write is not merged into the old value.",
         .needs = REGBLOCK_MODERN,
         SCRIPT(MODERN, W1(REGBLOCK_COMMAND_W, 0), W4(REGBLOCK_SELECTOR_W, LIT(0x201)),
                W1(REGBLOCK_SELECTOR_W, 2), R4(REGBLOCK_DATA_RW, LIT(2)), R1(REGBLOCK_STATUS_R, LIT(0)))},
        {.id = "REG-SEL-005", .area = PV_AREA_ROBUSTNESS, .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU hw/acpi/cpu.c has no reset handler",
         .requirement = "The selector survives system reset.",
         .advice = "Firmware must select before it reads.",
         .needs = REGBLOCK_MODERN,
         SCRIPT(MODERN, W1(REGBLOCK_COMMAND_W, 0), W4(REGBLOCK_SELECTOR_W, LIT(5)),
                H(PV_HOST_RESET, LIT(0)), R4(REGBLOCK_DATA_RW, LIT(5)))},
        {.id = "REG-STA-001", .area = PV_AREA_DISCOVERY, .basis = PV_BASIS_DOCUMENTED,
         .source = "acpi_cpu_hotplug.rst, 'CPU device status fields', bit 0",
         .requirement = "Status bit 0 says whether the selected CPU is present; reserved bits read 0.",
         .advice = "Bits 3 and 5 to 7 must be 0.",
         .needs = REGBLOCK_MODERN,
         SCRIPT(MODERN, R1(REGBLOCK_STATUS_R, LIT(0x01)), W4(REGBLOCK_SELECTOR_W, LIT(1)),
                R1(REGBLOCK_STATUS_R, LIT(0x01)), W4(REGBLOCK_SELECTOR_W, LIT(2)),
                R1(REGBLOCK_STATUS_R, LIT(0)), W4(REGBLOCK_SELECTOR_W, LAST), R1(REGBLOCK_STATUS_R, LIT(0)))},
        {.id = "REG-STA-002", .area = PV_AREA_ROBUSTNESS, .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU hw/acpi/cpu.c, read handler",
         .requirement = "The command register cannot be read back: offset 5 reads 0.",
         .advice = "A latched command is invisible; an interrupting agent cannot restore it.",
         .needs = REGBLOCK_MODERN,
         SCRIPT(MODERN, W1(REGBLOCK_COMMAND_W, 1), R1(REGBLOCK_COMMAND_W, LIT(0)))},
        {.id = "REG-CMD-001", .area = PV_AREA_DISCOVERY, .basis = PV_BASIS_DOCUMENTED,
         .source = "acpi_cpu_hotplug.rst, 'Command data', command 3",
         .requirement = "Under command 3 the data register reads the APIC ID of the selected CPU and follows the "
                        "selector.",
         .advice = "Compare with the topology: holes and dies shift IDs.",
         .needs = REGBLOCK_GET_CPU_ID, CELLS(maps_cells),
         SCRIPT(MODERN, W1(REGBLOCK_COMMAND_W, 3), R4(REGBLOCK_DATA_RW, ID(0)),
                W4(REGBLOCK_SELECTOR_W, LAST), R4(REGBLOCK_DATA_RW, ID_LAST),
                W4(REGBLOCK_SELECTOR_W, LIT(7)), R4(REGBLOCK_DATA_RW, ID(7)),
                W4(REGBLOCK_SELECTOR_W, LIT(1)), R4(REGBLOCK_DATA_RW, ID(1)))},
        {.id = "REG-CMD-002", .area = PV_AREA_DISCOVERY, .basis = PV_BASIS_DOCUMENTED,
         .source = "acpi_cpu_hotplug.rst, 'Command data 2'",
         .requirement = "Under command 3 data 2 reads the upper half of the ID: 0 on x86.",
         .advice = "The value must not be byte-swapped into the upper half.",
         .needs = REGBLOCK_GET_CPU_ID,
         SCRIPT(MODERN, W1(REGBLOCK_COMMAND_W, 3), W4(REGBLOCK_SELECTOR_W, LAST),
                R4(REGBLOCK_DATA2_R, LIT(0)))},
        {.id = "REG-CMD-003", .area = PV_AREA_ROBUSTNESS, .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU hw/acpi/cpu.c, command write",
         .requirement = "An unknown command is dropped and the one before it stays in force.",
         .advice = "Firmware cannot tell a dropped command by reading it back.",
         .needs = REGBLOCK_MODERN,
         SCRIPT(MODERN, W1(REGBLOCK_COMMAND_W, 1), W1(REGBLOCK_COMMAND_W, 4), W4(REGBLOCK_SELECTOR_W, LAST),
                R4(REGBLOCK_DATA_RW, LIT(0)), W1(REGBLOCK_COMMAND_W, 0xff), R4(REGBLOCK_DATA_RW, LIT(0)))},
        {.id = "REG-CMD-004", .area = PV_AREA_COMPATIBILITY, .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU hw/acpi/cpu.c before 5.0, command write",
         .requirement = "A block without GET_CPU_ID drops command 3: after command 0 the data register still reads the "
                        "selector.",
         .advice = "This is why firmware must send command 1 before it probes for command 3.",
         .needs = REGBLOCK_MODERN, .excludes = REGBLOCK_GET_CPU_ID, .newer = "REG-CMD-001",
         SCRIPT(MODERN, W1(REGBLOCK_COMMAND_W, 0), W1(REGBLOCK_COMMAND_W, 3), W4(REGBLOCK_SELECTOR_W, LAST),
                R4(REGBLOCK_DATA_RW, LAST))},
        {.id = "REG-CMD-005", .area = PV_AREA_EVENTS, .basis = PV_BASIS_DOCUMENTED,
         .source = "acpi_cpu_hotplug.rst, 'Typical usecases', get a cpu with pending event",
         .requirement = "Command 0 selects the CPU that has just been plugged, and its status shows the insert event.",
         .advice = "The event must be set before the SCI is raised.",
         .needs = REGBLOCK_MODERN,
         SCRIPT(MODERN, H(PV_HOST_PLUG, LIT(5)), W1(REGBLOCK_COMMAND_W, 0), R4(REGBLOCK_DATA_RW, LIT(5)),
                R1(REGBLOCK_STATUS_R, LIT(0x03)))},
        {.id = "REG-CMD-006", .area = PV_AREA_EVENTS, .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU hw/acpi/cpu.c, command 0",
         .requirement = "The scan of command 0 starts at the selected CPU, inclusive, and wraps around after the last "
                        "one.",
         .advice = "A scanner that never clears events must notice the wrap.",
         .needs = REGBLOCK_MODERN,
         SCRIPT(MODERN, H(PV_HOST_PLUG, LIT(2)), H(PV_HOST_PLUG, LIT(5)), W4(REGBLOCK_SELECTOR_W, LIT(2)),
                W1(REGBLOCK_COMMAND_W, 0), R4(REGBLOCK_DATA_RW, LIT(2)), W4(REGBLOCK_SELECTOR_W, LIT(3)),
                W1(REGBLOCK_COMMAND_W, 0), R4(REGBLOCK_DATA_RW, LIT(5)), W4(REGBLOCK_SELECTOR_W, LIT(6)),
                W1(REGBLOCK_COMMAND_W, 0), R4(REGBLOCK_DATA_RW, LIT(2)))},
        {.id = "REG-CMD-007", .area = PV_AREA_EVENTS, .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU hw/acpi/cpu.c, command 0",
         .requirement = "Without any pending event command 0 leaves the selector where it is.",
         .advice = "Read the status to tell 'no event' from 'this CPU'.",
         .needs = REGBLOCK_MODERN,
         SCRIPT(MODERN, W4(REGBLOCK_SELECTOR_W, LIT(7)), W1(REGBLOCK_COMMAND_W, 0),
                R4(REGBLOCK_DATA_RW, LIT(7)), R1(REGBLOCK_STATUS_R, LIT(0)))},
        {.id = "REG-CTL-001", .area = PV_AREA_EVENTS, .basis = PV_BASIS_DOCUMENTED,
         .source = "acpi_cpu_hotplug.rst, 'CPU device control fields', bit 1",
         .requirement = "Control bit 1 clears the insert event and nothing else.",
         .advice = "The CPU must stay present.",
         .needs = REGBLOCK_MODERN,
         SCRIPT(MODERN, H(PV_HOST_PLUG, LIT(5)), W4(REGBLOCK_SELECTOR_W, LIT(5)),
                R1(REGBLOCK_STATUS_R, LIT(0x03)), W1(REGBLOCK_CONTROL_W, 0x02),
                R1(REGBLOCK_STATUS_R, LIT(0x01)))},
        {.id = "REG-CTL-002", .area = PV_AREA_EVENTS, .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU hw/acpi/cpu.c, control write",
         .requirement = "Of several control bits only the first takes effect: 0x06 clears the insert event and leaves "
                        "the remove event.",
         .advice = "One write acknowledges one event.",
         .needs = REGBLOCK_MODERN,
         SCRIPT(MODERN, H(PV_HOST_PLUG, LIT(5)), H(PV_HOST_UNPLUG_REQUEST, LIT(5)),
                W4(REGBLOCK_SELECTOR_W, LIT(5)), R1(REGBLOCK_STATUS_R, LIT(0x07)),
                W1(REGBLOCK_CONTROL_W, 0x06), R1(REGBLOCK_STATUS_R, LIT(0x05)))},
        {.id = "REG-CTL-003", .area = PV_AREA_EVENTS, .basis = PV_BASIS_DOCUMENTED,
         .source = "acpi_cpu_hotplug.rst, 'CPU device control fields', bit 2",
         .requirement = "An unplug request sets the remove event, and control bit 2 clears it and nothing else.",
         .advice = "The CPU must stay present until it is ejected.",
         .needs = REGBLOCK_MODERN, CELLS(plugged_cells),
         SCRIPT(MODERN, H(PV_HOST_UNPLUG_REQUEST, LIT(10)), W4(REGBLOCK_SELECTOR_W, LIT(10)),
                R1(REGBLOCK_STATUS_R, LIT(0x05)), W1(REGBLOCK_CONTROL_W, 0x04),
                R1(REGBLOCK_STATUS_R, LIT(0x01)))},
        {.id = "REG-CTL-004", .area = PV_AREA_ROBUSTNESS, .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU hw/acpi/cpu.c, control write",
         .requirement = "Control bits 0 and 5 to 7 do nothing.",
         .advice = "Reserved bits must not reach presence or events.",
         .needs = REGBLOCK_MODERN,
         SCRIPT(MODERN, H(PV_HOST_PLUG, LIT(5)), W4(REGBLOCK_SELECTOR_W, LIT(5)),
                W1(REGBLOCK_CONTROL_W, 0xe1), R1(REGBLOCK_STATUS_R, LIT(0x03)))},
        {.id = "REG-EJ-001", .area = PV_AREA_EVENTS, .basis = PV_BASIS_DOCUMENTED,
         .source = "acpi_cpu_hotplug.rst, 'CPU device control fields', bit 3",
         .requirement = "Control bit 3 ejects the selected CPU: it is no longer present and the host is told.",
         .advice = "Look at whether the eject reaches the host.",
         .needs = REGBLOCK_MODERN, CELLS(plugged_cells),
         SCRIPT(MODERN, W4(REGBLOCK_SELECTOR_W, LIT(10)), R1(REGBLOCK_STATUS_R, LIT(0x01)),
                W1(REGBLOCK_CONTROL_W, 0x08), R1(REGBLOCK_STATUS_R, LIT(0)), H(PV_HOST_EJECTED, LIT(1)))},
        {.id = "REG-EJ-002", .area = PV_AREA_ROBUSTNESS, .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU commit c2d2a81b41 (3.1)",
         .requirement = "CPU 0 cannot be ejected.",
         .advice = "A guest could otherwise remove its own boot CPU.",
         .needs = REGBLOCK_BSP_KEPT,
         SCRIPT(MODERN, W1(REGBLOCK_CONTROL_W, 0x08), R1(REGBLOCK_STATUS_R, LIT(0x01)),
                H(PV_HOST_EJECTED, LIT(0)))},
        {.id = "REG-EJ-003", .area = PV_AREA_ROBUSTNESS, .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU hw/acpi/cpu.c, control write",
         .requirement = "Ejecting a CPU that is not present does nothing.",
         .advice = "The host must not be told of it.",
         .needs = REGBLOCK_MODERN,
         SCRIPT(MODERN, W4(REGBLOCK_SELECTOR_W, LIT(7)), W1(REGBLOCK_CONTROL_W, 0x08),
                R1(REGBLOCK_STATUS_R, LIT(0)), H(PV_HOST_EJECTED, LIT(0)))},
        {.id = "REG-EJ-004", .area = PV_AREA_EVENTS, .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU hw/acpi/cpu.c, control write",
         .requirement = "An eject leaves pending insert and remove events as they were.",
         .advice = "The next scan still finds this CPU, with an event but not present; a collector must not take "
                   "that as an arrival.",
         .needs = REGBLOCK_MODERN,
         SCRIPT(MODERN, H(PV_HOST_PLUG, LIT(10)), H(PV_HOST_UNPLUG_REQUEST, LIT(10)),
                W4(REGBLOCK_SELECTOR_W, LIT(10)), W1(REGBLOCK_CONTROL_W, 0x08),
                R1(REGBLOCK_STATUS_R, LIT(0x06)), H(PV_HOST_EJECTED, LIT(1)))},
        {.id = "REG-FWR-001", .area = PV_AREA_EVENTS, .basis = PV_BASIS_DOCUMENTED,
         .source = "acpi_cpu_hotplug.rst (6.0), control and status bit 4",
         .requirement = "Control bit 4 sets status bit 4 of a present CPU: the firmware is asked to eject it.",
         .advice = "QEMU has it from 6.0 on, whatever the machine type.",
         .needs = REGBLOCK_FW_REMOVE_BIT, CELLS(plugged_cells),
         SCRIPT(MODERN, W4(REGBLOCK_SELECTOR_W, LIT(10)), W1(REGBLOCK_CONTROL_W, 0x10),
                R1(REGBLOCK_STATUS_R, LIT(0x11)))},
        {.id = "REG-FWR-002", .area = PV_AREA_COMPATIBILITY, .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU hw/acpi/cpu.c before 6.0, control write",
         .requirement = "A block without firmware removal ignores control bit 4.",
         .advice = "Status bit 4 must read 0.",
         .needs = REGBLOCK_MODERN, .excludes = REGBLOCK_FW_REMOVE_BIT, .newer = "REG-FWR-001", CELLS(plugged_cells),
         SCRIPT(MODERN, W4(REGBLOCK_SELECTOR_W, LIT(10)), W1(REGBLOCK_CONTROL_W, 0x10),
                R1(REGBLOCK_STATUS_R, LIT(0x01)))},
        {.id = "REG-FWR-003", .area = PV_AREA_EVENTS, .basis = PV_BASIS_DOCUMENTED,
         .source = "acpi_cpu_hotplug.rst (6.0), command 0",
         .requirement = "A firmware-removal request counts as an event for command 0.",
         .advice = "The scan must look at all three flags.",
         .needs = REGBLOCK_FW_REMOVE_BIT, CELLS(plugged_cells),
         SCRIPT(MODERN, W4(REGBLOCK_SELECTOR_W, LIT(10)), W1(REGBLOCK_CONTROL_W, 0x10),
                W4(REGBLOCK_SELECTOR_W, LIT(1)), W1(REGBLOCK_COMMAND_W, 0), R4(REGBLOCK_DATA_RW, LIT(10)))},
        {.id = "REG-FWR-004", .area = PV_AREA_ROBUSTNESS, .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU hw/acpi/cpu.c, control write",
         .requirement = "Control bit 4 is ignored for CPU 0 and for a CPU that is not present.",
         .advice = "Neither can be removed.",
         .needs = REGBLOCK_FW_REMOVE_BIT,
         SCRIPT(MODERN, W1(REGBLOCK_CONTROL_W, 0x10), R1(REGBLOCK_STATUS_R, LIT(0x01)),
                W4(REGBLOCK_SELECTOR_W, LIT(7)), W1(REGBLOCK_CONTROL_W, 0x10), R1(REGBLOCK_STATUS_R, LIT(0)))},
        {.id = "REG-OST-001", .area = PV_AREA_EVENTS, .basis = PV_BASIS_DOCUMENTED,
         .source = "acpi_cpu_hotplug.rst, 'Command data', commands 1 and 2",
         .requirement = "Event by command 1 and status by command 2 reach the host as one _OST report for the selected "
                        "CPU.",
         .advice = "The report leaves with the status, not with the event.",
         .needs = REGBLOCK_MODERN,
         SCRIPT(MODERN, W4(REGBLOCK_SELECTOR_W, LIT(1)), W1(REGBLOCK_COMMAND_W, 1),
                W4(REGBLOCK_DATA_RW, LIT(0x103)), H(PV_HOST_N_OST, LIT(0)), W1(REGBLOCK_COMMAND_W, 2),
                W4(REGBLOCK_DATA_RW, LIT(0x80)), H(PV_HOST_N_OST, LIT(1)), H(PV_HOST_OST_SELECTOR, LIT(1)),
                H(PV_HOST_OST_EVENT, LIT(0x103)), H(PV_HOST_OST_STATUS, LIT(0x80)))},
        {.id = "REG-OST-002", .area = PV_AREA_ROBUSTNESS, .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU hw/acpi/cpu.c, data write",
         .requirement = "Under command 0 a write to the data register does nothing.",
         .advice = "No _OST report may be made up.",
         .needs = REGBLOCK_MODERN,
         SCRIPT(MODERN, W1(REGBLOCK_COMMAND_W, 0), W4(REGBLOCK_DATA_RW, LIT(5)), H(PV_HOST_N_OST, LIT(0)),
                R4(REGBLOCK_DATA_RW, LIT(0)))},
        {.id = "REG-OST-003", .area = PV_AREA_ROBUSTNESS, .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU hw/acpi/cpu.c, data read",
         .requirement = "Under commands 1 and 2 the data register reads 0.",
         .advice = "What was written cannot be read back.",
         .needs = REGBLOCK_MODERN,
         SCRIPT(MODERN, W4(REGBLOCK_SELECTOR_W, LAST), W1(REGBLOCK_COMMAND_W, 1),
                W4(REGBLOCK_DATA_RW, LIT(0x103)), R4(REGBLOCK_DATA_RW, LIT(0)), W1(REGBLOCK_COMMAND_W, 2),
                R4(REGBLOCK_DATA_RW, LIT(0)))},
        {.id = "REG-RST-001", .area = PV_AREA_EVENTS, .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU hw/acpi/cpu.c has no reset handler",
         .requirement = "A pending insert event survives system reset.",
         .advice = "Firmware that boots again still finds the CPU's event.",
         .needs = REGBLOCK_MODERN,
         SCRIPT(MODERN, H(PV_HOST_PLUG, LIT(5)), H(PV_HOST_RESET, LIT(0)), W4(REGBLOCK_SELECTOR_W, LIT(5)),
                R1(REGBLOCK_STATUS_R, LIT(0x03)))},
};

const size_t regblock_n_rules = sizeof regblock_rules / sizeof regblock_rules[0];
