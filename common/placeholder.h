/* SPDX-License-Identifier: MIT */
/* {words} in command lines that stand for something else. */
#ifndef PVABI_COMMON_PLACEHOLDER_H
#define PVABI_COMMON_PLACEHOLDER_H

#include <glib.h>

/* Puts the value wherever the word is in *text, which is g_free'd and made anew. FALSE: it is nowhere. */
gboolean pv_placeholder_fill(char **text, const char *word, const char *value);
gboolean pv_placeholder_fill_number(char **text, const char *word, guint32 value);

#endif
