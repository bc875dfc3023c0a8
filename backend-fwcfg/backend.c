/* SPDX-License-Identifier: MIT */
/* The fw_cfg backend: a topology file, a map of APIC IDs or neither, beside the items every fw_cfg has. */
#include "common/backend.h"

#include "backend-fwcfg/fwcfg-consumer.h"
#include "backend-fwcfg/fwcfg-device.h"
#include "backend-fwcfg/fwcfg-differential.h"
#include "backend-fwcfg/fwcfg-fields.h"
#include "backend-fwcfg/fwcfg-lies.h"
#include "backend-fwcfg/fwcfg-rules.h"

static const PvRevision revisions[] = {
        {
                .name = "topology",
                .summary = "etc/x86-smp-topology as proposed in October 2019: the consumer derives APIC IDs",
                .features = FWCFG_FEATURE_DMA | FWCFG_FEATURE_SORTED | FWCFG_FEATURE_TOPOLOGY,
                .facets = PV_FACET_POSSIBLE_COUNT | PV_FACET_PRESENT_COUNT | PV_FACET_APIC_ID,
                .content = PV_FACET_POSSIBLE_COUNT | PV_FACET_APIC_ID,
        },
        {
                .name = "map",
                .summary = "etc/x86-cpu-map as offered in October 2019, never posted: an APIC ID per CPU",
                .features = FWCFG_FEATURE_DMA | FWCFG_FEATURE_SORTED | FWCFG_FEATURE_MAP,
                .facets = PV_FACETS_BOOT,
                .content = PV_FACETS_BOOT & ~PV_FACET_PRESENT_COUNT,
        },
        {
                .name = "live",
                .summary = "all of hotplug by fw_cfg, as the thread dared someone to design it: our own",
                .features = FWCFG_FEATURE_DMA | FWCFG_FEATURE_SORTED | FWCFG_FEATURE_MAP | FWCFG_FEATURE_LIVE,
                .facets = PV_FACETS_BOOT | PV_FACETS_EVENT,
        },
        {
                .name = FWCFG_REVISION_OLD,
                .summary = "a machine type older than DMA and either file: firmware has the boot count only",
        },
};

static const char *const feature_names[] = {"dma", "topology-file", "map-file", "sorted-directory",
                                            "events-file", NULL};

static const PvConsumerOps *const consumers[] = {
        &fwcfg_consumer_port,
        &fwcfg_consumer_dma,
        &fwcfg_consumer_dma_private,
        &fwcfg_consumer_os_driver,
        &fwcfg_consumer_port_bytes,
        &fwcfg_consumer_port_fields,
};

const PvBackend *
pv_backend_entry(void)
{
        static PvBackend backend = {
                .magic = PV_ABI_MAGIC,
                .abi_major = PV_ABI_MAJOR,
                .abi_minor = PV_ABI_MINOR,
                .struct_size = sizeof backend,
                .name = "fwcfg",
                .summary = "QEMU's firmware configuration device, with a file that describes the CPUs",
                .revisions = revisions,
                .n_revisions = sizeof revisions / sizeof revisions[0],
                .feature_names = feature_names,
                .device = &fwcfg_device,
                .consumers = consumers,
                .n_consumers = sizeof consumers / sizeof consumers[0],
                .in_qemu = true,
                .experimental = FWCFG_FEATURE_LIVE,
                .expectations = "fwcfg.expect.ini",
                .mutants = fwcfg_mutants,
                .blind_mutants = fwcfg_blind_mutants,
                .probes = fwcfg_probes,
                .exclusions = fwcfg_exclusions,
                .differential = fwcfg_differential,
                .contrast = fwcfg_contrast,
                .fields = fwcfg_fields,
                .items = &fwcfg_items,
        };

        backend.lies = fwcfg_lies;
        backend.n_lies = fwcfg_n_lies;
        backend.n_contrast = fwcfg_n_contrast;
        backend.n_fields = fwcfg_n_fields;
        backend.rules = fwcfg_rules(&backend.n_rules);
        backend.n_differential = fwcfg_n_differential;
        backend.n_mutants = fwcfg_n_mutants;
        backend.n_blind_mutants = fwcfg_n_blind_mutants;
        backend.n_probes = fwcfg_n_probes;
        backend.n_exclusions = fwcfg_n_exclusions;
        return &backend;
}
