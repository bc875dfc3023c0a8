/* SPDX-License-Identifier: MIT */
/* Numbers of CPUs as text: "0-5,8-13", each a number or an ascending range. */
#ifndef PVABI_COMMON_CPU_LIST_H
#define PVABI_COMMON_CPU_LIST_H

#include <glib.h>
#include <stdint.h>

/* Numbers in this order, runs of consecutive ones as a range. */
void pv_cpu_list_append(GString *out, const uint32_t *number, uint32_t n);

/* The bits that are set. */
void pv_cpu_list_append_set(GString *out, const uint8_t *bitmap, uint32_t n_bits);

/* Exactly n numbers. FALSE: the text says something else, and nothing is stored. */
gboolean pv_cpu_list_parse(const char *text, uint32_t *ret_number, uint32_t n);

/* A bitmap of n_bits bits, and how many are set; a number may come twice. FALSE likewise. */
gboolean pv_cpu_list_parse_set(const char *text, uint8_t *ret_bitmap, uint32_t n_bits, uint32_t *ret_count);

#endif
