/* SPDX-License-Identifier: MIT */
/*
 * Lies of fw_cfg, and what a careful consumer makes of each, written down before it was run. Most are told
 * twice: to who reads the data port, and to who has the bytes stored for him.
 */
#include "backend-fwcfg/fwcfg-lies.h"

#include "backend-fwcfg/fwcfg-fields.h"
#include "backend-fwcfg/fwcfg-rules.h"
#include "backend-fwcfg/fwcfg-script.h"

#define LIE(kind_, ...)                                                                                      \
        {                                                                                                    \
                .kind = PV_MUTATE_##kind_, .offset = PV_ANYWHERE, __VA_ARGS__                                \
        }

/* Byte number `byte` of an item differs by the bits that follow: as it passes the data port, and in a
 * transfer of this size. */
#define BY_PORT(key, byte, ...) BY_PORT_OF(0xffff, key, byte, __VA_ARGS__)
#define BY_PORT_OF(keys, key, byte, ...)                                                                     \
        {                                                                                                    \
                .kind = PV_MUTATE_READ_NTH_XOR, .offset = AT(FWCFG_DATA_R), .width = 1, .latched = true,     \
                .latch_mask = keys, .latch_match = key, .then = byte, .operand = __VA_ARGS__                 \
        }
#define BY_DMA(size, byte, ...) LIE(DMA_WRITE_XOR, .width = size, .then = byte, .operand = __VA_ARGS__)
#define TWICE(id_, what_, source_, key, at, size, byte, bits, needs_, field_, expected_)                     \
        TWICE_OF(id_, what_, source_, 0xffff, key, at, size, byte, bits, needs_, field_, expected_)
