/* SPDX-License-Identifier: MIT */
/* What the rules of fw_cfg that are more than a script have in common: items by port, files by name. */
#include "backend-fwcfg/fwcfg-rules.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int
fwcfg_rule_select(const PvScene *scene, uint16_t key)
{
        return pv_bus_out(scene->bus, scene->base, 2, key);
}

int
fwcfg_rule_read(const PvScene *scene, void *ret_data, size_t n)
{
        const uint64_t port = scene->base + (FWCFG_DATA_R - FWCFG_BASE);

        return scene->bus->ops->read_string(scene->bus, port, ret_data, n);
}

int
fwcfg_rule_walk(const PvScene *scene, FwcfgNote *note, void *data, uint32_t *ret_count)
{
        uint8_t bytes[FWCFG_ENTRY_SIZE];
        uint32_t count;
        int r = fwcfg_rule_select(scene, FWCFG_KEY_DIRECTORY);

        r = r ? r : fwcfg_rule_read(scene, bytes, FWCFG_DIRECTORY_HEADER);
        if (r)
                return r;
        count = fwcfg_load_be32(bytes);
        for (uint32_t i = 0; count <= FWCFG_COUNT_LIMIT && i < count; i++) {
                FwcfgEntry entry;

                r = fwcfg_rule_read(scene, bytes, sizeof bytes);
                if (r)
                        return r;
                entry.size = fwcfg_load_be32(bytes + FWCFG_ENTRY_BE_SIZE);
                entry.key = fwcfg_load_be16(bytes + FWCFG_ENTRY_BE_SELECT);
                entry.reserved = fwcfg_load_be16(bytes + FWCFG_ENTRY_RESERVED);
                memcpy(entry.name, bytes + FWCFG_ENTRY_NAME, sizeof entry.name);
                note(data, i, &entry);
        }
        *ret_count = count;
        return 0;
}

typedef struct Search {
        const char *name;
        FwcfgEntry entry;
        uint32_t times;
} Search;

static void
note_name(void *data, uint32_t index, const FwcfgEntry *entry)
{
        Search *search = data;

        (void) index;
        if (strncmp(entry->name, search->name, FWCFG_NAME_SIZE))
                return;
        search->entry = *entry;
        search->times++;
}

int
fwcfg_rule_find(const PvScene *scene, const char *name, FwcfgEntry *ret_entry, uint32_t *ret_times)
{
        Search search = {.name = name};
        uint32_t count;
        int r = fwcfg_rule_walk(scene, note_name, &search, &count);

        if (r)
                return r;
        *ret_entry = search.entry;
        *ret_times = search.times;
        return 0;
}

int
fwcfg_rule_look_up(const PvScene *scene, const char *name, uint64_t ret_found[FWCFG_N_FOUND])
{
        FwcfgEntry entry;
        uint32_t times;
        int r = fwcfg_rule_find(scene, name, &entry, &times);

        if (r)
                return r;
        if (times == 0)
                return PV_E_ABSENT;
        ret_found[FWCFG_FOUND_CONTROL] = (uint32_t) entry.key << FWCFG_DMA_KEY_SHIFT | FWCFG_DMA_SELECT;
        ret_found[FWCFG_FOUND_KEY] = entry.key;
        ret_found[FWCFG_FOUND_SIZE] = entry.size;
        return 0;
}

int
fwcfg_rule_ring(const PvScene *scene, PvGpa descriptor)
{
        const uint64_t high = scene->base + (FWCFG_DMA_HIGH_RW - FWCFG_BASE);
        const uint64_t low = scene->base + (FWCFG_DMA_LOW_RW - FWCFG_BASE);
        int r = pv_bus_out(scene->bus, high, 4, fwcfg_swap32((uint32_t) (descriptor.value >> 32)));

        return r ? r : pv_bus_out(scene->bus, low, 4, fwcfg_swap32((uint32_t) descriptor.value));
}

void
fwcfg_rule_judge(PvJudgement *ret_judgement, bool pass, const char *expected, const char *actual, ...)
{
        va_list arguments;

        ret_judgement->verdict = pass ? PV_PASS : PV_FAIL;
        snprintf(ret_judgement->expected, sizeof ret_judgement->expected, "%s", expected);
        va_start(arguments, actual);
        vsnprintf(ret_judgement->actual, sizeof ret_judgement->actual, actual, arguments);
        va_end(arguments);
}
