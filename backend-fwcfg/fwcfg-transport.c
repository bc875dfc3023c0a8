/* SPDX-License-Identifier: MIT */
/* How fw_cfg bytes are fetched: by port, by port without trusting a position, by DMA. Freestanding. */
#include "backend-fwcfg/fwcfg-consumer.h"

#define DMA_POLLS 1000u
#define DMA_TAIL 4u /* bytes at the end of the data that show whether the device got there */

static bool
stands_at(const FwcfgConsumer *c, uint16_t key, uint32_t offset)
{
        return c->at_known && c->at_key == key && c->at_offset == offset;
}

static void
moved_to(FwcfgConsumer *c, uint16_t key, uint32_t offset)
{
        c->at_known = true;
        c->at_key = key;
        c->at_offset = offset;
}

/* ---- by port ---- */

static int
port_select(FwcfgConsumer *c, uint16_t key)
{
        int r = pv_bus_out(c->bus, FWCFG_SELECTOR_W, 2, key);

        c->at_known = false;
        if (!r)
                moved_to(c, key, 0);
        return r;
}

/* Bytes from where the device stands. */
static int
port_bytes(FwcfgConsumer *c, uint8_t *ret_data, uint32_t n)
{
        uint32_t byte;
        int r = 0;

        if (!c->transport->no_string)
                return c->bus->ops->read_string(c->bus, FWCFG_DATA_R, ret_data, n);
        for (uint32_t i = 0; i < n && !r; i++) {
                r = pv_bus_in(c->bus, FWCFG_DATA_R, 1, &byte);
                if (!r)
                        ret_data[i] = (uint8_t) byte;
        }
        return r;
}

/* A port cannot seek: what lies before the offset is read and dropped. */
static int
port_skip(FwcfgConsumer *c, uint32_t n)
{
        uint8_t dropped[256];
        int r = 0;

        while (n > 0 && !r) {
                uint32_t piece = n < sizeof dropped ? n : (uint32_t) sizeof dropped;

                r = port_bytes(c, dropped, piece);
                n -= piece;
        }
        return r;
}

int
fwcfg_port_read(FwcfgConsumer *c, uint16_t key, uint32_t offset, uint8_t *ret_data, uint32_t n)
{
        int r = 0;

        if (!stands_at(c, key, offset)) {
                r = port_select(c, key);
                r = r ? r : port_skip(c, offset);
        }
        c->at_known = false;
        r = r ? r : port_bytes(c, ret_data, n);
        if (!r)
                moved_to(c, key, offset + n);
        return r;
}

/* Selects anew each time, for another agent may have moved the device, and skips byte by byte. */
static int
os_read(FwcfgConsumer *c, uint16_t key, uint32_t offset, uint8_t *ret_data, uint32_t n)
{
        int r = port_select(c, key);
        uint32_t dropped;

        for (uint32_t i = 0; i < offset && !r; i++)
                r = pv_bus_in(c->bus, FWCFG_DATA_R, 1, &dropped);
        c->at_known = false;
        return r ? r : c->bus->ops->read_string(c->bus, FWCFG_DATA_R, ret_data, n);
}

/* ---- by DMA ---- */

/* Only the control word is read again, and only from guest memory, where the device leaves its answer. */
static int
dma_wait(FwcfgConsumer *c, PvGpa page)
{
        for (uint32_t i = 0; i < DMA_POLLS || !fwcfg_checks(c, FWCFG_CHECK_POLLS); i++) {
                uint8_t control[4];
                int r = c->bus->ops->gpa_read(c->bus, page, control, sizeof control);

                if (r)
                        return r;
                if (fwcfg_load_be32(control) & FWCFG_DMA_ERROR && fwcfg_checks(c, FWCFG_CHECK_ERROR))
                        return PV_E_REFUSED;
                if (fwcfg_load_be32(control) == 0)
                        return 0;
        }
        return PV_E_UNFINISHED;
}

static int
dma_operate(FwcfgConsumer *c, PvGpa page, uint32_t control, uint32_t length)
{
        uint8_t descriptor[FWCFG_DMA_DESCRIPTOR_SIZE];
        int r;

        fwcfg_store_be(descriptor + FWCFG_DMA_BE_CONTROL, control, 4);
        fwcfg_store_be(descriptor + FWCFG_DMA_BE_LENGTH, length, 4);
        fwcfg_store_be(descriptor + FWCFG_DMA_BE_ADDRESS, page.value + FWCFG_DMA_DESCRIPTOR_SIZE, 8);
        c->at_known = false;
        r = c->bus->ops->gpa_write(c->bus, page, descriptor, sizeof descriptor);
        r = r ? r : pv_bus_out(c->bus, FWCFG_DMA_HIGH_RW, 4, fwcfg_swap32((uint32_t) (page.value >> 32)));
        r = r ? r : pv_bus_out(c->bus, FWCFG_DMA_LOW_RW, 4, fwcfg_swap32((uint32_t) page.value));
        return r ? r : dma_wait(c, page);
}

