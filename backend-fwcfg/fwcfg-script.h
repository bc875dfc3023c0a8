/* SPDX-License-Identifier: MIT */
/* Words of fw_cfg's scripts; see PvStep. Offsets count from the selector port. */
#ifndef PVABI_BACKEND_FWCFG_FWCFG_SCRIPT_H
#define PVABI_BACKEND_FWCFG_FWCFG_SCRIPT_H

#include "backend-fwcfg/fwcfg.h"
#include "common/check.h"

#define LITERAL(n) {PV_VALUE_LITERAL, n}
#define ANY {PV_VALUE_ANY, 0}
/* The same as arguments of macros, where a brace would fall apart: in parentheses, behind VALUE. */
#define VALUE(kind, arg) {kind, arg}
#define NUMBER(n) (PV_VALUE_LITERAL, n)
#define IN_PAGE(where) (PV_VALUE_PAGE, where)
#define AT(port) ((port) - FWCFG_BASE)
#define READ(width, port, n) {'R', width, AT(port), LITERAL(n)}
#define WRITE(width, port, n) {'W', width, AT(port), LITERAL(n)}
#define SELECT(key) WRITE(2, FWCFG_SELECTOR_W, key)
#define DATA(byte) READ(1, FWCFG_DATA_R, byte)
#define STRING(width, ...) {'S', width, AT(FWCFG_DATA_R), __VA_ARGS__}
#define H(what, n) {'H', 0, what, LITERAL(n)}
#define STORE(width, where, n) {'M', width, where, LITERAL(n)}
#define EXPECT(width, where, n) {'m', width, where, LITERAL(n)}

/* A DMA descriptor in the page, which is below 4 GiB, with data at BUFFER; ringing hands it to the device. */
#define BUFFER 0x100u
#define DESCRIPTOR_OF(where, control, length, address)                                                       \
        {'M', 4, (where) + FWCFG_DMA_BE_CONTROL, VALUE control},                                             \
        STORE(4, (where) + FWCFG_DMA_BE_LENGTH, length),                                                     \
        {'M', 8, (where) + FWCFG_DMA_BE_ADDRESS, VALUE address}
#define DESCRIPTOR(where, control, length) DESCRIPTOR_OF(where, NUMBER(control), length, IN_PAGE(BUFFER))
#define RING_HIGH(n) WRITE(4, FWCFG_DMA_HIGH_RW, n)
#define RING_LOW(where) {'W', 4, AT(FWCFG_DMA_LOW_RW), {PV_VALUE_PAGE_BE, where}}
#define RING(where) RING_HIGH(0), RING_LOW(where)

/* A whole operation with the descriptor at 0, and what its control field holds afterwards. */
#define OPERATE(control, length, answer) DESCRIPTOR(0, control, length), RING(0), EXPECT(4, 0, answer)
#define OPERATE_OF(control, length, address, answer)                                                         \
        DESCRIPTOR_OF(0, control, length, address), RING(0), EXPECT(4, 0, answer)

#define KEY(key) ((uint32_t) (key) << FWCFG_DMA_KEY_SHIFT | FWCFG_DMA_SELECT)
#define DONE 0u
#define ONES UINT64_MAX

#define KEY_UNUSED 0x1fu  /* in range, between the directory and the files */
#define KEY_LAST_SLOT (FWCFG_KEY_LIMIT - 1) /* likewise: no machine of ours has so many files */
#define KEY_BEYOND 0x3fffu /* the largest without a flag */
#define QEMU_LE 0x554d4551u
#define QEMU_BE 0x51454d55u
#define CFG_LE 0x47464320u
#define BIT_32_BE 0x01000000u /* for the high half: 4 GiB, where these machines have nothing */
#define NO_RAM UINT64_C(0x100000000)
#define ROM UINT64_C(0xffffff00) /* the last of the firmware, below 4 GiB */

#endif
