/* SPDX-License-Identifier: MIT */
/* The one handler of a run. */
#include "common/interrupt.h"

#include <signal.h>

static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
static struct sigaction before[G_N_ELEMENTS(signals)];
static volatile sig_atomic_t interrupted;
static guint depth;

static void
note(int signal_number)
{
        (void) signal_number;
        interrupted = 1;
}

void
pv_interrupt_catch(void)
{
        struct sigaction action = {.sa_handler = note};

        if (depth++)
                return;
        interrupted = 0;
        for (gsize i = 0; i < G_N_ELEMENTS(signals); i++)
                sigaction(signals[i], &action, &before[i]);
}

void
pv_interrupt_release(void)
{
        if (--depth)
                return;
        for (gsize i = 0; i < G_N_ELEMENTS(signals); i++)
                sigaction(signals[i], &before[i], NULL);
}

gboolean
pv_interrupted(void)
{
        return interrupted != 0;
}

void
pv_interrupt_default(void)
{
        for (gsize i = 0; i < G_N_ELEMENTS(signals); i++)
                signal(signals[i], SIG_DFL);
}
