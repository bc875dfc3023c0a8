/* SPDX-License-Identifier: MIT */
/* Seeded bugs of the fw_cfg device, written from the documented facts alone, before the rules were read. */
#include "backend-fwcfg/fwcfg-rules.h"

#define TOPOLOGY "fwcfg:topology"
#define MAP "fwcfg:map"

#define BUG(id, where, sentence, ...)                                                                        \
        {.name = id, .candidate = where, .bug = sentence, .mutation = {.kind = __VA_ARGS__}}
#define AT(port) .offset = (port) - FWCFG_BASE
#define DATA AT(FWCFG_DATA_R)
#define SELECTS AT(FWCFG_SELECTOR_W), .width = 2
#define VALUE(bits, value) .mask = bits, .match = value
#define OF(key) .latched = true, .latch_mask = 0xffff, .latch_match = key

/* Byte n of an item, as the data port tells it. */
#define BYTE(key, n) PV_MUTATE_READ_NTH_XOR, DATA, OF(key), .then = n
#define BITS(bits) .operand = bits

#define OURS FWCFG_OUR_KEY
#define ENTRY_BYTE(n) BYTE(FWCFG_KEY_DIRECTORY, FWCFG_DIRECTORY_HEADER + FWCFG_OUR_ENTRY + (n))

/* The descriptor as the device reads it, the last byte of its control word, and the answer. */
#define DESCRIPTOR .width = FWCFG_DMA_DESCRIPTOR_SIZE
#define CONTROL(bits, value) PV_MUTATE_DMA_READ_XOR, DESCRIPTOR, .then = 3, VALUE(bits, value)
#define ANSWER .width = 4

