/* SPDX-License-Identifier: MIT */
/* The fw_cfg device: selector, data port and DMA address register. */
#include "backend-fwcfg/fwcfg-device.h"

#include <stdlib.h>
#include <string.h>

#define KEY_FLAGS (FWCFG_KEY_WRITE | FWCFG_KEY_ARCH)

static FwcfgItem *
item_of(FwcfgDevice *d, uint16_t key)
{
        uint16_t index = (uint16_t) (key & ~KEY_FLAGS);

        if (index >= FWCFG_KEY_LIMIT)
                return NULL;
        return key & FWCFG_KEY_ARCH ? &d->arch[index] : &d->generic[index];
}

FwcfgItem *
fwcfg_selected(FwcfgDevice *d)
{
        return item_of(d, d->key);
}

void
fwcfg_select(FwcfgDevice *d, uint16_t key)
{
        FwcfgItem *item;

        d->key = key;
        d->offset = 0;
        item = fwcfg_selected(d);
        if (!item)
                d->key = FWCFG_KEY_INVALID;
        else if (item->selected)
                item->selected(d);
}

static void
next_bytes(FwcfgDevice *d, uint8_t *ret_data, size_t n)
{
        const FwcfgItem *item = fwcfg_selected(d);
        size_t left = item && item->data && d->offset < item->length ? item->length - d->offset : 0;
        size_t take = n < left ? n : left;

        if (take > 0)
                memcpy(ret_data, item->data + d->offset, take);
        if (n > take)
                memset(ret_data + take, 0, n - take);
        d->offset += (uint32_t) take;
}

static int
device_ranges(const char *revision, PvChipset chipset, PvRange *ret_ranges, int capacity)
{
        static const PvRange ranges[] = {
                {PV_SPACE_PIO, FWCFG_BASE, FWCFG_PORTS_SIZE, 0},
                {PV_SPACE_PIO, FWCFG_DMA_HIGH_RW, FWCFG_DMA_SIZE, FWCFG_DMA_LOW_RW},
        };
        const int n = strcmp(revision, FWCFG_REVISION_OLD) == 0 ? 1 : sizeof ranges / sizeof ranges[0];

        (void) chipset;
        for (int i = 0; i < n && i < capacity; i++)
                ret_ranges[i] = ranges[i];
        return n;
}

static void
device_free(void *state)
{
        FwcfgDevice *d = state;

        fwcfg_items_free(d);
        free(d->present);
        free(d);
}

static void *
device_create(const PvDeviceEnv *env, const char *revision)
{
        FwcfgDevice *d = calloc(1, sizeof *d);
        size_t n = pv_bitmap_size(env->topology->max_cpus);

        if (!d)
                return NULL;
        d->env = env;
        d->present = malloc(n);
        if (d->present) {
                memcpy(d->present, env->boot_present, n);
                if (fwcfg_items_build(d, revision) == 0)
                        return d;
        }
        device_free(d);
        return NULL;
}

/* The address register survives: a half-written address meets the next transfer, as it does in QEMU. */
static void
device_reset(void *state)
{
        FwcfgDevice *d = state;

        fwcfg_files_reset(d);
        fwcfg_select(d, FWCFG_KEY_SIGNATURE);
}

/* Any aligned slice of the signature, in the order of its bytes. */
static uint64_t
dma_signature(uint64_t offset, unsigned width)
{
        uint64_t value = 0;

        if (offset % width || offset + width > FWCFG_DMA_SIZE)
                return 0;
        for (unsigned i = 0; i < width; i++)
                value |= (uint64_t) (uint8_t) FWCFG_DMA_SIGNATURE[offset + i] << 8 * i;
        return value;
}

