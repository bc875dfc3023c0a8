/* SPDX-License-Identifier: MIT */
/* Random transfers: every combination of control bits, with every kind of item, boundary and buffer. */
#include "backend-fwcfg/fwcfg-differential.h"

#define N(array) (sizeof(array) / sizeof(array)[0])

#define HUGE 0x10000u /* bytes: longer than any item that is read here */
#define HUGE_ROOM 0x6000u
#define UNMAPPED 0xfee00000000u /* an address with nothing at it */

/* Bits of the first axis. */
enum { READ = 1, SKIP = 2, WRITE = 4 };
static const char *const operations[] = {
        "none", "read", "skip", "read+skip", "write", "read+write", "skip+write", "read+skip+write", NULL};
#define WITH_READ 0xaau

/* Bits of the second. */
enum { ERROR = 1, SELECT = 2, UNKNOWN = 4 };
static const char *const others[] = {"none",    "error",         "select",         "error+select",
                                     "unknown", "error+unknown", "select+unknown", "error+select+unknown",
                                     NULL};
#define WITH_SELECT 0xccu

/* Where a transfer ends, seen from the offset and the end of the item. */
enum { ZERO, WITHIN, TO_END, ACROSS, PAST, VERY_LONG };
static const char *const boundaries[] = {"length 0",     "within",          "to the end", "across the end",
                                         "past the end", "64 KiB and more", NULL};
#define INSIDE (1u << WITHIN | 1u << TO_END | 1u << ACROSS)

enum { NOWHERE, OVER_DESCRIPTOR };
static const char *const buffers[] = {"not in memory", "over the descriptor", NULL};

/* ---- what a transfer is ---- */

typedef struct Transfer {
        uint32_t control, length;
        uint64_t descriptor, buffer;
        FwcfgKind kind;
        unsigned boundary;
} Transfer;

static unsigned
boundary_of(uint32_t length, uint32_t left)
{
        if (length == 0)
                return ZERO;
        if (length >= HUGE)
                return VERY_LONG;
        if (left == 0)
                return PAST;
        return length < left ? WITHIN : length == left ? TO_END : ACROSS;
}

/* The transfer that this step is about to start; false: it starts none, or without a descriptor. */
static bool
look(const PvWalk *walk, const PvStep *step, Transfer *ret_transfer)
{
        const FwcfgDevice *d = walk->device;
        uint64_t address = d->dma_address | fwcfg_swap32((uint32_t) step->value.arg);
        uint8_t bytes[FWCFG_DMA_DESCRIPTOR_SIZE];
        Transfer t = {.descriptor = address};
        bool selects;
        uint16_t key;

        if (!fwcfg_is_doorbell(step) || d->env->dma_read(d->env->host, (PvGpa){address}, bytes, sizeof bytes))
                return false;
        t.control = fwcfg_load_be32(bytes + FWCFG_DMA_BE_CONTROL);
        t.length = fwcfg_load_be32(bytes + FWCFG_DMA_BE_LENGTH);
        t.buffer = fwcfg_load_be64(bytes + FWCFG_DMA_BE_ADDRESS);
        selects = t.control & FWCFG_DMA_SELECT;
        key = selects ? (uint16_t) (t.control >> FWCFG_DMA_KEY_SHIFT) : d->key;
        t.kind = fwcfg_kind_of(d, key);
        t.boundary = boundary_of(t.length, fwcfg_length_of(d, key) - (selects ? 0 : d->offset));
        *ret_transfer = t;
        return t.kind != FWCFG_NO_KIND;
}

static unsigned
operation_of(uint32_t control)
{
        return (control & FWCFG_DMA_READ ? READ : 0) | (control & FWCFG_DMA_SKIP ? SKIP : 0) |
               (control & FWCFG_DMA_WRITE ? WRITE : 0);
}

static unsigned
others_of(uint32_t control)
{
        return (control & FWCFG_DMA_ERROR ? ERROR : 0) | (control & FWCFG_DMA_SELECT ? SELECT : 0) |
               (control & 0xffe0 ? UNKNOWN : 0);
}

/* ---- making one ---- */

typedef struct Aim {
        unsigned operation, others, boundary;
        FwcfgKind kind;
        unsigned buffer;
} Aim;

/* Behind the axes of buffers: one like any other. */
#define PLAIN 2u

static bool
fits(unsigned boundary, uint32_t left)
{
        if (boundary == WITHIN)
                return left >= 2;
        if (boundary == TO_END || boundary == ACROSS)
                return left >= 1;
        return boundary != PAST || left == 0;
}

