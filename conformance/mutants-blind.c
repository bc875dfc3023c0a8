/* SPDX-License-Identifier: MIT */
/*
 * Seeded bugs of consumers, written from the documented facts alone, before the checks were read; the check
 * that each is for was found afterwards.
 */
#include "conformance/checks.h"

/* Consumers know their ABI by these addresses: so does a wrapper around their bus. Chipset: q35. */
#define SELECTOR .offset = 0xcd8
#define CONTROL .offset = 0xcdc
#define COMMAND .offset = 0xcdd
#define CPU_DATA .offset = 0xce0
#define FWCFG_KEY .offset = 0x510
#define DMA_HIGH .offset = 0x514
#define DMA_LOW .offset = 0x518

#define BLOCK "regblock:qemu-6.0"
#define BLOCK_OF_2_7 "regblock:qemu-2.7"
#define AML "regblock:qemu-6.0/ospm"
#define PORT "fwcfg:topology"
#define DMA "fwcfg:topology/dma"
#define MAP "fwcfg:map"
#define BOTH "fwcfg:topology+regblock:qemu-2.7"

#define SEEDED(id, check, where, sentence, ...)                                                        \
        .name = id, .kills = check, .candidate = where, .bug = sentence, .mutation = {.kind = __VA_ARGS__}
#define BUG(...) {SEEDED(__VA_ARGS__)}
#define HANG(...) {SEEDED(__VA_ARGS__), .hangs = true}
#define VALUE(bits, value) .mask = bits, .match = value
#define LESS(n) .operand = (uint32_t) -(n)

