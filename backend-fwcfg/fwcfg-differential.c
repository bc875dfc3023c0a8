/* SPDX-License-Identifier: MIT */
/* Random accesses to the ports of fw_cfg: what tells them apart, and how each comes about. */
#include "backend-fwcfg/fwcfg-differential.h"

#define N(array) (sizeof(array) / sizeof(array)[0])
#define BIT(value) (1u << (value))

/* ---- the axes ---- */

static const struct {
        char action;
        uint8_t width;
        uint16_t port;
} port_access[] = {
        {'R', 1, FWCFG_SELECTOR_W}, {'R', 2, FWCFG_SELECTOR_W}, {'R', 1, FWCFG_DATA_R},
        {'W', 1, FWCFG_SELECTOR_W}, {'W', 1, FWCFG_DATA_R},
};
static const char *const port_accesses[] = {"R1 0x510", "R2 0x510", "R1 0x511", "W1 0x510", "W1 0x511", NULL};

enum { AT_START, WITHIN, AT_END };
static const char *const positions[] = {"at its start", "within it", "at its end", NULL};

static const char *const flags[] = {"clear", "set", NULL};

enum { R1, R2, R4, W1, W2, W4 };
static const char *const accesses[] = {"R1", "R2", "R4", "W1", "W2", "W4", NULL};
static const char *const offsets[] = {"0x514", "0x515", "0x516", "0x517", "0x518",
                                      "0x519", "0x51a", "0x51b", NULL};
#define LOW_HALF (FWCFG_DMA_LOW_RW - FWCFG_DMA_HIGH_RW)

static const char *const halves[] = {"empty", "high half set", NULL};

enum { ALIGNED, ODD, UNMAPPED };
static const char *const descriptors[] = {"aligned", "not aligned", "not in memory", NULL};

/* ---- ports ---- */

static unsigned
position_of(const FwcfgDevice *d)
{
        uint32_t length = fwcfg_length_of(d, d->key);

        return d->offset >= length ? AT_END : d->offset ? WITHIN : AT_START;
}

static bool
ports_locate(const PvWalk *walk, const PvStep *step, uint8_t *ret_cell)
{
        const FwcfgDevice *d = walk->device;

        for (uint8_t i = 0; i < N(port_access); i++) {
                if (step->action != port_access[i].action || step->width != port_access[i].width ||
                    FWCFG_BASE + step->where != port_access[i].port)
                        continue;
                ret_cell[0] = i;
                ret_cell[1] = (uint8_t) fwcfg_kind_of(d, d->key);
                ret_cell[2] = (uint8_t) position_of(d);
                return ret_cell[1] < FWCFG_N_KINDS;
        }
        return false;
}

static unsigned
ports_reach(const PvWalk *walk, const uint8_t *cell, PvStep *ret_steps)
{
        FwcfgSteps s = fwcfg_steps(walk, ret_steps);
        uint32_t length, offset;
        uint16_t key;

        if (!fwcfg_any_key(&s, cell[1], &key))
                return 0;
        length = fwcfg_length_of(s.device, key);
        if (cell[2] == WITHIN && length < 2)
                return 0;
        offset = cell[2] == AT_START ? 0 : cell[2] == AT_END ? length : 1 + fwcfg_any_of(&s, length - 1);
        if (fwcfg_kind_of(s.device, s.device->key) != cell[1] || position_of(s.device) != cell[2])
                fwcfg_add_position(&s, key, offset);
        return fwcfg_add(&s, port_access[cell[0]].action, port_access[cell[0]].width,
                         port_access[cell[0]].port,
                         port_access[cell[0]].action == 'W' ? fwcfg_any_of(&s, 256) : 0);
}

static bool
select_locate(const PvWalk *walk, const PvStep *step, uint8_t *ret_cell)
{
        const FwcfgDevice *d = walk->device;
        uint16_t key = (uint16_t) step->value.arg;

        if (step->action != 'W' || step->width != 2 || FWCFG_BASE + step->where != FWCFG_SELECTOR_W)
                return false;
        ret_cell[0] = (uint8_t) fwcfg_kind_of(d, key);
        ret_cell[1] = (uint8_t) fwcfg_kind_of(d, d->key);
        ret_cell[2] = (key & FWCFG_KEY_WRITE) != 0;
        return ret_cell[0] < FWCFG_N_KINDS && ret_cell[1] < FWCFG_N_KINDS;
}

static unsigned
select_reach(const PvWalk *walk, const uint8_t *cell, PvStep *ret_steps)
{
        FwcfgSteps s = fwcfg_steps(walk, ret_steps);
        uint16_t key, before;

        if (!fwcfg_any_key(&s, cell[0], &key) || !fwcfg_any_key(&s, cell[1], &before))
                return 0;
        key = (uint16_t) (key & ~FWCFG_KEY_WRITE) | (cell[2] ? FWCFG_KEY_WRITE : 0);
        if (fwcfg_kind_of(s.device, s.device->key) != cell[1])
                fwcfg_add(&s, 'W', 2, FWCFG_SELECTOR_W, before);
        return fwcfg_add(&s, 'W', 2, FWCFG_SELECTOR_W, key);
}

/* ---- the address register ---- */

static bool
register_locate(const PvWalk *walk, const PvStep *step, uint8_t *ret_cell)
{
        const FwcfgDevice *d = walk->device;
        uint32_t offset = FWCFG_BASE + step->where - FWCFG_DMA_HIGH_RW;

        if (offset >= FWCFG_DMA_SIZE || fwcfg_is_doorbell(step))
                return false;
        ret_cell[0] = (uint8_t) ((step->action == 'R' ? R1 : W1) + step->width / 2);
        ret_cell[1] = (uint8_t) offset;
        ret_cell[2] = d->dma_address != 0;
        return true;
}

