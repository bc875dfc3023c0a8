/* SPDX-License-Identifier: MIT */
/* What targets have in common whose one machine is as it is, and runs already. */
#ifndef PVABI_COMMON_ONE_MACHINE_H
#define PVABI_COMMON_ONE_MACHINE_H

#include "common/target.h"

/* Its devices are there, are honest, and its memory is in the clear. PV_ERROR_LIMIT; whose: "the attached
 * machine". */
gboolean pv_one_machine_takes(const PvSetup *setup, const char *whose, GError **error);

/* Are its CPUs those that the cell asks for? PV_ERROR_LIMIT, with both; PV_ERROR_HARNESS: nobody tells. */
gboolean pv_one_machine_fits(PvHost *host, const PvSetup *setup, const char *whose, GError **error);

#endif
