/* SPDX-License-Identifier: MIT */
/* What the bytes of the register block are. */
#ifndef PVABI_BACKEND_REGBLOCK_FIELDS_H
#define PVABI_BACKEND_REGBLOCK_FIELDS_H

#include "common/field.h"

extern const PvField regblock_fields[];
extern const size_t regblock_n_fields;

#define REGBLOCK_FIELD_SCAN "CPU with an event"
#define REGBLOCK_FIELD_READBACK "selector read back"
#define REGBLOCK_FIELD_ID "APIC ID"
#define REGBLOCK_FIELD_ID_HIGH "APIC ID, upper half"
#define REGBLOCK_FIELD_MARK "data 2 of command 0"
#define REGBLOCK_FIELD_STATUS "status"

#endif
