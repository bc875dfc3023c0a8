/* SPDX-License-Identifier: MIT */
/* Profiles: what an attached program's machine has of each ABI, and where (docs/attach.md). */
#ifndef PVABI_COMMON_PROFILE_H
#define PVABI_COMMON_PROFILE_H

#include <glib.h>

#include "common/backend.h"

#define PV_PROFILE_PARTS 4

/* One group [BACKEND]. */
typedef struct PvProfilePart {
        char *backend;
        char *claims;   /* revision; NULL: the backend's first */
        char **lacks;   /* features of it that are not there; NULL: none */
        gboolean moved; /* not where the ABI's document has it */
        PvSpace space;
        guint64 base;
} PvProfilePart;

/* One line of [not-claimed]. */
typedef struct PvProfileGap {
        char *glob, *reason;
} PvProfileGap;

typedef struct PvProfile {
        char *name, *summary, *source;
        char *events;         /* how the guest hears of them; NULL: not said */
        gboolean run;         /* somebody held it against the real program; else it was only read */
        gboolean has_chipset; /* the host bridge is answered for the program */
        PvChipset chipset;
        PvProfilePart part[PV_PROFILE_PARTS];
        guint n_parts;
        GArray *gaps; /* PvProfileGap */
} PvProfile;

/* A file, or the name of one that is shipped. PV_ERROR_USAGE names what is known instead. */
PvProfile *pv_profile_load(const char *name, GError **error);
/* The same from its text. */
PvProfile *pv_profile_parse(const char *text, gsize n, const char *name, GError **error);
void pv_profile_free(PvProfile *profile);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PvProfile, pv_profile_free)

/* Names of those that are shipped, sorted. */
GPtrArray *pv_profile_names(void);

/* What `backend` is claimed to be here; NULL: the profile (or there being none) says nothing of it. */
const PvProfilePart *pv_profile_part(const PvProfile *profile, const char *backend);

/* Features of a revision without those that are lacking. */
uint64_t pv_profile_features(const PvProfile *profile, const PvBackend *backend, uint64_t features);

/* Why the check with this ID is not claimed; NULL: it is. */
const char *pv_profile_gap(const PvProfile *profile, const char *id);

/* "regblock:qemu-5.0": the machine that is claimed; NULL: no group of the profile claims one. g_free. */
char *pv_profile_machine(const PvProfile *profile);

/* Does the backend have this revision, and these features? PV_ERROR_USAGE names those that there are. */
gboolean pv_profile_check(const PvProfile *profile, const PvProfilePart *part, const PvBackend *backend,
                          GError **error);

#endif
