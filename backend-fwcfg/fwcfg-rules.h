/* SPDX-License-Identifier: MIT */
/* What fw_cfg promises, topic by topic, and the seeded bugs that show each promise is checked. */
#ifndef PVABI_BACKEND_FWCFG_FWCFG_RULES_H
#define PVABI_BACKEND_FWCFG_FWCFG_RULES_H

#include "backend-fwcfg/fwcfg.h"
#include "common/check.h"

/* By topic, in files of these names. */
extern const PvRules fwcfg_rules_port;
extern const PvRules fwcfg_rules_item;
extern const PvRules fwcfg_rules_directory;
extern const PvRules fwcfg_rules_dma;
extern const PvRules fwcfg_rules_dma_address;
extern const PvRules fwcfg_rules_memory;
extern const PvRules fwcfg_rules_write;
extern const PvRules fwcfg_rules_smi;
extern const PvRules fwcfg_rules_file;
extern const PvRules fwcfg_rules_map;
extern const PvRules fwcfg_rules_live;
extern const PvRules fwcfg_rules_consumer;

/* All of them in one table. */
const PvCheck *fwcfg_rules(size_t *ret_n);

extern const PvMutant fwcfg_mutants[];
extern const size_t fwcfg_n_mutants;
extern const PvMutant fwcfg_blind_mutants[];
extern const size_t fwcfg_n_blind_mutants;
extern const PvProbe fwcfg_probes[];
extern const size_t fwcfg_n_probes;
extern const PvExclusion fwcfg_exclusions[];
extern const size_t fwcfg_n_exclusions;

/* Where lies and seeded bugs find the files: the model's q35 has 16, sorted by name, and ours is the 15th. */
#define FWCFG_N_FILES 16u
#define FWCFG_OUR_PLACE 14u
#define FWCFG_OUR_KEY (FWCFG_KEY_FILES + FWCFG_OUR_PLACE)
#define FWCFG_OUR_ENTRY (FWCFG_ENTRY_SIZE * FWCFG_OUR_PLACE) /* behind the directory's header */
/* Revision `live` has two more, before its map. */
#define FWCFG_LIVE_N_FILES (FWCFG_N_FILES + 2u)
#define FWCFG_ANSWER_ENTRY FWCFG_OUR_ENTRY
#define FWCFG_EVENTS_ENTRY (FWCFG_OUR_ENTRY + FWCFG_ENTRY_SIZE)
#define FWCFG_EVENTS_KEY (FWCFG_OUR_KEY + 1u)
#define FWCFG_LIVE_MAP_KEY (FWCFG_OUR_KEY + 2u)
#define FWCFG_SMI_OK_KEY (FWCFG_KEY_FILES + 8u)
#define FWCFG_SMI_REQUESTED_KEY (FWCFG_KEY_FILES + 9u)
#define FWCFG_SMI_SUPPORTED_KEY (FWCFG_KEY_FILES + 10u)

/* ---- what rules that are more than a script have in common ---- */

/* A file as the directory lists it. */
typedef struct FwcfgEntry {
        uint32_t size;
        uint16_t key, reserved;
        char name[FWCFG_NAME_SIZE];
} FwcfgEntry;

#define FWCFG_COUNT_LIMIT 1024u /* entries: what is beyond is not read */

int fwcfg_rule_select(const PvScene *scene, uint16_t key);
/* n bytes of the selected item, by port. */
int fwcfg_rule_read(const PvScene *scene, void *ret_data, size_t n);

/* Tells every entry, in order; the device then stands behind the last one. */
typedef void FwcfgNote(void *data, uint32_t index, const FwcfgEntry *entry);
int fwcfg_rule_walk(const PvScene *scene, FwcfgNote *note, void *data, uint32_t *ret_count);
/* How often there is a file with this name, and the last of them. */
int fwcfg_rule_find(const PvScene *scene, const char *name, FwcfgEntry *ret_entry, uint32_t *ret_times);

/* Hands the device the descriptor that lies there. */
int fwcfg_rule_ring(const PvScene *scene, PvGpa descriptor);

void fwcfg_rule_judge(PvJudgement *ret_judgement, bool pass, const char *expected, const char *actual, ...)
        __attribute__((format(printf, 4, 5)));

/*
 * For PvCheck.find: three numbers for each of the files a script is about: its key, as a DMA descriptor
 * selects it, and as a port does; its size.
 */
enum { FWCFG_FOUND_CONTROL, FWCFG_FOUND_KEY, FWCFG_FOUND_SIZE, FWCFG_N_FOUND };
int fwcfg_rule_look_up(const PvScene *scene, const char *name, uint64_t ret_found[FWCFG_N_FOUND]);

#endif
