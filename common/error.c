/* SPDX-License-Identifier: MIT */
/* Error domain and its exit codes. */
#include "common/error.h"

G_DEFINE_QUARK(pv-error-quark, pv_error)

PvExit
pv_error_exit(const GError *error)
{
        if (!g_error_matches(error, PV_ERROR, error->code))
                return PV_EXIT_ERROR;
        switch ((PvErrorCode) error->code) {
        case PV_ERROR_USAGE:
                return PV_EXIT_USAGE;
        case PV_ERROR_BLOCKED:
        case PV_ERROR_LIMIT:
                return PV_EXIT_INCOMPLETE;
        case PV_ERROR_HARNESS:
                break;
        }
        return PV_EXIT_ERROR;
}
