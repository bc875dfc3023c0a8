/* SPDX-License-Identifier: MIT */
/* The rules of fw_cfg: what its document and its reference implementation promise a guest. */
#include "backend-fwcfg/fwcfg-rules.h"

#define N(array) (sizeof(array) / sizeof(array)[0])
#define LITERAL(n) {PV_VALUE_LITERAL, (n)}
#define DATA_AT (FWCFG_DATA_R - FWCFG_BASE)
#define SELECT(key) {'W', 2, FWCFG_SELECTOR_W - FWCFG_BASE, LITERAL(key)}
#define DATA(byte) {'R', 1, DATA_AT, LITERAL(byte)}
#define STRING(width, n) {'S', width, DATA_AT, LITERAL(n)}

#define KEY_UNUSED 0x1fu /* in range, between the directory and the files */

static const PvStep signature[] = {
        SELECT(FWCFG_KEY_SIGNATURE),
        STRING(4, 0x554d4551),
};

static const PvStep id[] = {
        SELECT(FWCFG_KEY_ID),
        STRING(4, FWCFG_ID_PORTS | FWCFG_ID_DMA),
};

static const PvStep select_resets[] = {
        SELECT(FWCFG_KEY_SIGNATURE),
        DATA('Q'),
        DATA('E'),
        SELECT(FWCFG_KEY_SIGNATURE),
        DATA('Q'),
};

static const PvStep write_flag[] = {
        SELECT(FWCFG_KEY_ID),
        SELECT(FWCFG_KEY_SIGNATURE | FWCFG_KEY_WRITE),
        STRING(4, 0x554d4551),
};

static const PvStep arch_flag[] = {
        SELECT(FWCFG_KEY_NB_CPUS | FWCFG_KEY_ARCH),
        STRING(2, 0),
};

static const PvStep invalid_key[] = {
        SELECT(FWCFG_KEY_SIGNATURE),
        SELECT(FWCFG_KEY_INVALID),
        STRING(4, 0),
};

static const PvStep unused_key[] = {
        SELECT(FWCFG_KEY_SIGNATURE),
        SELECT(KEY_UNUSED),
        STRING(4, 0),
};

static const PvStep past_end[] = {
        SELECT(FWCFG_KEY_NB_CPUS),
        {'S', 2, DATA_AT, {PV_VALUE_ANY, 0}},
        DATA(0),
        STRING(4, 0),
};

static const PvStep data_write[] = {
        SELECT(FWCFG_KEY_SIGNATURE),
        {'W', 1, DATA_AT, LITERAL(0x55)},
        DATA('Q'),
        SELECT(FWCFG_KEY_SIGNATURE),
        DATA('Q'),
};

static const PvStep reset[] = {
        SELECT(FWCFG_KEY_NB_CPUS),
        {'R', 1, DATA_AT, {PV_VALUE_ANY, 0}},
        {'H', 0, PV_HOST_RESET, LITERAL(0)},
        STRING(4, 0x554d4551),
};

static const PvStep nb_cpus[] = {
        SELECT(FWCFG_KEY_NB_CPUS),
        {'S', 2, DATA_AT, {PV_VALUE_PRESENT_COUNT, 0}},
};

static const PvStep nb_cpus_plug[] = {
        SELECT(FWCFG_KEY_NB_CPUS),
        {'S', 2, DATA_AT, {PV_VALUE_PRESENT_COUNT, 0}},
        {'H', 0, PV_HOST_PLUG, LITERAL(3)},
        SELECT(FWCFG_KEY_NB_CPUS),
        {'S', 2, DATA_AT, {PV_VALUE_PRESENT_COUNT, 1}},
        {'H', 0, PV_HOST_RESET, LITERAL(0)},
        SELECT(FWCFG_KEY_NB_CPUS),
        {'S', 2, DATA_AT, {PV_VALUE_PRESENT_COUNT, 1}},
};

static const PvStep max_cpus[] = {
        SELECT(FWCFG_KEY_MAX_CPUS),
        {'S', 2, DATA_AT, {PV_VALUE_APIC_ID_LIMIT, 0}},
};

static const PvStep dma_signature[] = {
        {'R', 4, FWCFG_DMA_HIGH_RW - FWCFG_BASE, LITERAL(0x554d4551)},
        {'R', 4, FWCFG_DMA_LOW_RW - FWCFG_BASE, LITERAL(0x47464320)},
};

