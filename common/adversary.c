/* SPDX-License-Identifier: MIT */
/* The host between two steps of the guest: one row says at which step a lie is told, and what is done there. */
#include "common/adversary.h"

#include <glib.h>
#include <string.h>

struct PvAdversary {
        PvRam *ram;
        PvMutation lie;
        unsigned met; /* steps that the lie is about */
};

/* Byte `then` of what was touched. */
static void
flip(PvAdversary *a, PvGpa gpa, size_t n)
{
        uint8_t byte;

        gpa.value += a->lie.then;
        if (a->lie.then >= n || pv_ram_host_read(a->ram, gpa, &byte, 1))
                return;
        byte ^= (uint8_t) a->lie.operand;
        pv_ram_host_write(a->ram, gpa, &byte, 1);
}

/* All that was touched, whoever owns it by now. */
static void
overwrite(PvAdversary *a, PvGpa gpa, size_t n)
{
        uint8_t bytes[PV_PAGE_SIZE];

        memset(bytes, (int) a->lie.operand, sizeof bytes);
        pv_ram_host_write(a->ram, gpa, bytes, MIN(n, sizeof bytes));
}

static void
look(PvAdversary *a, PvGpa gpa, size_t n)
{
        uint8_t bytes[PV_PAGE_SIZE];

        if (!pv_ram_host_read(a->ram, gpa, bytes, MIN(n, sizeof bytes)))
                pv_ram_guest_steps(a->ram)->secrets_sent += pv_ram_count_secrets(bytes, MIN(n, sizeof bytes));
}

static const struct {
        PvMutationKind kind;
        PvRamStep step;
        gboolean before;
        void (*act)(PvAdversary *a, PvGpa gpa, size_t n);
} acts[] = {
        {PV_MUTATE_PAGE_LOADED_FLIP, PV_RAM_GUEST_LOAD, FALSE, flip},
        {PV_MUTATE_PAGE_STORED_FLIP, PV_RAM_GUEST_STORE, FALSE, flip},
        {PV_MUTATE_PAGE_LATE, PV_RAM_UNSHARE, FALSE, overwrite},
        {PV_MUTATE_PAGE_HARVEST, PV_RAM_SHARE, FALSE, look},
        {PV_MUTATE_PAGE_HARVEST, PV_RAM_UNSHARE, FALSE, look},
};

static void
take_step(PvAdversary *a, gboolean before, PvRamStep step, PvGpa gpa, size_t n)
{
        for (gsize i = 0; i < G_N_ELEMENTS(acts); i++) {
                if (acts[i].kind != a->lie.kind || acts[i].step != step || acts[i].before != before)
                        continue;
                if ((a->lie.width && a->lie.width != n) || a->met++ < a->lie.skip)
                        continue;
                if (a->lie.times && a->met > a->lie.skip + a->lie.times)
                        continue;
                pv_ram_guest_steps(a->ram)->lies_told++;
                acts[i].act(a, gpa, n);
        }
}

static void
before_step(void *data, PvRamStep step, PvGpa gpa, size_t n)
{
        take_step(data, TRUE, step, gpa, n);
}

static void
after_step(void *data, PvRamStep step, PvGpa gpa, size_t n)
{
        take_step(data, FALSE, step, gpa, n);
}

PvAdversary *
pv_adversary_new(PvRam *ram, const PvMutation *lie)
{
        PvAdversary *a;

        if (!lie || lie->kind < PV_MUTATE_PAGE_LOADED_FLIP || lie->kind > PV_MUTATE_PAGE_HARVEST)
                return NULL;
        a = g_new0(PvAdversary, 1);
        *a = (PvAdversary){.ram = ram, .lie = *lie};
        pv_ram_hook(ram, &(PvRamHook){before_step, after_step, a});
        return a;
}

void
pv_adversary_free(PvAdversary *adversary)
{
        g_free(adversary);
}
