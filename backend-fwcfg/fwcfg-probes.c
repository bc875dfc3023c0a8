/* SPDX-License-Identifier: MIT */
/* Accesses to fw_cfg whose answer no document fixes: wider than a port, unaligned, or across an end. */
#include "backend-fwcfg/fwcfg-rules.h"
#include "backend-fwcfg/fwcfg-script.h"

/* Recorded, whatever it is. */
#define SEE(width, port) {'R', width, AT(port), ANY}
#define NEXT SEE(1, FWCFG_DATA_R)

#define PROBE(...)                                                                                           \
        .steps = (const PvStep[]){__VA_ARGS__},                                                              \
        .n_steps = sizeof((const PvStep[]){__VA_ARGS__}) / sizeof(PvStep)

#define PORTS .source = "QEMU hw/nvram/fw_cfg.c, fw_cfg_comb_ops, behind the memory core"
#define REGISTER                                                                                             \
        .source = "QEMU hw/nvram/fw_cfg.c, fw_cfg_dma_mem_ops, behind the memory core",                      \
        .needs = FWCFG_FEATURE_DMA

const PvProbe fwcfg_probes[] = {
        {.id = "FWC-PRB-001", PORTS,
         .what = "Word read at the data port, across the end of the ports: what it gives and consumes.",
         PROBE(SELECT(FWCFG_KEY_SIGNATURE), SEE(2, FWCFG_DATA_R), NEXT)},
        {.id = "FWC-PRB-002", PORTS,
         .what = "Dword read at the data port, unaligned and across the end.",
         PROBE(SELECT(FWCFG_KEY_SIGNATURE), SEE(4, FWCFG_DATA_R), NEXT)},
        {.id = "FWC-PRB-003", PORTS,
         .what = "Dword read at the selector, wider than the ports.",
         PROBE(SELECT(FWCFG_KEY_SIGNATURE), SEE(4, FWCFG_SELECTOR_W), NEXT)},
        {.id = "FWC-PRB-004", PORTS,
         .what = "Dword written at the selector, wider than the ports: whether its low half selects.",
         PROBE(SELECT(FWCFG_KEY_SIGNATURE), WRITE(4, FWCFG_SELECTOR_W, FWCFG_KEY_MAX_CPUS), NEXT, NEXT)},
        {.id = "FWC-PRB-005", PORTS,
         .what = "Word written at the data port, across the end: whether it moves the offset.",
         PROBE(SELECT(FWCFG_KEY_SIGNATURE), WRITE(2, FWCFG_DATA_R, 0x5555), NEXT)},
        {.id = "FWC-PRB-006", REGISTER,
         .what = "Unaligned reads within the DMA address register.",
         PROBE(SEE(2, FWCFG_DMA_HIGH_RW + 1), SEE(2, FWCFG_DMA_HIGH_RW + 3), SEE(4, FWCFG_DMA_HIGH_RW + 1),
               SEE(4, FWCFG_DMA_HIGH_RW + 2), SEE(4, FWCFG_DMA_HIGH_RW + 3))},
        {.id = "FWC-PRB-007", REGISTER,
         .what = "Reads across the end of the DMA address register.",
         PROBE(SEE(2, FWCFG_DMA_LOW_RW + 3), SEE(4, FWCFG_DMA_LOW_RW + 1), SEE(4, FWCFG_DMA_LOW_RW + 2),
               SEE(4, FWCFG_DMA_LOW_RW + 3))},
        {.id = "FWC-PRB-008", REGISTER,
         .what = "Reads that begin between the ports and the DMA address register.",
         PROBE(SEE(4, FWCFG_DMA_HIGH_RW - 1), SEE(4, FWCFG_DMA_HIGH_RW - 2))},
        {.id = "FWC-PRB-009", .source = "QEMU hw/nvram/fw_cfg.c, the gap between its two regions",
         .what = "Ports that belong to fw_cfg's neighbourhood and to no register of it.",
         PROBE(SEE(1, FWCFG_BASE + FWCFG_PORTS_SIZE), SEE(2, FWCFG_BASE + FWCFG_PORTS_SIZE),
               SEE(4, FWCFG_DMA_LOW_RW + 4))},
};

const size_t fwcfg_n_probes = sizeof fwcfg_probes / sizeof fwcfg_probes[0];
