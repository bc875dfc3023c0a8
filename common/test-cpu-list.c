/* SPDX-License-Identifier: MIT */
/* Lists of CPU numbers: written, read back, and refused when they say too much. */
#undef NDEBUG
#include <assert.h>
#include <string.h>

#include "common/cpu-list.h"
#include "common/types.h"

static void
writes_list(const char *text, const uint32_t *number, uint32_t n)
{
        g_autoptr(GString) out = g_string_new("ids=");
        uint32_t back[16];

        pv_cpu_list_append(out, number, n);
        assert(!strcmp(out->str + 4, text));
        assert(pv_cpu_list_parse(text, back, n) && !memcmp(back, number, n * sizeof *number));
}

static void
test_lists(void)
{
        writes_list("", NULL, 0);
        writes_list("7", (const uint32_t[]){7}, 1);
        writes_list("0-1", (const uint32_t[]){0, 1}, 2);
        writes_list("0-5,8-13", (const uint32_t[]){0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13}, 12);
        writes_list("3,2,1,1-2", (const uint32_t[]){3, 2, 1, 1, 2}, 5);
        writes_list("4294967294-4294967295,0", (const uint32_t[]){UINT32_MAX - 1, UINT32_MAX, 0}, 3);
}

static void
writes_set(const char *text, uint8_t low, uint8_t high, uint32_t count)
{
        const uint8_t bitmap[2] = {low, high};
        g_autoptr(GString) out = g_string_new("present=");
        uint8_t back[2];
        uint32_t n;

        pv_cpu_list_append_set(out, bitmap, 16);
        assert(!strcmp(out->str + 8, text));
        assert(pv_cpu_list_parse_set(text, back, 16, &n) && !memcmp(back, bitmap, 2) && n == count);
}

static void
test_sets(void)
{
        uint8_t bitmap[2];
        uint32_t n;

        writes_set("", 0, 0, 0);
        writes_set("0-15", 0xff, 0xff, 16);
        writes_set("0,10", 0x01, 0x04, 2);
        writes_set("1-2,7-8,15", 0x86, 0x81, 5);
        assert(pv_cpu_list_parse_set("3,1-4,3", bitmap, 16, &n) && n == 4 && bitmap[0] == 0x1e);
}

static void
test_refusals(void)
{
        static const char *const bad[] = {
                "x", "1,", ",1", "1,,2", "1-", "-1", "2-1", "1-1", "1-2-3", "1 2", "0x1", "1;2", "+1",
                "4294967296", "0-4294967295", "99999999999999999999999",
        };
        uint32_t number[3] = {9, 9, 9}, n = 9;
        uint8_t bitmap[1] = {9};

        for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
                assert(!pv_cpu_list_parse(bad[i], number, 3));
                assert(!pv_cpu_list_parse_set(bad[i], bitmap, 3, &n));
        }
        assert(!pv_cpu_list_parse("1,2", number, 3) && !pv_cpu_list_parse("1-4", number, 3));
        assert(!pv_cpu_list_parse("", number, 3) && !pv_cpu_list_parse_set("3", bitmap, 3, &n));
        assert(number[0] == 9 && number[2] == 9 && bitmap[0] == 9 && n == 9);
}

int
main(void)
{
        test_lists();
        test_sets();
        test_refusals();
        return 0;
}
