/* SPDX-License-Identifier: MIT */
/* Rules about the end of RAM: where it is, and a transfer or a descriptor that crosses it. */
#include "backend-fwcfg/fwcfg-rules.h"
#include "backend-fwcfg/fwcfg-script.h"

#include <inttypes.h>
#include <stdio.h>

#define READ_SIGNATURE (KEY(FWCFG_KEY_SIGNATURE) | FWCFG_DMA_READ)
#define HALF (FWCFG_DMA_DESCRIPTOR_SIZE / 2)

enum { SIZE, FIRST, SECOND, N_SEEN }; /* of RAM; what two control fields held */

static int
read_ram_size(const PvScene *scene, uint64_t *ret_size)
{
        uint8_t item[8];
        int r = fwcfg_rule_select(scene, FWCFG_KEY_RAM_SIZE);

        r = r ? r : fwcfg_rule_read(scene, item, sizeof item);
        if (!r)
                *ret_size = fwcfg_load_le64(item);
        return r;
}

/* Stores the first n bytes of a descriptor that reads length bytes of the signature to address, and rings. */
static int
operate(const PvScene *scene, PvGpa at, size_t n, uint32_t length, uint64_t address, uint64_t *ret_control)
{
        uint8_t descriptor[FWCFG_DMA_DESCRIPTOR_SIZE];
        int r;

        fwcfg_store_be(descriptor + FWCFG_DMA_BE_CONTROL, READ_SIGNATURE, 4);
        fwcfg_store_be(descriptor + FWCFG_DMA_BE_LENGTH, length, 4);
        fwcfg_store_be(descriptor + FWCFG_DMA_BE_ADDRESS, address, 8);
        r = scene->bus->ops->gpa_write(scene->bus, at, descriptor, n);
        r = r ? r : fwcfg_rule_ring(scene, at);
        r = r ? r : scene->bus->ops->gpa_read(scene->bus, at, descriptor, 4);
        if (!r)
                *ret_control = fwcfg_load_be32(descriptor);
        return r;
}

/* A byte below the size, and one behind it. */
static int
act_size(const PvScene *scene, PvObservation *o)
{
        PvGpa page = {0};
        int r = read_ram_size(scene, &o->value[SIZE]);

        r = r ? r : scene->bus->ops->gpa_alloc(scene->bus, PV_PAGE_SIZE, PV_SHARED, &page);
        if (r)
                return r;
        o->n_values = N_SEEN;
        r = operate(scene, page, FWCFG_DMA_DESCRIPTOR_SIZE, 1, o->value[SIZE] - 1, &o->value[FIRST]);
        r = r ? r : operate(scene, page, FWCFG_DMA_DESCRIPTOR_SIZE, 1, o->value[SIZE], &o->value[SECOND]);
        return r ? r : scene->bus->ops->gpa_free(scene->bus, page);
}

static void
judge_size(const PvObservation *o, PvJudgement *j)
{
        fwcfg_rule_judge(j, o->value[FIRST] == DONE && o->value[SECOND] == FWCFG_DMA_ERROR,
                         "a transfer to the last byte of that size succeeds, one behind it fails",
                         "size 0x%" PRIx64 "; control 0x%" PRIx64 " for its last byte, 0x%" PRIx64
                         " for the one behind it",
                         o->value[SIZE], o->value[FIRST], o->value[SECOND]);
}

/* The control field is the last of RAM, the address no longer in it. */
static int
act_half(const PvScene *scene, PvObservation *o)
{
        int r = read_ram_size(scene, &o->value[SIZE]);

        o->n_values = N_SEEN;
        if (r || o->value[SIZE] < PV_PAGE_SIZE)
                return r;
        return operate(scene, (PvGpa){o->value[SIZE] - HALF}, HALF, 4, 0, &o->value[FIRST]);
}

static void
judge_half(const PvObservation *o, PvJudgement *j)
{
        fwcfg_rule_judge(j, o->value[FIRST] == FWCFG_DMA_ERROR, "control 0x1",
                         "control 0x%" PRIx64 " of a descriptor at 0x%" PRIx64, o->value[FIRST],
                         o->value[SIZE] - HALF);
}

static const PvCheck rules[] = {
        {.id = "FWC-RAM-001", .area = PV_AREA_DISCOVERY, .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU hw/i386/fw_cfg.c, fw_cfg_arch_create()",
         .requirement = "Key 0x0003 is the size of RAM in bytes, a little-endian 64-bit number.",
         .advice = "On a machine below 4 GiB RAM starts at 0 and ends at this address.",
         .needs = FWCFG_FEATURE_DMA, .any_state = true, .act = act_size, .judge = judge_size},
        {.id = "FWC-DMA-028", .level = PV_SHOULD, .area = PV_AREA_ROBUSTNESS,
         .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU hw/nvram/fw_cfg.c, fw_cfg_dma_transfer()",
         .requirement = "Where a descriptor cannot be read whole, its control field gets the error bit if "
                        "that much is in RAM.",
         .advice = "A guest that waits for the control field would else wait for ever.",
         .needs = FWCFG_FEATURE_DMA, .any_state = true, .act = act_half, .judge = judge_half},
};

const PvRules fwcfg_rules_memory = PV_RULES(rules);
