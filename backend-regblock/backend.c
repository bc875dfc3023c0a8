/* SPDX-License-Identifier: MIT */
/* The register block as a backend. */
#include "common/backend.h"

#include "backend-regblock/consumers.h"
#include "backend-regblock/device.h"
#include "backend-regblock/differential.h"
#include "backend-regblock/fields.h"
#include "backend-regblock/lies.h"
#include "backend-regblock/regblock.h"
#include "backend-regblock/rules.h"

static const char *const feature_names[] = {
        "starts in legacy mode", "modern registers", "boot CPU kept",
        "wide APIC IDs force modern mode", "GET_CPU_ID", "firmware removal (control bit 4)",
        "legacy mode of single bytes", "wide APIC IDs arrive with an event", NULL,
};

static const PvConsumerOps *const consumers[] = {
        &regblock_firmware, &regblock_ospm,    &regblock_doc_5_0,
        &regblock_doc_11_0, &regblock_cmd3_v1, &regblock_byte_read,
};

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
                .expectations = "regblock.expect.ini",
                .mutants = regblock_mutants,
                .blind_mutants = regblock_blind_mutants,
                .differential = regblock_differential,
                .probes = regblock_probes,
                .exclusions = regblock_exclusions,
                .lies = regblock_lies,
                .contrast = regblock_contrast,
                .fields = regblock_fields,
        };

        backend.n_revisions = regblock_n_revisions;
        backend.rules = regblock_rules(&backend.n_rules);
        backend.n_mutants = regblock_n_mutants;
        backend.n_blind_mutants = regblock_n_blind_mutants;
        backend.n_differential = regblock_n_differential;
        backend.n_probes = regblock_n_probes;
        backend.n_exclusions = regblock_n_exclusions;
        backend.n_lies = regblock_n_lies;
        backend.n_contrast = regblock_n_contrast;
        backend.n_fields = regblock_n_fields;
        return &backend;
}
