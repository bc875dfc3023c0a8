/* SPDX-License-Identifier: MIT */
/* Bytes become a file that a user hands in: a parser takes it, or says in one line what is wrong. */
#include <stdlib.h>
#include <string.h>

#include "common/profile.h"
#include "common/record.h"
#include "common/trace-file.h"
#include "fuzz/input.h"

static gboolean
parse_record(const char *text, size_t n, GError **error)
{
        g_autoptr(GPtrArray) records = pv_record_parse(text, n, "input", error);

        return records != NULL;
}

static gboolean
parse_trace(const char *text, size_t n, GError **error)
{
        g_autoptr(PvTraceFile) trace = pv_trace_file_parse(text, n, "input", error);

        return trace != NULL;
}

static gboolean
parse_profile(const char *text, size_t n, GError **error)
{
        g_autoptr(PvProfile) profile = pv_profile_parse(text, n, "input", error);

        return profile != NULL;
}

typedef gboolean Parse(const char *text, size_t n, GError **error);

static const struct {
        const char *name;
        Parse *parse;
} parsers[] = {{"profile", parse_profile}, {"record", parse_record}, {"trace", parse_trace}};

static Parse *parse;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
        (void) argc;
        (void) argv;
        for (size_t i = 0; i < G_N_ELEMENTS(parsers); i++)
                if (!strcmp(parsers[i].name, FUZZ_PARSER))
                        parse = parsers[i].parse;
        g_assert(parse);
        return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
        g_autofree char *text = g_malloc(n ? n : 1); /* not terminated: a parser that needs a NUL is found out */
        g_autoptr(GError) error = NULL;
        gboolean ok;

        if (n)
                memcpy(text, data, n);
        ok = parse(text, n, &error);
        if (ok != (error == NULL) || (error && (!*error->message || strchr(error->message, '\n'))))
                abort();
        return 0;
}
