/* SPDX-License-Identifier: MIT */
/* Version numbers, as programs and machine types carry them. */
#ifndef PVABI_COMMON_VERSION_H
#define PVABI_COMMON_VERSION_H

#include <glib.h>

/* Numbers that compare as versions do: of the version at the end of a text, as in "QEMU 7.2.22" or "pc-q35-2.6". */
#define PV_VERSION(major, minor) ((major) *1000000u + (minor) *1000u)
/* 0: there is none. */
guint pv_version_at_end(const char *text);

/*
 * Is a version in this range? "7.2", "6.0-" (and later), "-5.2" (and earlier), "5.0-5.2", or "*". An end names as many
 * parts as it likes: 5.2 holds 5.2.1 too. parse: FALSE for what is no range.
 */
typedef struct PvVersionRange {
        guint from, below;
} PvVersionRange;

gboolean pv_version_range_parse(const char *text, PvVersionRange *ret_range);
gboolean pv_version_in(const PvVersionRange *range, guint version);

#endif