const PvMutant fwcfg_blind_mutants[] = {
        /* ---- ports ---- */
        BUG("select-moves-offset", TOPOLOGY, "A select leaves the offset at 1.",
            PV_MUTATE_WRITE_READS, SELECTS, .then = FWCFG_DATA_R - FWCFG_BASE),
        BUG("select-big-endian", TOPOLOGY, "The key is taken in big-endian order.",
            PV_MUTATE_WRITE_SWAP, SELECTS),
        BUG("select-by-byte", TOPOLOGY, "A one-byte write at the selector selects.",
            PV_MUTATE_WRITE_WIDTH, AT(FWCFG_SELECTOR_W), .width = 1, .operand = 2),
        BUG("select-by-dword", TOPOLOGY, "A dword written at the selector selects.",
            PV_MUTATE_WRITE_WIDTH, AT(FWCFG_SELECTOR_W), .width = 4, .operand = 2),
        BUG("select-unused-keeps", TOPOLOGY, "A select of an unused key keeps the previous item.",
            PV_MUTATE_WRITE_DROP, SELECTS, VALUE(0xfff0, 0x30)),
        BUG("select-invalid-keeps", TOPOLOGY, "A select of key 0xffff keeps the previous item.",
            PV_MUTATE_WRITE_DROP, SELECTS, VALUE(0xffff, FWCFG_KEY_INVALID)),
        BUG("data-byte-twice", TOPOLOGY, "Each read of the data port takes two bytes.",
            PV_MUTATE_READ_TWICE, DATA, .width = 1),
        BUG("data-past-end", TOPOLOGY, "Past the end of an item its first byte comes again.",
            BYTE(FWCFG_KEY_SIGNATURE, 4), BITS('Q')),
        BUG("data-write-advances", TOPOLOGY, "A byte written at the data port moves the offset.",
            PV_MUTATE_WRITE_READS, DATA, .width = 1, .then = FWCFG_DATA_R - FWCFG_BASE),
        BUG("selector-byte-is-ones", TOPOLOGY, "A byte read at the selector's port is not data.",
            PV_MUTATE_READ_SET, AT(FWCFG_SELECTOR_W), .width = 1, .operand = 0xff),
        BUG("selector-word-is-data", TOPOLOGY, "A word read at the selector's port is not 0.",
            PV_MUTATE_READ_SET, AT(FWCFG_SELECTOR_W), .width = 2, .operand = 0x4551),
        BUG("invalid-key-ones", TOPOLOGY, "The item of key 0xffff reads as all ones.",
            PV_MUTATE_READ_SET, DATA, OF(FWCFG_KEY_INVALID), .operand = 0xff),

        /* ---- the DMA registers as ports ---- */
        BUG("dma-signature-swapped", TOPOLOGY, "The signature in the DMA registers is byte-swapped.",
            PV_MUTATE_READ_SWAP, AT(FWCFG_DMA_HIGH_RW), .width = 4),
        BUG("dma-signature-half", TOPOLOGY, "The low DMA register reads 0.",
            PV_MUTATE_READ_SET, AT(FWCFG_DMA_LOW_RW), .width = 4, .operand = 0),
        BUG("dma-signature-last-byte", TOPOLOGY, "The last byte of the signature does not read by itself.",
            PV_MUTATE_READ_SET, .offset = 11, .width = 1, .operand = 0),
        BUG("dma-signature-is-address", TOPOLOGY, "After a transfer the register reads as the address, 0.",
            PV_MUTATE_READ_SET, AT(FWCFG_DMA_HIGH_RW), .latched = true,
            .latch_offset = FWCFG_DMA_LOW_RW - FWCFG_BASE, .operand = 0),
        BUG("dma-word-triggers", TOPOLOGY, "A word written at the low DMA register starts a transfer.",
            PV_MUTATE_WRITE_WIDTH, AT(FWCFG_DMA_LOW_RW), .width = 2, .operand = 4),

        /* ---- keys ---- */
        BUG("signature-lower-case", TOPOLOGY, "The signature begins with another letter.",
            BYTE(FWCFG_KEY_SIGNATURE, 0), BITS(0x20)),
        BUG("id-without-dma", TOPOLOGY, "The ID denies DMA, which works.",
            BYTE(FWCFG_KEY_ID, 0), BITS(FWCFG_ID_DMA)),
        BUG("id-byte-order", TOPOLOGY, "The ID has a bit in its last byte, as a big-endian one would.",
            BYTE(FWCFG_KEY_ID, 3), BITS(FWCFG_ID_PORTS)),
        BUG("nb-cpus-is-possible", TOPOLOGY, "NB_CPUS counts the possible CPUs, twelve for two.",
            BYTE(FWCFG_KEY_NB_CPUS, 0), BITS(2 ^ 12)),
        BUG("nb-cpus-long", TOPOLOGY, "NB_CPUS has a third byte.", BYTE(FWCFG_KEY_NB_CPUS, 2), BITS(1)),
        BUG("nb-cpus-misses-plug", TOPOLOGY, "NB_CPUS does not follow a plug.", PV_MUTATE_PLUG_DROP),
        BUG("nb-cpus-misses-eject", "fwcfg:topology+regblock:qemu-6.0", "NB_CPUS does not follow an eject.",
            PV_MUTATE_UNPLUGGED_DROP),
        BUG("max-cpus-is-count", TOPOLOGY, "MAX_CPUS is the count of possible CPUs, 12 instead of 14.",
            BYTE(FWCFG_KEY_MAX_CPUS, 0), BITS(14 ^ 12)),
        BUG("max-cpus-is-largest-id", TOPOLOGY, "MAX_CPUS is the largest APIC ID, 13, without one more.",
            BYTE(FWCFG_KEY_MAX_CPUS, 0), BITS(14 ^ 13)),
        BUG("key-bit-14-counts", TOPOLOGY, "Bit 14 of a key is not stripped: such a key is invalid.",
            PV_MUTATE_WRITE_SET, SELECTS, VALUE(0xc000, 0x4000), .operand = FWCFG_KEY_INVALID),
        BUG("key-bit-15-stripped", TOPOLOGY, "Bit 15 of a key is stripped: key 0x8000 is the signature.",
            PV_MUTATE_WRITE_AND, SELECTS, VALUE(0xc000, 0x8000), .operand = 0x7fff),
        BUG("key-of-6-bits", TOPOLOGY, "Keys beyond the last file come round: 0x40 is the signature.",
            PV_MUTATE_WRITE_AND, SELECTS, .operand = 0xc03f),

        /* ---- directory and files ---- */
        BUG("directory-count-short", TOPOLOGY, "The directory counts one file less than it lists.",
            BYTE(FWCFG_KEY_DIRECTORY, 3), BITS(FWCFG_N_FILES ^ (FWCFG_N_FILES - 1))),
        BUG("directory-out-of-order", TOPOLOGY, "The directory is not in the order of names.",
            BYTE(FWCFG_KEY_DIRECTORY, FWCFG_DIRECTORY_HEADER + FWCFG_ENTRY_NAME), BITS('b' ^ 'z')),
        BUG("directory-padding", TOPOLOGY, "Behind its last entry the directory is not zero.",
            BYTE(FWCFG_KEY_DIRECTORY, FWCFG_DIRECTORY_HEADER + FWCFG_N_FILES * FWCFG_ENTRY_SIZE), BITS(1)),
        BUG("entry-size", TOPOLOGY, "The directory gives the file one byte more than it has.",
            ENTRY_BYTE(FWCFG_ENTRY_BE_SIZE + 3), BITS(1)),
        BUG("entry-key", TOPOLOGY, "The directory gives the file its neighbour's key.",
            ENTRY_BYTE(FWCFG_ENTRY_BE_SELECT + 1), BITS(1)),
        BUG("entry-name-longer", TOPOLOGY, "The file's name has a letter too many.",
            ENTRY_BYTE(FWCFG_ENTRY_NAME + sizeof FWCFG_TOPOLOGY_FILE - 1), BITS('x')),
        BUG("topology-threads", TOPOLOGY, "The topology file has one thread a core instead of two.",
            BYTE(OURS, FWCFG_TOPOLOGY_LE_THREADS), BITS(2 ^ 1)),
        BUG("topology-max-is-present", TOPOLOGY, "The topology file's last field counts the CPUs present.",
            BYTE(OURS, FWCFG_TOPOLOGY_LE_MAX_CPUS), BITS(12 ^ 2)),
        BUG("topology-big-endian", TOPOLOGY, "The topology file's dies have a bit where a be32 would.",
            BYTE(OURS, FWCFG_TOPOLOGY_LE_DIES + 3), BITS(1)),
        BUG("map-id-is-selector", MAP, "The map gives CPU 6 its selector instead of its APIC ID, 8.",
            BYTE(OURS, FWCFG_MAP_HEADER_SIZE + 6 * FWCFG_MAP_ENTRY_SIZE), BITS(8 ^ 6)),
        BUG("map-present", MAP, "The map's bitmap lacks CPU 1, which is present.",
            BYTE(OURS, FWCFG_MAP_HEADER_SIZE + 12 * FWCFG_MAP_ENTRY_SIZE), BITS(2)),

        /* ---- SMI features ---- */
        BUG("smi-never-ok", TOPOLOGY, "features-ok never reads 1.",
            PV_MUTATE_READ_SET, DATA, OF(FWCFG_SMI_OK_KEY), .operand = 0),
        BUG("smi-always-ok", TOPOLOGY, "features-ok reads 1 for a request that does not hold.",
            PV_MUTATE_READ_SET, DATA, OF(FWCFG_SMI_OK_KEY), .operand = 1),
        BUG("smi-supported-nothing", TOPOLOGY, "supported-features reads 0, though features are granted.",
            PV_MUTATE_READ_SET, DATA, OF(FWCFG_SMI_SUPPORTED_KEY), .operand = 0),
        BUG("smi-request-altered", TOPOLOGY, "A written request arrives with its broadcast bit inverted.",
            PV_MUTATE_DMA_READ_XOR, .width = 8, BITS(1)),

        /* ---- the DMA address register ---- */
        BUG("dma-high-lost", TOPOLOGY, "The high half of the DMA address is ignored.",
            PV_MUTATE_WRITE_DROP, AT(FWCFG_DMA_HIGH_RW)),
        BUG("dma-high-stays", TOPOLOGY, "The high half of the DMA address is not cleared by a transfer.",
            PV_MUTATE_WRITE_AHEAD, AT(FWCFG_DMA_LOW_RW), .width = 4,
            .latch_offset = FWCFG_DMA_HIGH_RW - FWCFG_BASE),
        BUG("dma-low-little-endian", TOPOLOGY, "The low half of the DMA address is taken as little-endian.",
            PV_MUTATE_WRITE_SWAP, AT(FWCFG_DMA_LOW_RW), .width = 4),
        BUG("dma-descriptor-aligned", TOPOLOGY, "The low four bits of the DMA address are taken for 0.",
            PV_MUTATE_WRITE_AND, AT(FWCFG_DMA_LOW_RW), .width = 4, .operand = 0xf0ffffff),

        /* ---- the DMA descriptor ---- */
        BUG("dma-control-little-endian", TOPOLOGY, "The descriptor's control word is taken as little-endian.",
            PV_MUTATE_DMA_READ_SWAP, DESCRIPTOR, .then = FWCFG_DMA_BE_CONTROL, .operand = 4),
        BUG("dma-length-little-endian", TOPOLOGY, "The descriptor's length is taken as little-endian.",
            PV_MUTATE_DMA_READ_SWAP, DESCRIPTOR, .then = FWCFG_DMA_BE_LENGTH, .operand = 4),
        BUG("dma-address-little-endian", TOPOLOGY, "The descriptor's data address is taken as little-endian.",
            PV_MUTATE_DMA_READ_SWAP, DESCRIPTOR, .then = FWCFG_DMA_BE_ADDRESS, .operand = 8),
        BUG("dma-select-ignored", TOPOLOGY, "A DMA select is ignored.",
            CONTROL(0x08, 0x08), BITS(FWCFG_DMA_SELECT)),
        BUG("dma-select-wrong-key", TOPOLOGY, "A DMA select of the directory selects the ID.",
            PV_MUTATE_DMA_READ_XOR, DESCRIPTOR, .then = 1,
            VALUE(0xff, FWCFG_KEY_DIRECTORY), BITS(FWCFG_KEY_DIRECTORY ^ FWCFG_KEY_ID)),
        BUG("dma-write-before-read", TOPOLOGY, "Read and write asked for together write.",
            CONTROL(0x12, 0x12), BITS(FWCFG_DMA_READ)),
        BUG("dma-skip-before-write", TOPOLOGY, "Write and skip asked for together skip, without an error.",
            CONTROL(0x16, 0x14), BITS(FWCFG_DMA_WRITE)),
        BUG("dma-skip-before-read", TOPOLOGY, "Read and skip asked for together skip, and nothing arrives.",
            CONTROL(0x06, 0x06), BITS(FWCFG_DMA_READ)),
        BUG("dma-select-alone-fails", TOPOLOGY, "A select without an operation is an error.",
            CONTROL(0x1e, FWCFG_DMA_SELECT), BITS(FWCFG_DMA_WRITE)),
        BUG("dma-no-operation-fails", TOPOLOGY, "A control word that asks for nothing is an error.",
            CONTROL(0x1e, 0), BITS(FWCFG_DMA_WRITE)),
        BUG("dma-skip-is-error", TOPOLOGY, "A skip is an error.",
            CONTROL(0x16, FWCFG_DMA_SKIP), BITS(FWCFG_DMA_SKIP | FWCFG_DMA_WRITE)),
        BUG("dma-length-0-moves", TOPOLOGY, "Length 0 transfers a byte.",
            PV_MUTATE_DMA_READ_XOR, DESCRIPTOR, .then = 7, VALUE(0xff, 0), BITS(1)),

        /* ---- what a DMA transfer leaves ---- */
        BUG("dma-offset-beyond", TOPOLOGY, "A transfer leaves the offset one byte too far.",
            PV_MUTATE_WRITE_READS, AT(FWCFG_DMA_LOW_RW), .width = 4, .then = FWCFG_DATA_R - FWCFG_BASE),
        BUG("dma-no-zero-fill", TOPOLOGY, "A read past the end leaves what was in the buffer.",
            PV_MUTATE_DMA_ZEROS_DROP, ANSWER),
        BUG("dma-past-end-fails", TOPOLOGY, "A read past the end is an error.",
            PV_MUTATE_DMA_ZEROS_FAIL, ANSWER),
        BUG("dma-read-short", TOPOLOGY, "A read of 16 bytes leaves out the last.",
            PV_MUTATE_DMA_WRITE_SHORT, .width = 16, .operand = 1),
        BUG("dma-read-long", TOPOLOGY, "A read of 16 bytes clears the four behind them.",
            PV_MUTATE_DMA_WRITE_LONG, .width = 16, .operand = 4),
        BUG("dma-answer-lost", TOPOLOGY, "The control word is never written back.",
            PV_MUTATE_DMA_WRITE_DROP, ANSWER),
        BUG("dma-answer-whole", TOPOLOGY, "Length and address are cleared with the control word.",
            PV_MUTATE_DMA_WRITE_LONG, ANSWER, .operand = 12),
        BUG("dma-answer-stained", TOPOLOGY, "A bit of the key is left in the answer to a success.",
            PV_MUTATE_DMA_WRITE_XOR, ANSWER, .then = 1, BITS(1)),
        BUG("dma-errors-hidden", TOPOLOGY, "Errors are reported as success.",
            PV_MUTATE_DMA_WRITE_XOR, ANSWER, .then = 3, VALUE(0xff, FWCFG_DMA_ERROR), BITS(FWCFG_DMA_ERROR)),
        BUG("dma-refusal-forgiven", TOPOLOGY, "A read into a buffer that is not RAM is a success.",
            PV_MUTATE_DMA_FORGIVES),

        /* ---- reset, migration ---- */
        BUG("reset-keeps-item", TOPOLOGY, "A reset leaves the selected item as it was.",
            PV_MUTATE_RESET_DROP),
        BUG("reset-clears-address", TOPOLOGY, "A reset clears a half-written DMA address.",
            PV_MUTATE_RESET_RECREATE),
        BUG("migration-keeps-nothing", TOPOLOGY, "Key and offset are not migrated.", PV_MUTATE_LOAD_RECREATE),
};

const size_t fwcfg_n_blind_mutants = sizeof fwcfg_blind_mutants / sizeof fwcfg_blind_mutants[0];
