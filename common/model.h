/* SPDX-License-Identifier: MIT */
/* The model machine, as its bus, its host side and its construction share it. */
#ifndef PVABI_COMMON_MODEL_H
#define PVABI_COMMON_MODEL_H

#include "common/adversary.h"
#include "common/machine.h"
#include "common/ram.h"
#include "common/target.h"

#define PV_MODEL_PORTS 0x10000u
#define PV_MODEL_RANGES 4
#define PV_MODEL_DEVICES (PV_PARTS_MAX + 1) /* the parts and the host bridge */

typedef struct PvModel PvModel;

typedef struct PvModelDevice {
        PvDeviceOps ops; /* a copy, so that an access takes one load less */
        void *state;
        PvDeviceEnv env;
        const char *revision;
        PvModel *model;
} PvModelDevice;

typedef struct PvModelClaim {
        PvRange range;
        PvModelDevice *device;
} PvModelClaim;

struct PvModel {
        PvBus bus; /* first: the bus is the model */
        PvHost host;
        /* Who answers a port at once; empty where what was last on the bus has to be remembered. */
        PvModelDevice *owner[PV_MODEL_PORTS];
        uint64_t stale; /* what was last on the bus */
        PvModelDevice device[PV_MODEL_DEVICES];
        unsigned n_devices;
        PvModelClaim claim[PV_MODEL_DEVICES * PV_MODEL_RANGES];
        unsigned n_claims;
        PvAbsence absence;
        PvRam *ram;
        PvAdversary *adversary; /* NULL: the host keeps its hands off memory */
        PvTopology topology;
        uint32_t *apic_id;
        uint8_t *present, *boot_present;
        PvTruth truth;
};

extern const PvBusOps pv_model_bus_ops;
extern const PvHostOps pv_model_host_ops;

/* State of the device of the machine's n-th part; NULL on another kind of bus. */
const void *pv_model_device(const PvBus *bus, unsigned part);

/* The RAM of the machine behind this bus, which must be a model's. */
PvRam *pv_model_ram(PvBus *bus);

/* What this device of the model is given. */
PvDeviceEnv pv_model_env(PvModelDevice *device, const PvSetup *setup);

#endif
