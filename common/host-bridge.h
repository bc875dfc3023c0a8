/* SPDX-License-Identifier: MIT */
/* The host bridge of the model machine, a device like any other. */
#ifndef PVABI_COMMON_HOST_BRIDGE_H
#define PVABI_COMMON_HOST_BRIDGE_H

#include "common/device.h"

extern const PvDeviceOps pv_host_bridge;

#endif
