/* SPDX-License-Identifier: MIT */
/* Reads expect.ini: groups [CHECK BACKEND.CONSUMER], keys kind= and phase= (optional lists) and source=. */
#include "conformance/expect.h"

#include <string.h>

#include "common/error.h"
#include "common/verdict.h"

typedef struct Expectation {
        char *check;
        guint guests, phases; /* bit sets; 0: any */
        char *source;
} Expectation;

struct PvExpectations {
        GArray *list; /* of Expectation */
};

static void
clear(gpointer data)
{
        Expectation *e = data;

        g_free(e->check);
        g_free(e->source);
}

/* A list of words as a bit set; FALSE for an unknown one. */
static gboolean
parse_set(GKeyFile *file, const char *group, const char *key, int (*parse)(const char *), guint *ret_set)
{
        g_auto(GStrv) words = g_key_file_get_string_list(file, group, key, NULL, NULL);
        guint set = 0;

        for (guint i = 0; words && words[i]; i++) {
                int value = parse(words[i]);

                if (value < 0)
                        return FALSE;
                set |= 1u << value;
        }
        *ret_set = set;
        return TRUE;
}

static gboolean
add_group(PvExpectations *all, GKeyFile *file, const char *path, const char *group, const char *consumer,
          GError **error)
{
        g_auto(GStrv) word = g_strsplit(group, " ", 2);
        Expectation e = {0};

        e.source = g_key_file_get_string(file, group, "source", NULL);
        if (!word[0] || !word[1] || !e.source || !parse_set(file, group, "kind", pv_guest_parse, &e.guests) ||
            !parse_set(file, group, "phase", pv_phase_parse, &e.phases)) {
                g_free(e.source);
                g_set_error(error, PV_ERROR, PV_ERROR_HARNESS,
                            "%s: group [%s] must be [CHECK BACKEND.CONSUMER] with source= and known words in "
                            "kind= and phase=",
                            path, group);
                return FALSE;
        }
        if (strcmp(word[1], consumer)) {
                g_free(e.source);
                return TRUE;
        }
        e.check = g_strdup(word[0]);
        g_array_append_val(all->list, e);
        return TRUE;
}

static gboolean
add_file(PvExpectations *all, const char *path, const char *consumer, GError **error)
{
        g_autoptr(GKeyFile) file = g_key_file_new();
        g_autoptr(GError) cause = NULL;
        g_auto(GStrv) groups = NULL;

        if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, &cause)) {
                g_set_error(error, PV_ERROR, PV_ERROR_HARNESS, "cannot read expectations %s: %s", path,
                            cause->message);
                return FALSE;
        }
        groups = g_key_file_get_groups(file, NULL);
        for (guint i = 0; groups[i]; i++)
                if (!add_group(all, file, path, groups[i], consumer, error))
                        return FALSE;
        return TRUE;
}

PvExpectations *
pv_expectations_load(PvLoader *loader, const PvCandidate *candidate, GError **error)
{
        g_autoptr(PvExpectations) all = g_new0(PvExpectations, 1);

        all->list = g_array_new(FALSE, FALSE, sizeof(Expectation));
        g_array_set_clear_func(all->list, clear);
        for (unsigned i = 0; i < candidate->n_consumers; i++) {
                const PvBackend *backend = candidate->consumer[i].backend;
                g_autofree char *folder = g_path_get_dirname(pv_loader_file(loader, backend));
                g_autofree char *consumer =
                        g_strconcat(backend->name, ".", candidate->consumer[i].ops->name, NULL);
                g_autofree char *path = NULL;

                if (!backend->expectations)
                        continue;
                path = g_build_filename(folder, backend->expectations, NULL);
                if (!add_file(all, path, consumer, error))
                        return NULL;
        }
        return g_steal_pointer(&all);
}

void
pv_expectations_free(PvExpectations *expectations)
{
        if (!expectations)
                return;
        g_array_unref(expectations->list);
        g_free(expectations);
}

const char *
pv_expectations_source(const PvExpectations *expectations, const char *check, const PvCell *cell)
{
        for (guint i = 0; i < expectations->list->len; i++) {
                const Expectation *e = &g_array_index(expectations->list, Expectation, i);

                if (!strcmp(e->check, check) && (!e->guests || e->guests >> cell->guest & 1) &&
                    (!e->phases || e->phases >> cell->phase & 1))
                        return e->source;
        }
        return NULL;
}
