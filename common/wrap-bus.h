/* SPDX-License-Identifier: MIT */
/* The head of a bus around a bus that has nothing to say about guest memory. */
#ifndef PVABI_COMMON_WRAP_BUS_H
#define PVABI_COMMON_WRAP_BUS_H

#include "common/bus.h"

/* A wrapper embeds it as its first member; inner's head is copied, so that caps and limits are the same. */
typedef struct PvWrapBus {
        PvBus bus;
        PvBus *inner;
} PvWrapBus;

void pv_wrap_init(PvWrapBus *wrap, PvBus *inner, const PvBusOps *ops);

/* For its PvBusOps: the same of inner. */
int pv_wrap_gpa_alloc(PvBus *bus, size_t n, PvSharing sharing, PvGpa *ret_gpa);
int pv_wrap_gpa_free(PvBus *bus, PvGpa gpa);
int pv_wrap_gpa_read(PvBus *bus, PvGpa gpa, void *ret_data, size_t n);
int pv_wrap_gpa_write(PvBus *bus, PvGpa gpa, const void *data, size_t n);

#endif
