/* SPDX-License-Identifier: MIT */
/*
 * The same random accesses, transfers and host events on our models and on a real QEMU: every read, every byte of
 * memory and every refusal must be the same. test-differential [SEED [OPERATIONS]]; 77: no QEMU here.
 */
#undef NDEBUG
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/session.h"

#define FW_CFG 0x510u
#define MODELS 0
#define REAL 1
#define MEMORY 512u /* bytes of the page that are compared */
#define PLUGS_MAX 5 /* TCG does not live through many */

static uint64_t state;

static uint32_t
any_of(uint32_t n)
{
        state = state * 6364136223846793005u + 1442695040888963407u;
        return (uint32_t) (state >> 33) % n;
}

#define ONE_OF(array) (array)[any_of(sizeof(array) / sizeof(array)[0])]

static const unsigned widths[] = {1, 2, 4};
static const uint16_t keys[] = {0, 1, 5, 0xf, 0x1f, 0x40, 0x4000, 0x4005, 0x7fff, 0x8005, 0xffff};

typedef struct Pair {
        PvSession *side[2];
        PvGpa page[2];
        uint32_t block; /* base of the register block */
        unsigned operation, mismatches, plugs;
} Pair;

static void
compare(Pair *p, const char *what, uint64_t where, const uint64_t *value)
{
        if (value[MODELS] == value[REAL])
                return;
        p->mismatches++;
        printf("operation %u: %s 0x%" PRIx64 ": model 0x%" PRIx64 ", QEMU 0x%" PRIx64 "\n", p->operation, what, where,
               value[MODELS], value[REAL]);
}

static void
read_both(Pair *p, uint64_t port, unsigned width)
{
        uint64_t value[2] = {0};

        for (int i = 0; i < 2; i++)
                assert(p->side[i]->bus->ops->read(p->side[i]->bus, PV_SPACE_PIO, port, width, &value[i]) == 0);
        compare(p, "read", port, value);
}

static void
write_both(Pair *p, uint64_t port, unsigned width, uint64_t value)
{
        for (int i = 0; i < 2; i++)
                assert(p->side[i]->bus->ops->write(p->side[i]->bus, PV_SPACE_PIO, port, width, value) == 0);
}

/* ---- the register block ---- */

static void
write_block(Pair *p)
{
        static const uint8_t controls[] = {0, 1, 2, 4, 6, 0x10, 0x12, 0x14, 0x20, 0x40, 0x80, 0xe1}; /* no eject */
        const uint32_t selectors[] = {0, 0, 1, 2, any_of(14), any_of(14), any_of(14), 0x101, 0xffffffff};

        switch (any_of(4)) {
        case 0:
                write_both(p, p->block, any_of(6) ? 4 : ONE_OF(widths), ONE_OF(selectors));
                break;
        case 1:
                write_both(p, p->block + 4, 1, ONE_OF(controls));
                break;
        case 2:
                write_both(p, p->block + 5, 1, any_of(5) ? any_of(5) : any_of(256));
                break;
        default:
                write_both(p, p->block + 8, ONE_OF(widths), any_of(1000));
        }
}

static void
host_event(Pair *p)
{
        uint32_t what = any_of(40), selector = any_of(12);
        uint64_t refused[2] = {0};

        for (int i = 0; i < 2; i++) {
                PvHost *host = p->side[i]->host;

                if (what == 0 && p->plugs < PLUGS_MAX)
                        refused[i] = host->ops->plug(host, selector) != 0;
                else if (what == 1)
                        refused[i] = host->ops->unplug_request(host, 10) != 0;
                else if (what == 2)
                        assert(host->ops->reset(host) == 0);
        }
        p->plugs += what == 0 && !refused[REAL];
        compare(p, what ? "unplug request refused, selector" : "plug refused, selector", selector, refused);
}

/* ---- fw_cfg ---- */

static void
access_fw_cfg(Pair *p)
{
        unsigned width = ONE_OF(widths);

        switch (any_of(6)) {
        case 0:
                write_both(p, FW_CFG, 2, ONE_OF(keys));
                break;
        case 1:
                write_both(p, FW_CFG + 1, 1, any_of(256));
                break;
        case 2:
                read_both(p, FW_CFG, 1 + any_of(2));
                break;
        case 3:
                read_both(p, FW_CFG + 4 + (any_of(8) & ~(width - 1)), width);
                break;
        default:
                read_both(p, FW_CFG + 1, 1);
        }
}

static void
store_be(uint8_t *bytes, uint64_t value, unsigned n)
{
        for (; n > 0; n--, value >>= 8)
                bytes[n - 1] = (uint8_t) value;
}

typedef struct Transfer {
        uint32_t control, length, descriptor, buffer; /* the last two: where in the page */
        gboolean no_high, no_buffer, no_descriptor;
} Transfer;

