/* SPDX-License-Identifier: MIT */
/* SIGINT, SIGTERM and SIGHUP as a flag: a run ends early, and keeps what it has. */
#ifndef PVABI_COMMON_INTERRUPT_H
#define PVABI_COMMON_INTERRUPT_H

#include <glib.h>
#include <poll.h>

/* From here to release, these signals only set the flag. Calls nest; the outermost counts, and clears the flag. */
void pv_interrupt_catch(void);
void pv_interrupt_release(void);
gboolean pv_interrupted(void);

/* poll() that an interrupt ends, even one that came just before: -1 then. */
int pv_interrupt_poll(struct pollfd *wait, guint n, int timeout_ms);

/* In a forked child: the signals end it again. */
void pv_interrupt_default(void);

#endif
