/* SPDX-License-Identifier: MIT */
/* The DMA engine of fw_cfg: one descriptor, carried out at once. */
#include <string.h>

#include "backend-fwcfg/fwcfg-device.h"

#define CHUNK 4096u

static bool
to_guest(FwcfgDevice *d, uint64_t address, const void *data, uint32_t n)
{
        return d->env->dma_write(d->env->host, (PvGpa){address}, data, n) == 0;
}

static bool
from_guest(FwcfgDevice *d, uint64_t address, void *ret_data, uint32_t n)
{
        return d->env->dma_read(d->env->host, (PvGpa){address}, ret_data, n) == 0;
}

static bool
zeros_to_guest(FwcfgDevice *d, uint64_t address, uint32_t n)
{
        static const uint8_t zeros[CHUNK];

        while (n > 0) {
                uint32_t piece = n < CHUNK ? n : CHUNK;

                if (!to_guest(d, address, zeros, piece))
                        return false;
                address += piece;
                n -= piece;
        }
        return true;
}

/* Bytes between the offset and the end of the item. */
static uint32_t
remaining(FwcfgDevice *d, const FwcfgItem *item)
{
        return item && item->data && d->offset < item->length ? item->length - d->offset : 0;
}

/* The offset moves even when the guest's buffer is not RAM. */
static bool
dma_read(FwcfgDevice *d, uint64_t address, uint32_t length)
{
        FwcfgItem *item = fwcfg_selected(d);
        uint32_t left = remaining(d, item), n = length < left ? length : left;
        uint32_t start = d->offset;

        d->offset += n;
        if (n > 0 && !to_guest(d, address, item->data + start, n))
                return false;
        return zeros_to_guest(d, address + n, length - n);
}

/* A refused write still moves the offset over what it would have covered. */
static bool
dma_write(FwcfgDevice *d, uint64_t address, uint32_t length)
{
        FwcfgItem *item = fwcfg_selected(d);
        uint32_t left = remaining(d, item), n = length < left ? length : left;
        uint32_t start = d->offset;

        if (length == 0)
                return true;
        d->offset += n;
        if (n != length || !item->writable)
                return false;
        if (from_guest(d, address, item->data + start, n)) {
                if (item->written)
                        item->written(d, start, n);
                return true;
        }
        memset(item->data + start, 0, n); /* what is not there reads as zeros, as in QEMU */
        return false;
}

static bool
dma_skip(FwcfgDevice *d, uint32_t length)
{
        uint32_t left = remaining(d, fwcfg_selected(d));

        d->offset += length < left ? length : left;
        return true;
}

/* One operation: read before write before skip, whatever else is asked for. */
static bool
transfer(FwcfgDevice *d, uint32_t control, uint32_t length, uint64_t address)
{
        if (control & FWCFG_DMA_SELECT)
                fwcfg_select(d, (uint16_t) (control >> FWCFG_DMA_KEY_SHIFT));
        if (control & FWCFG_DMA_READ)
                return dma_read(d, address, length);
        if (control & FWCFG_DMA_WRITE)
                return dma_write(d, address, length);
        if (control & FWCFG_DMA_SKIP)
                return dma_skip(d, length);
        return true;
}

void
fwcfg_dma_run(FwcfgDevice *d)
{
        uint64_t address = d->dma_address;
        uint8_t descriptor[FWCFG_DMA_DESCRIPTOR_SIZE], control[4];
        bool ok = false;

        d->dma_address = 0; /* before the transfer: the next one starts afresh */
        if (from_guest(d, address, descriptor, sizeof descriptor))
                ok = transfer(d, fwcfg_load_be32(descriptor + FWCFG_DMA_BE_CONTROL),
                              fwcfg_load_be32(descriptor + FWCFG_DMA_BE_LENGTH),
                              fwcfg_load_be64(descriptor + FWCFG_DMA_BE_ADDRESS));
        /* Last, so that it wins over data that overlaps the descriptor. */
        fwcfg_store_be(control, ok ? 0 : FWCFG_DMA_ERROR, 4);
        to_guest(d, address + FWCFG_DMA_BE_CONTROL, control, sizeof control);
}