static Transfer
any_transfer(void)
{
        static const uint32_t operations[] = {0, 0x1, 0x2, 0x2, 0x4, 0x6, 0x10, 0x12, 0x14, 0x16, 0x20};

        return (Transfer){
                .control = ONE_OF(operations) | (any_of(2) ? 8 | (uint32_t) ONE_OF(keys) << 16 : 0),
                .length = any_of(3) ? any_of(12) : any_of(80),
                .descriptor = any_of(3) ? 0 : any_of(20),
                .buffer = 0x100 + any_of(8),
                .no_high = any_of(3) == 0,
                .no_buffer = any_of(12) == 0,
                .no_descriptor = any_of(40) == 0,
        };
}

static void
start(PvSession *s, PvGpa page, const Transfer *t, const uint8_t *before)
{
        uint64_t at = t->no_descriptor ? 0x7f0000000000u : page.value + t->descriptor;
        uint8_t descriptor[16];

        store_be(descriptor, t->control, 4);
        store_be(descriptor + 4, t->length, 4);
        store_be(descriptor + 8, t->no_buffer ? 0xfee00000000u : page.value + t->buffer, 8);
        assert(s->bus->ops->gpa_write(s->bus, page, before, MEMORY) == 0);
        assert(s->bus->ops->gpa_write(s->bus, (PvGpa){page.value + t->descriptor}, descriptor, 16) == 0);
        if (!t->no_high || t->no_descriptor)
                assert(pv_bus_out(s->bus, FW_CFG + 4, 4, GUINT32_SWAP_LE_BE((uint32_t) (at >> 32))) == 0);
        assert(pv_bus_out(s->bus, FW_CFG + 8, 4, GUINT32_SWAP_LE_BE((uint32_t) at)) == 0);
}

static void
transfer(Pair *p)
{
        Transfer t = any_transfer();
        uint8_t before[MEMORY], after[2][MEMORY];

        for (uint32_t i = 0; i < MEMORY; i++)
                before[i] = (uint8_t) any_of(256);
        for (int i = 0; i < 2; i++) {
                start(p->side[i], p->page[i], &t, before);
                assert(p->side[i]->bus->ops->gpa_read(p->side[i]->bus, p->page[i], after[i], MEMORY) == 0);
                store_be(after[i] + t.descriptor + 8, 0, 8); /* the pages need not be at one address */
        }
        for (uint32_t i = 0; i < MEMORY; i++)
                compare(p, "memory after a transfer, byte", i, (uint64_t[]){after[MODELS][i], after[REAL][i]});
}

/* ---- a run ---- */

static PvSession *
open_side(PvLoader *loader, const PvCandidate *candidate, const char *target_name, const PvCell *cell)
{
        g_autoptr(PvTarget) target = pv_target_parse(target_name, NULL);
        g_autoptr(GError) error = NULL;
        PvSessionOptions options = {.untraced = TRUE};
        PvSession *session = pv_session_open(loader, candidate, target, cell, &options, &error);

        if (g_error_matches(error, PV_ERROR, PV_ERROR_BLOCKED)) {
                puts(error->message);
                exit(77);
        }
        assert(session);
        return session;
}

static unsigned
run(PvLoader *loader, PvChipset chipset, unsigned operations)
{
        g_autoptr(PvCandidate) candidate = pv_candidate_parse(loader, "fwcfg:topology+regblock:qemu-6.0", NULL);
        const PvCell cell = {.plugged = "10", .chipset = chipset};
        Pair p = {.block = chipset == PV_CHIPSET_Q35 ? 0xcd8 : 0xaf00};

        p.side[MODELS] = open_side(loader, candidate, "model", &cell);
        p.side[REAL] = open_side(loader, candidate, "qtest", &cell);
        for (int i = 0; i < 2; i++)
                assert(p.side[i]->bus->ops->gpa_alloc(p.side[i]->bus, PV_PAGE_SIZE, PV_SHARED, &p.page[i]) == 0);
        for (; p.operation < operations && p.mismatches < 8; p.operation++) {
                unsigned width = ONE_OF(widths);

                switch (any_of(8)) {
                case 0:
                        host_event(&p);
                        break;
                case 1:
                        transfer(&p);
                        break;
                case 2:
                        access_fw_cfg(&p);
                        break;
                case 3:
                case 4:
                        write_block(&p);
                        break;
                default:
                        read_both(&p, p.block + (any_of(12) & ~(width - 1)), width);
                }
        }
        for (int i = 0; i < 2; i++)
                pv_session_close(p.side[i]);
        return p.mismatches;
}

int
main(int argc, char **argv)
{
        unsigned seed = argc > 1 ? (unsigned) atoi(argv[1]) : 1, operations = argc > 2 ? (unsigned) atoi(argv[2]) : 5000;
        PvLoader *loader = pv_loader_new();
        unsigned mismatches = 0;

        state = seed;
        mismatches += run(loader, PV_CHIPSET_Q35, operations);
        mismatches += run(loader, PV_CHIPSET_PC, operations);
        printf("seed %u: %u operations on each of q35 and pc, %u mismatches\n", seed, operations, mismatches);
        pv_loader_free(loader);
        return mismatches != 0;
}
