/* SPDX-License-Identifier: MIT */
/* The fixed items of fw_cfg, and what follows the CPUs that come and go. */
#include <stdlib.h>
#include <string.h>

#include "backend-fwcfg/fwcfg-device.h"

#define N(array) (sizeof(array) / sizeof(array)[0])

/* What is the same on every machine of ours: an x86 machine of QEMU 7.2 without options. */
static const struct {
        uint16_t key;
        const char *bytes; /* the first `given` of length; zeros follow */
        uint32_t given, length;
} constant[] = {
        {FWCFG_KEY_SIGNATURE, FWCFG_SIGNATURE, 4, 4},
        {FWCFG_KEY_UUID, "", 0, 16},
        {FWCFG_KEY_RAM_SIZE, "\0\0\0\x08", 4, 8}, /* 128 MiB */
        {FWCFG_KEY_NOGRAPHIC, "", 0, 2},
        {FWCFG_KEY_NB_CPUS, "", 0, 2},
        {FWCFG_KEY_BOOT_MENU, "", 0, 2},
        {FWCFG_KEY_IRQ0_OVERRIDE, "\x01", 1, 4},
        {FWCFG_KEY_E820, "", 0, 4}, /* no reserved ranges beyond those of etc/e820 */
        {FWCFG_KEY_HPET, "\x01\x01\xa2\x86\x80\0\0\xd0\xfe", 9, 121}, /* one, at 0xfed00000 */
};

int
fwcfg_item_set(FwcfgItem *item, const void *bytes, uint32_t given, uint32_t length)
{
        free(item->data);
        item->length = 0;
        item->data = calloc(1, length > 0 ? length : 1);
        if (!item->data)
                return PV_E_NO_MEMORY;
        if (given > 0)
                memcpy(item->data, bytes, given);
        item->length = length;
        return 0;
}

static int
item_set_le(FwcfgItem *item, uint64_t value, unsigned n)
{
        uint8_t bytes[8];

        fwcfg_store_le(bytes, value, n);
        return fwcfg_item_set(item, bytes, n, n);
}

static uint32_t
apic_id_limit(const PvDeviceEnv *env)
{
        uint32_t largest = 0;

        for (uint32_t i = 0; i < env->topology->max_cpus; i++)
                if (env->apic_id[i] > largest)
                        largest = env->apic_id[i];
        return largest + 1;
}

static FwcfgItem *
item_at(FwcfgDevice *d, uint16_t key)
{
        return key & FWCFG_KEY_ARCH ? &d->arch[key & ~FWCFG_KEY_ARCH] : &d->generic[key];
}

/*
 * NB_CPUS and MAX_CPUS keep the low 16 bits of numbers that need more: the ABI has no room for them. The NUMA
 * item has 64 bits for the number of nodes, here 0, and for each APIC ID.
 */
static int
fixed_build(FwcfgDevice *d, bool dma)
{
        const uint32_t limit = apic_id_limit(d->env);
        int r = 0;

        for (size_t i = 0; i < N(constant) && !r; i++)
                r = fwcfg_item_set(item_at(d, constant[i].key), constant[i].bytes, constant[i].given,
                                   constant[i].length);
        r = r ? r : item_set_le(&d->generic[FWCFG_KEY_ID], FWCFG_ID_PORTS | (dma ? FWCFG_ID_DMA : 0), 4);
        r = r ? r : fwcfg_item_set(&d->generic[FWCFG_KEY_NUMA], NULL, 0, 8 * (1 + limit));
        return r ? r : item_set_le(&d->generic[FWCFG_KEY_MAX_CPUS], limit, 2);
}

static bool
is_known(const char *revision)
{
        return strcmp(revision, "topology") == 0 || strcmp(revision, "map") == 0 ||
               strcmp(revision, "live") == 0 || strcmp(revision, FWCFG_REVISION_OLD) == 0;
}

int
fwcfg_items_build(FwcfgDevice *d, const char *revision)
{
        int r = is_known(revision) ? 0 : PV_E_UNSUPPORTED;

        r = r ? r : fixed_build(d, strcmp(revision, FWCFG_REVISION_OLD) != 0);
        r = r ? r : fwcfg_files_build(d, revision);
        r = r ? r : fwcfg_live_build(d);
        if (!r)
                fwcfg_items_update_cpus(d);
        return r;
}

void
fwcfg_items_free(FwcfgDevice *d)
{
        for (size_t i = 0; i < FWCFG_KEY_LIMIT; i++) {
                free(d->generic[i].data);
                free(d->arch[i].data);
        }
        free(d->live.pending);
}

static uint8_t *
map_bitmap(FwcfgDevice *d)
{
        size_t table = (size_t) FWCFG_MAP_ENTRY_SIZE * d->env->topology->max_cpus;

        return d->map->data + FWCFG_MAP_HEADER_SIZE + table;
}

void
fwcfg_items_update_cpus(FwcfgDevice *d)
{
        const uint32_t n = d->env->topology->max_cpus;

        d->n_present = 0;
        for (uint32_t i = 0; i < n; i++)
                d->n_present += pv_bit_get(d->present, i);
        fwcfg_store_le(d->generic[FWCFG_KEY_NB_CPUS].data, d->n_present, 2);
        if (d->map)
                memcpy(map_bitmap(d), d->present, pv_bitmap_size(n));
}

void
fwcfg_items_set_cpu(FwcfgDevice *d, uint32_t selector, bool present)
{
        uint8_t *generation;

        pv_bit_set(d->present, selector, present);
        d->n_present = present ? d->n_present + 1 : d->n_present - 1;
        fwcfg_store_le(d->generic[FWCFG_KEY_NB_CPUS].data, d->n_present, 2);
        if (!d->map)
                return;
        pv_bit_set(map_bitmap(d), selector, present);
        generation = d->map->data + FWCFG_MAP_LE_GENERATION;
        fwcfg_store_le(generation, fwcfg_load_le32(generation) + 1, 4);
}
