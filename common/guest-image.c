/* SPDX-License-Identifier: MIT */
/* The guest image is found as backends are. */
#include "common/guest-image.h"

#define IMAGE "pvabi-guest"

char *
pv_guest_image_path(void)
{
        const char *told = g_getenv("PVABI_GUEST_IMAGE");
        g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
        g_autofree char *folder = self ? g_path_get_dirname(self) : g_strdup(".");
        g_autofree char *beside = g_build_filename(folder, "guest", IMAGE, NULL);

        if (told)
                return g_strdup(told);
        if (g_file_test(beside, G_FILE_TEST_EXISTS))
                return g_steal_pointer(&beside);
        return g_build_filename(PVABI_GUEST_DIR, IMAGE, NULL);
}

char *
pv_guest_image_missing(void)
{
        g_autofree char *path = pv_guest_image_path();

        if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
                return NULL;
        return g_strdup_printf("there is no guest image %s; build or install pvabi, or set PVABI_GUEST_IMAGE",
                               path);
}
