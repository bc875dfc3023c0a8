/* SPDX-License-Identifier: MIT */
/* Rules: where the block lies, how long it is, and what its gaps and narrow accesses read. */
#include "backend-regblock/consumers.h"
#include "backend-regblock/script.h"

/*
 * A script's offsets count from where the target has the block; this asks where the chipset must have it.
 * value[0]: what the data register repeats of the last selector.
 */
static int
act_at(const PvScene *s, PvObservation *o)
{
        RegblockPort port = {.bus = s->bus};
        uint32_t data = 0;
        int r = regblock_find(&port);

        if (!r)
                r = pv_bus_out(s->bus, port.base + REGBLOCK_SELECTOR_W, 1, 0);
        if (!r)
                r = regblock_select(&port, 0);
        if (!r)
                r = regblock_command(&port, REGBLOCK_CMD_NEXT_EVENT);
        if (!r)
                r = regblock_select(&port, s->truth.max_cpus - 1);
        if (!r)
                r = regblock_data(&port, &data);
        o->value[o->n_values++] = data;
        return r < 0 ? r : 0;
}

static void
judge_at(const PvObservation *o, PvJudgement *j)
{
        regblock_judge(j, o->value[0] == o->before.max_cpus - 1, "the last selector read back", "0x%x",
                       (unsigned) o->value[0]);
}

static const PvCheck rules[] = {
        {.id = "REG-PLC-001", .area = PV_AREA_DISCOVERY, DOCUMENT "register block base address",
         .requirement = "The registers begin at port 0xcd8 on q35 and at port 0xaf00 on pc.",
         .advice = "Firmware knows the chipset by its host bridge and takes the port for granted.",
         .needs = REGBLOCK_MODERN, .any_state = true, CELLS({0}, {.chipset = PV_CHIPSET_PC}),
         .act = act_at, .judge = judge_at},
        {.id = "REG-LEN-001", .area = PV_AREA_COMPATIBILITY, .level = PV_SHOULD, CODE "region length",
         .requirement = "In modern mode the block ends after 12 bytes: what was the bitmap's tail is "
                        "unclaimed and reads ones.",
         .advice = "A firmware that reads past the block must not see stale presence bits.",
         .needs = REGBLOCK_MODERN, .any_state = true,
         PV_CHECK_SCRIPT(MODERN, COMMAND(0), R4(12, 0xffffffff), R1(31, 0xff))},
        {.id = "REG-LEN-002", .area = PV_AREA_COMPATIBILITY, DOCUMENT "legacy registers (v7.2)",
         .requirement = "The legacy bitmap is 32 bytes long.",
         .advice = "Its last byte holds APIC IDs 248 to 255.",
         .needs = REGBLOCK_STARTS_LEGACY,
         CELLS({.smp = "1,maxcpus=255,sockets=1,dies=1,cores=255,threads=1", .plugged = "250"}),
         PV_CHECK_SCRIPT(R1(31, 0x04))},
        {.id = "REG-RES-001", .area = PV_AREA_ROBUSTNESS, DOCUMENT "reserved registers",
         .requirement = "The reserved bytes 6 and 7 read 0.",
         .advice = "Later revisions may give them a meaning; until then firmware may test for 0.",
         .needs = REGBLOCK_MODERN, .any_state = true,
         PV_CHECK_SCRIPT(MODERN, W1(6, 0xff), W1(7, 0xff), R1(6, 0), R1(7, 0), R2(6, 0))},
        {.id = "REG-RES-002", .area = PV_AREA_ROBUSTNESS, DOCUMENT "reserved registers",
         .requirement = "A write to the reserved bytes 6 and 7 is ignored.",
         .advice = "Neither selector, command nor events may change.",
         .needs = REGBLOCK_MODERN,
         PV_CHECK_SCRIPT(MODERN, PLUG(5), SELECT(5), W1(6, 0x02), W1(7, 0x02), W2(6, 0x0808), STATUS(0x03),
                         DATA(5), EJECTED(0))},
        {.id = "REG-RES-003", .area = PV_AREA_ROBUSTNESS, .level = PV_SHOULD, CODE "read handler",
         .requirement = "A read that begins behind the first byte of a register reads 0, not that register's "
                        "upper bytes.",
         .advice = "Only the offset where an access begins is decoded.",
         .needs = REGBLOCK_MODERN, .any_state = true,
         CELLS({0}, {.smp = "1,maxcpus=288,sockets=288,dies=1,cores=1,threads=1"}),
         PV_CHECK_SCRIPT(MODERN, COMMAND(0), SELECT_AT(LAST), R1(1, 0), R2(2, 0), R1(3, 0), R1(9, 0),
                         R2(10, 0), R1(11, 0))},
        {.id = "REG-WID-001", .area = PV_AREA_ROBUSTNESS, .level = PV_SHOULD, CODE "read handler",
         .requirement = "A narrow read of the data register gives its low bytes.",
         .advice = "The register is little-endian; nothing is latched by a partial read.",
         .needs = REGBLOCK_MODERN, .any_state = true,
         PV_CHECK_SCRIPT(MODERN, COMMAND(0), SELECT(11), R1(REGBLOCK_DATA_RW, 11), R2(REGBLOCK_DATA_RW, 11),
                         DATA(11))},
        {.id = "REG-END-001", .area = PV_AREA_DISCOVERY, DOCUMENT "byte order of the registers",
         .requirement = "The registers are little-endian.",
         .advice = "The byte at the lowest address is the least significant, whatever the host is.",
         .needs = REGBLOCK_MODERN, .any_state = true,
         PV_CHECK_SCRIPT(MODERN, COMMAND(0), SELECT(0x01000000), STATUS(0), DATA(0), SELECT(1), DATA(1),
                         R1(REGBLOCK_DATA_RW, 1))},
};

const PvRules regblock_rules_place = PV_RULES(rules);
