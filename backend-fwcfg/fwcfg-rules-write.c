/* SPDX-License-Identifier: MIT */
/* Rules of DMA writes, held against the one writable file of a plain q35 machine. */
#include "backend-fwcfg/fwcfg-rules.h"
#include "backend-fwcfg/fwcfg-script.h"

#define TRANSFER_SOURCE "QEMU hw/nvram/fw_cfg.c, fw_cfg_dma_transfer()"
#define WRITE_SOURCE "QEMU docs/specs/fw_cfg.rst, 'Guest-side DMA Interface' (writes as of QEMU 2.9)"

/* The file: any eight bytes may be stored, for only selecting etc/smi/features-ok gives them a meaning. */
static int
find(const PvScene *scene, uint64_t ret_found[PV_N_FOUND])
{
        return fwcfg_rule_look_up(scene, FWCFG_SMI_REQUESTED_FILE, ret_found);
}

#define FOUND(what, n) (PV_VALUE_FOUND, (uint64_t) FWCFG_FOUND_##what << 32 | (n))
#define SELECT_FILE {'W', 2, AT(FWCFG_SELECTOR_W), VALUE FOUND(KEY, 0)}
#define FILE_OPERATE(control, length, answer)                                                                \
        OPERATE_OF(FOUND(CONTROL, control), length, IN_PAGE(BUFFER), answer)

#define FIRST UINT64_C(0x1122334455667788)
#define FIRST_LE UINT64_C(0x8877665544332211)
#define FILLED STORE(8, BUFFER, FIRST), FILE_OPERATE(FWCFG_DMA_WRITE, 8, DONE)