static uint32_t
any_offset(const FwcfgSteps *s, unsigned boundary, uint32_t length)
{
        if (boundary == PAST)
                return length;
        if (boundary == WITHIN)
                return fwcfg_any_of(s, length - 1);
        return boundary == TO_END || boundary == ACROSS ? fwcfg_any_of(s, length)
                                                        : fwcfg_any_of(s, length + 1);
}

/* What is read must fit into the memory of the walk. */
static uint32_t
any_length(const FwcfgSteps *s, const Aim *aim, uint32_t left)
{
        switch (aim->boundary) {
        case ZERO:
                return 0;
        case WITHIN:
                return 1 + fwcfg_any_of(s, left - 1);
        case TO_END:
                return left;
        case ACROSS:
                return left + 1 + fwcfg_any_of(s, 64);
        case PAST:
                return 1 + fwcfg_any_of(s, 64);
        default:
                return aim->operation & READ || fwcfg_any_of(s, 2) ? HUGE + fwcfg_any_of(s, HUGE_ROOM)
                                                                   : UINT32_MAX - fwcfg_any_of(s, HUGE);
        }
}

/* Item and offset are right already. */
static bool
is_there(const FwcfgDevice *d, const Aim *aim)
{
        return fwcfg_kind_of(d, d->key) == aim->kind &&
               fits(aim->boundary, fwcfg_length_of(d, d->key) - d->offset);
}

/* Key and offset; false: no item of this machine has such a boundary. */
static bool
prepare(FwcfgSteps *s, const Aim *aim, uint16_t *ret_key, uint32_t *ret_left)
{
        const FwcfgDevice *d = s->device;
        uint32_t length, offset = 0; /* after a select */
        uint16_t key;

        if (!fwcfg_any_key(s, aim->kind, &key))
                return false;
        length = fwcfg_length_of(d, key);
        if (!(aim->others & SELECT) && is_there(d, aim)) {
                length = fwcfg_length_of(d, d->key);
                offset = d->offset;
        } else if (!(aim->others & SELECT) && fits(aim->boundary, aim->boundary == PAST ? 0 : length)) {
                offset = any_offset(s, aim->boundary, length);
                fwcfg_add_position(s, key, offset);
        }
        *ret_key = key;
        *ret_left = length - offset;
        return fits(aim->boundary, *ret_left);
}

static uint32_t
any_control(const FwcfgSteps *s, const Aim *aim, uint16_t key)
{
        uint32_t upper = aim->others & SELECT ? key : fwcfg_any_of(s, 0x10000);

        return upper << FWCFG_DMA_KEY_SHIFT | (aim->operation & READ ? FWCFG_DMA_READ : 0) |
               (aim->operation & SKIP ? FWCFG_DMA_SKIP : 0) | (aim->operation & WRITE ? FWCFG_DMA_WRITE : 0) |
               (aim->others & ERROR ? FWCFG_DMA_ERROR : 0) | (aim->others & SELECT ? FWCFG_DMA_SELECT : 0) |
               (aim->others & UNKNOWN ? 0x20u << fwcfg_any_of(s, 11) : 0);
}

/* Something at both ends of the buffer; now and then what could be a sensible request for SMI features. */
static void
fill(FwcfgSteps *s, uint32_t buffer, uint32_t length)
{
        uint64_t noise = (uint64_t) fwcfg_any_of(s, 0x10000) << 48 | 0x0123456789abu;
        uint64_t request = (uint64_t) fwcfg_any_of(s, 8) << 56;

        fwcfg_add_store(s, buffer, fwcfg_any_of(s, 2) ? noise : request);
        if (length < HUGE)
                fwcfg_add_store(s, buffer + length, ~noise);
}

static unsigned
make(FwcfgSteps *s, const Aim *aim)
{
        FwcfgTransfer t = {.descriptor = FWCFG_DESCRIPTOR + (fwcfg_any_of(s, 4) ? 0 : fwcfg_any_of(s, 32))};
        uint32_t left, buffer = FWCFG_BUFFER + fwcfg_any_of(s, 16);
        uint16_t key;

        if (!prepare(s, aim, &key, &left))
                return 0;
        t.control = any_control(s, aim, key);
        t.length = any_length(s, aim, left);
        t.high = s->device->dma_address != 0 || fwcfg_any_of(s, 2);
        if (aim->buffer == OVER_DESCRIPTOR)
                buffer = t.descriptor + fwcfg_any_of(s, FWCFG_DMA_DESCRIPTOR_SIZE);
        else
                fill(s, buffer, t.length);
        t.buffer = aim->buffer == NOWHERE ? (PvValue){PV_VALUE_LITERAL, UNMAPPED}
                                          : (PvValue){PV_VALUE_PAGE, buffer};
        fwcfg_add_transfer(s, &t);
        fwcfg_add_load(s, t.descriptor, FWCFG_DMA_DESCRIPTOR_SIZE);
        fwcfg_add_load(s, buffer, PV_LOAD_MAX);
        if (fwcfg_any_of(s, 2)) /* where the offset is now */
                fwcfg_add(s, 'R', 1, FWCFG_DATA_R, 0);
        return s->n;
}

