/* SPDX-License-Identifier: MIT */
/* The words in which seeded bugs of fw_cfg are written; see PvMutation. */
#ifndef PVABI_BACKEND_FWCFG_FWCFG_MUTANTS_H
#define PVABI_BACKEND_FWCFG_FWCFG_MUTANTS_H

#include "backend-fwcfg/fwcfg-rules.h"

#define TOPOLOGY "fwcfg:topology"
#define MAP "fwcfg:map"
#define LIVE "fwcfg:live/dma"
#define OLD "fwcfg:" FWCFG_REVISION_OLD

#define BUG(id, check, where, sentence, ...)                                                                 \
        {.name = id, .kills = check, .candidate = where, .bug = sentence, .mutation = {.kind = __VA_ARGS__}}
#define AT(port) .offset = (port) - FWCFG_BASE
#define DATA AT(FWCFG_DATA_R)
#define SELECTS AT(FWCFG_SELECTOR_W), .width = 2
#define VALUE(bits, value) .mask = bits, .match = value
#define OF(key) .latched = true, .latch_mask = 0xffff, .latch_match = key

/* Byte n of an item, as the data port tells it. */
#define BYTE(key, n) PV_MUTATE_READ_NTH_XOR, DATA, OF(key), .then = n
#define BITS(bits) .operand = bits
#define ENTRY_BYTE(n) BYTE(FWCFG_KEY_DIRECTORY, FWCFG_DIRECTORY_HEADER + FWCFG_OUR_ENTRY + (n))

/* The descriptor as the device reads it, the last byte of its control word, and the answer. */
#define DESCRIPTOR .width = FWCFG_DMA_DESCRIPTOR_SIZE
#define CONTROL(bits, value) PV_MUTATE_DMA_READ_XOR, DESCRIPTOR, .then = 3, VALUE(bits, value)
#define ANSWER .width = 4

/* An answer of revision `live` as the device takes it. */
#define HEARD(at, bits, value)                                                                               \
        PV_MUTATE_DMA_READ_XOR, .width = FWCFG_ANSWER_SIZE, .then = FWCFG_ANSWER_LE_##at, VALUE(bits, value)

#endif