static const PvCheck rules[] = {
        {.id = "FWC-WR-001", .area = PV_AREA_COMPATIBILITY, .basis = PV_BASIS_DOCUMENTED,
         .source = WRITE_SOURCE,
         .requirement = "A DMA write stores the guest's bytes in a writable item, where they can be read.",
         .advice = "The bytes are stored as they come; only the device gives them a byte order.",
         .needs = FWCFG_FEATURE_DMA, .any_state = true, .find = find,
         PV_CHECK_SCRIPT(FILLED, SELECT_FILE, STRING(8, LITERAL(FIRST_LE)))},
        {.id = "FWC-WR-002", .area = PV_AREA_COMPATIBILITY, .basis = PV_BASIS_IMPLEMENTATION,
         .source = TRANSFER_SOURCE,
         .requirement = "A DMA write starts at the offset and leaves the bytes before it.",
         .advice = "Skip first to write a part of an item.",
         .needs = FWCFG_FEATURE_DMA, .any_state = true, .find = find,
         PV_CHECK_SCRIPT(FILLED, STORE(4, BUFFER, 0xaabbccdd), FILE_OPERATE(FWCFG_DMA_SKIP, 4, DONE),
                         OPERATE(FWCFG_DMA_WRITE, 4, DONE), SELECT_FILE,
                         STRING(8, LITERAL(UINT64_C(0xddccbbaa44332211))))},
        {.id = "FWC-WR-003", .area = PV_AREA_COMPATIBILITY, .basis = PV_BASIS_IMPLEMENTATION,
         .source = TRANSFER_SOURCE,
         .requirement = "A DMA write moves the offset by its length.",
         .advice = "Large items are written in pieces.",
         .needs = FWCFG_FEATURE_DMA, .any_state = true, .find = find,
         PV_CHECK_SCRIPT(FILLED, FILE_OPERATE(FWCFG_DMA_WRITE, 2, DONE), DATA(0x33))},
        {.id = "FWC-WR-004", .area = PV_AREA_ROBUSTNESS, .basis = PV_BASIS_IMPLEMENTATION,
         .source = TRANSFER_SOURCE,
         .requirement = "A DMA write longer than what is left of the item sets the error bit and stores "
                        "nothing.",
         .advice = "Neither the part that fits nor, above all, what is beyond the item.",
         .needs = FWCFG_FEATURE_DMA, .any_state = true, .find = find,
         PV_CHECK_SCRIPT(FILLED, STORE(8, BUFFER, ONES), FILE_OPERATE(FWCFG_DMA_WRITE, 9, FWCFG_DMA_ERROR),
                         SELECT_FILE, STRING(8, LITERAL(FIRST_LE)))},
        {.id = "FWC-WR-005", .level = PV_MAY, .area = PV_AREA_COMPATIBILITY, .basis = PV_BASIS_IMPLEMENTATION,
         .source = TRANSFER_SOURCE,
         .requirement = "A DMA write that is refused for its length leaves the offset at the end of the "
                        "item.",
         .advice = "Nobody should rely on it; select again after an error.",
         .needs = FWCFG_FEATURE_DMA, .any_state = true, .find = find,
         PV_CHECK_SCRIPT(FILLED, SELECT_FILE, OPERATE(FWCFG_DMA_WRITE, 9, FWCFG_DMA_ERROR), DATA(0))},
        {.id = "FWC-WR-006", .area = PV_AREA_ROBUSTNESS, .basis = PV_BASIS_IMPLEMENTATION,
         .source = TRANSFER_SOURCE,
         .requirement = "A DMA write from memory that is not RAM sets the error bit.",
         .advice = "Check what the load of the data returned.",
         .needs = FWCFG_FEATURE_DMA, .any_state = true, .find = find,
         PV_CHECK_SCRIPT(OPERATE_OF(FOUND(CONTROL, FWCFG_DMA_WRITE), 8, NUMBER(NO_RAM), FWCFG_DMA_ERROR))},
        {.id = "FWC-WR-007", .area = PV_AREA_ROBUSTNESS, .basis = PV_BASIS_IMPLEMENTATION,
         .source = TRANSFER_SOURCE,
         .requirement = "A DMA write that begins at the end of an item sets the error bit.",
         .advice = "Items do not grow.",
         .needs = FWCFG_FEATURE_DMA, .any_state = true, .find = find,
         PV_CHECK_SCRIPT(FILLED, OPERATE(FWCFG_DMA_WRITE, 1, FWCFG_DMA_ERROR))},
        {.id = "FWC-DIR-007", .area = PV_AREA_DISCOVERY, .basis = PV_BASIS_DOCUMENTED,
         .source = "QEMU docs/specs/fw_cfg.rst, 'File Directory'",
         .requirement = "The size in a directory entry is the length of the item, big-endian.",
         .advice = "Seen from a writable file: so many bytes can be stored, and not one more.",
         .needs = FWCFG_FEATURE_DMA, .any_state = true, .find = find,
         PV_CHECK_SCRIPT(
                {'M', 4, FWCFG_DMA_BE_CONTROL, VALUE FOUND(CONTROL, FWCFG_DMA_WRITE)},
                {'M', 4, FWCFG_DMA_BE_LENGTH, VALUE FOUND(SIZE, 0)},
                {'M', 8, FWCFG_DMA_BE_ADDRESS, VALUE IN_PAGE(BUFFER)}, RING(0), EXPECT(4, 0, DONE),
                {'M', 4, FWCFG_DMA_BE_CONTROL, VALUE FOUND(CONTROL, FWCFG_DMA_WRITE)},
                {'M', 4, FWCFG_DMA_BE_LENGTH, VALUE FOUND(SIZE, 1)}, RING(0), EXPECT(4, 0, FWCFG_DMA_ERROR))},
        {.id = "FWC-MIG-003", .area = PV_AREA_COHERENCE, .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU hw/isa/lpc_ich9.c, vmstate_ich9_smi_feat",
         .requirement = "What a guest has written to etc/smi/requested-features survives migration.",
         .advice = "The content of a writable item is state of the machine.",
         .needs = FWCFG_FEATURE_DMA, .find = find,
         PV_CHECK_SCRIPT(FILLED, H(PV_HOST_SAVE_LOAD, 0), SELECT_FILE, STRING(8, LITERAL(FIRST_LE)))},
};

const PvRules fwcfg_rules_write = PV_RULES(rules);
