/* SPDX-License-Identifier: MIT */
/* The descriptor of this backend. */
#include "ghcb-apic-ids.h"

static const PvRevision revisions[] = {
        {.name = "ghcb-2.03",
         .summary = "the list of APIC IDs, in shared pages",
         .facets = PV_FACET_POSSIBLE_COUNT | PV_FACET_APIC_ID},
};
static const PvConsumerOps *const consumers[] = {&gai_careful};
static const PvConsumerOps *const contrast[] = {&gai_kept_shared};

const PvBackend *
pv_backend_entry(void)
{
        static PvBackend backend = {
                .magic = PV_ABI_MAGIC,
                .abi_major = PV_ABI_MAJOR,
                .abi_minor = PV_ABI_MINOR,
                .struct_size = sizeof(PvBackend),
                .name = "ghcb-apic-ids",
                .summary = "the GHCB exchange 'Get APIC IDs', modelled",
                .revisions = revisions,
                .n_revisions = sizeof revisions / sizeof revisions[0],
                .device = &gai_device,
                .consumers = consumers,
                .n_consumers = sizeof consumers / sizeof consumers[0],
                .expectations = "ghcb-apic-ids.expect.ini",
                .mutants = gai_mutants,
                .lies = gai_lies,
                .fields = gai_fields,
                .contrast = contrast,
                .n_contrast = sizeof contrast / sizeof contrast[0],
        };

        backend.rules = gai_rules.rules;
        backend.n_rules = gai_rules.n;
        backend.n_mutants = gai_n_mutants;
        backend.n_lies = gai_n_lies;
        backend.n_fields = gai_n_fields;
        return &backend;
}
