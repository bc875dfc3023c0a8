/* SPDX-License-Identifier: MIT */
/* The register block as a backend. */
#include "common/backend.h"

#include "backend-regblock/consumers.h"
#include "backend-regblock/device.h"
#include "backend-regblock/differential.h"
#include "backend-regblock/regblock.h"
#include "backend-regblock/rules.h"

static const char *const feature_names[] = {
        "starts in legacy mode", "modern registers", "boot CPU kept",
        "wide APIC IDs force modern mode", "GET_CPU_ID", "firmware removal (control bit 4)", NULL,
};

static const PvConsumerOps *const consumers[] = {&regblock_firmware, &regblock_ospm};

const PvBackend *
pv_backend_entry(void)
{
        static PvBackend backend = {
                .magic = PV_ABI_MAGIC,
                .abi_major = PV_ABI_MAJOR,
                .abi_minor = PV_ABI_MINOR,
                .struct_size = sizeof(PvBackend),
                .name = "regblock",
                .summary = "ACPI CPU-hotplug register block",
                .revisions = regblock_revisions,
                .feature_names = feature_names,
                .device = &regblock_device,
                .consumers = consumers,
                .n_consumers = sizeof consumers / sizeof consumers[0],
                .in_qemu = true,
                .rules = regblock_rules,
                .mutants = regblock_mutants,
                .blind_mutants = regblock_blind_mutants,
                .differential = regblock_differential,
        };

        backend.n_revisions = regblock_n_revisions;
        backend.n_rules = regblock_n_rules;
        backend.n_mutants = regblock_n_mutants;
        backend.n_blind_mutants = regblock_n_blind_mutants;
        backend.n_differential = regblock_n_differential;
        return &backend;
}