#define TWICE_OF(id_, what_, source_, keys, key, at, size, byte, bits, needs_, field_, expected_)            \
        {id_ "p", what_ ", by port", source_, BY_PORT_OF(keys, key, (at) + (byte), bits),                    \
         needs_,  .expected = expected_,     .field = FWCFG_FIELD_##field_},                                 \
        {                                                                                                    \
                id_ "d", what_ ", by DMA", source_, BY_DMA(size, byte, bits), needs_, .expected = expected_, \
                        .field = FWCFG_FIELD_##field_                                                        \
        }
#define ENTRY(id_, what_, source_, byte, bits, field_, expected_)                                            \
        TWICE(id_, what_, source_, FWCFG_KEY_DIRECTORY, FWCFG_DIRECTORY_HEADER,                              \
              FWCFG_ENTRY_SIZE *FWCFG_N_FILES, FWCFG_OUR_ENTRY + (byte), bits, TOPOLOGY | MAP, field_,      \
              expected_)
#define TOPOLOGY_FILE(id_, what_, source_, byte, bits, field_, expected_)                                    \
        TWICE(id_, what_, source_, FWCFG_OUR_KEY, 0, FWCFG_TOPOLOGY_SIZE, byte, bits, TOPOLOGY, field_,      \
              expected_)
/* Of any file: where the map has its place depends on the revision, and nothing else is read before it. */
#define ANY_FILE 0xffe0
#define MAP_HEADER(id_, what_, source_, byte, bits, field_, expected_)                                       \
        TWICE_OF(id_, what_, source_, ANY_FILE, FWCFG_KEY_FILES, 0, FWCFG_MAP_HEADER_SIZE, byte, bits, MAP,  \
                 field_, expected_)
#define MAP_TABLE(id_, what_, source_, at, size, byte, bits, field_, expected_)                              \
        TWICE_OF(id_, what_, source_, ANY_FILE, FWCFG_KEY_FILES, at, size, byte, bits, MAP, field_, expected_)
#define EVENT(id_, what_, source_, byte, bits, field_, expected_)                                            \
        TWICE(id_, what_, source_, FWCFG_EVENTS_KEY, 0, FWCFG_EVENTS_SIZE, byte, bits, LIVE, field_,         \
              expected_)
#define LIVE_ENTRY(id_, what_, source_, byte, bits, field_, expected_)                                       \
        TWICE(id_, what_, source_, FWCFG_KEY_DIRECTORY, FWCFG_DIRECTORY_HEADER,                              \
              FWCFG_ENTRY_SIZE *FWCFG_LIVE_N_FILES, byte, bits, LIVE, field_, expected_)
/* A word of an answer arrives as something else. */
#define ANSWER(word, bits, ...)                                                                              \
        LIE(DMA_READ_XOR, .width = FWCFG_ANSWER_SIZE, .then = word, .operand = bits, __VA_ARGS__)

/* Of an entry's name, n bytes are others. */
#define NAME(id_, what_, source_, byte, bytes, n, expected_)                                                 \
        {id_ "p", what_ ", by port", source_,                                                                \
         {.kind = PV_MUTATE_READ_NTH_TEXT, .offset = AT(FWCFG_DATA_R), .width = 1, .latched = true,          \
          .latch_mask = 0xffff, .latch_match = FWCFG_KEY_DIRECTORY,                                          \
          .then = FWCFG_DIRECTORY_HEADER + (byte), .text = bytes, .operand = n},                             \
         TOPOLOGY, .expected = expected_, .field = FWCFG_FIELD_NAME},                                        \
        {                                                                                                    \
                id_ "d", what_ ", by DMA", source_,                                                          \
                        LIE(DMA_WRITE_TEXT, .width = FWCFG_ENTRY_SIZE *FWCFG_N_FILES, .then = byte,          \
                            .text = bytes, .operand = n),                                                    \
                        TOPOLOGY, .expected = expected_, .field = FWCFG_FIELD_NAME                           \
        }

#define TOPOLOGY FWCFG_FEATURE_TOPOLOGY
#define MAP FWCFG_FEATURE_MAP
#define LIVE FWCFG_FEATURE_LIVE
#define IDS (FWCFG_MAP_ENTRY_SIZE * 12u) /* of PV_DEFAULT_SMP */
#define BEFORE_OURS (FWCFG_OUR_ENTRY - FWCFG_ENTRY_SIZE)
#define NAME_END (FWCFG_ENTRY_NAME + sizeof FWCFG_TOPOLOGY_FILE - 1)

#define ENDLESS "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" /* from there to the end of the field */
_Static_assert(NAME_END + sizeof ENDLESS - 1 == FWCFG_ENTRY_SIZE, "the field is filled");

#define BROADCAST "\xff\xff\xff\xff"

#define BOUNDS "a count times an entry's size, in 32 bits"
#define LENGTHS "a length that is not checked against what is served"
#define TOCTOU "what was checked is not what is used"
#define FIELDS "a field that is believed"

/* clang-format off */
const PvLie fwcfg_lies[] = {
        {"A17p", "2^31 files, by port", BOUNDS, BY_PORT(FWCFG_KEY_DIRECTORY, 0, 0x80), TOPOLOGY | MAP,
         .expected = PV_E_BAD_DIRECTORY, .field = FWCFG_FIELD_COUNT},
        {"A17d", "2^31 files, by DMA", BOUNDS, LIE(DMA_WRITE_XOR, .width = 4, .operand = 0x80, .times = 1),
         TOPOLOGY | MAP,
         .expected = PV_E_BAD_DIRECTORY, .field = FWCFG_FIELD_COUNT},
        {"A13f", "another signature", "an unmapped port", BY_PORT(FWCFG_KEY_SIGNATURE, 0, 1), TOPOLOGY | MAP,
         .expected = PV_E_ABSENT, .field = FWCFG_FIELD_SIGNATURE},
        {"A13i", "there is no DMA", "a service that is denied", BY_PORT(FWCFG_KEY_ID, 0, FWCFG_ID_DMA),
         TOPOLOGY | MAP, .expected = PV_OK, .field = FWCFG_FIELD_FEATURES},
        NAME("A18", "a file's name does not end", "CWE-170", FWCFG_OUR_ENTRY + NAME_END, ENDLESS,
             sizeof ENDLESS - 1, PV_E_BAD_NAME),
        /* The first file of a name is the one, and is held to all that a file is. */
        NAME("A19", "an earlier file has the same name", FIELDS, BEFORE_OURS + FWCFG_ENTRY_NAME,
             FWCFG_TOPOLOGY_FILE, sizeof FWCFG_TOPOLOGY_FILE, PV_E_BAD_SIZE),
        TWICE("A19k", "an earlier file has the same key", FIELDS, FWCFG_KEY_DIRECTORY, FWCFG_DIRECTORY_HEADER,
              FWCFG_ENTRY_SIZE *FWCFG_N_FILES, BEFORE_OURS + FWCFG_ENTRY_BE_SELECT + 1,
              FWCFG_OUR_KEY ^ (FWCFG_OUR_KEY - 1), TOPOLOGY, KEY, PV_OK),
        ENTRY("A20", "a file of a byte more or less", LENGTHS, FWCFG_ENTRY_BE_SIZE + 3, 0x01, SIZE, PV_E_BAD_SIZE),
        ENTRY("A20k", "the key of a file is that of a fixed item", FIELDS, FWCFG_ENTRY_BE_SELECT + 1,
              FWCFG_OUR_KEY ^ FWCFG_KEY_ID, KEY, PV_E_BAD_KEY),
        MAP_HEADER("A23", "another magic", FIELDS, FWCFG_MAP_LE_MAGIC, 1, FORMAT, PV_E_BAD_FORMAT),
        MAP_HEADER("A23e", "entries of no size", FIELDS, FWCFG_MAP_LE_ENTRY_SIZE, 4, FORMAT, PV_E_BAD_FORMAT),
        MAP_HEADER("A20m", "one CPU more than the file has", LENGTHS, FWCFG_MAP_LE_MAX_CPUS, 1,
                   ENTRIES, PV_E_BAD_SIZE),
        TOPOLOGY_FILE("A24", "2^31 dies", "a product that overflows", FWCFG_TOPOLOGY_LE_DIES + 3, 0x80,
                      LEVELS, PV_E_BAD_TOPOLOGY),
        TOPOLOGY_FILE("A24z", "no core", "a division by zero", FWCFG_TOPOLOGY_LE_CORES, 3, LEVELS,
                      PV_E_BAD_TOPOLOGY),
        TOPOLOGY_FILE("A24n", "2^31 CPUs", BOUNDS, FWCFG_TOPOLOGY_LE_MAX_CPUS + 3, 0x80, CPUS,
                      PV_E_BAD_COUNT),
        {"A21p", "a file grows from one look at the directory to the next, by port", TOCTOU,
         BY_PORT(FWCFG_KEY_DIRECTORY, FWCFG_DIRECTORY_HEADER + FWCFG_OUR_ENTRY + FWCFG_ENTRY_BE_SIZE + 3, 1,
                 .skip = FWCFG_DIRECTORY_HEADER + FWCFG_OUR_ENTRY + FWCFG_ENTRY_SIZE),
         TOPOLOGY, .expected = PV_E_BAD_SIZE, .field = FWCFG_FIELD_SIZE},
        {"A21d", "a file grows from one look at the directory to the next, by DMA", TOCTOU,
         BY_DMA(FWCFG_ENTRY_SIZE *FWCFG_N_FILES, FWCFG_OUR_ENTRY + FWCFG_ENTRY_BE_SIZE + 3, 1, .skip = 1),
         TOPOLOGY, .expected = PV_E_BAD_SIZE, .field = FWCFG_FIELD_SIZE},
        {"A22p", "three threads a core, the second time, by port", TOCTOU,
         BY_PORT(FWCFG_OUR_KEY, FWCFG_TOPOLOGY_LE_THREADS, 1, .skip = FWCFG_TOPOLOGY_SIZE), TOPOLOGY,
         .expected = PV_E_UNSTEADY, .field = FWCFG_FIELD_LEVELS},
        {"A22d", "three threads a core, the second time, by DMA", TOCTOU,
         BY_DMA(FWCFG_TOPOLOGY_SIZE, FWCFG_TOPOLOGY_LE_THREADS, 1, .skip = 1), TOPOLOGY,
         .expected = PV_E_UNSTEADY, .field = FWCFG_FIELD_LEVELS},
        {"A22gp", "another generation each time, by port", TOCTOU,
         BY_PORT_OF(ANY_FILE, FWCFG_KEY_FILES, FWCFG_MAP_LE_GENERATION, 1, .unsteady = true), MAP,
         .expected = PV_E_UNSTEADY, .field = FWCFG_FIELD_GENERATION},
        {"A22gd", "another generation each time, by DMA", TOCTOU,
         BY_DMA(FWCFG_MAP_HEADER_SIZE, FWCFG_MAP_LE_GENERATION, 1, .unsteady = true), MAP,
         .expected = PV_E_UNSTEADY, .field = FWCFG_FIELD_GENERATION},
        TWICE("A12f", "nobody is present", FIELDS, FWCFG_KEY_NB_CPUS, 0, 2, 0, 3, TOPOLOGY, NB_CPUS,
              PV_E_BAD_PRESENT),
        {"A07mp", "an APIC ID is the broadcast, by port", "INIT and SIPI to everybody",
         {.kind = PV_MUTATE_READ_NTH_TEXT, .offset = AT(FWCFG_DATA_R), .width = 1, .latched = true,
          .latch_mask = ANY_FILE, .latch_match = FWCFG_KEY_FILES,
          .then = FWCFG_MAP_HEADER_SIZE + FWCFG_MAP_ENTRY_SIZE,
          .text = BROADCAST, .operand = FWCFG_MAP_ENTRY_SIZE},
         MAP, .expected = PV_E_BAD_ID, .field = FWCFG_FIELD_APIC_IDS},
        {"A07md", "an APIC ID is the broadcast, by DMA", "INIT and SIPI to everybody",
         LIE(DMA_WRITE_TEXT, .width = IDS, .then = FWCFG_MAP_ENTRY_SIZE, .text = BROADCAST,
             .operand = FWCFG_MAP_ENTRY_SIZE),
         MAP, .expected = PV_E_BAD_ID, .field = FWCFG_FIELD_APIC_IDS},
        MAP_TABLE("A06m", "two CPUs have one APIC ID", "a CPU started twice", FWCFG_MAP_HEADER_SIZE, IDS,
                  FWCFG_MAP_ENTRY_SIZE, 1, APIC_IDS, PV_E_ID_TWICE),
        MAP_TABLE("A05m", "a CPU is present that is not possible", "an index out of bounds",
                  FWCFG_MAP_HEADER_SIZE + IDS, 2, 1, 0x80, PRESENT, PV_E_BAD_PRESENT),
        {"A26", "a transfer is never completed", "a wait without end",
         LIE(DMA_WRITE_DROP, .width = 4), TOPOLOGY | MAP, .expected = PV_E_UNFINISHED,
         .field = FWCFG_FIELD_CONTROL},
        {"A27", "every transfer ends in an error", "an error that is only asserted",
         LIE(DMA_WRITE_XOR, .width = 4, .then = 3, .operand = FWCFG_DMA_ERROR), TOPOLOGY | MAP,
         .expected = PV_E_REFUSED, .field = FWCFG_FIELD_CONTROL},
        {"A28", "a transfer lacks its last 4 bytes", "an answer that is too short",
         LIE(DMA_WRITE_SHORT, .width = FWCFG_TOPOLOGY_SIZE, .operand = 4), TOPOLOGY, .expected = PV_E_SHORT,
         .field = FWCFG_FIELD_CONTROL},
        {"A28n", "a transfer stores nothing", "an answer that is too short",
         LIE(DMA_WRITE_DROP, .width = FWCFG_TOPOLOGY_SIZE), TOPOLOGY, .expected = PV_E_SHORT,
         .field = FWCFG_FIELD_CONTROL},
        {"A30c", "the descriptor's address changes once it is stored", "mirror image of CVE-2023-4155, in KVM",
         LIE(PAGE_STORED_FLIP, .width = FWCFG_DMA_DESCRIPTOR_SIZE, .then = FWCFG_DMA_BE_ADDRESS + 7, .operand = 0x80),
         TOPOLOGY | MAP, .expected = PV_E_SHORT, .field = FWCFG_FIELD_CONTROL},
        {"A30l", "shared bytes change once they are loaded", "mirror image of CVE-2023-4155, in KVM",
         LIE(PAGE_LOADED_FLIP, .then = 4, .operand = 0xff), TOPOLOGY | MAP, .expected = PV_OK},
        {"A31", "the host looks at a page when it is shared and after", "SEVerity, CVE-2020-12967", LIE(PAGE_HARVEST, .operand = 0),
         TOPOLOGY | MAP, .expected = PV_OK},
        {"A32", "a store comes when the page is private again", "an alias that outlives the page",
         LIE(PAGE_LATE, .operand = 0xff), TOPOLOGY | MAP, .expected = PV_OK},
        {"A29", "a transfer goes on behind its buffer and its page", "VIA, 2021: DMA out of bounds",
         LIE(DMA_WRITE_LONG, .width = FWCFG_TOPOLOGY_SIZE, .operand = 2 * PV_PAGE_SIZE), TOPOLOGY, .expected = PV_OK},

        /* ---- events and answers of `live` ---- */
        EVENT("A03v", "the CPU with an event is beyond 2^31", "an index out of bounds",
              FWCFG_EVENTS_LE_SELECTOR + 3, 0x80, EVENT_CPU, PV_E_BAD_SELECTOR),
        {"A04v", "an event that is acknowledged stays", "no progress",
         ANSWER(FWCFG_ANSWER_LE_VERB, 0x80, .mask = 0xff, .match = FWCFG_ANSWER_ACK), LIVE,
         .expected = PV_E_REFUSED, .field = FWCFG_FIELD_EVENT_NUMBER},
        {"A04j", "a CPU that was let go of stays", "no progress",
         ANSWER(FWCFG_ANSWER_LE_VERB, 0x80, .mask = 0xff, .match = FWCFG_ANSWER_EJECT), LIVE,
         .expected = PV_E_REFUSED, .field = FWCFG_FIELD_PRESENT},
        EVENT("A05v", "the CPU with an event is the first that cannot be", "an index out of bounds",
              FWCFG_EVENTS_LE_SELECTOR, 5 ^ 12, EVENT_CPU, PV_E_BAD_SELECTOR),
        {"A07v", "an APIC ID is the broadcast, in an event", "INIT and SIPI to everybody",
         {.kind = PV_MUTATE_READ_OR, .offset = AT(FWCFG_DATA_R), .width = 1, .operand = 0xff, .latched = true,
          .latch_mask = 0xffff, .latch_match = FWCFG_EVENTS_KEY, .skip = FWCFG_EVENTS_LE_APIC_ID, .times = 4},
         LIVE, .expected = PV_E_BAD_ID, .field = FWCFG_FIELD_EVENT_ID},
        EVENT("A08v", "an APIC ID differs from that of boot", "double fetch at the device",
              FWCFG_EVENTS_LE_APIC_ID, 16, EVENT_ID, PV_E_CONTRADICTION),
        EVENT("A09v", "an event is neither of arrival nor of departure", "status that contradicts itself",
              FWCFG_EVENTS_LE_KIND, 4, EVENT_KIND, PV_E_BAD_STATUS),
        EVENT("A09n", "an event has a number and no kind", "status that contradicts itself",
              FWCFG_EVENTS_LE_KIND, FWCFG_EVENT_INSERT, EVENT_KIND, PV_E_BAD_STATUS),
        LIVE_ENTRY("A20v", "the events file has 25 bytes", LENGTHS,
                   FWCFG_EVENTS_ENTRY + FWCFG_ENTRY_BE_SIZE + 3, FWCFG_EVENTS_SIZE ^ 25, SIZE, PV_E_BAD_SIZE),
        {"A20w", "the answer file has 21 bytes", LENGTHS,
         BY_DMA(FWCFG_ENTRY_SIZE *FWCFG_LIVE_N_FILES, FWCFG_ANSWER_ENTRY + FWCFG_ENTRY_BE_SIZE + 3,
                FWCFG_ANSWER_SIZE ^ 21), LIVE, .expected = PV_E_BAD_SIZE,
         .field = FWCFG_FIELD_SIZE},
        LIVE_ENTRY("A20kv", "the key of the events file is that of a fixed item", FIELDS,
                   FWCFG_EVENTS_ENTRY + FWCFG_ENTRY_BE_SELECT + 1, FWCFG_EVENTS_KEY ^ FWCFG_KEY_ID,
                   KEY, PV_E_BAD_KEY),
        {"A15v", "the boot CPU is to be let go of", "a host that takes the CPU on which everything runs",
         LIE(UNPLUG_ADD, .operand = (uint64_t) -10), LIVE, .expected = PV_E_BOOT_CPU,
         .field = FWCFG_FIELD_EVENT_CPU},
        EVENT("A23v", "an event with another magic", FIELDS, FWCFG_EVENTS_LE_MAGIC, 1, EVENT_FORMAT,
              PV_E_BAD_FORMAT),
        EVENT("A36", "an event that is never the same before and behind", "a retry without end",
              FWCFG_EVENTS_LE_SEQUENCE_AGAIN, 1, EVENT_NUMBER, PV_E_UNSTEADY),
        {"A28v", "a transfer of an event lacks its last 4 bytes", "an answer that is too short",
         LIE(DMA_WRITE_SHORT, .width = FWCFG_EVENTS_SIZE, .operand = 4), LIVE, .expected = PV_E_SHORT,
         .field = FWCFG_FIELD_CONTROL},
};
/* clang-format on */

const size_t fwcfg_n_lies = sizeof fwcfg_lies / sizeof fwcfg_lies[0];