/* A high half under which there is no memory. */
static void
set_high_half(FwcfgSteps *s, bool set)
{
        uint32_t high = set ? 0x100u + fwcfg_any_of(s, 0x7f00) : 0;

        if (set != (s->device->dma_address != 0))
                fwcfg_add(s, 'W', 4, FWCFG_DMA_HIGH_RW, fwcfg_swap32(high));
}

static unsigned
register_reach(const PvWalk *walk, const uint8_t *cell, PvStep *ret_steps)
{
        FwcfgSteps s = fwcfg_steps(walk, ret_steps);
        char action = cell[0] < W1 ? 'R' : 'W';
        unsigned width = 1u << cell[0] % 3;
        uint32_t value = action == 'R' ? 0
                         : width < 4   ? fwcfg_any_of(&s, 0x10000)
                                       : fwcfg_swap32(fwcfg_any_of(&s, 2) << 8);

        set_high_half(&s, cell[2]);
        return fwcfg_add(&s, action, width, FWCFG_DMA_HIGH_RW + cell[1], value);
}

static bool
descriptor_locate(const PvWalk *walk, const PvStep *step, uint8_t *ret_cell)
{
        const FwcfgDevice *d = walk->device;
        uint64_t address = d->dma_address | fwcfg_swap32((uint32_t) step->value.arg);
        uint8_t bytes[FWCFG_DMA_DESCRIPTOR_SIZE];

        if (!fwcfg_is_doorbell(step))
                return false;
        ret_cell[0] = d->env->dma_read(d->env->host, (PvGpa){address}, bytes, sizeof bytes) ? UNMAPPED
                      : address % 4                                                         ? ODD
                                                                                            : ALIGNED;
        ret_cell[1] = d->dma_address != 0;
        return true;
}

/* A transfer that does nothing but wait for its control to be cleared. */
static unsigned
descriptor_reach(const PvWalk *walk, const uint8_t *cell, PvStep *ret_steps)
{
        FwcfgSteps s = fwcfg_steps(walk, ret_steps);
        FwcfgTransfer t = {
                .control = fwcfg_any_of(&s, 2) ? 0x20 : FWCFG_DMA_SKIP,
                .descriptor = FWCFG_DESCRIPTOR + (cell[0] == ODD ? 1 + fwcfg_any_of(&s, 3) : 0),
        };

        set_high_half(&s, cell[1]);
        if (cell[0] == UNMAPPED && !cell[1])
                return fwcfg_add(&s, 'W', 4, FWCFG_DMA_LOW_RW,
                                 fwcfg_swap32(0xe0000000u + fwcfg_any_of(&s, 0x1000)));
        fwcfg_add_transfer(&s, &t);
        fwcfg_add_load(&s, t.descriptor, FWCFG_DMA_DESCRIPTOR_SIZE);
        return s.n;
}

/* ---- all of them ---- */

#define UNALIGNED "unaligned: unspecified"

static const PvUnreachable ports_unreachable[] = {
        {.at = {0, FWCFG_EMPTY_KINDS, BIT(AT_START) | BIT(WITHIN)}, .reason = "there is nothing in it"},
        {.at = {0, BIT(FWCFG_CALLBACK), BIT(WITHIN)}, .reason = "it has one byte"},
        {.at = {0, BIT(FWCFG_LONG) | BIT(FWCFG_DIRECTORY), BIT(WITHIN) | BIT(AT_END)}, FWCFG_NO_DMA},
        {.at = {0, FWCFG_SMI_KINDS}, FWCFG_NO_SMI},
};
static const PvUnreachable select_unreachable[] = {
        {.at = {FWCFG_SMI_KINDS}, FWCFG_NO_SMI},
        {.at = {0, FWCFG_SMI_KINDS}, FWCFG_NO_SMI},
};
static const PvUnreachable register_unreachable[] = {
        {FWCFG_NO_DMA},
        {.at = {BIT(R2) | BIT(W2), 0xaa}, .reason = UNALIGNED},
        {.at = {BIT(R4) | BIT(W4), 0xee}, .reason = UNALIGNED},
        {.at = {BIT(W4), BIT(LOW_HALF)}, .reason = "it starts a transfer"},
};
static const PvUnreachable descriptor_unreachable[] = {
        {FWCFG_NO_DMA},
        {.at = {BIT(ALIGNED) | BIT(ODD), BIT(1)}, .reason = "there is no memory above 4 GiB"},
};
#define UNREACHABLE(rows) rows, N(rows)

static const PvCoverage ports[] = {
        {"ports", {{"access", port_accesses}, {"selected", fwcfg_kinds}, {"offset", positions}},
         UNREACHABLE(ports_unreachable), ports_locate, ports_reach},
        {"selecting", {{"key", fwcfg_kinds}, {"selected before", fwcfg_kinds}, {"bit 14", flags}},
         UNREACHABLE(select_unreachable), select_locate, select_reach},
        {"DMA address register", {{"access", accesses}, {"port", offsets}, {"register", halves}},
         UNREACHABLE(register_unreachable), register_locate, register_reach},
        {"descriptors", {{"descriptor", descriptors}, {"address register", halves}},
         UNREACHABLE(descriptor_unreachable), descriptor_locate, descriptor_reach},
};

const PvCoverage *const fwcfg_differential[] = {&ports[0], &ports[1],        &ports[2],
                                                &ports[3], &fwcfg_transfers, &fwcfg_odd_buffers};
const size_t fwcfg_n_differential = N(fwcfg_differential);
