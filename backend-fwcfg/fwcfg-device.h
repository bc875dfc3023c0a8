/* SPDX-License-Identifier: MIT */
/* The inside of the fw_cfg device: items, the offset into the selected one, and the DMA engine. */
#ifndef PVABI_BACKEND_FWCFG_FWCFG_DEVICE_H
#define PVABI_BACKEND_FWCFG_FWCFG_DEVICE_H

#include "backend-fwcfg/fwcfg.h"
#include "common/device.h"

typedef struct FwcfgDevice FwcfgDevice;

/* What a guest selects. An item without data reads as one of length 0. */
typedef struct FwcfgItem {
        uint8_t *data;
        uint32_t length;
        bool writable; /* by DMA */
        bool partial;  /* a real machine has other bytes in it: only name, place and length are the same */
        void (*selected)(FwcfgDevice *device);
        void (*written)(FwcfgDevice *device, uint32_t offset, uint32_t n); /* after a transfer that stored them */
} FwcfgItem;

/* Of revision `live`: events that the guest has not acknowledged. */
typedef struct FwcfgLive {
        FwcfgItem *events, *answer; /* NULL in other revisions */
        uint32_t *pending;          /* by selector, its insert and its remove event: their numbers; 0: none */
        uint32_t last;              /* number that was given out last */
} FwcfgLive;

struct FwcfgDevice {
        const PvDeviceEnv *env;
        FwcfgItem generic[FWCFG_KEY_LIMIT];
        FwcfgItem arch[FWCFG_KEY_LIMIT];

        /* Shared by the ports and by DMA; a guest cannot read either back. */
        uint16_t key;
        uint32_t offset;
        uint64_t dma_address;

        uint8_t *present; /* bitmap of max_cpus bits */
        uint32_t n_present;

        FwcfgItem *map; /* our file, where the revision has one that changes; else NULL */
        FwcfgItem *smi_requested, *smi_supported, *smi_ok; /* NULL on pc */
        uint64_t smi_negotiated;
        FwcfgLive live;
};

extern const PvDeviceOps fwcfg_device;

/* The selected item, or NULL when the key is out of range. */
FwcfgItem *fwcfg_selected(FwcfgDevice *device);
void fwcfg_select(FwcfgDevice *device, uint16_t key);

/* The transfer that a write to the low half of the address register starts. */
void fwcfg_dma_run(FwcfgDevice *device);

/* Length bytes: `given` of them from bytes, then zeros. 0 or PV_E_NO_MEMORY. */
int fwcfg_item_set(FwcfgItem *item, const void *bytes, uint32_t given, uint32_t length);

/* 0, PV_E_NO_MEMORY, or PV_E_UNSUPPORTED for an unknown revision. */
int fwcfg_items_build(FwcfgDevice *device, const char *revision);
int fwcfg_files_build(FwcfgDevice *device, const char *revision);
void fwcfg_items_free(FwcfgDevice *device);
/* Tells the items about device->present. */
void fwcfg_items_update_cpus(FwcfgDevice *device);
/* A CPU comes or goes. */
void fwcfg_items_set_cpu(FwcfgDevice *device, uint32_t selector, bool present);
/* What a system reset does to the files. */
void fwcfg_files_reset(FwcfgDevice *device);

/* A file that makes this revision; free() it. 0, PV_E_NO_MEMORY or PV_E_UNSUPPORTED past the last. */
int fwcfg_file_make(const PvDeviceEnv *env, const char *revision, unsigned index, const uint8_t *present,
                    PvContent *ret_file);

/* Revision `live`; nothing happens in the others. */
int fwcfg_live_build(FwcfgDevice *device);
void fwcfg_live_event(FwcfgDevice *device, uint32_t selector, unsigned kind);
void fwcfg_live_forget(FwcfgDevice *device, uint32_t selector); /* it is gone, and what waits of it too */
void fwcfg_live_answered(FwcfgDevice *device, uint32_t offset, uint32_t n);
/* The part of an image that is about it: always of one size. */
size_t fwcfg_live_image_size(const FwcfgDevice *device);
void fwcfg_live_save(const FwcfgDevice *device, uint8_t *ret_image);
bool fwcfg_live_fits(const FwcfgDevice *device, const uint8_t *present, const uint8_t *image);
void fwcfg_live_load(FwcfgDevice *device, const uint8_t *image);

#endif