/* One byte from either port of the word is data; wider reads are nobody's. */
static uint64_t
device_read(void *state, PvSpace space, uint64_t address, unsigned width)
{
        uint8_t byte = 0;

        if (space != PV_SPACE_PIO)
                return 0;
        if (address >= FWCFG_DMA_HIGH_RW)
                return dma_signature(address - FWCFG_DMA_HIGH_RW, width);
        if (width == 1)
                next_bytes(state, &byte, 1);
        return byte;
}

static void
device_write(void *state, PvSpace space, uint64_t address, unsigned width, uint64_t value)
{
        FwcfgDevice *d = state;

        if (space != PV_SPACE_PIO)
                return;
        if (address == FWCFG_SELECTOR_W && width == 2) {
                fwcfg_select(d, (uint16_t) value);
        } else if (address == FWCFG_DMA_HIGH_RW && width == 4) {
                d->dma_address = (uint64_t) fwcfg_swap32((uint32_t) value) << 32;
        } else if (address == FWCFG_DMA_LOW_RW && width == 4) {
                d->dma_address |= fwcfg_swap32((uint32_t) value);
                fwcfg_dma_run(d);
        }
}

static void
device_read_string(void *state, uint64_t port, uint8_t *ret_data, size_t n)
{
        if (port < FWCFG_DMA_HIGH_RW) {
                next_bytes(state, ret_data, n);
                return;
        }
        for (size_t i = 0; i < n; i++)
                ret_data[i] = (uint8_t) device_read(state, PV_SPACE_PIO, port, 1);
}

static int
device_plug(void *state, uint32_t selector)
{
        FwcfgDevice *d = state;

        if (selector >= d->env->topology->max_cpus || pv_bit_get(d->present, selector))
                return PV_E_REFUSED;
        fwcfg_items_set_cpu(d, selector, true);
        fwcfg_live_event(d, selector, FWCFG_EVENT_INSERT);
        return 0;
}

static int
device_unplug_request(void *state, uint32_t selector)
{
        FwcfgDevice *d = state;

        if (!d->live.events)
                return PV_E_UNSUPPORTED;
        fwcfg_live_event(d, selector, FWCFG_EVENT_REMOVE);
        return 0;
}

/* Firmware that broadcasts SMIs must have said that it can take a CPU in, or let one go. */
static int
device_allows(void *state, bool plug, uint32_t selector)
{
        const FwcfgDevice *d = state;
        const uint64_t needed = plug ? FWCFG_SMI_HOTPLUG : FWCFG_SMI_HOT_UNPLUG;

        (void) selector;
        return d->smi_negotiated & FWCFG_SMI_BROADCAST && !(d->smi_negotiated & needed) ? PV_E_REFUSED : 0;
}

static void
device_unplugged(void *state, uint32_t selector)
{
        FwcfgDevice *d = state;

        if (selector >= d->env->topology->max_cpus || !pv_bit_get(d->present, selector))
                return;
        fwcfg_items_set_cpu(d, selector, false);
        fwcfg_live_forget(d, selector);
}

/* The image, little-endian: fixed fields, then the present bitmap, then what waits in revision `live`. */
enum {
        IMAGE_MAGIC = 0,
        IMAGE_MAX_CPUS = 4,
        IMAGE_KEY = 8,
        IMAGE_OFFSET = 12,
        IMAGE_DMA_ADDRESS = 16,
        IMAGE_GENERATION = 24,
        IMAGE_SMI_OK = 28,
        IMAGE_SMI_REQUESTED = 32,
        IMAGE_SMI_NEGOTIATED = 40,
        IMAGE_PRESENT = 48,
};

#define IMAGE_MAGIC_VALUE 0x43465650u /* "PVFC" */

static size_t
image_live(const FwcfgDevice *d)
{
        return IMAGE_PRESENT + pv_bitmap_size(d->env->topology->max_cpus);
}

static size_t
image_size(const FwcfgDevice *d)
{
        return image_live(d) + fwcfg_live_image_size(d);
}

