/* SPDX-License-Identifier: MIT */
/* The files in fw_cfg: those of a machine without devices, that of a revision, and SMI features. */
#include <stdlib.h>
#include <string.h>

#include "backend-fwcfg/fwcfg-device.h"

#define N(array) (sizeof(array) / sizeof(array)[0])

/* Which machines have a file. */
enum {
        Q35 = 1,
        PC = 2,
        OLD = 4, /* either chipset as a machine type of QEMU 2.4 has it */
        NEW = Q35 | PC,
        KVM = 8, /* only where KVM runs the machine: it keeps some memory to itself */
        TCG = 16, /* only where it does not */
        CUT = 32, /* its contents are cut short, or ours */
};

typedef struct File {
        const char *name;
        const char *bytes; /* the first `given` of length; zeros follow */
        uint32_t given, length;
        unsigned machines;
        uint32_t per_socket; /* so many bytes more */
} File;

/*
 * Names, order and lengths are those of QEMU 7.2; the tables' contents are cut short. Old machine types keep
 * this order, new ones sort by name.
 */
static const File files[] = {
        {"etc/boot-fail-wait", "\xff\xff\xff\xff", 4, 4, NEW | OLD, 0},
        {"etc/smbios/smbios-tables", "\x7f\x04\0\x7f\0", 6, 6, OLD | CUT, 0},
        {"etc/smbios/smbios-tables", "\x7f\x04\0\x7f\0", 6, 244, Q35 | CUT, 65},
        {"etc/smbios/smbios-tables", "\x7f\x04\0\x7f\0", 6, 253, PC | CUT, 68},
        {"etc/smbios/smbios-anchor",
         "_SM_\0\x1f\x02\x08\x06\0\0\0\0\0\0\0_DMI_\0\x06\0\0\0\0\0\x01\0\x28", 31, 31, NEW | OLD | CUT, 0},
        {"etc/e820", "\0\0\0\0\0\0\0\0\0\0\0\x08\0\0\0\0\x01\0\0\0", 20, 20, OLD, 0},
        {"etc/e820",
         "\0\0\0\0\xfd\0\0\0\0\0\0\0\x03\0\0\0\x02\0\0\0"
         "\0\0\0\0\0\0\0\0\0\0\0\x08\0\0\0\0\x01\0\0\0", 40, 40, NEW | TCG, 0},
        {"etc/e820",
         "\0\xc0\xff\xfe\0\0\0\0\0\x40\0\0\0\0\0\0\x02\0\0\0"
         "\0\0\0\0\xfd\0\0\0\0\0\0\0\x03\0\0\0\x02\0\0\0"
         "\0\0\0\0\0\0\0\0\0\0\0\x08\0\0\0\0\x01\0\0\0", 60, 60, NEW | KVM, 0},
        {"genroms/kvmvapic.bin", "\x55\xaa\x12", 3, 9216, NEW | OLD | CUT, 0},
        {"etc/system-states", "\x80\0\0\x81\x82\x80", 6, 6, NEW | OLD, 0},
        {"etc/acpi/tables", "FACS\x40\0\0\0", 8, 131072, NEW | OLD | CUT, 0},
        {"etc/table-loader", "\x01\0\0\0etc/acpi/rsdp", 17, 4096, NEW | OLD | CUT, 0},
        {"etc/tpm/log", "", 0, 0, NEW | OLD, 0},
        {"etc/acpi/rsdp", "RSD PTR \0BOCHS \0\0\0\0", 20, 20, NEW | OLD | CUT, 0},
        {"bootorder", "", 0, 0, NEW | OLD, 0},
        {"bios-geometry", "", 0, 0, NEW, 0},
        {"etc/smi/features-ok", "", 0, 1, Q35, 0},
        {"etc/smi/requested-features", "", 0, 8, Q35, 0},
        {"etc/smi/supported-features", "\x07", 1, 8, Q35, 0},
};

/* ---- the file of each revision ---- */

