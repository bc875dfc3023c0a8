/* SPDX-License-Identifier: MIT */
/* Rules of the file directory: one walk notes what is wrong with it, each judge looks at its own. */
#include "backend-fwcfg/fwcfg-rules.h"
#include "backend-fwcfg/fwcfg-script.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DIRECTORY_SOURCE "QEMU docs/specs/fw_cfg.rst, 'File Directory'"

/* What is wrong, counted in entries; COUNT is how many entries there are. */
enum {
        COUNT,
        NAMELESS,
        UNTERMINATED, /* names without a NUL */
        BAD_KEYS,     /* below the first file key, with a flag bit, or used twice */
        RESERVED,     /* reserved bits that are not 0 */
        TWICE,        /* names that stood before */
        UNSORTED,     /* names not above the one before */
        MISPLACED,    /* keys that do not count up from the first */
        BEHIND,       /* bytes behind the last entry that are not 0 */
        N_COUNTED,
};

typedef struct Walk {
        uint64_t *value;
        FwcfgEntry seen[FWCFG_COUNT_LIMIT];
} Walk;

static void
note(void *data, uint32_t index, const FwcfgEntry *e)
{
        Walk *w = data;
        bool key_twice = false, name_twice = false;

        for (uint32_t i = 0; i < index; i++) {
                key_twice |= w->seen[i].key == e->key;
                name_twice |= strncmp(w->seen[i].name, e->name, FWCFG_NAME_SIZE) == 0;
        }
        w->value[NAMELESS] += !*e->name;
        w->value[UNTERMINATED] += !memchr(e->name, 0, FWCFG_NAME_SIZE);
        w->value[BAD_KEYS] += e->key < FWCFG_KEY_FILES || e->key >= FWCFG_KEY_WRITE || key_twice;
        w->value[RESERVED] += e->reserved != 0;
        w->value[TWICE] += name_twice;
        w->value[UNSORTED] += index && strncmp(w->seen[index - 1].name, e->name, FWCFG_NAME_SIZE) >= 0;
        w->value[MISPLACED] += e->key != FWCFG_KEY_FILES + index;
        w->seen[index] = *e;
}

static int
act(const PvScene *scene, PvObservation *o)
{
        uint8_t behind[FWCFG_ENTRY_SIZE];
        Walk walk = {.value = o->value};
        uint32_t count = 0;
        int r = fwcfg_rule_walk(scene, note, &walk, &count);

        o->n_values = N_COUNTED;
        o->value[COUNT] = count;
        r = r ? r : fwcfg_rule_read(scene, behind, sizeof behind);
        for (size_t i = 0; i < sizeof behind && !r; i++)
                o->value[BEHIND] += behind[i] != 0;
        return r;
}

/* An empty directory, or an absurd one, satisfies nobody. */
static void
judge(const PvObservation *o, unsigned what, const char *expected, PvJudgement *j)
{
        static const char *const word[N_COUNTED] = {
                [NAMELESS] = "without a name", [UNTERMINATED] = "with an unterminated name",
                [BAD_KEYS] = "with a bad key", [RESERVED] = "with reserved bits set",
                [TWICE] = "with a name that stood before", [UNSORTED] = "not above the one before",
                [MISPLACED] = "with a key out of turn", [BEHIND] = "bytes behind that are not 0",
        };
        const uint64_t count = o->value[COUNT];

        fwcfg_rule_judge(j, count > 0 && count <= FWCFG_COUNT_LIMIT && o->value[what] == 0, expected,
                         "%" PRIu64 " entries, %" PRIu64 " %s", count, o->value[what], word[what]);
}

#define JUDGE(name, what, expected)                                                                          \
        static void judge_##name(const PvObservation *o, PvJudgement *j)                                     \
        {                                                                                                    \
                judge(o, what, expected, j);                                                                 \
        }

JUDGE(named, NAMELESS, "1 to 1024 entries, each with a name")
JUDGE(terminated, UNTERMINATED, "a NUL within the 56 bytes of each name")
JUDGE(keys, BAD_KEYS, "a key of its own for each file, from 0x0020 on and below 0x4000")
JUDGE(reserved, RESERVED, "0 in the reserved bits")
JUDGE(once, TWICE, "each name once")
JUDGE(sorted, UNSORTED, "names in ascending order")
JUDGE(in_turn, MISPLACED, "keys that count up from 0x0020 in the order of the directory")
JUDGE(padded, BEHIND, "zeros behind the last entry")

/* ---- one file, read by its key ---- */

static int
find_boot_fail_wait(const PvScene *scene, uint64_t ret_found[PV_N_FOUND])
{
        return fwcfg_rule_look_up(scene, "etc/boot-fail-wait", ret_found);
}

static int
find_system_states(const PvScene *scene, uint64_t ret_found[PV_N_FOUND])
{
        return fwcfg_rule_look_up(scene, "etc/system-states", ret_found);
}

