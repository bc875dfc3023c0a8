/* SPDX-License-Identifier: MIT */
/* The device model of the register block. */
#ifndef PVABI_BACKEND_REGBLOCK_DEVICE_H
#define PVABI_BACKEND_REGBLOCK_DEVICE_H

#include "common/device.h"

extern const PvDeviceOps regblock_device;

#endif