const PvCheck fwcfg_rules[] = {
        {
                .id = "FWC-SIG-001",
                .level = PV_MUST,
                .area = PV_AREA_COMPATIBILITY,
                .basis = PV_BASIS_DOCUMENTED,
                .source = "QEMU docs/specs/fw_cfg.rst, 'Signature'",
                .requirement = "Key 0x0000 holds the four characters QEMU.",
                .advice = "The selector is two bytes wide and little-endian; data comes from the port above "
                          "it.",
                .steps = signature,
                .n_steps = N(signature),
        },
        {
                .id = "FWC-ID-001",
                .level = PV_MUST,
                .area = PV_AREA_COMPATIBILITY,
                .basis = PV_BASIS_DOCUMENTED,
                .source = "QEMU docs/specs/fw_cfg.rst, 'Revision / feature bitmap'",
                .requirement = "Key 0x0001 holds a little-endian 32-bit number with bit 0 (ports) and bit 1 "
                               "(DMA) set and no other.",
                .advice = "A device without DMA leaves bit 1 clear and must not claim the DMA feature.",
                .needs = FWCFG_FEATURE_DMA,
                .steps = id,
                .n_steps = N(id),
        },
        {
                .id = "FWC-SEL-001",
                .level = PV_MUST,
                .area = PV_AREA_COMPATIBILITY,
                .basis = PV_BASIS_DOCUMENTED,
                .source = "QEMU docs/specs/fw_cfg.rst, 'Selector (Control) Register'",
                .requirement = "A write to the selector sets the data offset to zero, even when the key "
                               "stays the same.",
                .advice = "Look for a shortcut that ignores a key that is already selected.",
                .steps = select_resets,
                .n_steps = N(select_resets),
        },
        {
                .id = "FWC-SEL-002",
                .level = PV_SHOULD,
                .area = PV_AREA_COMPATIBILITY,
                .basis = PV_BASIS_DOCUMENTED,
                .source = "QEMU docs/specs/fw_cfg.rst, 'Ranges'",
                .requirement = "Bit 14 of the selector does not change which item is selected.",
                .advice = "Mask the write flag off before the lookup.",
                .steps = write_flag,
                .n_steps = N(write_flag),
        },
        {
                .id = "FWC-SEL-003",
                .level = PV_MUST,
                .area = PV_AREA_COMPATIBILITY,
                .basis = PV_BASIS_DOCUMENTED,
                .source = "QEMU docs/specs/fw_cfg.rst, 'Selector (Control) Register'",
                .requirement = "Bit 15 of the selector chooses the architecture-specific items, so that "
                               "0x8005 is not 0x0005.",
                .advice = "Keep two tables; do not mask bit 15 off.",
                .steps = arch_flag,
                .n_steps = N(arch_flag),
        },
        {
                .id = "FWC-SEL-004",
                .level = PV_MUST,
                .area = PV_AREA_ROBUSTNESS,
                .basis = PV_BASIS_IMPLEMENTATION,
                .source = "QEMU hw/nvram/fw_cfg.c, fw_cfg_select()",
                .requirement = "A key that no item can have reads as zeros and does not keep the item "
                               "selected before.",
                .advice = "An out-of-range key must deselect.",
                .steps = invalid_key,
                .n_steps = N(invalid_key),
        },
        {
                .id = "FWC-SEL-005",
                .level = PV_MUST,
                .area = PV_AREA_ROBUSTNESS,
                .basis = PV_BASIS_IMPLEMENTATION,
                .source = "QEMU hw/nvram/fw_cfg.c, fw_cfg_data_read()",
                .requirement = "A key in range without an item reads as zeros.",
                .advice = "An unused slot is an item of length 0.",
                .steps = unused_key,
                .n_steps = N(unused_key),
        },
        {
                .id = "FWC-DATA-001",
                .level = PV_MUST,
                .area = PV_AREA_COMPATIBILITY,
                .basis = PV_BASIS_DOCUMENTED,
                .source = "QEMU docs/specs/fw_cfg.rst, 'Data Register'",
                .requirement = "Past the end of an item every read returns 0.",
                .advice = "The offset stops at the length of the item.",
                .steps = past_end,
                .n_steps = N(past_end),
        },
        {
                .id = "FWC-DATA-002",
                .level = PV_MUST,
                .area = PV_AREA_COMPATIBILITY,
                .basis = PV_BASIS_DOCUMENTED,
                .source = "QEMU docs/specs/fw_cfg.rst, 'Data Register' (as of QEMU 2.4)",
                .requirement = "A write to the data port neither stores nor moves the offset.",
                .advice = "Writes by port were removed; only DMA writes.",
                .steps = data_write,
                .n_steps = N(data_write),
        },
        {
                .id = "FWC-RST-001",
                .level = PV_SHOULD,
                .area = PV_AREA_COMPATIBILITY,
                .basis = PV_BASIS_IMPLEMENTATION,
                .source = "QEMU hw/nvram/fw_cfg.c, fw_cfg_reset()",
                .requirement = "A system reset selects key 0 with offset 0.",
                .advice = "Firmware that reads the signature without selecting it relies on this.",
                .steps = reset,
                .n_steps = N(reset),
        },
        {
                .id = "FWC-CPU-001",
                .level = PV_MUST,
                .area = PV_AREA_DISCOVERY,
                .basis = PV_BASIS_CONSUMER,
                .source = "edk2 OvmfPkg PlatformInitLib, PlatformMaxCpuCountInitialization(); SeaBIOS "
                          "src/fw/smp.c",
                .requirement = "NB_CPUS (key 0x0005) is the number of CPUs present, little-endian, 16 bits.",
                .advice = "SeaBIOS waits for exactly as many CPUs, without a timeout.",
                .facets = PV_FACET_PRESENT_COUNT,
                .steps = nb_cpus,
                .n_steps = N(nb_cpus),
        },
        {
                .id = "FWC-CPU-002",
                .level = PV_MUST,
                .area = PV_AREA_COHERENCE,
                .basis = PV_BASIS_IMPLEMENTATION,
                .source = "QEMU hw/i386/x86.c, x86_cpu_plug(); QEMU commit e3cadac073",
                .requirement = "NB_CPUS counts a CPU as soon as it has been plugged, and still after a "
                               "reset.",
                .advice = "The item is live: rewrite it on every plug and unplug.",
                .facets = PV_FACET_PRESENT_COUNT,
                .steps = nb_cpus_plug,
                .n_steps = N(nb_cpus_plug),
        },
        {
                .id = "FWC-CPU-003",
                .level = PV_MUST,
                .area = PV_AREA_DISCOVERY,
                .basis = PV_BASIS_IMPLEMENTATION,
                .source = "QEMU hw/i386/fw_cfg.c, fw_cfg_arch_create(); qemu-devel "
                          "<20191008105259.5378-4-lersek@redhat.com>",
                .requirement = "MAX_CPUS (key 0x000f) is the largest APIC ID plus one, not the number of "
                               "possible CPUs.",
                .advice = "The two differ as soon as the APIC IDs have holes.",
                .steps = max_cpus,
                .n_steps = N(max_cpus),
        },
        {
                .id = "FWC-DIR-001",
                .level = PV_MUST,
                .area = PV_AREA_DISCOVERY,
                .basis = PV_BASIS_DOCUMENTED,
                .source = "QEMU docs/specs/fw_cfg.rst, 'File Directory'",
                .requirement = "The directory holds a big-endian count and that many entries, each with a "
                               "NUL-terminated name and a key of its own from 0x0020 on.",
                .advice = "Size and key of an entry are big-endian; the name takes 56 bytes with its NUL.",
                .act = fwcfg_act_directory,
                .judge = fwcfg_judge_directory,
        },
        {
                .id = "FWC-DIR-002",
                .level = PV_SHOULD,
                .area = PV_AREA_DISCOVERY,
                .basis = PV_BASIS_IMPLEMENTATION,
                .source = "QEMU hw/nvram/fw_cfg.c, fw_cfg_add_file_callback() (machine types 2.6 and later)",
                .requirement = "The directory is sorted by name.",
                .advice = "A consumer that relies on the order breaks on devices that keep insertion order.",
                .act = fwcfg_act_directory_order,
                .judge = fwcfg_judge_directory_order,
        },
        {
                .id = "FWC-FILE-001",
                .level = PV_MUST,
                .area = PV_AREA_DISCOVERY,
                .basis = PV_BASIS_DOCUMENTED,
                .source = "qemu-devel <20191008105259.5378-4-lersek@redhat.com>, FWCfgX86Topology",
                .requirement = "The directory names etc/x86-smp-topology once, with 16 bytes.",
                .advice = "On a foreign device the file has to be injected.",
                .needs = FWCFG_FEATURE_TOPOLOGY,
                .act = fwcfg_act_topology_file,
                .judge = fwcfg_judge_topology_file,
        },
        {
                .id = "FWC-FILE-002",
                .level = PV_MUST,
                .area = PV_AREA_DISCOVERY,
                .basis = PV_BASIS_DOCUMENTED,
                .source = "qemu-devel <20191008105259.5378-4-lersek@redhat.com>, FWCfgX86Topology",
                .requirement = "The file holds dies, cores, threads and max_cpus, little-endian, from which "
                               "the APIC ID of every possible CPU follows.",
                .advice = "Where the IDs differ, the machine encodes a level that the file cannot express.",
                .needs = FWCFG_FEATURE_TOPOLOGY,
                .facets = PV_FACET_APIC_ID,
                .act = fwcfg_act_topology_content,
                .judge = fwcfg_judge_topology_content,
        },
        {
                .id = "FWC-MAP-001",
                .level = PV_MUST,
                .area = PV_AREA_DISCOVERY,
                .basis = PV_BASIS_OURS,
                .source = "docs/fwcfg.md, 'etc/x86-cpu-map'",
                .requirement = "The directory names etc/x86-cpu-map once; its header and its size agree "
                               "with the number of possible CPUs.",
                .advice = "The size is 16 + 4 * max_cpus + one bit per CPU, rounded up to bytes.",
                .needs = FWCFG_FEATURE_MAP,
                .act = fwcfg_act_map_file,
                .judge = fwcfg_judge_map_file,
        },
        {
                .id = "FWC-MAP-002",
                .level = PV_MUST,
                .area = PV_AREA_DISCOVERY,
                .basis = PV_BASIS_OURS,
                .source = "docs/fwcfg.md, 'etc/x86-cpu-map'",
                .requirement = "The map gives the APIC ID of every possible CPU by selector, and which of "
                               "them were present at power-on.",
                .advice = "The table is in selector order, not sorted by ID; bitmaps start at bit 0.",
                .needs = FWCFG_FEATURE_MAP,
                .facets = PV_FACET_APIC_ID,
                .act = fwcfg_act_map_content,
                .judge = fwcfg_judge_map_content,
        },
        {
                .id = "FWC-DMA-001",
                .level = PV_MUST,
                .area = PV_AREA_COMPATIBILITY,
                .basis = PV_BASIS_DOCUMENTED,
                .source = "QEMU docs/specs/fw_cfg.rst, 'Signature'",
                .requirement = "Reading the DMA address register gives the bytes QEMU CFG.",
                .advice = "The register is big-endian: the first byte at the lowest port is Q.",
                .needs = FWCFG_FEATURE_DMA,
                .steps = dma_signature,
                .n_steps = N(dma_signature),
        },
        {
                .id = "FWC-DMA-002",
                .level = PV_MUST,
                .area = PV_AREA_COMPATIBILITY,
                .basis = PV_BASIS_DOCUMENTED,
                .source = "QEMU docs/specs/fw_cfg.rst, 'Guest-side DMA Interface'",
                .requirement = "A descriptor with select and read copies the item to guest memory and "
                               "clears its control field.",
                .advice = "Descriptor fields and the address registers are big-endian.",
                .needs = FWCFG_FEATURE_DMA,
                .act = fwcfg_act_dma_read,
                .judge = fwcfg_judge_dma_read,
        },
        {
                .id = "FWC-DMA-003",
                .level = PV_MUST,
                .area = PV_AREA_COMPATIBILITY,
                .basis = PV_BASIS_IMPLEMENTATION,
                .source = "QEMU hw/nvram/fw_cfg.c, fw_cfg_dma_transfer()",
                .requirement = "A DMA read across the end of an item fills the rest with zeros and "
                               "succeeds.",
                .advice = "A short transfer that leaves old bytes in the buffer cannot be noticed by the "
                          "guest.",
                .needs = FWCFG_FEATURE_DMA,
                .act = fwcfg_act_dma_zero_fill,
                .judge = fwcfg_judge_dma_zero_fill,
        },
        {
                .id = "FWC-DMA-004",
                .level = PV_MUST,
                .area = PV_AREA_ROBUSTNESS,
                .basis = PV_BASIS_DOCUMENTED,
                .source = "QEMU docs/specs/fw_cfg.rst, 'Guest-side DMA Interface'",
                .requirement = "A DMA write to a read-only item sets the error bit and stores nothing.",
                .advice = "Writability belongs to the item, not to bit 14 of the key.",
                .needs = FWCFG_FEATURE_DMA,
                .act = fwcfg_act_dma_read_only,
                .judge = fwcfg_judge_dma_read_only,
        },
        {
                .id = "FWC-DMA-005",
                .level = PV_MAY,
                .area = PV_AREA_COMPATIBILITY,
                .basis = PV_BASIS_IMPLEMENTATION,
                .source = "QEMU hw/nvram/fw_cfg.c, fw_cfg_dma_transfer()",
                .requirement = "A DMA write that is refused still moves the offset over the bytes it would "
                               "have covered.",
                .advice = "Nobody should rely on it; a difference shows another implementation.",
                .needs = FWCFG_FEATURE_DMA,
                .act = fwcfg_act_dma_refused_offset,
                .judge = fwcfg_judge_dma_refused_offset,
        },
        {
                .id = "FWC-DMA-006",
                .level = PV_MUST,
                .area = PV_AREA_COMPATIBILITY,
                .basis = PV_BASIS_DOCUMENTED,
                .source = "QEMU docs/specs/fw_cfg.rst, 'Guest-side DMA Interface'",
                .requirement = "Read goes before write, and write before skip, when a descriptor asks for "
                               "more than one.",
                .advice = "One operation a descriptor, in this order of precedence.",
                .needs = FWCFG_FEATURE_DMA,
                .act = fwcfg_act_dma_priority,
                .judge = fwcfg_judge_dma_priority,
        },
        {
                .id = "FWC-DMA-007",
                .level = PV_MUST,
                .area = PV_AREA_ROBUSTNESS,
                .basis = PV_BASIS_DOCUMENTED,
                .source = "QEMU docs/specs/fw_cfg.rst, 'Guest-side DMA Interface'",
                .requirement = "A skip moves the offset, at most to the end of the item.",
                .advice = "An offset let past the end can wrap to the start.",
                .needs = FWCFG_FEATURE_DMA,
                .act = fwcfg_act_dma_skip,
                .judge = fwcfg_judge_dma_skip,
        },
        {
                .id = "FWC-DMA-008",
                .level = PV_MUST,
                .area = PV_AREA_COMPATIBILITY,
                .basis = PV_BASIS_IMPLEMENTATION,
                .source = "QEMU hw/nvram/fw_cfg.c, fw_cfg_dma_transfer()",
                .requirement = "A descriptor that only selects succeeds and transfers nothing.",
                .advice = "The length counts only with read, write or skip.",
                .needs = FWCFG_FEATURE_DMA,
                .act = fwcfg_act_dma_nothing,
                .judge = fwcfg_judge_dma_nothing,
        },
        {
                .id = "FWC-DMA-009",
                .level = PV_MUST,
                .area = PV_AREA_COMPATIBILITY,
                .basis = PV_BASIS_DOCUMENTED,
                .source = "QEMU docs/specs/fw_cfg.rst, 'Guest-side DMA Interface'",
                .requirement = "The address register is 0 after an operation, so that one write of the low "
                               "half reaches any descriptor below 4 GiB.",
                .advice = "Clear the whole register before the transfer.",
                .needs = FWCFG_FEATURE_DMA,
                .act = fwcfg_act_dma_address,
                .judge = fwcfg_judge_dma_address,
        },
        {
                .id = "FWC-DMA-010",
                .level = PV_MUST,
                .area = PV_AREA_ROBUSTNESS,
                .basis = PV_BASIS_IMPLEMENTATION,
                .source = "QEMU hw/nvram/fw_cfg.c, fw_cfg_dma_transfer()",
                .requirement = "A DMA read of a key without an item gives zeros and succeeds.",
                .advice = "The same answer as by port; the error bit is for writes and bad addresses.",
                .needs = FWCFG_FEATURE_DMA,
                .act = fwcfg_act_dma_invalid_key,
                .judge = fwcfg_judge_dma_invalid_key,
        },
        {
                .id = "FWC-DMA-011",
                .level = PV_MUST,
                .area = PV_AREA_COHERENCE,
                .basis = PV_BASIS_DOCUMENTED,
                .source = "QEMU docs/specs/fw_cfg.rst, 'Guest-side DMA Interface'",
                .requirement = "Ports and DMA share one selected key and one offset.",
                .advice = "The interface is an add-on, not a second device.",
                .needs = FWCFG_FEATURE_DMA,
                .act = fwcfg_act_dma_shared_offset,
                .judge = fwcfg_judge_dma_shared_offset,
        },
};
