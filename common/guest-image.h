/* SPDX-License-Identifier: MIT */
/* Where pvabi-guest is, the image that boots in our VMM and in others. */
#ifndef PVABI_COMMON_GUEST_IMAGE_H
#define PVABI_COMMON_GUEST_IMAGE_H

#include <glib.h>

/* $PVABI_GUEST_IMAGE, guest/pvabi-guest beside this program, or where it is installed (g_free); it may not
 * exist. */
char *pv_guest_image_path(void);

/* NULL, or why there is no image: one line (g_free). */
char *pv_guest_image_missing(void);

#endif