/* The READ goes on from where the device stands, or selects; to the middle of an item a SKIP leads. */
static int
dma_fetch(FwcfgConsumer *c, PvGpa page, uint16_t key, uint32_t offset, uint32_t n)
{
        uint32_t select = FWCFG_DMA_SELECT | (uint32_t) key << FWCFG_DMA_KEY_SHIFT;
        int r;

        if (stands_at(c, key, offset))
                return dma_operate(c, page, FWCFG_DMA_READ, n);
        if (offset == 0)
                return dma_operate(c, page, select | FWCFG_DMA_READ, n);
        r = dma_operate(c, page, select | FWCFG_DMA_SKIP, offset);
        return r ? r : dma_operate(c, page, FWCFG_DMA_READ, n);
}

static uint32_t
tail_size(uint32_t n)
{
        return n < DMA_TAIL ? n : DMA_TAIL;
}

static int
dma_in_page(FwcfgConsumer *c, PvGpa page, uint16_t key, uint32_t offset, uint8_t *ret_data, uint32_t n,
            uint8_t poison)
{
        const PvGpa data = {page.value + FWCFG_DMA_DESCRIPTOR_SIZE};
        const PvGpa tail = {data.value + n - tail_size(n)};
        uint8_t pattern[DMA_TAIL];
        int r;

        __builtin_memset(pattern, poison, sizeof pattern);
        r = c->bus->ops->gpa_write(c->bus, tail, pattern, tail_size(n));
        r = r ? r : dma_fetch(c, page, key, offset, n);
        r = r ? r : c->bus->ops->gpa_read(c->bus, data, ret_data, n);
        if (!r)
                moved_to(c, key, offset + n);
        return r;
}

/* One page for each transfer, given back whatever happens. */
static int
dma_attempt(FwcfgConsumer *c, uint16_t key, uint32_t offset, uint8_t *ret_data, uint32_t n, uint8_t poison)
{
        PvGpa page = {0};
        int r = c->bus->ops->gpa_alloc(c->bus, PV_PAGE_SIZE, c->transport->sharing, &page), f;

        if (r)
                return r;
        r = dma_in_page(c, page, key, offset, ret_data, n, poison);
        f = c->bus->ops->gpa_free(c->bus, page);
        return r ? r : f;
}

/* Nothing comes back but the control word: whether the device acted on the bytes has to be asked elsewhere. */
static int
dma_write(FwcfgConsumer *c, uint16_t key, const uint8_t *data, uint32_t n)
{
        const uint32_t select = FWCFG_DMA_SELECT | (uint32_t) key << FWCFG_DMA_KEY_SHIFT;
        PvGpa page = {0};
        int r = c->bus->ops->gpa_alloc(c->bus, PV_PAGE_SIZE, c->transport->sharing, &page), f;

        if (r)
                return r;
        r = c->bus->ops->gpa_write(c->bus, (PvGpa){page.value + FWCFG_DMA_DESCRIPTOR_SIZE}, data, n);
        r = r ? r : dma_operate(c, page, select | FWCFG_DMA_WRITE, n);
        f = c->bus->ops->gpa_free(c->bus, page);
        return r ? r : f;
}

static bool
tail_is(const uint8_t *data, uint32_t n, uint8_t poison)
{
        for (uint32_t i = n - tail_size(n); i < n; i++)
                if (data[i] != poison)
                        return false;
        return true;
}

/* A device that says done and stored less leaves our pattern; data that looks like it will not twice. */
static int
dma_read(FwcfgConsumer *c, uint16_t key, uint32_t offset, uint8_t *ret_data, uint32_t n)
{
        static const uint8_t poison[] = {0xa5, 0x5a};

        for (uint32_t i = 0; i < sizeof poison; i++) {
                int r = dma_attempt(c, key, offset, ret_data, n, poison[i]);

                if (r || !tail_is(ret_data, n, poison[i]) || !fwcfg_checks(c, FWCFG_CHECK_TAIL))
                        return r;
                c->at_known = false;
        }
        return PV_E_SHORT;
}

const FwcfgTransport fwcfg_transport_port = {
        .read = fwcfg_port_read,
        .chunk = UINT32_MAX,
        .entries = 1,
};

const FwcfgTransport fwcfg_transport_port_bytes = {
        .read = fwcfg_port_read,
        .chunk = UINT32_MAX,
        .entries = 1,
        .no_string = true,
};

const FwcfgTransport fwcfg_transport_port_fields = {
        .read = fwcfg_port_read,
        .chunk = UINT32_MAX,
        .entries = 1,
        .fields = true,
};

const FwcfgTransport fwcfg_transport_os = {
        .read = os_read,
        .chunk = UINT32_MAX,
        .entries = FWCFG_SCRATCH_ENTRIES,
};

const FwcfgTransport fwcfg_transport_dma = {
        .read = dma_read,
        .write = dma_write,
        .chunk = FWCFG_BOUNCE_SIZE,
        .entries = FWCFG_SCRATCH_ENTRIES,
        .needs_dma = true,
        .sharing = PV_SHARED,
};

const FwcfgTransport fwcfg_transport_dma_private = {
        .read = dma_read,
        .write = dma_write,
        .chunk = FWCFG_BOUNCE_SIZE,
        .entries = FWCFG_SCRATCH_ENTRIES,
        .needs_dma = true,
        .sharing = PV_PRIVATE,
};
