/* SPDX-License-Identifier: MIT */
/* A byte outside of a guarded buffer is noticed, by us or by AddressSanitizer. */
#include <glib.h>
#include <stdlib.h>

#include "common/guarded.h"

#define SIZE 13

static void
test_within(void)
{
        uint8_t *buffer = pv_guarded_new(SIZE);

        for (gsize i = 0; i < SIZE; i++) {
                g_assert_cmpuint(buffer[i], ==, 0);
                buffer[i] = 0xff;
        }
        g_assert_true(pv_guarded_intact(buffer));
        g_assert_cmpuint((guintptr) buffer % 16, ==, 0);
        pv_guarded_free(buffer);
        pv_guarded_free(NULL);
}

static void
test_outside(gconstpointer data)
{
        volatile uint8_t *buffer;

        if (g_test_subprocess()) {
                buffer = pv_guarded_new(SIZE);
                buffer[GPOINTER_TO_INT(data)] = 0;
                exit(pv_guarded_intact((const void *) buffer) ? 0 : 1);
        }
        g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
        g_test_trap_assert_failed();
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/guarded/within", test_within);
        g_test_add_data_func("/guarded/before", GINT_TO_POINTER(-1), test_outside);
        g_test_add_data_func("/guarded/behind", GINT_TO_POINTER(SIZE), test_outside);
        g_test_add_data_func("/guarded/behind-far", GINT_TO_POINTER(SIZE + 63), test_outside);
        return g_test_run();
}
