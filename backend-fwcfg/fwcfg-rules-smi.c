/* SPDX-License-Identifier: MIT */
/* Rules of the files by which firmware and a q35 machine agree on SMI features. */
#include "backend-fwcfg/fwcfg-rules.h"
#include "backend-fwcfg/fwcfg-script.h"

#include <inttypes.h>

#define SMI_SOURCE "QEMU hw/isa/lpc_ich9.c, smi_features_ok_callback()"

/* What is looked up: what the guest asks for, and the answer; or what the machine has. */
enum { REQUESTED = 0, OK = 1, SUPPORTED = 0 };

static int
find(const PvScene *scene, uint64_t ret_found[PV_N_FOUND])
{
        int r = fwcfg_rule_look_up(scene, FWCFG_SMI_REQUESTED_FILE, ret_found + FWCFG_N_FOUND * REQUESTED);

        return r ? r : fwcfg_rule_look_up(scene, FWCFG_SMI_OK_FILE, ret_found + FWCFG_N_FOUND * OK);
}

static int
find_supported(const PvScene *scene, uint64_t ret_found[PV_N_FOUND])
{
        return fwcfg_rule_look_up(scene, FWCFG_SMI_SUPPORTED_FILE, ret_found);
}

static int
read_supported(const PvScene *scene, uint32_t *ret_size, uint64_t *ret_features)
{
        uint64_t found[FWCFG_N_FOUND];
        uint8_t mask[8];
        int r = fwcfg_rule_look_up(scene, FWCFG_SMI_SUPPORTED_FILE, found);

        r = r ? r : fwcfg_rule_select(scene, (uint16_t) found[FWCFG_FOUND_KEY]);
        r = r ? r : fwcfg_rule_read(scene, mask, sizeof mask);
        if (r)
                return r;
        *ret_size = (uint32_t) found[FWCFG_FOUND_SIZE];
        *ret_features = fwcfg_load_le64(mask);
        return 0;
}

/* Only where the machine can agree to CPU hotplug. */
static int
find_hotplug(const PvScene *scene, uint64_t ret_found[PV_N_FOUND])
{
        uint64_t features = 0;
        uint32_t size;
        int r = read_supported(scene, &size, &features);

        if (!r && !(features & FWCFG_SMI_HOTPLUG))
                return PV_E_ABSENT;
        return r ? r : find(scene, ret_found);
}

