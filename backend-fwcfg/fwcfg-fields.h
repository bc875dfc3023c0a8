/* SPDX-License-Identifier: MIT */
/* What the bytes of fw_cfg are. */
#ifndef PVABI_BACKEND_FWCFG_FWCFG_FIELDS_H
#define PVABI_BACKEND_FWCFG_FWCFG_FIELDS_H

#include "common/field.h"

extern const PvField fwcfg_fields[];
extern const size_t fwcfg_n_fields;
extern const PvItems fwcfg_items;

#define FWCFG_FIELD_SIGNATURE "signature"
#define FWCFG_FIELD_FEATURES "features (ID)"
#define FWCFG_FIELD_NB_CPUS "CPUs present (NB_CPUS)"
#define FWCFG_FIELD_COUNT "directory: number of files"
#define FWCFG_FIELD_SIZE "directory: size of a file"
#define FWCFG_FIELD_KEY "directory: key of a file"
#define FWCFG_FIELD_NAME "directory: name of a file"
#define FWCFG_FIELD_LEVELS "topology: dies, cores, threads"
#define FWCFG_FIELD_CPUS "topology: possible CPUs"
#define FWCFG_FIELD_FORMAT "map: magic, version, entry size"
#define FWCFG_FIELD_ENTRIES "map: possible CPUs"
#define FWCFG_FIELD_GENERATION "map: generation"
#define FWCFG_FIELD_APIC_IDS "map: APIC IDs"
#define FWCFG_FIELD_PRESENT "map: who is present"
#define FWCFG_FIELD_EVENT_FORMAT "event: magic, version"
#define FWCFG_FIELD_EVENT_NUMBER "event: number"
#define FWCFG_FIELD_EVENT_KIND "event: kind"
#define FWCFG_FIELD_EVENT_CPU "event: CPU"
#define FWCFG_FIELD_EVENT_ID "event: APIC ID"
#define FWCFG_FIELD_CONTROL "DMA control"

#endif
