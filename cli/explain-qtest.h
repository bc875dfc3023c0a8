/* SPDX-License-Identifier: MIT */
/* pvabi explain ID --qtest. */
#ifndef PVABI_CLI_EXPLAIN_QTEST_H
#define PVABI_CLI_EXPLAIN_QTEST_H

#include <glib.h>

#include "common/backend.h"

/* Prints the steps in the scene of a cell; judged: with what is expected. Returns the exit code. */
int pv_explain_qtest(const PvBackend *backend, const PvCell *cell, const PvStep *steps, size_t n_steps,
                     gboolean judged);

#endif
