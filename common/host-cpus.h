/* SPDX-License-Identifier: MIT */
/* The answer to `cpus` of the host line protocol (docs/attach.md): what a program says of its own CPUs. */
#ifndef PVABI_COMMON_HOST_CPUS_H
#define PVABI_COMMON_HOST_CPUS_H

#include <glib.h>

#include "common/host.h"

/* Truth, and the arrays that it points to. */
typedef struct PvHostCpus {
        PvTruth truth;
        uint32_t *apic_id;
        uint8_t *present, *boot_present; /* without `boot`, what is present */
} PvHostCpus;

/* Those of a topology, as at power-on. Nobody counts what the guest lets go of. */
PvHostCpus pv_host_cpus_of(const PvTopology *topology);

/* The words after "OK". On failure *ret_why says what is wrong with them; a literal. */
gboolean pv_host_cpus_parse(const char *words, PvHostCpus *ret_cpus, const char **ret_why);
void pv_host_cpus_clear(PvHostCpus *cpus);

#endif
