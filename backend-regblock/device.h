/* SPDX-License-Identifier: MIT */
/* The device model of the register block. */
#ifndef PVABI_BACKEND_REGBLOCK_DEVICE_H
#define PVABI_BACKEND_REGBLOCK_DEVICE_H

#include "common/device.h"

extern const PvDeviceOps regblock_device;

/* What a look at a device shows, with no access made. */
typedef struct RegblockLook {
        uint32_t features, n, selector;
        uint8_t command;
        bool modern;
        const uint8_t *flags; /* status byte per possible CPU */
} RegblockLook;

RegblockLook regblock_look(const void *device);

#endif
