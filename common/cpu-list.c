/* SPDX-License-Identifier: MIT */
/* Lists of CPU numbers: written as ranges, read without trust. */
#include "common/cpu-list.h"

#include <string.h>

#include "common/types.h"

static void
append_run(GString *out, uint32_t first, uint32_t last)
{
        if (out->len && g_ascii_isdigit(out->str[out->len - 1]))
                g_string_append_c(out, ',');
        g_string_append_printf(out, first == last ? "%u" : "%u-%u", first, last);
}

void
pv_cpu_list_append(GString *out, const uint32_t *number, uint32_t n)
{
        for (uint32_t first = 0, i = 1; i <= n; i++) {
                if (i < n && number[i] == number[i - 1] + 1 && number[i])
                        continue;
                append_run(out, number[first], number[i - 1]);
                first = i;
        }
}

void
pv_cpu_list_append_set(GString *out, const uint8_t *bitmap, uint32_t n_bits)
{
        for (uint32_t i = 0, first; i < n_bits; i++) {
                if (!pv_bit_get(bitmap, i))
                        continue;
                for (first = i; i + 1 < n_bits && pv_bit_get(bitmap, i + 1); i++)
                        ;
                append_run(out, first, i);
        }
}

static gboolean
take_number(const char **text, uint32_t *ret_number)
{
        uint64_t value = 0;

        if (!g_ascii_isdigit(**text))
                return FALSE;
        for (; g_ascii_isdigit(**text); (*text)++) {
                value = value * 10 + (uint64_t) g_ascii_digit_value(**text);
                if (value > UINT32_MAX)
                        return FALSE;
        }
        *ret_number = (uint32_t) value;
        return TRUE;
}

/* One number or range, and the comma behind it where more has to come. */
static gboolean
take_run(const char **text, uint32_t *ret_first, uint32_t *ret_last)
{
        if (!take_number(text, ret_first))
                return FALSE;
        *ret_last = *ret_first;
        if (**text == '-') {
                (*text)++;
                if (!take_number(text, ret_last) || *ret_last <= *ret_first)
                        return FALSE;
        }
        if (!**text)
                return TRUE;
        return *(*text)++ == ',' && **text;
}

gboolean
pv_cpu_list_parse(const char *text, uint32_t *ret_number, uint32_t n)
{
        g_autofree uint32_t *number = g_new(uint32_t, n);
        uint32_t done = 0, first, last;

        while (*text) {
                if (!take_run(&text, &first, &last) || last - first >= n - done)
                        return FALSE;
                for (uint32_t i = 0; i <= last - first; i++)
                        number[done++] = first + i;
        }
        if (done != n)
                return FALSE;
        if (n)
                memcpy(ret_number, number, n * sizeof *number);
        return TRUE;
}

gboolean
pv_cpu_list_parse_set(const char *text, uint8_t *ret_bitmap, uint32_t n_bits, uint32_t *ret_count)
{
        g_autofree uint8_t *bitmap = g_malloc0(pv_bitmap_size(n_bits));
        uint32_t count = 0, first, last;

        while (*text) {
                if (!take_run(&text, &first, &last) || last >= n_bits)
                        return FALSE;
                for (uint32_t i = first; i <= last; i++) {
                        count += !pv_bit_get(bitmap, i);
                        pv_bit_set(bitmap, i, true);
                }
        }
        if (n_bits)
                memcpy(ret_bitmap, bitmap, pv_bitmap_size(n_bits));
        *ret_count = count;
        return TRUE;
}
