/* SPDX-License-Identifier: MIT */
/* Instead of exits.c in a build without BPF: opening says so, and nothing else is ever reached. */
#include "bench/exits.h"

#include "common/error.h"

static const char why[] = "VM exits cannot be counted: this pvabi was built without BPF; "
                          "apt-get install clang bpftool libbpf-dev, then build again";

PvExits *
pv_exits_open(G_GNUC_UNUSED pid_t pid, G_GNUC_UNUSED const PvExitsWatch *watch, GError **error)
{
        g_set_error_literal(error, PV_ERROR, PV_ERROR_BLOCKED, why);
        return NULL;
}

char *
pv_exits_missing(void)
{
        return g_strdup(why);
}

void
pv_exits_free(PvExits *exits)
{
        g_assert(!exits);
}

void
pv_exits_pause(G_GNUC_UNUSED PvExits *exits)
{
        g_assert_not_reached();
}

gboolean
pv_exits_resume(G_GNUC_UNUSED PvExits *exits, G_GNUC_UNUSED GError **error)
{
        g_assert_not_reached();
}

void
pv_exits_tag(G_GNUC_UNUSED PvExits *exits, G_GNUC_UNUSED guint32 tag)
{
        g_assert_not_reached();
}

void
pv_exits_reset(G_GNUC_UNUSED PvExits *exits)
{
        g_assert_not_reached();
}

GArray *
pv_exits_counts(G_GNUC_UNUSED PvExits *exits)
{
        g_assert_not_reached();
}

GArray *
pv_exits_times(G_GNUC_UNUSED PvExits *exits)
{
        g_assert_not_reached();
}

guint64
pv_exits_lost(G_GNUC_UNUSED PvExits *exits)
{
        g_assert_not_reached();
}

gboolean
pv_exits_poll(G_GNUC_UNUSED PvExits *exits)
{
        g_assert_not_reached();
}

int
pv_exits_fd(G_GNUC_UNUSED PvExits *exits)
{
        g_assert_not_reached();
}
