/* SPDX-License-Identifier: MIT */
/* docs/requirements.md, from the tables. */
#ifndef PVABI_CLI_REQUIREMENTS_H
#define PVABI_CLI_REQUIREMENTS_H

#include <glib.h>

/* The page for these requirements (pv_requirements()). */
char *pv_requirements_page(GArray *requirements);

#endif
