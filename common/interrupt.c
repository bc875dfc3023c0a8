/* SPDX-License-Identifier: MIT */
/* The one handler of a run. */
#include "common/interrupt.h"

#include <errno.h>
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

int
pv_interrupt_poll(struct pollfd *wait, guint n, int timeout_ms)
{
        const struct timespec timeout = {timeout_ms / 1000, timeout_ms % 1000 * 1000000L};
        sigset_t ours, outside;
        int r = -1;

        sigemptyset(&ours);
        for (gsize i = 0; i < G_N_ELEMENTS(signals); i++)
                sigaddset(&ours, signals[i]);
        sigprocmask(SIG_BLOCK, &ours, &outside);
        while (!interrupted && (r = ppoll(wait, n, timeout_ms < 0 ? NULL : &timeout, &outside)) < 0 &&
               errno == EINTR)
                ;
        sigprocmask(SIG_SETMASK, &outside, NULL);
        return interrupted ? -1 : r;
}

void
pv_interrupt_default(void)
{
        for (gsize i = 0; i < G_N_ELEMENTS(signals); i++)
                signal(signals[i], SIG_DFL);
}
