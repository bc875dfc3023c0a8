/* SPDX-License-Identifier: MIT */
/* A model machine that is served to others: one that can be switched off and on, with another topology. */
#ifndef PVABI_CONFORMANCE_SERVED_H
#define PVABI_CONFORMANCE_SERVED_H

#include <glib.h>

#include "common/target.h"

/* What a power cycle may change. */
typedef struct PvServedShape {
        PvTopology topology;
        PvChipset chipset;
        uint8_t *boot_present; /* bitmap of max_cpus bits; NULL: the first topology.cpus */
} PvServedShape;

typedef struct PvServed PvServed;

/* The machine and boot_present must outlive it. */
PvServed *pv_served_new(const PvMachine *machine, const PvServedShape *shape, GError **error);
void pv_served_free(PvServed *served);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PvServed, pv_served_free)

/* Off and on again; on failure the machine stays as it is. */
gboolean pv_served_power_cycle(PvServed *served, const PvServedShape *shape, GError **error);

/* The shape it was started with. */
const PvServedShape *pv_served_shape(const PvServed *served);

/* Valid until the next power cycle. */
PvBus *pv_served_bus(PvServed *served);
PvHost *pv_served_host(PvServed *served);

#endif