#define SELECT_FOUND {'W', 2, AT(FWCFG_SELECTOR_W), {PV_VALUE_FOUND, (uint64_t) FWCFG_FOUND_KEY << 32}}

static const PvCheck rules[] = {
        {.id = "FWC-DIR-001", .area = PV_AREA_DISCOVERY, .basis = PV_BASIS_DOCUMENTED,
         .source = DIRECTORY_SOURCE,
         .requirement = "Key 0x0019 holds a big-endian 32-bit count and that many entries of 64 bytes, each "
                        "with a name.",
         .advice = "The name stands at byte 8 of an entry, behind size, key and reserved bits.",
         .any_state = true, .act = act, .judge = judge_named},
        {.id = "FWC-DIR-002", .level = PV_SHOULD, .area = PV_AREA_DISCOVERY, .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU hw/nvram/fw_cfg.c, fw_cfg_add_file_callback() (machine types 2.6 and later)",
         .requirement = "The directory is sorted by name.",
         .advice = "A consumer that relies on the order breaks on devices that keep insertion order.",
         .needs = FWCFG_FEATURE_SORTED, .any_state = true, .act = act, .judge = judge_sorted},
        {.id = "FWC-DIR-003", .area = PV_AREA_DISCOVERY, .basis = PV_BASIS_DOCUMENTED,
         .source = DIRECTORY_SOURCE,
         .requirement = "A name takes at most 55 of its 56 bytes and ends with a NUL.",
         .advice = "Consumers compare and print names as strings.",
         .any_state = true, .act = act, .judge = judge_terminated},
        {.id = "FWC-DIR-004", .area = PV_AREA_DISCOVERY, .basis = PV_BASIS_DOCUMENTED,
         .source = DIRECTORY_SOURCE,
         .requirement = "Each entry has a big-endian key of its own, from 0x0020 on and without flag bits.",
         .advice = "Two entries with one key, or a fixed item's key, show the wrong bytes under a name.",
         .any_state = true, .act = act, .judge = judge_keys},
        {.id = "FWC-DIR-005", .level = PV_SHOULD, .area = PV_AREA_COMPATIBILITY, .basis = PV_BASIS_DOCUMENTED,
         .source = DIRECTORY_SOURCE,
         .requirement = "The reserved 16 bits of an entry are 0.",
         .advice = "A later version of the directory may give them a meaning.",
         .any_state = true, .act = act, .judge = judge_reserved},
        {.id = "FWC-DIR-006", .area = PV_AREA_DISCOVERY, .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU commit 0eb973f915",
         .requirement = "No name stands in the directory twice.",
         .advice = "Which of two files of one name a consumer gets is up to the consumer.",
         .any_state = true, .act = act, .judge = judge_once},
        {.id = "FWC-DIR-008", .level = PV_MAY, .area = PV_AREA_COMPATIBILITY,
         .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU hw/nvram/fw_cfg.c, struct FWCfgFiles",
         .requirement = "Behind its last entry the directory reads as zeros.",
         .advice = "The item is as long as a full directory, so that its size survives migration to a "
                   "machine with more files.",
         .any_state = true, .act = act, .judge = judge_padded},
        {.id = "FWC-DIR-009", .level = PV_SHOULD, .area = PV_AREA_COMPATIBILITY,
         .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU hw/nvram/fw_cfg.c, fw_cfg_add_file_callback()",
         .requirement = "Keys count up from 0x0020 in the order of the directory: a key is a position, not a "
                        "name.",
         .advice = "One more file moves those behind it, so a consumer must not remember a key from another "
                   "boot.",
         .any_state = true, .act = act, .judge = judge_in_turn},
        {.id = "FWC-DIR-010", .area = PV_AREA_DISCOVERY, .basis = PV_BASIS_DOCUMENTED,
         .source = DIRECTORY_SOURCE,
         .requirement = "Selecting the key of an entry gives the file of that name.",
         .advice = "etc/system-states, six bytes, says in bit 7 of each which sleep states the machine has; "
                   "S0 and S5 are always there.",
         .any_state = true, .find = find_system_states,
         PV_CHECK_SCRIPT(SELECT_FOUND, DATA(0x80), STRING(4, ANY), DATA(0x80), DATA(0))},
        {.id = "FWC-ITEM-001", .level = PV_SHOULD, .area = PV_AREA_COMPATIBILITY,
         .basis = PV_BASIS_IMPLEMENTATION,
         .source = "QEMU commits 04da973501 and 20a1922032",
         .requirement = "etc/boot-fail-wait is a little-endian 32-bit number, -1 when nobody asked for a "
                        "wait.",
         .advice = "QEMU 4.1 had lost the -1.",
         .any_state = true, .find = find_boot_fail_wait,
         PV_CHECK_SCRIPT(SELECT_FOUND, STRING(4, LITERAL(UINT32_MAX)), DATA(0))},
};

const PvRules fwcfg_rules_directory = PV_RULES(rules);
