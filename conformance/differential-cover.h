/* SPDX-License-Identifier: MIT */
/* How often each cell of the coverage tables of a machine's backends was hit. */
#ifndef PVABI_CONFORMANCE_DIFFERENTIAL_COVER_H
#define PVABI_CONFORMANCE_DIFFERENTIAL_COVER_H

#include <glib.h>
#include <stdio.h>

#include "common/machine.h"

typedef struct PvCover PvCover;

/* What is not the same for every run of a machine. */
typedef struct PvCoverTerms {
        gboolean q35;       /* such a machine is tried */
        gboolean one_eject; /* in each life of the machine */
} PvCoverTerms;

/* PV_ERROR_USAGE: no backend of the machine has a table, or one makes no sense. */
PvCover *pv_cover_new(const PvMachine *machine, const PvCoverTerms *terms, GError **error);
void pv_cover_free(PvCover *cover);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PvCover, pv_cover_free)

/* This access of the machine's part is about to be made. */
void pv_cover_count(PvCover *cover, unsigned part, const PvWalk *walk, const PvStep *step);

/*
 * Up to PV_REACH_MAX steps towards a random cell, rather one that was hit less than others; walk: one per
 * part. 0: none of those tried can be reached from here.
 */
unsigned pv_cover_reach(const PvCover *cover, const PvWalk *walk, PvStep *ret_steps, unsigned *ret_part);

/* Reachable cells without a hit, and unreachable ones with hits. */
guint pv_cover_n_missed(const PvCover *cover);
guint pv_cover_n_impossible(const PvCover *cover);

/* Totals per table, and the names of what was missed or impossible; every cell with hits or reason. */
void pv_cover_print(const PvCover *cover, FILE *out);
void pv_cover_print_cells(const PvCover *cover, FILE *out);

#endif
