/* SPDX-License-Identifier: MIT */
/* Requirements of fw_cfg that have no check, each with its reason. */
#include "backend-fwcfg/fwcfg-rules.h"

#define DOCUMENT .basis = PV_BASIS_DOCUMENTED, .source = "QEMU docs/specs/fw_cfg.rst, "
#define CODE .basis = PV_BASIS_IMPLEMENTATION, .source = "QEMU "
#define NO_PORT "x86 has fw_cfg in ports: only a board with a memory-mapped one could be asked"
#define HOST_SIDE "a guest cannot see it: "

const PvExclusion fwcfg_exclusions[] = {
        /* ---- boards without ports ---- */
        {.id = "FWC-MMIO-001", DOCUMENT "'Register Locations'",
         .requirement = "A memory-mapped fw_cfg has data at its base, the selector 8 bytes on and the DMA "
                        "address 16.",
         .reason = NO_PORT},
        {.id = "FWC-MMIO-002", DOCUMENT "'Selector (Control) Register'",
         .requirement = "A memory-mapped selector is big-endian.", .reason = NO_PORT},
        {.id = "FWC-MMIO-003", DOCUMENT "'Data Register'",
         .requirement = "A memory-mapped data register gives 1, 2, 4 or 8 bytes at once, the first at the "
                        "lowest address.",
         .reason = NO_PORT},
        {.id = "FWC-DMA-046", CODE "hw/nvram/fw_cfg.c, fw_cfg_dma_mem_write()",
         .requirement = "A write of eight bytes sets the whole DMA address and starts the transfer.",
         .reason = "x86 ports have no such access"},

        /* ---- what no access can tell ---- */
        {.id = "FWC-DIR-011", CODE "hw/nvram/fw_cfg.c, struct FWCfgFiles",
         .requirement = "The directory item has the length of a full directory, however few files there are.",
         .reason = HOST_SIDE "behind the last entry an item reads as zeros, padded or not"},
        {.id = "FWC-SEL-008", CODE "hw/nvram/fw_cfg.c, fw_cfg_max_entry()",
         .requirement = "A machine has 0x20 file slots, 0x10 for machine types up to 2.8.",
         .reason = HOST_SIDE "a key beyond the last slot reads like one that is not used"},
        {.id = "FWC-DMA-047", CODE "hw/nvram/fw_cfg.c, fw_cfg_dma_mem_write()",
         .requirement = "A write of the high half clears the low half.",
         .reason = HOST_SIDE "every write of the low half starts a transfer, which clears both"},
        {.id = "FWC-DMA-048", .level = PV_MAY, CODE "hw/nvram/fw_cfg.c, fw_cfg_dma_transfer()",
         .requirement = "A DMA write at the end of an item, or to a key without one, leaves the offset.",
         .reason = HOST_SIDE "it reads as zeros from there on in any case"},
        {.id = "FWC-LIVE-020", .basis = PV_BASIS_OURS, .source = "docs/fwcfg-live.md, 'Events'",
         .requirement = "An event raises an SCI, and so does a request that is repeated.",
         .reason = HOST_SIDE "the model delivers no interrupts; a unit test counts what the device asks for"},
        {.id = "FWC-WR-008", CODE "hw/nvram/fw_cfg.c, write callbacks (2.11)",
         .requirement = "A DMA write calls the item's write callback once it has stored the bytes.",
         .reason = HOST_SIDE "the callbacks there are act on the host"},
        {.id = "FWC-SEL-009", CODE "commit 3bef7e8aab (2.6)",
         .requirement = "A select callback runs once for each select and not for each byte read.",
         .reason = HOST_SIDE "etc/smi/features-ok answers the same however often it is asked; that the "
                   "select suffices is FWC-SMI-007"},

        /* ---- defects of one implementation, on its host's side ---- */
        {.id = "FWC-DIR-012", CODE "commit 0eb973f915",
         .requirement = "A second file of a name that is taken is refused at start.",
         .reason = "of a command line, not of a device; a guest sees FWC-DIR-006"},
        {.id = "FWC-DIR-013", CODE "commit d6b6abc51d",
         .requirement = "A directory with every slot in use is as right as any other.", .untested = true,
         .reason = "needs a machine with more than twenty files of the operator's own"},
        {.id = "FWC-MIG-004", CODE "commit e6915b5f3a (2.5)",
         .requirement = "A guest migrates between machines with and without DMA of one machine type.",
         .reason = "needs two versions of one program, each at one end"},
        {.id = "FWC-ITEM-002", CODE "commit 5a7b6029c1 (9.2)",
         .requirement = "An item whose content the host replaces keeps its select callback.",
         .untested = true, .reason = "no host event here replaces an item that has one"},

        /* ---- what needs another machine ---- */
        {.id = "FWC-NUMA-002", CODE "hw/i386/fw_cfg.c, fw_cfg_arch_create()",
         .requirement = "Key 0x000d holds the number of NUMA nodes, the node of each APIC ID and the size of "
                        "each node, 64 bits each and little-endian.",
         .untested = true, .reason = "no cell starts a machine with NUMA nodes"},
        {.id = "FWC-DMA-049", DOCUMENT "'Guest-side DMA Interface'",
         .requirement = "A descriptor or a buffer above 4 GiB is reached.", .untested = true,
         .reason = "no target starts a machine with so much RAM; that the high half counts is FWC-DMA-034"},
        {.id = "FWC-FILE-008", .basis = PV_BASIS_DOCUMENTED,
         .source = "qemu-devel <20191008105259.5378-4-lersek@redhat.com> and patch 4/4 of the series",
         .requirement = "Machine types pc-i440fx-4.1 and pc-q35-4.1 and older do not have the topology file, "
                        "newer ones do.",
         .reason = "the series was never merged: no machine has it but where it is injected; the gate itself "
                   "is FWC-FILE-007"},
        {.id = "FWC-FILE-009", .basis = PV_BASIS_DERIVED, .source = "QEMU hw/i386/topology.h, modules (9.1)",
         .requirement = "The topology file describes every topology that its machine can have.",
         .reason = "it cannot: three fields have no room for modules, nor for the order of levels of EPYC in "
                   "5.0 and 5.1, nor for IDs equal to selectors as in pc-1.3"},
        {.id = "FWC-FILE-010", .level = PV_SHOULD, .basis = PV_BASIS_CONSUMER,
         .source = "edk2 OvmfPkg PlatformInitLib, PlatformMaxCpuCountInitialization()",
         .requirement = "A consumer without x2APIC does not use a CPU whose derived APIC ID is above 254.",
         .reason = "our consumers tell IDs and start no CPU; that they tell them in full is FWC-USE-019"},
};

const size_t fwcfg_n_exclusions = sizeof fwcfg_exclusions / sizeof fwcfg_exclusions[0];
