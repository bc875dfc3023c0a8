/* SPDX-License-Identifier: MIT */
/* The firmware's state, which the detection generations share with it. Freestanding. */
#ifndef PVABI_BACKEND_REGBLOCK_FIRMWARE_H
#define PVABI_BACKEND_REGBLOCK_FIRMWARE_H

#include "backend-regblock/consumers.h"

/* Whether this device knows GET_CPU_ID. */
typedef enum RegblockKnowledge { REGBLOCK_UNKNOWN, REGBLOCK_YES, REGBLOCK_NO } RegblockKnowledge;

/* Checks that firmware makes of what it is told; a consumer with a habit lacks one of them. */
enum {
        REGBLOCK_CHECK_CAP = 1u << 0,      /* a walk ends at the CPUs that the platform has room for */
        REGBLOCK_CHECK_READBACK = 1u << 1, /* a selector reads back as itself, or as nothing */
        REGBLOCK_CHECK_ID = 1u << 2,       /* an APIC ID is one, is nobody else's, and stays what it was */
        REGBLOCK_CHECK_SELECTOR = 1u << 3, /* the CPU with an event can be, and has it */
};

typedef struct RegblockFirmware {
        RegblockPort port;
        uint32_t unchecked; /* REGBLOCK_CHECK_* that are not made: none in firmware */
        RegblockKnowledge get_cpu_id;
        uint32_t possible; /* CPUs that it told of when it was asked; 0: it was not */
        bool counting; /* command 0 is latched: the data register repeats the selector */
} RegblockFirmware;

/* One write of a detection sequence. */
typedef struct RegblockWrite {
        uint8_t where, width, value;
} RegblockWrite;

/* Writes, then a read of offset 0 with this width: 0 is modern, ones are nothing, all else is a legacy bitmap. */
typedef struct RegblockSequence {
        const RegblockWrite *writes;
        uint8_t n_writes;
        uint8_t read_width;
} RegblockSequence;

int regblock_firmware_init(void *state, PvBus *bus, const char *assumed);
int regblock_firmware_detect(void *state);
int regblock_firmware_enumerate(void *state, uint32_t wanted, PvView *view);
int regblock_firmware_poll(void *state, PvView *view);
int regblock_firmware_ack(void *state, PvView *view);
int regblock_firmware_eject(void *state, uint32_t selector);

/* Finds the block and runs the sequence. */
int regblock_detect(RegblockFirmware *firmware, const RegblockSequence *sequence);

#endif