static size_t
device_save(void *state, void *ret_image, size_t n)
{
        const FwcfgDevice *d = state;
        uint8_t *p = ret_image;

        if (n < image_size(d))
                return image_size(d);
        memset(p, 0, IMAGE_PRESENT);
        fwcfg_store_le(p + IMAGE_MAGIC, IMAGE_MAGIC_VALUE, 4);
        fwcfg_store_le(p + IMAGE_MAX_CPUS, d->env->topology->max_cpus, 4);
        fwcfg_store_le(p + IMAGE_KEY, d->key, 2);
        fwcfg_store_le(p + IMAGE_OFFSET, d->offset, 4);
        fwcfg_store_le(p + IMAGE_DMA_ADDRESS, d->dma_address, 8);
        if (d->map)
                memcpy(p + IMAGE_GENERATION, d->map->data + FWCFG_MAP_LE_GENERATION, 4);
        if (d->smi_ok) {
                p[IMAGE_SMI_OK] = d->smi_ok->data[0];
                memcpy(p + IMAGE_SMI_REQUESTED, d->smi_requested->data, 8);
                fwcfg_store_le(p + IMAGE_SMI_NEGOTIATED, d->smi_negotiated, 8);
        }
        memcpy(p + IMAGE_PRESENT, d->present, image_live(d) - IMAGE_PRESENT);
        fwcfg_live_save(d, p + image_live(d));
        return image_size(d);
}

/* Can the guest of this image have been on such a device? */
static bool
image_fits(FwcfgDevice *d, const uint8_t *p, size_t n)
{
        const FwcfgItem *item;
        uint32_t offset;

        if (n != image_size(d) || fwcfg_load_le32(p + IMAGE_MAGIC) != IMAGE_MAGIC_VALUE ||
            fwcfg_load_le32(p + IMAGE_MAX_CPUS) != d->env->topology->max_cpus ||
            !fwcfg_live_fits(d, p + IMAGE_PRESENT, p + image_live(d)))
                return false;
        item = item_of(d, fwcfg_load_le16(p + IMAGE_KEY));
        offset = fwcfg_load_le32(p + IMAGE_OFFSET);
        return item ? offset <= item->length : offset == 0;
}

static int
device_load(void *state, const void *image, size_t n)
{
        FwcfgDevice *d = state;
        const uint8_t *p = image;

        if (!image_fits(d, p, n))
                return PV_E_MALFORMED;
        d->key = fwcfg_load_le16(p + IMAGE_KEY);
        d->offset = fwcfg_load_le32(p + IMAGE_OFFSET);
        d->dma_address = fwcfg_load_le64(p + IMAGE_DMA_ADDRESS);
        memcpy(d->present, p + IMAGE_PRESENT, image_live(d) - IMAGE_PRESENT);
        if (d->map)
                memcpy(d->map->data + FWCFG_MAP_LE_GENERATION, p + IMAGE_GENERATION, 4);
        if (d->smi_ok) {
                d->smi_ok->data[0] = p[IMAGE_SMI_OK];
                memcpy(d->smi_requested->data, p + IMAGE_SMI_REQUESTED, 8);
                d->smi_negotiated = fwcfg_load_le64(p + IMAGE_SMI_NEGOTIATED);
        }
        fwcfg_items_update_cpus(d);
        fwcfg_live_load(d, p + image_live(d));
        return 0;
}

static int
device_content(const PvDeviceEnv *env, const char *revision, unsigned index, PvContent *ret_content)
{
        return fwcfg_file_make(env, revision, index, env->boot_present, ret_content);
}

const PvDeviceOps fwcfg_device = {
        .ranges = device_ranges,
        .create = device_create,
        .free = device_free,
        .reset = device_reset,
        .read = device_read,
        .write = device_write,
        .read_string = device_read_string,
        .plug = device_plug,
        .unplug_request = device_unplug_request,
        .unplugged = device_unplugged,
        .allows = device_allows,
        .save = device_save,
        .load = device_load,
        .content = device_content,
};