/* ---- the tables ---- */

static bool
transfer_locate(const PvWalk *walk, const PvStep *step, uint8_t *ret_cell)
{
        Transfer t;

        if (!look(walk, step, &t))
                return false;
        ret_cell[0] = (uint8_t) operation_of(t.control);
        ret_cell[1] = (uint8_t) others_of(t.control);
        ret_cell[2] = (uint8_t) t.kind;
        ret_cell[3] = (uint8_t) t.boundary;
        return true;
}

static unsigned
transfer_reach(const PvWalk *walk, const uint8_t *cell, PvStep *ret_steps)
{
        FwcfgSteps s = fwcfg_steps(walk, ret_steps);
        const Aim aim = {.operation = cell[0],
                         .others = cell[1],
                         .kind = cell[2],
                         .boundary = cell[3],
                         .buffer = PLAIN};

        return make(&s, &aim);
}

static bool
buffer_locate(const PvWalk *walk, const PvStep *step, uint8_t *ret_cell)
{
        const FwcfgDevice *d = walk->device;
        uint8_t byte;
        Transfer t;

        if (!look(walk, step, &t))
                return false;
        ret_cell[0] = (uint8_t) operation_of(t.control);
        ret_cell[1] = (uint8_t) t.kind;
        ret_cell[2] = (uint8_t) t.boundary;
        ret_cell[3] = d->env->dma_read(d->env->host, (PvGpa){t.buffer}, &byte, 1) ? NOWHERE : OVER_DESCRIPTOR;
        return ret_cell[3] == NOWHERE || t.buffer - t.descriptor < FWCFG_DMA_DESCRIPTOR_SIZE;
}

static unsigned
buffer_reach(const PvWalk *walk, const uint8_t *cell, PvStep *ret_steps)
{
        FwcfgSteps s = fwcfg_steps(walk, ret_steps);
        const Aim aim = {.operation = cell[0],
                         .others = fwcfg_any_of(&s, 8),
                         .kind = cell[1],
                         .boundary = cell[2],
                         .buffer = cell[3]};

        return make(&s, &aim);
}

static const PvUnreachable transfer_unreachable[] = {
        {FWCFG_NO_DMA},
        {.at = {0, 0, FWCFG_SMI_KINDS}, FWCFG_NO_SMI},
        {.at = {0, 0, FWCFG_EMPTY_KINDS, INSIDE}, .reason = "there is nothing in it"},
        {.at = {0, 0, 1u << FWCFG_CALLBACK, 1u << WITHIN}, .reason = "it has one byte"},
        {.at = {0, WITH_SELECT, FWCFG_FULL_KINDS, 1u << PAST},
         .reason = "after a select, the offset is at its start"},
};
static const PvUnreachable buffer_unreachable[] = {
        {FWCFG_NO_DMA},
        {.at = {0, FWCFG_SMI_KINDS}, FWCFG_NO_SMI},
        {.at = {0, FWCFG_EMPTY_KINDS, INSIDE}, .reason = "there is nothing in it"},
        {.at = {0, 1u << FWCFG_CALLBACK, 1u << WITHIN}, .reason = "it has one byte"},
        {.at = {WITH_READ, 0, 1u << VERY_LONG, 1u << NOWHERE},
         .reason = "a real machine would be busy for minutes, filling what is not there"},
};

const PvCoverage fwcfg_transfers = {
        "transfers",
        {{"operation", operations}, {"other bits", others}, {"item", fwcfg_kinds}, {"boundary", boundaries}},
        transfer_unreachable, N(transfer_unreachable), transfer_locate, transfer_reach};

const PvCoverage fwcfg_odd_buffers = {
        "transfers to odd buffers",
        {{"operation", operations}, {"item", fwcfg_kinds}, {"boundary", boundaries}, {"buffer", buffers}},
        buffer_unreachable, N(buffer_unreachable), buffer_locate, buffer_reach};
