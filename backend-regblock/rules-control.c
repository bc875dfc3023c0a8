/* SPDX-License-Identifier: MIT */
/* Rules: the control register's acknowledgements, and which of several bits acts. */
#include "backend-regblock/script.h"

#define CONTROL_DOCUMENT DOCUMENT "write access, CPU device control"
#define FIRST_BIT .level = PV_SHOULD, CODE "control write"

static const PvCheck rules[] = {
        {.id = "REG-CTL-001", .area = PV_AREA_EVENTS, CONTROL_DOCUMENT ", bit 1",
         .requirement = "Control bit 1 clears the insert event and nothing else.",
         .advice = "The CPU must stay present.",
         .needs = REGBLOCK_MODERN,
         PV_CHECK_SCRIPT(MODERN, PLUG(5), SELECT(5), STATUS(0x03), CONTROL(0x02), STATUS(0x01))},
        {.id = "REG-CTL-002", .area = PV_AREA_EVENTS, FIRST_BIT,
         .requirement = "Control bits 1 and 2 together clear the insert event and leave the remove event.",
         .advice = "One write acknowledges one event: of several bits only the lowest takes effect.",
         .needs = REGBLOCK_MODERN,
         PV_CHECK_SCRIPT(MODERN, PLUG(5), ASK_BACK(5), SELECT(5), STATUS(0x07), CONTROL(0x06), STATUS(0x05))},
        {.id = "REG-CTL-003", .area = PV_AREA_EVENTS, CONTROL_DOCUMENT ", bit 2",
         .requirement = "Control bit 2 clears the remove event and nothing else.",
         .advice = "The CPU must stay present until it is ejected.",
         .needs = REGBLOCK_MODERN, WITH_CPU_10,
         PV_CHECK_SCRIPT(MODERN, ASK_BACK(10), SELECT(10), STATUS(0x05), CONTROL(0x04), STATUS(0x01))},
        {.id = "REG-CTL-004", .area = PV_AREA_ROBUSTNESS, .level = PV_SHOULD, CODE "control write",
         .requirement = "Control bits 0 and 5 to 7 do nothing.",
         .advice = "Reserved bits must not reach presence or events.",
         .needs = REGBLOCK_MODERN,
         PV_CHECK_SCRIPT(MODERN, PLUG(5), ASK_BACK(5), SELECT(5), CONTROL(0), CONTROL(0x01), CONTROL(0x20),
                         CONTROL(0x40), CONTROL(0x80), CONTROL(0xe1), STATUS(0x07), EJECTED(0))},
        {.id = "REG-CTL-005", .area = PV_AREA_EVENTS, FIRST_BIT,
         .requirement = "Control bits 2 and 3 together clear the remove event and eject nothing.",
         .advice = "Of several bits only the lowest takes effect.",
         .needs = REGBLOCK_MODERN, WITH_CPU_10,
         PV_CHECK_SCRIPT(MODERN, ASK_BACK(10), SELECT(10), CONTROL(0x0c), STATUS(0x01), EJECTED(0))},
        {.id = "REG-CTL-006", .area = PV_AREA_EVENTS, FIRST_BIT,
         .requirement = "Control bits 1 and 3 together eject nothing, even without an insert event to clear.",
         .advice = "Whether a bit is set decides which one acts, not whether it finds something to do.",
         .needs = REGBLOCK_MODERN, WITH_CPU_10,
         PV_CHECK_SCRIPT(MODERN, SELECT(10), CONTROL(0x0a), STATUS(0x01), EJECTED(0))},
        {.id = "REG-CTL-007", .area = PV_AREA_EVENTS, CONTROL_DOCUMENT,
         .requirement = "An acknowledgement acts on the selected CPU alone.",
         .advice = "Another CPU's event is lost for good if it is cleared unseen.",
         .needs = REGBLOCK_MODERN,
         PV_CHECK_SCRIPT(MODERN, PLUG(5), PLUG(7), SELECT(5), CONTROL(0x02), SELECT(7), STATUS(0x03))},
        {.id = "REG-CTL-008", .area = PV_AREA_ROBUSTNESS, .level = PV_SHOULD, CODE "control write",
         .requirement = "Acknowledging an event that is not pending changes nothing.",
         .advice = "Neither presence nor the other event may change.",
         .needs = REGBLOCK_MODERN, WITH_CPU_10,
         PV_CHECK_SCRIPT(MODERN, SELECT(7), CONTROL(0x02), CONTROL(0x04), STATUS(0), ASK_BACK(10), SELECT(10),
                         CONTROL(0x02), STATUS(0x05))},
};

const PvRules regblock_rules_control = PV_RULES(rules);