const PvMutant pv_check_blind_mutants[] = {
        /* ---- finding the device ---- */
        BUG("detects-anything", "REG-DET-002", BLOCK,
            "Takes data 2 for 0: a legacy block or none passes for modern.",
            PV_MUTATE_BUS_READ_SET, SELECTOR, .operand = 0),
        BUG("detects-nothing", "DISC-DET-001", PORT, "Never finds the device.",
            PV_MUTATE_CONSUMER_DETECT, .operand = PV_E_ABSENT),
        HANG("detects-until-found", "DISC-ABS-001", BLOCK,
             "Looks for the block for as long as there is none.",
             PV_MUTATE_CONSUMER_RETRY),
        HANG("transfers-until-done", "SEV-DMA-004", DMA, "Tries a refused transfer again for ever.",
             PV_MUTATE_CONSUMER_RETRY),

        /* ---- counting and naming the CPUs ---- */
        BUG("possible-is-present", "DISC-CNT-001", PORT,
            "Takes NB_CPUS, the CPUs present, for the possible ones.",
            PV_MUTATE_CONSUMER_POSSIBLE, LESS(10)),
        BUG("possible-is-max-cpus", "DISC-CNT-001", PORT,
            "Takes MAX_CPUS, the APIC ID limit, for the possible count.",
            PV_MUTATE_CONSUMER_POSSIBLE, .operand = 2),
        BUG("walk-without-status", "DISC-SET-001", BLOCK, "Takes every possible CPU for present.",
            PV_MUTATE_BUS_READ_SET, CONTROL, .width = 1, .operand = 1),
        BUG("walk-leaves-selector", "DISC-AGN-001", BLOCK,
            "Selects CPU 0 only to detect: a second walk starts anywhere.",
            PV_MUTATE_BUS_WRITE_DROP, SELECTOR, VALUE(0xffffffff, 0), .skip = 2),
        BUG("walk-without-command", "EVT-ARR-001", BLOCK, "Never writes command 0.",
            PV_MUTATE_BUS_WRITE_DROP, COMMAND, VALUE(0xff, 0)),
        BUG("selector-by-byte", "DISC-CNT-001", BLOCK, "Writes the selector as one byte.",
            PV_MUTATE_BUS_WRITE_WIDTH, SELECTOR, .width = 4, .operand = 1),
        BUG("data-big-endian", "DISC-ID-001", BLOCK, "Reads the command data in big-endian order.",
            PV_MUTATE_BUS_READ_SWAP, CPU_DATA, .width = 4),
        BUG("ids-are-selectors", "DISC-ID-001", BLOCK, "Takes selectors for APIC IDs.",
            PV_MUTATE_CONSUMER_IDS_ARE_SELECTORS),
        BUG("ids-are-indexes", "DISC-ID-001", PORT,
            "Takes indexes for APIC IDs.", PV_MUTATE_CONSUMER_IDS_ARE_SELECTORS),
        BUG("ids-without-probe", "DISC-GSS-001", BLOCK_OF_2_7,
            "Trusts command 3, which is dropped: selectors pass for IDs.",
            PV_MUTATE_BUS_WRITE_DROP, COMMAND, VALUE(0xff, 1)),
        BUG("ids-guessed", "DISC-GSS-001", BLOCK_OF_2_7,
            "Claims to know APIC IDs that the block does not tell.",
            PV_MUTATE_CONSUMER_FACETS, .operand = PV_FACET_APIC_ID),
        BUG("presence-guessed", "DISC-GSS-001", PORT,
            "Claims to know who is present when only a number was told.",
            PV_MUTATE_CONSUMER_FACETS, .operand = PV_FACET_PRESENT_SET),
        BUG("small-buffer-overrun", "DISC-CAP-001", MAP, "Writes behind a buffer that is too small.",
            PV_MUTATE_CONSUMER_OVERRUN),
        BUG("second-answer-differs", "DISC-AGN-001", BOTH, "Counts one CPU more when asked again.",
            PV_MUTATE_CONSUMER_SECOND, .operand = 1),

        /* ---- fw_cfg's wire ---- */
        BUG("nb-cpus-big-endian", "DISC-CNT-002", PORT, "Reads NB_CPUS in big-endian order.",
            PV_MUTATE_BUS_STRING_SWAP, .width = 2),
        BUG("directory-little-endian", "DISC-DET-001", PORT, "Reads the directory's count as little-endian.",
            PV_MUTATE_BUS_STRING_SWAP, .width = 4, .skip = 1),
        BUG("file-big-endian", "DISC-ALL-001", PORT, "Reads the topology file from its end.",
            PV_MUTATE_BUS_STRING_SWAP, .width = 16),
        BUG("reads-without-select", "DISC-AGN-001", PORT, "Stops selecting after a few items and reads on.",
            PV_MUTATE_BUS_WRITE_DROP, FWCFG_KEY, .skip = 3),
        BUG("dma-low-first", "FWC-USE-014", DMA,
            "Writes the low half of the DMA address before the high one.",
            PV_MUTATE_BUS_WRITE_HELD, DMA_HIGH),
        BUG("dma-low-only", "FWC-USE-014", DMA, "Never writes the high half of the DMA address.",
            PV_MUTATE_BUS_WRITE_DROP, DMA_HIGH),
        BUG("dma-address-unswapped", "DISC-DET-001", DMA, "Writes the DMA address without swapping it.",
            PV_MUTATE_BUS_WRITE_SWAP, DMA_LOW),
        BUG("dma-descriptor-reversed", "DISC-DET-001", DMA, "Stores the descriptor in reverse.",
            PV_MUTATE_BUS_STORE_SWAP, .width = 16),
        BUG("dma-error-ignored", "FWC-USE-013", DMA, "Does not look at the error bit.",
            PV_MUTATE_BUS_LOAD_AND, .width = 4, .operand = 0xfe),

        /* ---- events ---- */
        HANG("collects-for-ever", "EVT-ARR-001", BLOCK,
             "Collects events until none is left, and clears none.",
             PV_MUTATE_CONSUMER_COLLECT),
        BUG("collects-from-the-end", "REG-CON-001", AML, "Does not select CPU 0 before a scan.",
            PV_MUTATE_BUS_WRITE_DROP, SELECTOR, VALUE(0xffffffff, 0), .skip = 1),
        BUG("event-without-status", "EVT-IDL-001", BLOCK,
            "Does not read the status: a scan's answer passes for an event.",
            PV_MUTATE_CONSUMER_POLL),
        BUG("event-id-is-neighbours", "EVT-ARR-002", BLOCK,
            "Gives the arrived CPU the APIC ID after its own.",
            PV_MUTATE_CONSUMER_EVENT_ID, .operand = 1),
        BUG("event-of-boot-walk", "SEV-TIM-004", BLOCK, "Walks all CPUs to find the one that arrived.",
            PV_MUTATE_CONSUMER_WALK),
        BUG("event-by-index", "EVT-ARR-001", BOTH, "Says of the arrived CPU the selector after its own.",
            PV_MUTATE_CONSUMER_EVENT, .operand = 1),
        BUG("ack-lost", "EVT-ACK-001", AML,
            "Says that it acknowledged, and did not.", PV_MUTATE_CONSUMER_ACK),
        BUG("ack-of-the-other", "EVT-ACK-001", AML, "Acknowledges a removal where a CPU was inserted.",
            PV_MUTATE_BUS_WRITE_SET, CONTROL, VALUE(0xff, 0x02), .operand = 0x04),
        BUG("eject-with-ack", "EVT-EJ-001", AML,
            "Writes the eject together with an acknowledgement, which wins.",
            PV_MUTATE_BUS_WRITE_SET, CONTROL, VALUE(0xff, 0x08), .operand = 0x0a),
        BUG("eject-lost", "EVT-EJ-001", AML, "Says that it ejected, and did not.", PV_MUTATE_CONSUMER_EJECT),
        BUG("ost-by-byte", "EVT-OST-001", AML, "Reports _OST one byte wide, so that 0x103 becomes 3.",
            PV_MUTATE_BUS_WRITE_WIDTH, CPU_DATA, .width = 4, .operand = 1),

        /* ---- memory ---- */
        BUG("registers-share-memory", "SEV-MEM-002", BLOCK,
            "Shares a page that registers do not need, and leaves it so.",
            PV_MUTATE_CONSUMER_MEMORY, .operand = PV_SHARED),
};

const size_t pv_n_check_blind_mutants = sizeof pv_check_blind_mutants / sizeof pv_check_blind_mutants[0];