static void
fill_topology(const PvDeviceEnv *env, const uint8_t *present, uint8_t *ret_data)
{
        const PvTopology *t = env->topology;

        (void) present;
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

static void
fill_events(const PvDeviceEnv *env, const uint8_t *present, uint8_t *ret_data)
{
        (void) env;
        (void) present;
        fwcfg_store_le(ret_data + FWCFG_EVENTS_LE_MAGIC, FWCFG_EVENTS_MAGIC, 4);
        fwcfg_store_le(ret_data + FWCFG_EVENTS_LE_VERSION, FWCFG_EVENTS_VERSION, 2);
}

static const struct {
        const char *revision, *name;
        uint32_t size; /* 0: of a map */
        void (*fill)(const PvDeviceEnv *env, const uint8_t *present, uint8_t *ret_data); /* NULL: zeros */
} ours[] = {
        {"topology", FWCFG_TOPOLOGY_FILE, FWCFG_TOPOLOGY_SIZE, fill_topology},
        {"map", FWCFG_MAP_FILE, 0, fill_map},
        {"live", FWCFG_MAP_FILE, 0, fill_map},
        {"live", FWCFG_EVENTS_FILE, FWCFG_EVENTS_SIZE, fill_events},
        {"live", FWCFG_ANSWER_FILE, FWCFG_ANSWER_SIZE, NULL},
};

#define OURS_MAX 3u /* of one revision */

int
fwcfg_file_make(const PvDeviceEnv *env, const char *revision, unsigned index, const uint8_t *present,
                PvContent *ret_file)
{
        size_t i = 0, size;
        uint8_t *data;

        while (i < N(ours) && (strcmp(ours[i].revision, revision) != 0 || index-- > 0))
                i++;
        if (i == N(ours))
                return PV_E_UNSUPPORTED;
        size = ours[i].size ? ours[i].size : fwcfg_map_size(env->topology->max_cpus);
        data = calloc(1, size);
        if (!data)
                return PV_E_NO_MEMORY;
        if (ours[i].fill)
                ours[i].fill(env, present, data);
        *ret_file = (PvContent){ours[i].name, data, size};
        return 0;
}

/* ---- SMI feature negotiation ---- */

/* Selecting the item asks whether the request holds; the first success locks it until reset. */
static void
smi_features_ok(FwcfgDevice *d)
{
        uint64_t wanted = fwcfg_load_le64(d->smi_requested->data);
        uint64_t hotplug = wanted & (FWCFG_SMI_HOTPLUG | FWCFG_SMI_HOT_UNPLUG);

        if (d->smi_ok->data[0] || wanted & ~fwcfg_load_le64(d->smi_supported->data))
                return;
        if ((hotplug && !(wanted & FWCFG_SMI_BROADCAST)) || hotplug == FWCFG_SMI_HOT_UNPLUG)
                return;
        d->smi_negotiated = wanted;
        d->smi_ok->data[0] = 1;
}

static void
adopt_item(FwcfgDevice *d, const char *name, FwcfgItem *item)
{
        if (strcmp(name, FWCFG_MAP_FILE) == 0) {
                d->map = item;
                item->partial = true; /* in a real QEMU nobody keeps it up to date */
        } else if (strcmp(name, FWCFG_EVENTS_FILE) == 0) {
                d->live.events = item;
                item->partial = true;
        } else if (strcmp(name, FWCFG_ANSWER_FILE) == 0) {
                d->live.answer = item;
                item->partial = true;
                item->writable = true;
                item->written = fwcfg_live_answered;
        } else if (strcmp(name, FWCFG_SMI_SUPPORTED_FILE) == 0) {
                d->smi_supported = item;
        } else if (strcmp(name, FWCFG_SMI_REQUESTED_FILE) == 0) {
                d->smi_requested = item;
                item->writable = true;
        } else if (strcmp(name, FWCFG_SMI_OK_FILE) == 0) {
                d->smi_ok = item;
                item->selected = smi_features_ok;
        }
}

void
fwcfg_files_reset(FwcfgDevice *d)
{
        if (d->live.answer)
                memset(d->live.answer->data, 0, d->live.answer->length);
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

/* Entry and item of one file; its key is its place in the directory. */
static int
file_add(FwcfgDevice *d, uint8_t *directory, uint32_t place, const File *file)
{
        const uint32_t key = FWCFG_KEY_FILES + place;
        uint8_t *entry = directory + FWCFG_DIRECTORY_HEADER + (size_t) FWCFG_ENTRY_SIZE * place;

        fwcfg_store_be(entry + FWCFG_ENTRY_BE_SIZE, file->length, 4);
        fwcfg_store_be(entry + FWCFG_ENTRY_BE_SELECT, key, 2);
        memcpy(entry + FWCFG_ENTRY_NAME, file->name, strlen(file->name));
        d->generic[key].partial = file->machines & CUT;
        adopt_item(d, file->name, &d->generic[key]);
        return fwcfg_item_set(&d->generic[key], file->bytes, file->given, file->length);
}

/* The files of this machine, and those that were made for the revision. */
static uint32_t
files_of(const FwcfgDevice *d, const char *revision, const PvContent *made, unsigned n_made, File *ret_files)
{
        const bool old = strcmp(revision, FWCFG_REVISION_OLD) == 0;
        const unsigned machine = old ? OLD : d->env->chipset == PV_CHIPSET_Q35 ? Q35 : PC;
        const unsigned other = d->env->kvm ? TCG : KVM;
        uint32_t n = 0;

        for (size_t i = 0; i < N(files); i++)
                if (files[i].machines & machine && !(files[i].machines & other)) {
                        ret_files[n] = files[i];
                        ret_files[n++].length += files[i].per_socket * d->env->topology->sockets;
                }
        for (unsigned i = 0; i < n_made; i++) {
                const uint32_t size = (uint32_t) made[i].size;

                ret_files[n++] = (File){made[i].name, made[i].data, size, size, NEW, 0};
        }
        if (!old)
                qsort(ret_files, n, sizeof ret_files[0], compare_names);
        return n;
}

/* The directory has the length of a full one, however few files there are. */
static int
directory_build(FwcfgDevice *d, const char *revision, const PvContent *made, unsigned n_made)
{
        uint8_t directory[FWCFG_DIRECTORY_HEADER + FWCFG_ENTRY_SIZE * FWCFG_FILE_SLOTS] = {0};
        File listed[N(files) + OURS_MAX];
        uint32_t n = files_of(d, revision, made, n_made, listed);
        int r = 0;

        fwcfg_store_be(directory, n, 4);
        for (uint32_t i = 0; i < n && !r; i++)
                r = file_add(d, directory, i, &listed[i]);
        return r ? r : fwcfg_item_set(&d->generic[FWCFG_KEY_DIRECTORY], directory, sizeof directory,
                                      sizeof directory);
}

int
fwcfg_files_build(FwcfgDevice *d, const char *revision)
{
        PvContent made[OURS_MAX];
        unsigned n = 0;
        int r = 0;

        while (n < OURS_MAX && !r) {
                r = fwcfg_file_make(d->env, revision, n, d->present, &made[n]);
                n += r == 0;
        }
        r = r && r != PV_E_UNSUPPORTED ? r : directory_build(d, revision, made, n);
        while (n > 0)
                free(made[--n].data);
        return r;
}
