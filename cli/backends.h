/* SPDX-License-Identifier: MIT */
/* Every backend there is. */
#ifndef PVABI_CLI_BACKENDS_H
#define PVABI_CLI_BACKENDS_H

#include <glib.h>

#include "common/error.h"
#include "common/loader.h"

/* Those on the search path, by name. One that cannot be loaded is a line on stderr, and sets *ret_code. */
GPtrArray *pv_backends_all(PvLoader *loader, PvExit *ret_code);

#endif
