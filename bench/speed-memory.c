/* SPDX-License-Identifier: MIT */
/* What the AES memory model costs over its cipher: a page encrypted by it, and the same bytes by nettle alone. */
#include "bench/speed.h"

#ifdef HAVE_NETTLE

#include <nettle/aes.h>

#include "bench/contest.h"
#include "common/memory-model.h"

#define SECONDS 1.0
#define PAGES 200u /* per batch: about a tenth of a millisecond */
#define BOUND 1.5

typedef struct Contest {
        void *key; /* the model's */
        struct aes128_ctx cipher;
        uint8_t *page;
} Contest;

static double
batch_model(void *data)
{
        Contest *c = data;
        double start = pv_now_ns();

        for (unsigned i = 0; i < PAGES; i++)
                pv_memory_aes.encrypt(c->key, (uint64_t) i * PV_PAGE_SIZE, c->page, PV_PAGE_SIZE);
        return (pv_now_ns() - start) / PAGES;
}

static double
batch_cipher(void *data)
{
        Contest *c = data;
        double start = pv_now_ns();

        for (unsigned i = 0; i < PAGES; i++)
                aes128_encrypt(&c->cipher, PV_PAGE_SIZE, c->page, c->page);
        return (pv_now_ns() - start) / PAGES;
}

gboolean
pv_speed_memory(PvLoader *loader, const PvTarget *model, PvRecorder *recorder, GError **error)
{
        static const uint8_t key[AES128_KEY_SIZE] = {1};
        uint8_t page[PV_PAGE_SIZE] __attribute__((aligned(PV_MEMORY_BLOCK))) = {0};
        Contest contest = {.key = pv_memory_aes.create(1), .page = page};
        PvContestant both[] = {{.turn = batch_model, .data = &contest}, {.turn = batch_cipher, .data = &contest}};
        gboolean ok;

        (void) loader;
        aes128_set_encrypt_key(&contest.cipher, key);
        ok = pv_contest_run(both, G_N_ELEMENTS(both), SECONDS, error);
        pv_memory_aes.free(contest.key);
        if (!ok)
                return FALSE;
        pv_speed_record(recorder, &(PvSpeed){
                .name = "a page by the AES memory model / by its cipher alone", .unit = "ratio",
                .what = "4096 bytes in place, tweaked by their address; nettle's aes128_encrypt() of the same bytes",
                .target = model->name, .value = both[0].times.median / both[1].times.median, .bound = BOUND,
                .floor = MAX(both[0].times.floor, both[1].times.floor)});
        return TRUE;
}

#else

gboolean
pv_speed_memory(PvLoader *loader, const PvTarget *model, PvRecorder *recorder, GError **error)
{
        (void) loader, (void) model, (void) recorder, (void) error;
        return TRUE;
}

#endif
