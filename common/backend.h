/* SPDX-License-Identifier: MIT */
/* A backend: one ABI, as a module exports it. */
#ifndef PVABI_COMMON_BACKEND_H
#define PVABI_COMMON_BACKEND_H

#include "common/check.h"
#include "common/consumer.h"
#include "common/device.h"
#include "common/differential.h"
#include "common/field.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PV_ABI_MAGIC 0x49425650u /* "PVBI", little-endian */
#define PV_ABI_MAJOR 0u
#define PV_ABI_MINOR 2u

/* A released or proposed state of an ABI. */
typedef struct PvRevision {
        const char *name;
        const char *summary;
        uint64_t features; /* the backend's own bits */
        uint32_t facets;   /* PvFacet: what this revision tells */
        uint32_t content;  /* those of them that PvDeviceOps.content() files tell: static on a foreign VMM */
} PvRevision;

/*
 * The first four members are fixed for ever. A host accepts its own major and any minor up to its own; members past
 * struct_size are taken as NULL or 0. A module uses no pv_ symbol: every service comes through an ops table.
 * Everything is owned by the module and constant.
 */
typedef struct PvBackend {
        uint32_t magic;
        uint32_t abi_major;
        uint32_t abi_minor;
        uint32_t struct_size;

        const char *name; /* lower case, no ':', '+', '/', '@' or '.' */
        const char *summary;
        const PvRevision *revisions; /* the first is the default */
        size_t n_revisions;
        const char *const *feature_names; /* by bit, NULL-terminated */
        const PvDeviceOps *device;
        const PvConsumerOps *const *consumers; /* the first is the default */
        size_t n_consumers;
        const PvCheck *rules;
        size_t n_rules;
        const char *expectations; /* file beside the module with the structural failures it admits; NULL: none */
        const PvMutant *mutants;
        size_t n_mutants;
        bool in_qemu; /* QEMU has this device; else a real QEMU is no target for it */
        const PvMutant *blind_mutants; /* see PvMutant */
        size_t n_blind_mutants;
        const PvProbe *probes; /* unspecified accesses, recorded for each target */
        size_t n_probes;
        const PvExclusion *exclusions; /* requirements without a check, each with its reason */
        size_t n_exclusions;
        const PvCoverage *const *differential; /* random accesses, on our device and on a real one */
        size_t n_differential;
        const PvLie *lies; /* of this ABI's device, for every consumer that uses it */
        size_t n_lies;
        const PvConsumerOps *const *contrast; /* consumers that lack a check each: habits; never a default */
        size_t n_contrast;
        uint64_t experimental; /* features: revisions with one of them are worked designs that no VMM has */
        const PvField *fields; /* every byte that a consumer reads of the device */
        size_t n_fields;
        const PvItems *items; /* NULL: this ABI has none */
} PvBackend;

/* The one symbol that a module exports. */
__attribute__((visibility("default"))) const PvBackend *pv_backend_entry(void);

#ifdef __cplusplus
}
#endif

#endif
