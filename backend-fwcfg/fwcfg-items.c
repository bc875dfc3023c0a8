/* SPDX-License-Identifier: MIT */
/* What is in fw_cfg: fixed items, the files of a real machine, and the file of each revision. */
#include <stdlib.h>
#include <string.h>

#include "backend-fwcfg/fwcfg-device.h"

#define RAM_SIZE (UINT64_C(128) << 20)
#define N(array) (sizeof(array) / sizeof(array)[0])

/* SMI features that the guest may ask for. */
#define SMI_BROADCAST UINT64_C(1)
#define SMI_HOTPLUG UINT64_C(2)
#define SMI_HOT_UNPLUG UINT64_C(4)

typedef struct File {
        const char *name;
        const char *bytes;
        uint32_t length;
        bool q35_only;
} File;

/* The files of a machine without devices; most are cut short, for only their place matters here. */
static const File files[] = {
        {"genroms/kvmvapic.bin", "\x55\xaa\x12\x00", 4, false},
        {"bios-geometry", "", 0, false},
        {"bootorder", "", 0, false},
        {"etc/acpi/rsdp", "RSD PTR \0BOCHS \0\0\0\0", 20, false},
        {"etc/acpi/tables", "FACS\x40\0\0", 8, false},
        {"etc/boot-fail-wait", "\xff\xff\xff\xff", 4, false},
        {"etc/e820", "\0\0\0\0\0\0\0\0\0\0\0\x08\0\0\0\0\x01\0\0", 20, false},
        {"etc/smbios/smbios-anchor",
         "_SM_\0\x1f\x02\x08\0\0\0\0\0\0\0\0_DMI_\0\0\0\0\0\0\0\0\x28", 31, false},
        {"etc/smbios/smbios-tables", "\x7f\x04\0\x7f\0", 6, false},
        {"etc/smi/features-ok", "", 1, true},
        {"etc/smi/requested-features", "\0\0\0\0\0\0\0", 8, true},
        {"etc/smi/supported-features", "\x07\0\0\0\0\0\0", 8, true},
        {"etc/system-states", "\x80\0\0\x81\x80\x80", 6, false},
        {"etc/table-loader", "\x01\0\0\0etc/acpi/rsdp\0\0", 20, false},
};

static int
item_set(FwcfgItem *item, const void *bytes, uint32_t length)
{
        free(item->data);
        item->length = 0;
        item->data = malloc(length > 0 ? length : 1);
        if (!item->data)
                return PV_E_NO_MEMORY;
        if (length > 0)
                memcpy(item->data, bytes, length);
        item->length = length;
        return 0;
}

static int
item_set_le(FwcfgItem *item, uint64_t value, unsigned n)
{
        uint8_t bytes[8];

        fwcfg_store_le(bytes, value, n);
        return item_set(item, bytes, n);
}

/* ---- the file of each revision ---- */

static void
fill_topology(const PvTopology *t, uint8_t *ret_data)
{
        fwcfg_store_le(ret_data + FWCFG_TOPOLOGY_LE_DIES, t->dies, 4);
        fwcfg_store_le(ret_data + FWCFG_TOPOLOGY_LE_CORES, t->cores, 4);
        fwcfg_store_le(ret_data + FWCFG_TOPOLOGY_LE_THREADS, t->threads, 4);
        fwcfg_store_le(ret_data + FWCFG_TOPOLOGY_LE_MAX_CPUS, t->max_cpus, 4);
}

static void
fill_map(const PvDeviceEnv *env, const uint8_t *present, uint8_t *ret_data)
{
        const uint32_t n = env->topology->max_cpus;
        uint8_t *ids = ret_data + FWCFG_MAP_HEADER_SIZE;

        fwcfg_store_le(ret_data + FWCFG_MAP_LE_MAGIC, FWCFG_MAP_MAGIC, 4);
        fwcfg_store_le(ret_data + FWCFG_MAP_LE_VERSION, FWCFG_MAP_VERSION, 2);
        fwcfg_store_le(ret_data + FWCFG_MAP_LE_ENTRY_SIZE, FWCFG_MAP_ENTRY_SIZE, 2);
        fwcfg_store_le(ret_data + FWCFG_MAP_LE_MAX_CPUS, n, 4);
        fwcfg_store_le(ret_data + FWCFG_MAP_LE_GENERATION, 0, 4);
        for (uint32_t i = 0; i < n; i++)
                fwcfg_store_le(ids + (size_t) FWCFG_MAP_ENTRY_SIZE * i, env->apic_id[i], 4);
        memcpy(ids + (size_t) FWCFG_MAP_ENTRY_SIZE * n, present, pv_bitmap_size(n));
}

int
fwcfg_file_make(const PvDeviceEnv *env, const char *revision, const uint8_t *present, PvContent *ret_file)
{
        bool map = strcmp(revision, "map") == 0;
        size_t size = map ? fwcfg_map_size(env->topology->max_cpus) : FWCFG_TOPOLOGY_SIZE;
        uint8_t *data;

        if (!map && strcmp(revision, "topology") != 0)
                return PV_E_UNSUPPORTED;
        data = malloc(size);
        if (!data)
                return PV_E_NO_MEMORY;
        if (map)
                fill_map(env, present, data);
        else
                fill_topology(env->topology, data);
        *ret_file = (PvContent){map ? FWCFG_MAP_FILE : FWCFG_TOPOLOGY_FILE, data, size};
        return 0;
}