#define FOUND(file, what, n)                                                                                 \
        (PV_VALUE_FOUND, (uint64_t) (FWCFG_N_FOUND * file + FWCFG_FOUND_##what) << 32 | (n))
#define ASK(le_features)                                                                                     \
        STORE(8, BUFFER, le_features),                                                                       \
                OPERATE_OF(FOUND(REQUESTED, CONTROL, FWCFG_DMA_WRITE), 8, IN_PAGE(BUFFER), DONE)
#define SELECT_OK {'W', 2, AT(FWCFG_SELECTOR_W), VALUE FOUND(OK, KEY, 0)}
#define ANSWER(ok) SELECT_OK, DATA(ok), DATA(0)

/* Features, as the guest stores them: little-endian. */
#define FEATURES(bits) ((uint64_t) (bits) << 56)
#define BROADCAST FWCFG_SMI_BROADCAST
#define HOTPLUG FWCFG_SMI_HOTPLUG
#define HOT_UNPLUG FWCFG_SMI_HOT_UNPLUG
#define REGBLOCK_ON_Q35 0xcd8u
#define NO_FEATURE UINT64_C(0x80) /* bit 63 */

static int
act_supported(const PvScene *scene, PvObservation *o)
{
        uint32_t size = 0;
        int r = read_supported(scene, &size, &o->value[1]);

        o->n_values = 2;
        o->value[0] = size;
        return r;
}

static void
judge_supported(const PvObservation *o, PvJudgement *j)
{
        fwcfg_rule_judge(j, o->value[0] == 8 && o->value[1] & BROADCAST, "8 bytes, with bit 0 set",
                         "%u bytes: 0x%" PRIx64, (unsigned) o->value[0], o->value[1]);
}

static const PvCheck rules[] = {
        {.id = "FWC-SMI-001", .area = PV_AREA_COMPATIBILITY, .basis = PV_BASIS_CONSUMER,
         .source = "edk2 OvmfPkg/SmmControl2Dxe/SmiFeatures.c",
         .requirement = "etc/smi/features-ok is one byte, 1 once the guest has asked for features that the "
                        "machine has.",
         .advice = "The request is a little-endian 64-bit mask; bit 0 is the broadcast SMI.",
         .needs = FWCFG_FEATURE_DMA, .find = find,
         PV_CHECK_SCRIPT(ASK(FEATURES(BROADCAST)), ANSWER(1))},
        {.id = "FWC-SMI-002", .area = PV_AREA_COMPATIBILITY, .basis = PV_BASIS_IMPLEMENTATION,
         .source = SMI_SOURCE,
         .requirement = "A request with a feature that etc/smi/supported-features does not list is answered "
                        "with 0.",
         .advice = "All or nothing: do not agree to a part of a request.",
         .needs = FWCFG_FEATURE_DMA, .find = find,
         PV_CHECK_SCRIPT(ASK(FEATURES(BROADCAST) | NO_FEATURE), ANSWER(0))},
        {.id = "FWC-SMI-003", .area = PV_AREA_COMPATIBILITY, .basis = PV_BASIS_IMPLEMENTATION,
         .source = SMI_SOURCE,
         .requirement = "A request for CPU hotplug (bit 1) without the broadcast SMI (bit 0) is answered "
                        "with 0.",
         .advice = "A CPU that arrives must be reached by the SMI.",
         .needs = FWCFG_FEATURE_DMA, .find = find,
         PV_CHECK_SCRIPT(ASK(FEATURES(HOTPLUG)), ANSWER(0))},
        {.id = "FWC-SMI-004", .area = PV_AREA_COMPATIBILITY, .basis = PV_BASIS_IMPLEMENTATION,
         .source = SMI_SOURCE,
         .requirement = "A request for CPU hot-unplug (bit 2) without CPU hotplug (bit 1) is answered with "
                        "0.",
         .advice = "Firmware that lets CPUs go must be able to take them in.",
         .needs = FWCFG_FEATURE_DMA, .find = find,
         PV_CHECK_SCRIPT(ASK(FEATURES(BROADCAST | HOT_UNPLUG)), ANSWER(0))},
        {.id = "FWC-SMI-005", .area = PV_AREA_COMPATIBILITY, .basis = PV_BASIS_IMPLEMENTATION,
         .source = SMI_SOURCE,
         .requirement = "The first agreement stands until reset: a later request is not looked at.",
         .advice = "An operating system must not take back what firmware relies on.",
         .needs = FWCFG_FEATURE_DMA, .find = find,
         PV_CHECK_SCRIPT(ASK(FEATURES(BROADCAST)), ANSWER(1), ASK(NO_FEATURE), ANSWER(1))},
        {.id = "FWC-SMI-006", .area = PV_AREA_COMPATIBILITY, .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU hw/isa/lpc_ich9.c, ich9_lpc_reset()",
         .requirement = "A reset undoes the agreement and the request.",
         .advice = "The next firmware negotiates for itself.",
         .needs = FWCFG_FEATURE_DMA, .find = find,
         PV_CHECK_SCRIPT(ASK(FEATURES(BROADCAST)), ANSWER(1), H(PV_HOST_RESET, 0),
                         {'W', 2, AT(FWCFG_SELECTOR_W), VALUE FOUND(REQUESTED, KEY, 0)},
                         STRING(8, LITERAL(0)), ASK(NO_FEATURE), ANSWER(0))},
        {.id = "FWC-SMI-007", .area = PV_AREA_COMPATIBILITY, .basis = PV_BASIS_IMPLEMENTATION,
         .source = SMI_SOURCE "; QEMU commit 3bef7e8aab",
         .requirement = "Selecting etc/smi/features-ok is what negotiates, whether or not it is then read.",
         .advice = "A select callback runs once for each select, and not when a byte is read.",
         .needs = FWCFG_FEATURE_DMA, .find = find,
         PV_CHECK_SCRIPT(ASK(FEATURES(BROADCAST)), SELECT_OK, ASK(NO_FEATURE), ANSWER(1))},
        {.id = "FWC-SMI-008", .area = PV_AREA_COMPATIBILITY, .basis = PV_BASIS_IMPLEMENTATION,
         .source = SMI_SOURCE,
         .requirement = "After a request that was refused the guest may make another.",
         .advice = "Only an agreement is final.",
         .needs = FWCFG_FEATURE_DMA, .find = find,
         PV_CHECK_SCRIPT(ASK(NO_FEATURE), ANSWER(0), ASK(FEATURES(BROADCAST)), ANSWER(1))},
        {.id = "FWC-SMI-009", .area = PV_AREA_ROBUSTNESS, .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU hw/isa/lpc_ich9.c, ich9_lpc_pm_init()",
         .requirement = "etc/smi/features-ok is read-only.",
         .advice = "The guest asks, the machine answers.",
         .needs = FWCFG_FEATURE_DMA, .find = find,
         PV_CHECK_SCRIPT(ASK(NO_FEATURE), STORE(1, BUFFER, 1),
                         OPERATE_OF(FOUND(OK, CONTROL, FWCFG_DMA_WRITE), 1, IN_PAGE(BUFFER), FWCFG_DMA_ERROR),
                         ANSWER(0))},
        {.id = "FWC-SMI-010", .area = PV_AREA_ROBUSTNESS, .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU hw/isa/lpc_ich9.c, ich9_lpc_pm_init()",
         .requirement = "etc/smi/supported-features is read-only.",
         .advice = "What the machine has is not the guest's to say.",
         .needs = FWCFG_FEATURE_DMA, .find = find_supported,
         PV_CHECK_SCRIPT(STORE(8, BUFFER, ONES),
                OPERATE_OF(FOUND(SUPPORTED, CONTROL, FWCFG_DMA_WRITE), 8, IN_PAGE(BUFFER), FWCFG_DMA_ERROR))},
        {.id = "FWC-SMI-011", .area = PV_AREA_COMPATIBILITY, .basis = PV_BASIS_CONSUMER,
         .source = "edk2 OvmfPkg/SmmControl2Dxe/SmiFeatures.c",
         .requirement = "etc/smi/supported-features is a little-endian 64-bit mask of what the machine has, "
                        "the broadcast SMI (bit 0) among it.",
         .advice = "Firmware asks for what it finds there.",
         .act = act_supported, .judge = judge_supported},
        {.id = "FWC-SMI-012", .area = PV_AREA_EVENTS, .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU hw/acpi/ich9.c, ich9_pm_device_pre_plug_cb() (5.2)",
         .requirement = "Once SMIs are broadcast, a CPU is plugged only if firmware has agreed to CPU "
                        "hotplug.",
         .advice = "A CPU that firmware does not know of could not be made safe before the next SMI.",
         .needs = FWCFG_FEATURE_DMA, .find = find,
         PV_CHECK_SCRIPT(ASK(FEATURES(BROADCAST)), ANSWER(1), H(PV_HOST_PLUG_REFUSED, 3))},
        {.id = "FWC-SMI-013", .area = PV_AREA_EVENTS, .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU hw/acpi/ich9.c, ich9_pm_device_unplug_request_cb() (6.0)",
         .requirement = "Once SMIs are broadcast, a CPU is asked back only if firmware has agreed to CPU "
                        "hot-unplug.",
         .advice = "Firmware would take the CPU that left for one that does not answer.",
         .needs = FWCFG_FEATURE_DMA, .find = find_hotplug,
         /* On a real q35 the register block must have left its legacy mode, which knows no unplug. */
         PV_CHECK_SCRIPT(WRITE(4, REGBLOCK_ON_Q35, 0), ASK(FEATURES(BROADCAST | HOTPLUG)), ANSWER(1),
                         H(PV_HOST_PLUG, 3), H(PV_HOST_UNPLUG_REFUSED, 3))},
};

const PvRules fwcfg_rules_smi = PV_RULES(rules);
