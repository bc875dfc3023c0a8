/* SPDX-License-Identifier: MIT */
/* The device side of an ABI: what answers a guest's accesses. */
#ifndef PVABI_COMMON_DEVICE_H
#define PVABI_COMMON_DEVICE_H

#include "common/topology.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Addresses that a device claims. */
typedef struct PvRange {
        PvSpace space;
        uint64_t base;
        uint64_t length;   /* bytes */
        uint64_t doorbell; /* a write to this address may start a DMA transfer; 0: none does */
} PvRange;

typedef enum PvNotice {
        PV_NOTICE_SCI,
        PV_NOTICE_SMI,
} PvNotice;

/*
 * What a device may ask of the machine around it; nothing else. It is valid from create() to free(). Every
 * function takes `host` first. DMA returns 0, or PV_E_REFUSED when [gpa, gpa+n) is not all RAM; then a read
 * has stored nothing.
 */
typedef struct PvDeviceEnv {
        uint32_t struct_size;
        PvChipset chipset;
        const PvTopology *topology;
        const uint32_t *apic_id;     /* max_cpus entries, by selector */
        const uint8_t *boot_present; /* bitmap of max_cpus bits, LSB first: present at power-on */
        void *host;
        int (*dma_read)(void *host, PvGpa gpa, void *ret_data, size_t n);
        int (*dma_write)(void *host, PvGpa gpa, const void *data, size_t n);
        void (*notify)(void *host, PvNotice notice);
        void (*ejected)(void *host, uint32_t selector); /* the guest let go of this CPU; unplugged() follows */
        void (*ost)(void *host, uint32_t selector, uint32_t event, uint32_t status); /* ACPI _OST */
        void (*log)(void *host, const char *line);
        bool kvm; /* the machine is like one that KVM runs */
} PvDeviceEnv;

/* A file that makes this ABI when the device belongs to somebody else. The caller frees data with free(). */
typedef struct PvContent {
        const char *name;
        void *data;
        size_t size;
} PvContent;

/*
 * State is what create() returns: two devices may live side by side. A device always answers; there is no error
 * for an access. Addresses are absolute, widths are 1, 2 or 4 bytes, values little-endian and zero-extended. The
 * bus splits an unaligned access into aligned pieces; a piece that starts inside a range may still end past it.
 */
typedef struct PvDeviceOps {
        /* Fills at most capacity ranges, returns how many there are; needs no state. */
        int (*ranges)(const char *revision, PvChipset chipset, PvRange *ret_ranges, int capacity);
        /* NULL on exhaustion or an unknown revision. */
        void *(*create)(const PvDeviceEnv *env, const char *revision);
        void (*free)(void *state);
        void (*reset)(void *state); /* system reset */
        uint64_t (*read)(void *state, PvSpace space, uint64_t address, unsigned width);
        void (*write)(void *state, PvSpace space, uint64_t address, unsigned width, uint64_t value);
        /* Optional: the same as n reads of one byte from port. */
        void (*read_string)(void *state, uint64_t port, uint8_t *ret_data, size_t n);

        /* Host events. 0, or PV_E_REFUSED. Without unplug_request (or PV_E_UNSUPPORTED), guests cannot be asked. */
        int (*plug)(void *state, uint32_t selector);
        int (*unplug_request)(void *state, uint32_t selector);
        void (*unplugged)(void *state, uint32_t selector); /* some device of the machine ejected this CPU */

        /* Migration: save() returns the size of its image and stores it if n allows; load() 0 or PV_E_MALFORMED. */
        size_t (*save)(void *state, void *ret_image, size_t n);
        int (*load)(void *state, const void *image, size_t n);

        /* Optional: the files this ABI would place in a foreign fw_cfg. 0, or PV_E_UNSUPPORTED past the last. */
        int (*content)(const PvDeviceEnv *env, const char *revision, unsigned index, PvContent *ret_content);

        /* Optional: may this CPU be plugged, or asked back? Every device is asked before any is told. 0 or PV_E_REFUSED. */
        int (*allows)(void *state, bool plug, uint32_t selector);
} PvDeviceOps;

#ifdef __cplusplus
}
#endif

#endif