/* ---- SMI feature negotiation ---- */

/* Selecting the item asks whether the request holds; the first success locks it until reset. */
static void
smi_features_ok(FwcfgDevice *d)
{
        uint64_t wanted = fwcfg_load_le64(d->smi_requested->data);
        uint64_t hotplug = wanted & (SMI_HOTPLUG | SMI_HOT_UNPLUG);

        if (d->smi_ok->data[0] || wanted & ~fwcfg_load_le64(d->smi_supported->data))
                return;
        if ((hotplug && !(wanted & SMI_BROADCAST)) || hotplug == SMI_HOT_UNPLUG)
                return;
        d->smi_negotiated = wanted;
        d->smi_ok->data[0] = 1;
}

static void
adopt_smi_item(FwcfgDevice *d, const char *name, FwcfgItem *item)
{
        if (strcmp(name, "etc/smi/supported-features") == 0) {
                d->smi_supported = item;
        } else if (strcmp(name, "etc/smi/requested-features") == 0) {
                d->smi_requested = item;
                item->writable = true;
        } else if (strcmp(name, "etc/smi/features-ok") == 0) {
                d->smi_ok = item;
                item->selected = smi_features_ok;
        }
}

void
fwcfg_items_reset(FwcfgDevice *d)
{
        if (!d->smi_ok)
                return;
        d->smi_ok->data[0] = 0;
        d->smi_negotiated = 0;
        memset(d->smi_requested->data, 0, d->smi_requested->length);
}

/* ---- the directory ---- */

static int
compare_names(const void *a, const void *b)
{
        return strcmp(((const File *) a)->name, ((const File *) b)->name);
}

/* Entry and item of one file; its key is its place in the sorted directory. */
static int
file_add(FwcfgDevice *d, uint8_t *directory, uint32_t place, const File *file)
{
        const uint32_t key = FWCFG_KEY_FILES + place;
        uint8_t *entry = directory + FWCFG_DIRECTORY_HEADER + (size_t) FWCFG_ENTRY_SIZE * place;

        fwcfg_store_be(entry + FWCFG_ENTRY_BE_SIZE, file->length, 4);
        fwcfg_store_be(entry + FWCFG_ENTRY_BE_SELECT, key, 2);
        memcpy(entry + FWCFG_ENTRY_NAME, file->name, strlen(file->name));
        adopt_smi_item(d, file->name, &d->generic[key]);
        if (strcmp(file->name, FWCFG_MAP_FILE) == 0)
                d->map = &d->generic[key];
        return item_set(&d->generic[key], file->bytes, file->length);
}

/* The directory has the length of a full one, however few files there are. */
static int
files_build(FwcfgDevice *d, const PvContent *ours)
{
        uint8_t directory[FWCFG_DIRECTORY_HEADER + FWCFG_ENTRY_SIZE * FWCFG_FILE_SLOTS] = {0};
        File sorted[N(files) + 1];
        uint32_t n = 0;
        int r = 0;

        for (size_t i = 0; i < N(files); i++)
                if (!files[i].q35_only || d->env->chipset == PV_CHIPSET_Q35)
                        sorted[n++] = files[i];
        sorted[n++] = (File){ours->name, ours->data, (uint32_t) ours->size, false};
        qsort(sorted, n, sizeof sorted[0], compare_names);
        fwcfg_store_be(directory, n, 4);
        for (uint32_t i = 0; i < n && !r; i++)
                r = file_add(d, directory, i, &sorted[i]);
        return r ? r : item_set(&d->generic[FWCFG_KEY_DIRECTORY], directory, sizeof directory);
}

/* ---- the fixed items ---- */

static uint32_t
apic_id_limit(const PvDeviceEnv *env)
{
        uint32_t largest = 0;

        for (uint32_t i = 0; i < env->topology->max_cpus; i++)
                if (env->apic_id[i] > largest)
                        largest = env->apic_id[i];
        return largest + 1;
}

/* NB_CPUS and MAX_CPUS keep the low 16 bits of numbers that need more: the ABI has no room for them. */
static int
fixed_build(FwcfgDevice *d)
{
        FwcfgItem *item = d->generic;
        int r = item_set(&item[FWCFG_KEY_SIGNATURE], FWCFG_SIGNATURE, 4);

        r = r ? r : item_set_le(&item[FWCFG_KEY_ID], FWCFG_ID_PORTS | FWCFG_ID_DMA, 4);
        r = r ? r : item_set_le(&item[FWCFG_KEY_RAM_SIZE], RAM_SIZE, 8);
        r = r ? r : item_set_le(&item[FWCFG_KEY_NB_CPUS], 0, 2);
        return r ? r : item_set_le(&item[FWCFG_KEY_MAX_CPUS], apic_id_limit(d->env), 2);
}

int
fwcfg_items_build(FwcfgDevice *d, const char *revision)
{
        PvContent ours = {0};
        int r = fwcfg_file_make(d->env, revision, d->present, &ours);

        r = r ? r : fixed_build(d);
        r = r ? r : files_build(d, &ours);
        free(ours.data);
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
