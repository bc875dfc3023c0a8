/* SPDX-License-Identifier: MIT */
/* QEMU 7.2's -smp syntax, with its defaults and refusals. */
#ifndef PVABI_COMMON_SMP_H
#define PVABI_COMMON_SMP_H

#include <glib.h>

#include "common/topology.h"

/*
 * Parses `[cpus=]N[,maxcpus=][,sockets=][,dies=][,clusters=1][,cores=][,threads=]` and fills in what is left out as
 * the newer machine types do: cores before sockets before threads. Refused like there: a product that differs from
 * maxcpus, maxcpus below cpus, clusters; and also a zero, which QEMU 7.2 calls invalid but only warns of.
 */
gboolean pv_smp_parse(const char *text, PvTopology *ret_topology, GError **error);

/* Every level written out, so that no default of the reader matters. */
char *pv_smp_format(const PvTopology *topology);

#endif
